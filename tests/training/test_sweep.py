"""Sweeps: what is trained, what is chosen, and by which rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest

from nnviz.errors import InvalidChoiceError, UnknownNameError
from nnviz.training.choices import refusal_of, starting_point, with_stop_when
from nnviz.training.completion import complete
from nnviz.training.experiment import Experiment
from nnviz.training.layer_choices import hidden_units_by_rule, with_hidden_units
from nnviz.training.pool import Pool
from nnviz.training.presets import PRESETS
from nnviz.training.records import EpochRecord
from nnviz.training.setting import Range
from nnviz.training.sweep import (
    CandidateResult,
    Sweep,
    Vary,
    has_learned,
    run_sweep,
    sweep_of,
    train_candidate,
)
from nnviz.training.sweep_values import (
    HIDDEN,
    VARIABLE,
    ladder,
    read_values,
    typed_values,
    with_value,
)

MOONS = starting_point("moons").change("training", epochs=3)
RATES = Vary("training.learning_rate", (0.01, 0.1))


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    pool = Pool(2)
    pool.start(abs, [1, 2]).collect(20.0)  # both processes
    yield pool
    pool.close()


def results_of(sweep: Sweep, *losses: float | None) -> dict[int, CandidateResult]:
    """Return results with these validation losses, None for one that diverged."""
    blank = EpochRecord(0, 1, 0.1, 0.0, None, 0.5, None, ())
    return {
        place: CandidateResult(
            None if loss is None else dataclasses.replace(blank, validation_loss=loss), bool(loss)
        )
        for place, loss in enumerate(losses)
    }


# ------------------------------------------------------------------------------------ running it


def test_figures_are_the_same_in_this_process_in_two_and_in_any_order(pool: Pool) -> None:
    sweep = sweep_of(MOONS, [RATES, Vary(HIDDEN, (2, 3))], range(2))
    here = {place: train_candidate(one) for place, one in enumerate(sweep.candidates)}
    there: dict[int, CandidateResult] = {}
    outcome = run_sweep(sweep, pool, lambda place, result, jobs: there.update({place: result}))
    assert there == here
    assert outcome == sweep.outcome(dict(reversed(here.items())))
    values = [(0.01, 2), (0.01, 3), (0.1, 2), (0.1, 3)]
    assert [point.values for point in outcome.points] == values


def test_a_candidate_is_what_the_command_line_would_train(pool: Pool) -> None:
    sweep = sweep_of(MOONS.change("data", validation_fraction=0.2), [RATES], [5])
    asked = with_value(sweep.candidates[1].experiment, "data.validation_fraction", 0.2)
    assert asked == MOONS.with_seed(5).change("data", validation_fraction=0.2).change(
        "training", learning_rate=0.1
    )
    assert train_candidate(sweep.candidates[1]).final == complete(asked).final


def test_cancelling_keeps_what_is_done(pool: Pool) -> None:
    sweep, done = sweep_of(MOONS, [RATES], range(20)), []
    outcome = run_sweep(
        sweep, pool, lambda place, result, jobs: done.append(place), lambda: bool(done)
    )
    assert sum(point.done for point in outcome.points) == len(done) < 40
    assert outcome.chosen is None or outcome.points[outcome.chosen].done == 20


def test_a_divergence_is_counted() -> None:
    sweep = sweep_of(PRESETS["house-prices"].experiment, [Vary(RATES.path, (100.0,))], [0])
    result = train_candidate(sweep.candidates[0])
    assert result == CandidateResult(None, False)
    (point,) = sweep.outcome({0: result}).points
    assert (point.done, point.diverged, point.learned, point.error) == (1, 1, 0, None)


# -------------------------------------------------------------------------------- what is chosen


def test_the_simplest_within_one_standard_error_of_the_best_is_chosen() -> None:
    sweep = sweep_of(MOONS, [Vary(HIDDEN, (8, 4, 2))], range(4))
    near = (0.22, 0.24, 0.22, 0.24)  # the best's mean is 0.2, its standard error 0.046
    results = results_of(sweep, 0.1, 0.3, 0.15, 0.25, *near, 0.5, 0.5, 0.5, 0.5)
    outcome = sweep.outcome(results)
    assert (outcome.best, outcome.chosen) == (0, 1)
    best = outcome.points[0]
    losses = (0.1, 0.3, 0.15, 0.25)
    assert best.error == pytest.approx(0.2)
    assert best.standard_error == pytest.approx(np.std(losses, ddof=1) / 2)


@pytest.mark.parametrize(("path", "chosen"), [(RATES.path, 0), ("training.l2", 1)])
def test_only_an_order_of_simplicity_gives_way_to_another_than_the_best(path, chosen) -> None:
    sweep = sweep_of(MOONS, [Vary(path, (0.1, 0.2))], range(2))
    outcome = sweep.outcome(results_of(sweep, 0.1, 0.3, 0.2, 0.24))
    assert (outcome.best, outcome.chosen) == (0, chosen)


def test_values_that_diverge_more_often_do_not_come_into_question() -> None:
    sweep = sweep_of(MOONS, [RATES], range(2))
    outcome = sweep.outcome(results_of(sweep, 0.01, None, 0.3, 0.4))
    assert (outcome.best, outcome.chosen) == (1, 1)
    assert [point.diverged for point in outcome.points] == [1, 0]


@pytest.mark.parametrize(
    ("experiment", "part", "share", "says"),
    [
        (MOONS, "validation", 0.2, "20 % of the rows"),
        (MOONS.change("data", validation_fraction=0.3), "validation", 0.0, "validation rows"),
        (PRESETS["xor-2-4-1"].experiment, "train", 0.0, "not seen"),
        (
            MOONS.change("data", rows=8).change("training", batch_size=None),
            "test",
            0.0,
            "no fair test",
        ),
    ],
)
def test_what_chooses_is_said(experiment, part, share, says) -> None:
    sweep = sweep_of(experiment, [], range(3))
    assert (sweep.part, sweep.share) == (part, share)
    assert says in str(sweep.chosen_by)
    assert all(one.experiment.data.validation_fraction >= share for one in sweep.candidates)


def test_other_losses_are_compared_by_the_metric() -> None:
    losses = Vary("training.loss", ("binary_crossentropy", "mean_squared_error"))
    sweep = sweep_of(MOONS, [losses], [0])
    (result,) = results_of(sweep, 0.3).values()
    final = dataclasses.replace(result.final, validation_metric=0.75)
    assert sweep.figure == "metric"
    assert sweep.outcome({0: CandidateResult(final)}).points[0].error == 0.25


@pytest.mark.parametrize(
    "vary",
    [
        Vary("data.sample", ("moons", "houses")),  # no error is common to both
        Vary("training.batch_size", (10, 100_000)),
        Vary("training.loss", ("binary_crossentropy", "mean_absolute_error", "perceptron")),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_trained(vary: Vary) -> None:
    with pytest.raises(InvalidChoiceError):
        sweep_of(with_hidden_units(MOONS, 3) if vary.values[0] else MOONS, [vary], [0])


@pytest.mark.parametrize(("seed", "learned"), [(0, False), (1, True), (4, False)])
def test_seeds_learn_as_the_note_of_the_preset_counts_them(seed: int, learned: bool) -> None:
    done = complete(PRESETS["xor-2-2-1"].experiment.with_seed(seed))
    assert has_learned(done) is learned is (done.final.train_metric == 1.0)


@pytest.mark.parametrize(("key", "learned"), [("house-prices", 1), ("house-prices-published", 0)])
def test_a_regression_has_learned_at_the_noise(key: str, learned: int) -> None:
    assert has_learned(complete(PRESETS[key].experiment)) == bool(learned)


# ------------------------------------------------------------------------------ settings and values


def in_effect(path: str) -> Experiment:
    """Return an experiment in which a setting has values to try."""
    return with_stop_when(MOONS, "train_loss") if path == "training.stop_value" else MOONS


@pytest.mark.parametrize("path", VARIABLE)
def test_every_setting_has_a_ladder_that_can_be_typed_and_trained(path: str) -> None:
    experiment = in_effect(path)
    values = ladder(experiment, path)
    assert len(values) > 1
    assert read_values(experiment, path, typed_values(values)) == values
    assert all(refusal_of(with_value(experiment, path, value), path) is None for value in values)
    allowed = VARIABLE[path].values_in(experiment)
    if isinstance(allowed, Range):
        assert all(map(allowed.allows, values))


@pytest.mark.parametrize(
    ("path", "text"),
    [(RATES.path, "0.1, fast"), (RATES.path, ""), (HIDDEN, "2.5"), ("training.loss", "none")],
)
def test_a_value_that_cannot_be_is_refused(path: str, text: str) -> None:
    with pytest.raises(InvalidChoiceError):
        read_values(MOONS, path, text)


def test_an_unknown_setting_is_told_its_near_matches() -> None:
    with pytest.raises(UnknownNameError, match="training"):
        read_values(MOONS, "learning_rate", "1")


@pytest.mark.parametrize(
    ("key", "units"), [("xor-2-4-1", range(3, 13)), ("digits-mlp", range(10, 20))]
)
def test_the_rule_for_hidden_units(key: str, units: range) -> None:
    experiment = PRESETS[key].experiment  # √(2 + 1) + α and √(64 + 10) + α
    assert hidden_units_by_rule(experiment) == tuple(units)
    assert read_values(experiment, HIDDEN, "rule") == tuple(units)


def test_hidden_units_are_those_of_all_hidden_layers() -> None:
    layers = with_hidden_units(MOONS, 7).network.layers
    assert [layer.units for layer in layers] == [7, 7, 1]
    with pytest.raises(InvalidChoiceError, match="no hidden layer"):
        with_hidden_units(PRESETS["perceptron"].experiment, 7)
