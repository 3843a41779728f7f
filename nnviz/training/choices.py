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
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.own.recipe import OwnData
from nnviz.datasets.preprocessing import plane_features
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense
from nnviz.engine.losses import LOSSES
from nnviz.errors import DataError, InvalidChoiceError
from nnviz.training.experiment import (
    DataChoice,
    Experiment,
    NetworkChoice,
    StopRule,
    TrainingChoice,
)
from nnviz.training.layer_choices import with_fitting_layers, with_layer, with_layers
from nnviz.training.presets import is_untouched
from nnviz.training.problem import dataset_of
from nnviz.training.setting import Range, refuse
from nnviz.training.settings import SETTINGS
from nnviz.training.validation import refusals, required_outputs

Offers = dict[str, InvalidChoiceError | None]

_STOP_VALUES: dict[StopRule, float] = {
    "never": 0.0,
    "train_loss": 0.01,
    "train_metric": 0.99,
    "validation_loss_rises": 20.0,
}


def refusal_of(experiment: Experiment, field: str = "") -> InvalidChoiceError | None:
    """Return why an experiment cannot be, or None if it can.

    Where there are several reasons, one about `field`, the beginning of a dotted path, comes first.
    """
    try:
        found = list(refusals(experiment, dataset_of(experiment.data)))
    except InvalidChoiceError as error:
        return error.with_traceback(None)  # its frames hold whoever asked
    except DataError as error:  # a person's own file is gone, or another than it was
        return refuse("data.sample", error.sentence, error.remedy, **error.values)
    near = (error for error in found if field and error.field.startswith(field))
    return next(near, found[0] if found else None)


def offers(
    experiment: Experiment,
    names: Iterable[str],
    make: Callable[[Experiment, str], Experiment],
    field: str = "",
) -> Offers:
    """Return for every name of a table why it cannot be chosen now, or None where it can.

    `make` does what choosing an entry does, such as `with_loss`; `field` is as in `refusal_of`.
    """

    def refusal(name: str) -> InvalidChoiceError | None:
        try:
            return refusal_of(make(experiment, name), field)
        except InvalidChoiceError as error:
            return error.with_traceback(None)  # its frames hold whoever asked

    return {name: refusal(name) for name in names}


# --------------------------------------------------------------------------------------- the data


def with_sample(experiment: Experiment, key: str, file: OwnData | None = None) -> Experiment:
    """Return the experiment on another sample, prepared as its entry in the catalog proposes.

    A person's own `file` has the key ``OWN``.

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
    blank = DataChoice(key, classes=before.classes, seed=before.seed, file=file)
    task_stays = dataset_of(before).task == dataset_of(blank).task
    spec = blank.spec
    data = DataChoice(
        sample=key,
        noise=spec.default_noise,
        classes=before.classes,
        test_fraction=spec.test_fraction,
        standardize_inputs=spec.standardize,
        standardize_target=spec.standardize and spec.task == "regression",
        seed=before.seed,
        file=file,
    )
    if (spec.group == "image") != (before.spec.group == "image"):
        # Pictures are many numbers, and seven digits of each are plenty.
        usual = "float32" if spec.group == "image" else NetworkChoice.dtype
        experiment = experiment.change("network", dtype=usual)
    moved = dataclasses.replace(experiment, data=data)
    moved = _proposed(_bounded_batch(with_fitting_layers(_with_fitting_training(moved))))
    return moved if task_stays else with_stop_when(moved, "never")


def with_data(experiment: Experiment, **values: Any) -> Experiment:
    """Return the experiment with fields of its `DataChoice` changed.

    Where output layer, loss or batch no longer fit the data they are mended: first the number of
    outputs, and if that is not enough, output and loss as `with_sample` proposes them. Of other
    samples no point has been changed.

    Raises
    ------
    InvalidChoiceError
        If the sample cannot be made so.
    """
    if values.keys() & {"rows", "noise", "classes", "seed"}:
        values.setdefault("points", ())
    candidate = _bounded_batch(experiment.change("data", **values))
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
    return experiment.change("data", features=keys)


# ------------------------------------------------------------------------- the network, training


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
            experiment = with_layers(experiment, experiment.network.layers[-1:])
        experiment = experiment.change("training", loss=partner)
    return _with_output(experiment, activation)


def with_loss(experiment: Experiment, loss: str) -> Experiment:
    """Return the experiment with another loss, and an output that it is defined for.

    The perceptron's takes the hidden layers away, which its rule cannot train. A loss made for
    another task changes nothing else, and validation refuses it.
    """
    dataset = dataset_of(experiment.data)
    changed = experiment.change("training", loss=loss)
    if dataset.task not in LOSSES[loss].tasks:
        return changed
    if loss == "perceptron":
        changed = with_layers(changed, changed.network.layers[-1:])
    activation = changed.network.layers[-1].activation
    if not _fits(loss, activation, dataset):
        allowed = LOSSES[loss].output_activations
        activation = allowed[0] if allowed else _usual(dataset)[0]
    return _with_output(changed, activation)


def with_stop_when(experiment: Experiment, rule: StopRule) -> Experiment:
    """Return the experiment with another early end, at a value that is a good start for it."""
    if rule == experiment.training.stop_when:
        return experiment
    return experiment.change("training", stop_when=rule, stop_value=_STOP_VALUES[rule])


# --------------------------------------------------------------------------------- another sample


STARTING_POINT = Experiment(
    network=NetworkChoice((Dense(8, "tanh"), Dense(4, "tanh"), Dense(1, "sigmoid"))),
    training=TrainingChoice(optimizer="adam", learning_rate=0.01, batch_size=32, epochs=500),
)
"""A network and a training that learn something on every sample of the catalog.

A preset's own settings are made for its own data: XOR's rate of 1 makes any regression diverge.
"""

_HIDDEN = {"letters": (Dense(16, "tanh"),)}
"""Hidden layers of samples that need others: four neurons do not tell 36 characters apart."""


def starting_point(key: str, file: OwnData | None = None) -> Experiment:
    """Return the experiment that a sample is opened with, by its key in ``CATALOG``, or a file.

    Raises
    ------
    UnknownNameError
        If there is no such sample.
    """
    return _with_own_layers(with_sample(STARTING_POINT, key, file))


def opened_from(experiment: Experiment, key: str) -> Experiment:
    """Return the experiment that opening a sample leads to from here.

    What the person set goes with them to the next sample; what a preset set does not, nor a full
    batch that is only full because the sample has so few rows.
    """
    if is_untouched(experiment):
        return starting_point(key)
    start = starting_point(experiment.data.sample, experiment.data.file)
    if experiment.training.batch_size is start.training.batch_size is None:
        usual = STARTING_POINT.training.batch_size
        experiment = experiment.change("training", batch_size=usual)
    if experiment.network.layers != start.network.layers:
        return with_sample(experiment, key)
    blank = with_layers(experiment, (*STARTING_POINT.network.layers[:-1], start.network.layers[-1]))
    return _with_own_layers(with_sample(blank, key))


def _with_own_layers(experiment: Experiment) -> Experiment:
    """Return the experiment with the hidden layers that its sample is opened with."""
    hidden = _HIDDEN.get(experiment.data.sample)
    last = experiment.network.layers[-1]
    return experiment if hidden is None else with_layers(experiment, (*hidden, last))


# ------------------------------------------------------------------------------ by a setting's path


Change = Callable[[Experiment, Any], Experiment]

_CHANGES: Mapping[str, Change] = {
    "data.sample": opened_from,
    "data.classes": with_classes,
    "data.features": with_features,
    "training.loss": with_loss,
    "training.stop_when": with_stop_when,
}
"""Settings that others depend on."""


def with_setting(experiment: Experiment, path: str, value: Any) -> Experiment:
    """Return the experiment with another value of a setting, and what must change with it.

    The path may also be that of numbers that come with a setting; with another entry of its table
    they are as usual. A whole number may come as a float.

    Raises
    ------
    InvalidChoiceError
        If the sample cannot be made so.
    """
    setting = SETTINGS.get(path)
    if setting and isinstance(setting.values, Range) and setting.values.whole:
        value = None if value is None else int(value)
    if path in _CHANGES:
        return _CHANGES[path](experiment, value)
    part, name = path.split(".")
    if part == "data":
        return with_data(experiment, **{name: value})
    changed = experiment.change(part, **{name: value})
    return with_setting(changed, setting.numbers, {}) if setting and setting.numbers else changed


# ------------------------------------------------------------------------------------- what fits


def _with_fitting_training(experiment: Experiment) -> Experiment:
    data = experiment.data
    waits = experiment.training.stop_when == "validation_loss_rises"
    if waits and not (data.test_fraction or data.validation_fraction):
        experiment = with_stop_when(experiment, "never")
    if dataset_of(experiment.data).task == "regression":
        experiment = experiment.change("training", class_weights="none")
    return experiment


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
    return _with_output(experiment.change("training", loss=loss), activation)


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
    return experiment.change("training", batch_size=None)
