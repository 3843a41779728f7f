"""What a layer makes of the samples, seen in the plane in which its answers spread most."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.training.evaluation import evaluator_of, rows_within
from nnviz.training.problem import Problem

MOST_ROWS, MOST_OF_WIDE = 1000, 200
"""Training rows that are projected, and of a layer of more neurons than the second: finding
components takes the cube of rows or neurons, whichever are fewer."""

_WORK = 3e8
"""Multiply-adds that may be spent on the activations, some milliseconds of them."""

_ALIKE = 0.8
"""From this share of the larger variance on two components count as alike."""

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Projection:
    """Samples in the plane of the two principal components of a layer's activations.

    Parameters
    ----------
    index
        Their rows in the data set, shape (rows,).
    mean, axes
        Of the activations, shape (units,); and the directions that are drawn across and up, each of
        length 1, shape (2, units): zeros where the activations do not spread in so many.
    order, shares
        Which components these are, from 1, and their shares of the variance, each of shape (2,);
        NaN where there is none.
    places
        Shape (rows, 2).
    """

    index: NDArray[np.intp]
    mean: FloatArray
    axes: FloatArray
    order: NDArray[np.intp]
    shares: Vector
    places: Vector

    def place_of(self, activations: FloatArray) -> FloatArray:
        """Return where activations of shape (units,) lie in the plane, shape (2,)."""
        return np.asarray(self.axes @ (activations - self.mean))

    def aligned(self, axes: FloatArray) -> Projection:
        """Return the same with axes that point as others did, so that no picture is mirrored.

        Nor turned: of components that are alike, either may come first.
        """
        match = self.axes @ axes.T
        turned = np.trace(np.abs(match)) < np.trace(np.abs(match[::-1]))
        to = [1, 0] if turned and self.shares.min() > _ALIKE * self.shares.max() else [0, 1]
        signs = np.where(match[to, [0, 1]] < 0, -1, 1).astype(axes.dtype)
        return dataclasses.replace(
            self,
            axes=self.axes[to] * signs[:, np.newaxis],
            order=self.order[to],
            shares=self.shares[to],
            places=self.places[:, to] * signs,
        )


def projection(problem: Problem, parameters: FloatArray, layer: int) -> Projection:
    """Return the first training rows in the plane of a layer's two principal components.

    Where some of its answers are not finite, none of them spread.
    """
    evaluator, wide = evaluator_of(problem), problem.units[layer] > MOST_OF_WIDE
    most = min(MOST_OF_WIDE if wide else MOST_ROWS, rows_within(problem, _WORK))
    rows = evaluator.rows(problem, "train", most)
    answers = evaluator.predict(parameters, rows, layer)
    if not np.isfinite(answers).all():
        answers = np.zeros_like(answers)
    centred = answers - (mean := answers.mean(axis=0))
    axes, total = principal_components(centred), float(np.vdot(centred, centred))
    places = (centred @ axes.T).astype(np.float64)
    shares = np.square(places).sum(axis=0) / (total or math.nan)
    index = problem.train.index[: len(rows)]
    return Projection(index, mean, axes, np.array([1, 2]), shares, places)


def principal_components(centred: FloatArray) -> FloatArray:
    """Return the two directions in which centred rows spread most, shape (2, columns).

    Each is of length 1, its largest number positive; zeros where there are not so many. They come
    from the products of rows or of columns, whichever are fewer, ten times as fast as from the
    singular values of the rows themselves.
    """
    wide = centred.shape[1] > centred.shape[0]
    products = centred @ centred.T if wide else centred.T @ centred
    vectors = np.linalg.eigh(products.astype(np.float64))[1][:, :-3:-1].astype(centred.dtype)
    found = (centred.T @ vectors if wide else vectors).T
    axes = np.zeros((2, centred.shape[1]), centred.dtype)
    axes[: len(found)] = found
    axes /= np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), np.finfo(axes.dtype).tiny)
    return np.asarray(axes * np.where(axes.max(axis=1) < -axes.min(axis=1), -1, 1)[:, np.newaxis])
