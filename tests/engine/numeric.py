"""What the engine's tests share: central differences, pairs that go together, random problems."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.layers import Dense
from nnviz.engine.losses import LOSSES, Loss
from nnviz.engine.network import Network, with_ones

Array = NDArray[np.floating]

SMOOTH = [name for name, activation in ACTIVATIONS.items() if activation.trains_by_gradient]
"""Activations that a gradient can pass."""

HIDDEN = [name for name in SMOOTH if not ACTIVATIONS[name].couples_units]

PAIRS = [
    (loss.name, activation)
    for loss in LOSSES.values()
    for activation in (loss.output_activations or SMOOTH)
]
"""Every loss with every output activation it can have."""

KINK = 1e-3
"""Distance from 0 that samples keep where a function may have a kink; far above any step."""

NOISE = 1e-9
"""What central differences of numbers near 1 cannot tell from 0."""


def numeric_gradient(function: Callable[[], float], at: Array, step: float = 1e-5) -> Array:
    """Return ∂function/∂at by central differences; `at` is changed in place and restored."""
    gradient = np.empty_like(at)
    for index in np.ndindex(at.shape):
        value = at[index]
        at[index] = value + step
        above = function()
        at[index] = value - step
        below = function()
        at[index] = value
        gradient[index] = (above - below) / (2 * step)
    return gradient


def relative_error(found: Array, expected: Array) -> float:
    """Return |found − expected| / (|found| + |expected|), 0 where both vanish."""
    size = float(np.linalg.norm(found) + np.linalg.norm(expected))
    return float(np.linalg.norm(found - expected)) / size if size > NOISE else 0.0


def away_from_zero(rng: np.random.Generator, shape: tuple[int, int], spread: float = 2.0) -> Array:
    """Return normal numbers, none of them within `KINK` of 0."""
    z = rng.normal(0.0, spread, shape)
    return z + np.where(z < 0, -KINK, KINK)


def targets_for(
    rng: np.random.Generator, loss: Loss, activation: Activation, shape: tuple[int, int]
) -> Array:
    """Return targets as a Problem would encode them: one-hot, 0/1, ±1, or any number."""
    if "classification" not in loss.tasks or loss.unit_power:
        return rng.normal(0.0, 3.0, shape)
    outputs, batch = shape
    if loss.fused_with == "sign":
        return rng.choice((-1.0, 1.0), shape)
    if activation.couples_units:
        return np.eye(outputs)[:, rng.integers(0, outputs, batch)]
    return rng.integers(0, 2, shape).astype(np.float64)


def total(loss: Loss, z: Array, activation: Activation, y: Array, reduction: str) -> float:
    """Return the loss as PyTorch's ``reduction`` says: what the engine's gradient belongs to."""
    mean = loss.value(z, activation(z), y)
    return mean if reduction == "mean" else mean * terms(loss, z)


def terms(loss: Loss, z: Array) -> int:
    """Return how many terms the loss averages over."""
    return z.size if loss.averages_outputs else z.shape[1]


def gradient_at_z(
    loss: Loss, z: Array, activation: Activation, y: Array, reduction: str = "mean"
) -> Array:
    """Return ∂L/∂z by the engine, for outputs a = f(z)."""
    a, gradient = activation(z), np.empty_like(z)
    loss.gradient(z, a, y, gradient)
    gradient *= loss.gradient_scale(reduction, *z.shape)
    if loss.fused_with != activation.name:
        activation.backward(z, a, gradient, np.empty_like(z))
    return gradient


def random_network(rng: np.random.Generator, inputs: int, layers: list[Dense]) -> Network:
    """Return a network with random weights and biases."""
    network = Network(inputs, layers)
    network.parameters[...] = rng.normal(0.0, 0.7, network.parameters.size)
    return network


def inputs_without_kinks(rng: np.random.Generator, network: Network, batch: int) -> Array:
    """Return rows, shape (batch, inputs), that leave no neuron within `KINK` of z = 0."""
    rows = np.empty((batch, network.inputs))
    for row in rows:
        while True:
            row[:] = rng.normal(size=network.inputs)
            traces = network.trace(row[np.newaxis])
            if min(np.abs(trace.z).min() for trace in traces) > KINK:
                break
    return rows


def loss_after_forward(network: Network, loss: Loss, rows: Array, y: Array) -> float:
    """Return the mean loss over samples as rows."""
    network.forward(with_ones(rows, network.dtype).T)
    return network.value(loss, y)
