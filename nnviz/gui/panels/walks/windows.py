"""The charts of a window over maps: what it sees from one place, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QPointF

from nnviz.gui.look.layer_names import channel_name
from nnviz.gui.panels.inspectors.charts import KernelChart
from nnviz.gui.panels.walks.charts import MatrixChart, maps_matrix
from nnviz.gui.plots.chart import Chart
from nnviz.training.walk import Stage, Walk

_tr = partial(QCoreApplication.translate, "WalkPanel")
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
