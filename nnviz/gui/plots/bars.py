"""Histograms, counted ten times faster than by finding the bins each time, and bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart, WholeView, paint_in_pixels
from nnviz.gui.plots.ranges import Array, Range

MOST_COUNTED = 2**17
"""Values of a histogram: its shares are then right to a fraction of a percent."""

_IN_PAIRS = 8192
"""From so many values on it is faster to count pairs of them."""


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts over equal bins from `low` to `high`, shape (bins,).

    What lies outside counts in the bin at that end.
    """

    low: float
    high: float
    counts: NDArray[np.intp]

    @property
    def edges(self) -> Array:
        """Ends of the bins, shape (bins + 1,)."""
        return np.linspace(self.low, self.high, len(self.counts) + 1)

    @property
    def shares(self) -> Array:
        """Counts as shares of all, shape (bins,)."""
        return self.counts / max(1, int(self.counts.sum()))


def histogram(values: NDArray[np.floating], low: float, high: float, bins: int) -> Histogram:
    """Return how many values lie in each of `bins` equal parts of [low, high], at most 256.

    Of very many some are counted, drawn at random but always the same, for all of them.
    """
    flat = np.asarray(values).ravel(order="K")  # in whatever order they are in memory
    stands_for = max(flat.size / MOST_COUNTED, 1.0)
    if stands_for > 1.0:
        flat = flat.take(_drawn(flat.size))
    places = flat - low
    places *= bins / (high - low) if high > low else 0.0
    # Casting cuts towards zero, which is down: what is below zero is clipped to the first bin.
    np.clip(places, 0, bins - 1, out=places)
    if np.isnan(places.min(initial=0.0)):  # counts there too
        np.nan_to_num(places, copy=False)
    counts = _counted(places.astype(np.uint8), bins)
    return Histogram(low, high, np.rint(counts * stands_for).astype(np.intp))


def _counted(numbers: NDArray[np.uint8], bins: int) -> NDArray[np.intp]:
    """Return how often each number below `bins` is there."""
    if len(numbers) < _IN_PAIRS:
        return np.bincount(numbers, minlength=bins)
    single = np.bincount(numbers[len(numbers) & ~1 :], minlength=bins)
    pairs = np.bincount(numbers[: len(numbers) & ~1].view(np.uint16), minlength=256 * bins)
    table = pairs.reshape(bins, 256)
    return np.asarray(single + table.sum(axis=1) + table[:, :bins].sum(axis=0))


@lru_cache(maxsize=8)
def _drawn(size: int) -> NDArray[np.intp]:
    return np.random.default_rng(0).integers(size, size=MOST_COUNTED)


@guarded
class Bars(WholeView):
    """Bars from zero, each in its colour, a pixel apart; crisp and painted in one go.

    Where they lie sideways they grow to the right, and the first is the lowest.
    """

    def __init__(self, sideways: bool = False) -> None:
        super().__init__()
        self._sideways = sideways
        self._edges, self._heights = np.empty(0), np.empty(0)
        self._colors: Sequence[str] = ()

    def set_data(self, edges: Array, heights: Array, colors: Sequence[str]) -> None:
        """Show bars between ascending edges, shape (bars + 1,), of heights and colours, one a bar.

        A bar above zero is never lower than a pixel.
        """
        self._edges, self._heights, self._colors = edges, heights, colors
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the bars in pixels, so that all gaps are equal."""
        painter.save()
        to_pixels = paint_in_pixels(self, painter)
        across, up = (to_pixels.m11(), to_pixels.dx()), (to_pixels.m22(), to_pixels.dy())
        (scale, start), (growth, zero) = (up, across) if self._sideways else (across, up)
        ends, base = np.rint(self._edges * scale + start), round(zero)
        tall = np.maximum(np.rint(self._heights * abs(growth)), np.where(self._heights > 0, 1, 0))
        gap = 1 if len(ends) > 1 and abs(ends[1] - ends[0]) > 3 else 0
        firsts, sizes = np.fmin(ends[1:], ends[:-1]), np.fmax(abs(ends[1:] - ends[:-1]) - gap, 1)
        sides = (firsts, base - tall, sizes, tall)
        if self._sideways:
            sides = (np.full_like(tall, base), firsts, tall, sizes)
        boxes = [QRectF(*box) for box in np.stack(sides, axis=1).tolist()]
        seen = list(zip(self._colors, boxes, strict=True))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for color in dict.fromkeys(self._colors):
            painter.setBrush(QColor(color))
            painter.drawRects([box for one, box in seen if one == color and not box.isEmpty()])
        painter.restore()


def sign_colors(edges: Array, colors: tuple[str, str]) -> list[str]:
    """Return a colour a bar: the first for those whose middle is below zero."""
    return [colors[int(middle >= 0)] for middle in (edges[1:] + edges[:-1]).tolist()]


def set_rug(
    chart: Chart, item: pg.PlotCurveItem, values: NDArray[np.floating], ends: Range
) -> None:
    """Let an item of a chart draw a stroke between two heights at each value the chart spans.

    One a column of pixels, in its middle: a value at either end has a whole stroke too.
    """
    (left, right), pixel = chart.shown[0], chart.pixel.width()
    inside = np.asarray(values, dtype=float).ravel()
    inside = inside[(inside >= left) & (inside <= right)]
    columns = np.zeros(max(1, round((right - left) / pixel)), dtype=bool)
    columns[np.minimum((inside - left) // pixel, len(columns) - 1).astype(np.intp)] = True
    x = np.repeat(left + (np.flatnonzero(columns) + 0.5) * pixel, 2)
    y = np.empty(len(x))
    y[::2], y[1::2] = ends
    if not (np.array_equal(x, item.xData) and np.array_equal(y, item.yData)):
        item.setData(x, y, connect="pairs")
