"""Metrics: how good the outputs are, said in a number people know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, eq=False)
class ClassScores:
    """How well classes are told apart, a number a class, each of shape (classes,).

    Parameters
    ----------
    precision
        Of what was decided to be of the class, the share that is; NaN where nothing was.
    recall
        Of what is of the class, the share that was decided to be; NaN where nothing is.
    f1
        Their harmonic mean, 2 · precision · recall / (precision + recall).
    """

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]


def class_scores(confusion: NDArray[np.intp]) -> ClassScores:
    """Return precision, recall and F1 of every class.

    Parameters
    ----------
    confusion
        Counts, shape (classes, classes), indexed [true class, decided class].
    """
    right = np.diagonal(confusion).astype(np.float64)
    decided, true = confusion.sum(axis=0), confusion.sum(axis=1)
    # F1 = 2 · right / (decided + true), which is defined where either of the two is.
    return ClassScores(
        _share(right, decided), _share(right, true), _share(2.0 * right, decided + true)
    )


def roc_curve(
    scores: NDArray[np.floating], positive: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the false and the true positive rate for every threshold, from the strictest on.

    Parameters
    ----------
    scores
        What is compared with the threshold, shape (rows,).
    positive
        Whether each row is of the class, shape (rows,).

    Returns
    -------
    Two arrays of shape (thresholds + 1,), from (0, 0) to (1, 1); NaN where a rate is not defined
    because there are no rows of its kind.
    """
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], positive[order]
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
    true = np.concatenate([[0.0], np.cumsum(hits)[ends]])
    false = np.concatenate([[0.0], np.cumsum(~hits)[ends]])
    return _share(false, false[-1:]), _share(true, true[-1:])


def area_under(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the area under a curve of rising x, by trapezoids; of a ROC curve, the AUC."""
    return float(((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2.0).sum())


def _share(part: NDArray[np.float64], whole: NDArray[Any]) -> NDArray[np.float64]:
    """Return part / whole, NaN where there is no whole."""
    return part / np.where(whole == 0, np.nan, whole)
