"""What the neurons answer: a histogram and a heat map of neurons × samples for every layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPointF, QRectF
from PySide6.QtGui import QFont, QPolygonF
from PySide6.QtWidgets import QGraphicsPolygonItem, QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dropout, Flatten, LayerSpec
from nnviz.engine.network import LayerTrace
from nnviz.gui.look.numbers import count, fixed, percent, short
from nnviz.gui.look.theme import Theme, rgb
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.layered import ALL, HistogramChart, LayerChart, LayeredPanel, in_rows
from nnviz.gui.plots.bars import MOST_COUNTED, MOVING_COUNTED, Histogram, histogram
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.heat_map import HeatMap, MovingMap
from nnviz.gui.plots.ranges import farthest, step_up
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

BINS = 30
_LANE = 8
"""Pixels under a heat map for the strip of classes and the mark of the chosen sample."""

_LEAST_FOR_TWO = 6.2
"""A layer's place lower than this, in heights of a line, shows the heat map alone."""

_Array = NDArray[np.floating]


class HeatChart(LayerChart):
    """A heat map of neurons × samples; below it each sample's class, and the chosen sample."""

    drawn: tuple[int, int] | None = None
    """For how many samples, and which chosen one, what is around it was drawn."""

    def __init__(self, widest: str) -> None:
        super().__init__(widest)
        self.labelled = frozenset({"left"})
        self.cells, self.classes = self.add(MovingMap()), self.add(HeatMap(gaps=False))
        self.cells.is_below = False  # nothing of the axes is on it
        self.moving.append(self.cells)
        tip = QPolygonF([QPointF(0, -4), QPointF(-4, 4), QPointF(4, 4)])
        self.chosen = self.add(QGraphicsPolygonItem(tip))
        self.chosen.setFlag(self.chosen.GraphicsItemFlag.ItemIgnoresTransformations)

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self.cells.restyle(theme, font)
        self.chosen.setPen(pg.mkPen(theme.surface))
        self.chosen.setBrush(pg.mkBrush(theme.text))


class ActivationsPanel(LayeredPanel):
    """Which neurons fire for which samples; dead and saturated ones show at a glance.

    Of a layer of pictures the heat map shows each channel's mean, for a line a pixel would be too
    fine to see; the histogram counts every pixel.
    """

    key = "activations"
    has_growing_axes = True
    title = str(QT_TRANSLATE_NOOP("ActivationsPanel", "Activations"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "ActivationsPanel",
            "What the neurons of each layer answer to all samples. Many neurons stuck at one end "
            "learn no more.",
        )
    )
    aspect = 1.2

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Activations of every layer's neurons"))
        self.histograms: dict[int, Histogram] = {}
        self.values: dict[int, _Array] = {}
        """Of every layer that is drawn: activations, shape (samples, neurons)."""
        self._order: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._rows = self._order
        self._ranges: list[tuple[float, float]] = []
        self._has_bars = False

    def draws(self, layer: LayerSpec) -> bool:
        """Return whether a layer makes numbers of its own; the others hand on what they get."""
        return not isinstance(layer, Dropout | Flatten)

    def begin(self, problem: Problem) -> None:
        """Start from the activations' own ranges."""
        self._order = self._order[:0]
        self._ranges = [
            own_range(ACTIVATIONS[layer.activation].output_range)
            for layer in problem.experiment.network.layers
        ]
        self.histograms, self.values = {}, {}
        super().begin(problem)

    def read(self, inspection: Inspection) -> None:
        """Take the activations, samples in order of class or target, and count them."""
        problem, traces, ranges = inspection.problem, inspection.activations(), list(self._ranges)
        most = MOVING_COUNTED if self.idle.moving else MOST_COUNTED
        index = problem.train.index[: len(traces[0].a)]  # fewer while a large network moves
        if len(index) != len(self._order):
            self._order = np.argsort(problem.dataset.targets[index].ravel(), kind="stable")
            self._rows = index[self._order]
        for layer in self.layers:
            trace = traces[layer]
            self.values[layer] = neurons_of(trace).T.take(self._order, axis=1).T
            ranges[layer] = widened(ranges[layer], trace.a)
            self.histograms[layer] = histogram(trace.a, *ranges[layer], BINS, most)
        if ranges != self._ranges:
            self._ranges = ranges
            self.show_legend()

    def largest(self, layer: int) -> float:
        """Return the activation that has the full colour."""
        low, high = self._ranges[layer]
        return max(abs(low), abs(high))

    def legend(self) -> list[LegendEntry]:
        """Return the colour bar: from the lowest to the highest activation shown."""
        theme, shown = self.theme, self.shown_layers()
        if not self._ranges:
            return []
        is_signed = min(self._ranges[layer][0] for layer in shown) < 0
        ends = {self.largest(layer) for layer in shown}
        label = self.tr("activation, by layer")
        if len(ends) == 1:
            end = short(ends.pop())
            label = self.tr("activation {low} to {high}").format(
                low=f"−{end}" if is_signed else "0", high=end
            )
        start = theme.negative if is_signed else theme.neutral
        return [LegendEntry(label, start, "gradient", theme.positive)]

    def description(self) -> str:
        """Return mean and share of silent activations of the shown layer in a sentence."""
        if not self.values:
            return self.tr("No activations have been seen yet.")
        layer = self.shown_layers()[0]
        values = self.values[layer]
        return self.tr(
            "After epoch {epoch} the activations of layer {layer} have a mean of {mean} over"
            " the first {samples} training samples, and {silent} of them are 0."
        ).format(
            epoch=count(self.epoch),
            layer=self.names[layer],
            mean=fixed(float(values.mean()), 0.001),
            samples=len(values),
            silent=percent(float((values == 0).mean()), 0.001),
        )

    def make(self, layer: int) -> Sequence[LayerChart]:
        """Return the charts of a layer's heat map and histogram."""
        widest = percent(1.0, 0.01)
        heat, bars = HeatChart(widest), HistogramChart(widest, 0.85)
        bars.axes["left"].write = percent
        return heat, bars

    def grid(self, layers: Sequence[int], columns: int) -> list[list[Chart | None]]:
        """Return heat maps above their histograms, or beside where one layer has the room."""
        heats, bars = (list(charts) for charts in zip(*map(self.charts, layers), strict=True))
        room, rows = self.plot.size(), -(-len(layers) // columns)
        self._has_bars = room.height() / rows >= _LEAST_FOR_TWO * heats[0].line_height
        if not self._has_bars:
            return in_rows(heats, columns)
        if self.layer != ALL and room.width() > 1.3 * room.height():
            return [[heats[0], bars[0]]]
        above, below = in_rows(heats, columns), in_rows(bars, columns)
        return [row for pair in zip(above, below, strict=True) for row in pair]

    def name(self, layer: int) -> None:
        """Write what stands around both charts."""
        heat, bars = self.charts(layer)
        assert isinstance(heat, HeatChart)
        heat.drawn = None
        # Beside its heat map the histogram stands on the same line: with an empty title.
        title = "\u2007" if heat.pos().y() == bars.pos().y() else ""
        bars.set_names(Names(self.tr("activation"), self.tr("share"), title=title))

    def draw(self, layer: int) -> None:
        """Show a layer's activations."""
        heat, bars = self.charts(layer)
        assert isinstance(heat, HeatChart) and isinstance(bars, HistogramChart)
        self._draw_heat(layer, heat)
        if self._has_bars:
            self._draw_bars(layer, bars)

    def explain(self, chart: LayerChart, at: QPointF) -> str:
        """Say neuron, sample and activation under the pointer."""
        cell = self._cell_at(chart, at)
        if cell is None:
            return ""
        neuron, sample = cell
        said = self.tr("neuron {neuron}, sample {sample}: {value}")
        if self._of_pictures(chart.layer):
            said = self.tr("channel {neuron}, sample {sample}: mean {value}")
        return said.format(
            neuron=count(neuron + 1),
            sample=count(int(self._rows[sample]) + 1),
            value=short(float(self.values[chart.layer][sample, neuron])),
        )

    def press(self, chart: LayerChart, at: QPointF) -> None:
        """Choose the sample of the column that was clicked."""
        cell = self._cell_at(chart, at)
        if cell is not None:
            self.row_chosen.emit(int(self._rows[cell[1]]))

    def _cell_at(self, chart: LayerChart, at: QPointF) -> tuple[int, int] | None:
        samples, neurons = self.values[chart.layer].shape
        inside = 0 <= at.x() < samples and 0 <= at.y() < neurons
        if not isinstance(chart, HeatChart) or not inside:
            return None
        return neurons - 1 - int(at.y()), int(at.x())

    def _draw_heat(self, layer: int, chart: HeatChart) -> None:
        values = self.values[layer]
        drawn = len(values), self.frame.row if self.frame is not None else -1
        if chart.drawn != drawn:
            chart.drawn = drawn
            self._draw_around(layer, chart, drawn[1])
        colors = chart.theme.diverging_pixels(values.T, self.largest(layer))
        chart.cells.set_cells(colors, self._cell_text(layer, chart))

    def _draw_around(self, layer: int, chart: HeatChart, row: int) -> None:
        """Draw what changes only with the samples, the chosen one, size and theme."""
        samples, neurons = self.values[layer].shape
        chart.axes["left"].counted_from = neurons
        left = self.tr("channel mean") if self._of_pictures(layer) else self.tr("neuron")
        chart.set_names(Names(self._samples_name(samples, chart), left, title=self.names[layer]))
        chart.set_ranges((0.0, samples), (0.0, neurons), lane=_LANE)
        self._draw_lane(chart, samples, row)

    def _cell_text(self, layer: int, chart: Chart) -> Callable[[int, int], tuple[str, str]]:
        values, theme = self.values[layer], chart.theme
        middle = 0.55 * (self.largest(layer) or 1.0)

        def text(neuron: int, sample: int) -> tuple[str, str]:
            value = float(values[sample, neuron])
            return fixed(value, 0.01), theme.surface if abs(value) > middle else theme.text

        return text

    def _draw_lane(self, chart: HeatChart, samples: int, row: int) -> None:
        """Show, under the heat map, each sample's class, and where the chosen sample is."""
        problem, pixel, theme = self.problem, chart.pixel.height(), chart.theme
        if problem is not None and problem.dataset.task == "classification":
            labels = problem.labels[self._rows]
            table = [rgb(theme.class_color(label)) for label in range(int(labels.max()) + 1)]
            colors = np.array(table, dtype=np.uint8)[labels][np.newaxis]
            chart.classes.set_cells(colors, area=QRectF(0, -5 * pixel, samples, 3 * pixel))
        found = np.flatnonzero(self._rows == row)
        chart.chosen.setVisible(bool(found.size))
        if found.size:
            half = min(4 * chart.pixel.width(), samples / 2)  # whole, at the first sample too
            chart.chosen.setPos(min(max(found[0] + 0.5, half), samples - half), -4 * pixel)

    def _draw_bars(self, layer: int, chart: HistogramChart) -> None:
        counts = self.histograms[layer]
        shares = counts.shares
        top = farthest(self.ends, layer, step_up(1.02 * float(shares.max())))
        if self.idle.moving and top < chart.shown[1][1] < 1.7 * top:
            top = chart.shown[1][1]  # an axis that goes up and down is restless, and takes long
        chart.set_ranges(self._ranges[layer], (0.0, top))
        chart.bars.set_data(counts, shares)

    def _of_pictures(self, layer: int) -> bool:
        return self.problem is not None and len(self.problem.shapes[layer + 1]) > 1

    def _samples_name(self, samples: int, chart: Chart) -> str:
        if chart.narrow:
            return self.tr("samples")
        assert self.problem is not None
        rows, is_class = self.problem.train.rows, self.problem.dataset.task == "classification"
        text = self.tr("{count} samples, by class")
        if not is_class:
            text = self.tr("{count} samples, by target")
        if samples < rows:
            text = self.tr("first {count} of {all}, by class")
            if not is_class:
                text = self.tr("first {count} of {all}, by target")
        return text.format(count=count(samples), all=count(rows))


def neurons_of(trace: LayerTrace) -> _Array:
    """Return what the heat map shows, shape (rows, neurons): of pictures each channel's mean."""
    if len(trace.shape) == 1:
        return trace.a
    maps = trace.a.T.reshape(trace.shape[0], -1, len(trace.a))
    # A product is fifty times as fast as NumPy's mean, of numbers that lie so in memory.
    return np.asarray((np.full(maps.shape[1], 1 / maps.shape[1], maps.dtype) @ maps).T)


def own_range(output_range: tuple[float, float]) -> tuple[float, float]:
    """Return an activation's range, with a start where it has no end."""
    low, high = output_range
    return low if math.isfinite(low) else -1.0, high if math.isfinite(high) else 1.0


def widened(limits: tuple[float, float], values: _Array) -> tuple[float, float]:
    """Return limits moved out to round numbers where values lie beyond them."""
    low, high = limits
    least, most = float(values.min()), float(values.max())
    return -step_up(-least) if least < low else low, step_up(most) if most > high else high
