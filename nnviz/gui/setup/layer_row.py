"""One layer of the network in one line: its name, its neurons, their activation."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense, LayerSpec
from nnviz.gui.look.theme import Theme
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.buttons import IconButton
from nnviz.gui.setup.choice import ChoiceBox, Entry
from nnviz.gui.setup.entries import entries_of
from nnviz.gui.setup.ladder import Limits
from nnviz.gui.setup.number import NumberField
from nnviz.gui.setup.themed import Ink
from nnviz.training.choices import Offers
from nnviz.training.layer_settings import LAYER_SETTINGS

NAME_WIDTH = 58
"""Pixels of a layer's name."""

_UNITS_WIDTH = 44
_STEP_WIDTH = 16


def part_name(index: int, part: str) -> str:
    """Return the object name of a control of the layer at a place."""
    return f"layer-{index + 1}-{part.replace('_', '-')}"


def line_of(*widgets: QWidget) -> QHBoxLayout:
    """Return controls side by side."""
    line = QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(1)
    for widget in widgets:
        line.addWidget(widget)
    return line


def remove_button(row: QWidget, theme: Theme) -> IconButton:
    """Return the cross at the end of a row."""
    return IconButton(
        "x",
        row.tr("Remove layer"),
        row.tr("Remove this layer."),
        theme,
        width=_STEP_WIDTH,
        icon_side=12,
    )


class LayerRow(QWidget):
    """The controls of one layer; what is chosen is told with the layer's place.

    Parameters
    ----------
    index
        Place among the layers, from 0; -1 for the output layer.
    theme
        Colours.
    """

    setting_chosen = Signal(int, str, object)
    """Place, name of the setting, its new value."""

    activation_chosen = Signal(int, str)
    removal_asked = Signal(int)

    def __init__(self, index: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = index
        self.theme = theme
        self.lines = QVBoxLayout(self)
        self.lines.setContentsMargins(0, 0, 0, 0)
        self.lines.setSpacing(2)
        self._line = line_of()
        self.lines.addLayout(self._line)
        self.activation = ChoiceBox(self._entries())
        self.activation.set_hint(self.tr("How a neuron answers to the weighted sum of its inputs."))
        self.activation.setAccessibleName(self.tr("Activation"))
        self.activation.chosen.connect(self._choose_activation)

    def parts(self) -> dict[str, QWidget]:
        """Return the controls by the last piece of their setting's path."""
        raise NotImplementedError

    def show_layer(self, layer: LayerSpec, offers: Offers) -> None:
        """Show a layer, and which activations it can have."""
        self.activation.show_offers(offers)
        self.activation.show_name(layer.activation)

    def _entries(self) -> Iterable[Entry]:
        return entries_of(ACTIVATIONS)

    @Slot(str)
    def _choose_activation(self, name: str) -> None:
        self.activation_chosen.emit(self.index, name)


class HiddenRow(LayerRow):
    """A hidden layer of neurons: everything about it can be chosen."""

    amount = "units"
    """The setting that says how many neurons there are."""

    def __init__(self, index: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(index, theme, parent)
        title, hint = self._words()
        self.units = NumberField(title, Limits.within(LAYER_SETTINGS[self.amount].range))
        self.units.set_plain()
        self.units.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.units.setFixedWidth(_UNITS_WIDTH)
        set_tool_tip(self.units, hint)
        self.fewer = self._step("minus", self.tr("Fewer neurons"), self.tr("One neuron fewer."))
        self.more = self._step("plus", self.tr("More neurons"), self.tr("One neuron more."))
        self.remove = remove_button(self, theme)
        named = {self.amount: self.units, "fewer": self.fewer, "more": self.more}
        named |= {"activation": self.activation, "remove": self.remove}
        for part, control in named.items():
            control.setObjectName(part_name(index, part))
        for control in (self.fewer, self.units, self.more):
            self._line.addWidget(control)
        self._line.addSpacing(1)
        self._line.addWidget(self.activation)
        self._line.addWidget(self.remove)
        self._connect()

    def parts(self) -> dict[str, QWidget]:
        """Return the controls by the last piece of their setting's path."""
        return {self.amount: self.units, "activation": self.activation}

    def show_layer(self, layer: LayerSpec, offers: Offers) -> None:
        """Show a layer, and which activations it can have."""
        super().show_layer(layer, offers)
        units = int(getattr(layer, self.amount))
        self.units.show_value(units)
        self.fewer.setEnabled(units > 1)
        self.more.setEnabled(units < self.units.limits.high)

    def _words(self) -> tuple[str, str]:
        """Return the title and the tooltip of the number of neurons."""
        return self.tr("Neurons"), self.tr(
            "Neurons in this layer: more can bend more, and learn by heart more."
        )

    def _step(self, icon: str, text: str, hint: str) -> IconButton:
        button = IconButton(
            icon, text, hint, self.theme, width=_STEP_WIDTH, icon_side=12, filled=True
        )
        button.setAutoRepeat(True)
        return button

    def _connect(self) -> None:
        self.fewer.clicked.connect(self.units.stepDown)
        self.more.clicked.connect(self.units.stepUp)
        self.units.committed.connect(self._choose_units)
        self.remove.clicked.connect(self._ask_removal)

    @Slot(float)
    def _choose_units(self, units: float) -> None:
        self.setting_chosen.emit(self.index, self.amount, int(units))

    @Slot()
    def _ask_removal(self) -> None:
        self.removal_asked.emit(self.index)


class OutputRow(LayerRow):
    """The output layer: the task fixes how many neurons it has."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(-1, theme, parent)
        self.units = Ink("", theme, "muted")
        self.units.setObjectName("output-units")
        self.units.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.units.setFixedWidth(2 * _STEP_WIDTH + _UNITS_WIDTH + 2)
        set_tool_tip(
            self.units,
            self.tr("The task decides: one output for a number or two classes, else one a class."),
        )
        self.activation.setObjectName("output-activation")
        self._line.addWidget(self.units)
        self._line.addSpacing(1)
        self._line.addWidget(self.activation)

    def parts(self) -> dict[str, QWidget]:
        """Return the controls by the last piece of their setting's path."""
        return {"units": self.units, "activation": self.activation}

    def show_layer(self, layer: LayerSpec, offers: Offers) -> None:
        """Show the layer, and which activations it can have."""
        super().show_layer(layer, offers)
        assert isinstance(layer, Dense)  # no other layer can be the last
        self.units.setText(str(layer.units))
        self.units.setAccessibleName(self.tr("{count} outputs").format(count=layer.units))
