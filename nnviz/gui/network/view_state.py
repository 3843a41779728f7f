"""What is seen of the network, and from where: all that painting needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

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

NEAREST, FARTHEST = 12.0, 0.4


@dataclass(frozen=True)
class Camera:
    """What part of the layout is seen: ``screen = layout * zoom + offset``."""

    zoom: float = 1.0
    dx: float = 0.0
    dy: float = 0.0

    def to_layout(self, point: QPointF) -> tuple[float, float]:
        """Return the layout's point under a point of the screen."""
        return (point.x() - self.dx) / self.zoom, (point.y() - self.dy) / self.zoom

    def to_screen(self, x: float, y: float) -> QPointF:
        """Return where a point of the layout is on the screen."""
        return QPointF(x * self.zoom + self.dx, y * self.zoom + self.dy)

    def zoomed(self, factor: float, at: QPointF) -> Camera:
        """Return the camera nearer by `factor`, with what is `at` a point staying there."""
        zoom = min(max(self.zoom * factor, FARTHEST), NEAREST)
        x, y = self.to_layout(at)
        return Camera(zoom, at.x() - x * zoom, at.y() - y * zoom)

    def moved(self, by: QPointF) -> Camera:
        """Return the camera with the picture pushed by so many pixels."""
        return Camera(self.zoom, self.dx + by.x(), self.dy + by.y())

    def apply(self, painter: QPainter) -> None:
        """Save the painter and let it paint in units of the layout."""
        painter.save()
        painter.translate(self.dx, self.dy)
        painter.scale(self.zoom, self.zoom)


@dataclass(frozen=True)
class ChosenView:
    """What the person has chosen to see.

    Parameters
    ----------
    fill
        What fills the neurons.
    zoom, x, y
        From where: the camera's, its offset in shares of the width and height of the picture.
    visible_range
        Which part of large layers.
    focus
        The neuron that is looked at alone.
    hovered
        What the mouse is over.
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

    Parameters
    ----------
    scales
        Colour scale of every column.
    font
        The widget's own.
    activations
        The moment shown; None before the first frame.
    """

    problem: Problem
    layout: Layout
    scales: tuple[ColorScale, ...]
    theme: Theme
    font: QFont
    camera: Camera
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
