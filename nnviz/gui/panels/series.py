"""The parts of a plot of curves: what a curve is, how it is drawn, what range it asks for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnviz.gui.panels.base import LegendEntry
from nnviz.gui.panels.envelope import Array, Envelope
from nnviz.gui.panels.ticks import exact, step_up

Range = tuple[float, float]

HEAD = 3.0
"""Radius, in pixels, of the dot at a curve's newest point."""

THICKET = 6.0
"""A curve that is longer than so many widths of the view goes up and down too often."""


@dataclass(frozen=True)
class Bounds:
    """Smallest, largest and smallest positive value of some curves."""

    low: float
    high: float
    low_positive: float


def from_zero(bounds: Bounds) -> Range:
    """Return a range from zero (or a round number below) to a round number above."""
    low = -step_up(-bounds.low) if bounds.low < 0 else 0.0
    high = step_up(1.04 * bounds.high) if bounds.high > 0 else max(1.0, -low)
    return low - 0.02 * (high - low), high


def decades(bounds: Bounds) -> Range:
    """Return a range of half decades around what is positive, at least one decade high."""
    if not (math.isfinite(bounds.low_positive) and bounds.high > 0):
        return -3.0, 0.0
    low = math.floor(2 * math.log10(bounds.low_positive) - 0.1) / 2
    high = math.ceil(2 * math.log10(bounds.high) + 0.1) / 2
    return min(low, high - 1.0), high


@dataclass(frozen=True)
class Series:
    """A curve: the key of its column, its look and name, its axis, and how its values are said."""

    key: str
    entry: LegendEntry
    right: bool = False
    text: Callable[[float], str] = exact


@dataclass(frozen=True)
class Reading:
    """What the curves are at one epoch: the numbers themselves, by the key of the curve."""

    x: float
    values: Mapping[str, float]


class Curve(pg.PlotCurveItem):  # type: ignore[misc]  # pyqtgraph has no types
    """A curve with a dot at its newest point, and a pen that is as wide on every screen."""

    def __init__(self) -> None:
        super().__init__(antialias=True)
        self._dot = QColor()

    def set_look(self, color: str, width: float, dashed: bool) -> None:
        """Draw with such a pen; width 1 is drawn by Qt's fast lane, antialiased or not."""
        pen = pg.mkPen(color, width=width, dash=[5, 3] if dashed else None)
        pen.setCosmetic(True)
        self._dot = QColor(color)
        self.setPen(pen)

    def pixelPadding(self) -> float:
        """Return the room that the dot needs around the points."""
        return HEAD + 1.0

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the curve, and its dot above it."""
        pen = self.opts["pen"]
        if pen.widthF() > 1:
            # A cosmetic pen counts the screen's pixels, of which fine screens have more.
            wide = QPen(pen)
            logical, screen = painter.transform().m11(), painter.deviceTransform().m11()
            wide.setWidthF(pen.widthF() * (abs(screen / logical) if logical else 1.0))
            self.opts["pen"] = wide
        super().paint(painter, option, widget)
        self.opts["pen"] = pen
        x, y = self.getData()
        if x is None or not len(x) or not np.isfinite(y[-1]):
            return
        at = painter.transform().map(QPointF(x[-1], y[-1]))
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._dot)
        painter.drawEllipse(at, HEAD, HEAD)
        painter.restore()


class Line:
    """One curve on the screen.

    Parameters
    ----------
    series
        What it shows.
    """

    def __init__(self, series: Series) -> None:
        self.series = series
        self.envelope = Envelope()
        self.item = Curve()
        self.item.setZValue(2 if series.right else 5)
        self._pen: tuple[str, float, bool] | None = None
        self._points: tuple[Array, Array] = (np.empty(0), np.empty(0))

    @property
    def visible(self) -> bool:
        """Whether there is anything to see."""
        return bool(np.isfinite(self._points[1]).any())

    def draw(self, x: Array, y: Array) -> None:
        """Take over these points; gaps (NaN) stay gaps. `style` puts them on the screen."""
        self._points = x, y

    def style(self, across: float, up: float, width: float, fine: bool) -> None:
        """Draw the points: with a pen as good as they bear.

        Parameters
        ----------
        across, up
            Pixels of a unit of x and of y.
        width
            Pixels of the whole view.
        fine
            Whether there is time for a wider pen.
        """
        x, y = self._points
        # A curve many times as long as the view is wide is a thicket: a wide pen would take a
        # second over it, and a pattern of dashes would drown in its ups and downs.
        steps = np.hypot(np.diff(x) * across, np.diff(y) * up)
        thicket = bool(np.nansum(steps) > THICKET * max(width, 100.0))
        dashed = self.series.entry.mark == "dashed"
        self._set_pen(1.7 if fine and not thicket else 1.0, dashed and not thicket)
        whole = bool(np.isfinite(y).all())
        connect: Any = "all" if whole else "finite"
        if dashed and thicket:
            connect = np.asarray((x * across) % 9.0 < 6.0, dtype=np.int32)
        self.item.setData(x, y, connect=connect, skipFiniteCheck=whole)

    def _set_pen(self, width: float, dashed: bool) -> None:
        wanted = (self.series.entry.color, width, dashed)
        if self._pen != wanted:
            self._pen = wanted
            self.item.set_look(*wanted)
