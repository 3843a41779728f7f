"""Shapes in colour, drawn by a seed: pictures of three channels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import COLORS, Dataset, pixel_names
from nnviz.datasets.drawing import amount, count
from nnviz.datasets.spec import SampleOptions, SampleSpec

SIDE = 16
_ROWS = 1800
_SHAPES = ("disc", "square", "triangle")
_RADIUS, _MIDDLE = (3.5, 6.0), (6.0, 9.0)
"""Of the circle around a shape, and of where its middle is: in pixels."""

_GRAIN = 0.06
"""Deviation of every channel of every pixel without noise, of 1."""


def make_shapes(options: SampleOptions) -> Dataset:
    """Return discs, squares and triangles in red, green and blue on a ground of some grey.

    Size, place and shades are drawn. All channels of all pixels have noise of their own, whose
    deviation grows from 0.06 by the share of noise asked for.
    """
    rng, rows = np.random.default_rng(options.seed), count(options, _ROWS)
    labels = np.arange(rows) % (len(COLORS) * len(_SHAPES))
    color, shape = np.divmod(labels, len(_SHAPES))
    radius = rng.uniform(*_RADIUS, (rows, 1, 1))
    x, y = (np.arange(SIDE) - rng.uniform(*_MIDDLE, (rows, 1)) for _ in range(2))
    right, down = np.abs(x)[:, np.newaxis], y[:, :, np.newaxis]
    half = 0.8 * radius
    inside = np.choose(
        shape[:, np.newaxis, np.newaxis],
        [
            right**2 + down**2 <= radius**2,
            np.maximum(right, np.abs(down)) <= half,
            (2.0 * right <= down + radius) & (down <= half),
        ],
    )
    shades = rng.uniform(0.0, 0.3, (rows, len(COLORS)))
    shades[np.arange(rows), color] = rng.uniform(0.7, 1.0, rows)
    ground = rng.uniform(0.2, 0.8, (rows, 1, 1, 1))
    pixels = np.where(inside[:, np.newaxis], shades[:, :, np.newaxis, np.newaxis], ground)
    pixels = pixels + rng.standard_normal(pixels.shape) * (_GRAIN + amount(options))
    inputs: NDArray[Any] = np.rint(255.0 * pixels.clip(0.0, 1.0)).astype(np.uint8)
    return Dataset(
        name="coloured-shapes",
        task="classification",
        inputs=inputs.reshape(rows, -1),
        targets=labels.astype(np.int64),
        feature_names=pixel_names(SIDE, SIDE, len(COLORS)),
        class_names=tuple(f"{color} {shape}" for color in COLORS for shape in _SHAPES),
        target_name="shape",
        input_unit=1 / 255,
        image_shape=(SIDE, SIDE),
        channels=len(COLORS),
    )


SHAPES = SampleSpec(
    key="coloured-shapes",
    title="Coloured Shapes",
    description=(
        "Discs, squares and triangles in red, green and blue, 16×16 pixels in colour: three "
        "channels, 0 to 1. Kernels that look at all three tell nine classes apart."
    ),
    group="image",
    task="classification",
    make=make_shapes,
    options=("rows", "noise", "seed"),
    default_rows=_ROWS,
    origin="Drawn by nnviz.",
)
