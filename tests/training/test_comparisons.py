"""Comparisons: what they say of the results is true."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from nnviz.training.comparison import comparable_loss, differences
from nnviz.training.comparisons import COMPARISONS, VariantResult, train_variant


@cache
def results(key: str) -> dict[str, VariantResult]:
    return {variant.name: train_variant(variant) for variant in COMPARISONS[key].variants}


def told(key: str, sentence: int) -> dict[str, str]:
    """Return what fills the gaps of a sentence, as the run of the comparison has it."""
    return dict(COMPARISONS[key].told(list(results(key).values()))[sentence].words)


def numeral(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


@pytest.mark.parametrize("key", COMPARISONS)
def test_variants_differ_in_one_setting_and_can_be_compared(key: str) -> None:
    first, *others = [variant.experiment for variant in COMPARISONS[key].variants]
    for other in others:
        settings = {re.sub(r"_values\..*", "", one.setting) for one in differences(first, other)}
        assert len(settings) == 1
        assert comparable_loss(first, other)
        assert other.training.epochs == first.training.epochs


@pytest.mark.parametrize("key", COMPARISONS)
def test_the_best_and_the_worst_are_told(key: str) -> None:
    words = told(key, 0)
    last = {name: result.history.column("train_loss")[-1] for name, result in results(key).items()}
    assert last[words["best"]] == min(last.values()) == pytest.approx(numeral(words["low"]), 1e-3)
    assert last[words["worst"]] == max(last.values()) == pytest.approx(numeral(words["high"]), 1e-3)
    assert all(len(r.losses) == numeral(words["epochs"]) + 1 for r in results(key).values())


def test_who_learned_nothing_is_told() -> None:
    words = told("initializers", 1)
    assert {words.pop("name_0"), words.pop("name_1")} == {"Normal", "Zeros"}
    for name, result in results("initializers").items():
        metric = result.history.column("train_metric")[-1]
        assert (metric == 0.5) == (name in ("Normal", "Zeros"))
    assert numeral(words["loss"]) == pytest.approx(np.log(2), 1e-3)


def test_when_the_best_optimiser_was_where_the_worst_ended_is_told() -> None:
    words, runs = told("optimizers", 1), results("optimizers")
    early, best, worst = (
        int(words["early"]),
        runs[words["best"]].losses,
        runs[words["worst"]].losses,
    )
    assert best[early] <= worst[-1] < best[early - 1]
    assert words["worst"] == "SGD"


def test_how_restless_the_loss_is_is_told() -> None:
    words, runs = told("schedules", 1), results("schedules")
    moves = {name: np.ptp(result.losses[-50:]) for name, result in runs.items()}
    assert moves[words["restless"]] == max(moves.values())
    assert moves[words["calm"]] == min(moves.values())
    assert numeral(words["much"]) == pytest.approx(max(moves.values()), 1e-3)
    assert words["restless"] == "Constant"


def test_how_many_updates_were_made_is_told() -> None:
    words, runs = told("batch-sizes", 1), results("batch-sizes")
    assert runs[words["best"]].updates == numeral(words["many"])
    assert runs[words["worst"]].updates == numeral(words["few"]) == 20
    assert words["worst"] == "All rows"
