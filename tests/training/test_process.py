"""The training process itself: no orphan outlives the window."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ORPHAN = """
import os
from nnviz.training.experiment import Experiment, TrainingChoice
from nnviz.training.messages import Resume
from nnviz.training.process import TrainingProcess

if __name__ == "__main__":
    process = TrainingProcess()
    process.start()
    process.begin(1, Experiment(training=TrainingChoice(epochs=10_000_000)), 17)
    process.send(Resume())
    while not any(process.receive()):
        pass
    print(process._process.pid, flush=True)
    os._exit(1)
"""


def state(pid):
    """Return the kernel's letter for a process; "Z" and "" mean that it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_the_process_ends_when_its_parent_dies(tmp_path, qtbot):
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    parent = subprocess.run(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    pid = int(parent.stdout)
    qtbot.waitUntil(lambda: state(pid) in ("Z", ""), timeout=10_000)
