"""Samples that are pictures: in ink on paper, or in their own colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import COLORS, Dataset
from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.theme import Theme, rgb
from nnviz.training.problem import Problem
from nnviz.training.saliency import ink_range

Pixels = NDArray[np.uint8]
"""Red, green and blue: shape (…, rows, columns, 3)."""


def in_color(channels: FloatArray, low: float, high: float) -> Pixels:
    """Return three channels, shape (…, 3, rows, columns), as colours; `low` is dark."""
    shares = (channels - low) / ((high - low) or 1.0)
    return np.asarray(np.rint(255.0 * np.moveaxis(shares, -3, -1).clip(0.0, 1.0)), dtype=np.uint8)


def kernels_picture(kernels: FloatArray, largest: float) -> FloatArray | Pixels:
    """Return kernels, shape (kernels, channels, rows, columns), as `paint_pictures` takes them.

    Three channels are colours, grey where they are 0; of more it is the mean.
    """
    scale = largest or 1.0
    if kernels.shape[1] == len(COLORS):
        return in_color(kernels, -scale, scale)
    return np.asarray(kernels.mean(axis=1) / scale)


def inked(shares: FloatArray, paper: str, ink: str) -> Pixels:
    """Return shares of ink, 0 to 1 and of any shape, as colours."""
    ground, mark = np.array(rgb(paper), np.float64), np.array(rgb(ink))
    return np.asarray(np.rint(ground + shares[..., np.newaxis] * (mark - ground)), dtype=np.uint8)


def pixels_of(
    dataset: Dataset, inputs: FloatArray, ends: tuple[float, float], paper: str, ink: str
) -> Pixels:
    """Return a sample's picture from its inputs, which span `ends`: in its own colours, or in ink.

    Shape (rows, columns, 3).
    """
    channels, (low, high) = inputs.reshape(dataset.picture_shape).astype(np.float64), ends
    if dataset.channels > 1:
        return in_color(channels, low, high)
    return inked((channels[0] - low).clip(0.0, high - low) / ((high - low) or 1.0), paper, ink)


def picture_of(problem: Problem, inputs: FloatArray, theme: Theme) -> Pixels:
    """Return a sample's picture; where it has no colours, the highest value is the theme's ink.

    The inputs are in the data's own units, shape (features,), and the picture's shape is (height,
    width, 3): red, green, blue.
    """
    ends = ink_range(problem)
    return pixels_of(problem.dataset, inputs, ends, theme.surface, theme.text)
