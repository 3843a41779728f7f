"""A curve on the screen: as many points as there are pixels, drawn as well as there is time for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyqtgraph as pg

from nnviz.gui.look.numbers import exact
from nnviz.gui.look.theme import Theme, blend
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart
from nnviz.gui.plots.dot import Dot
from nnviz.gui.plots.legend import LegendEntry
from nnviz.gui.plots.line import Line
from nnviz.gui.plots.min_max_pyramid import MinMaxPyramid, stride_for
from nnviz.gui.plots.ranges import Array, Bounds, Range
from nnviz.gui.plots.still_plot import Moving
from nnviz.training.condensing import EXACT_EPOCHS
from nnviz.training.history import Column

_WIDE = 1.7
_THICKET = 6.0
"""A curve that is longer than so many widths of the view goes up and down too often."""

DASHES = {"dashed": (5.0, 3.0), "dotted": (1.0, 2.0)}
"""Lengths drawn and left out, in widths of the line, by the mark of the legend."""
_PALE = 0.4
_BELOW = 3.0
"""Pixels below the lower edge where a curve is that has fallen to zero."""


@dataclass(frozen=True)
class Series:
    """A curve: the key of its column, its look and name, its axis, and how its values are said."""

    key: str
    entry: LegendEntry
    right: bool = False
    text: Callable[[float], str] = exact


Spans = Sequence[tuple[tuple[int, int], int]]
"""Rows from the first to before the second, and how many of them are drawn as one."""


def spans_of(x: Column, span: Range, pixels: float) -> Spans:
    """Return what of some epochs is drawn in a span of them on so many pixels."""
    if not len(x):
        return ()
    first = max(0, x.place(span[0]) - 1)
    last = max(first + 1, min(len(x), x.place(span[1]) + 1))
    # Rows of condensed epochs are far fewer a pixel than those before, where each has one.
    ends = (first, EXACT_EPOCHS, last) if first < EXACT_EPOCHS < last - 1 else (first, last)
    scale = pixels / (span[1] - span[0])
    return [
        ((start, end), stride_for((end - start - 1) / max((x[end - 1] - x[start]) * scale, 1.0)))
        for start, end in pairwise(ends)
    ]


@guarded
class MovingLine(Moving, Line):
    """A line that is another one at every moment."""


class Curve:
    """One curve of a chart: its line, its paler continuation after the epoch shown, and its dot.

    A quiet one stays thin and without a dot.
    """

    def __init__(self, series: Series, quiet: bool = False) -> None:
        self.series = series
        self.pyramid = MinMaxPyramid()
        self.drawn: tuple[Array, Array] = (np.empty(0), np.empty(0))
        """What was last drawn up to the epoch shown, as `points` has it."""
        self._quiet = quiet
        self._x: Column | None = None
        self._column: Column | None = None
        self._look: object = None
        self._state: object = None
        kind = Line if quiet else MovingLine
        self.line, self._after, self._dot = kind(antialias=True), kind(antialias=True), Dot(3.0)
        self.items = (self._after, self.line, self._dot)
        for item in self.items[:2]:
            item.setZValue((-1 if series.right else 0) - (2 if quiet else 0))

    def feed(self, x: Column, column: Column) -> None:
        """Take over columns that begin with those of the last call."""
        self._x, self._column = x, column
        self.pyramid.update(column)

    @property
    def is_empty(self) -> bool:
        """Whether there is no number yet, zero being one."""
        return not math.isfinite(self.pyramid.low)

    def value_at(self, x: float) -> float:
        """Return the number at exactly this x, NaN where there is none."""
        if self._x is None or self._column is None:
            return math.nan
        row = self._x.place(x)
        return self._column[row] if row < len(self._x) and self._x[row] == x else math.nan

    def points(self, spans: Spans, log: bool) -> tuple[Array, Array]:
        """Return what is drawn of some rows of its epochs: a few points a pixel.

        Ordinates are log10 on a logarithmic axis, −∞ of zero; NaN is a gap.
        """
        if self._x is None or not len(self._x):
            return np.empty(0), np.empty(0)
        parts = [self.pyramid.points(self._x, rows, stride, log) for rows, stride in spans]
        if len(parts) == 1:
            return parts[0]
        x, y = (np.concatenate(part) for part in zip(*parts, strict=True))
        return x, y

    def draw(
        self, chart: Chart, spans: Spans, log: bool, past: float | None, careful: bool
    ) -> None:
        """Hand over the points of spans; those after `past`, an epoch shown earlier, are paler.

        Careful lines are wide, for which there is not always time; `log` says whether the left
        axis is logarithmic.
        """
        if self._quiet:  # its numbers stay, and it is part of the picture that stands still
            state = spans, chart.shown, chart.pixel, chart.theme, log, self.series
            if state == self._state:
                return
            self._state, past = state, None
        log = log and not self.series.right
        x, y = self.points(spans, log)
        cut = len(x) if past is None else int(np.searchsorted(x, past, side="right"))
        self.drawn = x[:cut], y[:cut]
        dash = DASHES.get(self.series.entry.mark)
        if self.series.right:
            y = on_right(chart, y)
        # Zero has no place on a logarithmic axis: the curve falls out of the picture there.
        if log and (fallen := y == -np.inf).any():
            y = np.where(fallen, chart.shown[1][0] - _BELOW * chart.pixel.height(), y)
        thicket = (careful or dash is not None) and _is_thicket(y, chart)
        if dash and thicket:  # a pattern of dashes would drown in its ups and downs
            drawn, left_out = (1.2 * length for length in dash)
            y = np.where(x / chart.pixel.width() % (drawn + left_out) < drawn, y, np.nan)
            dash = None
        self._wear(chart.theme, careful and not thicket and not self._quiet, dash)
        self.line.show_points(x[:cut], y[:cut])
        self._after.setVisible(past is not None)
        if past is not None:
            self._after.show_points(x[max(cut - 1, 0) :], y[max(cut - 1, 0) :])
        self._place_dot(chart, log, past)

    def _place_dot(self, chart: Chart, log: bool, past: float | None) -> None:
        if self._quiet or self._x is None or self._column is None or not len(self._x):
            self._dot.hide()
            return
        x = self._x[-1] if past is None else past
        value = self._column[-1] if past is None else self.value_at(past)
        if self.series.right:
            value = float(on_right(chart, np.array(value)))
        elif log:  # zero is at the lower edge
            low = chart.shown[1][0] if value == 0 else math.nan
            value = math.log10(value) if value > 0 else low
        if math.isfinite(value):
            self._dot.show_at(x, value)
        else:
            self._dot.hide()

    def _wear(self, theme: Theme, wide: bool, dash: tuple[float, float] | None) -> None:
        look = (self.series.entry.color, theme, wide, dash)
        if look != self._look:
            self._look = look
            color = self.series.entry.color
            width = _WIDE if wide else 1.0
            self.line.setPen(pg.mkPen(color, width=width, dash=dash))
            pale = blend(color, theme.surface, _PALE)
            self._after.setPen(pg.mkPen(pale, width=width, dash=dash))
            self._dot.brush = pg.mkBrush(color)


@dataclass(frozen=True, eq=False)
class RunCurves:
    """The curves of a kept run: its slot, name and mark, epochs, and curves by column."""

    slot: int
    entry: LegendEntry
    x: Column
    curves: Mapping[str, Curve]


def on_right(chart: Chart, values: Array) -> Array:
    """Return at which heights of the left axis values of the right axis are drawn."""
    (low, high), (left_low, left_high) = chart.axes["right"].range, chart.shown[1]
    scale = (left_high - left_low) / (high - low)
    return np.asarray(left_low + (values - low) * scale)


def bounds_of(curves: list[Curve], levels: list[float]) -> Bounds:
    """Return the bounds of curves, and of levels they are compared with."""
    ends = [curve.pyramid for curve in curves]
    positive = [*(end.low_positive for end in ends), *(level for level in levels if level > 0)]
    return Bounds(
        min([*(end.low for end in ends if math.isfinite(end.low)), *levels], default=0.0),
        max([*(end.high for end in ends if math.isfinite(end.high)), *levels], default=0.0),
        min(positive, default=math.inf),
    )


def _is_thicket(y: Array, chart: Chart) -> bool:
    """Say whether a curve goes up and down too often; NaN is a gap."""
    length = float(np.fmax(np.abs(y[1:] - y[:-1]), 0.0).sum()) / chart.pixel.height()
    return length > _THICKET * max(chart.box.width(), 100.0)
