"""From one Experiment to the next: what else must change when a person changes one thing.

Every function takes an Experiment and returns another that differs by one decision and by what this
decision entails: a new sample brings its output layer and loss, a new loss its output activation,
and so on. Whether the result can be trained is asked of `validation`: `refusal_of` says why not,
and `offers` says it for every entry of a list before it is chosen.

The result keeps the name of the preset it came from, unless it is of another sample: what was
changed can be told, and had back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from nnviz.datasets.catalog import CATALOG
from nnviz.datasets.dataset import Dataset
from nnviz.datasets.preprocessing import plane_features
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import LayerSpec
from nnviz.engine.losses import LOSSES
from nnviz.errors import InvalidChoiceError
from nnviz.training import layer_choices
from nnviz.training.experiment import DataChoice, Experiment, StopRule
from nnviz.training.problem import dataset_of
from nnviz.training.validation import input_shape, refusals, required_outputs

Offers = dict[str, InvalidChoiceError | None]

_STOP_VALUES: dict[StopRule, float] = {
    "never": 0.0,
    "train_loss": 0.01,
    "train_metric": 0.99,
    "validation_loss_rises": 20.0,
}


def refusal_of(experiment: Experiment, field: str = "") -> InvalidChoiceError | None:
    """Return why an experiment cannot be, or None if it can.

    Parameters
    ----------
    experiment
        What is asked.
    field
        Beginning of a dotted path: where there are several reasons, one about this field is
        returned before others.
    """
    try:
        found = list(refusals(experiment, dataset_of(experiment.data)))
    except InvalidChoiceError as error:
        return error.with_traceback(None)  # its frames hold whoever asked
    near = (error for error in found if field and error.field.startswith(field))
    return next(near, found[0] if found else None)


def offers(
    experiment: Experiment,
    names: Iterable[str],
    make: Callable[[Experiment, str], Experiment],
    field: str = "",
) -> Offers:
    """Return for every name why it cannot be chosen now, or None where it can.

    Parameters
    ----------
    experiment
        Where the person stands.
    names
        Entries of a table.
    make
        What choosing an entry does, such as `with_loss`.
    field
        The field they are offered at, as in `refusal_of`.
    """

    def refusal(name: str) -> InvalidChoiceError | None:
        try:
            return refusal_of(make(experiment, name), field)
        except InvalidChoiceError as error:
            return error.with_traceback(None)  # its frames hold whoever asked

    return {name: refusal(name) for name in names}


# --------------------------------------------------------------------------------------- the data


def with_sample(experiment: Experiment, key: str) -> Experiment:
    """Return the experiment on another sample, prepared as its entry in the catalog proposes.

    Output layer and loss become those that fit its task; hidden layers and training stay, but for
    layers of pictures that such samples cannot go through. A loss to stop at is forgotten when
    the task changes, for losses of two tasks cannot be compared.

    Raises
    ------
    UnknownNameError
        If there is no such sample.
    """
    experiment = dataclasses.replace(experiment, preset="")
    before = experiment.data
    blank = dataclasses.replace(before, sample=key, rows=None, noise=0.0)
    task_stays = dataset_of(before).task == dataset_of(blank).task
    spec = CATALOG[key]
    data = DataChoice(
        sample=key,
        noise=spec.default_noise,
        classes=before.classes,
        test_fraction=spec.test_fraction,
        standardize_inputs=spec.standardize,
        standardize_target=spec.standardize and spec.task == "regression",
        seed=before.seed,
    )
    moved = _changed(experiment, "data", **dataclasses.asdict(data))
    moved = _proposed(_bounded_batch(_with_layers_that_fit(_with_training_that_fits(moved))))
    return moved if task_stays else with_stop_when(moved, "never")


def with_data(experiment: Experiment, **values: Any) -> Experiment:
    """Return the experiment with fields of its `DataChoice` changed.

    Where output layer, loss or batch no longer fit the data they are mended: first the number of
    outputs, and if that is not enough, output and loss as `with_sample` proposes them.

    Raises
    ------
    InvalidChoiceError
        If the sample cannot be made so.
    """
    candidate = _bounded_batch(_changed(experiment, "data", **values))
    fitted = _with_output(candidate, candidate.network.layers[-1].activation)
    if refusal_of(fitted) is None:
        return fitted
    return _proposed(candidate)


def with_classes(experiment: Experiment, classes: int) -> Experiment:
    """Return the experiment with another number of classes, and outputs to match.

    A usual output and loss stay usual (one sigmoid for two classes, softmax for more); a choice of
    the person's own only changes its number of outputs.

    Raises
    ------
    InvalidChoiceError
        If the sample cannot have so many classes.
    """
    moved = with_data(experiment, classes=classes)
    is_usual = _output_and_loss(experiment) == _output_and_loss(_proposed(experiment))
    return _proposed(moved) if is_usual else moved


def with_features(experiment: Experiment, features: Iterable[str]) -> Experiment:
    """Return the experiment with other inputs computed from a point of the plane.

    Raises
    ------
    UnknownNameError, InvalidChoiceError
        If a feature is unknown, or if there is none left.
    """
    keys = tuple(features)
    plane_features(np.zeros((1, 2)), keys)
    return _changed(experiment, "data", features=keys)


# ------------------------------------------------------------------------------------ the network


def with_network(experiment: Experiment, **values: Any) -> Experiment:
    """Return the experiment with fields of its `NetworkChoice` changed."""
    return _changed(experiment, "network", **values)


def with_layer(experiment: Experiment, index: int, **values: Any) -> Experiment:
    """Return the experiment with fields of one layer changed, nothing else."""
    layers = list(experiment.network.layers)
    layers[index] = _replaced(layers[index], **values)
    return _with_layers(experiment, layers)


def with_layer_added(experiment: Experiment, kind: str) -> Experiment:
    """Return the experiment with one more layer of a kind in ``LAYERS``, where it belongs.

    What it needs comes with it: a Flatten behind the first convolution, for example.

    Raises
    ------
    InvalidChoiceError
        If there is nothing for such a layer to do.
    """
    layers, pictures = experiment.network.layers, _has_pictures(experiment)
    return _with_layers(experiment, layer_choices.with_kind_added(layers, kind, pictures))


def with_hidden_layer_removed(experiment: Experiment, index: int) -> Experiment:
    """Return the experiment without a hidden layer, counted from 0, and what it alone needed.

    Raises
    ------
    IndexError
        If there is no such hidden layer.
    """
    layers, pictures = experiment.network.layers, _has_pictures(experiment)
    place = range(len(layers) - 1)[index]
    return _with_layers(experiment, layer_choices.without(layers, place, pictures))


def with_layer_moved(experiment: Experiment, index: int, by: int) -> Experiment:
    """Return the experiment with a hidden layer further on, or further back for `by` below 0."""
    layers, pictures = experiment.network.layers, _has_pictures(experiment)
    return _with_layers(experiment, layer_choices.moved(layers, index, by, pictures))


def with_activation(experiment: Experiment, index: int, activation: str) -> Experiment:
    """Return the experiment with another activation in a layer; the output's entails more."""
    if index == len(experiment.network.layers) - 1:
        return with_output_activation(experiment, activation)
    return with_layer(experiment, index, activation=activation)


def with_output_activation(experiment: Experiment, activation: str) -> Experiment:
    """Return the experiment with another activation of the output, and a loss that allows it.

    The loss stays if it is defined for this output. Else it is the one made for it (cross-entropy
    for softmax, the perceptron's for sign, without hidden layers) or the mean squared error.
    """
    dataset = dataset_of(experiment.data)
    if not _fits(experiment.training.loss, activation, dataset):
        partner = _partner(activation, dataset)
        if partner == "perceptron":
            experiment = _without_hidden(experiment)
        experiment = _changed(experiment, "training", loss=partner)
    return _with_output(experiment, activation)


def with_bias(experiment: Experiment, use_bias: bool) -> Experiment:
    """Return the experiment with or without biases, in all layers."""
    layers = [
        _replaced(layer, use_bias=use_bias) if has_field(layer, "use_bias") else layer
        for layer in experiment.network.layers
    ]
    return _with_layers(experiment, layers)


def with_initializer(experiment: Experiment, name: str) -> Experiment:
    """Return the experiment with another distribution of first weights, its numbers as usual."""
    return with_network(experiment, initializer=name, initializer_values={})


def with_bias_initializer(experiment: Experiment, name: str) -> Experiment:
    """Return the experiment with another distribution of first biases, its numbers as usual."""
    return with_network(experiment, bias_initializer=name, bias_values={})


# -------------------------------------------------------------------------------------- training


def with_training(experiment: Experiment, **values: Any) -> Experiment:
    """Return the experiment with fields of its `TrainingChoice` changed."""
    return _changed(experiment, "training", **values)


def with_loss(experiment: Experiment, loss: str) -> Experiment:
    """Return the experiment with another loss, and an output that it is defined for.

    The perceptron's takes the hidden layers away, which its rule cannot train. A loss made for
    another task changes nothing else, and validation refuses it.
    """
    dataset = dataset_of(experiment.data)
    changed = _changed(experiment, "training", loss=loss)
    if dataset.task not in LOSSES[loss].tasks:
        return changed
    if loss == "perceptron":
        changed = _without_hidden(changed)
    activation = changed.network.layers[-1].activation
    if not _fits(loss, activation, dataset):
        allowed = LOSSES[loss].output_activations
        activation = allowed[0] if allowed else _usual(dataset)[0]
    return _with_output(changed, activation)


def with_optimizer(experiment: Experiment, name: str) -> Experiment:
    """Return the experiment with another optimiser, its numbers as usual."""
    return with_training(experiment, optimizer=name, optimizer_values={})


def with_schedule(experiment: Experiment, name: str) -> Experiment:
    """Return the experiment with another schedule of the learning rate, its numbers as usual."""
    return with_training(experiment, schedule=name, schedule_values={})


def with_stop_when(experiment: Experiment, rule: StopRule) -> Experiment:
    """Return the experiment with another early end, at a value that is a good start for it."""
    if rule == experiment.training.stop_when:
        return experiment
    return with_training(experiment, stop_when=rule, stop_value=_STOP_VALUES[rule])


# ------------------------------------------------------------------------------------- what fits


def _changed(experiment: Experiment, part: str, **values: Any) -> Experiment:
    return experiment.change(part, **values)


def _replaced(layer: LayerSpec, **values: Any) -> LayerSpec:
    return dataclasses.replace(layer, **values)


def has_field(layer: LayerSpec, name: str) -> bool:
    """Return whether a person can set something of this name on a layer."""
    return any(field.name == name for field in dataclasses.fields(layer))


def _with_layers(experiment: Experiment, layers: Iterable[LayerSpec]) -> Experiment:
    return _changed(experiment, "network", layers=tuple(layers))


def _has_pictures(experiment: Experiment) -> bool:
    return dataset_of(experiment.data).image_shape is not None


def _with_layers_that_fit(experiment: Experiment) -> Experiment:
    shape = input_shape(experiment, dataset_of(experiment.data))
    layers = layer_choices.fitting(experiment.network.layers, shape, _has_pictures(experiment))
    return _with_layers(experiment, layers)


def _with_training_that_fits(experiment: Experiment) -> Experiment:
    data = experiment.data
    waits = experiment.training.stop_when == "validation_loss_rises"
    if waits and not (data.test_fraction or data.validation_fraction):
        experiment = with_stop_when(experiment, "never")
    if dataset_of(experiment.data).task == "regression":
        experiment = with_training(experiment, class_weights="none")
    return experiment


def _without_hidden(experiment: Experiment) -> Experiment:
    return _with_layers(experiment, experiment.network.layers[-1:])


def _with_output(experiment: Experiment, activation: str) -> Experiment:
    """Return the experiment with this output activation and as many outputs as it then needs."""
    dataset = dataset_of(experiment.data)
    units = required_outputs(activation, dataset)
    return with_layer(experiment, -1, activation=activation, units=units)


def _usual(dataset: Dataset) -> tuple[str, str]:
    """Return the output activation and the loss that a textbook takes for a task."""
    if dataset.task == "regression":
        return "linear", "mean_squared_error"
    if len(dataset.class_names) == 2:
        return "sigmoid", "binary_crossentropy"
    return "softmax", "categorical_crossentropy"


def _proposed(experiment: Experiment) -> Experiment:
    activation, loss = _usual(dataset_of(experiment.data))
    return _with_output(_changed(experiment, "training", loss=loss), activation)


def _output_and_loss(experiment: Experiment) -> tuple[str, str]:
    return experiment.network.layers[-1].activation, experiment.training.loss


def _fits(loss: str, activation: str, dataset: Dataset) -> bool:
    """Return whether a loss is defined for an output activation and can train it."""
    entry = LOSSES[loss]
    if dataset.task not in entry.tasks:
        return False
    if entry.output_activations:
        return activation in entry.output_activations
    return ACTIVATIONS[activation].trains_by_gradient


def _partner(activation: str, dataset: Dataset) -> str:
    """Return the loss made for an output activation, or the mean squared error."""
    made_for_it = (
        loss.name
        for loss in LOSSES.values()
        if loss.fused_with == activation and dataset.task in loss.tasks
    )
    return next(made_for_it, "mean_squared_error")


def _bounded_batch(experiment: Experiment) -> Experiment:
    """Return the experiment with the full batch if there are fewer rows than a batch has."""
    size = experiment.training.batch_size
    if size is None or size <= dataset_of(experiment.data).rows:
        return experiment
    return _changed(experiment, "training", batch_size=None)
