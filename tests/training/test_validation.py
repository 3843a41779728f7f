"""What cannot be is refused in a sentence at its field; what is allowed can be trained."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense
from nnviz.engine.losses import LOSSES
from nnviz.errors import InvalidChoiceError
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.problem import Problem, dataset_of
from nnviz.training.settings import MAX_HIDDEN_LAYERS
from nnviz.training.trainer import Trainer, overflow_is_checked
from nnviz.training.validation import refusals, required_outputs

BINARY = Experiment()
"""XOR with 4 sigmoid neurons, one sigmoid output and the mean squared error."""

CLASSES = Experiment(
    DataChoice("blobs", rows=30, classes=3),
    NetworkChoice((Dense(4, "tanh"), Dense(3, "softmax"))),
    TrainingChoice("categorical_crossentropy"),
)
NUMBERS = Experiment(
    DataChoice("houses", rows=20, standardize_inputs=True, standardize_target=True),
    NetworkChoice((Dense(4, "tanh"), Dense(1, "linear"))),
)
SMALL_NUMBERS = NUMBERS.change("data", sample="multi-gaussian")
"""Targets that stay within −1 and 1, so that tanh can reach them."""

TASKS = {"binary": BINARY, "classes": CLASSES, "numbers": NUMBERS, "small numbers": SMALL_NUMBERS}


def refused(experiment: Experiment) -> dict[str, str]:
    """Return what is refused: the sentences by their fields."""
    sentences: dict[str, str] = {}
    for error in refusals(experiment, dataset_of(experiment.data)):
        sentences[error.field] = f"{sentences.get(error.field, '')} {error}".strip()
    return sentences


def with_output(experiment: Experiment, units: int, activation: str, *hidden: Dense) -> Experiment:
    layers = (*(hidden or experiment.network.layers[:-1]), Dense(units, activation))
    return experiment.change("network", layers=layers)


@pytest.mark.parametrize("experiment", TASKS.values(), ids=list(TASKS))
def test_the_starting_points_are_fine(experiment: Experiment) -> None:
    assert refused(experiment) == {}


# ----------------------------------------------------------------------------- pairs that cannot be

PERCEPTRON = BINARY.change("training", loss="perceptron").change(
    "network", layers=(Dense(1, "sign"),)
)
IMPOSSIBLE = {
    "softmax with one output": (
        with_output(BINARY, 1, "softmax"),
        "network.layers.1.activation",
        "Softmax with a single output is always 1",
    ),
    "softmax on a number": (
        with_output(NUMBERS, 1, "softmax"),
        "network.layers.1.activation",
        "but price is a number",
    ),
    "cross-entropy on a number": (
        NUMBERS.change("training", loss="categorical_crossentropy"),
        "training.loss",
        "Cross-entropy compares classes, but price is a number.",
    ),
    "binary cross-entropy on a number": (
        NUMBERS.change("training", loss="binary_crossentropy"),
        "training.loss",
        "compares classes, but price is a number.",
    ),
    "perceptron rule on a number": (
        NUMBERS.change("training", loss="perceptron"),
        "training.loss",
        "compares classes, but price is a number.",
    ),
    "perceptron rule with a hidden layer": (
        with_output(PERCEPTRON, 1, "sign", Dense(3, "tanh")),
        "training.loss",
        "trains a single layer",
    ),
    "perceptron with three classes": (
        CLASSES.change("training", loss="perceptron").change("network", layers=(Dense(3, "sign"),)),
        "network.layers.0.activation",
        "separates two classes, but there are 3",
    ),
    "perceptron rule with a sigmoid": (
        PERCEPTRON.change("network", layers=(Dense(1, "sigmoid"),)),
        "training.loss",
        "needs an output of Sign",
    ),
    "sign with a loss that needs a slope": (
        PERCEPTRON.change("training", loss="mean_squared_error"),
        "training.loss",
        "no slope",
    ),
    "sign in a hidden layer": (
        with_output(BINARY, 1, "sigmoid", Dense(3, "sign")),
        "network.layers.0.activation",
        "derivative is 0",
    ),
    "softmax in a hidden layer": (
        with_output(BINARY, 1, "sigmoid", Dense(3, "softmax")),
        "network.layers.0.activation",
        "belongs at the output",
    ),
    "cross-entropy without softmax": (
        with_output(CLASSES, 3, "sigmoid"),
        "training.loss",
        "needs an output of Softmax, not Sigmoid",
    ),
    "binary cross-entropy without a sigmoid": (
        with_output(BINARY.change("training", loss="binary_crossentropy"), 1, "tanh"),
        "training.loss",
        "needs an output of Sigmoid, not tanh",
    ),
    "absolute error on classes": (
        BINARY.change("training", loss="mean_absolute_error"),
        "training.loss",
        "compares numbers, but this sample has classes",
    ),
    "too few outputs": (with_output(CLASSES, 2, "softmax"), "network.layers.1.units", "needs 3"),
    "too many outputs": (with_output(BINARY, 2, "sigmoid"), "network.layers.1.units", "needs 1"),
    "two numbers for one": (with_output(NUMBERS, 2, "linear"), "network.layers.1.units", "needs 1"),
    "an output that cannot reach the target": (
        with_output(NUMBERS, 1, "sigmoid"),
        "network.layers.1.activation",
        "outputs stay between 0 and 1, but price runs from",
    ),
    "raw targets beyond tanh": (
        with_output(NUMBERS.change("data", standardize_target=False), 1, "tanh"),
        "network.layers.1.activation",
        "outputs stay between -1 and 1",
    ),
}


@pytest.mark.parametrize(("experiment", "field", "says"), IMPOSSIBLE.values(), ids=list(IMPOSSIBLE))
def test_impossible_pair_is_refused_at_its_field(experiment, field: str, says: str) -> None:
    found = refused(experiment)
    assert says in found[field]
    assert found[field].endswith(".")
    with pytest.raises(InvalidChoiceError):
        Problem(experiment)
    with pytest.raises(InvalidChoiceError):
        Trainer(experiment)


# ----------------------------------------------------------------------- numbers out of their range

MANY = tuple(Dense(2, "tanh") for _ in range(MAX_HIDDEN_LAYERS + 1))
WRONG_NUMBERS = [
    *(("training", "learning_rate", value) for value in (0.0, -0.1, 1e4, math.nan, "fast", True)),
    *(("training", "epochs", value) for value in (0, -1, 1.5, 10**9, True)),
    *(("training", "batch_size", value) for value in (0, 5, 2.5, -1)),
    *(("training", "l1", value) for value in (-0.1, math.inf)),
    *(("training", "l2", value) for value in (-0.1, math.nan)),
    *(("training", "seed", value) for value in (-1, 2**32, 0.5)),
    *(("data", "seed", value) for value in (-1, 2**32)),
    *(("data", "test_fraction", value) for value in (-0.1, 0.95, math.nan)),
    *(("data", "features", value) for value in ((), ("x", "z"))),
    *(("training", "stop_value", value) for value in (math.nan, math.inf)),
    *(("training", "optimizer_values", value) for value in ({"pace": 1}, {"momentum": 0.5})),
    *(("training", "schedule_values", value) for value in ({"decay": 1},)),
    *(("training", name, "best") for name in ("loss", "optimizer", "schedule", "reduction")),
    *(("training", name, "best") for name in ("stop_when",)),
    *(("network", name, "best") for name in ("initializer", "bias_initializer", "dtype")),
    *(("network", "initializer_values", value) for value in ({"limit": 1.0},)),
    *(("network", "layers", value) for value in ((), (*MANY, Dense(1, "sigmoid")))),
]


@pytest.mark.parametrize(("part", "name", "value"), WRONG_NUMBERS)
def test_value_out_of_range_is_refused_at_its_field(part: str, name: str, value: object) -> None:
    experiment = BINARY.change(part, **{name: value})
    with pytest.raises(InvalidChoiceError) as caught:
        Problem(experiment)
    assert caught.value.field == f"{part}.{name}".removesuffix("_values")
    assert str(caught.value)


@pytest.mark.parametrize("value", [True, "0.5", None, math.nan, 1.5, 10**400])
def test_numbers_of_an_entry_are_refused_at_its_field(value: object) -> None:
    values = {"momentum": value}
    experiment = BINARY.change("training", optimizer="momentum", optimizer_values=values)
    assert "must lie between 0 and" in refused(experiment)["training.optimizer"]


@pytest.mark.parametrize("units", [0, -1, 5000, 2.5])
def test_size_of_a_layer_is_refused_at_that_layer(units: object) -> None:
    found = refused(with_output(BINARY, 1, "sigmoid", Dense(3, "tanh"), Dense(units, "tanh")))
    assert list(found) == ["network.layers.1.units"]


def test_unknown_activation_is_refused_at_its_layer() -> None:
    found = refused(with_output(BINARY, 1, "sigmoid", Dense(3, "swish")))
    assert "sigmoid, relu" in found["network.layers.0.activation"]


# -------------------------------------------------------------------------------- pairs that can be

SLOPED = {name for name, activation in ACTIVATIONS.items() if activation.trains_by_gradient}
SQUARES = ("mean_squared_error", "half_mean_squared_error")
SETTLED = (
    *("sigmoid", "relu", "tanh", "softmax", "linear"),
    *("sign", "leaky_relu", "elu", "gelu", "softplus"),
)
"""The activations whose place has been thought about pair by pair; others follow the same rules."""

ALLOWED = {
    "binary": {
        *((loss, name) for loss in SQUARES for name in SLOPED),
        ("binary_crossentropy", "sigmoid"),
        ("categorical_crossentropy", "softmax"),
        ("perceptron", "sign"),
    },
    "classes": {
        *((loss, name) for loss in SQUARES for name in SLOPED),
        ("binary_crossentropy", "sigmoid"),
        ("categorical_crossentropy", "softmax"),
    },
    "numbers": {
        (loss, name)
        for loss in (*SQUARES, "mean_absolute_error")
        for name in ("linear", "leaky_relu")
    },
    "small numbers": {
        (loss, name)
        for loss in (*SQUARES, "mean_absolute_error")
        for name in ("linear", "leaky_relu", "tanh", "elu")
    },
}


def pair(task: str, loss: str, activation: str, *hidden: Dense) -> Experiment:
    """Return an experiment with the right number of outputs for a pair."""
    experiment = TASKS[task].change("training", loss=loss, learning_rate=0.02, epochs=25)
    if task == "small numbers":
        experiment = experiment.change("data", standardize_target=False)
    units = required_outputs(activation, dataset_of(experiment.data))
    return experiment.change("network", layers=(*hidden, Dense(units, activation)))


@pytest.mark.parametrize("task", ALLOWED)
def test_what_is_allowed_is_exactly_this(task: str) -> None:
    allowed = {
        (loss, name) for loss in LOSSES for name in SETTLED if not refused(pair(task, loss, name))
    }
    assert allowed == ALLOWED[task]


@pytest.mark.parametrize(
    ("task", "loss", "output"),
    [(task, *allowed) for task, pairs in ALLOWED.items() for allowed in sorted(pairs)],
)
def test_every_allowed_pair_trains(task: str, loss: str, output: str) -> None:
    trainer = Trainer(pair(task, loss, output))
    before, parameters = trainer.evaluate(), trainer.network.parameters.copy()
    for _ in trainer.steps():
        pass
    after = trainer.evaluate()
    assert after.epoch == 25
    assert after.train_loss <= before.train_loss
    assert not np.array_equal(trainer.network.parameters, parameters)


@pytest.mark.parametrize("hidden", sorted(SLOPED - {"softmax"}))
@pytest.mark.parametrize("task", ALLOWED)
def test_every_hidden_activation_trains_in_every_task(task: str, hidden: str) -> None:
    loss, output = (
        ("categorical_crossentropy", "softmax")
        if task in ("binary", "classes")
        else ("mean_squared_error", "linear")
    )
    trainer = Trainer(pair(task, loss, output, Dense(4, hidden), Dense(3, hidden)))
    before = trainer.evaluate()
    with overflow_is_checked():
        for _ in trainer.steps():
            pass
    assert trainer.evaluate().train_loss < before.train_loss
