"""First weights have the moments their formulas promise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.engine.choices import resolve
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.layers import Dense
from nnviz.engine.network import Network

FAN_IN, FAN_OUT = 300, 500
DEVIATIONS = {
    "glorot_normal": math.sqrt(2 / 800),
    "glorot_uniform": math.sqrt(6 / 800) / math.sqrt(3),
    "he_normal": math.sqrt(2 / 300),
    "he_uniform": math.sqrt(6 / 300) / math.sqrt(3),
    "random_uniform": 0.5 / math.sqrt(3),
    "random_normal": 1.0,
    "zeros": 0.0,
}


def draw(name: str, **values: float) -> np.ndarray:
    initializer = INITIALIZERS[name]
    resolved = resolve(initializer.parameters, values, "")
    return initializer.sample(np.random.default_rng(1), (FAN_OUT, FAN_IN), resolved)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_mean_and_deviation(name: str) -> None:
    weights, deviation = draw(name), DEVIATIONS[name]
    assert weights.shape == (FAN_OUT, FAN_IN)
    assert weights.dtype == np.float64
    # Five standard errors of a mean and of a deviation over 150,000 draws.
    assert abs(weights.mean()) <= 5 * deviation / math.sqrt(weights.size)
    assert weights.std() == pytest.approx(deviation, rel=5 / math.sqrt(2 * weights.size))


@pytest.mark.parametrize("name", [name for name in INITIALIZERS if name.endswith("uniform")])
def test_uniform_stays_within_and_reaches_its_limit(name: str) -> None:
    limit = DEVIATIONS[name] * math.sqrt(3)
    assert 0.999 * limit < np.abs(draw(name)).max() <= limit


@pytest.mark.parametrize("name", [name for name in INITIALIZERS if name.endswith("normal")])
def test_normal_has_the_tails_of_a_normal(name: str) -> None:
    beyond = np.mean(np.abs(draw(name)) > 2 * DEVIATIONS[name])
    assert beyond == pytest.approx(0.0455, abs=0.003)


@pytest.mark.parametrize(
    ("name", "setting"), [("random_uniform", "limit"), ("random_normal", "deviation")]
)
def test_a_persons_number_scales_the_draw(name: str, setting: str) -> None:
    assert np.allclose(draw(name, **{setting: 0.25}), 0.25 * draw(name, **{setting: 1.0}))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_biases_follow_the_fans_of_their_layer(name: str) -> None:
    network = Network(FAN_IN, [Dense(FAN_OUT)])
    values = resolve(INITIALIZERS[name].parameters, {}, "")
    network.initialize(np.random.default_rng(1), "zeros", {}, name, values)
    biases = network.layers[0].matrix[:, -1]
    assert biases.std() == pytest.approx(DEVIATIONS[name], rel=5 / math.sqrt(2 * FAN_OUT))
    assert not network.layers[0].weights.any()


def test_zero_biases_leave_the_draw_of_weights_alone() -> None:
    with_bias, without = (
        Network(3, [Dense(4), Dense(2)]),
        Network(3, [Dense(4, use_bias=False), Dense(2, use_bias=False)]),
    )
    for network in (with_bias, without):
        network.initialize(np.random.default_rng(5), "he_normal", {})
    for one, other in zip(with_bias.layers, without.layers, strict=True):
        assert np.array_equal(one.weights, other.weights)
