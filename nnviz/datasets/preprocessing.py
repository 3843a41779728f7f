"""What happens to samples before they reach the network: split, standardise, widen.

Pure functions: nothing here keeps state, every random choice comes from the caller's generator.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Dataset, FloatArray
from nnviz.datasets.names import unknown_name
from nnviz.errors import InvalidChoiceError

Index = NDArray[np.intp]
_ALWAYS_TESTED_ROWS = 5  # from here on a share above zero holds out at least one row


def split_rows(
    dataset: Dataset, test_fraction: float, rng: np.random.Generator
) -> tuple[Index, Index]:
    """Return the rows to train on and the rows held out, both in ascending order.

    Parameters
    ----------
    dataset
        With ``fixed_test_rows``, the publisher's test part is never trained on, and is the test
        part whatever the fraction above zero.
    test_fraction
        Share of rows to hold out, 0 up to but not including 1. At 0 the test part is empty; above
        it has at least one row if there are five rows or more.
    rng
        Draws the split; not touched when there is nothing to draw.

    Returns
    -------
    train_index, test_index
        Shapes (n_train,) and (n_test,). Classifications are stratified: classes keep their shares
        to within one row, and every class is in the training part as long as that leaves enough
        rows to hold out. The training part is never empty.

    Raises
    ------
    InvalidChoiceError
        If `test_fraction` is out of range; field ``"data.test_fraction"``.
    """
    _check_fraction(test_fraction)
    own = dataset.rows - dataset.fixed_test_rows
    if dataset.fixed_test_rows:
        return np.arange(own), np.arange(own, dataset.rows if test_fraction else own)
    return hold_out(dataset, np.arange(own), _held_out(dataset.rows, test_fraction), rng)


def split_off_validation(
    dataset: Dataset, train: Index, validation_fraction: float, rng: np.random.Generator
) -> tuple[Index, Index]:
    """Return the rows left to train on and those that choices are made by, both ascending.

    Parameters
    ----------
    dataset
        All samples.
    train
        Rows that are not for testing, as `split_rows` returns them.
    validation_fraction
        Share of all rows of the data set, 0 up to but not including 1; never all of `train`.
    rng
        Draws the split; not touched when there is nothing to draw.

    Returns
    -------
    train_index, validation_index
        Stratified as those of `split_rows`.
    """
    wanted = _held_out(dataset.rows, validation_fraction)
    return hold_out(dataset, train, min(wanted, train.size - 1), rng)


def split_by_time(
    times: NDArray[np.float64], test_fraction: float, validation_fraction: float
) -> tuple[Index, Index, Index]:
    """Return the rows to train on, to choose by and to test, each ascending: the newest are tested.

    Parameters
    ----------
    times
        Of each row, shape (rows,); those without one (NaN) count as the oldest.
    test_fraction, validation_fraction
        Shares of all rows, as `split_rows` and `split_off_validation` have them. Rows for
        validation are the newest of those that are left.

    Raises
    ------
    InvalidChoiceError
        If `test_fraction` is out of range; field ``"data.test_fraction"``.
    """
    _check_fraction(test_fraction)
    order: Index = np.argsort(np.nan_to_num(times, nan=-np.inf), kind="stable")
    tested = _held_out(times.size, test_fraction)
    order, test = order[: times.size - tested], order[times.size - tested :]
    chosen_by = min(_held_out(times.size, validation_fraction), order.size - 1)
    train, validation = order[: order.size - chosen_by], order[order.size - chosen_by :]
    return np.sort(train), np.sort(validation), np.sort(test)


def hold_out(
    dataset: Dataset, rows: Index, count: int, rng: np.random.Generator
) -> tuple[Index, Index]:
    """Return rows without so many, and those, both ascending; each has its share of all classes."""
    if count <= 0:
        return rows, rows[:0]
    order = rng.permutation(rows)
    if dataset.task == "classification":
        order = _stratified(order, dataset.targets[order])
    return np.sort(order[:-count]), np.sort(order[-count:])


def _check_fraction(test_fraction: float) -> None:
    if not 0.0 <= test_fraction < 1.0:
        raise InvalidChoiceError(
            "The share of rows held out for testing cannot be {value}.",
            "Choose a share from 0 up to but not including 1.",
            field="data.test_fraction",
            value=test_fraction,
        )


def _held_out(rows: int, test_fraction: float) -> int:
    wanted = round(rows * test_fraction)
    if test_fraction > 0 and rows >= _ALWAYS_TESTED_ROWS:
        wanted = max(1, wanted)
    return min(wanted, rows - 1)


def _stratified(order: Index, labels: NDArray[np.generic]) -> Index:
    """Reorder shuffled rows so that any tail of them has the classes in their shares.

    Each row's place is its rank within its class, (rank + 0.5)/size, and places are sorted. The
    first row of every class comes before all others, hence last into the test part.
    """
    place = np.empty(len(order))
    # With the counts it sorts; without them it would first import numpy.ma, 30 ms or more.
    for label in np.unique(labels, return_counts=True)[0]:
        members = np.flatnonzero(labels == label)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
        place[members[0]] = -1.0
    reordered: Index = order[np.argsort(place, kind="stable")]
    return reordered


_FITTED_NUMBERS = 2**20


def _mean_and_scale(exact: NDArray[np.float64]) -> tuple[FloatArray, FloatArray]:
    constant = np.ptp(exact, axis=0) == 0
    # The mean of equal numbers may differ from them in the last bit.
    mean = np.where(constant, exact[0], exact.mean(axis=0))
    return mean, np.where(constant, 1.0, exact.std(axis=0))


@dataclass(frozen=True, eq=False)
class Standardizer:
    """z = (x - mean)/scale for every column.

    Parameters
    ----------
    mean, scale
        Shape (columns,), in the columns' own units, read-only. A column that is constant has
        scale 1, so that it becomes zero and not NaN.
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    def __post_init__(self) -> None:
        self.mean.setflags(write=False)
        self.scale.setflags(write=False)

    @classmethod
    def fit(cls, rows: FloatArray, index: Index | None = None, unit: float = 1.0) -> Standardizer:
        """Return the standardiser of some rows, normally the training part.

        The scale is the population standard deviation (divided by rows, not rows - 1).

        Parameters
        ----------
        rows
            Shape (rows, columns).
        index
            Which of them count; None for all.
        unit
            What the rows are to be multiplied by first; bytes stay bytes but for some columns.

        Raises
        ------
        ValueError
            If there are no rows.
        """
        chosen = slice(None) if index is None else index
        count, columns = len(rows) if index is None else len(index), rows.shape[1]
        if not count:
            raise ValueError("cannot standardise by no rows at all")
        # Some columns at a time: a large set is never copied, least of all to float64, as a whole.
        width = max(2, _FITTED_NUMBERS // count)
        blocks = [
            _mean_and_scale(unit * rows[:, start : start + width][chosen].astype(np.float64))
            for start in range(0, columns, width)
        ]
        means, scales = zip(*blocks, strict=True)
        return cls(np.concatenate(means), np.concatenate(scales))

    @classmethod
    def identity(cls, columns: int) -> Standardizer:
        """Return the standardiser that changes nothing."""
        return cls(np.zeros(columns), np.ones(columns))

    def apply(self, rows: FloatArray) -> NDArray[np.float64]:
        """Return the rows, shape (rows, columns), in standard deviations from the mean."""
        scaled = np.array(rows, dtype=np.float64)
        scaled -= self.mean
        scaled /= self.scale
        return scaled

    def invert(self, rows: FloatArray) -> NDArray[np.float64]:
        """Return standardised rows, shape (rows, columns), in their own units again."""
        return np.asarray(rows, dtype=np.float64) * self.scale + self.mean


@dataclass(frozen=True)
class PlaneFeature:
    """One input the network can be given about a point of the plane.

    Parameters
    ----------
    key
        Name in files, ASCII, such as ``"x2"``.
    title
        As shown, such as ``"x²"``.
    function
        From points, shape (n, 2), to the feature, shape (n,).
    """

    key: str
    title: str
    function: Callable[[FloatArray], FloatArray]


PLANE_FEATURES: dict[str, PlaneFeature] = {
    feature.key: feature
    for feature in (
        PlaneFeature("x", "x", lambda points: points[:, 0]),
        PlaneFeature("y", "y", lambda points: points[:, 1]),
        PlaneFeature("x2", "x²", lambda points: points[:, 0] ** 2),
        PlaneFeature("y2", "y²", lambda points: points[:, 1] ** 2),
        PlaneFeature("xy", "xy", lambda points: points[:, 0] * points[:, 1]),
        PlaneFeature("sin_x", "sin x", lambda points: np.sin(points[:, 0])),
        PlaneFeature("sin_y", "sin y", lambda points: np.sin(points[:, 1])),
    )
}
"""Features offered on sets with two inputs, in the order shown: TensorFlow Playground's seven."""


def plane_features(inputs: FloatArray, keys: Sequence[str]) -> NDArray[np.float64]:
    """Return the chosen features of points.

    Parameters
    ----------
    inputs
        Points, shape (n, 2).
    keys
        Keys of `PLANE_FEATURES`, at least one; their order is the order of the columns.

    Returns
    -------
    ndarray
        Shape (n, len(keys)), float64.

    Raises
    ------
    UnknownNameError
        If a key is not in the table; field ``"data.features"``.
    InvalidChoiceError
        If no key is given; field ``"data.features"``.
    """
    if not keys:
        raise InvalidChoiceError(
            "The network has no inputs.", "Switch on at least one feature.", field="data.features"
        )
    columns = [_plane_feature(key).function(inputs) for key in keys]
    return np.stack(columns, axis=1).astype(np.float64)


def _plane_feature(key: str) -> PlaneFeature:
    if key not in PLANE_FEATURES:
        raise unknown_name(
            "There is no feature called “{name}”.", key, PLANE_FEATURES, "data.features"
        )
    return PLANE_FEATURES[key]
