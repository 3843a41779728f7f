"""One painting of the network: quick while it moves, exact for paper, and in between."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPixmap

from nnviz.gui.network.answers import paint_answers
from nnviz.gui.network.bands import paint_bands
from nnviz.gui.network.captions import paint_captions, paint_inputs, paint_largest
from nnviz.gui.network.collapsed import note_of, paint_collapsed, paint_note
from nnviz.gui.network.edge_budget import EdgeBudget, now
from nnviz.gui.network.edge_painter import EdgePainter, EdgeStyle, thickest_for
from nnviz.gui.network.edges import SMOOTH_AT_MOST, Edges, Index, WeightedEdges, strongest
from nnviz.gui.network.nodes import paint_nodes
from nnviz.gui.network.view_state import NetworkViewState

REFINED_AT_MOST = 4000
"""Edges drawn when the picture is idle, and in pictures for export."""

SLICE_SECONDS = 0.006
_EDGES = 100
"""How long full detail is drawn at a time, and edges between two looks at the clock."""


@dataclass(frozen=True, eq=False)
class PaintRequest:
    """What is to be painted: a view with every edge of its layout.

    `own` are those of the neuron in focus, or else under the mouse; None without one.
    """

    state: NetworkViewState
    every: WeightedEdges
    own: WeightedEdges | None
    size: QSize

    @property
    def shown(self) -> WeightedEdges:
        """The edges that can be pointed at: of a neuron in focus its own alone."""
        return self.own if self.own and self.state.focus else self.every

    @property
    def room(self) -> QRectF:
        """The picture's rectangle."""
        return QRectF(0, 0, self.size.width(), self.size.height())

    @property
    def refines(self) -> bool:
        """Whether there is more detail to draw than a moving picture has."""
        return not self.shown.edges.curved and self.state.hovered is None


@dataclass(eq=False)
class IdleRefinement:
    """The full detail of a picture that is idle, drawn in slices so that nothing waits for it.

    Of the edges at `index`, weak ones first, so many are `done` on the picture.
    """

    picture: QPixmap
    index: Index
    done: int = 0


class NetworkPainter:
    """Paints the network.

    It keeps one picture: what lies below the neurons and stays while the network learns (ground,
    bands, captions), for writing costs more than copying. Once the network is idle, that picture
    has the edges in full detail too.
    """

    def __init__(self) -> None:
        self.budget = EdgeBudget()
        self._drawn: Index = np.empty(0, dtype=np.intp)
        self._drawn_of: Edges | None = None
        self._outside = 0
        self._edges, self._marked_edges = EdgePainter(), EdgePainter()
        self._still = QPixmap()
        self._still_of: tuple[object, ...] = ()
        self._refined = False

    def drawn(self, edges: Edges) -> Index:
        """Return which of these edges are drawn; all that were not in the last painting at all."""
        return self._drawn if self._drawn_of is edges else np.arange(len(edges))

    def undrawn(self, request: PaintRequest) -> int:
        """Return how many weights the last painting leaves out."""
        # What the person has moved out of the picture is not missing from it.
        return request.shown.edges.total - len(self._drawn) - self._outside

    def forget_moment(self) -> None:
        """Take back the full detail of edges, which belongs to another moment or view."""
        if self._refined:
            self._refined, self._still_of = False, ()

    def paint(self, painter: QPainter, request: PaintRequest) -> None:
        """Paint with full detail at once, for a painter of any scale."""
        _paint_still(painter, request)
        self._paint_edges(painter, request, REFINED_AT_MOST, smooth=True)
        self._paint_moment(painter, request)

    def paint_quickly(
        self, painter: QPainter, request: PaintRequest, ratio: float, learn: bool
    ) -> None:
        """Paint as much as there is time for while things move.

        The screen has `ratio` pixels for one unit of the painter; `learn` says whether the whole
        is painted, so that the time it takes tells something.
        """
        still, start = self._still_picture(request, ratio), now()
        painter.drawPixmap(0, 0, still)
        before_edges = now()
        if not self._refined:
            self._paint_edges(painter, request, self.budget.most, smooth=False)
        after_edges = now()
        self._paint_moment(painter, request)
        if learn and not self._refined and not request.shown.edges.curved:
            for_rest = now() - after_edges + before_edges - start
            self.budget.learn(len(self._drawn), after_edges - before_edges, for_rest)

    def refinement(self, request: PaintRequest, ratio: float) -> IdleRefinement:
        """Return the drawing of the edges in full detail, not yet begun."""
        picture = self._still_picture(request, ratio).copy()
        return IdleRefinement(picture, self._choose(request, REFINED_AT_MOST))

    def refine(self, begun: IdleRefinement, request: PaintRequest) -> bool:
        """Go on with the full detail for a few milliseconds; return whether all is drawn."""
        end, style = perf_counter() + SLICE_SECONDS, _style(request, smooth=True)
        painter = QPainter(begun.picture)
        while begun.done < len(begun.index) and perf_counter() < end:
            some = begun.index[begun.done : begun.done + _EDGES]
            self._edges.paint(painter, request.shown, some, request.state.camera, style)
            begun.done += len(some)
        painter.end()
        if begun.done < len(begun.index):
            return False
        self._still, self._refined = begun.picture, True
        self._drawn, self._drawn_of = begun.index, request.shown.edges
        return True

    # -------------------------------------------------------------------------------- the inside

    def _still_picture(self, request: PaintRequest, ratio: float) -> QPixmap:
        state = request.state
        view = (state.layout, state.theme, state.font.key(), state.camera)
        key = (*view, request.size, ratio, state.focus, state.touchable)
        if key != self._still_of:
            self._still_of, self._refined = key, False
            self._still = QPixmap(request.size * ratio)
            self._still.setDevicePixelRatio(ratio)
            painter = QPainter(self._still)
            _paint_still(painter, request)
            painter.end()
        return self._still

    def _paint_edges(
        self, painter: QPainter, request: PaintRequest, most: int, smooth: bool
    ) -> None:
        state, index = request.state, self._choose(request, most)
        points_out = state.hovered is not None
        style = _style(request, smooth and not points_out)
        self._edges.paint(painter, request.shown, index, state.camera, style)
        self._drawn, self._drawn_of = index, request.shown.edges
        if points_out:
            self._paint_pointed(painter, request)

    def _paint_pointed(self, painter: QPainter, request: PaintRequest) -> None:
        """Draw what the mouse is over once more, to stand out."""
        state = request.state
        kind, first, _ = state.hovered or ("node", 0, 0)
        if kind == "edge":
            chosen, index = request.shown, np.array([first])
        elif request.own is not None and state.focus is None:
            chosen = request.own
            index = strongest(chosen.strengths, SMOOTH_AT_MOST)
        else:
            return
        style = EdgeStyle(state.theme, _thickest(request) + 0.4)
        self._marked_edges.paint(painter, chosen, index, state.camera, style)

    def _choose(self, request: PaintRequest, most: int) -> Index:
        """Return the strongest edges of those in sight."""
        strengths, seen = request.shown.strengths, _in_sight(request)
        self._outside = 0 if seen is None else len(strengths) - len(seen)
        if seen is None:
            return strongest(strengths, most)
        return np.asarray(seen[strongest(strengths[seen], most)])

    def _paint_moment(self, painter: QPainter, request: PaintRequest) -> None:
        """Paint what lies above the edges and changes with the moment."""
        state = request.state
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setTransform(state.camera, True)
        paint_nodes(painter, state)
        paint_largest(painter, state)
        paint_answers(painter, state)
        painter.restore()
        note = note_of(state, self.undrawn(request), request.shown.edges.total)
        paint_note(painter, state, note, request.room)


def _paint_still(painter: QPainter, request: PaintRequest) -> None:
    """Paint all that no moment changes."""
    state = request.state
    painter.fillRect(request.room, QColor(state.theme.surface))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.save()
    painter.setTransform(state.camera, True)
    paint_bands(painter, state)
    paint_captions(painter, state)
    paint_inputs(painter, state)
    paint_collapsed(painter, state)
    painter.restore()


def _style(request: PaintRequest, smooth: bool) -> EdgeStyle:
    state = request.state
    faded = state.activations is None or (state.hovered is not None and state.focus is None)
    return EdgeStyle(state.theme, _thickest(request), smooth, faded, state.focus is not None)


def _thickest(request: PaintRequest) -> float:
    """Return how thick the strongest edges are; rounded, for pens are kept."""
    columns = request.state.layout.columns
    node = min(column.size for column in columns if column.of_neurons)
    wide = thickest_for(request.shown.edges, node)
    return float(round(wide * request.state.camera.m11() ** 0.5, 1))


def _in_sight(request: PaintRequest) -> Index | None:
    """Return which edges cross the picture; None when all do, for it shows the whole layout."""
    camera, room = request.state.camera, request.room
    if camera.isIdentity() and request.state.layout.width <= room.width():
        return None
    seen = camera.inverted()[0].mapRect(room)
    return request.shown.edges.inside(seen.left(), seen.top(), seen.right(), seen.bottom())
