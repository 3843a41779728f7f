"""Whether the training process gets on, seen from what it does, not from a thread that says so."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from nnviz.training.transfer import SharedMemoryBlob

PATIENCE = 3.0
"""Seconds in which nothing moves before a process counts as stuck."""

LONG_PATIENCE = 30.0
"""The same while the process starts, where disks may be slow, and on systems that do not say
whether it works: there a long mini-batch cannot be told from a process that is stopped."""

LAG = 1.0
"""Seconds without an answer after which another run is not left to wait for the last one."""

LOOK_EVERY = 0.25
"""Seconds between two looks."""


class Progress:
    """Two numbers in shared memory that the training process moves and the window reads.

    Parameters
    ----------
    name
        Of what the window made; None to make it.

    Raises
    ------
    ProcessError
        If there is no memory to share.
    """

    def __init__(self, name: str | None = None) -> None:
        self._blob = SharedMemoryBlob(16, name)
        self.name = self._blob.name
        numbers = memoryview(self._blob.buffer)
        self.steps = numbers[:8].cast("q")
        """One number: mini-batches and turns of the process' loop; above 0 once it is ready."""
        self.answered = numbers[8:].cast("q")
        """One number: commands obeyed."""

    def close(self) -> None:
        """Free the memory."""
        self.steps.release()
        self.answered.release()
        self._blob.close()


class Standstill:
    """How long nothing has moved.

    Parameters
    ----------
    signs
        What changes while something moves.
    clock
        Seconds.
    """

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

    Parameters
    ----------
    progress
        What the process moves.
    processor_time
        What processor time it has used so far, in any unit, or None where that is not known: a long
        mini-batch uses it, a process that is stopped, or waits for ever, does not.
    clock
        Seconds.
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
