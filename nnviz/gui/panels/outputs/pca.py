"""What a hidden layer makes of the samples: its activations in the plane of their components."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers import Dropout, Flatten, LayerSpec
from nnviz.gui.look.layer_names import layer_names
from nnviz.gui.look.numbers import count, percent
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import PlotView
from nnviz.gui.panels.outputs.colors import AnswerColors, truth_entries
from nnviz.gui.plots.chart import Names
from nnviz.gui.plots.ranges import farthest, step_up
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.projection import Projection

_ROOM, _STEPS = 1.2, 10
"""Length of the axes in those of the data, and steps of their middle in that length."""


def hidden_layers(problem: Problem) -> list[int]:
    """Return the layers whose answers are worth a look: hidden ones that do not just pass on."""
    layers: tuple[LayerSpec, ...] = problem.experiment.network.layers[:-1]
    return [i for i, spec in enumerate(layers) if not isinstance(spec, Flatten | Dropout)]


class PrincipalComponents(PlotView):
    """One mark a sample: a hidden layer's activations along their two principal components.

    Axes point where they pointed the moment before, so that nothing is mirrored as it learns.
    """

    name = "pca"
    title = str(QT_TRANSLATE_NOOP("PrincipalComponents", "PCA"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "PrincipalComponents",
            "The samples as a hidden layer sees them: its activations along their two principal"
            " components. Classes come apart as it learns.",
        )
    )

    found: Projection | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart.square = True
        self._axes: dict[int, FloatArray] = {}
        self._marked: object = None
        for axis in self.chart.axes.values():
            axis.setGrid(255)
        tip = self.tr("The hidden layer whose activations are shown.")
        self.layer = self.add_choice("layer", self.tr("Layer"), tip)
        self.layer.chosen.connect(self._show_all)

    def prepare(self, problem: Problem) -> None:
        """Offer the hidden layers; the last one is as far from the inputs as it gets."""
        names = layer_names(problem.experiment.network.layers)
        layers = {str(layer): names[layer] for layer in hidden_layers(problem)}
        self.layer.offer(layers, [*layers][-1])
        self.found, self._axes = None, {}
        self.set_home((-1.0, 1.0), (-1.0, 1.0), Names())

    def moved_to(self, inspection: Inspection) -> tuple[float, float] | None:
        """Return where the chosen sample is, which need not be one of those that are drawn."""
        if self.found is None:
            return None
        x, y = self.found.place_of(inspection.sample_trace(self.row)[int(self.layer.name)].a[0])
        return float(x), float(y)

    def mark(self, problem: Problem) -> None:
        """Have the marks made anew with the next moment."""
        self._marked = None

    def take(self, inspection: Inspection) -> None:
        """Place the samples; the axes are as long as it takes."""
        layer, zoomed = int(self.layer.name), self.chart.shown != self.home
        found = inspection.projection(layer)
        before = self._axes.get(layer)
        if before is not None and before.shape == found.axes.shape:  # or they are of other data
            found = found.aligned(before)
        self.found, self._axes[layer] = found, found.axes
        low, high = (
            sign * np.array([farthest(self.ends, (layer, sign, i), e) for i, e in enumerate(ends)])
            for sign, ends in ((-1, -found.places.min(axis=0)), (1, found.places.max(axis=0)))
        )
        # In steps, as its middle: it seldom moves.
        span = step_up(_ROOM * float((high - low).max()))
        x, y = (np.rint((low + high) / 2 / span * _STEPS) / _STEPS * span).tolist()
        self.home = (x - span / 2, x + span / 2), (y - span / 2, y + span / 2)
        if not zoomed:
            self.chart.set_ranges(*self.home)
        text, nothing = self.tr("PC {number} ({share} of variance)"), self.tr("no variance")
        titles = (
            text.format(number=count(number), share=percent(share, 0.01)) if share > 0 else nothing
            for number, share in zip(found.order, found.shares, strict=True)
        )
        self.chart.set_names(Names(*titles))
        if self._marked == (marked := (len(found.index), layer)):
            self.points.move(found.places)
        else:
            self._marked, colors = marked, AnswerColors(inspection.problem, self.theme)
            rings = np.zeros(len(found.index), dtype=bool)
            colors.mark(self.points, found.places, found.index, rings)
        self.points.choose(self.row, self.moved_to(inspection))

    def legend(self) -> list[LegendEntry]:
        """Return the classes, or the scale of the targets."""
        return truth_entries(self.problem, self.theme) if self.problem is not None else []

    def describe(self, inspection: Inspection) -> str:
        """Return how much of what the layer answers is seen."""
        if self.found is None:
            return ""
        said = self.tr(
            "After {epoch} epochs two principal components hold {share} of the variance of what"
            " {layer} answers to {rows} training samples."
        )
        if not self.found.shares.sum() > 0:
            said = self.tr("After {epoch} epochs {layer} answers {rows} training samples alike.")
        return said.format(
            epoch=count(inspection.epoch),
            share=percent(self.found.shares.sum(), 0.01),
            layer=self.layer.currentText(),
            rows=count(len(self.found.index)),
        )

    def view_state(self) -> Mapping[str, Any]:
        """Return the layer, and where axes point."""
        axes = {layer: axes.tolist() for layer, axes in self._axes.items()}
        return {**super().view_state(), "axes": axes}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Show the same layer, along axes that point the same way."""
        self._axes = {layer: np.array(axes) for layer, axes in state.get("axes", {}).items()}
        super().restore_view(state)
