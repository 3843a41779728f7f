"""Histograms, counted ten times faster than by finding the bins each time, and bars."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from nnviz.gui.look.in_place import first_of
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import WholeView, paint_in_pixels
from nnviz.gui.plots.ranges import Array
from nnviz.gui.plots.still_plot import Moving

MOST_COUNTED, MOVING_COUNTED = 2**17, 2**15
"""Values of a histogram at rest and while it moves: its shares are right to part of a percent."""

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


def histogram(
    values: NDArray[np.floating], low: float, high: float, bins: int, most: int = MOST_COUNTED
) -> Histogram:
    """Return how many values lie in each of `bins` equal parts of [low, high], at most 256.

    Of more than `most` so many are counted, drawn at random but always the same, for all of them.
    """
    flat = np.asarray(values).ravel(order="K")  # in whatever order they are in memory
    stands_for = max(flat.size / most, 1.0)
    if stands_for > 1.0:
        flat = flat.take(_drawn(flat.size, most))
    places = flat - low
    places *= bins / (high - low) if high > low else 0.0
    # Casting cuts towards zero, which is down: what is below zero is clipped to the first bin.
    places.clip(0, bins - 1, out=places)
    if np.isnan(places.min(initial=0.0)):  # counts there too
        np.nan_to_num(places, copy=False)
    counts = _counted(places.astype(np.uint8), bins)
    if stands_for > 1.0:
        counts = np.rint(counts * stands_for).astype(np.intp)
    return Histogram(low, high, counts)


def _counted(numbers: NDArray[np.uint8], bins: int) -> NDArray[np.intp]:
    """Return how often each number below `bins` is there."""
    if len(numbers) < _IN_PAIRS:
        return np.bincount(numbers, minlength=bins)
    single = np.bincount(numbers[len(numbers) & ~1 :], minlength=bins)
    pairs = np.bincount(numbers[: len(numbers) & ~1].view(np.uint16), minlength=256 * bins)
    table = pairs.reshape(bins, 256)
    return np.asarray(single + table.sum(axis=1) + table[:, :bins].sum(axis=0))


@lru_cache(maxsize=8)
def _drawn(size: int, most: int) -> NDArray[np.intp]:
    """Return places in order, for what is side by side in memory is found sooner."""
    return np.sort(np.random.default_rng(0).integers(size, size=most))


@guarded
class Bars(Moving, WholeView):
    """A histogram: bars from zero, a pixel apart, below zero in another colour than above.

    Crisp and painted in one go, with what belongs to it: an outline of other counts in the same
    bins, and strokes at some values, in a lane below.
    """

    def __init__(self) -> None:
        super().__init__()
        self._low, self._high, self._heights = 0.0, 1.0, np.empty(0)
        self._outline, self._lane, self._pen = QPainterPath(), 0, QPen()
        self._rug: NDArray[np.floating] = np.empty(0)
        self._below = self._above = self._ink = QBrush()

    def restyle(self, below: str, above: str, outline: str, ink: str) -> None:
        """Take over colours: of bars below and above zero, the outline and strokes."""
        self._below, self._above, self._ink = (QBrush(QColor(c)) for c in (below, above, ink))
        self._pen = pg.mkPen(outline)
        self._pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        self.update()

    def set_data(self, counted: Histogram, heights: Array) -> None:
        """Show bars of heights, shape (bars,), over bins; above zero never lower than a pixel."""
        self._low, self._high, self._heights = counted.low, counted.high, heights
        self.update()

    def set_outline(self, counted: Histogram) -> None:
        """Draw the outline of other counts over the bars."""
        x, y = np.repeat(counted.edges, 2)[1:-1], np.repeat(counted.counts.astype(float), 2)
        self._outline = pg.arrayToQPath(x, y)
        self.update()

    def set_rug(self, values: NDArray[np.floating], lane: int) -> None:
        """Draw a stroke, whole at either end too, at each value that the chart spans.

        One a column of pixels, in a lane of so many.
        """
        self._rug, self._lane = values, lane
        self.update()

    def draw(self, painter: QPainter, *_: object) -> None:
        """Draw the bars in pixels, so that all gaps are equal, and what belongs to them."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.save()
        to_pixels = paint_in_pixels(self, painter)
        across, base = (to_pixels.m11(), to_pixels.dx()), to_pixels.dy()
        firsts, sizes, signs = _columns(self._low, self._high, len(self._heights), *across)
        tall = np.maximum(np.rint(self._heights * -to_pixels.m22()), self._heights > 0)
        boxes = np.array((firsts, round(base) - tall, sizes, tall)).T.copy()
        painter.setPen(Qt.PenStyle.NoPen)
        _fill(painter, self._below, boxes[:signs])
        _fill(painter, self._above, boxes[signs:])
        scale, on_screen = painter.deviceTransform().m11(), self.is_apart
        if len(self._rug):  # on a fine screen, strokes side by side are told apart
            wide = 1.0 / scale if on_screen else 1.0
            _fill(painter, self._ink, self._strokes(*across, base, wide))
        painter.restore()
        pen = self._pen
        if not on_screen and scale > 1.0:  # as wide on paper as it is in the window
            pen = QPen(pen)
            pen.setWidthF(scale)
        painter.strokePath(self._outline, pen)

    def _strokes(self, scale: float, start: float, base: float, wide: float) -> Array:
        """Return the boxes of strokes so wide, each in the middle of its column of pixels."""
        left, right = self.getViewBox().viewRange()[0]
        columns = np.zeros(max(1, round((right - left) * scale)), dtype=bool)
        inside = self._rug[(self._rug >= left) & (self._rug <= right)]
        columns[np.minimum((inside - left) * scale, len(columns) - 1).astype(np.intp)] = True
        boxes = np.empty((np.count_nonzero(columns), 4))
        boxes[:, 0] = np.flatnonzero(columns) + (left * scale + start + (1 - wide) / 2)
        boxes[:, 1:] = base + 0.5, wide, self._lane - 1
        return boxes


@lru_cache(maxsize=64)
def _columns(
    low: float, high: float, bins: int, scale: float, start: float
) -> tuple[Array, Array, int]:
    """Return where bars begin in pixels, how wide they are, and how many are below zero."""
    edges = np.linspace(low, high, bins + 1)
    ends = np.rint(edges * scale + start)
    gap = 1 if bins and ends[1] - ends[0] > 3 else 0
    return ends[:-1], np.maximum(np.diff(ends) - gap, 1), int(np.sum(edges[1:] + edges[:-1] < 0))


def _fill(painter: QPainter, brush: QBrush, boxes: Array) -> None:
    """Fill boxes, shape (boxes, 4): left, top, width, height, as Qt's QRectF has them."""
    boxes = boxes[boxes[:, 3] > 0]  # on paper those of no height would be hairlines
    if len(boxes):
        painter.setBrush(brush)
        painter.drawRects(first_of(boxes, QRectF), len(boxes))
