"""Which part of the picture a number of the network depends on: its receptive field."""

from __future__ import annotations

import math

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
from nnviz.training.problem import Problem

Field = tuple[range, range]
"""The rows and the columns of a rectangle of pixels."""


def receptive_field(problem: Problem, layer: int, unit: int) -> Field | None:
    """Return the pixels of a sample that a unit's value can depend on, within the picture.

    Layers count from 0; of a map every place is a unit. None where samples are no pictures, or the
    unit sees nothing but padding.
    """
    picture, shapes = problem.dataset.image_shape, problem.shapes
    if picture is None:
        return None
    place: int | None = unit  # None once it is all numbers of a row
    field = (range(picture[0]), range(picture[1]))
    if len(shapes[layer + 1]) == 3:
        field = _place(shapes[layer + 1], unit)
    specs = problem.experiment.network.layers[: layer + 1]
    for spec, given in zip(specs[::-1], shapes[layer::-1], strict=True):
        if isinstance(spec, Dense):
            place = None
        elif isinstance(spec, Flatten) and place is not None:
            field = _place(given, place)
        elif isinstance(spec, GlobalAveragePool2D | Flatten):
            field = (range(given[1]), range(given[2]))
        elif isinstance(spec, Conv2D | MaxPool2D | AveragePool2D):
            field = _seen_by(spec, given, field)
    return field if all(field) else None


def _place(shape: Shape, unit: int) -> Field:
    """Return the row and the column of a number of maps."""
    row, column = divmod(unit % math.prod(shape[1:]), shape[2])
    return range(row, row + 1), range(column, column + 1)


def _seen_by(spec: Conv2D | MaxPool2D | AveragePool2D, given: Shape, places: Field) -> Field:
    """Return which rows and columns of its input a layer's windows at these places look at."""
    if isinstance(spec, Conv2D):
        window, steps = pair(spec.kernel_size), pair(spec.strides)
        pads = [before for before, _ in spec.pads(given)]
    else:
        window, steps, pads = pair(spec.pool_size), spec.steps, [0, 0]
    rows, columns = (
        # What lies in the padding is no pixel of the input.
        range(max(one.start * step - pad, 0), min((one.stop - 1) * step - pad + size, end))
        for one, step, pad, size, end in zip(places, steps, pads, window, given[1:], strict=True)
    )
    return rows, columns
