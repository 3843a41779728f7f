"""Size of every layer's gradient over epochs."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.layer_names import layer_names
from nnviz.gui.look.theme import Theme
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.curves import CurvePanel
from nnviz.gui.plots.chart import Names
from nnviz.gui.plots.curve import Series
from nnviz.training.history import Column, History
from nnviz.training.problem import Problem


class GradientsPanel(CurvePanel):
    """How strongly each layer is pushed: gradients that vanish or explode show as curves apart."""

    key = "gradients"
    title = str(QT_TRANSLATE_NOOP("GradientsPanel", "Gradients"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "GradientsPanel",
            "How strongly each layer is asked to change, by the last batch of each epoch. A line "
            "that falls to nothing is a gradient that vanishes.",
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Size of each layer's gradient over epochs"))
        self.plot.set_log(True)

    def series(self, problem: Problem) -> list[Series]:
        """Return one curve for each layer that learns."""
        specs = problem.experiment.network.layers
        names, shapes = layer_names(specs), problem.shapes
        learning = [i for i, spec in enumerate(specs) if spec.parameter_count(shapes[i])]
        colors = layer_colors(self.theme, len(learning))
        return [
            Series(str(layer), LegendEntry(names[layer], color))
            for layer, color in zip(learning, colors, strict=True)
        ]

    def column(self, history: History, key: str) -> Column:
        """Return a layer's gradient sizes."""
        return history.gradient_norms(int(key))

    def name_axes(self, problem: Problem) -> None:
        """Name the axes."""
        name = self.tr("last batch's gradient, root mean square of ∂L/∂w")
        self.plot.set_names(Names(self.tr("epoch"), name))
        self.plot.set_hint(self.tr("Gradients appear with the first step of training."))


def layer_colors(theme: Theme, layers: int) -> list[str]:
    """Return a ramp from teal to the accent to magenta, its lightness moving one way only.

    The order of layers can be read from the order of colours, also in grey.
    """
    saturation, first, change = (0.62, 0.62, 0.16) if theme.name == "dark" else (0.68, 0.42, -0.1)
    shares = np.linspace(0.0, 1.0, layers) if layers > 1 else (0.5,)
    return [
        QColor.fromHslF(0.47 + 0.42 * share, saturation, first + change * share).name()
        for share in shares
    ]
