"""Splitting, standardising and the features of a plane, at their edges."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from nnviz.datasets.catalog import CATALOG, load_sample
from nnviz.datasets.dataset import Dataset
from nnviz.datasets.preprocessing import (
    PLANE_FEATURES,
    Standardizer,
    plane_features,
    split_rows,
)
from nnviz.errors import InvalidChoiceError, UnknownNameError


def labelled(*sizes: int, fixed: int = 0) -> Dataset:
    labels = np.repeat(np.arange(len(sizes)), sizes)
    return Dataset(
        name="made",
        task="classification",
        inputs=np.zeros((len(labels), 1)),
        targets=labels,
        feature_names=("x",),
        class_names=tuple(f"c{number}" for number in range(max(2, len(sizes)))),
        fixed_test_rows=fixed,
    )


def measured(rows: int) -> Dataset:
    return Dataset("made", "regression", np.zeros((rows, 1)), np.zeros((rows, 1)), ("x",))


def split(dataset: Dataset, fraction: float, seed: int = 0) -> tuple[list[int], list[int]]:
    train, test = split_rows(dataset, fraction, np.random.default_rng(seed))
    return train.tolist(), test.tolist()


@pytest.mark.parametrize("fraction", [0.0, 0.01, 0.2, 0.5, 0.9, 0.999])
@pytest.mark.parametrize(
    "dataset",
    [
        *(measured(rows) for rows in (1, 2, 4, 5, 7, 100)),
        labelled(2, 2),
        labelled(1, 1, 1),
        labelled(1, 1, 1, 1, 1),
        labelled(97, 3),
        labelled(50, 30, 20),
        labelled(20, 20, fixed=10),
    ],
    ids=lambda dataset: f"{dataset.task}-{dataset.rows}-{dataset.fixed_test_rows}",
)
def test_split_covers_every_row_once_and_trains_on_something(
    dataset: Dataset, fraction: float
) -> None:
    train, test = split(dataset, fraction)
    assert train
    assert not set(train) & set(test)
    assert train == sorted(train)
    assert test == sorted(test)
    unused = dataset.fixed_test_rows if fraction == 0 else 0
    assert len(train) + len(test) == dataset.rows - unused
    assert bool(test) == (fraction > 0) or dataset.rows < 5


@pytest.mark.parametrize("key", CATALOG)
def test_catalogs_own_proposal_splits(key: str) -> None:
    dataset, fraction = load_sample(key), CATALOG[key].test_fraction
    train, test = split(dataset, fraction)
    assert len(test) == round(fraction * dataset.rows)
    if dataset.task == "classification":
        assert set(dataset.targets[train]) == set(range(len(dataset.class_names)))


def test_nothing_held_out_keeps_the_order_and_draws_nothing() -> None:
    rng = np.random.default_rng(3)
    train, test = split_rows(labelled(2, 2), 0.0, rng)
    assert (train.tolist(), test.tolist()) == ([0, 1, 2, 3], [])
    assert rng.random() == np.random.default_rng(3).random()


def test_split_follows_its_generator() -> None:
    assert split(measured(50), 0.3, seed=1) == split(measured(50), 0.3, seed=1)
    assert split(measured(50), 0.3, seed=1) != split(measured(50), 0.3, seed=2)
    assert split(labelled(25, 25), 0.3, seed=1) != split(labelled(25, 25), 0.3, seed=2)


@pytest.mark.parametrize("seed", range(5))
def test_classes_keep_their_shares(seed: int) -> None:
    dataset = labelled(50, 30, 20)
    _, test = split(dataset, 0.2, seed)
    assert np.bincount(dataset.targets[test]).tolist() == [10, 6, 4]


@pytest.mark.parametrize("fraction", [0.1, 0.33, 0.5, 0.77])
def test_class_shares_are_right_to_one_row(fraction: float) -> None:
    dataset = labelled(61, 23, 11, 5)
    _, test = split(dataset, fraction)
    counts = np.bincount(dataset.targets[test], minlength=4)
    assert np.abs(counts - fraction * np.array([61, 23, 11, 5])).max() <= 1


@pytest.mark.parametrize("seed", range(10))
def test_a_class_of_one_row_is_trained_on(seed: int) -> None:
    train, test = split(labelled(1, 30, 1), 0.5, seed)
    assert {0, 31} <= set(train)
    assert len(test) == 16


def test_more_held_out_than_classes_allow_still_holds_out() -> None:
    train, test = split(labelled(1, 1, 1, 1, 1), 0.4)
    assert (len(train), len(test)) == (3, 2)


def test_four_rows_of_xor_hold_one_out_and_keep_both_classes() -> None:
    xor = load_sample("xor")
    train, test = split(xor, 0.2)
    assert len(test) == 1
    assert set(xor.targets[train]) == {0, 1}


def test_too_few_rows_for_a_small_share_hold_none_out() -> None:
    assert split(measured(4), 0.1) == ([0, 1, 2, 3], [])
    assert len(split(measured(5), 0.01)[1]) == 1


@pytest.mark.parametrize("fraction", [0.1, 0.9])
def test_publishers_test_part_is_the_test_part(fraction: float) -> None:
    assert split(labelled(3, 3, fixed=2), fraction) == ([0, 1, 2, 3], [4, 5])


def test_publishers_test_part_is_never_trained_on() -> None:
    assert split(labelled(3, 3, fixed=2), 0.0) == ([0, 1, 2, 3], [])


@pytest.mark.parametrize("fraction", [-0.1, 1.0, math.nan])
def test_impossible_share_is_refused(fraction: float) -> None:
    with pytest.raises(InvalidChoiceError) as caught:
        split(measured(10), fraction)
    assert caught.value.field == "data.test_fraction"


@pytest.mark.parametrize("key", ["houses", "wine", "digits", "sacramento"])
def test_standardised_columns_have_mean_0_and_deviation_1(key: str) -> None:
    rows = load_sample(key).inputs
    standardizer = Standardizer.fit(rows)
    applied = standardizer.apply(rows)
    varying = np.ptp(rows, axis=0) > 0
    assert applied.mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert applied[:, varying].std(axis=0) == pytest.approx(1)
    assert (applied[:, ~varying] == 0).all()
    assert standardizer.invert(applied) == pytest.approx(rows, abs=1e-9)


def test_standardizer_by_hand() -> None:
    standardizer = Standardizer.fit(np.array([[1.0, 5.0], [3.0, 5.0]]))
    assert standardizer.mean.tolist() == [2, 5]
    assert standardizer.scale.tolist() == [1, 1]
    assert standardizer.apply(np.array([[4.0, 6.0]])).tolist() == [[2, 1]]
    assert standardizer.invert(np.array([[2.0, 1.0]])).tolist() == [[4, 6]]


def test_constant_column_becomes_exactly_zero() -> None:
    rows = np.full((3, 1), 0.1)  # its computed mean differs from 0.1 in the last bit
    standardizer = Standardizer.fit(rows)
    assert standardizer.scale.tolist() == [1]
    assert (standardizer.apply(rows) == 0).all()


def test_single_row_can_be_fitted_and_none_cannot() -> None:
    assert Standardizer.fit(np.array([[7.0]])).apply(np.array([[8.0]])).tolist() == [[1]]
    with pytest.raises(ValueError, match="no rows"):
        Standardizer.fit(np.empty((0, 2)))


def test_float32_rows_are_fitted_in_double_precision() -> None:
    standardizer = Standardizer.fit(np.array([[1], [2]], dtype=np.float32))
    assert standardizer.mean.dtype == standardizer.scale.dtype == np.float64


def test_standardizer_is_read_only() -> None:
    standardizer = Standardizer.identity(2)
    assert standardizer.apply(np.array([[3.0, 4.0]])).tolist() == [[3, 4]]
    with pytest.raises(ValueError, match="read-only"):
        standardizer.mean[0] = 1


def test_fitting_leaves_the_rows_writable() -> None:
    rows = np.array([[1.0, 2.0]])
    Standardizer.fit(rows)
    rows[0, 0] = 5


def test_plane_offers_the_playgrounds_seven_features() -> None:
    assert list(PLANE_FEATURES) == ["x", "y", "x2", "y2", "xy", "sin_x", "sin_y"]
    assert all(key == feature.key for key, feature in PLANE_FEATURES.items())
    titles = [feature.title for feature in PLANE_FEATURES.values()]
    assert titles == ["x", "y", "x²", "y²", "xy", "sin x", "sin y"]


def test_plane_features_by_hand() -> None:
    points = np.array([(2.0, -3.0), (0.5, 1.0)])
    expected = [
        [2, -3, 4, 9, -6, math.sin(2), math.sin(-3)],
        [0.5, 1, 0.25, 1, 0.5, math.sin(0.5), math.sin(1)],
    ]
    assert plane_features(points, list(PLANE_FEATURES)) == pytest.approx(np.array(expected))


def test_plane_features_keep_the_order_asked_for() -> None:
    points = np.array([(2.0, -3.0)])
    assert plane_features(points, ("xy", "x")).tolist() == [[-6, 2]]
    assert plane_features(points.astype(np.float32), ("y",)).dtype == np.float64


def test_plane_features_are_a_copy() -> None:
    spiral = load_sample("spiral")
    features = plane_features(spiral.inputs, ("x", "y"))
    features[0] = 100
    assert spiral.inputs.max() < 100


def test_unknown_feature_suggests_the_near_one() -> None:
    with pytest.raises(UnknownNameError, match="sin_x") as caught:
        plane_features(np.zeros((1, 2)), ("sinx",))
    assert caught.value.values["field"] == "data.features"


def test_no_feature_at_all_is_refused() -> None:
    with pytest.raises(InvalidChoiceError) as caught:
        plane_features(np.zeros((1, 2)), ())
    assert caught.value.field == "data.features"


def test_splitting_imports_no_masked_arrays():
    code = (
        "import sys; from nnviz.training.presets import PRESETS; "
        "from nnviz.training.problem import Problem; "
        "assert Problem(PRESETS['digits-mlp'].experiment).test is not None; "
        "print('numpy.ma' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
