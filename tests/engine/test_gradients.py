"""Every derivative in the tables is the slope of its function, by central differences."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import with_ones
from nnviz.engine.penalties import WeightPenalty

from .numeric import (
    HIDDEN,
    KINK,
    PAIRS,
    SMOOTH,
    away_from_zero,
    gradient_at_z,
    inputs_without_kinks,
    loss_after_forward,
    numeric_gradient,
    random_network,
    relative_error,
    targets_for,
    terms,
    total,
)

TOLERANCE = 1e-6
SHAPES = [(1, 1), (1, 7), (3, 5), (6, 2)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", SMOOTH)
def test_activation_passes_the_gradient_back(name: str, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng([1, *shape])
    activation = ACTIVATIONS[name]
    z, upstream = away_from_zero(rng, shape), rng.normal(size=shape)
    found = upstream.copy()
    activation.backward(z, activation(z), found, np.empty(shape))
    expected = numeric_gradient(lambda: float((activation(z) * upstream).sum()), z)
    assert relative_error(found, expected) < TOLERANCE


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_drawn_derivative_is_the_slope_of_the_drawn_function(name: str) -> None:
    activation = ACTIVATIONS[name]
    z = away_from_zero(np.random.default_rng(2), (4, 6))
    expected = np.empty_like(z)
    for index in np.ndindex(z.shape):  # one z at a time: the diagonal where units are coupled
        above, below = z.copy(), z.copy()
        above[index] += 1e-5
        below[index] -= 1e-5
        expected[index] = (activation(above)[index] - activation(below)[index]) / 2e-5
    assert relative_error(activation.slope(z), expected) < TOLERANCE


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("loss_name", "activation_name"), PAIRS)
def test_loss_gradient(
    loss_name: str, activation_name: str, shape: tuple[int, int], reduction: str
) -> None:
    loss, activation = LOSSES[loss_name], ACTIVATIONS[activation_name]
    if activation.couples_units:
        shape = (shape[0] + 1, shape[1])
    rng = np.random.default_rng([3, *shape])
    z, y = away_from_zero(rng, shape, 1.5), targets_for(rng, loss, activation, shape)
    if loss_name == "mean_absolute_error":
        y = np.where(np.abs(activation(z) - y) < KINK, y + 0.1, y)
    found = gradient_at_z(loss, z, activation, y, reduction)
    expected = numeric_gradient(lambda: total(loss, z, activation, y, reduction), z)
    assert relative_error(found, expected) < TOLERANCE


def network_cases() -> list[tuple[str, str, bool, str]]:
    """Every hidden activation and every pair at the output, biases and reduction in turn."""
    switches = itertools.cycle(itertools.product((True, False), ("mean", "sum")))
    hidden = itertools.cycle(HIDDEN)
    outputs = [*PAIRS, *(("mean_squared_error", name) for name in HIDDEN)]
    return [(next(hidden), f"{loss}/{activation}", *next(switches)) for loss, activation in outputs]


@pytest.mark.parametrize(("hidden", "pair", "use_bias", "reduction"), network_cases())
def test_gradient_of_a_whole_network(
    hidden: str, pair: str, use_bias: bool, reduction: str
) -> None:
    loss_name, activation_name = pair.split("/")
    loss, output = LOSSES[loss_name], ACTIVATIONS[activation_name]
    rng = np.random.default_rng(4)
    layers = [
        Dense(4, hidden, use_bias),
        Dense(3, hidden, use_bias),
        Dense(2, output.name, use_bias),
    ]
    network = random_network(rng, 3, layers)
    rows = inputs_without_kinks(rng, network, 5)
    y = targets_for(rng, loss, output, (2, 5))
    x = with_ones(rows, network.dtype).T
    penalty = WeightPenalty(0.03, 0.2, network.weight_mask())
    network.forward(x)
    network.backward(loss, y, loss.gradient_scale(reduction, 2, 5))
    penalty.add_gradient(network.parameters, network.gradients)
    found = network.gradients.copy()
    count = 1 if reduction == "mean" else terms(loss, y)

    def objective() -> float:
        value = loss_after_forward(network, loss, rows, y)
        return count * value + penalty.value(network.parameters)

    expected = numeric_gradient(objective, network.parameters)
    assert relative_error(found, expected) < TOLERANCE


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize(("inputs", "units", "batch"), [(1, 1, 1), (2, 3, 4), (5, 2, 3)])
def test_dense_layer_gradients_of_weights_biases_and_inputs(
    inputs: int, units: int, batch: int, use_bias: bool
) -> None:
    rng = np.random.default_rng([5, inputs, units, batch])
    network = random_network(rng, inputs, [Dense(units, "tanh", use_bias)])
    (layer,) = network.layers
    x = np.ones((inputs + 1, batch))
    x[:-1] = rng.normal(size=(inputs, batch))
    upstream = rng.normal(size=(units, batch))

    def objective() -> float:
        return float((network.forward(x) * upstream).sum())

    objective()
    layer.delta[...] = upstream
    layer.backward_activation()
    layer.backward_parameters()
    back = np.empty((inputs, batch))
    layer.backward_input(back)
    found = network.gradients.copy()
    assert relative_error(found, numeric_gradient(objective, network.parameters)) < TOLERANCE
    assert relative_error(back, numeric_gradient(objective, x)[:-1]) < TOLERANCE


def test_backward_can_follow_forwards_of_other_batch_sizes() -> None:
    rng = np.random.default_rng(6)
    network = random_network(rng, 2, [Dense(3, "tanh"), Dense(1, "linear")])
    loss, found = LOSSES["mean_squared_error"], []
    rows, y = rng.normal(size=(6, 2)), rng.normal(size=(1, 6))
    for _ in range(2):
        network.forward(with_ones(rows, network.dtype).T)
        network.backward(loss, y, 1 / 6)
        found.append(network.gradients.copy())
        network.forward(with_ones(rows[:4], network.dtype).T)
    assert np.array_equal(*found)
