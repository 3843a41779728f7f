"""Long work in slices: the window lives between them, and may end the work there."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnviz.errors import NnvizError

T = TypeVar("T")
Aside = Callable[[], Any]
"""Work for a thread of its own: no widget, no signal, nothing the window may change."""

Slices = Generator["float | Aside", Any, T]
"""Work that yields where the window may have its turn: the share that is done, from 0 to 1, or an
`Aside` whose result is sent back when it is there."""

_POLL_MS = 10
"""How often a thread is asked whether it is done. It does not tell: no signal comes from it, and
whoever no longer waits need not be found by it."""


def portion(slices: Slices[T], first: float, last: float) -> Slices[T]:
    """Yield from slices without asides that are only the part from `first` to `last`."""
    with closing(slices):
        try:
            while True:
                share = next(slices)
                assert isinstance(share, (int, float))
                yield first + (last - first) * share
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def finish(slices: Slices[T]) -> T:
    """Do it all at once, in this thread; return the result."""
    answer = None
    with closing(slices):
        try:
            while True:
                step = slices.send(answer)
                answer = step() if callable(step) else None
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


class Work(QObject):
    """Does one piece of work at a time, a slice at each turn of the event loop."""

    advanced = Signal(float)
    """The share that is done."""

    failed = Signal(object)
    """It ended with an `NnvizError`; comes after `ended`."""

    ended = Signal()
    """Done, failed or cancelled."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._slices: Slices[None] | None = None
        self._running = False
        self._aside: Future[Any] | None = None
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._go_on)

    @property
    def busy(self) -> bool:
        """Whether there is work."""
        return self._slices is not None

    @property
    def in_slice(self) -> bool:
        """Whether it is the work itself that calls."""
        return self._running

    def start(self, slices: Slices[None]) -> None:
        """Take new work; what was under way is cancelled."""
        self.cancel()
        self._slices = slices
        self._turn.start(0)

    @Slot()
    def cancel(self) -> None:
        """End the work where it is. A thread under way ends by itself, and nobody asks for more."""
        if self._slices is None:
            return
        slices, self._slices, self._aside = self._slices, None, None
        self._turn.stop()
        if not self._running:  # else it is the work itself that wants no other slice
            slices.close()
        self.ended.emit()

    @Slot()
    def _go_on(self) -> None:
        slices, aside = self._slices, self._aside
        if slices is None or (aside is not None and not aside.done()):
            return
        try:
            step = self._run(slices, aside)
        except StopIteration:
            self.cancel()
        except NnvizError as error:
            self.cancel()
            self.failed.emit(error)
        except BaseException:
            self.cancel()
            raise
        else:
            self._note(slices, step)

    def _run(self, slices: Slices[None], aside: Future[Any] | None) -> float | Aside:
        self._running = True
        try:
            return slices.send(None if aside is None else aside.result())
        finally:
            self._running = False

    def _note(self, slices: Slices[None], step: float | Aside) -> None:
        if self._slices is not slices:  # cancelled meanwhile
            slices.close()
        elif callable(step):
            self._aside = _begin(step)
            self._turn.start(_POLL_MS)
        else:
            self._aside = None
            self._turn.start(0)
            self.advanced.emit(step)


def _begin(aside: Aside) -> Future[Any]:
    """Start a thread that ends with this piece of work; Python waits for it before it ends."""
    thread = ThreadPoolExecutor(1, "export")
    future = thread.submit(aside)
    thread.shutdown(wait=False)
    return future
