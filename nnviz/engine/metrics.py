"""Metrics: how good the outputs are, said in a number people know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray


@dataclass(frozen=True)
class Metric:
    """A figure of merit; larger is better.

    Parameters
    ----------
    name, title, formula
        Key in `METRICS`, axis title, textbook form.
    values
        ``values(outputs, targets, threshold)`` for arrays of shape (…, outputs, batch): one
        figure for each batch, shape (…); NaN where it is not defined. See `value`.
    task
        The task it belongs to.
    """

    name: str
    title: str
    formula: str
    values: Callable[[FloatArray, FloatArray, float], FloatArray]
    task: str

    def value(self, outputs: FloatArray, targets: FloatArray, threshold: float = 0.5) -> float:
        """Return the figure.

        Parameters
        ----------
        outputs, targets
            Shape (outputs, batch), targets encoded as the loss wants them.
        threshold
            What a single output is compared with, as in `decide`. It cannot be read off the
            targets: a part may hold one class only.
        """
        return float(self.values(outputs, targets, threshold))


def decide(outputs: FloatArray, threshold: float = 0.5) -> NDArray[np.intp]:
    """Return the class each column stands for.

    Parameters
    ----------
    outputs
        Shape (…, outputs, batch). One row: class 1 where it exceeds `threshold` (0.5 for targets
        0/1, 0 for ±1). Several rows: arg max.

    Returns
    -------
    Shape (…, batch).
    """
    return np.asarray(_decision(outputs, threshold), dtype=np.intp)


def _decision(outputs: FloatArray, threshold: float) -> NDArray[np.generic]:
    """Return what `decide` does, of two classes as truth values: they are compared faster."""
    if outputs.shape[-2] == 1:
        return np.asarray(outputs[..., 0, :] > threshold)
    return np.asarray(outputs.argmax(axis=-2))


def _accuracy(outputs: FloatArray, targets: FloatArray, threshold: float) -> FloatArray:
    right = np.equal(_decision(outputs, threshold), _decision(targets, threshold))
    return np.asarray(np.add.reduce(right, axis=-1, dtype=np.intp) / right.shape[-1])


def _r_squared(outputs: FloatArray, targets: FloatArray, threshold: float) -> FloatArray:
    residual = _sum_of_squares(outputs - targets)
    total = _sum_of_squares(targets - targets.mean(axis=(-2, -1), keepdims=True))
    # Of a constant target, one row's among them, there is nothing to explain: not defined.
    constant = total == 0.0
    return np.asarray(1.0 - residual / np.where(constant, np.nan, total))


def _sum_of_squares(values: FloatArray) -> FloatArray:
    flat = values.reshape(*values.shape[:-2], -1)
    return np.asarray(np.add.reduce(flat * flat, axis=-1))


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "Accuracy", "right / all", _accuracy, "classification"),
        Metric("r_squared", "R²", "1 − Σ(y − ŷ)² / Σ(y − ȳ)²", _r_squared, "regression"),
    )
}
"""Every metric by name."""


def metric_for(task: str) -> Metric:
    """Return the metric of a task, ``"classification"`` or ``"regression"``."""
    return next(metric for metric in METRICS.values() if metric.task == task)
