"""The process that trains: NumPy only, beside the window's own.

A thread alone would share the interpreter's lock with the drawing and keep a fifth of its speed.
`TrainingProcess` is the window's end of the pipe, `serve` what runs at the other. Commands go in,
messages come out; arrays stream through shared memory.
"""

from __future__ import annotations

import multiprocessing
import os
import select
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

import numpy as np

from nnviz.errors import NnvizError, ProcessError
from nnviz.threads import ONE_BLAS_THREAD
from nnviz.training.experiment import Experiment
from nnviz.training.messages import (
    Command,
    Drop,
    Failed,
    GiveSnapshot,
    Message,
    Pause,
    Rested,
    Resume,
    Run,
    SetPace,
    SetRate,
    SnapshotWritten,
    Step,
)
from nnviz.training.pace import PACES
from nnviz.training.records import EpochBatch, Snapshot
from nnviz.training.snapshot_memory import SnapshotMemory
from nnviz.training.trainer import Trainer, overflow_is_checked

SLICE = 0.015
"""Seconds of training between two looks at the commands."""


class TrainingProcess:
    """The window's end: start, send commands, receive messages, close. Knows nothing of Qt."""

    def __init__(self) -> None:
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._outbox: deque[Command] = deque()
        self._memories: list[SnapshotMemory] = []
        self._size = 0
        self._dtype: np.dtype[np.floating] = np.dtype(np.float64)

    @property
    def connected(self) -> bool:
        """Whether it has been started and not closed since."""
        return self._connection is not None

    def start(self) -> None:
        """Start the process; it imports NumPy while the caller goes on."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs,), name="nnviz training", daemon=True)
        # With two threads for matrix products, training and drawing fight for the cores.
        with _environment(ONE_BLAS_THREAD):
            process.start()
        theirs.close()  # so that the pipe breaks when the process dies
        self._process, self._connection = process, ours

    def begin(self, run_id: int, experiment: Experiment, parameters: int) -> None:
        """Begin a run of a network with so many parameters, paused."""
        self._size, self._dtype = parameters, np.dtype(experiment.network.dtype)
        needed = 2 * parameters * self._dtype.itemsize
        if not self._memories or self._memories[-1].capacity < needed:
            # Smaller ones stay until the end: the process may not yet have read of the new one.
            self._memories.append(SnapshotMemory(2 * needed))
        self._outbox.clear()  # what is not yet sent is about runs that are over
        self.send(Run(run_id, experiment, self._memories[-1].name))

    def send(self, command: Command) -> None:
        """Send a command, or keep it until there is room: the caller never waits.

        Raises
        ------
        ProcessError
            If the process is gone.
        """
        self._outbox.append(command)
        self._flush()

    def receive(self) -> Iterator[Message]:
        """Yield the messages that have arrived, without waiting; send what there was no room for.

        Raises
        ------
        ProcessError
            If the process is gone.
        """
        self._flush()
        assert self._connection is not None
        try:
            while self._connection.poll():
                yield self._connection.recv()
        except (EOFError, OSError) as error:
            raise _gone() from error

    def snapshot(self, written: SnapshotWritten) -> Snapshot:
        """Return the snapshot that a `SnapshotWritten` announces."""
        memory = self._memories[-1]
        return memory.read(written.run_id, written.epoch, self._size, self._dtype)

    def close(self) -> None:
        """End the process and free everything; safe to call twice."""
        if self._connection is not None:
            self._connection.close()  # the other end reads end-of-file and leaves
            self._connection = None
        if self._process is not None:
            self._process.join(2.0)
            if self._process.is_alive():  # in the middle of one very long mini-batch
                self._process.kill()
                self._process.join()
            self._process.close()
            self._process = None
        self._outbox.clear()
        while self._memories:
            self._memories.pop().close()

    def _flush(self) -> None:
        if self._connection is None:
            raise _gone()
        try:
            while self._outbox and _has_room(self._connection):
                self._connection.send(self._outbox.popleft())
        except OSError as error:
            raise _gone() from error


def _has_room(connection: Connection) -> bool:
    """Say whether a command can be sent without waiting for the other end to read.

    Both ends would wait for ever if the process, its own pipe full, waited for the window.
    """
    if sys.platform == "win32":
        return True  # its pipes cannot be asked
    return bool(select.select([], [connection], [], 0.0)[1])


def serve(connection: Connection) -> None:
    """Train by command until the pipe closes: the main function of the process."""
    server = _Server(connection)
    try:
        with overflow_is_checked():
            server.loop()
    except (EOFError, ConnectionError):
        return  # the window is gone: an orphan would burn a core
    except KeyboardInterrupt:
        return  # Ctrl+C in the terminal goes to the whole group; the window ends by itself
    finally:
        server.drop()


class _Server:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._trainer: Trainer | None = None
        self._memory: SnapshotMemory | None = None
        self._pace = PACES["full"]
        self._run_id = 0
        self._updates = 1
        self._running = False
        self._snapshot_wanted = False
        self._due = 0.0
        self._parent = os.getppid()

    def loop(self) -> None:
        while os.getppid() == self._parent:
            wait = self._seconds_to_wait()
            while self._connection.poll(wait):
                self._obey(self._connection.recv())
                wait = 0.0
            if self._running and self._seconds_to_wait() == 0.0:
                self._guarded(self._slice)
            self._answer_snapshot()

    def drop(self) -> None:
        """Forget the run."""
        self._running, self._trainer = False, None
        self._snapshot_wanted = False
        if self._memory is not None:
            self._memory.close()
            self._memory = None

    def _seconds_to_wait(self) -> float:
        if not self._running:
            return 1.0
        if self._pace.per_second is None:
            return 0.0
        return max(0.0, self._due - time.perf_counter())

    def _obey(self, command: Command) -> None:
        if isinstance(command, Run):
            self.drop()
            self._run_id = command.run_id
            self._guarded(lambda: self._begin(command))
        elif isinstance(command, SetPace):
            self._pace, self._due = command.pace, time.perf_counter()
        elif isinstance(command, Drop):
            self.drop()
        elif self._trainer is not None:
            self._obey_about_run(command, self._trainer)

    def _obey_about_run(self, command: Command, trainer: Trainer) -> None:
        if isinstance(command, Resume | Step) and (trainer.finished or trainer.should_stop):
            trainer.extend()
        if isinstance(command, Resume):
            self._running, self._due = True, time.perf_counter()
        elif isinstance(command, Pause):
            self._rest(finished=False)
        elif isinstance(command, Step):
            self._running = True
            self._guarded(self._one_step)
        elif isinstance(command, SetRate):
            trainer.base_rate = command.rate
        elif isinstance(command, GiveSnapshot):
            self._snapshot_wanted = True

    def _begin(self, command: Run) -> None:
        self._trainer = Trainer(command.experiment, command.run_id)
        self._updates = 1
        self._memory = SnapshotMemory(0, command.memory)

    def _slice(self) -> None:
        """Train for `SLICE` seconds, or as much as the pace allows, and report."""
        trainer = self._trainer
        assert trainer is not None
        begun = time.perf_counter()
        end = begun + SLICE
        while not (trainer.finished or trainer.should_stop):
            records = trainer.advance(self._updates_at_once(trainer))
            self._report(records)
            now = time.perf_counter()
            self._learn_speed(now - begun)
            if self._pace.per_second and (self._pace.unit == "step" or len(records.rows)):
                # Never more than a slice behind: after a hold-up it does not rush.
                self._due = max(self._due + 1.0 / self._pace.per_second, now - SLICE)
                if self._due > now:
                    return
            if now >= end:
                return
            begun = now
        self._rest(finished=True)

    def _updates_at_once(self, trainer: Trainer) -> int:
        if self._pace.per_second is None:
            return self._updates
        if self._pace.unit == "step":
            return 1
        return min(self._updates, trainer.updates_to_epoch_end)

    def _learn_speed(self, seconds: float) -> None:
        """Ask for as many updates at once as take a fair part of a slice."""
        if self._pace.per_second is not None and seconds < SLICE:
            return  # fewer were asked for than would have been possible
        if seconds < SLICE / 4:
            self._updates *= 2
        elif seconds > SLICE / 2:
            self._updates = max(1, self._updates // 2)

    def _one_step(self) -> None:
        assert self._trainer is not None
        self._report(self._trainer.advance(1))
        self._rest(finished=self._trainer.finished or self._trainer.should_stop)

    def _report(self, records: EpochBatch) -> None:
        if len(records.rows):
            self._connection.send(records)

    def _rest(self, *, finished: bool) -> None:
        assert self._trainer is not None
        self._running = False
        self._connection.send(Rested(self._trainer.run_id, finished, self._trainer.snapshot()))

    def _answer_snapshot(self) -> None:
        if self._snapshot_wanted and self._trainer is not None and self._memory is not None:
            self._snapshot_wanted = False
            network = self._trainer.network
            self._memory.write(network.parameters, network.gradients)
            self._connection.send(SnapshotWritten(self._trainer.run_id, self._trainer.epoch))

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do it; an error ends the run and goes to the window, not the process."""
        try:
            work()
        except (EOFError, ConnectionError):
            raise
        except NnvizError as error:
            self._fail(error, "")
        except Exception as error:  # noqa: BLE001  # whatever it is, the person must hear of it
            self._fail(_unforeseen(error), traceback.format_exc())

    def _fail(self, error: NnvizError, details: str) -> None:
        self._running = False
        trainer = self._trainer
        snapshot = trainer.snapshot() if trainer else None
        self._connection.send(Failed(self._run_id, error, details, snapshot))


def _unforeseen(error: Exception) -> ProcessError:
    return ProcessError(
        "Training stopped by a fault in the program: {fault}.",
        "Copy the details and report it; Reset starts anew.",
        fault=f"{type(error).__name__}: {error}",
    )


def _gone() -> ProcessError:
    return ProcessError(
        "The training process ended unexpectedly; the system may have been short of memory.",
        "Reset starts a new one; a smaller network or fewer rows need less.",
    )


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables while a child starts: it reads them when it imports NumPy."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
