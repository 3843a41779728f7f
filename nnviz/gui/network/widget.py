"""The widget that shows the network: what is shown, from where, and when it is painted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.gui.frame import Selection
from nnviz.gui.look.color_scales import ColorScale, color_scales
from nnviz.gui.look.layer_names import output_titles
from nnviz.gui.look.themed import Themed
from nnviz.gui.network.captions import margins_for
from nnviz.gui.network.card import NetworkCard
from nnviz.gui.network.column import LayerColumn, Unit, column_specs
from nnviz.gui.network.drawing import line_height
from nnviz.gui.network.edges import Edges, all_edges, own_edges, weigh
from nnviz.gui.network.explanations import explain_edge, explain_unit
from nnviz.gui.network.figures import rows_with_room
from nnviz.gui.network.interaction import NetworkInteraction
from nnviz.gui.network.layout import Layout, VisibleRange, arrange, can_expand
from nnviz.gui.network.painter import NetworkPainter
from nnviz.gui.network.sample_activations import Mask, SampleActivations
from nnviz.gui.network.view_state import ChosenView, FigureText, NetworkViewState, Target
from nnviz.gui.network.walk_view import WalkView, walk_view
from nnviz.gui.overrides import guarded
from nnviz.gui.widgets.idle import READ_SECONDS, IdleTimer
from nnviz.training.problem import Problem
from nnviz.training.walk import Walk

NEAREST, FARTHEST = 12.0, 0.4
_STEP = 1.25
_CLOSE = 1.8  # nearness of a layer that is looked at but cannot be expanded
_EDGE_REACH = 5.0  # pixels from an edge that still count as on it
_BIAS_REACH = 9.0  # units of the layout
_ROOM = 24.0  # pixels from the picture's side that are not in view enough


@guarded
class NetworkWidget(Themed, QWidget):
    """Shows a network; repaints only what has changed, and in full detail once it is idle."""

    selected = Signal(object)
    """The person chose a neuron or a weight: a Selection, or None for none."""

    edit_wanted = Signal(object)
    """The person wants to change the network by hand: an Edit."""

    weight_typed = Signal(str)
    """The person begins to type a value for the marked weight: a character, or "" for none yet."""

    hovered = Signal(object)
    """The pointer is on another neuron: a Selection, or None for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("network-canvas")
        self.setAccessibleName(self.tr("Picture of the network"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 150)
        self.view = ChosenView()
        self.state: NetworkViewState | None = None
        """All that a painting needs to know; None before there is a network."""
        self._problem: Problem | None = None
        self._scales: tuple[ColorScale, ...] = ()
        self._activations: SampleActivations | None = None
        self._figures: tuple[tuple[FigureText, ...], ...] = ()
        self._walk: WalkView | None = None
        self._layout: tuple[object, Layout, int, Edges] | None = None
        self._painter = NetworkPainter()
        self._refining: Iterator[None] = iter(())
        self.touchable = False
        """Whether there is somebody to press anything, as there is not in a picture."""
        self._card = NetworkCard("network-card", self)
        self.idle = IdleTimer(self)
        self.idle.timeout.connect(self._be_idle)
        self._slices = QTimer(self)
        self._slices.setInterval(0)
        self._slices.timeout.connect(self._refine)
        self.interaction = NetworkInteraction(self)

    @property
    def columns(self) -> tuple[LayerColumn, ...]:
        """What the picture is made of, the inputs first."""
        return self.state.layout.columns if self.state else ()

    @property
    def undrawn(self) -> int:
        """Number of weights that the last painting left out."""
        return self._painter.undrawn(self.state) if self.state else 0

    @property
    def camera(self) -> QTransform:
        """From the layout to the widget."""
        zoom, x, y = self.view.zoom, self.view.x * self.width(), self.view.y * self.height()
        return QTransform(zoom, 0.0, 0.0, zoom, x, y)

    def to_layout(self, point: QPointF) -> tuple[float, float]:
        """Return the layout's point under a point of the widget."""
        found = self.camera.inverted()[0].map(point)
        return found.x(), found.y()

    def begin(self, problem: Problem) -> None:
        """Show the network of a new run, before its first moment.

        Who runs the same network again goes on looking at the same part of it.
        """
        self.idle.reset()
        if self._problem is not None and self._problem.shapes != problem.shapes:
            self.view = ChosenView(self.view.fill)
        self._problem, self._activations, self._walk, self._figures = problem, None, None, ()
        self._scales = color_scales(problem)
        self.look(hovered=None)

    def show_moment(self, activations: SampleActivations) -> None:
        """Show what the network is and does at a moment; what is read changes less often."""
        before, self._activations = self._activations, activations
        is_other = before is None or before.row != activations.row
        is_other |= before is not None and before.inspection.moved != activations.inspection.moved
        self._painter.forget(view=False)
        is_whole = self.idle.due("marks", READ_SECONDS) or is_other
        if is_whole:
            self._painter.forget_marks()
        if self.state is not None:
            every, own = self.state.every, self.state.own
            moment = self._moment(every.edges, own.edges if own else None)
            self._renew(replace(self.state, **moment), is_whole)
        if self.idle.due("cards", READ_SECONDS):
            self._explain()

    def show_figures(self, figures: tuple[tuple[FigureText, ...], ...]) -> None:
        """Say how each layer fares, of every column; whatever is read is told anew with it."""
        self._figures = figures
        if self.state is not None:
            self.state = replace(self.state, figures=figures)
        self._painter.forget_marks()
        self.update()

    def show_walk(self, walk: Walk | None, place: int = 0) -> None:
        """Show a stage of the passes in place of the moment as a whole; None for that again."""
        shown = self._activations
        self._walk = None
        if walk is not None and shown is not None:
            self._walk = walk_view(shown, walk, place, self._scales)
        self._painter.forget(view=True)
        self._renew_view()

    def look(self, **changes: Any) -> None:
        """Change what is seen: fields of `ChosenView`."""
        before, self.view = self.view.pointed, replace(self.view, **changes)
        if (unit := self.view.pointed) != before:
            self.hovered.emit(Selection(unit[0] - 1, unit[1]) if unit is not None else None)
        self._painter.forget(view=True)
        self._renew_view()
        self._explain()

    def _renew_view(self) -> None:
        self._renew(self._state_of(self._problem) if self._problem is not None else None)

    def _renew(self, state: NetworkViewState | None, is_whole: bool = True) -> None:
        """Have the view painted anew, all or what always moves, and refined once it is idle."""
        self.state = state
        self._slices.stop()
        moves = self.idle.update()
        self.update(self.rect() if is_whole or not moves or state is None else state.moving_part)

    def move_view(self, by: QPointF) -> None:
        """Push the picture by so many pixels."""
        x, y = by.x() / max(self.width(), 1), by.y() / max(self.height(), 1)
        self.look(x=self.view.x + x, y=self.view.y + y)

    def set_hovered(self, target: Target | None, at: QPointF) -> None:
        """Point at something, and explain it beside a point of the widget."""
        if target != self.view.hovered:
            self.look(hovered=target)
            self._card.put_beside(at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new room; what was in the middle stays there."""
        self.look()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw the detail that was left out while nobody looked."""
        super().showEvent(event)
        self.look()

    def restyle(self) -> None:
        """Use other colours and fonts."""
        self.look()

    def _state_of(self, problem: Problem) -> NetworkViewState:
        """Return what is to be painted; places and edges are kept as long as they hold."""
        visible = self.view.visible_range
        key = (problem, self.size(), line_height(), visible)
        if self._layout is None or self._layout[0] != key:
            specs, margins = column_specs(problem), margins_for(problem, self.width())
            layout = arrange(specs, self.width(), self.height(), margins, visible)
            if rows := rows_with_room(problem, layout):
                margins = replace(margins, top=margins.top + rows * line_height())
                layout = arrange(specs, self.width(), self.height(), margins, visible)
            self._layout = key, layout, rows, all_edges(layout)
            if self.view.hovered and self.view.hovered[0] == "edge":
                self.view = replace(self.view, hovered=None)  # its number means another edge now
        _, layout, rows, edges = self._layout
        unit, alone = self.view.focus or self.view.pointed, self.view.focus is not None
        curved = alone or edges.curved
        own = own_edges(layout, unit, curved, from_image=not alone) if unit else None
        view = vars(self.view)
        return NetworkViewState(
            **(view if self._walk is None else {**view, "fill": "sample"}),
            **self._moment(edges, own),
            problem=problem,
            layout=layout,
            theme=self.theme,
            camera=self.camera,
            room=QRectF(self.rect()),
            output_names=output_titles(problem),
            touchable=self.touchable,
            figures=self._figures,
            figure_rows=rows,
        )

    def _moment(self, edges: Edges, own: Edges | None) -> dict[str, Any]:
        """Return what of a `NetworkViewState` another moment changes."""
        silenced: Mask = {}
        walk, painted = self._walk, self._activations
        if walk is not None:
            painted = walk.painted
        if painted is not None:
            silenced = walk.silenced if walk else painted.silenced()
            painted = painted.without(silenced) if silenced else painted
        return {
            "activations": walk.activations if walk else self._activations,
            "scales": walk.scales if walk else self._scales,
            "every": weigh(edges, painted),
            "own": weigh(own, painted) if own else None,
            "walk": walk,
            "silenced": silenced,
        }

    def _explain(self) -> None:
        """Say on a card what the mouse is over."""
        state, told = self.state, None
        if state is None:
            return
        if state.hovered and state.hovered[0] == "edge":
            told = explain_edge(state, state.hovered[1])
        elif state.pointed and state.pointed != state.focus:
            told = explain_unit(state, state.pointed)
        self._card.explain(told)

    @Slot()
    def _be_idle(self) -> None:
        self._explain()
        state = self.state
        if self.isVisible() and state and not state.shown.edges.curved and not state.hovered:
            self._refining = self._painter.refine(state, self.devicePixelRatioF())
            self._slices.start()

    @Slot()
    def _refine(self) -> None:
        for _ in self._refining:
            return
        self._slices.stop()
        self._painter.forget_marks()  # they say how many edges are not drawn
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as fast as the screen needs it, or as exactly as paper does."""
        painter, ratio = QPainter(self), self.devicePixelRatioF()
        if self.state is None:
            painter.fillRect(self.rect(), QColor(self.theme.surface))
        elif self.isVisible() and painter.deviceTransform().m11() == ratio:
            self._painter.paint_quickly(painter, self.state, ratio)
        else:
            # For an export, or a picture of the window with more pixels than the screen has.
            self._painter.paint(painter, self.state)

    def target_at(self, point: QPointF) -> Target | None:
        """Return the neuron or the drawn edge at a point of the widget, or None."""
        if self.state is None:
            return None
        (x, y), layout, edges = self.to_layout(point), self.state.layout, self.state.shown.edges
        node = layout.node_at(x, y)
        if node is None:
            drawn = self._painter.drawn(edges)
            edge = edges.nearest(x, y, _EDGE_REACH / self.view.zoom, drawn)
            if edge is not None:
                return ("edge", edge, 0)
            node = layout.node_at(x + _BIAS_REACH, y)  # its bias hangs on its left
            node = node if node and node[0] > 0 else None
        return ("node", *node) if node else None

    def titles_at(self, place: QPoint) -> Iterator[str]:
        """Yield what is at a point of the widget, in the words of the glossary."""
        return self.interaction.titles_at(QPointF(place)) if self.state is not None else iter(())

    def place_of(self, unit: Unit) -> QPointF:
        """Return where a neuron is in the widget; the middle if it is not shown."""
        place = self.columns[unit[0]].place_of(unit[1])
        if place is None:
            return QPointF(self.width() / 2, self.height() / 2)
        return self.camera.map(QRectF(*place).center())

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
        zoom = min(max(self.view.zoom * factor, FARTHEST), NEAREST)
        by, camera = zoom / self.view.zoom, self.camera
        self.look(zoom=zoom)
        corner = QPointF(camera.dx(), camera.dy()) - at
        self.move_view(corner * (by - 1))

    @Slot()
    def fit(self) -> None:
        """Show the whole network."""
        visible = VisibleRange(self.view.visible_range.first)
        self.look(visible_range=visible, zoom=1.0, x=0.0, y=0.0)

    @property
    def shows_whole(self) -> bool:
        """Whether the whole network is seen, from where it is seen at first."""
        return self.view.visible_range.expanded_layer is None and self.camera.isIdentity()

    def expand_layer(self, layer: int) -> None:
        """Let a layer fill the picture, with all its neurons as far as there is room."""
        if not 0 <= layer < len(self.columns):
            return
        self.fit()
        columns = self.columns
        if can_expand(columns, layer):
            self.look(visible_range=replace(self.view.visible_range, expanded_layer=layer))
        else:
            # Inputs and outputs have names beside them, at the picture's sides.
            ends = {0: 0.0, len(columns) - 1: float(self.width())}
            x = ends.get(layer, columns[layer].x)
            self.zoom(_CLOSE, QPointF(x, self.height() / 2))

    def focus_on(self, unit: Unit | None) -> None:
        """Choose a neuron: bring it into view and show its edges alone; None for those of all."""
        if self.state is not None:
            self.look(focus=unit, hovered=None)
            if unit is not None:
                self._reveal(unit)
            told = explain_unit(self.state, unit) if unit is not None else None
            self.setAccessibleDescription(told.spoken if told else "")
            self.selected.emit(Selection(unit[0] - 1, unit[1]) if unit is not None else None)

    def select_edge(self, edge: int) -> None:
        """Choose the weight that an edge of those shown stands for."""
        if self.state is not None:
            self.selected.emit(Selection(*self.state.shown.edges.weight_of(edge)))

    def scroll_layer(self, layer: int, by: int) -> None:
        """Show neurons further down or up in a layer that does not show all."""
        column = self.columns[layer]
        if column.hidden:
            first = min(column.shown.start + by, column.units - 1)
            self.look(visible_range=self.view.visible_range.scrolled(layer, first))

    def page_layer(self, layer: int, direction: int) -> None:
        """Scroll so that one neuron (or row) of those shown stays."""
        column = self.columns[layer]
        whole = len(column.shown) - column.across
        self.scroll_layer(layer, direction * max(whole, column.across))

    def _reveal(self, unit: Unit) -> None:
        """Scroll, close and move as little as needed for a neuron to be seen."""
        layer, number = unit
        column = self.columns[layer]
        if column.position(number) is None:
            self.scroll_layer(layer, column.first_for(column.thing(number)) - column.shown.start)
        seen, place = QRectF(self.rect()), self.place_of(unit)
        if seen.adjusted(_ROOM, _ROOM, -_ROOM, -_ROOM).contains(place):
            return
        expanded = self.view.visible_range.expanded_layer
        if self.view.zoom > 1 and expanded in (None, layer):
            self.move_view(seen.center() - place)
        elif expanded != layer:
            self.fit()
