"""The form for the network: its layers and how they start."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.layers import shape_text
from nnviz.engine.network import layer_shapes
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.setup.choice import ChoiceBox
from nnviz.gui.setup.composed import SeedNumber
from nnviz.gui.setup.entries import entries_of
from nnviz.gui.setup.field import Field
from nnviz.gui.setup.fold import Fold
from nnviz.gui.setup.form import Form
from nnviz.gui.setup.layer_list import LayerList
from nnviz.gui.setup.parameters import ParameterFields
from nnviz.training import choices
from nnviz.training.experiment import Experiment
from nnviz.training.problem import dataset_of
from nnviz.training.shapes import input_shape


class NetworkForm(Form):
    """Edits ``experiment.network``, and the seed of the first weights."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.layers = LayerList(theme)
        self.rows.addWidget(self.layers)
        self.rows.addSpacing(SPACE // 2)
        self._add_weights()
        self.more = Fold("network-more", self.tr("More"), theme)
        self.rows.addWidget(self.more)
        self._add_biases(self.more.rows)
        self._connect_layers()

    def field_of(self, path: str) -> Field | None:
        """Return the field a refusal belongs at; those of layers count from the first hidden."""
        pieces = path.split(".")
        if pieces[:2] == ["network", "layers"]:
            fields = self.layers.fields()
            number = int(pieces[2]) if len(pieces) > 2 else len(fields) - 1
            return fields[min(number, len(fields) - 1)]
        return super().field_of(path)

    def all_fields(self) -> list[Field]:
        """Return the fields as they are now, those of layers included."""
        return [*self.layers.fields(), *super().all_fields()]

    def unfold(self, field: Field) -> None:
        """Bring a field into the open."""
        if self.more.isAncestorOf(field):
            self.more.unfold()

    def notes(self) -> tuple[str, ...]:
        """Return the network in one line, for the section's heading, and a shorter one."""
        data, layers = self.experiment.data, self.experiment.network.layers
        shapes = layer_shapes(input_shape(self.experiment, dataset_of(data)), layers)
        pairs = zip(layers, shapes, strict=False)
        count = sum(layer.parameter_count(shape) for layer, shape in pairs)
        shape = " – ".join(map(shape_text, shapes))
        short = self.tr("{count} parameters").format(count=f"{count:,}")
        text = self.tr("{shape} · {count} parameters").format(shape=shape, count=f"{count:,}")
        return text, short

    # ----------------------------------------------------------------------------------- building

    def _add_weights(self) -> None:
        self.weights = ChoiceBox(entries_of(INITIALIZERS))
        hint = self.tr(
            "Where the weights start. Too large saturates neurons, all equal stalls them."
        )
        self.weights.set_hint(hint)
        self.add_field("network.initializer", self.tr("Weights"), self.weights, hint)
        self.weight_values = ParameterFields("network.initializer", self.theme)
        self.rows.addWidget(self.weight_values)
        self.seed = SeedNumber(
            "training-seed",
            self.tr("Weight seed"),
            self.tr("New weights"),
            self.tr("Start from other random weights."),
            self.theme,
        )
        hint = self.tr("The same seed gives the same first weights and the same order of samples.")
        self.add_field("training.seed", self.tr("Weight seed"), self.seed, hint)
        self.weights.chosen.connect(self._choose_weights)
        self.weight_values.changed.connect(self._choose_weight_values)
        self.seed.committed.connect(self._choose_seed)

    def _add_biases(self, rows: QVBoxLayout) -> None:
        self.use_bias = QCheckBox(self.tr("Neurons have a bias"))
        hint = self.tr("Without a bias every line a neuron draws goes through the origin.")
        self.add_field("network.use_bias", "", self.use_bias, hint, rows)
        self.biases = ChoiceBox(entries_of(INITIALIZERS))
        hint = self.tr("Where the biases start; zero is usual.")
        self.biases.set_hint(hint)
        self.bias_field = self.add_field(
            "network.bias_initializer", self.tr("Biases"), self.biases, hint, rows
        )
        self.bias_values = ParameterFields("network.bias", self.theme)
        rows.addWidget(self.bias_values)
        self.use_bias.clicked.connect(self._choose_use_bias)
        self.biases.chosen.connect(self._choose_biases)
        self.bias_values.changed.connect(self._choose_bias_values)

    def _connect_layers(self) -> None:
        self.layers.setting_chosen.connect(self._choose_setting)
        self.layers.move_asked.connect(self._move_layer)
        self.layers.activation_chosen.connect(self._choose_activation)
        self.layers.removal_asked.connect(self._remove_layer)
        self.layers.addition_asked.connect(self._add_layer)

    # ------------------------------------------------------------------------------------ showing

    def _show(self, experiment: Experiment) -> None:
        network = experiment.network
        self.layers.show_experiment(experiment)
        self.weights.show_name(network.initializer)
        self.weight_values.show_values(
            INITIALIZERS[network.initializer].parameters, network.initializer_values
        )
        self.seed.show_value(experiment.training.seed)
        with_bias = any(layer.use_bias for layer in network.layers)
        self.use_bias.setChecked(with_bias)
        self.bias_field.setEnabled(with_bias)
        self.biases.show_name(network.bias_initializer)
        self.bias_values.show_values(
            INITIALIZERS[network.bias_initializer].parameters, network.bias_values
        )
        self.bias_values.setEnabled(with_bias)

    # ------------------------------------------------------------------------------------- asking

    @Slot(int, str, object)
    def _choose_setting(self, index: int, name: str, value: object) -> None:
        self.propose(lambda e: choices.with_layer(e, index, **{name: value}))

    @Slot(int, str)
    def _choose_activation(self, index: int, name: str) -> None:
        place = index % len(self.experiment.network.layers)
        self.propose(lambda e: choices.with_activation(e, place, name))

    @Slot(int)
    def _remove_layer(self, index: int) -> None:
        self.propose(lambda e: choices.with_hidden_layer_removed(e, index))

    @Slot(str)
    def _add_layer(self, kind: str) -> None:
        self.propose(lambda e: choices.with_layer_added(e, kind))

    @Slot(int, int)
    def _move_layer(self, index: int, by: int) -> None:
        self.propose(lambda e: choices.with_layer_moved(e, index, by))

    @Slot(str)
    def _choose_weights(self, name: str) -> None:
        self.propose(lambda e: choices.with_initializer(e, name))

    @Slot(dict)
    def _choose_weight_values(self, values: dict[str, float]) -> None:
        self.propose(lambda e: choices.with_network(e, initializer_values=values))

    @Slot(float)
    def _choose_seed(self, seed: float) -> None:
        self.propose(lambda e: choices.with_training(e, seed=int(seed)))

    @Slot()
    def _choose_use_bias(self) -> None:
        self.propose(lambda e: choices.with_bias(e, self.use_bias.isChecked()))

    @Slot(str)
    def _choose_biases(self, name: str) -> None:
        self.propose(lambda e: choices.with_bias_initializer(e, name))

    @Slot(dict)
    def _choose_bias_values(self, values: dict[str, float]) -> None:
        self.propose(lambda e: choices.with_network(e, bias_values=values))
