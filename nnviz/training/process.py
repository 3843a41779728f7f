"""The process that trains: NumPy only, beside the window's own.

A thread alone would share the interpreter's lock with the drawing and keep a fifth of its speed.
`TrainingProcess` is the window's end of the pipe, ``server.serve`` what runs at the other.
Commands go in, messages come out; arrays stream through shared memory. Whether the process gets on
is seen from what it does (`Watch`), not from a thread that says so.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import select
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

import numpy as np

from nnviz.errors import ProcessError
from nnviz.threads import ONE_BLAS_THREAD
from nnviz.training.messages import (
    Command,
    Message,
    Progress,
    Run,
    SharedMemoryBlob,
    SnapshotWritten,
    pack,
    pair_of_arrays,
)
from nnviz.training.records import Snapshot
from nnviz.training.server import serve

PATIENCE = 3.0
"""Seconds in which nothing moves before a process counts as stuck."""

LONG_PATIENCE = 30.0
"""The same while the process starts, where disks may be slow, and on systems that do not say
whether it works: there a long mini-batch cannot be told from a process that is stopped."""

LAG = 1.0
"""Seconds without an answer after which another run is not left to wait for the last one."""

LOOK_EVERY = 0.25
"""Seconds between two looks."""


class Standstill:
    """How long nothing has moved: `signs` change while something does, `clock` has seconds."""

    def __init__(self, signs: Callable[[], object], clock: Callable[[], float]) -> None:
        self._signs, self._clock = signs, clock
        self._seen = signs()
        self._looked = clock()
        self.seconds = 0.0

    def look(self, *, expected: bool) -> None:
        """Look whether something has moved; only where it is expected does it matter if not."""
        now = self._clock()
        since = now - self._looked
        if since < LOOK_EVERY:
            return
        before, self._seen, self._looked = self._seen, self._signs(), now
        still = expected and self._seen == before
        # Who has not looked for long, as when the machine slept, has not seen it stand still.
        self.seconds = self.seconds + min(since, 2 * LOOK_EVERY) if still else 0.0


class Watch:
    """Tells a process that works, however long it takes, from one that never will.

    `processor_time` is what the process has used so far, in any unit, or None where nobody knows: a
    long mini-batch uses it, a process that is stopped, or waits for ever, does not.
    """

    def __init__(
        self,
        progress: Progress,
        processor_time: Callable[[], float | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.delivered = 0
        """Commands sent."""
        self._progress, self._processor_time = progress, processor_time
        self._life = Standstill(lambda: (*self._moved(), processor_time()), clock)
        self._answers = Standstill(self._moved, clock)

    def look(self, *, running: bool) -> None:
        """Look at the process, which is to train or only to answer commands."""
        ready = self._progress.steps[0] > 0
        owes = ready and self._progress.answered[0] != self.delivered
        self._life.look(expected=running or owes or not ready)
        self._answers.look(expected=owes)

    @property
    def stuck(self) -> bool:
        """Whether it does nothing, though it should."""
        ready = self._progress.steps[0] > 0
        tells = ready and self._processor_time() is not None
        return self._life.seconds >= (PATIENCE if tells else LONG_PATIENCE)

    @property
    def lags(self) -> bool:
        """Whether it is still busy with something else than what it was told last."""
        return self._answers.seconds >= LAG

    def _moved(self) -> tuple[int, int]:
        return self._progress.steps[0], self._progress.answered[0]


def processor_time(pid: int | None) -> float | None:
    """Return the seconds of processor time that a process has used; None if nobody knows."""
    if pid is None or sys.platform != "linux":
        return None
    try:
        # The clock that clock_getcpuclockid(3) gives, which Python does not have.
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return None  # it has ended, which the pipe tells


class TrainingProcess:
    """The window's end: start, send commands, receive messages, close. Knows nothing of Qt."""

    def __init__(self) -> None:
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._progress: Progress | None = None
        self._watch: Watch | None = None
        self._outbox: deque[Command] = deque()
        self._memories: list[SharedMemoryBlob] = []
        self._starts: dict[int, SharedMemoryBlob] = {}
        self._dtype: np.dtype[np.floating] = np.dtype(np.float64)

    @property
    def connected(self) -> bool:
        """Whether it has been started and not closed since."""
        return self._connection is not None

    @property
    def pipe(self) -> int:
        """Number of the file to wait for; −1 where there is none, or the system cannot wait so."""
        if self._connection is None or sys.platform == "win32":
            return -1
        return self._connection.fileno()

    def start(self) -> None:
        """Start the process; it imports NumPy while the caller goes on.

        Raises
        ------
        ProcessError
            If it cannot be started.
        """
        self._progress = progress = Progress()
        context = multiprocessing.get_context("spawn")
        try:
            ours, theirs = context.Pipe()
            process = context.Process(
                target=serve, args=(theirs, progress.name), name="nnviz training", daemon=True
            )
            # With two threads for matrix products, training and drawing fight for the cores.
            with environment(ONE_BLAS_THREAD), deaf_children():
                process.start()
        except OSError as error:
            raise ProcessError(
                "The training process cannot be started: {fault}.",
                "Close other programs, then reset.",
                fault=error,
            ) from error
        theirs.close()  # so that the pipe breaks when the process dies
        self._process, self._connection = process, ours
        self._watch = Watch(progress, lambda: processor_time(process.pid))

    def begin(self, run: Run, parameters: int) -> None:
        """Begin a run of a network with so many parameters, paused; it need not name a memory.

        Where there is no process, or it does not leave what it is at, another one is started.

        Raises
        ------
        ProcessError
            If there is none to be had, or no memory to share with it.
        """
        if self._watch is None or self._watch.lags:
            self.close(0.0)
            self.start()
        self._dtype = np.dtype(run.experiment.network.dtype)
        needed = 2 * parameters * self._dtype.itemsize
        if not self._memories or len(self._memories[-1].buffer) < needed:
            # Smaller ones stay until the end: the process may not yet have read of the new one.
            self._memories.append(SharedMemoryBlob(2 * needed))
        self._outbox.clear()  # what is not yet sent is about runs that are over
        run = dataclasses.replace(run, memory=self._memories[-1].name)
        if run.start is not None:
            self._starts[run.run_id] = packed = pack(run.start)
            run = dataclasses.replace(run, start=None, packed_start=packed.name)
        self.send(run)

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
                messages: tuple[Message, ...] = self._connection.recv()
                self._free_starts(messages[-1].run_id)
                yield from messages
        except (EOFError, OSError) as error:
            raise _gone() from error

    def snapshot(self, written: SnapshotWritten) -> Snapshot:
        """Return the snapshot that a `SnapshotWritten` announces."""
        memory, size = self._memories[-1], written.size
        parameters, gradients = pair_of_arrays(memory, size, self._dtype).copy()
        at, more = (written.run_id, written.epoch), (written.silenced, written.batch_metric)
        counts = written.updates, written.trained, written.edits
        return Snapshot(*at, parameters, gradients, *counts, *more)

    def check(self, *, running: bool) -> None:
        """Look whether the process does what it is supposed to do: train, or answer commands.

        Raises
        ------
        ProcessError
            If it has stood still too long.
        """
        if self._watch is None:
            return
        self._watch.look(running=running)
        if self._watch.stuck:
            raise ProcessError(
                "Training has stood still for {seconds:g} seconds: its process was stopped or is"
                " stuck.",
                "Reset starts a new one; what was kept of the run can still be trained on from.",
                seconds=PATIENCE,
            )

    def close(self, grace: float = 2.0) -> None:
        """End the process, with so many seconds' grace, and free everything; safe to call twice."""
        if self._connection is not None:
            self._connection.close()  # the other end reads end-of-file and leaves
            self._connection = None
        if self._process is not None:
            self._process.join(grace)
            if self._process.is_alive():  # in the middle of one very long mini-batch
                self._process.kill()
                self._process.join()
            self._process.close()
            self._process = None
        self._watch = None
        self._outbox.clear()
        while self._memories:
            self._memories.pop().close()
        self._free_starts(sys.maxsize)
        if self._progress is not None:
            self._progress.close()
            self._progress = None

    def _free_starts(self, run_id: int) -> None:
        """Free what is told to have been opened: up to a run, for they come in order."""
        for opened in [number for number in self._starts if number <= run_id]:
            self._starts.pop(opened).close()

    def _flush(self) -> None:
        if self._connection is None or self._watch is None:
            raise _gone()
        try:
            while self._outbox and _has_room(self._connection):
                self._connection.send(self._outbox.popleft())
                self._watch.delivered += 1
        except OSError as error:
            raise _gone() from error


def _has_room(connection: Connection) -> bool:
    """Say whether a command can be sent without waiting for the other end to read.

    Both ends would wait for ever if the process, its own pipe full, waited for the window.
    """
    if sys.platform == "win32":
        return True  # its pipes cannot be asked
    return bool(select.select([], [connection], [], 0.0)[1])


def _gone() -> ProcessError:
    return ProcessError(
        "The training process ended unexpectedly; the system may have been short of memory.",
        "Reset starts a new one; a smaller network or fewer rows need less.",
    )


@contextmanager
def deaf_children() -> Iterator[None]:
    """Let children that are started not hear of Ctrl+C: they end when their pipe does.

    It goes to all processes of a terminal; one that is still importing would show a traceback.
    """
    if sys.platform == "win32":
        yield  # its children can only ask not to hear, as soon as they run
        return
    # It would be started on the way, and then let this thread hear again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
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
