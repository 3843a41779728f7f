"""The widget that shows the network: what is shown, from where, and when it is painted."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.gui.look.themed import Themed
from nnviz.gui.network.captions import margins_for
from nnviz.gui.network.card import NetworkCard
from nnviz.gui.network.column import Unit, column_specs
from nnviz.gui.network.edges import WeightedEdges, all_edges, own_edges, weigh
from nnviz.gui.network.explanations import explain_edge, explain_unit
from nnviz.gui.network.interaction import NetworkInteraction
from nnviz.gui.network.layout import Layout, VisibleRange, arrange, can_expand
from nnviz.gui.network.painter import IdleRefinement, NetworkPainter, PaintRequest
from nnviz.gui.network.sample_activations import SampleActivations, color_scales
from nnviz.gui.network.view_state import Camera, Fill, NetworkViewState, Target
from nnviz.gui.overrides import guarded
from nnviz.gui.widgets.idle import READ_SECONDS, IdleTimer
from nnviz.training.problem import Problem

_STEP = 1.25
_CLOSE = 1.8
"""Nearness of a layer that is looked at but cannot be expanded."""

_ROOM = 24.0  # pixels from the picture's side that are not in view enough


@guarded
class NetworkWidget(Themed, QWidget):
    """Shows a network; repaints only what has changed, and in full detail once it is idle."""

    focused = Signal(object)
    """The neuron looked at alone now, (layer, unit), or None."""

    hovered = Signal(object)
    """What the mouse is over now: a `Target` or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("network-canvas")
        self.setAccessibleName(self.tr("Picture of the network"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.state: NetworkViewState | None = None
        self.visible_range = VisibleRange()
        self.focus: Unit | None = None
        self.camera = Camera()
        self.offset = (0.0, 0.0)
        """The camera's, in shares of the widget's width and height: it survives a resize."""
        self._touchable = False
        self._every: WeightedEdges | None = None
        self._own: WeightedEdges | None = None
        self._painter = NetworkPainter()
        self._refinement: IdleRefinement | None = None
        self._card = NetworkCard("network-card", self)
        self._pinned_card = NetworkCard("network-pinned-card", self)
        self.idle = IdleTimer(self)
        self.idle.timeout.connect(self._be_idle)
        self._slices = QTimer(self)
        self._slices.setInterval(0)
        self._slices.timeout.connect(self._refine)
        self.interaction = NetworkInteraction(self)

    # ---------------------------------------------------------------------------- what is shown

    @property
    def request(self) -> PaintRequest | None:
        """All that a painting needs to know."""
        if self.state is None or self._every is None:
            return None
        return PaintRequest(self.state, self._every, self._own, self.size())

    @property
    def undrawn(self) -> int:
        """Number of weights that the last painting left out."""
        return self._painter.undrawn(self.request) if self.request else 0

    def begin(self, problem: Problem, fill: Fill) -> None:
        """Show the network of a new run, before its first moment.

        Who runs the same network again goes on looking at the same part of it.
        """
        before = self.state
        self.idle.reset()
        if before is not None and before.problem.shapes != problem.shapes:
            self.visible_range, self.focus = VisibleRange(), None
            self.camera, self.offset = Camera(), (0.0, 0.0)
        if self.focus and not _exists(problem, self.focus):
            self.focus = None
        self.state = NetworkViewState(
            problem,
            self._arranged(problem, self.visible_range),
            color_scales(problem),
            self.theme,
            self.font(),
            fill,
            self.camera,
            focus=self.focus,
            touchable=self._touchable,
        )
        self._take_layout()

    def show_moment(self, activations: SampleActivations) -> None:
        """Show what the network is and does at a moment."""
        if self.state is None or self._every is None:
            return
        self.state = replace(self.state, activations=activations)
        self._every = weigh(self._every.edges, activations)
        self._own = weigh(self._own.edges, activations) if self._own else None
        self._changed()
        if self.idle.due("cards", READ_SECONDS):
            self._explain()

    def set_fill(self, fill: Fill) -> None:
        """Choose what fills the neurons."""
        self._change(fill=fill)

    def set_touchable(self, touchable: bool) -> None:
        """Say whether there is somebody to press what is drawn."""
        self._touchable = touchable
        self._change(touchable=touchable)

    def set_focus(self, focus: Unit | None) -> None:
        """Show the edges of one neuron alone, or all."""
        self.focus = focus
        if self.state is not None and focus != self.state.focus:
            self._change(focus=focus, hovered=None)
            self._choose_own()
            self._explain()

    def set_hovered(self, target: Target | None, at: QPointF) -> None:
        """Point at something, and explain it beside a point of the widget."""
        if self.state is None or target == self.state.hovered:
            return
        self._change(hovered=target)
        if self.state.focus is None:
            self._choose_own()
        self._explain()
        self._card.put_beside(at)
        self.hovered.emit(target)

    def set_visible_range(self, visible: VisibleRange) -> None:
        """Show another part of large layers."""
        self.visible_range = visible
        self._arrange()

    def look_from(self, camera: Camera) -> None:
        """Move the view."""
        wide, high = max(self.width(), 1), max(self.height(), 1)
        self.look_at(camera.zoom, camera.dx / wide, camera.dy / high)

    def look_at(self, zoom: float, x: float, y: float) -> None:
        """Move the view so that its offset is these shares of the widget, whatever its size."""
        self.offset = (x, y)
        self.camera = Camera(zoom, x * self.width(), y * self.height())
        self._change(camera=self.camera)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new room; what was in the middle stays there."""
        self._arrange()
        self.look_at(self.camera.zoom, *self.offset)
        self._explain()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw the detail that was left out while nobody looked."""
        super().showEvent(event)
        self._changed()

    def restyle(self) -> None:
        """Use other colours and fonts."""
        self._change(theme=self.theme, font=self.font())
        self._arrange()

    def _arranged(self, problem: Problem, visible: VisibleRange) -> Layout:
        margins = margins_for(problem, self.font(), self.width())
        return arrange(column_specs(problem), self.width(), self.height(), margins, visible)

    def _arrange(self) -> None:
        if self.state is not None:
            layout = self._arranged(self.state.problem, self.visible_range)
            hovered = self.state.hovered
            if hovered and hovered[0] == "edge":
                hovered = None  # its number means another edge now
            self.state = replace(self.state, layout=layout, hovered=hovered)
            self._take_layout()

    def _take_layout(self) -> None:
        """Find the edges that go with the layout."""
        if self.state is not None:
            self._every = weigh(all_edges(self.state.layout), self.state.activations)
            self._choose_own()
            self._explain()

    def _choose_own(self) -> None:
        """Find the edges of the neuron in focus, or else under the mouse."""
        state, self._own = self.state, None
        if state is not None and self._every is not None:
            unit, alone = state.focus or state.pointed, state.focus is not None
            curved = alone or self._every.edges.curved
            if unit is not None:
                edges = own_edges(state.layout, unit, curved, from_image=not alone)
                self._own = weigh(edges, state.activations)
        self._changed()

    def _change(self, **changes: object) -> None:
        if self.state is not None:
            self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self._changed()

    def _explain(self) -> None:
        """Say on cards what is in focus, and what the mouse is over."""
        state, request = self.state, self.request
        if state is None or request is None:
            return
        self._pinned_card.explain(explain_unit(state, state.focus) if state.focus else None)
        if state.focus:
            move, zoom = (self.camera.dx, self.camera.dy), self.camera.zoom
            things = [column.points * zoom + move for column in state.layout.columns]
            things.append(np.array([self.place_of(state.focus).toTuple()]))
            self._pinned_card.put_in_corner(things, 2 * state.line)
        told = None
        if state.hovered and state.hovered[0] == "edge":
            told = explain_edge(state, request.shown.edges, state.hovered[1])
        elif state.pointed and state.pointed != state.focus:
            told = explain_unit(state, state.pointed)
        self._card.explain(told)

    # --------------------------------------------------------------------------------- painting

    def _changed(self) -> None:
        """Repaint soon, quickly; and in full detail when nothing has changed for a while."""
        self._painter.forget_moment()
        self._refinement = None
        self._slices.stop()
        self.idle.update()
        self.update()

    @Slot()
    def _be_idle(self) -> None:
        self._explain()
        request = self.request
        if self.isVisible() and request is not None and request.refines:
            self._refinement = self._painter.refinement(request, self.devicePixelRatioF())
            self._slices.start()

    @Slot()
    def _refine(self) -> None:
        request = self.request
        if self._refinement is None or request is None:
            self._slices.stop()
        elif self._painter.refine(self._refinement, request):
            self._refinement = None
            self._slices.stop()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as fast as the screen needs it, or as exactly as paper does."""
        painter = QPainter(self)
        request, ratio = self.request, self.devicePixelRatioF()
        if request is None:
            painter.fillRect(self.rect(), QColor(self.theme.surface))
        elif self.isVisible() and painter.deviceTransform().m11() == ratio:
            whole = event.rect() == self.rect()
            self._painter.paint_quickly(painter, request, ratio, learn=whole)
        else:
            # For an export, or a picture of the window with more pixels than the screen has.
            self._painter.paint(painter, request)

    # ----------------------------------------------------------------- where one looks, and finds

    def target_at(self, point: QPointF, reach: float) -> Target | None:
        """Return the neuron, or the drawn edge within reach of a point of the widget, or None."""
        request = self.request
        if request is None:
            return None
        x, y = self.camera.to_layout(point)
        node = request.state.layout.node_at(x, y)
        if node is not None:
            return ("node", *node)
        drawn, edges = self._painter.drawn, request.shown.edges
        edge = edges.nearest(x, y, reach / self.camera.zoom, drawn[drawn < len(edges)])
        return ("edge", edge, 0) if edge is not None else None

    def place_of(self, unit: Unit) -> QPointF:
        """Return where a neuron is in the widget; the middle if it is not shown."""
        place = self.state.layout.columns[unit[0]].place_of(unit[1]) if self.state else None
        if place is None:
            return QPointF(self.width() / 2, self.height() / 2)
        return self.camera.to_screen(place[0] + place[2] / 2, place[1] + place[3] / 2)

    @property
    def current_layer(self) -> int:
        """The layer that is looked at: of the neuron in focus, or expanded, or the first."""
        return self.focus[0] if self.focus else self.visible_range.expanded_layer or 1

    @Slot()
    def zoom_in(self) -> None:
        """Look closer at the middle."""
        self.zoom(_STEP, QPointF(self.width() / 2, self.height() / 2))

    @Slot()
    def zoom_out(self) -> None:
        """Step back from the middle."""
        self.zoom(1 / _STEP, QPointF(self.width() / 2, self.height() / 2))

    def zoom(self, factor: float, at: QPointF) -> None:
        """Look closer by a factor; what is at a point of the widget stays there."""
        self.look_from(self.camera.zoomed(factor, at))

    @Slot()
    def fit(self) -> None:
        """Show the whole network."""
        self.set_visible_range(VisibleRange(self.visible_range.first))
        self.look_from(Camera())

    def expand_layer(self, layer: int) -> None:
        """Let a layer fill the picture, with all its neurons as far as there is room."""
        if self.state is None or not 0 <= layer < len(self.state.layout.columns):
            return
        self.fit()
        if can_expand(self.state.layout.columns, layer):
            self.set_visible_range(VisibleRange(self.visible_range.first, layer))
        else:
            # Inputs and outputs have names beside them, at the picture's sides.
            last, x = len(self.state.layout.columns) - 1, self.state.layout.columns[layer].x
            x = 0.0 if layer == 0 else self.width() if layer == last else x
            self.zoom(_CLOSE, QPointF(x, self.height() / 2))

    def focus_on(self, unit: Unit) -> None:
        """Bring a neuron into view and show its edges alone."""
        if self.state is None:
            return
        self.set_focus(unit)
        self._reveal(unit)
        explanation = explain_unit(self.state, unit)
        self.setAccessibleDescription(explanation.spoken if explanation else "")
        self.focused.emit(unit)

    @Slot()
    def end_focus(self) -> None:
        """Show the edges of all neurons again."""
        if self.focus is not None:
            self.set_focus(None)
            self.setAccessibleDescription("")
            self.focused.emit(None)

    def scroll_layer(self, layer: int, by: int) -> None:
        """Show neurons further down or up in a layer that does not show all."""
        if self.state is not None and self.state.layout.columns[layer].hidden:
            column = self.state.layout.columns[layer]
            first = min(column.above + by, column.units - 1)
            self.set_visible_range(self.visible_range.scrolled(layer, first))

    def page_layer(self, layer: int, direction: int) -> None:
        """Scroll so that one neuron (or row) of those shown stays."""
        if self.state is not None:
            column = self.state.layout.columns[layer]
            whole = column.shown.size - column.across
            self.scroll_layer(layer, direction * max(whole, column.across))

    def _reveal(self, unit: Unit) -> None:
        """Scroll, close and move as little as needed for a neuron to be seen."""
        if self.state is None:
            return
        column = self.state.layout.columns[unit[0]]
        if column.position(unit[1]) is None:
            first = column.first_for(column.thing(unit[1]))
            self.set_visible_range(self.visible_range.scrolled(unit[0], first))
        seen, place = QRectF(self.rect()), self.place_of(unit)
        if seen.adjusted(_ROOM, _ROOM, -_ROOM, -_ROOM).contains(place):
            return
        if self.visible_range.expanded_layer not in (None, unit[0]):
            self.fit()
        elif self.camera.zoom > 1:
            self.look_from(self.camera.moved(seen.center() - place))
        elif self.visible_range.expanded_layer is None:
            self.look_from(Camera())


def _exists(problem: Problem, unit: Unit) -> bool:
    layer, number = unit
    return layer < len(problem.shapes) and number < math.prod(problem.shapes[layer])
