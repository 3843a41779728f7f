"""Axes of a painted picture: ranges, the way from data to pixels, and their drawing.

The look is that of the other panels' plots: names of vertical axes stand above them, written
horizontally, so that nobody tilts the head and a small panel keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from nnviz.gui.look.theme import Theme
from nnviz.gui.panels.ticks import Ticks, linear_ticks

GAP = 6.0
LEAST_SIDE = 16.0
ROOM_ACROSS, ROOM_UP = 56.0, 28.0
SPACING = 22.0


@dataclass(frozen=True)
class Scale:
    """One axis.

    Parameters
    ----------
    low, high
        Its range in data units; `high` is above `low`.
    label
        Name and unit, translated.
    """

    low: float
    high: float
    label: str = ""

    @property
    def span(self) -> float:
        """Length in data units."""
        return self.high - self.low

    def ticks(self, length: float, room: float) -> Ticks:
        """Return round places for an axis of so many pixels, `room` pixels apart or more."""
        return linear_ticks(self.low, self.high, max(1, int(length / room)))


@dataclass(frozen=True)
class Axes:
    """Two scales and the rectangle they span on the widget.

    Parameters
    ----------
    x, y
        The scales.
    rect
        Where they are, in widget pixels; y grows upwards in data.
    """

    x: Scale
    y: Scale
    rect: QRectF

    def to_pixels(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return places on the widget of points of shape (n, 2)."""
        scale = (self.rect.width() / self.x.span, -self.rect.height() / self.y.span)
        origin = (self.rect.left(), self.rect.bottom())
        return np.asarray((points - (self.x.low, self.y.low)) * scale + origin, dtype=np.float64)

    def to_data(self, place: QPointF) -> tuple[float, float]:
        """Return the data coordinates of a place on the widget."""
        across = (place.x() - self.rect.left()) / self.rect.width()
        up = (self.rect.bottom() - place.y()) / self.rect.height()
        return self.x.low + across * self.x.span, self.y.low + up * self.y.span


def lay_out(
    x: Scale, y: Scale, area: QRectF, font: QFont, square: bool = False, right_room: float = 0.0
) -> Axes:
    """Return axes that fit an area, with room for ticks and names.

    Parameters
    ----------
    x, y
        The scales.
    area
        Pixels there are.
    font
        Of ticks and names.
    square
        Whether a unit is as long on both axes; the rectangle is then centred.
    right_room
        Pixels to keep free on the right, for a colour bar.
    """
    metrics = QFontMetricsF(font)
    line = metrics.height()
    texts = y.ticks(area.height(), ROOM_UP).labels
    left = max((metrics.horizontalAdvance(text) for text in texts), default=0.0) + GAP
    top = line + 3 if y.label else line / 2
    bottom = line + 4 + (line if x.label else 0.0)
    rect = area.adjusted(left, top, -right_room - GAP, -bottom)
    rect.setSize(rect.size().expandedTo(QSizeF(LEAST_SIDE, LEAST_SIDE)))
    if square:
        unit = min(rect.width() / x.span, rect.height() / y.span)
        fitted = QRectF(0, 0, unit * x.span, unit * y.span)
        # As the eye weighs it, the picture's middle is that of axis and plane together.
        spare = rect.size() - fitted.size()
        fitted.moveTo(
            rect.left() + max(0.0, spare.width() - left) / 2, rect.top() + spare.height() / 4
        )
        rect = fitted
    return Axes(x, y, QRectF(rect.toAlignedRect()))


def paint_axes(painter: QPainter, axes: Axes, theme: Theme, font: QFont, grid: bool) -> None:
    """Draw ticks' numbers, names and, if wanted, grid lines (else a frame); crisp lines."""
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    _paint_across(painter, axes, theme, metrics, grid)
    _paint_up(painter, axes, theme, metrics, grid)
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if grid:
        painter.drawLine(QLineF(axes.rect.bottomLeft(), axes.rect.bottomRight()))
    else:
        painter.drawRect(axes.rect.adjusted(-0.5, -0.5, 0.5, 0.5))


def _paint_across(
    painter: QPainter, axes: Axes, theme: Theme, metrics: QFontMetricsF, grid: bool
) -> None:
    rect, line = axes.rect, metrics.height()
    ends = axes.x.ticks(rect.width(), ROOM_ACROSS).labels
    widest = max((metrics.horizontalAdvance(text) for text in ends), default=0.0)
    ticks = axes.x.ticks(rect.width(), widest + SPACING)
    for value, text in zip(ticks.places, ticks.labels, strict=True):
        at = round(rect.left() + (value - axes.x.low) / axes.x.span * rect.width()) + 0.5
        if grid:
            painter.setPen(QPen(QColor(theme.grid), 1.0))
            painter.drawLine(QLineF(at, rect.top(), at, rect.bottom()))
        painter.setPen(QColor(theme.muted))
        box = QRectF(at - 60, rect.bottom() + 4, 120, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, text)
    painter.setPen(QColor(theme.text))
    box = QRectF(rect.left() - 30, rect.bottom() + 3 + line, rect.width() + 60, line)
    name = metrics.elidedText(axes.x.label, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, name)


def _paint_up(
    painter: QPainter, axes: Axes, theme: Theme, metrics: QFontMetricsF, grid: bool
) -> None:
    rect, line = axes.rect, metrics.height()
    ticks = axes.y.ticks(rect.height(), ROOM_UP)
    widest = max((metrics.horizontalAdvance(text) for text in ticks.labels), default=0.0)
    for value, text in zip(ticks.places, ticks.labels, strict=True):
        at = round(rect.bottom() - (value - axes.y.low) / axes.y.span * rect.height()) + 0.5
        if grid:
            painter.setPen(QPen(QColor(theme.grid), 1.0))
            painter.drawLine(QLineF(rect.left(), at, rect.right(), at))
        painter.setPen(QColor(theme.muted))
        box = QRectF(rect.left() - GAP - 100, at - line / 2, 100, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    painter.setPen(QColor(theme.text))
    box = QRectF(rect.left() - GAP - widest, rect.top() - line - 3, rect.width() + widest, line)
    name = metrics.elidedText(axes.y.label, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft, name)
