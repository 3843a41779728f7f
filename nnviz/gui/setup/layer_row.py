"""The controls of one layer, made from what can be set about its kind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
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
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.gui.setup.controls import connect_choice, control_of
from nnviz.gui.widgets.buttons import IconButton
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training import choices, layer_choices
from nnviz.training.experiment import Experiment
from nnviz.training.settings import LAYER_SETTINGS

_COUNT_WIDTH, _RATE_WIDTH, _SIZE_WIDTH = 4.5, 3.25, 4.75
"""Heights of a line of text that fields of a layer are wide; lists take the room that is left."""

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

_SIZES = {"kernel_size": (1, 3, 5, 7), "strides": (1, 2, 3), "pool_size": (2, 3, 4), "padding": ()}
_STRETCH = {"padding": 6}  # words are longer than sizes
_COUNTS = ("units", "filters")


class SizeBox(ChoiceBox):
    """A list of words and of pairs of whole numbers, such as the sizes of kernels.

    It begins with squares of these sides; another pair is added when it is shown. The pattern, as
    ``"{rows} × {columns}"``, is how a pair is written.
    """

    def __init__(self, words: Sequence[Entry], sides: Sequence[int], pattern: str) -> None:
        super().__init__(words)
        self._pattern = pattern
        for side in sides:
            self.show_value(side)

    def show_value(self, size: Any) -> None:
        """Show a word, a pair, or a number that stands for both."""
        name = size
        if not isinstance(size, str):
            rows, columns = pair(size)
            name = f"{rows}x{columns}"
            if name not in self.names():
                self.add(Entry(name, self._pattern.format(rows=rows, columns=columns)))
        super().show_value(name)

    @staticmethod
    def value_of(name: str) -> str | tuple[int, ...]:
        """Return the size, or the word, of a name in the list."""
        return tuple(map(int, name.split("x"))) if name[:1].isdigit() else name


class LayerRow(QWidget):
    """The controls of a layer of a kind, a key of ``LAYERS``.

    Hidden layers have places from 0, though object names count from 1. At -1 is the output layer,
    whose neurons the task decides.
    """

    change_asked = Signal(object)
    """What makes the Experiment that is asked for of the one that is."""

    def __init__(self, place: int, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._name = f"layer-{place + 1}" if place >= 0 else "output"
        self.parts: dict[str, QWidget] = {}
        """The controls by the names of their settings."""
        lines = [self._line(names) for names in ROWS[kind] or ((),)]
        filled(QVBoxLayout(self), *lines, spacing=2)
        if place >= 0:
            text, tip = self.tr("Remove layer"), self.tr("Remove this layer.")
            remove = IconButton("x", text, tip, width=1.0, icon_side=0.75)
            remove.setObjectName(f"{self._name}-remove")
            remove.clicked.connect(self._remove)
            if "activation" not in self.parts:
                lines[0].addStretch(1)
            lines[0].addWidget(remove)

    def show_layer(self, layer: LayerSpec, experiment: Experiment, near: str) -> None:
        """Show a layer of an Experiment, and which activations it can have.

        Refusals are to be about the field whose path is `near`.
        """
        for name, control in self.parts.items():
            value = getattr(layer, name)
            if isinstance(control, Label):
                control.setText(numbers.count(value))
                control.setAccessibleName(self.tr("{count} outputs").format(count=value))
                continue
            if name == "activation" and isinstance(control, ChoiceBox):
                offers = choices.offers(experiment, control.names(), self._with_activation, near)
                control.show_offers(offers)
            control.show_value(value)  # type: ignore[attr-defined]

    # ----------------------------------------------------------------------------------- building

    def _line(self, names: Sequence[str]) -> QHBoxLayout:
        line = filled(QHBoxLayout(), spacing=1)
        for name in names:
            is_fixed = name in _COUNTS and self._place < 0
            control = self.parts[name] = self._fixed() if is_fixed else self._control(name)
            control.setAccessibleName(translated(LAYER_SETTINGS[name].title))
            control.setObjectName(f"{self._name}-{name.replace('_', '-')}")
            line.addWidget(control, _STRETCH.get(name, 5))
        if "rate" in names:
            note = small(ElidedLabel())
            note.set_texts(self.tr("set to 0 in training"))
            note.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            line.addSpacing(SPACE)
            line.addWidget(note)
        return line

    def _control(self, name: str) -> QWidget:
        setting = LAYER_SETTINGS[name]
        control = self._size_box(name) if name in _SIZES else control_of(setting)
        if isinstance(control, NumberField):
            control.setFixedWidth(em(self, _COUNT_WIDTH if name in _COUNTS else _RATE_WIDTH))
            if name == "rate":
                control.set_plain()
            set_tool_tip(control, translated(setting.hint))
        elif name == "pool_size":
            control.setFixedWidth(em(self, _SIZE_WIDTH))
        connect_choice(control, partial(self._choose, name))
        return control

    def _size_box(self, name: str) -> SizeBox:
        words = []
        if name == "padding":
            zeros = self.tr("Zeros around it keep the picture's size.")
            bare = self.tr("Nothing: the picture loses its edges.")
            words.append(Entry("same", self.tr("same"), zeros))
            words.append(Entry("valid", self.tr("valid"), bare))
        pattern = self.tr("by {rows}") if name == "strides" else self.tr("{rows}×{columns}")
        box = SizeBox(words, _SIZES[name], pattern)
        box.set_hint(translated(LAYER_SETTINGS[name].hint))
        return box

    def _fixed(self) -> Label:
        """Return what stands for the number of outputs, as wide as the field of a hidden layer."""
        label = Label()
        label.setProperty("ink", "muted")
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setFixedWidth(em(self, _COUNT_WIDTH))
        why = self.tr("The task decides: one output for a number or two classes, else one a class.")
        set_tool_tip(label, why)
        return label

    # ------------------------------------------------------------------------------------- asking

    def _choose(self, name: str, value: Any) -> None:
        if name == "activation":
            self.change_asked.emit(lambda e: self._with_activation(e, value))
            return
        if name in _SIZES:
            value = SizeBox.value_of(value)
        elif name in _COUNTS:
            value = int(value)
        self.change_asked.emit(lambda e: layer_choices.with_layer(e, self._place, **{name: value}))

    def _with_activation(self, experiment: Experiment, name: str) -> Experiment:
        index = self._place % len(experiment.network.layers)
        return choices.with_activation(experiment, index, name)

    @Slot()
    def _remove(self) -> None:
        self.change_asked.emit(lambda e: layer_choices.with_hidden_layer_removed(e, self._place))
