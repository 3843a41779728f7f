"""Which part of the picture a number of the network depends on: its receptive field."""

from __future__ import annotations

import math
from typing import NamedTuple

from nnviz.engine.layers import (
    AveragePool2D,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePool2D,
    MaxPool2D,
    Shape,
    pair,
)
from nnviz.engine.layers.base import Pair
from nnviz.training.problem import Problem

Windowed = Conv2D | MaxPool2D | AveragePool2D
"""Layers that move a window over a picture."""


class Field(NamedTuple):
    """A rectangle of pixels: its first row and column, and how many it has of each."""

    top: int
    left: int
    rows: int
    columns: int


def receptive_field(problem: Problem, layer: int, unit: int) -> Field | None:
    """Return the pixels of a sample that a unit's value can depend on, within the picture.

    Parameters
    ----------
    problem
        Whose network it is.
    layer, unit
        The layer from 0, and the unit's number in it: of a map every place is one.

    Returns
    -------
    None where samples are no pictures, or the unit sees nothing but padding.
    """
    picture, shapes = problem.dataset.image_shape, problem.shapes
    if picture is None:
        return None
    rows, columns = map(range, picture)
    place: int | None = unit  # None once all numbers of a row are looked at
    if len(shapes[layer + 1]) == 3:
        rows, columns = _place(shapes[layer + 1], unit)
    specs = problem.experiment.network.layers[: layer + 1]
    for spec, given in zip(specs[::-1], shapes[layer::-1], strict=True):
        if isinstance(spec, Dense):
            place = None
        elif isinstance(spec, GlobalAveragePool2D | Flatten):
            is_one = isinstance(spec, Flatten) and place is not None
            rows, columns = _place(given, place or 0) if is_one else map(range, given[1:])
        elif isinstance(spec, Windowed):
            rows, columns = _seen_by(spec, given, (rows, columns))
    if not rows or not columns:
        return None
    return Field(rows.start, columns.start, len(rows), len(columns))


def _place(shape: Shape, unit: int) -> tuple[range, range]:
    """Return the row and the column of a number of maps."""
    row, column = divmod(unit % math.prod(shape[1:]), shape[2])
    return range(row, row + 1), range(column, column + 1)


def _seen_by(spec: Windowed, given: Shape, places: tuple[range, range]) -> tuple[range, range]:
    """Return which rows and columns of its input a layer's windows at these places look at."""
    window, steps, pads = _windows(spec, given)
    rows, columns = (
        # What lies in the padding is no pixel of the input.
        range(max(one.start * step - pad, 0), min((one.stop - 1) * step - pad + size, end))
        for one, step, pad, size, end in zip(places, steps, pads, window, given[1:], strict=True)
    )
    return rows, columns


def _windows(spec: Windowed, given: Shape) -> tuple[Pair, Pair, Pair]:
    """Return the size of a layer's windows, their steps, and what is before the first pixel."""
    if isinstance(spec, Conv2D):
        (above, _), (left, _) = spec.pads(given)
        return pair(spec.kernel_size), pair(spec.strides), (above, left)
    return pair(spec.pool_size), spec.steps, (0, 0)
