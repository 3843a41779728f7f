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

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Dataset
from nnviz.training.edits import AddPoint, DeletePoint, MovePoint, PointEdit
from nnviz.training.setting import refuse

FIELD = "data.points"

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
    added = sum(isinstance(point, AddPoint) for point in points)
    inputs = np.concatenate([samples.inputs, np.zeros((added, samples.features))])
    more = np.zeros_like(samples.targets, shape=(added, *samples.targets.shape[1:]))
    targets = np.concatenate([samples.targets, more])
    rows, gone = samples.rows, set[int]()
    for point in points:
        row = getattr(point, "row", rows)
        rows += isinstance(point, AddPoint)
        if not 0 <= row < rows or row in gone:
            raise refuse(FIELD, "There is no point in row {row}.", "Choose another one.", row=row)
        if isinstance(point, DeletePoint):
            gone.add(row)
        if isinstance(point, AddPoint | MovePoint):
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
        left = index[~np.isin(index, gone)]
        if index.size and not left.size:
            raise refuse(
                FIELD,
                "This is the last point of the {part} part.",
                "Add another one first.",
                part=name,
            )
        changed[name] = left
    return changed


def row_near(rows: Index, row: int, before: bool = False) -> int:
    """Return a row if it is one of these, in order; else the next one, or else the one before."""
    place = int(np.searchsorted(rows, row, "right" if before else "left")) - before
    return int(rows[min(max(place, 0), rows.size - 1)])


def _inputs(samples: Dataset, inputs: Sequence[float]) -> Sequence[float]:
    if len(inputs) != samples.features or not all(map(math.isfinite, inputs)):
        raise refuse(
            FIELD,
            "A point here has {features} finite numbers.",
            "Give one for each input.",
            features=samples.features,
        )
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
