"""The network under the person's hands: pointing, focusing, zooming, walking by keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)

from nnviz.gui.edits import EDIT_ACTIONS, Level
from nnviz.gui.frame import Selection
from nnviz.gui.look.layer_names import column_titles
from nnviz.gui.network.answers import names_beside
from nnviz.gui.network.captions import caption_at, caption_text
from nnviz.gui.network.collapsed import collapsed_at
from nnviz.gui.network.edit_menu import edit_menu
from nnviz.gui.network.figures import figure_at
from nnviz.gui.network.layout import step
from nnviz.gui.network.view_state import NetworkViewState
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import show_tool_tip
from nnviz.gui.widgets.arrows import ARROWS, claims_arrow

if TYPE_CHECKING:
    from nnviz.gui.network.widget import NetworkWidget

_STILL = 4.0  # pixels a hand may tremble in a click
_SCROLL = 0.5 / 120  # of the neurons shown, for each of Qt's 120 units of a turn of the wheel
_BESIDE = 40.0  # units of the layout beside a layer that still count as its own
_ZOOM = 1.0015

_BEGIN = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up, Qt.Key.Key_Down)
_PAGES: dict[int, int] = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}

_OF_NEURON: tuple[Level, ...] = ("neuron", "layer")
_NUMBER_BEGINS = "0123456789-−."


@guarded
class NetworkInteraction(QObject):
    """Turns mouse and keys over a picture into what is looked at and asked about."""

    def __init__(self, widget: NetworkWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._grabbed: QPointF | None = None
        self._pressed: QPointF | None = None
        kind = QEvent.Type
        self._handlers: dict[QEvent.Type, Callable[[Any], bool]] = {
            kind.MouseButtonPress: self._press,
            kind.MouseMove: self._move,
            kind.MouseButtonRelease: self._release,
            kind.MouseButtonDblClick: self._double_click,
            kind.Leave: self._leave,
            kind.Wheel: self._turn_wheel,
            kind.NativeGesture: self._pinch,
            kind.ToolTip: self._show_tip,
            kind.ContextMenu: self._open_menu,
            kind.ShortcutOverride: self._keep_arrows,
            kind.KeyPress: self._press_key,
        }
        self._keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_F: widget.fit,
            Qt.Key.Key_0: widget.fit,
            Qt.Key.Key_Plus: widget.zoom_in,
            Qt.Key.Key_Equal: widget.zoom_in,
            Qt.Key.Key_Minus: widget.zoom_out,
        }
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle what a hand does; return whether it meant anything here."""
        handler = self._handlers.get(event.type())
        return handler is not None and self._widget.state is not None and handler(event)

    def _written_at(self, point: QPointF) -> tuple[tuple[int, int] | None, int | None]:
        """Return what a press there scrolls, (layer, 1 or −1), and the layer whose caption it is.

        Each is None where there is no such thing.
        """
        x, y = self._widget.to_layout(point)
        return collapsed_at(self._state, x, y), caption_at(self._state, x, y)

    def titles_at(self, point: QPointF) -> Iterator[str]:
        """Yield what is at a point, in the words of the glossary, the nearest first."""
        target, (x, y) = self._widget.target_at(point), self._widget.to_layout(point)
        layer, figure = caption_at(self._state, x, y), figure_at(self._state, x, y)
        if target is not None and target[0] == "edge":
            yield self.tr("Weight")
        elif target is not None:
            kind = self._state.layout.columns[target[1]].kind
            yield self.tr("Feature map") if kind == "maps" else self.tr("Neuron")
        elif figure is not None:
            yield figure.title
        elif layer is not None:
            yield column_titles(self._state.problem)[layer]

    @property
    def _state(self) -> NetworkViewState:
        """The view; no event gets here before there is one."""
        return cast(NetworkViewState, self._widget.state)

    def _press(self, event: QMouseEvent) -> bool:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = self._pressed = event.position()
        return False  # the widget still takes the focus

    def _move(self, event: QMouseEvent) -> bool:
        """Drag the picture, or explain what the mouse is over."""
        at, widget = event.position(), self._widget
        if self._grabbed is None:
            widget.set_hovered(widget.target_at(at), at)
            presses = self._written_at(at) != (None, None)
            shape = Qt.CursorShape.PointingHandCursor if presses else Qt.CursorShape.ArrowCursor
            widget.setCursor(shape)
        elif self._pressed is None or (self._pressed - at).manhattanLength() >= _STILL:
            self._pressed = None
            widget.set_hovered(None, at)
            widget.setCursor(Qt.CursorShape.ClosedHandCursor)
            widget.move_view(at - self._grabbed)
            self._grabbed = at
        return True

    def _release(self, event: QMouseEvent) -> bool:
        """Let the picture go; a click chooses a neuron, a weight or none."""
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        pressed, self._grabbed, self._pressed = self._pressed, None, None
        self._widget.unsetCursor()
        if pressed is not None:
            self._click(pressed)
        return True

    def _click(self, point: QPointF) -> None:
        (collapsed, _), target = self._written_at(point), self._widget.target_at(point)
        if collapsed is not None:
            self._widget.page_layer(*collapsed)
        elif target is None:
            self._widget.focus_on(None)
        elif target[0] == "node":
            self._widget.focus_on(target[1:])
        else:
            self._widget.select_edge(target[1])

    def _double_click(self, event: QMouseEvent) -> bool:
        """Look at the layer whose caption it is; elsewhere, show the whole network."""
        at = event.position()
        collapsed, layer = self._written_at(at)
        if layer is not None:
            self._widget.expand_layer(layer)
        elif collapsed is not None:
            self._click(at)
        elif self._widget.target_at(at) is None:
            self._widget.fit()
        return True

    def _leave(self, event: QEvent) -> bool:
        self._widget.set_hovered(None, QPointF())
        return False

    def _turn_wheel(self, event: QWheelEvent) -> bool:
        """Zoom at the mouse; with Shift, scroll a layer that does not show all."""
        turn = event.angleDelta().y() or event.angleDelta().x()
        event.accept()
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._widget.zoom(_ZOOM**turn, event.position())
            return True
        x, _ = self._widget.to_layout(event.position())
        column = min(self._state.layout.columns, key=lambda column: column.beside(x))
        if turn and column.beside(x) < _BESIDE:
            rows = _SCROLL * len(column.shown) / column.across * abs(turn)
            by = max(round(rows), 1) * column.across
            self._widget.scroll_layer(column.layer, -by if turn > 0 else by)
        return True

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        """Zoom as two fingers do."""
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._widget.zoom(1.0 + event.value(), event.position())
        return True

    def _show_tip(self, event: QHelpEvent) -> bool:
        """Say what can be pressed, and in full what may be cut."""
        point = QPointF(event.pos())
        text = names_beside(self._state, self._widget.to_layout(point)[0])
        collapsed, layer = self._written_at(point)
        if collapsed is not None:
            text = self.tr("Show more neurons of this layer (Shift and the wheel do it too)")
        elif layer is not None:
            what = self.tr("Double-click to look at this layer alone, with all its neurons")
            text = f"{caption_text(self._state, layer)}\n{what}"
        show_tool_tip(event.globalPos(), text, self._widget)
        return True

    def _open_menu(self, event: QContextMenuEvent) -> bool:
        """Offer what can be done to a neuron, weight or layer; by the key, to the chosen one."""
        widget, levels, place = self._widget, _OF_NEURON, event.globalPos()
        target, layer = widget.target_at(QPointF(event.pos())), None
        chosen = widget.view.selection
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            unit = widget.view.selected_unit
            middle = QPointF(widget.rect().center())
            place = widget.mapToGlobal((widget.place_of(unit) if unit else middle).toPoint())
        elif target is None:
            layer = self._written_at(QPointF(event.pos()))[1]
            chosen = None if layer is None else Selection(layer - 1, 0)
        elif target[0] == "node":
            chosen = Selection(target[1] - 1, target[2])
        else:
            chosen = Selection(*self._state.shown.edges.weight_of(target[1]))
        if chosen is not None and chosen.source is not None:
            levels = ("weight",)
        elif layer is not None:
            levels = ("layer",)
        menu = None if chosen is None else edit_menu(widget, self._state.problem, chosen, levels)
        if menu is not None:
            menu.popup(place)
        return True

    def _keep_arrows(self, event: QKeyEvent) -> bool:
        """Keep the arrows from the window's shortcuts while they walk."""
        if self._state.walk and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            return False  # they go from stage to stage
        return claims_arrow(event, self._widget.view.focus is not None)

    def _edits(self, event: QKeyEvent) -> bool:
        """Remove the chosen neuron on Delete, or begin to type a value for the chosen weight."""
        chosen, widget = self._widget.view.selection, self._widget
        if chosen is None:
            return False
        if chosen.source is not None and event.text() and event.text() in _NUMBER_BEGINS:
            widget.weight_typed.emit(event.text())
            return True
        removal = EDIT_ACTIONS["remove-neuron"]
        if event.key() != Qt.Key.Key_Delete or chosen.source is not None:
            return False
        if removal.applies(self._state.problem, chosen):
            widget.edit_wanted.emit(removal.make(self._state.problem, chosen))
        return True

    def _press_key(self, event: QKeyEvent) -> bool:
        """Walk with arrows, expand layers with 1 to 9, fit; Escape ends focus, then close look."""
        key, widget, layout = event.key(), self._widget, self._state.layout
        focus, first = widget.view.focus, layout.columns[layout.expanded_layer or 1]
        if self._edits(event):
            return True
        if key in self._keys:
            self._keys[key]()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            widget.expand_layer(key - Qt.Key.Key_1 + 1)
        elif key == Qt.Key.Key_Escape and (focus or widget.view.selection):
            widget.focus_on(None)
        elif key == Qt.Key.Key_Escape and not widget.shows_whole:
            widget.fit()
        elif focus is None and key in _BEGIN:
            widget.focus_on((first.layer, first.middle_unit(first.shown.start)))
        elif focus is not None and key in _PAGES:
            widget.page_layer(focus[0], _PAGES[key])
        elif focus is not None and key in ARROWS:
            widget.focus_on(step(layout, focus, *ARROWS[key]))
        else:
            return False
        return True
