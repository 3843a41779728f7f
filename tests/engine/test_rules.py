"""What no gradient check can say: the perceptron's rule, fused pairs, extreme numbers, float32."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES

from .numeric import PAIRS, SMOOTH, gradient_at_z, relative_error, targets_for

EXTREMES = np.array([[-1000.0, -50.0, 0.0, 50.0, 1000.0], [1000.0, 0.0, -1000.0, 50.0, 1000.0]])


def test_sign_answers_plus_or_minus_one_also_at_zero() -> None:
    z = np.array([[-2.0, -0.0, 0.0, 3.0]])
    assert ACTIVATIONS["sign"](z).tolist() == [[-1.0, 1.0, 1.0, 1.0]]
    assert not ACTIVATIONS["sign"].slope(z).any()


def test_perceptron_rule_moves_by_misclassified_samples_only() -> None:
    z = np.array([[2.0, -2.0, 2.0, -2.0, 0.0, 0.0]])
    y = np.array([[1.0, -1.0, -1.0, 1.0, 1.0, -1.0]])
    gradient = gradient_at_z(LOSSES["perceptron"], z, ACTIVATIONS["sign"], y, "sum")
    # Right twice: nothing. Wrong twice and on the border twice: minus the target.
    assert gradient.tolist() == [[0.0, 0.0, 1.0, -1.0, -1.0, 1.0]]
    assert LOSSES["perceptron"].value(z, ACTIVATIONS["sign"](z), y) == pytest.approx(4 / 6)


def test_binary_crossentropy_is_what_the_textbook_writes() -> None:
    rng = np.random.default_rng(1)
    loss, sigmoid = LOSSES["binary_crossentropy"], ACTIVATIONS["sigmoid"]
    z, y = rng.normal(0, 3, (2, 9)), rng.integers(0, 2, (2, 9)).astype(float)
    a = sigmoid(z)
    assert loss.value(z, a, y) == pytest.approx(
        -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)), rel=1e-12
    )
    by_the_chain = (a - y) / (a * (1 - a)) * sigmoid.slope(z) / y.size
    assert relative_error(gradient_at_z(loss, z, sigmoid, y), by_the_chain) < 1e-13


def test_crossentropy_is_what_the_textbook_writes() -> None:
    rng = np.random.default_rng(2)
    loss, softmax = LOSSES["categorical_crossentropy"], ACTIVATIONS["softmax"]
    z, y = rng.normal(0, 3, (4, 9)), np.eye(4)[:, rng.integers(0, 4, 9)]
    a = softmax(z)
    assert loss.value(z, a, y) == pytest.approx(-(y * np.log(a)).sum() / 9, rel=1e-12)
    by_the_chain = -y / a / 9
    softmax.backward(z, a, by_the_chain, np.empty_like(z))
    assert relative_error(gradient_at_z(loss, z, softmax, y), by_the_chain) < 1e-13


@pytest.mark.parametrize("loss", LOSSES.values(), ids=list(LOSSES))
def test_fused_pair_is_the_only_pair(loss) -> None:
    assert loss.output_activations == ((loss.fused_with,) if loss.fused_with else ())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_activation_survives_extreme_numbers(activation, dtype: str) -> None:
    z = EXTREMES.astype(dtype)
    with np.errstate(all="raise", under="ignore"):
        a, slope = activation(z), activation.slope(z)
    low, high = activation.output_range
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()
    assert low - 0.01 <= a.min()
    assert a.max() <= high
    assert a.dtype == slope.dtype == z.dtype


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_output_range_is_reached_and_kept(activation) -> None:
    near, far = np.linspace(-30, 30, 100_001), np.linspace(-600, 600, 101)
    z = np.concatenate([near, far])  # some approach their limits slowly
    a = activation(z[np.newaxis].repeat(2, axis=0) * [[1], [-1]])
    low, high = activation.output_range
    assert low <= a.min() <= (low + 0.01 if np.isfinite(low) else -0.2)
    assert (high - 0.01 if np.isfinite(high) else 20.0) <= a.max() <= high


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("loss", LOSSES.values(), ids=list(LOSSES))
def test_loss_survives_extreme_numbers(loss, dtype: str) -> None:
    activation = ACTIVATIONS[loss.fused_with or "linear"]
    z = EXTREMES.astype(dtype)
    y = np.array([[1, 0, 1, 0, 0], [0, 1, 0, 1, 1]], dtype)
    if loss.fused_with == "sign":
        y = 2 * y - 1
    with np.errstate(all="raise", under="ignore"):
        value = loss.value(z, activation(z), y)
        gradient = gradient_at_z(loss, z, activation, y)
    assert np.isfinite(value)
    assert value > 1  # several samples are as wrong as can be: the loss must say so
    assert np.isfinite(gradient).all()
    assert np.abs(gradient).max() > 0.05  # and there must be a way back


@pytest.mark.parametrize(("name", "expected"), [("binary_crossentropy", 1000.0)])
def test_hopeless_answers_cost_what_they_should(name: str, expected: float) -> None:
    z, y = np.array([[-1000.0, 1000.0]]), np.array([[1.0, 0.0]])
    assert LOSSES[name].value(z, ACTIVATIONS["sigmoid"](z), y) == expected


@pytest.mark.parametrize("name", SMOOTH)
def test_float32_agrees_with_float64(name: str) -> None:
    z = np.random.default_rng(3).normal(0, 3, (3, 50))
    activation = ACTIVATIONS[name]
    np.testing.assert_allclose(activation(z.astype("f4")), activation(z), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        activation.slope(z.astype("f4")), activation.slope(z), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize(("loss_name", "activation_name"), PAIRS)
def test_float32_losses_agree_with_float64(loss_name: str, activation_name: str) -> None:
    rng = np.random.default_rng(4)
    loss, activation = LOSSES[loss_name], ACTIVATIONS[activation_name]
    z = rng.normal(0, 2, (3, 20))
    y = targets_for(rng, loss, activation, z.shape)
    small, small_y = z.astype("f4"), y.astype("f4")
    found = loss.value(small, activation(small), small_y)
    assert found == pytest.approx(loss.value(z, activation(z), y), rel=1e-5)
    np.testing.assert_allclose(
        gradient_at_z(loss, small, activation, small_y),
        gradient_at_z(loss, z, activation, y),
        rtol=1e-4,
        atol=1e-6,
    )
