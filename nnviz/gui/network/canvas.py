"""The network under the person's hands: pointing, focusing, zooming, walking by keys."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QObject,
    QPointF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.gui.look.theme import Theme
from nnviz.gui.network.folds import fold_at
from nnviz.gui.network.labels import caption_at
from nnviz.gui.network.scene import Camera, Scene, Target, sized
from nnviz.gui.network.sheet import Unit
from nnviz.gui.network.viewer import Viewer
from nnviz.gui.network.walking import Way, step
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import show_tool_tip

_REACH = 5.0  # pixels from an edge that still count as on it
_BIAS_REACH = 9.0
_STILL = 4.0  # pixels a hand may tremble in a click
_SCROLL = 0.5  # of the neurons shown, for a turn of the wheel

_WAYS: dict[int, Way] = {
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
}
_BEGIN = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up, Qt.Key.Key_Down)
_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


@guarded
class NetworkCanvas(Viewer):
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
        super().__init__(theme, parent)
        self.setObjectName("network-canvas")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self._grabbed: QPointF | None = None
        self._pressed: QPointF | None = None
        self.installEventFilter(self)  # not `event`, which would stand around all painting

    # -------------------------------------------------------------------------------------- mouse

    def target_at(self, point: QPointF) -> Target | None:
        """Return the neuron or edge under a point of the widget, or None."""
        sight = self.sight
        if sight is None:
            return None
        x, y = self.camera.to_layout(point)
        layout = sight.scene.layout
        node = layout.node_at(x, y)
        if node is not None:
            return ("node", *node)
        edges = sight.findable.edges
        edge = edges.nearest(x, y, _REACH / self.camera.zoom, self._picture.drawn_of(edges))
        if edge is not None:
            return ("edge", edge, 0)
        neighbour = layout.node_at(x + _BIAS_REACH, y)  # its bias hangs on its left
        return ("node", *neighbour) if neighbour is not None and neighbour[0] else None

    def _hover(self, target: Target | None) -> bool:
        changed = super()._hover(target)
        if changed:
            self.hovered.emit(target)
        return changed

    def _fold_under(self, point: QPointF) -> tuple[int, int] | None:
        if self.scene is None:
            return None
        metrics = QFontMetricsF(sized(self.font()))
        return fold_at(self.scene, metrics, *self.camera.to_layout(point))

    def _caption_under(self, point: QPointF) -> int | None:
        if self.scene is None:
            return None
        return caption_at(self.scene, *self.camera.to_layout(point))

    def _layer_under(self, point: QPointF) -> int | None:
        """Return the layer whose column is at a point, in whatever height."""
        if self.scene is None:
            return None
        x, _ = self.camera.to_layout(point)
        away = [max(c.left - x, x - c.right) for c in self.scene.layout.columns]
        nearest = min(range(len(away)), key=away.__getitem__)
        return nearest if away[nearest] < 40.0 else None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the mouse; with Shift, scroll a layer that does not show all."""
        turn = event.angleDelta().y() or event.angleDelta().x()
        event.accept()
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._zoom(1.0015**turn, event.position())
            return
        layer = self._layer_under(event.position())
        if layer is not None and self.scene is not None and turn:
            column = self.scene.layout.columns[layer]
            rows = max(round(_SCROLL * column.shown.size / column.across * abs(turn) / 120), 1)
            self.scroll_layer(layer, -rows * column.across if turn > 0 else rows * column.across)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Zoom when two fingers pinch; keep arrows while they walk; say what can be pressed."""
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self._zoom(1.0 + event.value(), event.position())
            return True
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            return self._explain(event)
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            walks = self.scene is not None and self.scene.focus is not None
            if walks and event.key() in _WAYS:
                event.accept()
                return True
        return False

    def _explain(self, event: QHelpEvent) -> bool:
        point = QPointF(event.pos())
        if self._fold_under(point) is not None:
            text = self.tr("Show more neurons of this layer (Shift and the wheel do it too)")
        elif self._caption_under(point) is not None:
            text = self.tr("Double-click to look at this layer alone, with all its neurons")
        else:
            text = ""
        show_tool_tip(event.globalPos(), text, self)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._arrive()
            self._grabbed = self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the picture, or explain what the mouse is over."""
        self._mouse = event.position()
        if self._grabbed is None:
            self._hover(self.target_at(self._mouse))
            presses = self._fold_under(self._mouse) or self._caption_under(self._mouse) is not None
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if presses else Qt.CursorShape.ArrowCursor
            )
            if self.scene is not None and self.scene.hovered is not None:
                self.update()
            return
        if self._pressed is not None and _near(self._pressed, self._mouse):
            return
        self._pressed, self._holds = None, True
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.look_from(self.camera.moved(self._mouse - self._grabbed))
        self._grabbed = self._mouse

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the picture go; a click chooses a neuron, or none."""
        if self._pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            self._click(self._pressed)
        self._grabbed, self._pressed, self._holds = None, None, False
        self.unsetCursor()
        self.update()

    def _click(self, point: QPointF) -> None:
        fold = self._fold_under(point)
        target = self.target_at(point)
        if fold is not None:
            self._page(*fold)
        elif target is not None and target[0] == "node":
            self.focus_on(*target[1:])
        elif target is None:
            self.end_focus()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Look at the layer whose caption it is; elsewhere, show the whole network."""
        layer = self._caption_under(event.position())
        if layer is not None:
            self.open_layer(layer)
        elif self._fold_under(event.position()) is not None:
            self._click(event.position())
        elif self.target_at(event.position()) is None:
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        """Put the card away."""
        self._hover(None)

    # --------------------------------------------------------------------------------------- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with arrows, 1 to 9 open layers, 0 and F fit, Escape goes back."""
        key = event.key()
        keys = {Qt.Key.Key_F: self.fit, Qt.Key.Key_0: self.fit, Qt.Key.Key_Plus: self.zoom_in}
        keys |= {Qt.Key.Key_Equal: self.zoom_in, Qt.Key.Key_Minus: self.zoom_out}
        if self._walk(key) or self._back(key):
            return
        if key in keys:
            keys[Qt.Key(key)]()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.open_layer(key - Qt.Key.Key_1 + 1)
        else:
            super().keyPressEvent(event)

    def _walk(self, key: int) -> bool:
        """Do what a key means to the neuron in focus; return whether it means anything."""
        scene = self.scene
        if scene is None:
            return False
        if scene.focus is None:
            if key in _BEGIN:
                self.focus_on(*_first_of(scene, self.folding.opened))
            return key in _BEGIN
        if key in _PAGES:
            self._page(scene.focus[0], _PAGES[Qt.Key(key)])
        elif key in _WAYS:
            self._arrive()
            weights = None
            if scene.focus_reads_image and scene.reading is not None:
                weights = scene.reading.weights[0][scene.focus[1]]
            self.focus_on(*step(scene.layout, scene.focus, _WAYS[key], weights))
        return key in _PAGES or key in _WAYS

    def _back(self, key: int) -> bool:
        """End what Escape ends: the focus, then the close look."""
        if key != Qt.Key.Key_Escape or self.scene is None:
            return False
        if self.scene.focus is not None:
            self.end_focus()
        elif self.folding.opened is not None or self.camera != Camera():
            self.fit()
        else:
            return False
        return True


def _near(a: QPointF, b: QPointF) -> bool:
    return (a - b).manhattanLength() < _STILL


def _first_of(scene: Scene, opened: int | None) -> Unit:
    """Return the neuron with which a walk begins."""
    layer = opened or 1
    column = scene.layout.columns[layer]
    rows, columns = column.grid
    return layer, int(column.shown[0]) * rows * columns
