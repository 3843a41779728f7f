"""The workloads every engine is timed on, described without any engine's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]


@dataclass(frozen=True)
class Workload:
    """One training task.

    Parameters
    ----------
    key, title
        ``"W1"`` … and what it is.
    data
        Makes inputs (rows, features) in `dtype` and labels (rows,), int64.
    classes
        Number of classes; two classes have one output.
    hidden
        Units of the hidden layers; empty for the convolutional one.
    activation
        Of the hidden layers: ``"sigmoid"``, ``"tanh"`` or ``"relu"``.
    loss
        ``"mse"``, ``"bce"`` or ``"ce"``; the output is sigmoid (tanh for tanh nets) or softmax.
    batch
        Rows an update.
    optimizer, rate
        ``"sgd"`` or ``"adam"``, and the learning rate.
    dtype
        ``"float64"`` or ``"float32"``, the same for every engine.
    goal
        How many times the best peer's updates a second nnviz should reach.
    image
        (channels, rows, columns) for the convolutional network, or None.
    """

    key: str
    title: str
    data: Callable[[], tuple[Array, Array]]
    classes: int
    hidden: tuple[int, ...]
    activation: str
    loss: str
    batch: int
    optimizer: str
    rate: float
    dtype: str
    goal: float
    image: tuple[int, int, int] | None = None

    @property
    def outputs(self) -> int:
        """Number of output neurons."""
        return 1 if self.classes == 2 else self.classes

    @property
    def output_activation(self) -> str:
        """Activation of the output layer."""
        if self.loss == "ce":
            return "softmax"
        return "tanh" if self.activation == "tanh" else "sigmoid"


def _xor() -> tuple[Array, Array]:
    return np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def _plane(rows: int) -> Callable[[], tuple[Array, Array]]:
    def make() -> tuple[Array, Array]:
        rng = np.random.default_rng(0)
        labels = np.arange(rows) % 2
        return rng.normal(size=(rows, 2)) + 2.0 * labels[:, np.newaxis], labels

    return make


def images(rows: int, pixels: int) -> Callable[[], tuple[Array, Array]]:
    """Return what makes noisy pictures of ten kinds, some of them with a wrong label."""

    def make() -> tuple[Array, Array]:
        rng = np.random.default_rng(0)
        labels = np.arange(rows) % 10
        prototypes = rng.uniform(size=(10, pixels))
        noisy = prototypes[labels] + rng.normal(0.0, 0.3, (rows, pixels))
        # Some wrong labels: without them training would soon be over, and gradients all zero.
        wrong = rng.random(rows) < 0.1
        labels = np.where(wrong, rng.integers(10, size=rows), labels)
        return np.clip(noisy, 0.0, 1.0).astype(np.float32), labels

    return make


WORKLOADS: dict[str, Workload] = {
    workload.key: workload
    for workload in (
        Workload(
            "W1", "XOR 2-4-1 sigmoid MSE, full batch", _xor, 2, (4,), "sigmoid", "mse", 4, "sgd",
            1.0, "float64", 25.0,
        ),
        Workload(
            "W2", "2-4-2-1 tanh MSE, 250 rows, batch 10", _plane(250), 2, (4, 2), "tanh", "mse",
            10, "sgd", 0.03, "float64", 15.0,
        ),
        Workload(
            "W3", "2-8-4-1 sigmoid BCE, 1,000 rows, full batch", _plane(1000), 2, (8, 4),
            "sigmoid", "bce", 1000, "sgd", 0.5, "float64", 9.0,
        ),
        Workload(
            "W4", "digits 64-32-10 ReLU softmax, batch 32", images(1792, 64), 10, (32,), "relu",
            "ce", 32, "sgd", 0.1, "float32", 20.0,
        ),
        Workload(
            "W5", "784-128-64-10 ReLU softmax, batch 64, Adam", images(6400, 784), 10, (128, 64),
            "relu", "ce", 64, "adam", 0.001, "float32", 2.5,
        ),
        Workload(
            "W6", "28×28, conv 3×3×8, pool, conv 3×3×16, pool, dense 10, batch 64, Adam",
            images(1280, 784), 10, (), "relu", "ce", 64, "adam", 0.001, "float32", 5.5,
            (1, 28, 28),
        ),
    )
}  # fmt: skip
"""Every workload by key."""
