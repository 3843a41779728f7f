"""The training process itself: no orphan outlives the window, and nobody waits for a stuck one."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnviz.engine.layers import Dense
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.messages import CheckpointsKept, Order, Run
from nnviz.training.process import TrainingProcess
from nnviz.training.records import EpochBatch
from nnviz.training.server import NICENESS
from nnviz.training.trainer import Trainer

ORPHAN = """
import os
from nnviz.training.experiment import Experiment, TrainingChoice
from nnviz.training.messages import Order, Run
from nnviz.training.process import TrainingProcess

if __name__ == "__main__":
    process = TrainingProcess()
    process.start()
    process.begin(Run(1, Experiment(training=TrainingChoice(epochs=10_000_000))), 17)
    process.send(Order.RESUME)
    while not any(process.receive()):
        pass
    print(process._process.pid, process._progress.name, process._memories[-1].name, flush=True)
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
    pid, *blobs = parent.stdout.split()
    qtbot.waitUntil(lambda: state(pid) in ("Z", ""), timeout=10_000)
    assert len(blobs) == 2
    assert not any(Path(blob).exists() for blob in blobs)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs signals")
def test_commands_to_a_stuck_process_wait_without_holding_up_the_window(qtbot):
    process = TrainingProcess()
    process.start()
    asked = Experiment(training=TrainingChoice(epochs=3))
    try:
        os.kill(process._process.pid, signal.SIGSTOP)
        for run in range(2000):  # far more than a pipe holds
            process.begin(Run(run, asked), 17)
            process.send(Order.RESUME)
        os.kill(process._process.pid, signal.SIGCONT)
        seen = []

        def last_run_is_trained():
            seen.extend(message for message in process.receive() if isinstance(message, EpochBatch))
            return bool(seen) and seen[-1].run_id == 1999 and seen[-1].rows[-1, 0] == 3

        qtbot.waitUntil(last_run_is_trained, timeout=20_000)
    finally:
        process.close()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs signals")
def test_neither_end_waits_for_the_other_with_large_checkpoints(qtbot):
    """Both would wait for ever if either sent what no pipe can hold while the other did."""
    asked = Experiment(
        DataChoice("digits", rows=100),
        NetworkChoice((Dense(1000, "relu"), Dense(100, "relu"), Dense(10, "softmax"))),
        TrainingChoice("categorical_crossentropy", optimizer="adam", epochs=10_000_000),
    )
    checkpoint = Trainer(asked).checkpoint()
    assert checkpoint.nbytes > 3_000_000
    process = TrainingProcess()
    process.start()
    try:
        process.begin(
            Run(0, asked, start=checkpoint, checkpoints_room=100), checkpoint.parameters.size
        )
        process.send(Order.RESUME)
        qtbot.waitUntil(lambda: process._connection.poll(), timeout=20_000)
        for run in range(1, 4):  # while it sends moments, which nobody reads
            start = dataclasses.replace(checkpoint, epoch=10 * run)
            process.begin(
                Run(run, asked, start=start, checkpoints_room=100), checkpoint.parameters.size
            )
            process.send(Order.RESUME)
        seen = []

        def last_run_tells_checkpoints():
            seen.extend(message for message in process.receive() if message.run_id == 3)
            return any(isinstance(message, CheckpointsKept) for message in seen)

        qtbot.waitUntil(last_run_tells_checkpoints, timeout=20_000)
        assert isinstance(seen[0], EpochBatch)
        assert seen[0].rows[0, 0] == 31
        assert not process._starts
    finally:
        process.close()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs signals")
def test_closing_frees_what_nobody_opened():
    process = TrainingProcess()
    process.start()
    os.kill(process._process.pid, signal.SIGSTOP)
    asked = Experiment()
    for run in range(3):
        process.begin(Run(run, asked, start=Trainer(asked).checkpoint()), 17)
    blobs = [*process._starts.values(), *process._memories]
    assert len(blobs) == 4
    assert all(Path(blob.name).exists() for blob in blobs)
    process.close(0.0)
    assert not any(Path(blob.name).exists() for blob in blobs)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs signals")
def test_another_run_does_not_wait_for_a_process_that_does_not_leave_the_last_one(qtbot):
    process = TrainingProcess()
    process.start()
    asked = Experiment(training=TrainingChoice(epochs=3))
    try:
        process.begin(Run(0, asked), 17)
        process.send(Order.STEP)
        qtbot.waitUntil(lambda: any(process.receive()), timeout=20_000)
        old = process._process.pid
        os.kill(old, signal.SIGSTOP)
        process.send(Order.DROP)

        def lags():
            process.check(running=False)
            return process._watch.lags

        qtbot.waitUntil(lags, timeout=20_000)
        process.begin(Run(1, asked), 17)
        process.send(Order.RESUME)
        assert process._process.pid != old
        assert state(old) == ""
        qtbot.waitUntil(lambda: any(m.run_id == 1 for m in process.receive()), timeout=20_000)
    finally:
        process.close()


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="needs priorities")
def test_the_process_lets_the_window_go_first(qtbot):
    process = TrainingProcess()
    process.start()
    try:
        process.begin(Run(0, Experiment()), 17)
        process.send(Order.STEP)
        qtbot.waitUntil(lambda: process._connection.poll(), timeout=20_000)
        ours = os.getpriority(os.PRIO_PROCESS, 0)
        theirs = os.getpriority(os.PRIO_PROCESS, process._process.pid)
        assert theirs == min(ours + NICENESS, 19)
    finally:
        process.close()
