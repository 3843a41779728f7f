"""What a card and the close-up draw alike: curves, dots and the strip of current z."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnviz.gui.look.theme import Theme, blend
from nnviz.gui.panels.galleries.shapes import BINS, LayerMarks, Shape
from nnviz.gui.panels.outputs.marks import paint_marks, polygon
from nnviz.gui.panels.outputs.scales import Axes

DASHES = (4.0, 2.5)
DOT_RADIUS = 3.5


def paint_curves(painter: QPainter, axes: Axes, shape: Shape, theme: Theme, width: float) -> None:
    """Draw f solid and f′ dashed, clipped to the axes."""
    painter.save()
    painter.setClipRect(axes.rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    dashed = QPen(QColor(theme.second), width * 0.85)
    dashed.setDashPattern(DASHES)
    painter.setPen(dashed)
    painter.drawPolyline(polygon(axes.to_pixels(shape.slope)))
    solid = QPen(QColor(theme.curve), width)
    solid.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(solid)
    painter.drawPolyline(polygon(axes.to_pixels(shape.function)))
    painter.restore()


def paint_cross(painter: QPainter, axes: Axes, theme: Theme) -> None:
    """Draw the lines z = 0 and a = 0, which a reader looks for first."""
    zero = axes.to_pixels(np.zeros((1, 2)))[0]
    x, y = (round(v) + 0.5 for v in zero.tolist())
    painter.setPen(QPen(QColor(theme.border), 1.0))
    rect = axes.rect
    painter.drawLine(QLineF(rect.left(), y, rect.right(), y))
    painter.drawLine(QLineF(x, rect.top(), x, rect.bottom()))


def paint_dots(painter: QPainter, axes: Axes, marks: Sequence[LayerMarks], theme: Theme) -> None:
    """Draw the chosen sample's (z, a) of every unit; those out of range lie on the edge."""
    for mark in marks:
        places = np.clip(mark.dots, (axes.x.low, axes.y.low), (axes.x.high, axes.y.high))
        colors = [theme.text] * len(places)
        pixels = axes.to_pixels(np.nan_to_num(places))
        paint_marks(painter, pixels, colors, theme, DOT_RADIUS, ring=False)


def paint_strip(painter: QPainter, box: QRectF, counts: NDArray[np.intp], theme: Theme) -> None:
    """Draw a histogram of z that stands on the box's lower edge."""
    most = int(counts.max()) if counts.size else 0
    ground = blend(theme.curve, theme.surface, 0.45)
    width = box.width() / BINS
    edges = np.rint(box.left() + width * np.arange(BINS + 1)).astype(int).tolist()
    color = QColor(ground)
    # The root keeps a bin of one sample visible beside one of hundreds.
    heights = np.maximum(1.0, box.height() * np.sqrt(counts / max(most, 1))).tolist()
    for i in np.flatnonzero(counts).tolist():
        bar = QRectF(edges[i], box.bottom() - heights[i], edges[i + 1] - edges[i], heights[i])
        painter.fillRect(bar, color)
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.drawLine(QLineF(box.left(), box.bottom() + 0.5, box.right(), box.bottom() + 0.5))
