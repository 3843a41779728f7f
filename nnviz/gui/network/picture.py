"""One painting of the network: quick while it moves, exact for paper, and in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFont, QPainter, QPixmap

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network.allowance import Allowance, now
from nnviz.gui.network.answers import paint_answers
from nnviz.gui.network.backdrop import Backdrop, paint_backdrop, with_camera
from nnviz.gui.network.edges import SMOOTH_AT_MOST, Edges, strongest
from nnviz.gui.network.labels import paint_largest
from nnviz.gui.network.nodes import paint_nodes
from nnviz.gui.network.notes import notes_of, paint_note
from nnviz.gui.network.reading import PLANE_RESOLUTION, input_planes
from nnviz.gui.network.resting import Resting
from nnviz.gui.network.scene import Camera, Scene
from nnviz.gui.network.sprites import Discs
from nnviz.gui.network.strokes import Stroke, Strokes, thickest_for
from nnviz.training.problem import Problem

RESTING_AT_MOST = 4000
"""Edges drawn when the picture rests, and in pictures for export."""

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Weighed:
    """Edges and how strong each is.

    Parameters
    ----------
    edges
        Where they are.
    strengths
        From −1 to 1, shape (edges,).
    """

    edges: Edges
    strengths: FloatArray


@dataclass(frozen=True, eq=False)
class Sight:
    """What is to be painted.

    Parameters
    ----------
    scene, camera
        What, and from where.
    whole
        All edges of the layout.
    own
        Those of the neuron in focus, or else under the mouse; None without one.
    size
        Of the picture.
    """

    scene: Scene
    camera: Camera
    whole: Weighed
    own: Weighed | None
    size: QSize

    @property
    def findable(self) -> Weighed:
        """The edges that can be pointed at: of a neuron in focus its own alone."""
        return self.own if self.own and self.scene.focus else self.whole

    @property
    def rests_later(self) -> bool:
        """Whether there is more detail to draw than a moving picture has."""
        return not self.findable.edges.curved and self.scene.hovered is None


class Picture:
    """Paints the network, and keeps what can be used again."""

    def __init__(self) -> None:
        self.allowance = Allowance()
        self.drawn: Index = np.empty(0, dtype=np.intp)
        """Which of the `findable` edges the last painting has."""
        self._drawn_of: Edges | None = None
        self.unseen = 0
        """How many weights it leaves out."""
        self._outside = 0
        self._strokes, self._own_strokes = Strokes(), Strokes()
        self._backdrop = Backdrop()
        self._exact, self._quick = Discs(), Discs(1.0)
        self._planes: tuple[Problem, FloatArray] | None = None

    def drawn_of(self, edges: Edges) -> Index | None:
        """Return which of these are drawn; None where other edges were when last painted."""
        return self.drawn if self._drawn_of is edges and len(self.drawn) else None

    def paint(self, painter: QPainter, sight: Sight) -> None:
        """Paint with full detail at once, for a painter of any scale."""
        scene, room = sight.scene, QRectF(0, 0, sight.size.width(), sight.size.height())
        paint_backdrop(painter, scene, sight.camera, room)
        self._paint_edges(painter, sight, RESTING_AT_MOST, smooth=True)
        self._paint_rest(painter, sight, self._exact)

    def draw(self, picture: QPixmap, sight: Sight, font: QFont, rested: QPixmap | None) -> None:
        """Draw on a picture of the size of the sight.

        Parameters
        ----------
        picture
            Is covered wholly.
        sight
            What.
        font
            Gives the family of letters.
        rested
            The edges in full detail on the backdrop, where they are drawn already.
        """
        ratio = picture.devicePixelRatio()
        if self._quick.ratio != ratio:
            self._quick = Discs(ratio)
        self._quick.room = (picture.width(), picture.height())
        ground = rested or self.backdrop(sight, ratio, font)
        start = now()
        painter = QPainter(picture)
        painter.setFont(font)
        painter.drawPixmap(0, 0, ground)
        before_edges = now()
        if rested is None:
            self._paint_edges(painter, sight, self.allowance.most, smooth=False)
        after_edges = now()
        self._paint_rest(painter, sight, self._quick)
        painter.end()
        if rested is None and not sight.findable.edges.curved:
            for_rest = now() - after_edges + before_edges - start
            self.allowance.learn(len(self.drawn), after_edges - before_edges, for_rest)

    def backdrop(self, sight: Sight, ratio: float, font: QFont) -> QPixmap:
        """Return what lies below the edges; it is kept, so copy it before drawing on it."""
        return self._backdrop.picture(sight.scene, sight.camera, sight.size, ratio, font)

    def resting(self, sight: Sight, ratio: float, font: QFont) -> Resting:
        """Return the drawing of the edges in full detail, not yet begun."""
        ground = self.backdrop(sight, ratio, font).copy()
        shown = sight.findable
        index = self._choose(sight, RESTING_AT_MOST)
        stroke = self._stroke(sight, smooth=True)
        return Resting(ground, shown.edges, shown.strengths, index, sight.camera, stroke)

    def rest(self, resting: Resting) -> bool:
        """Go on with the full detail for a few milliseconds; return whether all is drawn."""
        resting.go_on(self._strokes)
        if resting.finished:
            self._count(resting.index, resting.edges)
        return resting.finished

    # -------------------------------------------------------------------------------- the inside

    def _paint_edges(self, painter: QPainter, sight: Sight, most: int, smooth: bool) -> None:
        shown, camera = sight.findable, sight.camera
        index = self._choose(sight, most)
        points_out = sight.scene.hovered is not None
        stroke = self._stroke(sight, smooth and not points_out)
        self._strokes.paint(painter, shown.edges, shown.strengths, index, camera, stroke)
        self._count(index, shown.edges)
        if points_out:
            self._point_out(painter, sight)

    def _point_out(self, painter: QPainter, sight: Sight) -> None:
        """Draw what the mouse is over once more, to stand out."""
        kind, first, _ = sight.scene.hovered or ("node", 0, 0)
        bright = Stroke(sight.scene.theme, self._width(sight) + 0.4)
        if kind == "edge":
            chosen, index = sight.findable, np.array([first])
        elif sight.own is not None and sight.scene.focus is None:
            chosen = sight.own
            index = strongest(chosen.strengths, SMOOTH_AT_MOST)
        else:
            return
        self._own_strokes.paint(
            painter, chosen.edges, chosen.strengths, index, sight.camera, bright
        )

    def _stroke(self, sight: Sight, smooth: bool) -> Stroke:
        scene = sight.scene
        faded = scene.reading is None or (scene.hovered is not None and scene.focus is None)
        return Stroke(scene.theme, self._width(sight), smooth, faded, scene.focus is not None)

    def _width(self, sight: Sight) -> float:
        """Return how thick the strongest edges are; rounded, for pens are kept."""
        node = min(column.size for column in sight.scene.layout.columns if column.of_neurons)
        wide = thickest_for(sight.findable.edges, node)
        return float(round(wide * sight.camera.zoom**0.5, 1))

    def _choose(self, sight: Sight, most: int) -> Index:
        """Return the strongest edges of those in sight."""
        shown = sight.findable
        seen = _in_sight(sight)
        self._outside = 0 if seen is None else len(shown.edges) - len(seen)
        if seen is None:
            return strongest(shown.strengths, most)
        return np.asarray(seen[strongest(shown.strengths[seen], most)])

    def _count(self, index: Index, edges: Edges) -> None:
        self.drawn, self._drawn_of = index, edges
        # What the person has moved out of the picture is not missing from it.
        self.unseen = edges.total - len(index) - self._outside

    def _paint_rest(self, painter: QPainter, sight: Sight, discs: Discs) -> None:
        """Paint what lies above the edges and changes with the reading."""
        scene = sight.scene
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        with_camera(painter, sight.camera)
        paint_nodes(painter, scene, self._neuron_planes(scene), discs)
        paint_largest(painter, scene)
        paint_answers(painter, scene)
        painter.restore()
        room = QRectF(0, 0, sight.size.width(), sight.size.height())
        notes = notes_of(scene, self.unseen, sight.findable.edges.total)
        paint_note(painter, scene, notes, room)

    def _neuron_planes(self, scene: Scene) -> list[FloatArray] | None:
        if scene.fill != "plane" or scene.reading is None:
            return None
        inspection = scene.reading.inspection
        if self._planes is None or self._planes[0] is not scene.problem:
            axes = inspection.plane_axes(PLANE_RESOLUTION)
            self._planes = scene.problem, input_planes(scene.problem, axes)
        return [self._planes[1], *inspection.neuron_planes(PLANE_RESOLUTION)]


def _in_sight(sight: Sight) -> Index | None:
    """Return which edges cross the picture; None when all do, for it shows the whole layout."""
    camera, size = sight.camera, sight.size
    if camera == Camera() and sight.scene.layout.width <= size.width():
        return None
    lines = sight.findable.edges.lines
    left, top = camera.to_layout(QPointF(0.0, 0.0))
    right, bottom = camera.to_layout(QPointF(size.width(), size.height()))
    inside = (lines[:, 2] > left) & (lines[:, 0] < right)
    low, high = np.minimum(lines[:, 1], lines[:, 3]), np.maximum(lines[:, 1], lines[:, 3])
    return np.flatnonzero(inside & (high > top) & (low < bottom))
