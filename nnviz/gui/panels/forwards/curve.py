"""The last part of a neuron's arithmetic as a picture: where z lies on f, and what a that gives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from nnviz.gui.look.theme import Theme
from nnviz.gui.panels.forwards.terms import NeuronSum
from nnviz.gui.panels.galleries.shapes import HIGH, LOW, shape_of
from nnviz.gui.panels.outputs.marks import paint_marks, polygon
from nnviz.gui.panels.outputs.scales import Axes, Scale, lay_out, paint_axes

DOT_RADIUS = 4.5


def has_curve(neuron: NeuronSum) -> bool:
    """Say whether a follows from the neuron's own z alone; a softmax's does not."""
    return not neuron.activation.couples_units


def paint_curve(
    painter: QPainter, area: QRectF, neuron: NeuronSum, theme: Theme, font: QFont
) -> None:
    """Draw f with axes, and the way from z up to the curve and over to a."""
    shape = shape_of(neuron.activation.name)
    axes = lay_out(Scale(LOW, HIGH, "z"), Scale(shape.low, shape.high, "a = f(z)"), area, font)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    paint_axes(painter, axes, theme, font, grid=True)
    _paint_way(painter, axes, neuron, theme)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.save()
    painter.setClipRect(axes.rect)
    painter.setPen(QPen(QColor(theme.curve), 2.0))
    painter.drawPolyline(polygon(axes.to_pixels(shape.function)))
    painter.restore()
    place = axes.to_pixels(_inside(axes, neuron))
    paint_marks(painter, place, [theme.text], theme, DOT_RADIUS, ring=False)


def _paint_way(painter: QPainter, axes: Axes, neuron: NeuronSum, theme: Theme) -> None:
    x, y = axes.to_pixels(_inside(axes, neuron))[0].tolist()
    corner = QPointF(round(x) + 0.5, round(y) + 0.5)
    painter.setPen(QPen(QColor(theme.second), 1.0, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(corner.x(), axes.rect.bottom(), corner.x(), corner.y()))
    painter.drawLine(QLineF(corner.x(), corner.y(), axes.rect.left(), corner.y()))


def _inside(axes: Axes, neuron: NeuronSum) -> NDArray[np.float64]:
    """Return (z, a), shape (1, 2); what is out of range lies on the edge."""
    point = np.nan_to_num(np.array([[neuron.z, neuron.a]]))
    low, high = (axes.x.low, axes.y.low), (axes.x.high, axes.y.high)
    return np.asarray(np.clip(point, low, high))
