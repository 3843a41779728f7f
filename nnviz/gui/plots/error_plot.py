"""Errors of candidates: points with error bars against one setting, or a heat map over two."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Signal, Slot
from PySide6.QtWidgets import QGraphicsRectItem, QWidget

from nnviz.gui.look.numbers import steady
from nnviz.gui.look.theme import blend
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.heat_map import HeatMap
from nnviz.gui.plots.plot import Plot
from nnviz.gui.plots.points import Points
from nnviz.gui.plots.ranges import Array, Bounds, decades, from_zero, log_or_gap

_WIDE = 30.0
"""From such a ratio of the largest to the smallest on, errors are on a logarithmic axis."""

_CAP = 0.12
"""Width of the strokes at the ends of an error bar, of the distance of two values."""

_STRONGEST = 0.85
"""Share of its hue that the smallest error of a heat map has."""

for _item in (pg.ErrorBarItem, pg.ScatterPlotItem, pg.PlotCurveItem):
    guarded(_item)


@guarded
class ErrorPlot(Plot):
    """What was measured so far, place by place in the order of the candidates, and what is chosen.

    Of two settings the first is across and the second upwards.
    """

    picked = Signal(int)
    """The person clicked at this place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.chart = Chart()
        self._bars = self.chart.add(pg.ErrorBarItem(x=np.empty(0), y=np.empty(0), beam=_CAP))
        self._line, self._other = (
            self.chart.add(pg.PlotCurveItem(antialias=True, connect="finite")) for _ in range(2)
        )
        self._points = Points(self.chart)
        self._cells, self._frame = self.chart.add(HeatMap()), self.chart.add(QGraphicsRectItem())
        self.errors = self.spreads = self.training = np.empty(0)
        self.chosen: int | None = None
        self._titles = ("", "", "")
        self._log = False
        super().__init__((self.chart,), parent)
        self.chart.axes["left"].setGrid(255)
        for changed in (self.resized, self.restyled):
            changed.connect(self.redraw)
        self.pressed.connect(self._on_pressed)

    def begin(self, titles: tuple[str, str, str], names: Sequence[Sequence[str]]) -> None:
        """Expect errors for these names: of the values of one setting, or of two.

        The titles are those of the settings, "" where there is none, and of the error.
        """
        self._titles = titles
        across, up = (*names, ("",), ("",))[:2]
        self.chart.axes["bottom"].set_names(tuple(across))
        self.chart.axes["left"].set_names(tuple(up) if self.is_grid else ())
        blank = np.full(len(across) * len(up), math.nan)
        self._shape = len(across), len(up)
        self.show_errors(blank, blank, blank, None)

    @property
    def is_grid(self) -> bool:
        """Whether there are two settings."""
        return bool(self._titles[1])

    def show_errors(
        self, errors: Array, spreads: Array, training: Array, chosen: int | None
    ) -> None:
        """Show errors, their standard errors and those of the training rows, one a place.

        Shape (candidates,); NaN for what is not known. The chosen place is marked.
        """
        self.errors, self.spreads, self.training = errors, spreads, training
        self.chosen = chosen
        self.redraw()

    @Slot()
    def redraw(self) -> None:
        """Draw what there is."""
        for item in (self._bars, self._line, self._other):
            item.setVisible(not self.is_grid)
        self._cells.setVisible(self.is_grid and len(self.errors) > 0)
        self._frame.setVisible(self.is_grid and self.chosen is not None)
        if self.is_grid:
            self._draw_grid()
        else:
            self._draw_points()

    def _draw_points(self) -> None:
        known = np.concatenate([self.errors, self.training])
        known = known[np.isfinite(known)]
        positive = known[known > 0]
        self._set_log(len(positive) == len(known) > 0 and known.max() > _WIDE * known.min())
        places = np.arange(len(self.errors), dtype=float)
        spreads = np.nan_to_num(self.spreads)
        scaled = log_or_gap if self._log else np.asarray
        middle = scaled(self.errors)
        top, low = scaled(self.errors + spreads), scaled(np.maximum(self.errors - spreads, 0.0))
        inside = np.isfinite(middle)
        ends = np.concatenate([known, (self.errors + spreads)[inside], [0.0] * (not self._log)])
        bounds = Bounds(0.0, float(ends.max(initial=0.0)), float(positive.min(initial=math.inf)))
        height = decades(bounds) if self._log else from_zero(bounds)
        bottoms = np.where(np.isfinite(low), low, height[0])
        theme = self.theme
        self._bars.setData(
            x=places[inside], y=middle[inside], top=(top - middle)[inside],
            bottom=(middle - bottoms)[inside], pen=pg.mkPen(theme.curve, width=1.2),
        )  # fmt: skip
        self._line.setData(places, middle, pen=pg.mkPen(blend(theme.curve, theme.surface, 0.5)))
        muted = pg.mkPen(theme.muted, width=1, dash=(4, 3))
        self._other.setData(places, scaled(self.training), pen=muted)
        self._points.set_data(
            np.column_stack([places, middle])[inside], np.flatnonzero(inside),
            [theme.curve] * int(inside.sum()), np.zeros(int(inside.sum()), dtype=bool),
        )  # fmt: skip
        self._points.choose(-1 if self.chosen is None else self.chosen)
        self.chart.set_names(Names(self._titles[0], self._titles[2]))
        self.chart.set_ranges((-0.5, max(len(places), 1) - 0.5), height)

    def _set_log(self, log: bool) -> None:
        if log != self._log:
            self._log = log
            self.chart.axes["left"].setLogMode(x=False, y=log)

    def _draw_grid(self) -> None:
        self._set_log(False)
        self._points.set_data(np.empty((0, 2)), np.empty(0, np.intp), [], np.empty(0, bool))
        self._points.choose(-1)
        columns, rows = self._shape
        errors = self.errors.reshape(columns, rows).T[::-1]
        known = np.log(np.maximum(errors[np.isfinite(errors)], 1e-12))
        low, span = known.min(initial=math.inf), float(np.ptp(known)) if len(known) else 0.0
        goodness = 1.0 - (np.log(np.maximum(errors, 1e-12)) - low) / (span or 1.0)
        strength = np.where(np.isfinite(errors), 0.1 + (_STRONGEST - 0.1) * goodness, 0.0)
        theme = self.theme

        def text(row: int, column: int) -> tuple[str, str]:
            ink = theme.surface if strength[row, column] > 0.55 else theme.text
            error = errors[row, column]
            return (steady(float(error)) if np.isfinite(error) else "–"), ink

        self.chart.set_names(Names(*self._titles[:2], title=self._titles[2]))
        self.chart.set_ranges((-0.5, columns - 0.5), (-0.5, rows - 0.5))
        self._cells.restyle(theme, self.chart.font_used)
        self._cells.set_cells(theme.diverging(strength), text, QRectF(-0.5, -0.5, columns, rows))
        if self.chosen is not None:
            across, up = divmod(self.chosen, rows)
            self._frame.setRect(across - 0.47, up - 0.47, 0.94, 0.94)
            self._frame.setPen(pg.mkPen(theme.text, width=2))

    @Slot(object, QPointF)
    def _on_pressed(self, _chart: Chart, place: QPointF) -> None:
        at = self.chart.value(place)
        columns, rows = self._shape
        across = min(max(round(at.x()), 0), columns - 1)
        up = min(max(round(at.y()), 0), rows - 1) if self.is_grid else 0
        self.picked.emit(across * rows + up)
