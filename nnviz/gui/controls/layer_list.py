"""The layers of the network, one row each, and room for one more."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense, LayerSpec
from nnviz.gui.controls.buttons import AddButton
from nnviz.gui.controls.field import Field, discard
from nnviz.gui.controls.layer_row import NAME_WIDTH, HiddenRow, LayerRow, OutputRow
from nnviz.gui.controls.themed import Themed
from nnviz.gui.style import small_font
from nnviz.gui.texts import message, translated
from nnviz.gui.theme import Theme
from nnviz.training import choices
from nnviz.training.experiment import Experiment

_WIDE_FROM = 9  # names with two figures would be cut in the usual size


class LayerList(QWidget, Themed):
    """A row for each layer. Rows stay when layers come and go, so that the focus does too."""

    units_chosen = Signal(int, int)
    activation_chosen = Signal(int, str)
    removal_asked = Signal(int)
    addition_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._hidden: list[Field] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(6)
        self.add = AddButton(self.tr("Add hidden layer"), theme)
        self.add.setObjectName("network-add-layer")
        self.add.clicked.connect(self.addition_asked)
        self._rows.addWidget(self.add)
        self._output = self._field(OutputRow(theme), "network.layers.output", self.tr("Output"))
        self._rows.addWidget(self._output)

    def fields(self) -> list[Field]:
        """Return a field for each layer, the output's last."""
        return [*self._hidden, self._output]

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the layers, and which activations each can have."""
        *hidden, output = experiment.network.layers
        self._make_rows(len(hidden))
        for index, layer in enumerate(hidden):
            offers = choices.offers(
                experiment,
                ACTIVATIONS,
                lambda e, name, index=index: choices.with_activation(e, index, name),  # type: ignore[misc]
                f"network.layers.{index}",
            )
            _row(self._hidden[index]).show_layer(layer, offers)
            self._hidden[index].label.setText(self._name(index, layer))
        offers = choices.offers(
            experiment, ACTIVATIONS, choices.with_output_activation, "network.layers"
        )
        _row(self._output).show_layer(output, offers)
        self._show_addition(experiment)

    def _show_addition(self, experiment: Experiment) -> None:
        refusal = choices.refusal_of(choices.with_hidden_layer_added(experiment))
        self.add.setEnabled(refusal is None)
        hint = self.tr("One more layer lets the network combine what the one before has found.")
        self.add.setToolTip(message(refusal) if refusal else hint)

    def _make_rows(self, count: int) -> None:
        while len(self._hidden) > count:
            discard(self._hidden.pop())
        while len(self._hidden) < count:
            index = len(self._hidden)
            row = HiddenRow(index, self.theme)
            row.units_chosen.connect(self.units_chosen)
            row.removal_asked.connect(self.removal_asked)
            title = self._name(index)
            field = self._field(row, f"network.layers.{index}", title)
            if index >= _WIDE_FROM:
                field.label.setFont(small_font())
            self._hidden.append(field)
            self._rows.insertWidget(index, field)

    def _name(self, index: int, layer: LayerSpec | None = None) -> str:
        if layer is None or isinstance(layer, Dense):
            return self.tr("Hidden {number}").format(number=index + 1)
        return translated(layer.title)

    def _field(self, row: LayerRow, path: str, title: str) -> Field:
        row.activation_chosen.connect(self.activation_chosen)
        field = Field(path, title, row, "", self.theme, label_width=NAME_WIDTH)
        field.parts = row.parts()
        for part in row.parts().values():
            part.setAccessibleName(
                self.tr("{layer}: {setting}").format(layer=title, setting=part.accessibleName())
            )
        return field


def _row(field: Field) -> LayerRow:
    assert isinstance(field.control, LayerRow)
    return field.control
