"""The controls of one layer, made from what can be set about its kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnviz.engine.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    LayerSpec,
    MaxPool2D,
    pair,
)
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.gui.setup.controls import entries_of
from nnviz.gui.setup.ranges import number_range
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.icon_button import IconButton
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.text_labels import small
from nnviz.training.choices import Offers
from nnviz.training.layer_settings import LAYER_SETTINGS
from nnviz.training.setting import Setting

NAME_WIDTH = 3.6
"""Heights of a line of text that a layer's name is wide."""

UNITS_WIDTH = 2.75
STEP_WIDTH = 1.0

ROWS: dict[str, tuple[tuple[str, ...], ...]] = {
    Dense.kind: (("units", "activation"),),
    Conv2D.kind: (("filters", "activation"), ("kernel_size", "strides", "padding")),
    MaxPool2D.kind: (("pool_size",),),
    AveragePool2D.kind: (("pool_size",),),
    GlobalAveragePool2D.kind: (),
    Flatten.kind: (),
    Dropout.kind: (("rate",),),
    BatchNorm.kind: (),
}
"""The settings in the row of every kind in ``LAYERS``, line by line."""

_SIZES = {"kernel_size": (1, 3, 5, 7), "strides": (1, 2, 3), "pool_size": (2, 3, 4)}
_COUNTS = ("units", "filters")


class SizeBox(ChoiceBox):
    """A list of pairs of whole numbers, such as the sizes of kernels.

    Parameters
    ----------
    sides
        Of the usual squares; another pair is added when it is shown.
    pattern
        How one is written, translated: ``"{rows} × {columns}"``.
    """

    def __init__(self, sides: Sequence[int], pattern: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._pattern = pattern
        self.pairs: dict[str, tuple[int, int]] = {}
        for side in sides:
            self._add((side, side))

    def show_value(self, size: Any) -> None:
        """Show a pair, or a number that stands for both."""
        super().show_value(self._add(pair(size)))

    def _add(self, size: tuple[int, int]) -> str:
        rows, columns = size
        name = f"{rows}x{columns}"
        if name not in self.pairs:
            self.pairs[name] = size
            self.add(Entry(name, self._pattern.format(rows=rows, columns=columns)))
        return name


class PaddingBox(ChoiceBox):
    """The two ways to treat a picture's edge, and the numbers of a file that says others."""

    def show_value(self, padding: Any) -> None:
        """Show a way by its name, or how many pixels are added."""
        zeros = self.tr("Zeros around it keep the picture's size.")
        bare = self.tr("Nothing: the picture loses its edges.")
        self.fill((Entry("same", self.tr("same"), zeros), Entry("valid", self.tr("valid"), bare)))
        if not isinstance(padding, str):
            rows, columns = pair(padding)
            self.add(Entry("own", f"{rows}, {columns}"))
        super().show_value(padding if isinstance(padding, str) else "own")


class LayerRow(QWidget):
    """The controls of a hidden layer.

    Parameters
    ----------
    place
        Of the layer, from 0; object names count from 1.
    kind
        A key of ``LAYERS``.
    """

    setting_chosen = Signal(str, object)
    """Name of the setting, its new value."""

    removal_asked = Signal()

    def __init__(self, place: int, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self.parts: dict[str, QWidget] = {}
        """The controls by the names of their settings."""
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        lines = [self._line(names) for names in ROWS[kind] or ((),)]
        for line in lines:
            rows.addLayout(line)
        self.remove = self._button("remove", "x", self.tr("Remove layer"))
        set_tool_tip(self.remove, self.tr("Remove this layer."))
        self.remove.clicked.connect(self.removal_asked)
        if "activation" not in self.parts:
            lines[0].addStretch(1)
        lines[0].addWidget(self.remove)

    def show_layer(self, layer: LayerSpec, offers: Offers) -> None:
        """Show a layer, and which activations it can have."""
        for name, control in self.parts.items():
            value = getattr(layer, name)
            if name == "activation" and isinstance(control, ChoiceBox):
                control.show_offers(offers)
            control.show_value(value)  # type: ignore[attr-defined]
            if name in _COUNTS:
                self._fewer.setEnabled(value > 1)
                self._more.setEnabled(value < LAYER_SETTINGS[name].range.high)

    # ----------------------------------------------------------------------------------- building

    def _line(self, names: Sequence[str]) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(1)
        for name in names:
            setting = LAYER_SETTINGS[name]
            control = self.parts[name] = self._control(setting)
            control.setAccessibleName(translated(setting.title))
            control.setObjectName(self._name(name))
            for widget in self._with_steps(control) if name in _COUNTS else (control,):
                line.addWidget(widget)
        if "rate" in names:
            note = small(Label(self.tr("set to 0 in training")))
            note.setIndent(SPACE)
            line.addWidget(note)
        return line

    def _control(self, setting: Setting) -> QWidget:
        name, hint = setting.path, translated(setting.hint)
        if name in (*_COUNTS, "rate"):
            field = NumberField(translated(setting.title), number_range(setting.range))
            field.set_plain()
            field.setFixedWidth(em(self, UNITS_WIDTH if name in _COUNTS else 3.25))
            field.committed.connect(lambda value: self._choose(name, value))
            set_tool_tip(field, hint)
            return field
        box = self._list(setting)
        box.set_hint(hint)
        box.chosen.connect(lambda chosen: self._choose(name, chosen))
        if name == "pool_size":
            box.setFixedWidth(em(self, 4.75))
        return box

    def _list(self, setting: Setting) -> ChoiceBox:
        if setting.path == "padding":
            return PaddingBox()
        if setting.path in _SIZES:
            by = setting.path == "strides"
            pattern = self.tr("by {rows}") if by else self.tr("{rows} × {columns}")
            return SizeBox(_SIZES[setting.path], pattern)
        return ChoiceBox(entries_of(setting.table))

    def _with_steps(self, field: QWidget) -> tuple[QWidget, ...]:
        assert isinstance(field, NumberField)
        field.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._fewer = self._button("fewer", "minus", self.tr("Fewer neurons"))
        set_tool_tip(self._fewer, self.tr("One neuron fewer."))
        self._fewer.clicked.connect(field.stepDown)
        self._more = self._button("more", "plus", self.tr("More neurons"))
        set_tool_tip(self._more, self.tr("One neuron more."))
        self._more.clicked.connect(field.stepUp)
        for button in (self._fewer, self._more):
            button.setAutoRepeat(True)
        return self._fewer, field, self._more

    def _button(self, part: str, icon: str, text: str) -> IconButton:
        button = IconButton(icon, text, "", width=STEP_WIDTH, icon_side=0.75)
        button.setObjectName(self._name(part))
        return button

    def _name(self, part: str) -> str:
        return f"layer-{self._place + 1}-{part.replace('_', '-')}"

    @Slot(str, object)
    def _choose(self, name: str, value: Any) -> None:
        if name in _SIZES:
            box = self.parts[name]
            assert isinstance(box, SizeBox)
            value = box.pairs[value]
        self.setting_chosen.emit(name, int(value) if name in _COUNTS else value)


class OutputRow(QWidget):
    """The output layer: the task fixes how many neurons it has."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.units = Label()
        self.units.setProperty("ink", "muted")
        self.units.setObjectName("output-units")
        self.units.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.units.setFixedWidth(em(self, 2 * STEP_WIDTH + UNITS_WIDTH) + 2)
        set_tool_tip(
            self.units,
            self.tr("The task decides: one output for a number or two classes, else one a class."),
        )
        setting = LAYER_SETTINGS["activation"]
        self.activation = ChoiceBox(entries_of(setting.table))
        self.activation.setObjectName("output-activation")
        self.activation.setAccessibleName(translated(setting.title))
        self.activation.set_hint(translated(setting.hint))
        self.parts: dict[str, QWidget] = {"units": self.units, "activation": self.activation}
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(1)
        line.addWidget(self.units)
        line.addWidget(self.activation)

    def show_layer(self, layer: LayerSpec, offers: Offers) -> None:
        """Show the layer, and which activations it can have."""
        assert isinstance(layer, Dense)  # no other layer can be the last
        self.activation.show_offers(offers)
        self.activation.show_value(layer.activation)
        self.units.setText(str(layer.units))
        self.units.setAccessibleName(self.tr("{count} outputs").format(count=layer.units))
