"""What takes longer than a frame is calculated aside, in a thread that touches nothing of Qt."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Slot

from nnviz.errors import NnvizError
from nnviz.gui.slices import Slices, Work

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
        self._waiting: dict[str, tuple[Callable[[], Any], Take, Take]] = {}
        self._running = ""
        self.closed = False
        self._work = Work(self, self._thread)
        self._work.ended.connect(self._go_on)
        self._work.failed.connect(self._fail)

    def ask(
        self, kind: str, compute: Callable[[], Any], take: Take, refuse: Take | None = None
    ) -> None:
        """Have something calculated, and `take` called with it unless it is dropped.

        Or `refuse` with the `NnvizError` that came instead; without one it is raised.
        """
        self._waiting[kind] = compute, take, refuse or _raise
        self._go_on()

    def drop(self, kind: str) -> None:
        """Want nothing of a kind any more; what is under way ends by itself, and is not taken."""
        self._waiting.pop(kind, None)
        if self._running == kind:
            self._running = ""

    def close(self) -> None:
        """Let the thread end; nothing is taken any more."""
        self.closed = True
        self._work.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    @Slot()
    def _go_on(self) -> None:
        if self._waiting and not self.closed and not self._work.busy:
            self._work.start(self._one_after_another())

    def _one_after_another(self) -> Slices[str]:
        while self._waiting:
            self._running = next(iter(self._waiting))
            compute, take, refuse = self._waiting.pop(self._running)
            answer, error = yield partial(_outcome, compute)
            if self._running and error is not None:
                refuse(error)
            elif self._running:
                take(answer)
        return ""

    @Slot(object)
    def _fail(self, error: NnvizError) -> None:
        raise error


def _raise(error: NnvizError) -> None:
    raise error


def _outcome(compute: Callable[[], Any]) -> tuple[Any, NnvizError | None]:
    try:
        return compute(), None
    except NnvizError as error:
        return None, error
