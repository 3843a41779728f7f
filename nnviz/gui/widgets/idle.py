"""Tells whether a picture moves: then it is drawn quickly, and at its best when it is idle."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

IDLE_MS = 250
"""Milliseconds without a new moment after which a picture is idle."""

SLOW_SECONDS = 0.5
"""Where there is much to draw, moments come to a picture so far apart, and yet it moves."""

SAY_SECONDS = 1.0
"""While a picture moves, what screen readers say of it is renewed no more often."""

READ_SECONDS = 0.1
"""While a picture moves, figures change no more often: faster ones cannot be read."""

_EARLY = 0.015
"""Seconds: what is due before the next frame comes need not wait for the one after it."""


class IdleTimer(QTimer):
    """Watches moments arrive at its widget, and says when no more have come for a while.

    A picture that nobody sees, such as an export's, never moves.
    """

    idle = Signal()
    """No more moments have come for a while, after some that followed each other fast."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._due: dict[str, float] = {}
        self._newest = 0.0
        self.moving = False
        """Whether the newest moment followed the one before at once."""
        self.setSingleShot(True)
        self.timeout.connect(self._on_timeout)

    def update(self) -> bool:
        """Take note of a new moment; return whether the picture moves."""
        widget = self.parent()  # asked for each time: a reference would keep it from going
        # Of a window that was never shown, Qt takes those for visible that are shown as it renders.
        visible = isinstance(widget, QWidget) and widget.isVisible() and widget.window().isVisible()
        self.moving = visible and self.isActive()
        if visible:
            now, before = time.monotonic(), self._newest
            gap, self._newest = now - before, now
            self.start(max(IDLE_MS, round(2000 * gap)) if gap < SLOW_SECONDS else IDLE_MS)
        return self.moving

    def reset(self) -> None:
        """Forget all moments: the next one is the first of another run."""
        self.stop()
        self.moving = False
        self._due.clear()

    def due(self, what: str, seconds: float) -> bool:
        """Return whether something may be renewed: always while idle, else after some seconds."""
        now = time.monotonic()
        if self.moving and now < self._due.get(what, 0.0) - _EARLY:
            return False
        self._due[what] = now + seconds
        return True

    @Slot()
    def _on_timeout(self) -> None:
        if self.moving:
            self.moving = False
            self.idle.emit()
