"""Distribution of weights and biases, layer by layer, now and at the start."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPoint, QRect
from PySide6.QtGui import QFontMetrics, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from nnviz.engine.layers import LayerSpec
from nnviz.gui.look.theme import Theme
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.bins import Histogram, histogram, largest
from nnviz.gui.panels.chart import AxisScale, Chart, scale
from nnviz.gui.panels.layered import LayeredPanel
from nnviz.gui.panels.ticks import exact, number, step_up
from nnviz.training.choices import has_field
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot

BINS = 20
"""Bins of each histogram, as in the tutorials; an even number, so that none straddles zero."""

_NARROW = 100
"""A histogram narrower than this, in pixels, gives up the labels of its vertical axis."""

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
    least_width = 60

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(self.tr("Distribution of weights and biases by layer"))
        self.histograms: list[Histogram] = []
        self.first_histograms: list[Histogram] = []
        self.biases: list[_Array] = []
        self._first: list[_Array] = []
        self._first_sizes: list[float] = []
        self._spread: list[tuple[float, float]] = []
        self._room: list[float] = []
        self._boxes: dict[int, QRect] = {}
        self._outlines: dict[int, tuple[Histogram, object, QPolygonF]] = {}

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
            epoch=number(self.epoch, 1.0),
            layer=self.names[widest],
            mean=exact(round(mean, 6)),
            deviation=exact(round(deviation, 6)),
        )

    def paint_live(self, painter: QPainter, layer: int, charts: Sequence[Chart]) -> None:
        """Paint a layer's histogram: now filled, at the start as an outline, biases as strokes."""
        theme, now = self.theme, self.histograms[layer]
        (chart,) = charts
        self._boxes[layer] = chart.box
        _, deviation = self._spread[layer]
        chart.draw_note(painter, self.tr("σ {deviation}").format(deviation=f"{deviation:.2g}"))
        signs = theme.negative, theme.positive
        chart.draw_bars(painter, now, signs, now.counts.astype(float))
        chart.draw_steps(painter, self._outline(chart, layer), theme.muted)
        chart.draw_rug(painter, self.biases[layer], theme.text)

    def _outline(self, chart: Chart, layer: int) -> QPolygonF:
        """Return the outline of a layer's first weights, which seldom changes."""
        first, look = self.first_histograms[layer], chart.look
        known = self._outlines.get(layer)
        if known is None or known[0] is not first or known[1] != look:
            outline = chart.outline(first, first.counts.astype(float))
            known = self._outlines[layer] = (first, look, outline)
        return known[2]

    def explain(self, layer: int, at: QPoint) -> str:
        """Say how many weights lie in the bin under the pointer."""
        now = self.histograms[layer]
        box = self._boxes.get(layer)
        if box is None or not box.contains(at):
            return ""
        place = int((at.x() - box.left()) / box.width() * BINS)
        low, high = now.edges[place], now.edges[place + 1]
        step = now.high / 100
        return self.tr("{count} weights from {low} to {high}, {first} at epoch 0").format(
            count=int(now.counts[place]),
            first=int(self.first_histograms[layer].counts[place]),
            low=number(float(low), step),
            high=number(float(high), step),
        )

    def charts(self, metrics: QFontMetrics, area: QRect, layer: int) -> Sequence[Chart]:
        """Return the frame of a layer's histogram."""
        now, first = self.histograms[layer], self.first_histograms[layer]
        most = max(int(now.counts.max()), int(first.counts.max()), 1)
        # Room only grows during a run: bars that shrink show that the axis did not.
        self._room[layer] = max(self._room[layer], step_up(1.05 * most))
        small, narrow = area.height() < 120, area.width() < _NARROW
        rows = scale(
            0.0,
            self._room[layer],
            "" if area.height() < 90 else self.tr("number of weights"),
            max(1, area.height() / 45),
            whole=True,
        )
        if narrow:
            rows = AxisScale(rows.low, rows.high)
        weight = "" if small else self.tr("weight")
        across = scale(-now.high, now.high, weight, 3 if narrow else 4)
        return (Chart(metrics, area, self.theme, self.names[layer], across, rows, lane=_LANE),)
