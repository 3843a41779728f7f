"""Distribution of weights and biases, layer by layer, now and at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPointF, Slot
from PySide6.QtWidgets import QWidget

from nnviz.engine.arrays import largest
from nnviz.engine.layers import LayerSpec
from nnviz.gui.frame import Frame
from nnviz.gui.look.numbers import count, fixed, short
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.layered import HistogramChart, LayerChart, LayeredPanel
from nnviz.gui.panels.weight_pictures import WeightPictures, looking_layer
from nnviz.gui.plots.bars import Histogram, histogram
from nnviz.gui.plots.chart import Names
from nnviz.gui.plots.ranges import farthest, standard_deviation, step_up
from nnviz.gui.widgets.buttons import ToggleButton
from nnviz.gui.widgets.idle import READ_SECONDS
from nnviz.training.inspection import Inspection
from nnviz.training.layer_choices import has_field
from nnviz.training.problem import Problem

BINS = 20
"""Bins of each histogram, as in the tutorials; an even number, so that none straddles zero."""

_LANE = 7
"""Pixels under the axis for the biases' strokes."""

PICTURES = -2
"""Stands for the pictures of the first layer's weights."""

_Array = NDArray[np.floating]


class WeightsChart(HistogramChart):
    """A layer's weights: now as bars, at the start as an outline, biases as strokes below."""

    first: Histogram | None = None
    """What is drawn as the outline."""

    def __init__(self) -> None:
        super().__init__()
        self.axes["left"].least_step = 1.0


class WeightsPanel(LayeredPanel):
    """How weights spread as the network learns."""

    key = "weights"
    has_growing_axes = True
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
        self.histograms: dict[int, Histogram] = {}
        self.first_histograms: dict[int, Histogram] = {}
        self.biases: dict[int, _Array] = {}
        self.weights: dict[int, _Array] = {}
        self._first: dict[int, _Array] = {}
        self._least: dict[int, float] = {}
        """How far from zero the axes reach at least, by layer: to the first weights."""
        self._room: dict[int, float] = {}
        self._told: dict[int, str] = {}
        """The deviations that are written: numbers that change too fast cannot be read."""
        self._looking: int | None = None
        tip = self.tr("Show the weights with which the first layer looks at pixels, as pictures.")
        self.pictures = ToggleButton(self.tr("Images"), tip, self)
        self.pictures.setObjectName("weights-pictures")
        self.pictures.hide()  # until a run has what it shows
        self.pictures.toggled.connect(self._on_pictures)
        self.header.add(self.pictures)

    def draws(self, layer: LayerSpec) -> bool:
        """Return whether a layer has weights."""
        return has_field(layer, "use_bias")

    def begin(self, problem: Problem) -> None:
        """Remember the first weights of the new run."""
        super().begin(problem)
        network = problem.new_network()  # the seed says what the first weights were
        self._first = {layer: network.layers[layer].weights for layer in self.layers}
        self.histograms, self.first_histograms, self.biases = {}, {}, {}
        self._least = {layer: largest(first) for layer, first in self._first.items()}
        self.weights, self._room = {}, {}
        self._looking = looking_layer(problem)
        self.pictures.setVisible(self._looking is not None and not self.bare)
        self._on_pictures()

    def shown_layers(self) -> Sequence[int]:
        """Return the layers to draw, or what stands for the first one's pictures."""
        return [PICTURES] if self._pictured else super().shown_layers()

    def differs(self, last: Frame, frame: Frame) -> bool:
        """Return whether there is something else to see."""
        return super().differs(last, frame) or last.selection != frame.selection

    @property
    def _pictured(self) -> bool:
        return self._looking is not None and self.pictures.isChecked()

    @Slot()
    def _on_pictures(self) -> None:
        """Show pictures of the first layer, or bars of all."""
        self.selector.setVisible(len(self.layers) > 1 and not self._pictured)
        self._choose(self.layer)

    def view_state(self) -> Mapping[str, Any]:
        """Return the chosen layer, and whether there are pictures."""
        return {**super().view_state(), "pictures": self.pictures.isChecked()}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over the chosen layer and whether there are pictures."""
        self.pictures.setChecked(bool(state.get("pictures", False)))
        super().restore_view(state)

    def read(self, inspection: Inspection) -> None:
        """Count weights into bins that are the same for all moments until a weight leaves them."""
        for layer, first in self._first.items():
            weights = self.weights[layer] = np.ascontiguousarray(inspection.weights(layer))
            biases = self.biases[layer] = inspection.biases(layer)
            limit = step_up(max(largest(weights), largest(biases), self._least[layer]))
            limit = farthest(self.ends, layer, limit)
            self.histograms[layer] = histogram(weights, -limit, limit, BINS)
            counted = self.first_histograms.get(layer)
            if counted is None or counted.high != limit:
                self.first_histograms[layer] = histogram(first, -limit, limit, BINS)
        if self.idle.due("text", READ_SECONDS):
            spread = {layer: standard_deviation(now) for layer, now in self.weights.items()}
            text = self.tr("σ {deviation}")
            self._told = {
                layer: text.format(deviation=short(float(f"{deviation:.2g}")))
                for layer, deviation in spread.items()
            }

    def legend(self) -> list[LegendEntry]:
        """Return the marks of weights, biases and the first weights."""
        theme = self.theme
        if self._pictured:
            (chart,) = self.charts(PICTURES)
            assert isinstance(chart, WeightPictures)
            text = self.tr("weight, −{most} to {most}").format(most=short(chart.largest))
            if self.problem is not None and self.problem.dataset.channels > 1:
                text = self.tr("red, green, blue: −{most} to {most}, grey 0")
                return [LegendEntry(text.format(most=short(chart.largest)), "", "")]
            return [LegendEntry(text, theme.negative, "gradient", theme.positive)]
        return [
            LegendEntry(self.tr("weights"), theme.negative, "halves", theme.positive),
            LegendEntry(self.tr("at start"), theme.muted, "line"),
            LegendEntry(self.tr("bias"), theme.text, "tick"),
        ]

    def description(self) -> str:
        """Return the spread of the widest layer in a sentence, or what the pictures are."""
        if not self.histograms:
            return self.tr("No weights have been seen yet.")
        if self._looking is not None and self._pictured:
            return self.tr(
                "The weights of {layer} after epoch {epoch}, a picture for each neuron: ink on blue"
                " (of pictures in colour, on the same colour) speaks for it, on orange against it."
            ).format(layer=self.names[self._looking], epoch=count(self.epoch))
        spread = {layer: standard_deviation(now) for layer, now in self.weights.items()}
        widest = max(spread, key=lambda layer: spread[layer])
        return self.tr(
            "After epoch {epoch} the weights spread most in layer {layer}:"
            " their mean is {mean} and their standard deviation {deviation}."
        ).format(
            epoch=count(self.epoch),
            layer=self.names[widest],
            mean=short(float(self.weights[widest].mean())),
            deviation=short(spread[widest]),
        )

    def make(self, layer: int) -> Sequence[LayerChart]:
        """Return the chart of a layer's histogram, or of pictures."""
        return (WeightPictures() if layer == PICTURES else WeightsChart(),)

    def name(self, layer: int) -> None:
        """Write the layer's name and the deviation of its weights."""
        (chart,) = self.charts(layer)
        if isinstance(chart, WeightsChart):
            left = "" if chart.narrow else self.tr("number of weights")
            names = self.names[layer], self._told[layer]
            chart.set_names(Names(self.tr("weight"), left, "", *names))

    def draw(self, layer: int) -> None:
        """Show a layer's weights and biases."""
        (chart,) = self.charts(layer)
        if isinstance(chart, WeightPictures):
            assert self.frame is not None and self._looking is not None
            chart.show_weights(self.frame, self._looking, self.ends)
            self.show_legend()
            return
        assert isinstance(chart, WeightsChart)
        if chart.names.note != self._told[layer]:
            self.name(layer)
        now, first = self.histograms[layer], self.first_histograms[layer]
        most = max(int(now.counts.max()), int(first.counts.max()), 1)
        # Room only grows during a run: bars that shrink show that the axis did not.
        self._room[layer] = max(self._room.get(layer, 0.0), step_up(1.05 * most))
        chart.set_ranges((-now.high, now.high), (0.0, self._room[layer]), lane=_LANE)
        chart.bars.set_data(now, now.counts.astype(float))
        chart.bars.set_rug(self.biases[layer], _LANE)
        if chart.first is not first:
            chart.first = first
            chart.bars.set_outline(first)

    def explain(self, chart: LayerChart, at: QPointF) -> str:
        """Say how many weights lie in the bin under the pointer."""
        if isinstance(chart, WeightPictures):
            return ""
        now, first = self.histograms[chart.layer], self.first_histograms[chart.layer]
        place = min(max(int((at.x() / now.high + 1) / 2 * BINS), 0), BINS - 1)
        low, high = now.edges[place], now.edges[place + 1]
        step = now.high / 100
        return self.tr("{count} weights from {low} to {high}, {first} at epoch 0").format(
            count=count(int(now.counts[place])),
            first=count(int(first.counts[place])),
            low=fixed(float(low), step),
            high=fixed(float(high), step),
        )

    def press(self, chart: LayerChart, at: QPointF) -> None:
        """Look at the neuron whose picture is clicked."""
        if isinstance(chart, WeightPictures) and (found := chart.picture_at(at)) is not None:
            self.selected.emit(chart.neuron_of(found))
