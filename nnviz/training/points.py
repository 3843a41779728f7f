"""Points that a person added, moved, relabelled or deleted: the data set with them.

Split and scaling are those of the samples as they were, so that one point more changes nothing
about the others. A row keeps its number for ever: added ones come last, and a deleted one stays in
the data set's arrays, but in no part of the split.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Dataset, FloatArray
from nnviz.training.edits import BYTES, AddPoint, DeletePoint, MovePoint, PointEdit
from nnviz.training.experiment import Experiment
from nnviz.training.setting import refuse

FIELD = "data.points"

_ROOM = 100
"""Rows that can be added before all are copied again."""

Index = NDArray[np.intp]
_Name = TypeVar("_Name", bound=str)


def with_points(samples: Dataset, points: Sequence[PointEdit]) -> Dataset:
    """Return the data set after so many changes; `samples` itself where there are none.

    Raises
    ------
    InvalidChoiceError
        If there is no such row, or a point cannot be one of this data set.
    """
    if not points:
        return samples
    added = [_inputs(samples, point.inputs) for point in points if isinstance(point, AddPoint)]
    inputs = _below(samples, added)
    if any(isinstance(point, MovePoint) for point in points):
        inputs = inputs.copy()  # the rows are shared
    more = np.zeros_like(samples.targets, shape=(len(added), *samples.targets.shape[1:]))
    targets = np.concatenate([samples.targets, more])
    rows, gone = samples.rows, set[int]()
    for point in points:
        row = getattr(point, "row", rows)
        rows += isinstance(point, AddPoint)
        if not 0 <= row < rows or row in gone:
            raise refuse(FIELD, "There is no point in row {row}.", "Choose another one.", row=row)
        if isinstance(point, DeletePoint):
            gone.add(row)
        if isinstance(point, MovePoint):
            inputs[row] = _inputs(samples, point.inputs)
        if (target := getattr(point, "target", None)) is not None:
            targets[row] = _target(samples, target)
    return dataclasses.replace(samples, inputs=inputs, targets=targets)


def parts_with_points(
    parts: Mapping[_Name, Index], samples: Dataset, points: Sequence[PointEdit]
) -> dict[_Name, Index]:
    """Return the rows of each part after so many changes; the first part gets those added.

    Raises
    ------
    InvalidChoiceError
        If a part loses its last row.
    """
    added = sum(isinstance(point, AddPoint) for point in points)
    gone = [point.row for point in points if isinstance(point, DeletePoint)]
    first = next(iter(parts))
    changed = dict(parts)
    changed[first] = np.concatenate([parts[first], samples.rows + np.arange(added)])
    for name, index in changed.items():
        left = index[~np.isin(index, gone)] if gone else index
        if index.size and not left.size:
            raise refuse(
                FIELD,
                "This is the last point of the {part} part.",
                "Add another one first.",
                part=name,
            )
        changed[name] = left
    return changed


def only_added(before: Experiment, after: Experiment) -> bool:
    """Return whether data and network are those before, but for samples added since."""
    had, points = before.data.points, after.data.points
    alike = before.change("data", points=points)
    same = (alike.data, alike.network) == (after.data, after.network)
    new = points[len(had) :]
    return same and points[: len(had)] == had and all(isinstance(one, AddPoint) for one in new)


def row_near(rows: Index, row: int, before: bool = False) -> int:
    """Return a row if it is one of these, in order; else the next one, or else the one before."""
    place = int(np.searchsorted(rows, row, "right" if before else "left")) - before
    return int(rows[min(max(place, 0), rows.size - 1)])


_longer: WeakKeyDictionary[Dataset, tuple[FloatArray, list[Sequence[float]]]] = WeakKeyDictionary()


def _below(samples: Dataset, added: list[Sequence[float]]) -> FloatArray:
    """Return the inputs with more rows below them; to be asked for in one thread only.

    They are copied once, with room for more, and shared by all data sets of the same samples.
    """
    inputs, held = _longer.get(samples, (samples.inputs, []))
    known, rows = len(held), samples.rows + len(added)
    if held[: len(added)] != added[:known] or rows > len(inputs):
        inputs, known = np.empty((rows + _ROOM, samples.features), samples.inputs.dtype), 0
        inputs[: samples.rows] = samples.inputs
    if len(added) > known:
        inputs[samples.rows + known : rows] = added[known:]
        _longer[samples] = inputs, [*added]
    return inputs[:rows]


def _inputs(samples: Dataset, inputs: Sequence[float]) -> Sequence[float]:
    if len(inputs) != samples.features or not all(map(math.isfinite, inputs)):
        raise refuse(
            FIELD,
            "A point here has {features} finite numbers.",
            "Give one for each input.",
            features=samples.features,
        )
    if samples.inputs.dtype.kind == "u" and not set(inputs) <= BYTES:
        raise refuse(FIELD, "A pixel here is a whole number from 0 to 255.", "Give only such.")
    return inputs


def _target(samples: Dataset, target: float) -> float:
    classes = len(samples.class_names)
    if samples.task == "classification" and target not in range(classes):
        raise refuse(
            FIELD,
            "There is no class {target} among the {classes}.",
            "Choose one by its number, from 0.",
            target=target,
            classes=classes,
        )
    if not math.isfinite(target):
        raise refuse(FIELD, "A target has to be a finite number.", "Choose another one.")
    return target
