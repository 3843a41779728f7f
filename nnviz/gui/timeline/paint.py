"""How the track of the timeline is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSlider, QSlider, QWidget

from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import SPACE, blend
from nnviz.gui.look.themed import Themed
from nnviz.gui.overrides import guarded
from nnviz.gui.timeline.scale import EpochArray, Scale, Tick, ticks

MARGIN = SPACE
"""Pixels left and right of the track, for the handle."""

_THICK = 4.0
_HANDLE = 6.0
_EDIT = 3.5
_SPARSE = 4.0
"""Pixels between two kept moments that can be told apart."""


def row_height() -> int:
    """Return how high the buttons beside the track are; the groove is in their middle."""
    return round(1.85 * number_height())


def number_height() -> int:
    """Return how high the numbers under the track are."""
    return QFontMetrics(small_font()).height()


@guarded
class PaintedTrack(Themed, QSlider):
    """A groove up to the newest epoch, marks where moments are kept, and a handle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.newest = 0
        self.shown: int | None = None
        """An earlier epoch than the newest that is looked at, or None."""
        self.kept: EpochArray = np.zeros(0, np.int64)
        self.edits: Sequence[tuple[int, Callable[[], str]]] = ()
        """The epochs at whose end something was changed by hand, and what tells it in words."""
        self.scale = Scale(1)
        self._drawn: object = None

    @property
    def here(self) -> int:
        """The epoch the handle stands at."""
        return self.newest if self.shown is None else self.shown

    @property
    def length(self) -> float:
        """Pixels from one end of the track to the other."""
        return max(1.0, self.width() - 2 * MARGIN)

    def redraw(self) -> None:
        """Draw it again if it looks different."""
        if self._seen() != self._drawn:
            self.update()

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        """Leave drawing to `redraw`: a slider would be drawn at each new epoch."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track."""
        self._drawn = self._seen()
        theme, past = self.theme, self.shown is not None
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(MARGIN, row_height() // 2)
        _bar(painter, self.length, theme.border)
        _bar(painter, self._x(self.newest), blend(theme.muted, theme.surface, 0.5))
        if past:
            _bar(painter, self._x(self.here), theme.accent)
        painter.setPen(QPen(QColor(theme.surface), 1.01))
        painter.drawLines([QLineF(x, -_THICK / 2, x, _THICK / 2) for x in self._marks()])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent))
        for x in self._edit_marks():
            top, tip = -_THICK - 2 * _EDIT, QPointF(x, -_THICK)
            painter.drawPolygon([QPointF(x - _EDIT, top), QPointF(x + _EDIT, top), tip])
        if self.height() >= row_height() + number_height() // 2:
            self._paint_numbers(painter)
        if self.isEnabled():
            lit = past or self.hasFocus() or self.underMouse()
            painter.setPen(QPen(QColor(theme.accent if lit else theme.muted), 2.0))
            painter.setBrush(QColor(theme.raised))
            painter.drawEllipse(QPointF(self._x(self.here), 0), _HANDLE, _HANDLE)

    def _paint_numbers(self, painter: QPainter) -> None:
        font = small_font()
        painter.setFont(font)
        faint = QColor(blend(self.theme.muted, self.theme.surface, 0.6))
        for tick in _placed_ticks(self.scale.end, self.length, font.toString()):
            painter.setPen(QPen(faint, 1.01))
            painter.drawLine(QLineF(tick.x, 6, tick.x, 9))
            painter.setPen(QColor(self.theme.muted))
            box = QRectF(tick.center - 100, 8, 200, self.height() - row_height() // 2 - 8)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), count(tick.epoch))

    def _x(self, epoch: int) -> float:
        """Return pixels from the left end of the track."""
        return round(self.scale.place(epoch) * self.length, 1)

    def _marks(self) -> Sequence[float]:
        """Return where moments are kept, if they are so few that they can be told apart."""
        if not 2 <= len(self.kept) <= self.length / _SPARSE:
            return ()
        places = self.scale.places(self.kept) * self.length
        return places.tolist() if np.diff(places).min() >= _SPARSE else ()

    def _edit_marks(self) -> Sequence[float]:
        """Return where something was changed by hand."""
        return sorted({self._x(epoch) for epoch, _ in self.edits})

    def _seen(self) -> object:
        """Return what it looks like, as far as Qt does not know."""
        handle = self._x(self.here), self.shown is None
        return self.scale, self._x(self.newest), handle, self._marks(), self._edit_marks()


def _bar(painter: QPainter, length: float, color: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(QRectF(0.0, -_THICK / 2, length, _THICK), 2, 2)


@lru_cache(maxsize=8)
def _placed_ticks(end: int, length: float, font: str) -> tuple[Tick, ...]:
    """Return the numbers to be written under a track."""
    written = QFont()
    written.fromString(font)
    metrics = QFontMetricsF(written)
    gap = 2 * SPACE
    return ticks(
        Scale(end), length, lambda epoch: metrics.horizontalAdvance(count(epoch)) + gap, MARGIN
    )
