"""Activation functions a = f(z) and their derivatives.

Every function writes into a buffer that the caller made, so that training allocates next to
nothing. Where NumPy takes that buffer by position it is given so: a keyword costs a tenth of a
call on a small array.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnviz.engine.arrays import FloatArray

Forward = Callable[[FloatArray, FloatArray], None]
Derivative = Callable[[FloatArray, FloatArray, FloatArray], None]


@dataclass(frozen=True)
class Activation:
    """An activation: the function, its derivative, and how both are written.

    Parameters
    ----------
    name
        Key in `ACTIVATIONS`, Keras' name.
    title
        As menus show it.
    formula, derivative_formula
        As a textbook writes them.
    function
        ``function(z, out)`` writes f(z); both of shape (units, batch).
    derivative
        ``derivative(z, a, out)`` writes f'(z), given also a = f(z).
    output_range
        Smallest and largest value f can take, for axes and colours.
    couples_units
        True when a unit's output depends on the other units' z (softmax). Then `derivative` is
        the diagonal of the Jacobian and `backward` uses the whole of it.
    trains_by_gradient
        False when the derivative is zero almost everywhere (sign), so that only a loss made
        for it can train it.
    """

    name: str
    title: str
    formula: str
    derivative_formula: str
    function: Forward
    derivative: Derivative
    output_range: tuple[float, float]
    couples_units: bool = False
    trains_by_gradient: bool = True

    def __call__(self, z: FloatArray) -> FloatArray:
        """Return f(z) in a new array of z's shape."""
        out = np.empty_like(z)
        self.function(z, out)
        return out

    def slope(self, z: FloatArray) -> FloatArray:
        """Return f'(z) in a new array of z's shape."""
        out = np.empty_like(z)
        self.derivative(z, self(z), out)
        return out

    def backward(
        self, z: FloatArray, a: FloatArray, gradient: FloatArray, scratch: FloatArray
    ) -> None:
        """Turn ∂L/∂a into ∂L/∂z, in place in `gradient`.

        Parameters
        ----------
        z, a, gradient, scratch
            Shape (units, batch); `scratch` is overwritten.
        """
        if self.couples_units:
            # Softmax: ∂L/∂zᵢ = aᵢ (gᵢ − Σⱼ gⱼ aⱼ).
            np.multiply(gradient, a, out=scratch)
            np.subtract(gradient, scratch.sum(axis=0), out=gradient)
            np.multiply(gradient, a, out=gradient)
        else:
            self.derivative(z, a, scratch)
            np.multiply(gradient, scratch, gradient)


def _linear(z: FloatArray, out: FloatArray) -> None:
    np.copyto(out, z)


def _linear_derivative(z: FloatArray, a: FloatArray, out: FloatArray) -> None:
    out.fill(1.0)


def _sigmoid(z: FloatArray, out: FloatArray) -> None:
    # (1 + tanh(z/2)) / 2 is the same function and, unlike 1/(1 + exp(-z)), never overflows.
    np.multiply(z, 0.5, out)
    np.tanh(out, out)
    np.add(out, 1.0, out)
    np.multiply(out, 0.5, out)


def _sigmoid_derivative(z: FloatArray, a: FloatArray, out: FloatArray) -> None:
    np.subtract(1.0, a, out)
    np.multiply(out, a, out)


def _tanh(z: FloatArray, out: FloatArray) -> None:
    np.tanh(z, out)


def _tanh_derivative(z: FloatArray, a: FloatArray, out: FloatArray) -> None:
    np.multiply(a, a, out)
    np.subtract(1.0, out, out)


def _relu(z: FloatArray, out: FloatArray) -> None:
    np.maximum(z, 0.0, out=out)


def _relu_derivative(z: FloatArray, a: FloatArray, out: FloatArray) -> None:
    np.greater(z, 0.0, out=out)


LEAKY_RELU_SLOPE = 0.01
"""Slope of leaky ReLU left of zero (PyTorch's default)."""


def _leaky_relu(z: FloatArray, out: FloatArray) -> None:
    np.multiply(z, LEAKY_RELU_SLOPE, out=out)
    np.maximum(z, out, out=out)


def _leaky_relu_derivative(z: FloatArray, a: FloatArray, out: FloatArray) -> None:
    np.greater(z, 0.0, out=out)
    np.maximum(out, LEAKY_RELU_SLOPE, out=out)


def _elu(z: FloatArray, out: FloatArray) -> None:
    # exp only of the negative part: the positive one would overflow to no purpose.
    np.minimum(z, 0.0, out=out)
    np.expm1(out, out=out)
    np.maximum(z, out, out=out)


def _elu_derivative(z: FloatArray, a: FloatArray, out: FloatArray) -> None:
    np.minimum(z, 0.0, out=out)
    np.exp(out, out=out)


# A Python float: a NumPy one would lift float32 arrays to float64 on the way.
_GELU_A = math.sqrt(2.0 / math.pi)
_GELU_B = 0.044715


def _gelu_inner(z: FloatArray, out: FloatArray) -> None:
    # tanh(√(2/π)(z + 0.044715 z³)); beyond |z| = 50 tanh is ±1 to the last bit, whatever z is, so
    # z is clipped there lest z² overflow.
    np.clip(z, -50.0, 50.0, out=out)
    np.multiply(out, out, out=out)
    np.multiply(out, _GELU_B, out=out)
    np.add(out, 1.0, out=out)
    np.multiply(out, z, out=out)
    np.multiply(out, _GELU_A, out=out)
    np.tanh(out, out=out)


def _gelu(z: FloatArray, out: FloatArray) -> None:
    _gelu_inner(z, out)
    np.add(out, 1.0, out=out)
    np.multiply(out, z, out=out)
    np.multiply(out, 0.5, out=out)


def _gelu_derivative(z: FloatArray, a: FloatArray, out: FloatArray) -> None:
    # The one derivative that makes arrays of its own: too many parts for one buffer.
    _gelu_inner(z, out)
    clipped = np.clip(z, -50.0, 50.0)
    inner_slope = _GELU_A * (1.0 + 3.0 * _GELU_B * clipped * clipped)
    out[...] = 0.5 * (1.0 + out) + 0.5 * clipped * (1.0 - out * out) * inner_slope


def _softplus(z: FloatArray, out: FloatArray) -> None:
    # ln(1 + eᶻ) = ln(1 + e^−|z|) + max(z, 0), seven times faster than logaddexp.
    np.abs(z, out)
    np.negative(out, out)
    np.exp(out, out)
    np.log1p(out, out)
    np.add(out, z, out, where=np.greater(z, 0.0))


def _softplus_derivative(z: FloatArray, a: FloatArray, out: FloatArray) -> None:
    _sigmoid(z, out)


def _softmax(z: FloatArray, out: FloatArray) -> None:
    # Shifting by the largest z leaves the result unchanged and keeps exp from overflowing.
    np.subtract(z, z.max(axis=0), out=out)
    np.exp(out, out=out)
    np.divide(out, out.sum(axis=0), out=out)


def _sign(z: FloatArray, out: FloatArray) -> None:
    # A perceptron must answer ±1 also on the border, hence no zero at z = 0.
    np.greater_equal(z, 0.0, out=out)
    np.multiply(out, 2.0, out=out)
    np.subtract(out, 1.0, out=out)


def _zero_derivative(z: FloatArray, a: FloatArray, out: FloatArray) -> None:
    out.fill(0.0)


_INFINITY = float("inf")

ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Activation(
            "sigmoid",
            "Sigmoid",
            "1 / (1 + e⁻ᶻ)",
            "s(z) · (1 − s(z))",
            _sigmoid,
            _sigmoid_derivative,
            (0.0, 1.0),
        ),
        Activation(
            "relu",
            "ReLU",
            "max(0, z)",
            "1 if z > 0 else 0",
            _relu,
            _relu_derivative,
            (0, _INFINITY),
        ),
        Activation(
            "tanh",
            "tanh",
            "(eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ)",
            "1 − tanh²(z)",
            _tanh,
            _tanh_derivative,
            (-1.0, 1.0),
        ),
        Activation(
            "softmax",
            "Softmax",
            "eᶻⁱ / Σⱼ eᶻʲ",
            "sᵢ · (1 − sᵢ)",
            _softmax,
            _sigmoid_derivative,
            (0.0, 1.0),
            couples_units=True,
        ),
        Activation(
            "linear", "Linear", "z", "1", _linear, _linear_derivative, (-_INFINITY, _INFINITY)
        ),
        Activation(
            "sign",
            "Sign (step)",
            "1 if z ≥ 0 else −1",
            "0",
            _sign,
            _zero_derivative,
            (-1.0, 1.0),
            trains_by_gradient=False,
        ),
        Activation(
            "leaky_relu",
            "Leaky ReLU",
            "max(0.01 z, z)",
            "1 if z > 0 else 0.01",
            _leaky_relu,
            _leaky_relu_derivative,
            (-_INFINITY, _INFINITY),
        ),
        Activation(
            "elu",
            "ELU",
            "z if z > 0 else eᶻ − 1",
            "1 if z > 0 else eᶻ",
            _elu,
            _elu_derivative,
            (-1.0, _INFINITY),
        ),
        Activation(
            "gelu",
            "GELU",
            "z/2 · (1 + tanh(√(2/π) (z + 0.0447 z³)))",
            "(1 + t)/2 + z/2 · (1 − t²) · √(2/π) (1 + 0.134 z²)",
            _gelu,
            _gelu_derivative,
            (-0.1701, _INFINITY),
        ),
        Activation(
            "softplus",
            "Softplus",
            "ln(1 + eᶻ)",
            "1 / (1 + e⁻ᶻ)",
            _softplus,
            _softplus_derivative,
            (0.0, _INFINITY),
        ),
    )
}
"""Every activation by name, in menu order (the tutorials' six first)."""
