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
    function
        ``function(outputs, targets, threshold)``; see `value`.
    task
        The task it belongs to.
    """

    name: str
    title: str
    formula: str
    function: Callable[[FloatArray, FloatArray, float], float]
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
        return self.function(outputs, targets, threshold)


def decide(outputs: FloatArray, threshold: float = 0.5) -> NDArray[np.intp]:
    """Return the class each column stands for.

    Parameters
    ----------
    outputs
        Shape (outputs, batch). One row: class 1 where it exceeds `threshold` (0.5 for targets
        0/1, 0 for ±1). Several rows: arg max.

    Returns
    -------
    Shape (batch,).
    """
    if outputs.shape[0] == 1:
        return np.asarray(outputs[0] > threshold, dtype=np.intp)
    return np.asarray(outputs.argmax(axis=0), dtype=np.intp)


def _accuracy(outputs: FloatArray, targets: FloatArray, threshold: float) -> float:
    right = decide(outputs, threshold) == decide(targets, threshold)
    return int(np.count_nonzero(right)) / int(right.size)


def _r_squared(outputs: FloatArray, targets: FloatArray, threshold: float) -> float:
    residual = (outputs - targets).ravel()
    centred = (targets - targets.mean()).ravel()
    total = float(np.dot(centred, centred))
    if total == 0.0:
        # scikit-learn's convention for a constant target.
        return 1.0 if not residual.any() else 0.0
    return 1.0 - float(np.dot(residual, residual)) / total


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
