"""What takes longer than a frame is calculated aside, in a thread that touches nothing of Qt."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

_POLL_MS = 8
"""How often the thread is asked whether it is done; it sends no signal."""


Take = Callable[[Any], None]


class Background(QObject):
    """Does one thing after another aside; of each kind, only what was asked for last.

    NumPy lets go of the interpreter's lock where its work is long, and the thread always has the
    same `evaluator_of` a problem. What comes is taken in the window's thread.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(1, "calculations")
        self._thread.submit(int)  # it is there from now on, until `close`
        self._waiting: dict[str, tuple[Callable[[], Any], Take]] = {}
        self._running: tuple[str, Take, Future[Any]] | None = None
        self.closed = False
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._look)

    def ask(self, kind: str, compute: Callable[[], Any], take: Take) -> None:
        """Have something calculated, and `take` called with it unless it is dropped."""
        self._waiting[kind] = compute, take
        self._begin_next()

    def drop(self, kind: str) -> None:
        """Want nothing of a kind any more; what is under way ends by itself, and is not taken."""
        self._waiting.pop(kind, None)
        if self._running is not None and self._running[0] == kind:
            self._running = kind, lambda _: None, self._running[2]

    def close(self) -> None:
        """Let the thread end; nothing is taken any more."""
        self.closed = True
        self._timer.stop()
        self._thread.shutdown(wait=False, cancel_futures=True)

    @Slot()
    def _look(self) -> None:
        if self._running is not None and self._running[2].done():
            (_, take, future), self._running = self._running, None
            self._begin_next()
            take(future.result())

    def _begin_next(self) -> None:
        if self._running is None and self._waiting and not self.closed:
            kind = next(iter(self._waiting))
            compute, take = self._waiting.pop(kind)
            self._running = kind, take, self._thread.submit(compute)
            self._timer.start()
        elif self._running is None:
            self._timer.stop()
