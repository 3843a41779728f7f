"""The surface the network is drawn on: what to repaint when, zoom, and what the mouse is over."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network_view.answers import paint_answers
from nnviz.gui.network_view.card import card_for, paint_card
from nnviz.gui.network_view.edges import (
    MOVING_AT_MOST,
    RESTING_AT_MOST,
    SMOOTH_AT_MOST,
    Edges,
    edges_of,
    strongest,
)
from nnviz.gui.network_view.labels import (
    margins_for,
    paint_captions,
    paint_folds,
    paint_inputs,
    paint_largest,
    paint_note,
)
from nnviz.gui.network_view.layout import arrange
from nnviz.gui.network_view.nodes import paint_nodes
from nnviz.gui.network_view.reading import PLANE_RESOLUTION, Reading, input_planes, scales_of
from nnviz.gui.network_view.scene import Camera, Fill, Scene, Target
from nnviz.gui.network_view.strokes import Stroke, Strokes, thickest_for
from nnviz.gui.theme import Theme
from nnviz.training.problem import Problem

NEAREST, FARTHEST = 12.0, 0.4
REST_MILLISECONDS = 150
_REACH = 5.0  # pixels from an edge that still count as on it
_BIAS_REACH = 9.0
_STEP = 1.25


class NetworkCanvas(QWidget):
    """Draws a network; knows how to be looked at closely and asked about its parts.

    Parameters
    ----------
    theme
        Colours.
    parent
        Qt parent.
    """

    hovered = Signal(object)
    """What the mouse is over now: a `Target` or None."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("network-canvas")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.scene: Scene | None = None
        self.edges: Edges | None = None
        self.camera = Camera()
        self.offset = (0.0, 0.0)
        self._theme = theme
        self._strokes = Strokes()
        self._strengths: FloatArray = np.empty(0)
        self._drawn: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._input_planes: FloatArray | None = None
        self._picture = QPixmap()
        self._stale = True
        self._rested = False
        self._grabbed: QPointF | None = None
        self._mouse = QPointF()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MILLISECONDS)
        self._rest.timeout.connect(self._draw_at_rest)

    # ---------------------------------------------------------------------------- what is shown

    def set_problem(self, problem: Problem, fill: Fill) -> None:
        """Show the network of a new run, before its first frame.

        Who runs the same network again goes on looking at the same part of it.
        """
        before = self.scene and [column.units for column in self.scene.layout.columns]
        self._input_planes = None
        self._arrange(problem, fill, None)
        if self.scene and before and before != [c.units for c in self.scene.layout.columns]:
            self.fit()

    def set_reading(self, reading: Reading) -> None:
        """Show a moment."""
        if self.scene is None or self.edges is None:
            return
        self.scene = replace(self.scene, reading=reading)
        self._strengths = self.edges.strengths(reading.weights)
        self._changed()

    def set_fill(self, fill: Fill) -> None:
        """Choose what fills the neurons."""
        if self.scene is not None:
            self.scene = replace(self.scene, fill=fill)
            self._changed()

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self._theme = theme
        if self.scene is not None:
            self.scene = replace(self.scene, theme=theme)
        self._changed()

    def look_from(self, camera: Camera) -> None:
        """Move the view."""
        self.look_at(
            camera.zoom, camera.dx / max(self.width(), 1), camera.dy / max(self.height(), 1)
        )

    def look_at(self, zoom: float, x: float, y: float) -> None:
        """Move the view so that its offset is these shares of the canvas, whatever its size."""
        self.offset = (x, y)
        self.camera = Camera(zoom, x * self.width(), y * self.height())
        if self.scene is not None:
            self.scene = replace(self.scene, zoom=zoom)
        self._changed()

    @property
    def undrawn(self) -> int:
        """Number of weights that the last picture left out."""
        return self.edges.total - len(self._drawn) if self.edges else 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new room; what was in the middle stays there."""
        if self.scene is not None:
            self._arrange(self.scene.problem, self.scene.fill, self.scene.reading)
        self.look_at(self.camera.zoom, *self.offset)

    def _arrange(self, problem: Problem, fill: Fill, reading: Reading | None) -> None:
        units = tuple(map(math.prod, problem.shapes))
        margins = margins_for(problem, self.font(), self.width())
        shape = problem.dataset.image_shape
        layout = arrange(units, self.width(), self.height(), margins, shape)
        scales = scales_of(problem)
        self.edges = edges_of(layout)
        self._strengths = np.zeros(len(self.edges))
        self.scene = Scene(problem, layout, scales, self._theme, fill, self.camera.zoom)
        if reading is not None:
            self.set_reading(reading)
        self._changed()

    def _changed(self) -> None:
        """Repaint soon, quickly; and in full detail when nothing has changed for a while."""
        self._stale, self._rested = True, False
        if self.isVisible() and self.edges is not None and len(self.edges) > SMOOTH_AT_MOST:
            self._rest.start()
        self.update()

    @Slot()
    def _draw_at_rest(self) -> None:
        self._stale = self._rested = True
        self.update()

    # --------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the picture, drawn anew only if something changed, and the card on top."""
        painter = QPainter(self)
        # A picture of the window may ask for more pixels a point than the screen has.
        on_screen = painter.deviceTransform().m11() == self.devicePixelRatioF()
        if self.isVisible() and on_screen:
            if self._stale or self._picture.deviceIndependentSize().toSize() != self.size():
                self._redraw()
            painter.drawPixmap(0, 0, self._picture)
        else:
            # Painted for an export, at a scale that only the painter knows.
            self._paint(painter, rested=True)
        card = card_for(self.scene, self.edges) if self.scene and self.edges else None
        if card and self.scene and self._grabbed is None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_card(painter, self.scene, card, self._mouse, QRectF(self.rect()))

    def _redraw(self) -> None:
        ratio = self.devicePixelRatioF()
        size = self.size() * ratio
        if self._picture.size() != size:
            self._picture = QPixmap(size)
            self._picture.setDevicePixelRatio(ratio)
        painter = QPainter(self._picture)
        painter.setFont(self.font())
        self._paint(painter, self._rested)
        painter.end()
        self._stale = False

    def _paint(self, painter: QPainter, rested: bool) -> None:
        painter.fillRect(self.rect(), QColor(self._theme.surface))
        if self.scene is None or self.edges is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_edges(painter, self.scene, self.edges, rested)
        painter.translate(self.camera.dx, self.camera.dy)
        painter.scale(self.camera.zoom, self.camera.zoom)
        paint_nodes(painter, self.scene, self._planes(self.scene))
        paint_captions(painter, self.scene)
        paint_largest(painter, self.scene)
        paint_inputs(painter, self.scene)
        paint_folds(painter, self.scene)
        paint_answers(painter, self.scene)
        painter.scale(1 / self.camera.zoom, 1 / self.camera.zoom)
        painter.translate(-self.camera.dx, -self.camera.dy)
        paint_note(painter, self.scene, self.undrawn, self.edges.total)

    def _paint_edges(self, painter: QPainter, scene: Scene, edges: Edges, rested: bool) -> None:
        most = RESTING_AT_MOST if rested else MOVING_AT_MOST
        self._drawn = strongest(self._strengths, most)
        focus = self._focus(scene, edges)
        node = min(column.size for column in scene.layout.columns if not column.tile)
        wide = thickest_for(edges, node) * self.camera.zoom**0.5
        dim = focus is not None or scene.reading is None
        stroke = Stroke(scene.theme, wide, rested and focus is None, faded=dim)
        self._strokes.paint(painter, edges, self._strengths, self._drawn, self.camera, stroke)
        if focus is not None:
            bright = Stroke(scene.theme, wide + 0.4)
            self._strokes.paint(painter, edges, self._strengths, focus, self.camera, bright)

    def _focus(self, scene: Scene, edges: Edges) -> NDArray[np.intp] | None:
        """Return the edges that what is hovered makes stand out, or None."""
        if scene.hovered is None:
            return None
        kind, first, unit = scene.hovered
        if kind == "edge":
            return np.array([first])
        touching = np.flatnonzero(edges.touching(first, unit))
        chosen = strongest(self._strengths[touching], SMOOTH_AT_MOST)
        return np.asarray(touching[chosen])

    def _planes(self, scene: Scene) -> list[FloatArray] | None:
        if scene.fill != "plane" or scene.reading is None:
            return None
        inspection = scene.reading.inspection
        if self._input_planes is None:
            axes = inspection.plane_axes(PLANE_RESOLUTION)
            self._input_planes = input_planes(scene.problem, axes)
        return [self._input_planes, *inspection.neuron_planes(PLANE_RESOLUTION)]

    # ------------------------------------------------------------------------- mouse, keys, zoom

    @Slot()
    def fit(self) -> None:
        """Show the whole network."""
        self.look_from(Camera())

    @Slot()
    def zoom_in(self) -> None:
        """Look closer at the middle."""
        self._zoom(_STEP, QPointF(self.width() / 2, self.height() / 2))

    @Slot()
    def zoom_out(self) -> None:
        """Step back from the middle."""
        self._zoom(1 / _STEP, QPointF(self.width() / 2, self.height() / 2))

    def target_at(self, point: QPointF) -> Target | None:
        """Return the neuron or edge under a point of the widget, or None."""
        if self.scene is None or self.edges is None:
            return None
        x, y = self.camera.to_layout(point)
        node = self.scene.layout.node_at(x, y)
        if node is not None:
            return ("node", *node)
        drawn = self._drawn if len(self._drawn) else None
        edge = self.edges.nearest(x, y, _REACH / self.camera.zoom, drawn)
        if edge is not None:
            return ("edge", edge, 0)
        neighbour = self.scene.layout.node_at(x + _BIAS_REACH, y)  # its bias hangs on its left
        return ("node", *neighbour) if neighbour is not None and neighbour[0] else None

    def _zoom(self, factor: float, at: QPointF) -> None:
        self.look_from(self.camera.zoomed(factor, at, FARTHEST, NEAREST))

    def _hover(self, target: Target | None) -> None:
        if self.scene is None or target == self.scene.hovered:
            return
        self.scene = replace(self.scene, hovered=target)
        self._changed()
        self.hovered.emit(target)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the mouse."""
        self._zoom(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Zoom when two fingers pinch a touchpad."""
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self._zoom(1.0 + event.value(), event.position())
            return True
        return bool(super().event(event))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = event.position()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the picture, or explain what the mouse is over."""
        self._mouse = event.position()
        if self._grabbed is None:
            self._hover(self.target_at(self._mouse))
            self.update()
            return
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.look_from(self.camera.moved(self._mouse - self._grabbed))
        self._grabbed = self._mouse

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the picture go."""
        self._grabbed = None
        self.unsetCursor()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole network."""
        self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        """Put the card away."""
        self._hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F fits, plus and minus zoom; every other key is the window's."""
        if event.key() == Qt.Key.Key_F:
            self.fit()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_out()
        else:
            super().keyPressEvent(event)
