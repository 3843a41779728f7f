"""Which settings can go together, each refusal one sentence with its remedy.

`refusals` is the one place that knows. The window asks it before offering a choice (what is refused
is shown disabled, with the sentence), the command line and the Trainer before they start.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from nnviz.datasets.dataset import Dataset
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.choices import resolve
from nnviz.engine.layers import Dense, Shape
from nnviz.engine.losses import LOSSES
from nnviz.errors import InvalidChoiceError
from nnviz.training.experiment import Experiment
from nnviz.training.places import check_place
from nnviz.training.setting import Refusals, refuse
from nnviz.training.settings import LAYER_SETTINGS, MAX_HIDDEN_LAYERS, SETTINGS, value_at

_MOST_HELD_OUT = 0.95
_FEWEST_FOR_THREE = 10


def check(experiment: Experiment, dataset: Dataset) -> None:
    """Raise the first of `refusals`, if there is any."""
    for refusal in refusals(experiment, dataset):
        raise refusal


def refusals(experiment: Experiment, dataset: Dataset) -> Refusals:
    """Yield what is impossible about an experiment with its data set, each naming its field."""
    wrong = list(out_of_range(experiment))
    yield from wrong
    if wrong:
        return  # the rules below look entries up, and calculate
    for rule in _RULES:
        yield from rule(experiment, dataset)


def out_of_range(experiment: Experiment) -> Refusals:
    """Yield what is of a wrong type, not in its table or not in its range, with its field."""
    chosen = [
        (setting, path, value_at(experiment, path))
        for path, setting in SETTINGS.items()
        if path != "network.layers"
    ]
    for place, layer in enumerate(experiment.network.layers):
        for field in dataclasses.fields(layer):
            path = f"network.layers.{place}.{field.name}"
            chosen.append((LAYER_SETTINGS[field.name], path, getattr(layer, field.name)))
    for setting, path, value in chosen:
        refused = setting.refusal(value, path, setting.values_in(experiment))
        if refused is None and setting.numbers:
            given = value_at(experiment, setting.numbers)
            refused = _number_refusal(setting.table[value], given, path)
        if refused is not None:
            yield refused


def _number_refusal(entry: Any, given: Any, path: str) -> InvalidChoiceError | None:
    """Return why numbers cannot be those of an entry of a table, or None if they can."""
    try:
        resolve(entry.parameters, given, path)
    except InvalidChoiceError as error:
        return error.with_traceback(None)  # its frames hold whoever asked
    return None


def required_outputs(activation: str, dataset: Dataset) -> int:
    """Return how many output neurons a task needs.

    One for a regression; one for two classes, unless softmax asks for one a class; otherwise one
    a class.
    """
    if dataset.task == "regression":
        return 1
    if len(dataset.class_names) == 2 and activation != "softmax":
        return 1
    return len(dataset.class_names)


def _batch(experiment: Experiment, dataset: Dataset) -> Refusals:
    size = experiment.training.batch_size
    if size is not None and size > dataset.rows:
        yield refuse(
            "training.batch_size",
            "A batch of {size} is more than the {rows} rows there are.",
            "Choose a smaller batch, or the full batch.",
            size=size,
            rows=dataset.rows,
        )


def _inputs(experiment: Experiment, dataset: Dataset) -> Refusals:
    keys = experiment.data.features
    if dataset.is_planar and not keys:
        yield refuse(
            "data.features", "The network has no inputs.", "Switch on at least one feature."
        )
    if len(set(keys)) < len(keys):
        yield refuse("data.features", "An input is there twice.", "Name each one once.")


def _gradient_limits(experiment: Experiment, dataset: Dataset) -> Refusals:
    training = experiment.training
    if training.clip_norm is not None and training.clip_value is not None:
        yield refuse(
            "training.clip_value",
            "A gradient is limited either in its length or in each of its numbers.",
            "Take one of the two limits away.",
        )


def _shares(experiment: Experiment, dataset: Dataset) -> Refusals:
    data = experiment.data
    if data.validation_fraction and data.test_fraction + data.validation_fraction > _MOST_HELD_OUT:
        yield refuse(
            "data.validation_fraction",
            "Validation and test share leave too little to learn from.",
            "Together they may be {most:.0%} of the rows.",
            most=_MOST_HELD_OUT,
        )
    elif data.validation_fraction and dataset.rows < _FEWEST_FOR_THREE:
        yield refuse(
            "data.validation_fraction",
            "{rows} rows are too few for three parts.",
            "Leave the validation share at 0; early stopping then goes by the test rows.",
            rows=dataset.rows,
        )


def _split(experiment: Experiment, dataset: Dataset) -> Refusals:
    if experiment.data.split == "time" and dataset.times is None:
        yield refuse(
            "data.split",
            "No column says when a row was, so none are the newest.",
            "Draw held-out rows at random, or open a table that has a column of dates.",
        )


def _stopping(experiment: Experiment, dataset: Dataset) -> Refusals:
    data = experiment.data
    if experiment.training.stop_when != "validation_loss_rises":
        return
    if not (data.validation_fraction or data.test_fraction):
        yield refuse(
            "training.stop_when",
            "There is no part whose loss could rise.",
            "Hold a share of the rows out for validation.",
        )


def _class_weights(experiment: Experiment, dataset: Dataset) -> Refusals:
    if experiment.training.class_weights != "none" and dataset.task == "regression":
        yield refuse(
            "training.class_weights",
            "Classes can be weighed against each other, but {target} is a number.",
            "Let every sample count the same.",
            target=dataset.target_name,
        )


def _output_layer(experiment: Experiment, dataset: Dataset) -> Refusals:
    layers = experiment.network.layers
    if not layers:
        return
    output = layers[-1]
    if not isinstance(output, Dense):
        return  # said already
    field = f"network.layers.{len(layers) - 1}.activation"
    activation = ACTIVATIONS[output.activation]
    if activation.couples_units and dataset.task == "regression":
        yield refuse(
            field,
            "Softmax gives probabilities of classes, but {target} is a number.",
            "Choose the linear activation for the output.",
            target=dataset.target_name,
        )
        return
    needed = required_outputs(output.activation, dataset)
    if activation.couples_units and output.units == 1:
        yield refuse(
            field,
            "Softmax with a single output is always 1, so there is nothing to learn.",
            "Use one output for each class, or a sigmoid.",
        )
    elif output.units != needed:
        yield refuse(
            f"network.layers.{len(layers) - 1}.units",
            "This task needs {needed} output neurons, not {units}.",
            "Set the output layer to {needed}.",
            needed=needed,
            units=output.units,
        )
    if not activation.trains_by_gradient and needed > 1:
        yield refuse(
            field,
            "The perceptron separates two classes, but there are {classes}.",
            "Choose softmax with cross-entropy.",
            classes=len(dataset.class_names),
        )


def _loss(experiment: Experiment, dataset: Dataset) -> Refusals:
    layers = experiment.network.layers
    if not layers:
        return
    loss = LOSSES[experiment.training.loss]
    activation = ACTIVATIONS[layers[-1].activation]
    if dataset.task not in loss.tasks:
        yield refuse(
            "training.loss",
            "{loss} compares classes, but {target} is a number."
            if dataset.task == "regression"
            else "{loss} compares numbers, but this sample has classes.",
            "Choose the mean squared error.",
            loss=loss.title,
            target=dataset.target_name,
        )
    elif loss.output_activations and activation.name not in loss.output_activations:
        yield refuse(
            "training.loss",
            "{loss} needs an output of {needed}, not {activation}.",
            "Choose {needed} for the output layer, or the mean squared error.",
            loss=loss.title,
            needed=ACTIVATIONS[loss.output_activations[0]].title,
            activation=activation.title,
        )
    elif not activation.trains_by_gradient and loss.fused_with != activation.name:
        yield refuse(
            "training.loss",
            "A {activation} output has no slope for {loss} to follow.",
            "Choose the perceptron loss."
            if dataset.task == "classification"
            else "Choose the linear activation for the output.",
            loss=loss.title,
            activation=activation.title,
        )
    if loss.name == "perceptron" and len(layers) > 1:
        yield refuse(
            "training.loss",
            "The perceptron rule trains a single layer: it has no way to reach a hidden one.",
            "Remove the hidden layers, or choose another loss.",
        )


def _reach(experiment: Experiment, dataset: Dataset) -> Refusals:
    """Refuse an output that cannot reach a regression's targets."""
    layers = experiment.network.layers
    if dataset.task != "regression" or not layers:
        return
    activation = ACTIVATIONS[layers[-1].activation]
    if activation.couples_units:
        return  # said already
    targets = dataset.targets.astype(np.float64)
    if experiment.data.standardize_target:
        targets = (targets - targets.mean()) / (targets.std() or 1.0)
    low, high = activation.output_range
    if targets.min() < low - 1e-9 or targets.max() > high + 1e-9:
        yield refuse(
            f"network.layers.{len(layers) - 1}.activation",
            "{activation} outputs stay between {low:g} and {high:g},"
            " but {target} runs from {least:.3g} to {most:.3g}.",
            "Choose the linear activation for the output.",
            activation=activation.title,
            low=low,
            high=high,
            target=dataset.target_name,
            least=float(targets.min()),
            most=float(targets.max()),
        )


MAX_PARAMETERS = 20_000_000


def layers(experiment: Experiment, dataset: Dataset) -> Refusals:
    """Refuse layers that cannot be, or cannot follow each other."""
    chosen = experiment.network.layers
    if not chosen:
        yield refuse("network.layers", "A network needs an output layer.", "Add one.")
    elif len(chosen) - 1 > MAX_HIDDEN_LAYERS:
        yield refuse(
            "network.layers",
            "{count} hidden layers are more than the {most} that can be shown.",
            "Remove some.",
            count=len(chosen) - 1,
            most=MAX_HIDDEN_LAYERS,
        )
    else:
        yield from _shapes(experiment, dataset)


def _shapes(experiment: Experiment, dataset: Dataset) -> Refusals:
    """Refuse layers that cannot take what the one before gives, and networks beyond all bounds."""
    layers, shape, parameters = experiment.network.layers, input_shape(experiment, dataset), 0
    for i, layer in enumerate(layers):
        try:
            following = layer.output_shape(shape)
        except InvalidChoiceError as error:
            yield refuse(f"network.layers.{i}", error.sentence, error.remedy, **error.values)
            return
        parameters += layer.parameter_count(shape)
        shape = following
    if parameters > MAX_PARAMETERS:
        yield refuse(
            "network.layers",
            "A network of {count} weights and biases is more than the {most} that fit here.",
            "Choose fewer neurons, or pooling before the first Dense layer.",
            count=f"{parameters:,}",
            most=f"{MAX_PARAMETERS:,}",
        )
    if not isinstance(layers[-1], Dense):
        yield refuse(
            f"network.layers.{len(layers) - 1}",
            "The last layer must be Dense, to answer with one number for each output, not {layer}.",
            "Add a Dense layer after it.",
            layer=layers[-1].title,
        )


def _hand_made(experiment: Experiment, dataset: Dataset) -> Refusals:
    """Refuse to freeze what is not there, and an output neuron that is switched off."""
    layers = experiment.network.layers
    try:
        for place in experiment.network.frozen:
            check_place(layers, input_shape(experiment, dataset), place)
    except InvalidChoiceError as error:
        yield error.with_traceback(None)
    if layers and getattr(layers[-1], "off", ()):
        yield refuse(
            f"network.layers.{len(layers) - 1}.off",
            "An output neuron cannot be switched off: it is what the network answers.",
            "Switch off hidden ones.",
        )


def hidden_activations(experiment: Experiment, dataset: Dataset) -> Refusals:
    """Refuse activations that are of no use in a hidden layer."""
    for i, layer in enumerate(experiment.network.layers[:-1]):
        activation = ACTIVATIONS[layer.activation]
        field = f"network.layers.{i}.activation"
        if not activation.trains_by_gradient:
            yield refuse(
                field,
                "A hidden layer of {title} neurons cannot learn: its derivative is 0 everywhere.",
                "Choose tanh or sigmoid, which are smooth steps.",
                title=activation.title,
            )
        if activation.couples_units:
            yield refuse(
                field,
                "{title} turns a layer into shares of one whole and belongs at the output.",
                "Choose another activation for hidden layers.",
                title=activation.title,
            )


def input_shape(experiment: Experiment, dataset: Dataset) -> Shape:
    """Return the shape in which the network takes a sample.

    A picture comes as (channels, rows, columns) to any first layer but Dense, which takes it as a
    row of numbers, as everything else is.
    """
    first = experiment.network.layers[0]
    if dataset.image_shape is not None and not isinstance(first, Dense):
        return dataset.picture_shape
    if dataset.is_planar:
        return (len(experiment.data.features),)
    return (dataset.features,)


_RULES: tuple[Callable[[Experiment, Dataset], Refusals], ...] = (
    _batch,
    _inputs,
    layers,
    _gradient_limits,
    _shares,
    _split,
    _stopping,
    _class_weights,
    hidden_activations,
    _output_layer,
    _loss,
    _reach,
    _hand_made,
)
