"""The charts of the inspector: what a neuron answers over the plane, its kernel, a weight's run."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QFont

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers import Conv2D, pair
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.numbers import fixed, short
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.look.units import date_inputs
from nnviz.gui.panels.activation_chart import FunctionChart
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.curve import on_right
from nnviz.gui.plots.dot import Dot, LedDot
from nnviz.gui.plots.heat_map import MovingMap
from nnviz.gui.plots.line import Line
from nnviz.gui.plots.ranges import around
from nnviz.training.inspection import Inspection

_tr = partial(QCoreApplication.translate, "InspectorPanel")

_QUICK_SIDE, _SIDE = 24, 64
"""Points a side of a map over the plane, while it moves and at rest."""

_CELL = 2.2
"""Width of a cell from which on there is a number in it, in heights of a line."""

_STRONG = 0.75
"""Share of the full colour from which on the ink is that of the ground."""

_COLORS = 3
"""Maps that are side by side, not in a square: those of a picture in colour."""

_WRITTEN = 7
"""So many columns of a kernel at most have their numbers written in them."""


class WayChart(FunctionChart):
    """f with the way from z up to the curve and over to a."""

    def __init__(self, activation: Activation) -> None:
        super().__init__(activation)
        self.set_names(Names("z", "a = f(z)", title=translated(activation.title)))
        self._way = self.add(LedDot(self))
        self.moving.append(self._way)

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self._way.restyle(theme, font)

    def show_way(self, z: float, a: float) -> None:
        """Lead from another z to its a; what lies outside is marked at the edge."""
        (left, right), (low, high) = self.shown
        x, y = np.clip(np.nan_to_num([z, a]), (left, low), (right, high)).tolist()
        said = _tr("▶ z = {z}") if z > right else _tr("◀ z = {z}")
        self._way.text = "" if left <= z <= right else said.format(z=short(z))
        self._way.show_at(x, y)


class MapChart(Chart):
    """What a neuron answers over the plane of the inputs, with the sample marked."""

    def __init__(self) -> None:
        super().__init__()
        self._cells = self.add(MovingMap(gaps=False, smooth=True))
        self._cells.is_below = False  # the axes' ticks are behind it
        self._sample = self.add(Dot())
        self.moving += [self._cells, self._sample]

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self._sample.restyle(theme, font)

    def show_neuron(self, frame: Frame, chosen: Selection, moving: bool) -> None:
        """Show a neuron's activation, or an input's value; zero has the neutral colour."""
        inspection, side = frame.inspection, _QUICK_SIDE if moving else _SIDE
        problem = inspection.problem
        (left, right), (low, high) = inspection.plane_axes(2)
        values = inspection.unit_planes(chosen.layer, side)[chosen.unit]
        names = [translated(name) for name in problem.dataset.feature_names]
        largest = float(np.abs(values).max()) or 1.0
        if chosen.layer >= 0:
            spec = problem.experiment.network.layers[chosen.layer]
            ends = ACTIVATIONS[spec.activation].output_range
            largest = ends[1] if np.isfinite(ends).all() else largest
        note = _tr("±{largest}").format(largest=short(largest))
        title = _tr("a over the plane") if chosen.layer >= 0 else _tr("x over the plane")
        self.set_dates(*date_inputs(problem, "bottom", "left"))
        self.set_names(Names(names[0], names[1], "", title, note))
        self.set_ranges((left, right), (low, high))
        colors = self.theme.diverging(values[::-1] / largest)
        self._cells.set_cells(colors, area=QRectF(left, low, right - left, high - low))
        self._sample.show_at(*inspection.raw_inputs(frame.row).tolist())


class CellsChart(Chart):
    """Numbers as coloured cells, written in them where they are large enough; no axes."""

    def __init__(self, square: bool = True, room: float = _CELL) -> None:
        super().__init__(square=square)
        self.labelled = frozenset()
        for axis in self.axes.values():
            axis.hide()
        self._cells = self.add(MovingMap())
        self._cells.room = room
        self.moving.append(self._cells)

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self._cells.restyle(theme, font)

    def show_values(self, values: FloatArray, written: bool = True, digits: int = 3) -> float:
        """Show numbers, shape (rows, columns), all to one step; return the size of the largest.

        That one has so many digits; below 1, the zero is one. Where there is NaN nothing is shown.
        """
        largest = float(np.nan_to_num(np.abs(values)).max()) or 1.0
        decade = math.floor(math.log10(largest))
        step = 10.0 ** (decade - (digits - 1 if decade >= 0 else digits - 2))
        if (values == np.rint(values)).all():
            step = 1.0
        colors, theme = self.theme.diverging(values / largest), self.theme
        colors[np.isnan(values), 3] = 0

        def text(row: int, column: int) -> tuple[str, str]:
            value = float(values[row, column])
            is_strong = abs(value) > _STRONG * largest
            return fixed(value, step), theme.surface if is_strong else theme.text

        self._cells.set_cells(colors, text if written else None)
        return largest


class KernelChart(CellsChart):
    """A neuron's weights as pictures: one for each map that a convolution is given."""

    def show_kernel(self, kernel: FloatArray) -> None:
        """Show weights of shape (maps, rows, columns), side by side in rows of maps."""
        maps, rows, columns = kernel.shape
        size = _tr("weights {rows} × {columns}").format(rows=rows, columns=columns)
        if maps > 1:
            size = _tr("weights {rows} × {columns}, for each of {maps} maps")
            size = size.format(rows=rows, columns=columns, maps=maps)
        self.show_maps(kernel, size)

    def show_maps(self, kernel: FloatArray, title: str) -> None:
        """Show numbers of shape (maps, rows, columns) under another title."""
        maps, rows, columns = kernel.shape
        across = maps if maps <= _COLORS else int(np.ceil(np.sqrt(maps)))
        high = -(-maps // across)
        weights = np.full((high * (rows + 1) - 1, across * (columns + 1) - 1), np.nan)
        for i, one in enumerate(kernel):
            down, right = divmod(i, across)
            top, left = down * (rows + 1), right * (columns + 1)
            weights[top : top + rows, left : left + columns] = one
        written = maps == 1 and columns <= _WRITTEN
        largest = self.show_values(weights, written)
        note = "" if written else _tr("±{largest}").format(largest=short(largest))
        self.set_names(Names(title=title, note=note))
        self.set_ranges((0.0, weights.shape[1]), (0.0, weights.shape[0]))


class RunChart(Chart):
    """A weight and its gradient at the run's kept moments, the moment shown marked."""

    def __init__(self) -> None:
        super().__init__(right=True)
        self.axes["left"].setGrid(255)
        self.value_line, self.gradient_line = (self.add(Line(antialias=True)) for _ in range(2))
        self._now = self.add(pg.InfiniteLine(angle=90))

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self.value_line.setPen(pg.mkPen(theme.curve, width=1.7))
        self.gradient_line.setPen(pg.mkPen(theme.second, width=1.7, dash=[4, 3]))
        self._now.setPen(pg.mkPen(theme.muted))

    def show_run(self, frame: Frame, chosen: Selection, symbol: str) -> None:
        """Show the moments there are, and the one that is looked at."""
        assert chosen.source is not None
        place = frame.inspection.place_of(chosen.layer, chosen.unit, chosen.source)
        snapshot, moments = frame.inspection.snapshot, frame.checkpoints
        rows = [(each.epoch, each.parameters[place], each.gradients[place]) for each in moments]
        if not rows or rows[-1][0] < snapshot.epoch:
            rows.append((snapshot.epoch, snapshot.parameters[place], snapshot.gradients[place]))
        epochs, values, gradients = np.array(rows, np.float64).T
        gradients = np.where(epochs > 0, gradients, np.nan)  # before the first step there is none
        self.set_names(Names(_tr("epoch"), symbol, f"∂L/∂{symbol}"))
        x = (0.0, max(float(epochs[-1]), 1.0))
        right = around([gradients]) or (-1.0, 1.0)
        self.set_ranges(x, around([values]) or (-1.0, 1.0), right)
        self.value_line.setData(epochs, values)
        self.gradient_line.setData(epochs, on_right(self, gradients), connect="finite")
        self._now.setValue(snapshot.epoch)


def kernel_of(inspection: Inspection, chosen: Selection) -> FloatArray | None:
    """Return a neuron's weights as pictures, shape (maps, rows, columns); None where they are none.

    They are those of a convolution's neurons, and of neurons that are given an image.
    """
    problem, layer = inspection.problem, chosen.layer
    if layer < 0 or not inspection.weights(layer).size:
        return None
    spec, shape = problem.experiment.network.layers[layer], problem.shapes[layer]
    if isinstance(spec, Conv2D):
        filters = inspection.weights(layer)
        channel = chosen.unit // math.prod(problem.shapes[layer + 1][1:])
        return np.asarray(filters[channel].reshape(shape[0], *pair(spec.kernel_size)))
    if layer == 0 and problem.dataset.image_shape is not None:
        shape = problem.dataset.picture_shape
        return np.asarray(inspection.weights(0)[chosen.unit].reshape(shape))
    return None
