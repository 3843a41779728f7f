"""The parts of a plot of curves: what a curve is, how it is drawn, what range it asks for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg

from nnviz.gui.panels.base import LegendEntry
from nnviz.gui.panels.envelope import Array, Envelope
from nnviz.gui.panels.ticks import exact, step_up

Range = tuple[float, float]


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
        self.item = pg.PlotCurveItem()
        self.item.setZValue(2 if series.right else 5)
        self.head = pg.ScatterPlotItem(pxMode=True, size=6, pen=None, antialias=True)
        self.head.setZValue(10)

    def recolor(self, color: str, fine: bool) -> None:
        """Draw in this colour: with care, or fast."""
        dash = [5, 3] if self.series.entry.mark == "dashed" else None
        pen = pg.mkPen(color, width=1.7 if fine else 1, dash=dash)
        pen.setCosmetic(True)
        self.item.opts["antialias"] = fine
        self.item.setPen(pen)
        self.head.setBrush(pg.mkBrush(color))

    @property
    def visible(self) -> bool:
        """Whether there is anything to see."""
        x, _ = self.head.getData()
        return len(x) > 0

    def draw(self, x: Array, y: Array) -> None:
        """Show these points; gaps stay gaps."""
        whole = bool(np.isfinite(y).all())
        self.item.setData(x, y, connect="all" if whole else "finite", skipFiniteCheck=whole)
        last = y[-1:] if len(y) and np.isfinite(y[-1]) else y[:0]
        self.head.setData(x[len(x) - len(last) :], last)
