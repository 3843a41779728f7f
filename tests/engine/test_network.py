"""The network: where parameters lie, what is reused, what agrees with what."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import BatchNorm, Conv2D, Dense, Flatten, MaxPool2D
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network, with_ones
from nnviz.engine.penalties import WeightPenalty

from .numeric import HIDDEN, random_network

LAYERS = [Dense(4, "tanh"), Dense(3, "relu", use_bias=False), Dense(2, "linear")]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_parameters_lie_layer_by_layer_weights_beside_biases() -> None:
    network = Network(2, LAYERS)
    assert network.parameters.size == 4 * 3 + 3 * 4 + 2 * 4
    network.parameters[...] = np.arange(network.parameters.size)
    first, second, third = network.layers
    assert first.matrix.tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]
    assert first.weights.tolist() == [[0, 1], [3, 4], [6, 7], [9, 10]]
    assert second.weights.shape == second.matrix.shape == (3, 4)
    assert third.weights.shape == (2, 3)
    for layer in network.layers:
        assert np.shares_memory(layer.weights, network.parameters)
        assert np.shares_memory(layer.gradient_matrix, network.gradients)


def test_weight_mask_knows_weights_from_biases() -> None:
    network = Network(2, LAYERS)
    mask = network.weight_mask()
    assert mask.tolist() == [1, 1, 0] * 4 + [1] * 12 + [1, 1, 1, 0] * 2
    assert not network.parameters.any()


def test_penalty_leaves_biases_alone(rng: np.random.Generator) -> None:
    network = random_network(rng, 2, LAYERS)
    penalty = WeightPenalty(0.1, 0.2, network.weight_mask())
    weights = np.concatenate([layer.weights.ravel() for layer in network.layers])
    assert penalty.value(network.parameters) == pytest.approx(
        0.1 * np.abs(weights).sum() + 0.1 * (weights**2).sum()
    )
    gradients = np.ones_like(network.parameters)
    penalty.add_gradient(network.parameters, gradients)
    biases = network.weight_mask() == 0
    assert (gradients[biases] == 1).all()
    expected = 1 + 0.1 * np.sign(network.parameters) + 0.2 * network.parameters
    np.testing.assert_allclose(gradients[~biases], expected[~biases], rtol=1e-14)


def test_forward_is_the_formula(rng: np.random.Generator) -> None:
    network = random_network(rng, 2, LAYERS)
    rows = rng.normal(size=(5, 2))
    a = rows
    for layer, spec in zip(network.layers, LAYERS, strict=True):
        bias = layer.matrix[:, layer.inputs :].sum(axis=1)
        a = ACTIVATIONS[spec.activation](a @ layer.weights.T + bias)
    np.testing.assert_allclose(network.predict(rows), a, rtol=1e-13)
    np.testing.assert_allclose(network.forward(with_ones(rows, network.dtype).T).T, a, rtol=1e-13)


def test_trace_returns_every_layer_and_leaves_training_alone(rng: np.random.Generator) -> None:
    network = random_network(rng, 2, LAYERS)
    network.forward(with_ones(rng.normal(size=(5, 2)), network.dtype).T)
    before = [layer.z.copy() for layer in network.layers]
    traces = network.trace(rng.normal(size=(5, 2)))
    assert [trace.z.shape for trace in traces] == [(5, 4), (5, 3), (5, 2)]
    for layer, kept, trace in zip(network.layers, before, traces, strict=True):
        assert np.array_equal(layer.z, kept)
        assert np.array_equal(trace.a, layer.activation(trace.z.T).T)


def test_no_samples_have_no_outputs() -> None:
    network = Network(2, LAYERS)
    assert network.predict(np.empty((0, 2))).shape == (0, 2)
    assert [trace.a.shape for trace in network.trace(np.empty((0, 2)))] == [(0, 4), (0, 3), (0, 2)]


def addresses(network: Network) -> list[int]:
    return [
        array.ctypes.data
        for layer in network.layers
        for array in (layer.z, layer.a, layer.output, layer.delta, layer.matrix)
    ]


def test_buffers_are_kept_for_every_batch_size(rng: np.random.Generator) -> None:
    network = random_network(rng, 2, LAYERS)
    seen = []
    for _ in range(3):  # an epoch: batches of 4, a last one of 3, a test part of 7
        for batch in (4, 4, 3, 7):
            network.forward(with_ones(rng.normal(size=(batch, 2)), network.dtype).T)
            seen.append(addresses(network))
    assert seen[:4] == seen[4:8] == seen[8:]
    assert seen[0] == seen[1] != seen[2]


# GELU's derivative takes a few arrays, as its comment says.
@pytest.mark.parametrize("hidden", sorted({*HIDDEN} - {"gelu"}))
def test_training_step_allocates_no_array_of_a_batch(rng: np.random.Generator, hidden: str) -> None:
    batch, units = 2048, 64  # much more than the 8,192 numbers NumPy casts at a time
    network = random_network(rng, 3, [Dense(units, hidden), Dense(1, "linear")])
    x, y = with_ones(rng.normal(size=(batch, 3)), network.dtype).T, rng.normal(size=(1, batch))

    def step() -> None:
        network.forward(x)
        network.backward(LOSSES["mean_squared_error"], y, 1 / batch)

    step()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        step()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < batch * units * 8 / 4


def test_the_first_layer_to_break_is_named(rng: np.random.Generator) -> None:
    network = random_network(rng, 2, LAYERS)
    x, y = with_ones(rng.normal(size=(5, 2)), network.dtype).T, rng.normal(size=(2, 5))
    network.forward(x)
    network.backward(LOSSES["mean_squared_error"], y, 1.0)
    assert network.broken_layer() is None
    network.layers[1].matrix[0, 0] = np.inf
    assert network.broken_layer() == 1
    with np.errstate(invalid="ignore"):
        network.forward(x)
    assert network.broken_layer() == 1  # z of the layers after it is broken too
    network.layers[1].z[...] = network.layers[2].z[...] = 0.0
    network.layers[2].delta[0, 0] = network.layers[0].delta[0, 0] = np.nan
    assert network.broken_layer() == 2  # backward comes after forward, and from the end


def test_what_only_answered_holds_nothing_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory that was used before may hold anything, also what is no number."""
    convolution, norm = Conv2D(2, (3, 3), activation="relu"), BatchNorm()
    network = Network((1, 6, 6), [convolution, norm, MaxPool2D((2, 2)), Flatten(), *LAYERS])
    monkeypatch.setattr(np, "empty", lambda shape, dtype: np.full(shape, np.nan, dtype))
    network.forward(np.ones((37, 3)))
    assert network.broken_layer() is None


def test_float32_network_computes_in_float32(rng: np.random.Generator) -> None:
    network = Network(2, LAYERS, "float32")
    network.initialize(rng, "he_normal", {})
    output = network.forward(with_ones(rng.normal(size=(5, 2)), network.dtype).T)
    network.backward(LOSSES["mean_squared_error"], np.zeros((2, 5), "f4"), 0.2)
    assert output.dtype == network.gradients.dtype == network.layers[0].delta.dtype == np.float32
