"""The training process itself: no orphan outlives the window, and nobody waits for a stuck one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnviz.training.experiment import Experiment, TrainingChoice
from nnviz.training.messages import Resume, Run
from nnviz.training.process import TrainingProcess
from nnviz.training.records import EpochBatch

ORPHAN = """
import os
from nnviz.training.experiment import Experiment, TrainingChoice
from nnviz.training.messages import Resume, Run
from nnviz.training.process import TrainingProcess

if __name__ == "__main__":
    process = TrainingProcess()
    process.start()
    process.begin(Run(1, Experiment(training=TrainingChoice(epochs=10_000_000))), 17)
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


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs signals")
def test_commands_to_a_stuck_process_wait_without_holding_up_the_window(qtbot):
    process = TrainingProcess()
    process.start()
    asked = Experiment(training=TrainingChoice(epochs=3))
    try:
        os.kill(process._process.pid, signal.SIGSTOP)
        for run in range(2000):  # far more than a pipe holds
            process.begin(Run(run, asked), 17)
            process.send(Resume())
        os.kill(process._process.pid, signal.SIGCONT)
        seen = []

        def last_run_is_trained():
            seen.extend(message for message in process.receive() if isinstance(message, EpochBatch))
            return bool(seen) and seen[-1].run_id == 1999 and seen[-1].rows[-1, 0] == 3

        qtbot.waitUntil(last_run_is_trained, timeout=20_000)
    finally:
        process.close()
