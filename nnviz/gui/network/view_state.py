"""What is seen of the network, and from where: all that painting needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QFont, QTransform

from nnviz.gui.frame import Selection
from nnviz.gui.look.color_scales import ColorScale
from nnviz.gui.look.style import small_font, strong_font
from nnviz.gui.look.theme import SMALL_SIZE, Theme
from nnviz.gui.network.column import Unit
from nnviz.gui.network.drawing import line_height
from nnviz.gui.network.edges import WeightedEdges
from nnviz.gui.network.layout import Layout, VisibleRange
from nnviz.gui.network.sample_activations import Mask, SampleActivations
from nnviz.gui.network.walk_view import WalkView
from nnviz.training.problem import Problem

Fill = Literal["sample", "plane", "weights"]
"""What fills the neurons: a number of the chosen sample, a heat map, or a picture of weights."""

Target = tuple[Literal["node", "edge"], int, int]
"""What the mouse is over: a neuron (layer, unit), or an edge (its index, 0)."""


@dataclass(frozen=True)
class FigureText:
    """One figure of a layer.

    Its title in the glossary, how it is written, and in full; whether it is a cause of trouble; and
    how it is written in little room, "" where that is not known.
    """

    title: str
    text: str
    sentence: str
    warns: bool
    brief: str = ""


@dataclass(frozen=True)
class ChosenView:
    """What the person has chosen to see.

    Parameters
    ----------
    zoom, x, y
        Pixels for a unit of the layout, and where its corner is, in shares of the picture's size.
    focus
        The neuron that is looked at alone.
    selection
        The neuron or weight that is marked, or None.
    """

    fill: Fill = "sample"
    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    visible_range: VisibleRange = field(default_factory=VisibleRange)
    focus: Unit | None = None
    hovered: Target | None = None
    selection: Selection | None = None

    @property
    def pointed(self) -> Unit | None:
        """The neuron that the mouse is over, or None."""
        return self.hovered[1:] if self.hovered and self.hovered[0] == "node" else None

    @property
    def selected_unit(self) -> Unit | None:
        """The neuron that is marked, or None."""
        chosen = self.selection
        return (chosen.layer + 1, chosen.unit) if chosen and chosen.source is None else None


@dataclass(frozen=True, eq=False, kw_only=True)
class NetworkViewState(ChosenView):
    """The view of one moment.

    Parameters
    ----------
    camera
        From the layout to the screen, scaled evenly and moved.
    activations
        None before the first frame.
    every, own
        The edges of the whole layout, and those of the neuron in focus, or else under the mouse;
        None without one.
    room
        The picture's rectangle.
    output_names
        What is written beside the outputs.
    touchable
        Whether somebody can press what is drawn; a picture for export has nothing to press.
    figures, figure_rows
        What is said of each column, nothing before the first moment; and how many lines there are
        for it below the captions, 0 where there is no room.
    walk
        The stage that is looked at while somebody steps through the passes, or None.
    silenced
        What Dropout silences: in that stage, or in training as long as it goes on.
    small, strong, line
        The fonts of words, plain and bold, and the height of a line of them.
    """

    problem: Problem
    layout: Layout
    scales: tuple[ColorScale, ...]
    theme: Theme
    camera: QTransform
    activations: SampleActivations | None
    every: WeightedEdges
    own: WeightedEdges | None
    room: QRectF
    output_names: tuple[str, ...]
    touchable: bool
    figures: tuple[tuple[FigureText, ...], ...] = ()
    figure_rows: int = 0
    walk: WalkView | None = None
    silenced: Mask = field(default_factory=dict)
    small: QFont = field(default_factory=small_font)
    strong: QFont = field(default_factory=partial(strong_font, SMALL_SIZE))
    line: float = field(default_factory=line_height)

    @property
    def caption_top(self) -> float:
        """The height of the captions: close to the highest column, all on one line."""
        highest = min(column.box[1] for column in self.layout.columns)
        foot = highest - (2 + self.figure_rows) * self.line - 10.0
        return max(min(foot, 0.16 * self.layout.height), 6.0)

    @property
    def moving_part(self) -> QRect:
        """Where all is that every moment changes: neurons, what hangs on them, edges and bars."""
        if self.walk is not None:
            return self.room.toAlignedRect()
        boxes = [column.box for column in self.layout.columns]
        left, top = (min(box[side] for box in boxes) - self.line for side in (0, 1))
        bottom = max(box[3] for box in boxes) + self.line
        part = QRectF(left, top, self.layout.width - left, bottom - top)
        return self.camera.mapRect(part).toAlignedRect()

    @property
    def painted(self) -> SampleActivations | None:
        """The numbers that are on neurons and edges: those of the stage that is looked at."""
        return self.walk.painted if self.walk else self.activations

    @property
    def answered(self) -> SampleActivations | None:
        """The numbers with the outputs among them, as soon as those are known."""
        return self.activations if self.walk is None or self.walk.answered else None

    @property
    def shown(self) -> WeightedEdges:
        """The edges that can be pointed at: of a neuron in focus its own alone."""
        return self.own if self.own and self.focus else self.every

    @property
    def selected_edge(self) -> int | None:
        """The edge of the marked weight, of those shown; None where there is none."""
        chosen = self.selection
        if chosen is None or chosen.source is None or chosen.layer < 0:
            return None
        return self.shown.edges.edge_of(chosen.layer, chosen.unit, chosen.source)

    @property
    def image_reader(self) -> int | None:
        """The neuron in focus, if it has a weight for every pixel, shown on the image."""
        inputs, first = self.layout.columns[:2]
        reads = inputs.kind == "image" and first.weighted
        return self.focus[1] if reads and self.focus and self.focus[0] == 1 else None
