"""One painting of the network: quick while it moves, exact for paper, and in between."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from PySide6.QtGui import QColor, QPainter, QPixmap

from nnviz.gui.network.answers import paint_answers
from nnviz.gui.network.bands import paint_bands
from nnviz.gui.network.captions import paint_captions, paint_inputs, paint_largest
from nnviz.gui.network.collapsed import note_of, paint_collapsed, paint_note
from nnviz.gui.network.edge_budget import EdgeBudget, now
from nnviz.gui.network.edge_painter import EdgePainter, EdgeStyle, thickest_for
from nnviz.gui.network.edges import SMOOTH_AT_MOST, Edges, Index, strongest
from nnviz.gui.network.nodes import paint_nodes
from nnviz.gui.network.view_state import NetworkViewState

REFINED_AT_MOST = 4000
"""Edges drawn when the picture is idle, and in pictures for export."""

SLICE_SECONDS = 0.006
_EDGES = 100
"""How long full detail is drawn at a time, and edges between two looks at the clock."""


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

    It keeps what lies below the neurons and stays while the network learns (ground, bands,
    captions) as a picture, for writing takes a quarter of a painting; and once the network is idle,
    the same with the edges in full detail.
    """

    def __init__(self) -> None:
        self.budget = EdgeBudget()
        self._drawn: Index = np.empty(0, dtype=np.intp)
        self._drawn_of: Edges | None = None
        self._outside = 0
        self._edges = EdgePainter()
        self._still: QPixmap | None = None
        self._refined: QPixmap | None = None

    def drawn(self, edges: Edges) -> Index:
        """Return which of these edges are drawn; all that were not in the last painting at all."""
        return self._drawn if self._drawn_of is edges else np.arange(len(edges))

    def undrawn(self, state: NetworkViewState) -> int:
        """Return how many weights the last painting leaves out."""
        # What the person has moved out of the picture is not missing from it.
        return state.shown.edges.total - len(self._drawn) - self._outside

    def forget_moment(self) -> None:
        """Take back the full detail of edges, which belongs to another moment."""
        self._refined = None

    def forget_view(self) -> None:
        """Take back all that belongs to another view."""
        self._still = self._refined = None

    def paint(self, painter: QPainter, state: NetworkViewState) -> None:
        """Paint with full detail at once, for a painter of any scale."""
        _paint_still(painter, state)
        self._paint_edges(painter, state, REFINED_AT_MOST, smooth=True)
        self._paint_moment(painter, state)

    def paint_quickly(
        self, painter: QPainter, state: NetworkViewState, ratio: float, learn: bool
    ) -> None:
        """Paint as much as there is time for while things move.

        The screen has `ratio` pixels for one unit of the painter; `learn` says whether the whole
        is painted, so that the time it takes tells something.
        """
        if self._refined is not None:
            painter.drawPixmap(0, 0, self._refined)
            self._paint_moment(painter, state)
            return
        still, start = self._still_picture(state, ratio), now()
        painter.drawPixmap(0, 0, still)
        before_edges = now()
        self._paint_edges(painter, state, self.budget.most, smooth=False)
        after_edges = now()
        self._paint_moment(painter, state)
        if learn and not state.shown.edges.curved:
            for_rest = now() - after_edges + before_edges - start
            self.budget.learn(len(self._drawn), after_edges - before_edges, for_rest)

    def refinement(self, state: NetworkViewState, ratio: float) -> IdleRefinement:
        """Return the drawing of the edges in full detail, not yet begun."""
        picture = self._still_picture(state, ratio).copy()
        return IdleRefinement(picture, self._choose(state, REFINED_AT_MOST))

    def refine(self, begun: IdleRefinement, state: NetworkViewState) -> bool:
        """Go on with the full detail for a few milliseconds; return whether all is drawn."""
        end, style = perf_counter() + SLICE_SECONDS, _style(state, smooth=True)
        painter = QPainter(begun.picture)
        while begun.done < len(begun.index) and perf_counter() < end:
            some = begun.index[begun.done : begun.done + _EDGES]
            self._edges.paint(painter, state.shown, some, state.camera, style)
            begun.done += len(some)
        painter.end()
        if begun.done < len(begun.index):
            return False
        self._refined = begun.picture
        self._drawn, self._drawn_of = begun.index, state.shown.edges
        return True

    # -------------------------------------------------------------------------------- the inside

    def _still_picture(self, state: NetworkViewState, ratio: float) -> QPixmap:
        if self._still is None or self._still.devicePixelRatio() != ratio:
            self._still = QPixmap(state.size * ratio)
            self._still.setDevicePixelRatio(ratio)
            painter = QPainter(self._still)
            _paint_still(painter, state)
            painter.end()
        return self._still

    def _paint_edges(
        self, painter: QPainter, state: NetworkViewState, most: int, smooth: bool
    ) -> None:
        index, points_out = self._choose(state, most), state.hovered is not None
        style = _style(state, smooth and not points_out)
        self._edges.paint(painter, state.shown, index, state.camera, style)
        self._drawn, self._drawn_of = index, state.shown.edges
        if points_out:
            self._paint_pointed(painter, state)

    def _paint_pointed(self, painter: QPainter, state: NetworkViewState) -> None:
        """Draw what the mouse is over once more, to stand out."""
        kind, first, _ = state.hovered or ("node", 0, 0)
        if kind == "edge":
            chosen, index = state.shown, np.array([first])
        elif state.own is not None and state.focus is None:
            chosen = state.own
            index = strongest(chosen.strengths, SMOOTH_AT_MOST)
        else:
            return
        style = EdgeStyle(state.theme, _thickest(state) + 0.4)
        self._edges.paint(painter, chosen, index, state.camera, style)

    def _choose(self, state: NetworkViewState, most: int) -> Index:
        """Return the strongest edges of those in sight."""
        strengths, seen = state.shown.strengths, _in_sight(state)
        self._outside = 0 if seen is None else len(strengths) - len(seen)
        if seen is None:
            return strongest(strengths, most)
        return np.asarray(seen[strongest(strengths[seen], most)])

    def _paint_moment(self, painter: QPainter, state: NetworkViewState) -> None:
        """Paint what lies above the edges and changes with the moment."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setTransform(state.camera, True)
        paint_nodes(painter, state)
        paint_largest(painter, state)
        paint_answers(painter, state)
        painter.restore()
        paint_note(painter, state, note_of(state, self.undrawn(state)))


def _paint_still(painter: QPainter, state: NetworkViewState) -> None:
    """Paint all that no moment changes."""
    painter.fillRect(state.room, QColor(state.theme.surface))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.save()
    painter.setTransform(state.camera, True)
    paint_bands(painter, state)
    paint_captions(painter, state)
    paint_inputs(painter, state)
    paint_collapsed(painter, state)
    painter.restore()


def _style(state: NetworkViewState, smooth: bool) -> EdgeStyle:
    faded = state.activations is None or (state.hovered is not None and state.focus is None)
    return EdgeStyle(state.theme, _thickest(state), smooth, faded, state.focus is not None)


def _thickest(state: NetworkViewState) -> float:
    """Return how thick the strongest edges are; rounded, for pens are kept."""
    node = min(column.size for column in state.layout.columns if column.of_neurons)
    wide = thickest_for(state.shown.edges, node)
    return float(round(wide * state.camera.m11() ** 0.5, 1))


def _in_sight(state: NetworkViewState) -> Index | None:
    """Return which edges cross the picture; None when all do, for it shows the whole layout."""
    if state.camera.isIdentity() and state.layout.width <= state.room.width():
        return None
    seen = state.camera.inverted()[0].mapRect(state.room)
    return state.shown.edges.inside(seen.left(), seen.top(), seen.right(), seen.bottom())
