"""The charts of a window over maps: what it sees from one place, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF

from nnviz.engine.layers import BatchNorm
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.layer_names import channel_name
from nnviz.gui.look.numbers import fixed
from nnviz.gui.panels.inspectors.charts import KernelChart
from nnviz.gui.panels.layered import HistogramChart
from nnviz.gui.panels.walks.charts import MatrixChart, maps_matrix
from nnviz.gui.plots.bars import histogram
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.ranges import around
from nnviz.training.inspection import Inspection
from nnviz.training.walk import Stage, Walk, walk_of

_tr = partial(QCoreApplication.translate, "WalkPanel")
_BINS = 40
_Chart = TypeVar("_Chart", bound=Chart)


def new_map() -> MatrixChart:
    """Return a chart for a map, whose pixels are squares."""
    return MatrixChart(square=True)


def charts_for(pool: list[_Chart], make: Callable[[], _Chart], number: int) -> list[_Chart]:
    """Return so many charts of those there are, which become more where they are too few."""
    pool += [make() for _ in range(number - len(pool))]
    return pool[:number]


class WindowCharts:
    """Charts that are made when they are first needed."""

    def __init__(self) -> None:
        self._maps, self._kernels = list[MatrixChart](), list[KernelChart]()

    def show(self, walk: Walk, layer: int, unit: int) -> list[Sequence[Chart | None]]:
        """Show how a layer that has windows makes a unit: both maps, then all that is seen."""
        window = walk.window(layer, unit)
        assert window is not None
        stage = Stage("activation" if window.kernel is None else "sum", layer)
        has_kernel = window.kernel is not None
        kernels = charts_for(self._kernels, KernelChart, 3 * has_kernel)
        source, target, *seen = charts_for(self._maps, new_map, 3 - has_kernel)
        named = channel_name(walk.passes.problem, layer, window.channel)
        named = _tr("given: {map}").format(map=named)
        source.show_matrix(maps_matrix(named, window.picture))
        rows, columns = window.patch.shape[1:]
        source.show_window(window.top, window.left, rows, columns)
        made = walk.matrices(stage, unit, (1, 1))[-1]
        target.show_matrix(made)
        down, right = divmod(unit % made.values.size, made.values.shape[1])
        target.show_window(down, right, 1, 1)
        if window.kernel is not None:
            products = (window.patch, window.kernel, window.patch * window.kernel)
            titles = (_tr("window x"), _tr("kernel w"), _tr("x · w"))
            for chart, values, title in zip(kernels, products, titles, strict=True):
                chart.show_maps(values, title)
        for chart in seen:
            chart.show_matrix(maps_matrix(_tr("window"), window.patch[0]))
            if window.winner is not None:
                chart.show_window(*window.winner, 1, 1)
        return [[source, None, target], kernels] if kernels else [[source, *seen, target]]

    def cell_at(self, chart: Chart | None, place: QPointF) -> tuple[int, int] | None:
        """Return the row and column of the map that is made at a place of the plot, or None."""
        if not isinstance(chart, MatrixChart) or chart not in self._maps[1:2]:
            return None
        return chart.cell_at(place)


class LayerCharts(WindowCharts):
    """What a unit's layer does, where it is no weighted sum of all there is."""

    def __init__(self) -> None:
        super().__init__()
        self._spreads = [HistogramChart(), HistogramChart()]

    def draw(self, frame: Frame, chosen: Selection) -> list[Sequence[Chart | None]]:
        """Draw a window over maps, or what a normalisation does to a unit; nothing of others."""
        walk = walk_of(frame.inspection, frame.row, None)
        if walk.window(chosen.layer, chosen.unit) is not None:
            return self.show(walk, chosen.layer, chosen.unit)
        if not isinstance(walk.layers[chosen.layer].spec, BatchNorm):
            return []
        if self._spreads[0].parentItem() is not None:  # it has its colours
            self._show_spreads(frame.inspection, chosen)
        return [[chart] for chart in self._spreads]

    def _show_spreads(self, inspection: Inspection, chosen: Selection) -> None:
        """Show how the numbers of a unit's channel are spread before and after its layer."""
        channels = inspection.problem.shapes[chosen.layer + 1][0]
        both = inspection.given(chosen.layer), inspection.activations()[chosen.layer].a
        place = chosen.unit * channels // both[0].shape[1]
        seen = [
            each.reshape(len(each), channels, -1)[:, place].ravel().astype(np.float64)
            for each in both
        ]
        low, high = around(seen) or (-1.0, 1.0)
        titles = _tr("before"), _tr("after")
        for chart, values, title in zip(self._spreads, seen, titles, strict=True):
            counts = histogram(values, low, high, _BINS)
            note = _tr("mean {mean}, spread {spread}")
            mean, spread = (fixed(float(each), 0.01) for each in (values.mean(), values.std()))
            note = note.format(mean=mean, spread=spread)
            chart.set_names(Names(left=_tr("share"), title=title, note=note))
            chart.set_ranges((low, high), (0.0, 1.02 * float(counts.shares.max())))
            chart.bars.set_data(counts, counts.shares)
