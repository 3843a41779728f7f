"""Distribution of weights and biases, layer by layer, now and at the start."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPointF
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from nnviz.engine.layers import LayerSpec
from nnviz.gui.look.numbers import count, fixed, short
from nnviz.gui.look.theme import Theme
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.layered import LayeredPanel
from nnviz.gui.plots.bars import Bars, Histogram, histogram, set_rug, sign_colors
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.ranges import step_up
from nnviz.gui.widgets.idle import READ_SECONDS
from nnviz.training.choices import has_field
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot

BINS = 20
"""Bins of each histogram, as in the tutorials; an even number, so that none straddles zero."""

_LANE = 7
"""Pixels under the axis for the biases' strokes."""

_Array = NDArray[np.floating]


def first_moment(problem: Problem) -> Inspection:
    """Return epoch 0: the seed says what the first weights were."""
    network = problem.new_network()
    return Inspection(problem, Snapshot(0, 0, network.parameters, network.gradients))


def spread_of(weights: _Array) -> tuple[float, float]:
    """Return mean and standard deviation; zeros where a layer has no weights."""
    return (float(weights.mean()), float(weights.std())) if weights.size else (0.0, 0.0)


def largest(values: _Array) -> float:
    """Return the size of the value that is farthest from zero; 0 where there is none."""
    return max(float(values.max()), -float(values.min())) if values.size else 0.0


class HistogramChart(Chart):
    """A layer's histogram: now filled, at the start as an outline, biases as strokes below."""

    def __init__(self) -> None:
        super().__init__()
        self.small = True
        self.axes["left"].setGrid(255)
        self.axes["left"].least_step = 1.0
        self.bars = self.add(Bars())
        self.outlined: Histogram | None = None
        self.start, self.biases = (self.add(pg.PlotCurveItem(antialias=False)) for _ in range(2))

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self.start.setPen(theme.muted)
        self.biases.setPen(theme.text, width=1.01)


class WeightsPanel(LayeredPanel):
    """How weights spread as the network learns.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    key = "weights"
    title = str(QT_TRANSLATE_NOOP("WeightsPanel", "Weights"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "WeightsPanel",
            "How large the weights and biases of each layer are, and how many of each size.",
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Distribution of weights and biases by layer"))
        self.histograms: list[Histogram] = []
        self.first_histograms: list[Histogram] = []
        self.biases: list[_Array] = []
        self._first: list[_Array] = []
        self._first_sizes: list[float] = []
        self._spread: list[tuple[float, float]] = []
        self._room: list[float] = []
        self._told: list[float] = []
        """The deviations that are written: numbers that change too fast cannot be read."""

    def draws(self, layer: LayerSpec) -> bool:
        """Return whether a layer has weights."""
        return has_field(layer, "use_bias")

    def begin(self, problem: Problem) -> None:
        """Remember the first weights of the new run."""
        first = first_moment(problem)
        self._first = [first.weights(layer) for layer in range(first.layers)]
        self._room = [0.0] * first.layers
        self._first_sizes = [largest(weights) for weights in self._first]
        self.histograms, self.first_histograms = [], []
        super().begin(problem)

    def read(self, inspection: Inspection) -> None:
        """Count weights into bins that are the same for all moments until a weight leaves them."""
        layers = range(inspection.layers)
        weights = [np.ascontiguousarray(inspection.weights(layer)) for layer in layers]
        self.biases = [inspection.biases(layer) for layer in layers]
        limits = [
            step_up(max(largest(values), largest(biases), first))
            for values, biases, first in zip(weights, self.biases, self._first_sizes, strict=True)
        ]
        self.histograms = [
            histogram(values, -limit, limit, BINS)
            for values, limit in zip(weights, limits, strict=True)
        ]
        if [found.high for found in self.first_histograms] != limits:
            self.first_histograms = [
                histogram(values, -limit, limit, BINS)
                for values, limit in zip(self._first, limits, strict=True)
            ]
        self._spread = [spread_of(values) for values in weights]
        if self.idle.due("text", READ_SECONDS):
            self._told = [deviation for _, deviation in self._spread]

    def legend(self) -> list[LegendEntry]:
        """Return the marks of weights, biases and the first weights."""
        theme = self.theme
        return [
            LegendEntry(self.tr("weights"), theme.negative, "halves", theme.positive),
            LegendEntry(self.tr("at start"), theme.muted, "line"),
            LegendEntry(self.tr("bias"), theme.text, "tick"),
        ]

    def description(self) -> str:
        """Return the spread of the widest layer in a sentence."""
        if not self.histograms:
            return self.tr("No weights have been seen yet.")
        widest = int(np.argmax([deviation for _, deviation in self._spread]))
        mean, deviation = self._spread[widest]
        return self.tr(
            "After epoch {epoch} the weights spread most in layer {layer}:"
            " their mean is {mean} and their standard deviation {deviation}."
        ).format(
            epoch=count(self.epoch),
            layer=self.names[widest],
            mean=short(mean),
            deviation=short(deviation),
        )

    def make(self, layer: int) -> Sequence[Chart]:
        """Return the chart of a layer's histogram."""
        return (HistogramChart(),)

    def draw(self, layer: int) -> None:
        """Show a layer's weights and biases."""
        (chart,) = self.charts(layer)
        assert isinstance(chart, HistogramChart)
        theme, now, first = chart.theme, self.histograms[layer], self.first_histograms[layer]
        most = max(int(now.counts.max()), int(first.counts.max()), 1)
        # Room only grows during a run: bars that shrink show that the axis did not.
        self._room[layer] = max(self._room[layer], step_up(1.05 * most))
        name = "" if chart.narrow else self.tr("number of weights")
        note = self.tr("σ {deviation}").format(deviation=short_of(self._told[layer]))
        chart.set_names(Names(self.tr("weight"), name, "", self.names[layer], note))
        chart.set_ranges((-now.high, now.high), (0.0, self._room[layer]), lane=_LANE)
        signs = theme.negative, theme.positive
        chart.bars.set_data(now.edges, now.counts.astype(float), sign_colors(now.edges, signs))
        if chart.outlined is not first:
            chart.outlined = first
            chart.start.setData(first.edges, first.counts.astype(float), stepMode="center")
        pixel = chart.pixel.height()
        set_rug(chart, chart.biases, self.biases[layer], (-(_LANE - 1) * pixel, -pixel))

    def explain(self, layer: int, chart: Chart, at: QPointF) -> str:
        """Say how many weights lie in the bin under the pointer."""
        now = self.histograms[layer]
        place = min(max(int((at.x() / now.high + 1) / 2 * BINS), 0), BINS - 1)
        low, high = now.edges[place], now.edges[place + 1]
        step = now.high / 100
        return self.tr("{count} weights from {low} to {high}, {first} at epoch 0").format(
            count=count(int(now.counts[place])),
            first=count(int(self.first_histograms[layer].counts[place])),
            low=fixed(float(low), step),
            high=fixed(float(high), step),
        )


def short_of(deviation: float) -> str:
    """Return a deviation with two significant digits."""
    return short(float(f"{deviation:.2g}"))
