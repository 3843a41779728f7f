"""The form for the network: its layers and how they start."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from nnviz.engine.layers import shape_text
from nnviz.engine.network import layer_shapes
from nnviz.gui.look import numbers
from nnviz.gui.look.texts import translated
from nnviz.gui.setup.field import Field
from nnviz.gui.setup.layer_list import LayerList
from nnviz.gui.setup.settings_form import SettingsForm
from nnviz.training import layer_choices
from nnviz.training.experiment import Experiment
from nnviz.training.problem import dataset_of
from nnviz.training.settings import LAYER_SETTINGS
from nnviz.training.validation import input_shape

_SHOWN = ("network.initializer", "training.seed")
_FOLDED = ("network.bias_initializer",)


class NetworkForm(SettingsForm):
    """Edits ``experiment.network``, and the seed of the first weights."""

    always_noted = True

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        self.layers = LayerList()
        super().__init__("network", title, _SHOWN, _FOLDED, self.layers, parent)
        self.layers.change_asked.connect(self.propose)

    def add_folded(self) -> None:
        """Append what stands under "More", and whether there is a bias at all."""
        super().add_folded()
        self._use_bias = QCheckBox(self.tr("Neurons have a bias"))
        self._use_bias.clicked.connect(self._choose_use_bias)
        hint = translated(LAYER_SETTINGS["use_bias"].hint)
        self.add_field("network.use_bias", "", self._use_bias, hint, self.more.rows)

    def field_of(self, path: str) -> Field | None:
        """Return the field a refusal belongs at; those of layers count from the first hidden."""
        pieces = path.split(".")
        if pieces[:2] == ["network", "layers"]:
            if len(pieces) == 2:  # about how many there are
                return self.layers.addition
            fields = self.layers.fields()
            return fields[min(int(pieces[2]), len(fields) - 1)]
        return super().field_of(path)

    def all_fields(self) -> list[Field]:
        """Return the fields as they are now, those of layers included."""
        return [*self.layers.fields(), self.layers.addition, *super().all_fields()]

    def notes(self) -> tuple[str, ...]:
        """Return the network in one line, for the section's heading, and a shorter one."""
        data, layers = self.experiment.data, self.experiment.network.layers
        shapes = layer_shapes(input_shape(self.experiment, dataset_of(data)), layers)
        pairs = zip(layers, shapes, strict=False)
        count = numbers.count(sum(layer.parameter_count(shape) for layer, shape in pairs))
        shape = " – ".join(map(shape_text, shapes))
        short = self.tr("{count} parameters").format(count=count)
        return self.tr("{shape} · {count} parameters").format(shape=shape, count=count), short

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an Experiment; nothing is emitted."""
        super().show_experiment(experiment)
        self.layers.show_experiment(experiment)
        if not self.is_whole:
            return
        with_bias = any(layer.use_bias for layer in experiment.network.layers)
        self._use_bias.setChecked(with_bias)
        self.fields["network.bias_initializer"].setEnabled(with_bias)
        self.parameters["network.bias_initializer"].setEnabled(with_bias)

    @Slot(bool)
    def _choose_use_bias(self, with_bias: bool) -> None:
        self.propose(lambda e: layer_choices.with_bias(e, with_bias))
