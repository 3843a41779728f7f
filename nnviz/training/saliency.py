"""What of a picture an answer rests on: the slopes at its pixels, and what covering a part does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from types import EllipsisType

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.network import with_ones
from nnviz.training.evaluation import evaluator_of, rows_within
from nnviz.training.problem import Problem

MOST_PLACES = 8
"""Of the patch in each direction."""

PATCH_SHARE = 4
"""The patch's side is this part of the picture's."""

_WORK = 2e8
"""Multiply-adds, some milliseconds of them, that may be spent on covered pictures."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """What of a picture speaks for a class.

    Parameters
    ----------
    label, output
        The class, and what the network says for it.
    saliency
        |∂z/∂x| of the class' z before the last activation, shape (rows, columns): the largest of
        the channels, x being what the network takes.
    patch, corners, falls
        Rows and columns of a patch of blank paper; the upper left corners from which it covers the
        picture, row and column of each, shape (places, 2); and by how much the output falls then,
        shape (places,).
    """

    label: int
    output: float
    saliency: FloatArray
    patch: tuple[int, int]
    corners: NDArray[np.intp]
    falls: FloatArray

    @property
    def occlusion(self) -> FloatArray:
        """The mean fall over all patches that cover a pixel, shape (rows, columns)."""
        totals, times = np.zeros((2, *self.saliency.shape))
        for corner, fall in zip(self.corners, self.falls, strict=True):
            totals[_covered(corner, self.patch)] += fall
            times[_covered(corner, self.patch)] += 1
        return np.asarray(totals / np.maximum(times, 1))


def attribution(
    problem: Problem, parameters: FloatArray, inputs: FloatArray, label: int | None = None
) -> Attribution:
    """Return what of a picture, shape (features,) in the data's own units, speaks for a class.

    For the class that is decided for, where none is named. The network is asked as it predicts:
    for the picture and all covered ones at once.
    """
    evaluator, shape = evaluator_of(problem), problem.dataset.image_shape
    assert shape is not None
    most = min(MOST_PLACES, math.isqrt(rows_within(problem, _WORK, least=9)))
    patch = max(1, round(shape[0] / PATCH_SHARE)), max(1, round(shape[1] / PATCH_SHARE))
    ends = (np.linspace(0, shape[i] - patch[i], most) for i in (0, 1))
    corners = np.array(list(product(*(np.unique(np.rint(end).astype(np.intp)) for end in ends))))
    seen = np.tile(inputs.reshape(-1, *shape), (1 + len(corners), 1, 1, 1))
    for picture, corner in zip(seen[1:], corners, strict=True):
        picture[_covered(corner, patch)] = ink_range(problem)[0]
    taken = with_ones(problem.encode_inputs(seen.reshape(len(seen), -1)), problem.dtype)
    answers = evaluator.predict(parameters, taken)
    label = int(problem.decide(answers[:1])[0]) if label is None else label
    outputs = class_outputs(problem, answers)[:, label].astype(np.float64)
    unit = label if problem.outputs > 1 else 0
    slopes = evaluator.input_gradient(parameters, taken[:1], unit).reshape(-1, *shape)
    saliency = np.abs(slopes).max(axis=0)
    return Attribution(label, float(outputs[0]), saliency, patch, corners, outputs[0] - outputs[1:])


def class_outputs(problem: Problem, outputs: FloatArray) -> FloatArray:
    """Return what speaks for each class, shape (rows, classes); a single output for the second."""
    if outputs.shape[1] > 1:
        return outputs
    return np.hstack([float(not problem.plus_minus) - outputs, outputs])


def ink_range(problem: Problem) -> tuple[float, float]:
    """Return the values of blank paper and of full ink: the lowest and the highest of a set."""
    inputs = problem.dataset.inputs
    return evaluator_of(problem).once("ink", lambda: (float(inputs.min()), float(inputs.max())))


def _covered(corner: NDArray[np.intp], patch: tuple[int, int]) -> tuple[EllipsisType, slice, slice]:
    """Return the pixels of a patch at a corner, of all channels."""
    (top, left), (rows, columns) = corner, patch
    return ..., slice(top, top + rows), slice(left, left + columns)
