"""The window under a monkey: 2,100 things done at random while training is on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MONKEY = Path(__file__).resolve().parents[2] / "scripts" / "monkey.py"


@pytest.mark.parametrize("seed", range(14))
def test_nothing_a_monkey_does_brings_the_window_down(seed: int) -> None:
    # In a process of its own: what it holds with the mouse would be held in the tests that follow.
    patient = "--freeze", "1e9"  # how long things take is another machine's business
    done = subprocess.run(
        [sys.executable, str(MONKEY), "--events", "150", "--seed", str(seed), *patient],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
