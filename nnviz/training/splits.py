"""Which rows are trained on, chosen by and tested; and what fills gaps, by the training rows."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.preprocessing import split_by_time, split_off_validation, split_rows

if TYPE_CHECKING:
    from nnviz.training.experiment import DataChoice
    from nnviz.training.problem import PartName

Index = NDArray[np.intp]


def split_of(choice: DataChoice, dataset: Dataset) -> dict[PartName, Index]:
    """Return the rows of each part as the samples were; only the training part is never empty."""
    if choice.split == "time" and dataset.times is not None:
        train, validation, test = split_by_time(
            dataset.times, choice.test_fraction, choice.validation_fraction
        )
    else:
        train, test = split_rows(
            dataset, choice.test_fraction, np.random.default_rng([choice.seed, 1])
        )
        train, validation = split_off_validation(
            dataset, train, choice.validation_fraction, np.random.default_rng([choice.seed, 2])
        )
    return {"train": train, "validation": validation, "test": test}


_filled: WeakKeyDictionary[Dataset, tuple[Index, Dataset]] = WeakKeyDictionary()
"""The last of each, since what is told apart by its samples is told apart by the object."""


def without_gaps(dataset: Dataset, train: Index) -> Dataset:
    """Return the data set with the medians of these rows in place of gaps; itself if it has none.

    Parameters
    ----------
    train
        Rows of the training part, shape (rows,): what fills a gap must tell nothing of the others.
    """
    inputs = dataset.inputs
    if inputs.dtype.kind != "f":
        return dataset
    known = _filled.get(dataset)
    if known is not None and np.array_equal(known[0], train):
        return known[1]
    has_gap = np.isnan(inputs).any(axis=0)
    made = dataset
    if has_gap.any():
        values = medians(dataset, train)
        made = dataclasses.replace(dataset, inputs=np.where(np.isnan(inputs), values, inputs))
        _filled[dataset] = train, made
    return made


def medians(dataset: Dataset, train: Index) -> NDArray[np.float64]:
    """Return what fills a gap of each input, shape (features,): medians of the values there are.

    0 where these rows have none.
    """
    found = np.zeros(dataset.features)
    for column in range(dataset.features):
        values = dataset.inputs[train, column].astype(np.float64)
        values = values[~np.isnan(values)]
        if values.size:
            found[column] = np.median(values)
    return found
