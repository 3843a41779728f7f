"""Samples that are pictures: in ink on paper, or in their own colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Dataset
from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.theme import Theme, rgb
from nnviz.training.evaluation import evaluator_of
from nnviz.training.problem import Problem

Pixels = NDArray[np.uint8]
"""Red, green and blue: shape (…, rows, columns, 3)."""


def in_color(channels: FloatArray, low: float, high: float) -> Pixels:
    """Return three channels, shape (…, 3, rows, columns), as colours; `low` is dark."""
    shares = (channels - low) / ((high - low) or 1.0)
    return np.asarray(np.rint(255.0 * np.moveaxis(shares, -3, -1).clip(0.0, 1.0)), dtype=np.uint8)


def pixels_of(
    dataset: Dataset, inputs: FloatArray, ends: tuple[float, float], paper: str, ink: str
) -> Pixels:
    """Return a sample's picture from its inputs, which span `ends`: in its own colours, or in ink.

    Shape (rows, columns, 3).
    """
    channels, (low, high) = inputs.reshape(dataset.picture_shape).astype(np.float64), ends
    if dataset.channels > 1:
        return in_color(channels, low, high)
    share = (channels[0] - low).clip(0.0, high - low)[..., np.newaxis] / ((high - low) or 1.0)
    ground, mark = np.array(rgb(paper), np.float64), np.array(rgb(ink))
    return np.asarray(np.rint(ground + share * (mark - ground)), dtype=np.uint8)


def span_of(problem: Problem) -> tuple[float, float]:
    """Return the lowest and the highest input of a problem's pictures."""
    inputs = problem.dataset.inputs
    return evaluator_of(problem).once("ink", lambda: (float(inputs.min()), float(inputs.max())))


def picture_of(problem: Problem, row: int, theme: Theme) -> Pixels:
    """Return a row's picture; where it has no colours, the highest value is the theme's ink.

    Its shape is (height, width, 3): red, green, blue.
    """
    data = problem.dataset
    return pixels_of(data, data.inputs[row], span_of(problem), theme.surface, theme.text)
