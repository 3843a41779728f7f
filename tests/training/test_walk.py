"""Stepping through the passes: what stages show is what the engine computes, to the last update."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from nnviz.engine.layers import BatchNorm, Conv2D, Dense, Dropout, Flatten, MaxPool2D
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.inspection import Inspection
from nnviz.training.trainer import Trainer
from nnviz.training.walk import Stage, Walk, walk_of

ROW, ALL = 3, (10_000, 10_000)
EXPERIMENTS = {
    "houses": Experiment(
        DataChoice("houses", standardize_inputs=True, standardize_target=True),
        NetworkChoice((Dense(4, "tanh", use_bias=False), Dense(1, "linear"))),
        TrainingChoice("mean_squared_error", "adamw", batch_size=20, l2=0.01, clip_norm=0.05),
    ),
    "iris": Experiment(
        DataChoice("iris"),
        NetworkChoice((Dense(5, "tanh"), Dense(3, "softmax"))),
        TrainingChoice("categorical_crossentropy", batch_size=32, class_weights="balanced"),
    ),
    "pictures": Experiment(
        DataChoice("digits", rows=60),
        NetworkChoice(
            (
                Conv2D(3, (3, 3), (2, 1), (1, 2), activation="tanh"),
                BatchNorm(),
                MaxPool2D(),
                Flatten(),
                Dropout(0.4),
                Dense(10, "softmax"),
            )
        ),
        TrainingChoice("categorical_crossentropy", "adam", learning_rate=0.01, batch_size=16),
    ),
}
CASES = [(name, batch) for name in EXPERIMENTS for batch in (False, True)]


@lru_cache(maxsize=8)
def case_of(name: str, batch: bool) -> tuple[Trainer, Walk]:
    """Return a walk after two epochs and a mini-batch, and a Trainer one update further."""
    trainer = Trainer(EXPERIMENTS[name])
    trainer.advance(trainer.updates_until(2))
    checkpoint = trainer.checkpoint()
    trainer.advance(1)
    inspection = Inspection(trainer.problem, trainer.snapshot())
    walk = walk_of(inspection, ROW, checkpoint, batch)
    trainer.advance(1)
    return trainer, walk


def matrices(walk: Walk, kind: str, layer: int, unit: int = 0) -> list[np.ndarray]:
    stage = Stage(kind, layer)
    assert stage in walk.stages
    return [matrix.values for matrix in walk.matrices(stage, unit, ALL)]


def test_stages_go_forward_backward_and_on_to_the_update() -> None:
    said = [(stage.kind, stage.layer) for stage in case_of("houses", True)[1].stages]
    assert said == [
        ("inputs", -1), ("sum", 0), ("activation", 0), ("sum", 1), ("loss", 1), ("delta", 1),
        ("gradient", 1), ("delta", 0), ("gradient", 0), ("update", 0), ("update", 1),
    ]  # fmt: skip
    trainer, _ = case_of("houses", False)
    alone = walk_of(Inspection(trainer.problem, trainer.snapshot()), ROW, None, batch=True)
    assert {stage.kind for stage in alone.stages} == {kind for kind, _ in said} - {"update"}
    assert not alone.is_batch


@pytest.mark.parametrize(("name", "batch"), CASES)
def test_numbers_appear_with_their_stage_and_not_before(name: str, batch: bool) -> None:
    _, walk = case_of(name, batch)
    assert walk.is_batch == batch
    for place, stage in enumerate(walk.stages):
        values = walk.values(place)
        if stage.kind in ("sum", "activation"):
            known = [not np.isnan(each).any() for each in values]
            assert known == [layer <= stage.layer + 1 for layer in range(len(values))]
        if stage.kind in ("sum", "activation", "delta"):
            built = walk.layers[stage.layer]
            array = {"sum": built.z, "activation": built.a, "delta": built.delta}[stage.kind]
            np.testing.assert_array_equal(values[stage.layer + 1], array[:, walk.column])
        graded = {one.layer for one in walk.stages[: place + 1] if one.kind == "gradient"}
        assert walk.reached(place, "gradient") == graded


def test_a_sample_is_asked_as_in_prediction_and_the_batch_is_the_one_that_comes() -> None:
    trainer, alone = case_of("pictures", False)
    rows = trainer.problem.encode_inputs(trainer.problem.dataset.inputs[ROW : ROW + 1])
    answers = alone.passes.network.predict(rows)
    np.testing.assert_allclose(alone.layers[-1].a.T, answers, rtol=1e-9)
    _, walk = case_of("pictures", True)
    assert walk.rows.size == walk.passes.rows == 16
    assert {*walk.rows.tolist()} <= {*trainer.problem.train.index.tolist()}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_update_is_the_one_that_training_makes(name: str) -> None:
    trainer, walk = case_of(name, True)
    for layer, built in enumerate(trainer.network.layers):
        if built.weights.size:
            before, _, after = matrices(walk, "update", layer)
            np.testing.assert_allclose(after, built.weights, rtol=1e-9)
            assert np.abs(after - before).max() > 0
    _, alone = case_of(name, False)
    last = len(alone.layers) - 1
    np.testing.assert_array_equal(
        matrices(alone, "update", last)[1], alone.layers[last].weight_gradients
    )


@pytest.mark.parametrize(("name", "batch"), [case for case in CASES if case[0] != "pictures"])
def test_matrices_make_the_next_one(name: str, batch: bool) -> None:
    _, walk = case_of(name, batch)
    last = len(walk.layers) - 1
    for layer in range(last + 1):
        weights, given, *bias, z = matrices(walk, "sum", layer)
        np.testing.assert_allclose(weights @ given + sum(bias), z, rtol=1e-9)
        delta, given, gradient = matrices(walk, "gradient", layer)
        np.testing.assert_allclose(delta @ given.T, gradient, rtol=1e-9, atol=1e-15)
    weights, behind, delta = matrices(walk, "delta", 0)
    slope = walk.layers[0].activation.slope(walk.layers[0].z)
    np.testing.assert_allclose(slope * (weights.T @ behind), delta, rtol=1e-9, atol=1e-15)
    answers, targets, delta = matrices(walk, "delta", last)
    if name == "iris":
        np.testing.assert_allclose((answers - targets) * walk.passes.scale, delta, rtol=1e-9)
    losses = matrices(walk, "loss", last)[-1]
    np.testing.assert_allclose((losses * walk.passes.scale).sum(), walk.passes.value, rtol=1e-9)


def test_of_a_large_matrix_what_is_shown_is_around_the_neuron() -> None:
    _, walk = case_of("pictures", True)
    weights, given, _, z = walk.matrices(Stage("sum", 5), 8, (4, 3))
    assert (weights.shape, weights.values.shape) == ((10, 30), (4, 3))
    assert 8 in weights.rows and weights.rows == z.rows
    assert walk.column in given.columns
    np.testing.assert_array_equal(z.values, walk.layers[5].z[np.ix_(z.rows, z.columns)])


@pytest.mark.parametrize("unit", [0, 25, 119])
@pytest.mark.parametrize("batch", [False, True])
def test_layers_of_pictures_are_told_place_by_place(unit: int, batch: bool) -> None:
    _, walk = case_of("pictures", batch)
    convolution, norm, pool, *_ = walk.layers
    seen, column = walk.window(0, unit), walk.column
    total = (seen.patch * seen.kernel).sum() + convolution.biases[unit // 40, 0]
    assert total == pytest.approx(convolution.z[unit, column])
    top, left = max(seen.top, 0), max(seen.left, 0)
    inside = seen.picture[top : max(seen.top + 3, 0), left : max(seen.left + 3, 0)]
    assert inside.sum() == pytest.approx(seen.patch.sum()), "where it is in the picture"

    mean, variance = walk.spread(1)
    x, channel = walk.passes.inputs(1)[unit, column], unit // 40
    share = (x - mean[channel]) / np.sqrt(variance[channel] + norm.spec.epsilon)
    told = norm.gamma[channel, 0] * share + norm.beta[channel, 0]
    assert told == pytest.approx(norm.a[unit, column])

    seen = walk.window(2, unit // 4)
    assert seen.kernel is None
    assert seen.patch[0][seen.winner] == seen.patch.max() == pool.a[unit // 4, column]
    assert seen.picture[seen.top + seen.winner[0], seen.left + seen.winner[1]] == seen.patch.max()

    given, mask, left = matrices(walk, "activation", 4)
    np.testing.assert_array_equal(given * mask, left)
    assert (mask == 0).any() == batch
    assert [walk.has_window(Stage("sum", 0)), walk.has_window(Stage("activation", 0))] == [1, 0]
    assert walk.has_window(Stage("activation", 2)) and not walk.has_window(Stage("delta", 2))
