"""The controls of one layer, made from what can be set about its kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

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
from nnviz.gui.look import numbers
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.gui.setup.controls import entries_of
from nnviz.gui.setup.ranges import number_range
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.icon_button import IconButton
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.choices import Offers
from nnviz.training.layer_settings import LAYER_SETTINGS
from nnviz.training.setting import Setting

NAME_WIDTH = 3.7
"""Heights of a line of text that a layer's name is wide."""

_UNITS_WIDTH, _STEP_WIDTH = 2.75, 1.0

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
    """A list of words and of pairs of whole numbers, such as the sizes of kernels.

    Parameters
    ----------
    words
        What may stand there instead of a size.
    sides
        Of the usual squares; another pair is added when it is shown.
    pattern
        How a pair is written, translated: ``"{rows} × {columns}"``.
    """

    def __init__(self, words: Sequence[Entry], sides: Sequence[int], pattern: str) -> None:
        super().__init__(words)
        self._pattern = pattern
        self._pairs: dict[str, tuple[int, int]] = {}
        for side in sides:
            self._add((side, side))

    def show_value(self, size: Any) -> None:
        """Show a word, a pair, or a number that stands for both."""
        super().show_value(size if isinstance(size, str) else self._add(pair(size)))

    def value_of(self, name: str) -> str | tuple[int, int]:
        """Return the size, or the word, of a name in the list."""
        return self._pairs.get(name, name)

    def _add(self, size: tuple[int, int]) -> str:
        rows, columns = size
        name = f"{rows}x{columns}"
        if name not in self._pairs:
            self._pairs[name] = size
            self.add(Entry(name, self._pattern.format(rows=rows, columns=columns)))
        return name


class LayerRow(QWidget):
    """The controls of a layer.

    Parameters
    ----------
    place
        Of a hidden layer, from 0; object names count from 1. None for the output layer, whose
        neurons the task decides.
    kind
        A key of ``LAYERS``.
    """

    setting_chosen = Signal(str, object)
    """Name of the setting, its new value."""

    removal_asked = Signal()

    def __init__(self, place: int | None, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = "output" if place is None else f"layer-{place + 1}"
        self.parts: dict[str, QWidget] = {}
        """The controls by the names of their settings."""
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        lines = [self._line(names, place is None) for names in ROWS[kind] or ((),)]
        for line in lines:
            rows.addLayout(line)
        if place is not None:
            remove = self._button(
                "remove", "x", self.tr("Remove layer"), self.tr("Remove this layer.")
            )
            remove.clicked.connect(self.removal_asked)
            if "activation" not in self.parts:
                lines[0].addStretch(1)
            lines[0].addWidget(remove)

    def show_layer(self, layer: LayerSpec, offers: Offers) -> None:
        """Show a layer, and which activations it can have."""
        for name, control in self.parts.items():
            value = getattr(layer, name)
            if isinstance(control, Label):
                control.setText(numbers.count(value))
                control.setAccessibleName(self.tr("{count} outputs").format(count=value))
                continue
            if name == "activation" and isinstance(control, ChoiceBox):
                control.show_offers(offers)
            control.show_value(value)  # type: ignore[attr-defined]
            if name in _COUNTS:
                self._fewer.setEnabled(value > 1)
                self._more.setEnabled(value < LAYER_SETTINGS[name].range.high)

    # ----------------------------------------------------------------------------------- building

    def _line(self, names: Sequence[str], is_output: bool) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(1)
        for name in names:
            setting = LAYER_SETTINGS[name]
            fixed = is_output and name in _COUNTS
            control = self.parts[name] = self._fixed() if fixed else self._control(setting)
            control.setAccessibleName(translated(setting.title))
            control.setObjectName(f"{self._name}-{name.replace('_', '-')}")
            around = self._with_steps(control) if isinstance(control, NumberField) else (control,)
            for widget in around if name in _COUNTS else (control,):
                line.addWidget(widget)
        if "rate" in names:
            note = small(ElidedLabel())
            note.set_texts(self.tr("set to 0 in training"))
            note.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            line.addSpacing(SPACE)
            line.addWidget(note)
        return line

    def _control(self, setting: Setting) -> QWidget:
        name, hint = setting.path, translated(setting.hint)
        if name in (*_COUNTS, "rate"):
            field = NumberField(translated(setting.title), number_range(setting.range))
            field.set_plain()
            field.setFixedWidth(em(self, _UNITS_WIDTH if name in _COUNTS else 3.25))
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
            zeros = self.tr("Zeros around it keep the picture's size.")
            bare = self.tr("Nothing: the picture loses its edges.")
            same = Entry("same", self.tr("same"), zeros)
            return SizeBox((same, Entry("valid", self.tr("valid"), bare)), (), "{rows}, {columns}")
        if setting.path in _SIZES:
            by = setting.path == "strides"
            pattern = self.tr("by {rows}") if by else self.tr("{rows} × {columns}")
            return SizeBox((), _SIZES[setting.path], pattern)
        return ChoiceBox(entries_of(setting.table))

    def _with_steps(self, field: NumberField) -> tuple[QWidget, ...]:
        field.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        fewer, more = self.tr("Fewer neurons"), self.tr("More neurons")
        self._fewer = self._button("fewer", "minus", fewer, self.tr("One neuron fewer."))
        self._more = self._button("more", "plus", more, self.tr("One neuron more."))
        self._fewer.clicked.connect(field.stepDown)
        self._more.clicked.connect(field.stepUp)
        for button in (self._fewer, self._more):
            button.setAutoRepeat(True)
        return self._fewer, field, self._more

    def _fixed(self) -> Label:
        """Return what stands for the number of outputs, as wide as the field of a hidden layer."""
        label = Label()
        label.setProperty("ink", "muted")
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setFixedWidth(em(self, 2 * _STEP_WIDTH + _UNITS_WIDTH) + 2)
        why = self.tr("The task decides: one output for a number or two classes, else one a class.")
        set_tool_tip(label, why)
        return label

    def _button(self, part: str, icon: str, text: str, tip: str) -> IconButton:
        button = IconButton(icon, text, tip, width=_STEP_WIDTH, icon_side=0.75)
        button.setObjectName(f"{self._name}-{part}")
        return button

    def _choose(self, name: str, value: Any) -> None:
        control = self.parts[name]
        if isinstance(control, SizeBox):
            value = control.value_of(value)
        self.setting_chosen.emit(name, int(value) if name in _COUNTS else value)
