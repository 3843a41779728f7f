"""One painting of the network: quick while it moves, exact for paper, and in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from time import perf_counter

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from nnviz.engine.layers import Conv2D
from nnviz.gui.look.theme import blend
from nnviz.gui.network.answers import paint_answers, paint_bars
from nnviz.gui.network.captions import paint_captions, paint_inputs, paint_largest
from nnviz.gui.network.collapsed import note_of, paint_collapsed, paint_note
from nnviz.gui.network.column import LayerColumn
from nnviz.gui.network.drawing import paint_flake
from nnviz.gui.network.edge_painter import EdgeStyle, paint_edges
from nnviz.gui.network.edges import SMOOTH_AT_MOST, Edges, Index, Pens, pen_index, strongest
from nnviz.gui.network.figures import paint_figures
from nnviz.gui.network.nodes import paint_marks, paint_nodes
from nnviz.gui.network.sprites import Sprites
from nnviz.gui.network.view_state import NetworkViewState

MOVING_AT_MOST, REFINED_AT_MOST = 500, 4000
"""Edges drawn while the network learns: a hundred more take a tenth of a millisecond of every
frame. And edges drawn when the picture is idle, and in pictures for export."""

SLICE_SECONDS = 0.006  # of drawing full detail at a time
_EDGES = 100  # between two looks at the clock
_FEW = 100  # edges that may be as thick as any
_LIGHT = 0.06
_MARK = 4.5  # pixels, radius of the mark on a weight

Span = tuple[float, float]
"""Upper and lower end."""


class NetworkPainter:
    """Paints the network.

    It keeps what lies below the neurons and stays while the network learns (ground, bands,
    captions) as a picture; and the same with the edges, as long as those look alike, or in full
    detail once the network is idle.
    What is written and marked above the neurons is another, for that is read and not watched.
    """

    def __init__(self) -> None:
        self._drawn: Index = np.empty(0, dtype=np.intp)
        self._drawn_of: Edges | None = None
        self._outside = 0
        self._still: QPixmap | None = None
        self._below: tuple[object, QPixmap | None] = None, None
        """How edges looked last, and what lies below the neurons once they did so twice."""
        self._refined: QPixmap | None = None
        self._marks: QPixmap | None = None
        self._sprites = Sprites()

    def drawn(self, edges: Edges) -> Index:
        """Return which of these edges are drawn; all that were not in the last painting at all."""
        return self._drawn if self._drawn_of is edges else np.arange(len(edges))

    def undrawn(self, state: NetworkViewState) -> int:
        """Return how many weights the last painting leaves out."""
        # What the person has moved out of the picture is not missing from it.
        return state.shown.edges.total - len(self._drawn) - self._outside

    def forget(self, view: bool) -> None:
        """Take back the edges' full detail, of another moment, and all else of another `view`."""
        self._refined = None
        if view:
            self._still, self._below = None, (None, None)
            self._sprites.forget()
            self.forget_marks()

    def forget_marks(self) -> None:
        """Have all that is written and marked painted anew."""
        self._marks = None

    def paint(self, painter: QPainter, state: NetworkViewState) -> None:
        """Paint with full detail at once, for a painter of any scale."""
        _paint_still(painter, state)
        edges, style = state.shown.edges, _style(state, smooth=state.hovered is None)
        index, pens = self._choose(state, REFINED_AT_MOST)
        paint_edges(painter, edges, index, pens, state.camera, style)
        self._drawn, self._drawn_of = index, edges
        if state.hovered is not None:
            self._paint_pointed(painter, state)
        self._sprites.ratio = None
        self._paint_moment(painter, state)
        self._paint_marks(painter, state)

    def paint_quickly(self, painter: QPainter, state: NetworkViewState, ratio: float) -> None:
        """Paint what there is time for while things move, or what is refined already.

        The screen has `ratio` pixels for one unit of the painter.
        """
        if self._sprites.ratio != ratio:
            self._sprites.ratio = ratio
            self._sprites.forget()
        if self._refined is None:
            self._paint_below(painter, state, ratio)
        else:
            painter.drawPixmap(0, 0, self._refined)
        self._paint_moment(painter, state)
        if self._marks is None or self._marks.devicePixelRatio() != ratio:
            self._marks = _picture(state, ratio, QColor(0, 0, 0, 0), self._paint_marks)
        painter.drawPixmap(0, 0, self._marks)

    def refine(self, state: NetworkViewState, ratio: float) -> Iterator[None]:
        """Draw the edges in full detail, in slices so that nothing waits for it: one a yield."""
        picture = self._still_picture(state, ratio).copy()
        edges, (index, pens) = state.shown.edges, self._choose(state, REFINED_AT_MOST)
        style, end = _style(state, smooth=True), perf_counter() + SLICE_SECONDS
        for start in range(0, len(index), _EDGES):
            painter = QPainter(picture)
            some = slice(start, start + _EDGES)
            paint_edges(painter, edges, index[some], pens[some], state.camera, style)
            painter.end()
            if perf_counter() > end:
                yield
                end = perf_counter() + SLICE_SECONDS
        self._refined = picture
        self._drawn, self._drawn_of = index, edges

    def _still_picture(self, state: NetworkViewState, ratio: float) -> QPixmap:
        if self._still is None or self._still.devicePixelRatio() != ratio:
            ground = QColor(state.theme.surface)
            self._still = _picture(state, ratio, ground, _paint_still)
        return self._still

    def _paint_below(self, painter: QPainter, state: NetworkViewState, ratio: float) -> None:
        """Paint what lies below the neurons: a picture of it where edges look as they did twice."""
        edges, style = state.shown.edges, _style(state, smooth=False)
        index, pens = self._choose(state, MOVING_AT_MOST)
        looks = edges, style, ratio, index.tobytes(), pens.tobytes()
        (before, below), still = self._below, self._still_picture(state, ratio)
        if looks != before:
            below = None
            painter.drawPixmap(0, 0, still)
            paint_edges(painter, edges, index, pens, state.camera, style)
        elif below is None:
            below = still.copy()
            above = QPainter(below)
            paint_edges(above, edges, index, pens, state.camera, style)
            above.end()
        if below is not None:
            painter.drawPixmap(0, 0, below)
        self._below = looks, below
        self._drawn, self._drawn_of = index, edges
        if state.hovered is not None:
            self._paint_pointed(painter, state)

    def _paint_pointed(self, painter: QPainter, state: NetworkViewState) -> None:
        """Draw what the mouse is over once more, to stand out."""
        kind, first, _ = state.hovered or ("node", 0, 0)
        if kind == "edge":
            chosen, index = state.shown, np.array([first])
            pens = pen_index(chosen.strengths[index])
        elif state.own is not None and state.focus is None:
            chosen = state.own
            index, pens = strongest(chosen.strengths, SMOOTH_AT_MOST)
        else:
            return
        style = EdgeStyle(state.theme, _thickest(state) + 0.4)
        paint_edges(painter, chosen.edges, index, pens, state.camera, style)

    def _paint_selected(self, painter: QPainter, state: NetworkViewState) -> None:
        """Draw the weight that is looked at closely once more, with a mark on its middle."""
        edge, shown = state.selected_edge, state.shown
        if edge is None:
            return
        style = EdgeStyle(state.theme, _thickest(state) + 1.0, alone=True)
        index, pens = np.array([edge]), pen_index(shown.strengths[[edge]])
        paint_edges(painter, shown.edges, index, pens, state.camera, style)
        x0, y0, x1, y1 = shown.edges.lines[edge].tolist()
        painter.setPen(QPen(QColor(state.theme.accent), 2.0))
        painter.setBrush(QColor(state.theme.surface))
        middle = state.camera.map(QPointF((x0 + x1) / 2, (y0 + y1) / 2))
        painter.drawEllipse(middle, _MARK, _MARK)

    def _choose(self, state: NetworkViewState, most: int) -> tuple[Index, Pens]:
        """Return the strongest edges of those in sight, and the pen of each."""
        strengths, seen = state.shown.strengths, _in_sight(state)
        self._outside = 0 if seen is None else len(strengths) - len(seen)
        if seen is None:
            return strongest(strengths, most)
        index, pens = strongest(strengths[seen], most)
        return seen[index], pens

    def _paint_moment(self, painter: QPainter, state: NetworkViewState) -> None:
        """Paint what lies above the edges and changes with the moment."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)  # in a PDF, not as JPEG
        self._paint_selected(painter, state)
        _paint_frozen(painter, state)
        painter.save()
        painter.setTransform(state.camera, True)
        paint_nodes(painter, state, self._sprites)
        paint_bars(painter, state, full=False)
        painter.restore()

    def _paint_marks(self, painter: QPainter, state: NetworkViewState) -> None:
        """Paint what is above all: numbers and words, and what is marked."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setTransform(state.camera, True)
        paint_marks(painter, state)
        paint_largest(painter, state)
        paint_figures(painter, state)
        paint_answers(painter, state)
        painter.restore()
        paint_note(painter, state, note_of(state, self.undrawn(state)))


def _picture(
    state: NetworkViewState,
    ratio: float,
    ground: QColor,
    paint: Callable[[QPainter, NetworkViewState], None],
) -> QPixmap:
    """Return a picture of a screen with so many pixels for a unit, with something on its ground."""
    picture = QPixmap((state.room.size() * ratio).toSize())
    picture.setDevicePixelRatio(ratio)
    picture.fill(ground)
    painter = QPainter(picture)
    paint(painter, state)
    painter.end()
    return picture


def _paint_frozen(painter: QPainter, state: NetworkViewState) -> None:
    """Give weights that are frozen by themselves a flake."""
    edges = state.shown.edges
    for layer, unit, source in state.problem.experiment.network.frozen:
        if unit is None or source is None:
            continue
        edge = edges.edge_of(layer, unit, source)
        if edge is not None:
            x0, y0, x1, y1 = edges.lines[edge].tolist()
            middle = QPointF((x0 + x1) / 2, (y0 + y1) / 2)
            paint_flake(painter, state.camera.map(middle), state.theme)


def _paint_still(painter: QPainter, state: NetworkViewState) -> None:
    """Paint all that no moment changes."""
    painter.fillRect(state.room, QColor(state.theme.surface))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.save()
    painter.setTransform(state.camera, True)
    _paint_bands(painter, state)
    paint_captions(painter, state)
    paint_inputs(painter, state)
    paint_collapsed(painter, state)
    paint_bars(painter, state, full=True)
    painter.restore()


def _style(state: NetworkViewState, smooth: bool) -> EdgeStyle:
    faded = state.activations is None or (state.hovered is not None and state.focus is None)
    return EdgeStyle(state.theme, _thickest(state), smooth, faded, state.focus is not None)


def _thickest(state: NetworkViewState) -> float:
    """Return how thick the strongest edges are: less where there are many, or nodes are small.

    It is rounded, for pens are kept.
    """
    node, edges = min(c.size for c in state.layout.columns if c.of_neurons), state.shown.edges
    wide = min(0.14 * node, 5.5 if len(edges) <= _FEW else 3.5) if edges.curved else 2.4
    return float(round(wide * state.camera.m11() ** 0.5, 1))


def _in_sight(state: NetworkViewState) -> Index | None:
    """Return which edges cross the picture; None when all do, for it shows the whole layout."""
    if state.camera.isIdentity() and state.layout.width <= state.room.width():
        return None
    seen = state.camera.inverted()[0].mapRect(state.room)
    return state.shown.edges.inside(seen.left(), seen.top(), seen.right(), seen.bottom())


def _paint_bands(painter: QPainter, state: NetworkViewState) -> None:
    """Draw light bands where there is no line for each weight.

    They show what flows into picture layers, strips and means: channel by channel, or all to all.
    """
    theme, problem = state.theme, state.problem
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(blend(theme.text, theme.surface, _LIGHT)))
    for source, target in pairwise(state.layout.columns):
        if target.weighted:
            continue
        mixes = isinstance(problem.experiment.network.layers[target.layer - 1], Conv2D)
        for start, end in _spans(source, target, mixes):
            painter.drawPath(_band(source.box[2], start, target.box[0], end))


def _spans(source: LayerColumn, target: LayerColumn, mixes: bool) -> list[tuple[Span, Span]]:
    """Return the ends of every band, in the source and in the target."""
    in_line = source.across == target.across == 1 and source.shown.start == target.shown.start
    if mixes or source.kind != "maps" or target.kind == "strip" or not in_line:
        return [((source.box[1], source.box[3]), (target.box[1], target.box[3]))]
    pairs = zip(source.points[:, 1].tolist(), target.points[:, 1].tolist(), strict=False)
    half, there = source.node_size[1] / 2, target.node_size[1] / 2
    return [((y - half, y + half), (end - there, end + there)) for y, end in pairs]


def _band(left: float, start: Span, right: float, end: Span) -> QPainterPath:
    """Return the outline of a band that leaves and arrives level."""
    middle = (left + right) / 2
    band = QPainterPath(QPointF(left, start[0]))
    band.cubicTo(middle, start[0], middle, end[0], right, end[0])
    band.lineTo(right, end[1])
    band.cubicTo(middle, end[1], middle, start[1], left, start[1])
    band.closeSubpath()
    return band
