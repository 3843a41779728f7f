"""What is seen of the network, and from where: all that painting needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from PySide6.QtGui import QFont, QFontMetricsF, QTransform

from nnviz.gui.look.theme import Theme
from nnviz.gui.network.column import Unit
from nnviz.gui.network.drawing import small_font
from nnviz.gui.network.layout import Layout, VisibleRange
from nnviz.gui.network.sample_activations import ColorScale, SampleActivations
from nnviz.training.problem import Problem

Fill = Literal["sample", "plane", "weights"]
"""What fills the neurons: a number of the chosen sample, a heat map, or a picture of weights."""

Target = tuple[Literal["node", "edge"], int, int]
"""What the mouse is over: a neuron (layer, unit), or an edge (its index, 0)."""


@dataclass(frozen=True)
class ChosenView:
    """What the person has chosen to see.

    Parameters
    ----------
    zoom, x, y
        Pixels for a unit of the layout, and where its corner is, in shares of the picture's size.
    focus
        The neuron that is looked at alone.
    touchable
        Whether somebody can press what is drawn; a picture for export has nothing to press.
    """

    fill: Fill = "sample"
    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    visible_range: VisibleRange = field(default_factory=VisibleRange)
    focus: Unit | None = None
    hovered: Target | None = None
    touchable: bool = False

    @property
    def pointed(self) -> Unit | None:
        """The neuron that the mouse is over, or None."""
        return self.hovered[1:] if self.hovered and self.hovered[0] == "node" else None


@dataclass(frozen=True, eq=False, kw_only=True)
class NetworkViewState(ChosenView):
    """The view of one moment.

    The camera leads from the layout to the screen, scaled evenly and moved; before the first frame
    there are no activations.
    """

    problem: Problem
    layout: Layout
    scales: tuple[ColorScale, ...]
    theme: Theme
    font: QFont
    camera: QTransform
    activations: SampleActivations | None

    @cached_property
    def small(self) -> QFont:
        """The font of most words."""
        return small_font(self.font)

    @cached_property
    def strong(self) -> QFont:
        """The same, bold."""
        return small_font(self.font, bold=True)

    @cached_property
    def line(self) -> float:
        """Height of a line of small text."""
        return line_height(self.font)

    @property
    def focus_reads_image(self) -> bool:
        """Whether the neuron in focus has a weight for every pixel, shown on the image."""
        inputs, first = self.layout.columns[:2]
        at_first = self.focus is not None and self.focus[0] == 1
        return at_first and inputs.kind == "image" and first.weighted


def line_height(font: QFont) -> float:
    """Return the height of a line of small text that goes with a widget's font."""
    return float(round(1.1 * QFontMetricsF(small_font(font)).height()))
