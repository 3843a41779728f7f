"""Which settings can go together, each refusal one sentence with its remedy.

`refusals` is the one place that knows. The window asks it before offering a choice (what is refused
is shown disabled, with the sentence), the command line and the Trainer before they start.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import get_args

import numpy as np

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.preprocessing import plane_features
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.choices import resolve
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.layers import Dense
from nnviz.engine.losses import LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.errors import InvalidChoiceError, UnknownNameError
from nnviz.training.experiment import Experiment, StopRule
from nnviz.training.layer_rules import (
    MAX_HIDDEN_LAYERS,
    MAX_UNITS,
    hidden_activations,
    layers,
)
from nnviz.training.refusing import Refusals, is_number, is_whole, refuse

__all__ = [
    "MAX_EPOCHS",
    "MAX_HIDDEN_LAYERS",
    "MAX_SEED",
    "MAX_TEST_FRACTION",
    "MAX_UNITS",
    "check",
    "refusals",
    "required_outputs",
]

MAX_EPOCHS = 10_000_000
MAX_SEED = 2**32 - 1
MAX_TEST_FRACTION = 0.9

STOP_RULES: tuple[str, ...] = get_args(StopRule)


def check(experiment: Experiment, dataset: Dataset) -> None:
    """Raise the first of `refusals`, if there is any."""
    for refusal in refusals(experiment, dataset):
        raise refusal


def refusals(experiment: Experiment, dataset: Dataset) -> Refusals:
    """Yield what is impossible about an experiment, each as an error that names its field.

    Parameters
    ----------
    experiment
        What is asked.
    dataset
        The data set it asks for.
    """
    names = list(_unknown_names(experiment))
    yield from names
    if names:
        return  # the rules below look entries up by these names
    for rule in _RULES:
        yield from rule(experiment, dataset)


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


def _unknown_names(experiment: Experiment) -> Refusals:
    network, training = experiment.network, experiment.training
    chosen: list[tuple[str, str, Collection[str]]] = [
        ("network.initializer", network.initializer, INITIALIZERS),
        ("network.bias_initializer", network.bias_initializer, INITIALIZERS),
        ("network.dtype", network.dtype, ("float64", "float32")),
        ("training.loss", training.loss, LOSSES),
        ("training.optimizer", training.optimizer, OPTIMIZERS),
        ("training.schedule", training.schedule, SCHEDULES),
        ("training.reduction", training.reduction, ("mean", "sum")),
        ("training.stop_when", training.stop_when, STOP_RULES),
        ("training.class_weights", training.class_weights, ("none", "balanced")),
        *(
            (f"network.layers.{i}.activation", layer.activation, ACTIVATIONS)
            for i, layer in enumerate(network.layers)
        ),
    ]
    for field, name, table in chosen:
        if name not in table:
            yield refuse(
                field,
                "“{name}” is not known here.",
                "Choose one of: {known}.",
                name=name,
                known=", ".join(table),
            )


def _numbers(experiment: Experiment, dataset: Dataset) -> Refusals:
    data, training = experiment.data, experiment.training
    ranges: tuple[tuple[str, str, object, float, float], ...] = (
        ("data.test_fraction", "The share held out", data.test_fraction, 0.0, MAX_TEST_FRACTION),
        ("training.learning_rate", "The learning rate", training.learning_rate, 1e-9, 1000.0),
        ("training.l1", "The L1 penalty", training.l1, 0.0, 100.0),
        ("training.l2", "The L2 penalty", training.l2, 0.0, 100.0),
    )
    for field, title, value, low, high in ranges:
        # Written so that NaN, which compares false with everything, is refused too.
        if not (is_number(value) and low <= value <= high):
            yield refuse(
                field,
                "{title} must lie between {low:g} and {high:g}, not {value}.",
                title=title,
                low=low,
                high=high,
                value=value,
            )
    if not (is_number(training.stop_value) and math.isfinite(training.stop_value)):
        yield refuse("training.stop_value", "The value to stop at must be a number.")


def _whole_numbers(experiment: Experiment, dataset: Dataset) -> Refusals:
    training = experiment.training
    ranges: tuple[tuple[str, str, object, int, int], ...] = (
        ("training.epochs", "The number of epochs", training.epochs, 1, MAX_EPOCHS),
        ("training.seed", "The seed", training.seed, 0, MAX_SEED),
        ("data.seed", "The data seed", experiment.data.seed, 0, MAX_SEED),
    )
    for field, title, value, low, high in ranges:
        if not (is_whole(value) and low <= value <= high):
            yield refuse(
                field,
                "{title} must lie between {low} and {high}, a whole number, not {value}.",
                title=title,
                low=low,
                high=high,
                value=value,
            )
    size: object = training.batch_size
    if size is not None and not (is_whole(size) and 1 <= size <= dataset.rows):
        yield refuse(
            "training.batch_size",
            "A batch of {size} is not between 1 and the {rows} rows there are.",
            "Choose a smaller batch, or the full batch.",
            size=size,
            rows=dataset.rows,
        )


def _inputs(experiment: Experiment, dataset: Dataset) -> Refusals:
    if not dataset.is_planar:
        return
    try:
        plane_features(dataset.inputs[:1], experiment.data.features)
    except (InvalidChoiceError, UnknownNameError) as error:
        yield InvalidChoiceError(error.sentence, error.remedy, **error.values)


def _parameters(experiment: Experiment, dataset: Dataset) -> Refusals:
    network, training = experiment.network, experiment.training
    optimizer, schedule = OPTIMIZERS[training.optimizer], SCHEDULES[training.schedule]
    chosen = (
        ("training.optimizer", optimizer.parameters, training.optimizer_values),
        ("training.schedule", schedule.parameters, training.schedule_values),
        (
            "network.initializer",
            INITIALIZERS[network.initializer].parameters,
            network.initializer_values,
        ),
        (
            "network.bias_initializer",
            INITIALIZERS[network.bias_initializer].parameters,
            network.bias_values,
        ),
    )
    for field, parameters, values in chosen:
        try:
            resolve(parameters, values, field)
        except InvalidChoiceError as error:
            yield error


def _gradient_limits(experiment: Experiment, dataset: Dataset) -> Refusals:
    training = experiment.training
    limits: tuple[tuple[str, str, object], ...] = (
        ("training.clip_norm", "The limit of the gradient's length", training.clip_norm),
        ("training.clip_value", "The limit of the gradient's numbers", training.clip_value),
    )
    for field, title, limit in limits:
        if limit is not None and not (is_number(limit) and 0.0 < limit < math.inf):
            yield refuse(
                field, "{title} must be a number above 0, not {value}.", title=title, value=limit
            )
    if training.clip_norm is not None and training.clip_value is not None:
        yield refuse(
            "training.clip_value",
            "A gradient is limited either in its length or in each of its numbers.",
            "Take one of the two limits away.",
        )


def _stopping(experiment: Experiment, dataset: Dataset) -> Refusals:
    training = experiment.training
    if training.stop_when != "test_loss_rises":
        return
    if not experiment.data.test_fraction:
        yield refuse(
            "training.stop_when",
            "There is no test part whose loss could rise.",
            "Hold a share of the rows out for testing.",
        )
    if is_number(training.stop_value) and training.stop_value < 1:
        yield refuse(
            "training.stop_value",
            "Training must wait at least one epoch for a better test loss.",
            "Try 20 epochs.",
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


_RULES: tuple[Callable[[Experiment, Dataset], Refusals], ...] = (
    _numbers,
    _whole_numbers,
    _inputs,
    _parameters,
    layers,
    _gradient_limits,
    _stopping,
    _class_weights,
    hidden_activations,
    _output_layer,
    _loss,
    _reach,
)
