"""The controls of the inspector: the value of a weight to type, and buttons for all other edits."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from nnviz.gui.edits import (
    EDIT_ACTIONS,
    EditAction,
    Level,
    actions_for,
    activations_of,
    has_weights,
    unit_of,
)
from nnviz.gui.frame import Selection
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.widgets.buttons import SmallButton, ToggleButton
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.number_range import NumberRange, even_steps
from nnviz.gui.widgets.text_labels import WrappedLabel
from nnviz.training.backward import BIAS
from nnviz.training.edits import SetActivation, SetWeight
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

_LARGEST, _STEP = 1e6, 0.1
_FIELD, _CHOICE = 8, 9
"""Widths in heights of a line."""


class EditControls(QWidget):
    """Changes the chosen weight, or the chosen neuron and its layer, by hand."""

    wanted = Signal(object)
    """The person wants this Edit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: tuple[Problem, Selection] | None = None
        self._low = False
        numbers = NumberRange(-_LARGEST, _LARGEST, step=even_steps(_STEP))
        self.field = NumberField(self.tr("Value"), numbers, self)
        self.field.setObjectName("inspector-value")
        self.field.setFixedWidth(em(self, _FIELD))
        set_tool_tip(self.field, self.tr("Type another value; training goes on with it."))
        self.field.committed.connect(self._set_weight)
        self.activation = ChoiceBox((), self)
        self.activation.setObjectName("inspector-activation")
        self.activation.setAccessibleName(self.tr("Activation of this layer"))
        self.activation.setFixedWidth(em(self, _CHOICE))
        self.activation.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.activation.set_hint(self.tr("Another activation for this layer; weights stay."))
        self.activation.chosen.connect(self._set_activation)
        self.buttons = {a.key: self._button(a) for a in EDIT_ACTIONS.values() if a.in_inspector}
        self.message = WrappedLabel("error", self, "inspector-message")
        self.field.refused.connect(self.message.set_message)
        of: dict[str, list[SmallButton]] = {level: [] for level in ("weight", "neuron", "layer")}
        for key, button in self.buttons.items():
            of[EDIT_ACTIONS[key].level].append(button)
        gap = SPACE // 2
        upper = filled(QHBoxLayout(), self.field, *of["weight"], *of["neuron"], None, spacing=gap)
        lower = filled(QHBoxLayout(), self.activation, *of["layer"], None, spacing=gap)
        filled(QVBoxLayout(self), upper, lower, self.message, spacing=gap)

    def show_chosen(self, inspection: Inspection, chosen: Selection) -> None:
        """Show what can be done to a weight or neuron, and the weight's value at a moment."""
        problem = inspection.problem
        if self._chosen != (problem, chosen):
            self._chosen = problem, chosen
            self.field.restore()
            self.message.set_message("")
            self._offer(problem, chosen)
        if not self.field.isHidden():
            assert chosen.source is not None
            place = inspection.place_of(chosen.layer, chosen.unit, chosen.source)
            self.field.show_value(float(inspection.snapshot.parameters[place]))

    def set_low(self, low: bool) -> None:
        """Leave the layer to the picture's menu where there is little height."""
        if low != self._low:
            self._low = low
            if self._chosen is not None:
                self._offer(*self._chosen)

    def show_refusal(self, sentence: str) -> None:
        """Say why the last edit cannot be, and show what holds."""
        if self._chosen is not None:
            self._offer(*self._chosen)
        self.field.write(self.field.value)
        self.message.set_message(sentence)

    @Slot(str)
    def begin_typing(self, text: str) -> None:
        """Have the value typed, beginning with a text; "" takes the place of all there is."""
        if self.field.isHidden():
            return
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()
        if text:
            self.field.lineEdit().insert(text)
            self.field.keep_text()

    def _button(self, action: EditAction) -> SmallButton:
        kind = SmallButton if not action.toggles else ToggleButton
        button = kind(translated(action.text), translated(action.tip), self)
        button.setObjectName(f"inspector-{action.key}")
        button.clicked.connect(partial(self._do, action.key))
        return button

    def _offer(self, problem: Problem, chosen: Selection) -> None:
        is_weight = chosen.source is not None
        levels: tuple[Level, ...] = ("neuron",) if self._low else ("neuron", "layer")
        offered = actions_for(problem, chosen, *(("weight",) if is_weight else levels))
        for key, button in self.buttons.items():
            action = EDIT_ACTIONS[key]
            button.setVisible(action in offered)
            if action.toggles:
                button.setChecked(action in offered and action.holds(problem, chosen))
        self.field.setVisible(is_weight and has_weights(problem, chosen))
        name, titles = activations_of(problem, chosen)
        self.activation.setVisible(bool(titles) and not is_weight and not self._low)
        if self.activation.names() != list(titles):
            self.activation.fill(Entry(*each) for each in titles.items())
        self.activation.show_value(name)

    def _do(self, key: str) -> None:
        if self._chosen is not None:
            self.message.set_message("")
            self.wanted.emit(EDIT_ACTIONS[key].make(*self._chosen))

    @Slot(float)
    def _set_weight(self, value: float) -> None:
        if self._chosen is not None:
            problem, chosen = self._chosen
            source = None if chosen.source == BIAS else chosen.source
            self.wanted.emit(SetWeight(chosen.layer, unit_of(problem, chosen), source, value))

    @Slot(str)
    def _set_activation(self, name: str) -> None:
        if self._chosen is not None:
            self.wanted.emit(SetActivation(self._chosen[1].layer, name))
