"""The measures of a moment: those that training records, and those that other libraries know."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.training.completion import complete
from nnviz.training.inspection import Inspection
from nnviz.training.measures import CLASS_FIGURES, in_short, measures
from nnviz.training.presets import PRESETS


@pytest.mark.parametrize("preset", ["two-gaussians", "house-prices", "letters-abc"])
def test_loss_and_metric_are_those_recorded_of_the_epoch(preset: str) -> None:
    asked = PRESETS[preset].experiment.change("training", epochs=3)
    done = complete(asked.change("data", test_fraction=0.3) if preset != "letters-abc" else asked)
    found = measures(Inspection(done.problem, done.snapshot))
    assert [*found] == [*done.problem.parts]
    for part, measured in found.items():
        assert measured.loss == pytest.approx(getattr(done.final, f"{part}_loss"), rel=1e-12)
        assert measured.metric == pytest.approx(getattr(done.final, f"{part}_metric"), rel=1e-12)
        assert measured.rows == done.problem.judged[part].rows


def test_a_class_has_its_own_figures_and_classes_a_mean() -> None:
    done = complete(PRESETS["letters-abc"].experiment.change("training", epochs=1))
    found = measures(Inspection(done.problem, done.snapshot))["train"].classes
    assert found.shape == (len(CLASS_FIGURES), 3)
    counts = Inspection(done.problem, done.snapshot).confusion("train")
    recall = np.diagonal(counts) / counts.sum(axis=1)
    assert found[1].tolist() == recall.tolist()
    assert in_short(found)["recall"] == pytest.approx(recall.mean())


def test_of_two_classes_the_second_counts_and_what_is_undefined_is_left_out() -> None:
    assert in_short(np.array([[0.1, 0.2]] * 4))["auc"] == 0.2
    three = np.array([[0.25, np.nan, 0.75], [np.nan] * 3, [1.0] * 3, [0.0] * 3])
    assert in_short(three)["precision"] == 0.5
    assert np.isnan(in_short(three)["recall"])
