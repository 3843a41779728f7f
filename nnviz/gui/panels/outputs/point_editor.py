"""Points under the person's hand: added, moved, relabelled and deleted in a picture of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from nnviz.datasets.dataset import Dataset
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import exact
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import class_titles, translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label
from nnviz.gui.widgets.arrows import ARROWS, claims_arrow
from nnviz.gui.widgets.buttons import ToggleButton
from nnviz.gui.widgets.choice_box import ViewChoice
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.number_range import NumberRange
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.edits import AddPoint, DeletePoint, MovePoint, RelabelPoint
from nnviz.training.problem import Problem

if TYPE_CHECKING:
    from nnviz.gui.panels.outputs.base import PlotView

_STILL = 4.0
"""Pixels a hand may tremble in a click."""

_WIDTH = 5
"""Of the control that says what a new point is, in heights of a line."""

_LARGEST = 1e9
_Shape = Qt.CursorShape
_HANDLERS = {
    QEvent.Type.MouseButtonPress: "_press",
    QEvent.Type.MouseMove: "_move",
    QEvent.Type.MouseButtonRelease: "_release",
    QEvent.Type.MouseButtonDblClick: "_double_click",
    QEvent.Type.ContextMenu: "_open_menu",
    QEvent.Type.ShortcutOverride: "_claim_key",
    QEvent.Type.KeyPress: "_press_key",
}
_NUDGE = 0.01
"""Share of the axes that a point is moved by an arrow key."""


@guarded
class PointEditor(QObject):
    """Turns mouse and keys over a view's points into edits, while its switch is pressed.

    Whether it is or not, the ring around the chosen sample can be dragged while the data stay as
    they are, to see what the network would answer elsewhere.

    Parameters
    ----------
    view
        Whose axes are the inputs.
    upward
        Whether the vertical axis is the target instead.
    """

    wanted = Signal(object)
    """The person edits a point: a PointEdit."""

    def __init__(self, view: PlotView, upward: bool = False) -> None:
        super().__init__(view)
        self._upward = upward
        self._pressed: QPointF | None = None
        self._row: int | None = None
        self._dragged = False
        self._samples: Dataset | None = None
        tip = self.tr("Add, move, relabel and delete samples; training goes on with them.")
        self.switch = ToggleButton(self.tr("Edit data"), tip, view)
        self.switch.toggled.connect(self._show_controls)
        view.header.add(self.switch)
        self._make_controls(view)
        for part in (view.plot, view.plot.viewport()):
            part.installEventFilter(self)

    @property
    def _view(self) -> PlotView:
        """The view; not kept, for what is in a circle only the garbage collector takes away."""
        return cast("PlotView", self.parent())

    def _make_controls(self, view: PlotView) -> None:
        """Make the row that says what a new point is, and what a hand can do."""
        name = f"{view.objectName()}-edit"
        self.kind = ViewChoice(f"{name}-class", self.tr("Class of a new point"), view, _WIDTH)
        self._title = small(Label(parent=view))
        self.target = NumberField(self.tr("Target"), NumberRange(-_LARGEST, _LARGEST), view)
        self.target.committed.connect(self.target.show_value)
        self.target.refused.connect(self._say)
        self._hint = small(ElidedLabel(view))
        parts = self._title, self.kind, self.target, self._hint
        self._controls = QWidget(view)
        filled(QHBoxLayout(self._controls), *parts, spacing=SPACE, wide=self._hint)
        self.switch.setObjectName(name)
        self.target.setObjectName(f"{name}-target")
        self.target.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.target.setFixedWidth(em(view, _WIDTH))
        view.column.insertWidget(1, self._controls)
        self._controls.hide()

    def begin(self, problem: Problem) -> None:
        """Offer what a new point of these data can be."""
        names = problem.dataset.class_names
        self.kind.offer(class_titles(problem.dataset), "0")
        self.kind.setVisible(bool(names))
        self.target.setVisible(not names and not self._upward)
        self._title.setText(self.tr("Click adds"))
        self._title.setHidden(self._upward)
        if self._samples is not problem.samples:
            self._samples = problem.samples
            if not names:
                self.target.show_value(float(f"{np.median(problem.target_values):.3g}"))
        self._show_controls()

    @Slot()
    def _show_controls(self) -> None:
        self.switch.setVisible(not self._view.bare)
        self._controls.setVisible(self.switch.isChecked() and not self._view.bare)
        self._say("")
        self._view.plot.viewport().unsetCursor()

    @Slot(str)
    def _say(self, refusal: str) -> None:
        said = self.tr("Drag or arrow keys move, right-click changes, Delete deletes")
        brief = self.tr("Drag moves, right-click changes")
        if self._upward:
            said = self.tr("Click adds a point, drag moves it, Delete deletes it")
            brief = self.tr("Click adds, drag moves")
        self._hint.set_texts(*([refusal] if refusal else [said, brief, self.tr("Drag moves")]))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle what a hand does; return whether it meant anything here."""
        name = _HANDLERS.get(event.type())
        handled = name is not None and self._view.problem is not None
        return handled and bool(getattr(self, name or "")(event))

    def _double_click(self, _event: QMouseEvent) -> bool:
        """Let a second click mean nothing, where it would show the whole."""
        return self.switch.isChecked()

    def _press(self, event: QMouseEvent) -> bool:
        """Take hold of a point, or of the ring; on empty ground wait for what follows."""
        at, view, edits = event.position(), self._view, self.switch.isChecked()
        if event.button() != Qt.MouseButton.LeftButton or not view.chart.box.contains(at):
            return edits
        if edits:
            self._row = view.points.row_at(at, closely=True)
            view.plot.setFocus()
            if self._row is not None:
                view.row_chosen.emit(self._row)
        elif not view.points.is_on_ring(at):
            return False
        self._pressed, self._dragged = at, False
        return True

    def _move(self, event: QMouseEvent) -> bool:
        """Drag what is held; else say by the pointer's shape what a press would do."""
        at, view, edits = event.position(), self._view, self.switch.isChecked()
        if self._pressed is None:
            points = view.points
            holds = points.row_at(at, closely=True) is not None if edits else points.is_on_ring(at)
            shape = _Shape.OpenHandCursor if holds else _Shape.ArrowCursor
            if edits and not holds and view.chart.box.contains(at):
                shape = _Shape.CrossCursor
            view.plot.viewport().setCursor(shape)
            return False
        if self._dragged or (at - self._pressed).manhattanLength() >= _STILL:
            self._dragged = True
            x, y = self._place(at)
            if not edits:
                view.move_wanted.emit((x,) if self._upward else (x, y))
            elif self._row is not None:
                view.points.drag(self._row, x, y)
            view.plot.viewport().setCursor(_Shape.ClosedHandCursor)
        return True

    def _release(self, event: QMouseEvent) -> bool:
        """Add a point where a click was, or leave one where it was dragged to."""
        if self._pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return self.switch.isChecked()
        (x, y), row = self._place(event.position()), self._row
        self._pressed = self._row = None
        self._view.plot.viewport().unsetCursor()
        inputs = (x,) if self._upward else (x, y)
        if not self.switch.isChecked():
            return True
        if row is not None and self._dragged:
            self._move_to(row, x, y)
        elif row is None and not self._dragged:
            self.wanted.emit(AddPoint(inputs, y if self._upward else self._chosen_target()))
        return True

    def _place(self, at: QPointF) -> tuple[float, float]:
        """Return which point of the plane is at a place of the plot."""
        return self._within(*self._view.chart.value(at).toTuple())

    def _within(self, *point: float) -> tuple[float, float]:
        """Return a point of the plane, or the one nearest to it within the axes."""
        ranges = self._view.chart.shown
        x, y = (min(max(v, a), b) for v, (a, b) in zip(point, ranges, strict=True))
        return float(f"{x:.4g}"), float(f"{y:.4g}")

    def _move_to(self, row: int, x: float, y: float) -> None:
        inputs = (x,) if self._upward else (x, y)
        self.wanted.emit(MovePoint(row, inputs, y if self._upward else None))

    def _chosen_target(self) -> float:
        is_class = self._view.problem is not None and self._view.problem.dataset.class_names
        return float(self.kind.name) if is_class else self.target.value

    def _press_key(self, event: QKeyEvent) -> bool:
        """Move or delete the chosen point, or make it of another class by its number."""
        view, label = self._view, event.key() - Qt.Key.Key_1
        assert view.problem is not None
        if not self.switch.isChecked() or not view.points.has_ring:
            return False
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.wanted.emit(DeletePoint(view.row))
        elif 0 <= label < len(view.problem.dataset.class_names):
            self.wanted.emit(RelabelPoint(view.row, float(label)))
        elif event.key() in ARROWS:
            (right, down), (x, y) = ARROWS[event.key()], view.chart.shown
            problem, row = view.problem, view.row
            at = (*problem.dataset.inputs[row], problem.target_values.flat[row])
            to = at[0] + right * _NUDGE * (x[1] - x[0]), at[1] - down * _NUDGE * (y[1] - y[0])
            self._move_to(row, *self._within(*to))
        else:
            return False
        return True

    def _claim_key(self, event: QKeyEvent) -> bool:
        """Keep the arrows from the window's shortcuts while they move a point."""
        return claims_arrow(event, self.switch.isChecked() and self._view.points.has_ring)

    def _open_menu(self, event: QContextMenuEvent) -> bool:
        """Offer what can be done to the point under the pointer, by keys to the chosen one."""
        view, problem, by_keys = self._view, self._view.problem, event.Reason.Keyboard
        row = view.points.row_at(QPointF(event.pos()), closely=True)
        if event.reason() == by_keys and view.points.has_ring:
            row = view.row
        if not self.switch.isChecked() or row is None or problem is None:
            return self.switch.isChecked()
        view.row_chosen.emit(row)
        menu = QMenu(view)
        menu.setObjectName(f"{view.objectName()}-edit-menu")
        menu.aboutToHide.connect(menu.deleteLater)
        menu.triggered.connect(self._on_triggered)
        for label, name in enumerate(problem.dataset.class_names):
            if label != problem.labels[row]:
                text = self.tr("Make it “{name}”").format(name=translated(name))
                key = f"\t{label + 1}" if label < 9 else ""
                menu.addAction(text + key).setData(RelabelPoint(row, float(label)))
        if not problem.dataset.class_names and not self._upward:
            text = self.tr("Set its target to {value}").format(value=exact(self.target.value))
            menu.addAction(text).setData(RelabelPoint(row, self.target.value))
        menu.addAction(self.tr("Delete it\tDel")).setData(DeletePoint(row))
        menu.popup(event.globalPos())
        return True

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self.wanted.emit(action.data())
