"""Networks of all kinds of layers, from an Experiment to a finished run."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnviz.engine.layers import (
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    MaxPool2D,
)
from nnviz.errors import DataError
from nnviz.training import choices, layer_choices
from nnviz.training.choices import starting_point
from nnviz.training.experiment import Experiment
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem, layer_sizes
from nnviz.training.trainer import Trainer

CNN = (
    Conv2D(4, 3, padding="same", activation="relu"),
    BatchNorm(0.9),
    MaxPool2D(2),
    Dropout(0.2),
    Conv2D(6, (2, 3), activation="relu"),
    GlobalAveragePool2D(),
    Dense(10, "softmax"),
)
DIGITS = (
    starting_point("digits")
    .change("network", layers=CNN, dtype="float32")
    .change("training", epochs=3, batch_size=64)
    .change("data", test_fraction=0.2)
)
GAUSSIANS = starting_point("two-gaussians").change("training", epochs=30)


def finished(experiment: Experiment) -> Trainer:
    trainer = Trainer(experiment)
    for _ in trainer.steps():
        pass
    return trainer


def test_a_convolutional_network_learns_and_is_inspected() -> None:
    trainer = finished(DIGITS)
    problem = trainer.problem
    assert problem.shapes == [
        (1, 8, 8),
        (4, 8, 8),
        (4, 8, 8),
        (4, 4, 4),
        (4, 4, 4),
        (6, 3, 2),
        (6,),
        (10,),
    ]
    assert problem.units == (256, 256, 64, 64, 36, 6, 10)
    assert layer_sizes(problem) == "1×8×8-4×8×8-4×8×8-4×4×4-4×4×4-6×3×2-6-10"
    record = trainer.evaluate()
    assert record.train_loss < 0.8 * np.log(10)
    assert [norm > 0 for norm in record.gradient_norms] == [
        True,
        True,
        *[False] * 2,
        True,
        False,
        True,
    ]
    inspection = Inspection(problem, trainer.snapshot())
    maps = [trace.maps.shape[1:] for trace in inspection.sample_trace(0)]
    assert maps == problem.shapes[1:]
    assert inspection.weights(0).shape == (4, 9)
    assert inspection.biases(0).shape == inspection.bias_gradients(0).shape == (4,)
    assert inspection.weights(2).size == inspection.biases(3).size == 0
    test = inspection.outputs("test")
    assert test is not None
    right = np.mean(test.labels == problem.labels[test.index])
    assert right == pytest.approx(record.test_metric, abs=1e-12)


def test_same_experiment_same_numbers_however_it_is_cut() -> None:
    by_steps, at_once = Trainer(DIGITS), Trainer(DIGITS)
    records = [record for record in by_steps.steps() if record is not None]
    table = at_once.advance(10_000)
    assert records[1:] == list(table.records())
    assert np.array_equal(by_steps.network.parameters, at_once.network.parameters)


def test_an_experiment_comes_back_from_json() -> None:
    there = json.loads(json.dumps(DIGITS.to_dict()))
    assert Experiment.from_dict(there) == DIGITS
    assert [layer["kind"] for layer in there["network"]["layers"]] == [s.kind for s in CNN]


def test_layers_without_a_kind_are_dense() -> None:
    values = GAUSSIANS.to_dict()
    for layer in values["network"]["layers"]:
        del layer["kind"]
    assert Experiment.from_dict(values) == GAUSSIANS


@pytest.mark.parametrize("layer", [{"kind": "lstm", "units": 3}, {"kind": "flatten", "units": 3}])
def test_unknown_layers_are_refused(layer) -> None:
    values = GAUSSIANS.to_dict()
    values["network"]["layers"] = [layer]
    with pytest.raises(DataError):
        Experiment.from_dict(values)


HUGE = (Conv2D(1024, 4), Conv2D(1024, 5), GlobalAveragePool2D())
SOFTMAX = Dense(10, "softmax")


@pytest.mark.parametrize(
    ("layers", "field", "words"),
    [
        ((Conv2D(4, 3), Dense(10, "softmax")), "network.layers.1", ("Dense", "10", "4×6×6")),
        ((Conv2D(4, 3), MaxPool2D(7), Flatten(), SOFTMAX), "network.layers.1", ("7×7",)),
        ((Dense(64), Conv2D(4, 3), Dense(10, "softmax")), "network.layers.1", ("Conv2D", "64")),
        ((Conv2D(4, 3), Flatten()), "network.layers.1", ("Flatten",)),
        ((*HUGE, SOFTMAX), "network.layers", ("20,000,000",)),
    ],
)
def test_impossible_layers_are_refused_at_their_field(layers, field: str, words) -> None:
    refused = choices.refusal_of(DIGITS.change("network", layers=layers))
    assert refused is not None
    assert refused.field == field
    for word in words:
        assert word in str(refused)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"clip_norm": 0.0}, "training.clip_norm"),
        ({"clip_value": float("nan")}, "training.clip_value"),
        ({"clip_norm": 1.0, "clip_value": 1.0}, "training.clip_value"),
        ({"stop_when": "validation_loss_rises", "stop_value": 5.0}, "training.stop_when"),
        ({"class_weights": "mine"}, "training.class_weights"),
    ],
)
def test_impossible_training_is_refused_at_its_field(values, field: str) -> None:
    there = GAUSSIANS.change("data", test_fraction=0.0).change("training", **values)
    refused = choices.refusal_of(there)
    assert refused is not None
    assert refused.field == field


def test_class_weights_need_classes() -> None:
    refused = choices.refusal_of(
        starting_point("houses").change("training", class_weights="balanced")
    )
    assert refused is not None
    assert refused.field == "training.class_weights"


def test_bias_is_set_where_there_is_one() -> None:
    without = layer_choices.with_bias(DIGITS, False).network.layers
    assert [layer.use_bias for layer in without] == [False] * len(CNN)
    assert [type(layer) for layer in without] == [type(layer) for layer in CNN]


def test_a_rising_test_loss_ends_training_and_the_best_comes_back() -> None:
    there = GAUSSIANS.change("data", test_fraction=0.3, noise=30.0)
    there = there.change("network", layers=(Dense(64, "tanh"), Dense(1, "sigmoid")))
    there = there.change(
        "training", epochs=400, learning_rate=0.1, stop_when="validation_loss_rises", stop_value=4.0
    )
    trainer = Trainer(there)
    losses = [record.test_loss for record in trainer.steps() if record is not None][1:]
    assert trainer.should_stop
    assert len(losses) < 400
    assert np.argmin(losses) == len(losses) - 5
    assert trainer.evaluate().test_loss == pytest.approx(min(losses), rel=1e-12)


def test_the_best_also_comes_back_at_the_last_epoch() -> None:
    there = GAUSSIANS.change("data", test_fraction=0.3).change(
        "training", epochs=6, learning_rate=3.0, stop_when="validation_loss_rises", stop_value=50.0
    )
    trainer = Trainer(there)
    losses = [record.test_loss for record in trainer.steps() if record is not None][1:]
    assert trainer.finished
    assert trainer.evaluate().test_loss == pytest.approx(min(losses), rel=1e-12)


@pytest.mark.parametrize("batch_size", [None, 7])
def test_balanced_classes_count_the_same(batch_size: int | None) -> None:
    problem = Problem(DIGITS.change("training", class_weights="balanced"))
    weights, labels = problem.sample_weights, problem.labels[problem.train.index]
    assert weights is not None
    sums = [weights[labels == label].sum() for label in range(10)]
    np.testing.assert_allclose(sums, sums[0])
    plain = GAUSSIANS.change("training", batch_size=batch_size, epochs=2)
    alike = finished(plain.change("training", class_weights="balanced")).network.parameters
    # Two classes of the same size: balanced is what it was.
    np.testing.assert_allclose(alike, finished(plain).network.parameters, rtol=1e-9)


def test_a_limited_gradient_keeps_its_limit() -> None:
    once = GAUSSIANS.change("training", epochs=1)
    assert np.linalg.norm(finished(once).network.trained_gradients) > 1e-3
    by_norm = finished(once.change("training", clip_norm=1e-3)).network.trained_gradients
    assert np.linalg.norm(by_norm) == pytest.approx(1e-3, rel=0.01)
    by_value = finished(once.change("training", clip_value=1e-5)).network.trained_gradients
    assert np.abs(by_value).max() == pytest.approx(1e-5)
