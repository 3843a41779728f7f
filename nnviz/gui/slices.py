"""Long work in slices: the window lives between them, and may end the work there."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnviz.errors import NnvizError
from nnviz.training.pool import Jobs, Pool

T = TypeVar("T")
Argument = TypeVar("Argument")
Result = TypeVar("Result")
Aside = Callable[[], Any]
"""Work for a thread of its own: no widget, no signal, nothing the window may change."""

Slices = Generator["int | Aside | None", Any, T]
"""Work that yields where the window may have its turn: the percent that are done, None where that
is not to be said, or an `Aside` whose result is sent back when it is there."""

_POLL_MS = 10
"""How often a thread is asked whether it is done. It does not tell: no signal comes from it, and
whoever no longer waits need not be found by it."""

_LONGEST_WAIT = 0.1
"""Seconds a thread waits for the next result of a pool."""


def finish(slices: Slices[T]) -> T:
    """Do it all at once, in this thread; return the result."""
    answer = None
    try:
        while True:
            step = slices.send(answer)
            answer = step() if callable(step) else None
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


def calculated(
    pool: Pool,
    function: Callable[[Argument], Result],
    arguments: Sequence[Argument],
    take: Callable[[Sequence[tuple[int, Result]], Jobs[Argument, Result]], None],
) -> Slices[bool]:
    """Have a pool calculate a function for each argument; close it at the end, however that comes.

    `take` is called, in the window's thread, with what has come and its place; the threads aside
    only wait.

    Raises
    ------
    NnvizError
        As `Pool.start` and `Jobs.collect`.
    """
    try:
        yield pool.open
        jobs = pool.start(function, arguments)
        while not jobs.finished:
            yield partial(wait, jobs.waiting, _LONGEST_WAIT, FIRST_COMPLETED)
            take(jobs.collect(), jobs)
    finally:
        pool.close()
    return True


class Work(QObject):
    """Does one piece of work at a time, a slice at each turn of the event loop.

    What it yields to be done aside is done in a `thread`, if there is one, or each in its own.
    """

    advanced = Signal(int)
    """Percent that are done."""

    ended = Signal()
    """Done, failed or cancelled; comes before `done` and `failed`."""

    done = Signal(str)
    """What was done, in the sentence that the work returned."""

    failed = Signal(object)
    """Why it could not be done: `NnvizError`."""

    def __init__(
        self, parent: QObject | None = None, thread: ThreadPoolExecutor | None = None
    ) -> None:
        super().__init__(parent)
        self._begin = _begin if thread is None else thread.submit
        self._slices: Slices[str] | None = None
        self._aside: Future[Any] | None = None
        self._turn = QTimer(self)
        self._turn.timeout.connect(self._go_on)

    @property
    def busy(self) -> bool:
        """Whether there is work."""
        return self._slices is not None

    def start(self, slices: Slices[str]) -> None:
        """Take new work; what was under way is cancelled."""
        self.cancel()
        self._slices = slices
        self._turn.start(0)

    @Slot()
    def cancel(self) -> None:
        """End the work where it is. A thread under way ends by itself, and nobody asks for more."""
        if self._slices is not None:
            slices, self._slices, self._aside = self._slices, None, None
            self._turn.stop()
            slices.close()
            self.ended.emit()

    @Slot()
    def _go_on(self) -> None:
        slices, aside = self._slices, self._aside
        if slices is None or (aside is not None and not aside.done()):
            return
        try:
            step = slices.send(None if aside is None else aside.result())
        except StopIteration as end:
            self.cancel()
            self.done.emit(end.value)
        except NnvizError as error:
            self.cancel()
            self.failed.emit(error)
        except BaseException:
            self.cancel()
            raise
        else:
            self._aside = self._begin(step) if callable(step) else None
            self._turn.start(_POLL_MS if self._aside else 0)
            if isinstance(step, int):
                self.advanced.emit(step)


def _begin(aside: Aside) -> Future[Any]:
    """Start a thread that ends with this piece of work; Python waits for it before it ends."""
    thread = ThreadPoolExecutor(1, "aside")
    future = thread.submit(aside)
    thread.shutdown(wait=False)
    return future
