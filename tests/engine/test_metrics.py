"""Metrics at their edges."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.metrics import (
    METRICS,
    area_under,
    class_scores,
    decide,
    metric_for,
    roc_curve,
)

ACCURACY, R_SQUARED = METRICS["accuracy"], METRICS["r_squared"]


def test_one_output_decides_by_its_threshold_and_the_border_is_the_first_class() -> None:
    assert decide(np.array([[0.49, 0.5, 0.51]])).tolist() == [0, 0, 1]
    assert decide(np.array([[-0.1, 0.0, 0.1]]), 0.0).tolist() == [0, 0, 1]


def test_several_outputs_decide_by_the_largest_and_ties_are_the_first() -> None:
    outputs = np.array([[0.2, 0.5, 0.1], [0.7, 0.5, 0.3], [0.1, 0.0, 0.6]])
    assert decide(outputs).tolist() == [1, 0, 2]


def test_accuracy_counts_the_right_ones() -> None:
    assert ACCURACY.value(np.array([[0.9, 0.2, 0.6]]), np.array([[1.0, 0.0, 0.0]])) == 2 / 3
    one_hot = np.eye(3)
    assert ACCURACY.value(one_hot, one_hot) == 1.0
    assert ACCURACY.value(one_hot, one_hot[::-1]) == 1 / 3


@pytest.mark.parametrize("label", [-1.0, 1.0])
def test_accuracy_of_a_part_that_holds_one_class_only(label: float) -> None:
    outputs = np.array([[-0.3, 0.3]])
    assert ACCURACY.value(outputs, np.full((1, 2), label), 0.0) == 0.5


def test_r_squared_is_one_when_perfect_zero_for_the_mean_negative_when_worse() -> None:
    y = np.array([[1.0, 2.0, 3.0]])
    assert R_SQUARED.value(y, y) == 1.0
    assert R_SQUARED.value(np.full((1, 3), 2.0), y) == 0.0
    assert R_SQUARED.value(y[:, ::-1], y) == -3.0


@pytest.mark.parametrize("rows", [1, 4])
def test_r_squared_of_a_constant_target_is_not_defined(rows: int) -> None:
    y = np.full((1, rows), 7.0)
    assert np.isnan(R_SQUARED.value(y, y))
    assert np.isnan(R_SQUARED.value(y + 0.1, y))


@pytest.mark.parametrize(
    ("task", "name"), [("classification", "accuracy"), ("regression", "r_squared")]
)
def test_every_task_has_its_metric(task: str, name: str) -> None:
    assert metric_for(task).name == name


def test_class_scores_are_those_of_the_textbook() -> None:
    confusion = np.array([[5, 1, 0], [2, 3, 0], [0, 0, 0]])
    scores = class_scores(confusion)
    assert scores.precision[:2] == pytest.approx([5 / 7, 3 / 4])
    assert scores.recall[:2] == pytest.approx([5 / 6, 3 / 5])
    assert scores.f1[:2] == pytest.approx([10 / 13, 2 / 3])
    for none in (scores.precision[2], scores.recall[2], scores.f1[2]):
        assert np.isnan(none)


def test_roc_curve_and_its_area_by_hand() -> None:
    """Two of each kind: one pair of four is in the wrong order, and a tie counts half."""
    positive = np.array([True, False, True, False])
    x, y = roc_curve(np.array([0.9, 0.8, 0.7, 0.1]), positive)
    assert x.tolist() == [0.0, 0.0, 0.5, 0.5, 1.0]
    assert y.tolist() == [0.0, 0.5, 0.5, 1.0, 1.0]
    assert area_under(x, y) == 0.75
    assert area_under(*roc_curve(np.array([0.9, 0.7, 0.7, 0.1]), positive)) == 0.875
    assert area_under(*roc_curve(np.zeros(4), positive)) == 0.5
    x, y = roc_curve(np.zeros(3), np.ones(3, bool))
    assert np.isnan(x).all()
    assert y.tolist() == [0.0, 1.0]
