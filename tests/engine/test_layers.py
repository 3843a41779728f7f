"""Layers: what PyTorch answered, what differences say, what is refused, what is reused."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from nnviz.engine.clipping import GradientClip
from nnviz.engine.layers import (
    LAYERS,
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    MaxPool2D,
)
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network, with_ones
from nnviz.engine.weighting import balanced_weights
from nnviz.errors import InvalidChoiceError

from .both_engines import ENGINES
from .layer_replay import layer_run, run
from .numeric import numeric_gradient, relative_error
from .test_reference_cases import CASES, TOLERANCE, assert_close, case

NAMES = sorted({key.split("/")[1] for key in CASES if key.startswith("layer/")})
SMALL_CNN = (
    Conv2D(3, 3, activation="tanh"),
    BatchNorm(),
    MaxPool2D(2),
    Conv2D(4, 2, padding="same", activation="sigmoid"),
    AveragePool2D(2, 1),
    Dropout(0.3),
    Flatten(),
    Dense(3, "softmax"),
)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def new_network(rng: np.random.Generator, shape, layers, dtype: str = "float64") -> Network:
    network = Network(shape, layers, dtype)
    network.initialize(rng, "glorot_normal", {}, "random_normal", {"deviation": 0.3})
    return network


def samples(rng: np.random.Generator, network: Network, batch: int):
    return with_ones(rng.normal(size=(batch, network.inputs)), network.dtype).T


# --------------------------------------------------------------------------------- what torch says


def test_no_layer_is_without_a_case() -> None:
    assert {json.loads(str(CASES[f"layer/{name}/settings"]))["kind"] for name in NAMES} == {*LAYERS}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", NAMES)
def test_layer_answers_what_pytorch_answered(name: str, dtype: str) -> None:
    settings = json.loads(str(CASES[f"layer/{name}/settings"]))
    expected = case(f"layer/{name}/out", dtype)
    found = layer_run(settings, case(f"layer/{name}/in", dtype), dtype)
    assert set(found) == set(expected)
    for key, array in expected.items():
        assert_close(found[key], array, dtype)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_a_convolutional_network_follows_pytorch_step_by_step(dtype: str, engine: str) -> None:
    about, layers = case("cnn", dtype), json.loads(str(CASES["cnn/layers"]))
    losses, held = run(layers, case("cnn/in", dtype), float(about["rate"]), dtype, engine)
    assert_close(np.array(losses), about["losses"], dtype)
    expected = case("cnn/out", dtype)
    assert set(held) == set(expected)
    for key, array in expected.items():
        assert_close(held[key], array, dtype)
    assert losses[-1] < 0.5 * losses[0]


def test_limits_of_the_gradient_are_pytorchs() -> None:
    arrays = case("clip")
    for name, limit in (
        ("by_norm", GradientClip(norm=float(arrays["norm"]))),
        ("by_value", GradientClip(value=float(arrays["value"]))),
    ):
        gradient = arrays["gradient"].copy()
        limit.apply(gradient)
        assert_close(gradient, arrays[name], "float64")
    small = np.array([0.1, -0.2])
    GradientClip(norm=1.0).apply(small)
    assert small.tolist() == [0.1, -0.2]


# ----------------------------------------------------------------------------- what differences say


@pytest.mark.parametrize("training", [True, False])
def test_gradient_of_a_network_of_all_layers(rng: np.random.Generator, training: bool) -> None:
    network = new_network(rng, (2, 8, 7), SMALL_CNN)
    x, y = samples(rng, network, 4), np.eye(3)[:, [0, 1, 2, 1]]
    loss = LOSSES["categorical_crossentropy"]
    state = network.parameters[network.trained.size :]
    kept, chance = state.copy(), [g.bit_generator.state for g in network.generators]

    def objective() -> float:
        for generator, start in zip(network.generators, chance, strict=True):
            generator.bit_generator.state = start
        network.forward(x, training)
        state[...] = kept
        return network.value(loss, y)

    objective()
    network.backward(loss, y, 1 / 4)
    assert not network.gradients[network.trained.size :].any()
    expected = numeric_gradient(objective, network.trained)
    assert relative_error(network.trained_gradients, expected) < 1e-6


def test_samples_can_count_differently(rng: np.random.Generator) -> None:
    network = new_network(rng, 3, [Dense(2, "softmax")])
    x, y = samples(rng, network, 3), np.eye(2)[:, [0, 1, 1]]
    loss, weights = LOSSES["categorical_crossentropy"], np.array([2.0, 0.0, 1.0])
    network.forward(x)
    network.backward(loss, y, weights)
    found = network.gradients.copy()
    doubled = x[:, [0, 0, 2]]
    network.forward(doubled)
    network.backward(loss, y[:, [0, 0, 2]], 1.0)
    np.testing.assert_allclose(found, network.gradients, rtol=1e-13)


def test_balanced_weights_are_scikit_learns() -> None:
    found = balanced_weights(np.array([0, 0, 0, 2, 2, 5]))
    np.testing.assert_allclose(found, [6 / 9, 6 / 9, 6 / 9, 1, 1, 2])
    assert found.mean() == pytest.approx(1.0)


# ------------------------------------------------------------------------------------------- shapes


@pytest.mark.parametrize(
    ("layer", "before", "after"),
    [
        (Conv2D(8, 3), (1, 28, 28), (8, 26, 26)),
        (Conv2D(8, 3, 2, "same"), (3, 28, 27), (8, 14, 14)),
        (Conv2D(2, (1, 3), (1, 2), (0, 1)), (3, 5, 5), (2, 5, 3)),
        (MaxPool2D(2), (4, 11, 10), (4, 5, 5)),
        (MaxPool2D(3, 1), (4, 11, 10), (4, 9, 8)),
        (AveragePool2D((2, 1)), (4, 11, 10), (4, 5, 10)),
        (GlobalAveragePool2D(), (4, 11, 10), (4,)),
        (Flatten(), (4, 3, 2), (24,)),
        (Flatten(), (7,), (7,)),
        (Dropout(0.5), (4, 3, 2), (4, 3, 2)),
        (BatchNorm(), (4, 3, 2), (4, 3, 2)),
        (Dense(5), (9,), (5,)),
    ],
)
def test_output_shape(layer, before, after) -> None:
    assert layer.output_shape(before) == after
    network = Network(before, [layer])
    assert network.trace(np.zeros((2, network.inputs)))[0].maps.shape == (2, *after)


@pytest.mark.parametrize(
    ("layer", "shape", "words"),
    [
        (Dense(5), (8, 13, 13), ("Dense", "5", "8×13×13")),
        (Conv2D(8, 3), (64,), ("Conv2D", "channels×rows×columns", "64")),
        (Conv2D(8, 5), (1, 4, 6), ("Conv2D", "5×5", "1×4×6")),
        (MaxPool2D(3), (2, 2, 9), ("MaxPool2D", "3×3", "2×2×9")),
        (AveragePool2D(2), (10,), ("AveragePool2D", "10")),
        (GlobalAveragePool2D(), (10,), ("GlobalAveragePool2D", "10")),
        (Conv2D(0), (1, 9, 9), ("filters", "Conv2D", "0")),
        (Conv2D(2, (3, 0)), (1, 9, 9), ("kernel_size", "0")),
        (Conv2D(2, 3, 0), (1, 9, 9), ("strides", "0")),
        (Conv2D(2, 3, 1, (-1, 0)), (1, 9, 9), ("padding", "-1")),
        (Conv2D(2, 3, 1, "wide"), (1, 9, 9), ("Conv2D", "wide")),
        (MaxPool2D(2, (0, 1)), (1, 9, 9), ("strides", "0")),
        (Dense(0), (3,), ("units", "0")),
        (Dropout(1.0), (3,), ("Dropout", "1.0")),
        (Dropout(float("nan")), (3,), ("Dropout", "nan")),
        (BatchNorm(1.0), (3,), ("BatchNorm", "1.0")),
        (BatchNorm(0.9, 0.0), (3,), ("BatchNorm", "0.0")),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(layer, shape, words) -> None:
    with pytest.raises(InvalidChoiceError) as refused:
        Network(shape, [layer])
    for word in words:
        assert word in str(refused.value)


def test_parameters_lie_layer_by_layer_and_moving_averages_last(rng: np.random.Generator) -> None:
    network = new_network(rng, (2, 8, 7), SMALL_CNN)
    counts = [s.parameter_count(n) for s, n in zip(SMALL_CNN, network.shapes, strict=False)]
    assert counts == [3 * (2 * 9 + 1), 6, 0, 4 * (3 * 4 + 1), 0, 0, 0, 3 * (4 * 2 * 1 + 1)]
    assert network.trained.size == sum(counts)
    assert network.parameters[sum(counts) :].tolist() == [0.0] * 3 + [1.0] * 3
    for layer in network.layers:
        assert np.shares_memory(layer.flat_parameters, network.parameters) or not layer.weights.size
    mask = network.weight_mask()
    assert mask.sum() == 3 * 18 + 4 * 12 + 3 * 8
    assert not mask[sum(counts) :].any()


def test_same_padding_is_larger_below_and_to_the_right() -> None:
    assert Conv2D(1, 2, 1, "same").pads((1, 4, 4)) == ((0, 1), (0, 1))
    assert Conv2D(1, (3, 4), (2, 3), "same").pads((1, 4, 7)) == ((0, 1), (1, 2))


@pytest.mark.parametrize(("name", "spread"), [("he_normal", 2 / 18), ("glorot_normal", 2 / 378)])
def test_convolutions_start_by_fans_as_keras_counts_them(
    rng: np.random.Generator, name: str, spread: float
) -> None:
    network = Network((2, 9, 9), [Conv2D(40, 3)] if name == "glorot_normal" else [Conv2D(999, 3)])
    network.initialize(rng, name, {})
    layer = network.layers[0]
    assert np.var(layer.weights) == pytest.approx(spread, rel=0.1)
    assert not layer.biases.any()


# ------------------------------------------------------------------------- training and prediction


def test_dropout_silences_its_share_in_training_and_nothing_in_prediction(
    rng: np.random.Generator,
) -> None:
    network = new_network(rng, 100, [Dropout(0.3)])
    x = samples(rng, network, 400)
    assert np.array_equal(network.forward(x), x[:-1])
    first = network.forward(x, True).copy()
    silent = first == 0
    # Five standard deviations of a share of 40,000 draws.
    assert silent.mean() == pytest.approx(0.3, abs=5 * (0.21 / 40_000) ** 0.5)
    np.testing.assert_allclose(first[~silent], x[:-1][~silent] / 0.7, rtol=1e-13)
    assert not np.array_equal(network.forward(x, True) == 0, silent)
    again = new_network(np.random.default_rng(1), 100, [Dropout(0.3)])
    assert np.array_equal(again.forward(x, True), first)


def test_dropout_makes_no_chance_of_its_own_where_it_only_predicts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(np.random, "default_rng")
    network = Network(4, (Dropout(0.5), Dense(2)))
    assert network.forward(np.ones((5, 3))).shape == (2, 3)


def test_dropout_leaves_the_draws_of_other_layers_alone() -> None:
    with_it, without = (
        new_network(np.random.default_rng(2), 3, layers)
        for layers in ([Dense(4), Dropout(), Dense(2)], [Dense(4), Dense(2)])
    )
    assert np.array_equal(with_it.parameters, without.parameters)


def test_batch_norm_normalises_and_moves_its_averages_in_training_only(
    rng: np.random.Generator,
) -> None:
    network = new_network(rng, (2, 3, 4), [BatchNorm(0.75, 1e-3)])
    (layer,) = network.layers
    x = with_ones(rng.normal(5.0, 3.0, (50, 24)), network.dtype).T
    before = network.parameters.copy()
    network.forward(x)
    assert np.array_equal(network.parameters, before)
    by_channel = network.forward(x, True).reshape(2, -1)
    np.testing.assert_allclose(by_channel.mean(axis=1), 0.0, atol=1e-12)
    np.testing.assert_allclose(by_channel.var(axis=1), 1.0, rtol=1e-3)
    seen = x[:-1].reshape(2, -1)
    np.testing.assert_allclose(layer.moving_mean[:, 0], 0.25 * seen.mean(axis=1))
    np.testing.assert_allclose(layer.moving_variance[:, 0], 0.75 + 0.25 * seen.var(axis=1))


def test_prediction_is_the_forward_pass_by_parts(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = new_network(rng, (2, 8, 7), SMALL_CNN)
    rows = rng.normal(size=(9, network.inputs))
    expected = network.forward(with_ones(rows, network.dtype).T).T.copy()
    before = [layer.output.copy() for layer in network.layers]
    monkeypatch.setattr("nnviz.engine.network.PREDICTED_NUMBERS", 4 * network.numbers_per_sample)
    np.testing.assert_allclose(network.predict(rows), expected, rtol=1e-12)
    traces = network.trace(rows)
    np.testing.assert_allclose(traces[-1].a, expected, rtol=1e-12)
    assert [trace.maps.shape[1:] for trace in traces] == network.shapes[1:]
    for layer, kept in zip(network.layers, before, strict=True):
        assert np.array_equal(layer.output, kept)


def test_first_layer_for_pictures_reads_any_layout(rng: np.random.Generator) -> None:
    network = new_network(rng, (1, 6, 5), [MaxPool2D(2), Conv2D(2, 2), Flatten(), Dense(2)])
    x = samples(rng, network, 3)
    found = network.forward(x).copy()
    assert np.array_equal(network.forward(np.ascontiguousarray(x)), found)


# ------------------------------------------------------------------------------------ what it costs


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_training_step_allocates_no_array_of_a_batch(rng: np.random.Generator, dtype: str) -> None:
    network = new_network(
        rng, (1, 28, 28), [replace(SMALL_CNN[0], padding="same"), *SMALL_CNN[1:]], dtype
    )
    x, y = samples(rng, network, 64), np.eye(3, dtype=dtype)[:, rng.integers(0, 3, 64)]

    def step() -> None:
        network.forward(x, True)
        network.backward(LOSSES["categorical_crossentropy"], y, 1 / 64)

    step()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        step()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < x.nbytes / 2
    assert network.forward(x).dtype == network.layers[0].delta.dtype == np.dtype(dtype)


def test_buffers_are_kept_for_every_batch_size(rng: np.random.Generator) -> None:
    network = new_network(rng, (2, 8, 7), SMALL_CNN)
    seen = []
    for batch in (4, 3, 4, 3):
        network.forward(samples(rng, network, batch), True)
        network.backward(LOSSES["categorical_crossentropy"], np.zeros((3, batch)), 1.0)
        seen.append([layer.output.ctypes.data for layer in network.layers])
    assert seen[:2] == seen[2:]


def test_ones_below_every_layer(rng: np.random.Generator) -> None:
    network = new_network(rng, (2, 8, 7), SMALL_CNN)
    network.forward(samples(rng, network, 4), True)
    for layer, following in pairwise(network.layers):
        assert layer.units == following.inputs
        assert (layer.output[-1] == 1).all()
