"""Panels that nobody sees to begin with are made when those in sight have been drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnviz.gui.run.frame_feed import FrameFeed
from nnviz.gui.run.session import Session, SessionState
from nnviz.gui.shell.docks import Docks


class LatePanels(QObject):
    """Has the panel of every dock made: those in sight at once, the others one by one.

    One that comes in sight before its turn is made then.

    Parameters
    ----------
    make
        Makes the panel of a key, and puts it into its dock.
    """

    done = Signal()
    """All panels are there."""

    def __init__(
        self, docks: Docks, feed: FrameFeed, session: Session, make: Callable[[str], None]
    ) -> None:
        super().__init__(docks)
        self._docks, self._feed, self._session, self._make = docks, feed, session, make
        self._lacking: list[str] = []
        self._next = QTimer(self, interval=0)
        self._next.timeout.connect(self._make_next)

    def begin(self, keys: Iterable[str]) -> None:
        """Make those of these keys that are in sight."""
        self._lacking = [*keys]
        for key in [*keys]:
            if self._docks[key].panel.isVisible():
                self._make_now(key)
        self._docks.panel_lacks.connect(self._make_now)
        self._feed.frame_shown.connect(self._begin_others)

    @Slot(str)
    def _make_now(self, key: str) -> None:
        if key in self._lacking:
            self._lacking.remove(key)
            self._make(key)

    @Slot()
    def _begin_others(self) -> None:
        """Go on once all in sight is drawn; while training goes on, there is always something."""
        if self._feed.resting or self._session.state is not SessionState.IDLE:
            self._feed.frame_shown.disconnect(self._begin_others)
            self._next.start()

    @Slot()
    def _make_next(self) -> None:
        if self._session.background.closed:
            self._next.stop()  # so has the window been
        elif self._lacking:
            self._make_now(self._lacking[0])
        else:
            self._next.stop()
            self.done.emit()
