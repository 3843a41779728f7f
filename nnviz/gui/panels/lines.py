"""A curve on the screen: as many points as there are pixels, drawn as well as there is time for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.envelope import Array, Envelope, stride_for
from nnviz.gui.panels.series import Bounds, Range, Series
from nnviz.training.columns import Column

HEAD = 3.0
"""Radius, in pixels, of the dot at the point of a curve that is told in words."""

WIDE = 1.7
"""Width of a curve when there is time; width 1 is drawn by Qt's fast lane, antialiased or not."""

THICKET = 6.0
"""A curve that is longer than so many widths of the view goes up and down too often."""

_FAR = 1e6
_DASH = 9.0, 6.0


@dataclass(frozen=True)
class Framing:
    """How numbers become places on the screen.

    Parameters
    ----------
    x, y
        What the view spans (log10 of values on a logarithmic axis).
    left, top, width, height
        The view, in device-independent pixels.
    log
        Whether the ordinate is logarithmic.
    scale
        Pixels of the screen, or of the picture, in one that does not depend on the device.
    """

    x: Range
    y: Range
    left: float
    top: float
    width: float
    height: float
    log: bool = False
    scale: float = 1.0

    @property
    def box(self) -> QRectF:
        """The view."""
        return QRectF(self.left, self.top, self.width, self.height)

    @property
    def across(self) -> float:
        """Pixels of a unit of x."""
        return self.width / (self.x[1] - self.x[0])

    def abscissa(self, x: Array) -> Array:
        """Return where values of x are."""
        return self.left + (x - self.x[0]) * self.across

    def ordinate(self, y: Array) -> Array:
        """Return where values of y (their log10 on a logarithmic axis) are."""
        up = self.height / (self.y[1] - self.y[0])
        # Of what is far outside the painter need not know how far.
        return np.clip(self.top + (self.y[1] - y) * up, -_FAR, _FAR)

    def place(self, x: float) -> float:
        """Return where one value of x is."""
        return self.left + (x - self.x[0]) * self.across

    def value(self, place: float) -> float:
        """Return which x is at a place."""
        return self.x[0] + (place - self.left) / self.across


@dataclass(frozen=True, eq=False)
class Shape:
    """The points of a curve in pixels, and whether they are too wild for a wide pen."""

    x: Array
    y: Array
    thicket: bool

    def part(self, chosen: slice) -> Shape:
        """Return some of the points."""
        return Shape(self.x[chosen], self.y[chosen], self.thicket)


class Line:
    """One curve.

    Parameters
    ----------
    series
        What it shows.
    quiet
        Whether it is drawn no wider than it must be, and without its dot.
    """

    def __init__(self, series: Series, quiet: bool = False) -> None:
        self.series = series
        self.envelope = Envelope()
        self._quiet = quiet
        self._x: Column | None = None
        self._column: Column | None = None
        self._shaped: tuple[Framing, int] | None = None
        self._shape = Shape(np.empty(0), np.empty(0), False)

    def feed(self, x: Column, column: Column) -> None:
        """Take over columns that begin with those of the last call."""
        self._x, self._column = x, column
        self.envelope.update(column)

    def visible(self, log: bool) -> bool:
        """Say whether there is anything to see."""
        return math.isfinite(self.envelope.low_positive if log else self.envelope.low)

    def value_at(self, x: float) -> float:
        """Return the number at exactly this x, NaN where there is none."""
        if self._x is None or self._column is None:
            return math.nan
        row = self._x.place(x)
        return self._column[row] if row < len(self._x) and self._x[row] == x else math.nan

    def points(self, framing: Framing) -> tuple[Array, Array]:
        """Return the points to draw; ordinates are log10 on a logarithmic axis, NaN is a gap."""
        if self._x is None or not len(self._x):
            return np.empty(0), np.empty(0)
        first, last = self._rows(self._x, framing.x)
        pixels = (self._x[last - 1] - self._x[first]) * framing.across * framing.scale
        stride = stride_for((last - first - 1) / max(pixels, 1.0))
        return self.envelope.points(self._x, (first, last), stride, framing.log)

    def paint(self, painter: QPainter, framing: Framing, fine: bool, color: str) -> None:
        """Draw the whole curve in a colour."""
        self._stroke(painter, self._shape_in(framing), framing.scale, fine, color)

    def paint_apart(
        self, painter: QPainter, framing: Framing, fine: bool, past: tuple[float, str]
    ) -> None:
        """Draw the curve, in another colour from some x on."""
        shape, (x, pale) = self._shape_in(framing), past
        cut = int(np.searchsorted(shape.x, framing.place(x), side="right"))
        self._stroke(painter, shape.part(slice(max(cut - 1, 0), None)), framing.scale, fine, pale)
        before = shape.part(slice(0, cut))
        self._stroke(painter, before, framing.scale, fine, self.series.entry.color)

    def paint_dot(self, painter: QPainter, framing: Framing, x: float | None) -> None:
        """Mark the curve's point at exactly this x, or its newest."""
        if self._x is None or self._column is None or not len(self._x):
            return
        value = self._column[-1] if x is None else self.value_at(x)
        if framing.log:
            value = math.log10(value) if value > 0 else math.nan
        place = framing.place(self._x[-1] if x is None else x)
        at = QPointF(place, float(framing.ordinate(np.array([value]))[0]))
        if math.isfinite(at.y()) and framing.box.adjusted(-1, -1, 1, 1).contains(at):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.series.entry.color))
            painter.drawEllipse(at, HEAD, HEAD)

    @staticmethod
    def _rows(x: Column, span: Range) -> tuple[int, int]:
        """Return the rows within a span, and one more on either side."""
        first = 0 if span[0] <= x[0] else max(0, x.place(span[0]) - 1)
        last = len(x) if span[1] >= x[-1] else min(len(x), x.place(span[1]) + 1)
        return min(first, len(x) - 1), max(last, 1)

    def _shape_in(self, framing: Framing) -> Shape:
        key = framing, len(self.envelope)
        if self._shaped != key:
            x, y = self.points(framing)
            across, up = framing.abscissa(x), framing.ordinate(y)
            # A wide pen would take a second over a thicket, and a pattern of dashes would drown
            # in its ups and downs.
            length = np.nansum(np.abs(np.diff(up))) + (across[-1] - across[0] if len(x) else 0.0)
            thicket = bool(length > THICKET * max(framing.width, 100.0))
            self._shape, self._shaped = Shape(across, up, thicket), key
        return self._shape

    def _stroke(
        self, painter: QPainter, shape: Shape, scale: float, fine: bool, color: str
    ) -> None:
        wide = fine and not shape.thicket
        pen = QPen(QColor(color))
        # A cosmetic pen counts the screen's pixels, of which fine screens have more.
        pen.setCosmetic(True)
        pen.setWidthF((1.0 if self._quiet else WIDE) * scale if wide else 1.0)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        y = shape.y
        if self.series.entry.mark == "dashed":
            if shape.thicket:
                y = np.where(shape.x % _DASH[0] < _DASH[1], y, np.nan)
            else:
                pen.setDashPattern([5, 3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # Of so many strokes side by side nobody sees how their edges are.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, fine or not shape.thicket)
        _draw(painter, shape.x, y)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)


@dataclass(frozen=True, eq=False)
class GhostCurves:
    """The curves of a kept run.

    Parameters
    ----------
    slot
        Its place among the kept runs.
    entry
        Its name and mark.
    x
        Its epochs.
    lines
        Its curves, by the key of the column.
    """

    slot: int
    entry: LegendEntry
    x: Column
    lines: Mapping[str, Line]


def bounds_of(lines: Sequence[Line], levels: Sequence[float]) -> Bounds:
    """Return the bounds of curves, and of levels they are compared with."""
    ends = [line.envelope for line in lines]
    positive = [*(e.low_positive for e in ends), *(v for v in levels if v > 0)]
    return Bounds(
        min([*(e.low for e in ends if math.isfinite(e.low)), *levels], default=0.0),
        max([*(e.high for e in ends if math.isfinite(e.high)), *levels], default=0.0),
        min(positive, default=math.inf),
    )


def _draw(painter: QPainter, x: Array, y: Array) -> None:
    """Draw what lies between gaps; a point alone is drawn as a point."""
    there = np.isfinite(y)
    if not there.any():
        return
    if there.all():
        painter.drawPolyline(pg.functions.arrayToQPolygonF(x, y))
        return
    painter.drawPath(pg.functions.arrayToQPath(x, y, connect="finite"))
    around = np.concatenate(([False], there, [False]))
    alone = there & ~around[:-2] & ~around[2:]
    if alone.any():
        painter.drawPoints(pg.functions.arrayToQPolygonF(x[alone], y[alone]))
