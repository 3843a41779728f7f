"""Learning rates by the epoch, against their formulas."""

from __future__ import annotations

import math

import pytest

from nnviz.engine.choices import resolve
from nnviz.engine.schedules import SCHEDULES, ScheduleState

RATE, EPOCHS = 0.3, 200


def started(name: str, **values: float) -> ScheduleState:
    schedule = SCHEDULES[name]
    return schedule.start(resolve(schedule.parameters, values, ""))


FORMULAS = [
    ("constant", {}, lambda e: RATE),
    ("time_decay", {}, lambda e: RATE / (1 + 0.001 * e)),
    ("time_decay", {"decay": 0.5}, lambda e: RATE / (1 + 0.5 * e)),
    ("step", {}, lambda e: RATE if e < 100 else RATE / 2),
    ("step", {"drop": 0.1, "every": 3}, lambda e: RATE * 0.1 ** (e // 3)),
    ("exponential", {}, lambda e: RATE * 0.999**e),
    ("exponential", {"gamma": 0.9}, lambda e: RATE * 0.9**e),
    ("cosine", {}, lambda e: RATE * (1 + math.cos(math.pi * e / EPOCHS)) / 2),
]


@pytest.mark.parametrize("epoch", [0, 1, 2, 3, 99, 100, 150, 199])
@pytest.mark.parametrize(("name", "values", "formula"), FORMULAS)
def test_rate_is_the_formula(name: str, values, formula, epoch: int) -> None:
    rate = SCHEDULES[name].rate(RATE, epoch, EPOCHS, started(name, **values))
    assert rate == pytest.approx(formula(epoch), rel=1e-12)


def test_every_schedule_is_tested() -> None:
    assert set(SCHEDULES) == {"plateau", *(name for name, _, _ in FORMULAS)}


@pytest.mark.parametrize("name", SCHEDULES)
def test_first_epoch_has_the_rate_that_was_set(name: str) -> None:
    assert SCHEDULES[name].rate(RATE, 0, EPOCHS, started(name)) == RATE


@pytest.mark.parametrize("epochs", [1, 2, 7])
@pytest.mark.parametrize("name", SCHEDULES)
def test_no_epoch_is_wasted_on_a_rate_of_zero(name: str, epochs: int) -> None:
    schedule, state = SCHEDULES[name], started(name)
    assert all(schedule.rate(RATE, epoch, epochs, state) > 0 for epoch in range(3 * epochs))


def plateau_rates(losses: list[float], **values: float) -> list[float]:
    schedule, state = SCHEDULES["plateau"], started("plateau", **values)
    rates = []
    for epoch, loss in enumerate(losses):
        rates.append(schedule.rate(1.0, epoch, EPOCHS, state))
        assert schedule.observe is not None
        schedule.observe(state, loss)
    return rates


def test_plateau_waits_for_as_many_epochs_as_its_patience() -> None:
    rates = plateau_rates([5, 4, 4, 4, 4, 4, 4, 4], drop=0.5, patience=3)
    assert rates == [1, 1, 1, 1, 1, 0.5, 0.5, 0.5]


def test_plateau_starts_waiting_anew_at_a_new_best_and_after_a_drop() -> None:
    rates = plateau_rates([5, 6, 4, 4, 3, 3, 3, 3, 3, 3], drop=0.1, patience=2)
    assert rates == pytest.approx([1, 1, 1, 1, 1, 1, 1, 0.1, 0.1, 0.01])


def test_plateau_has_the_tutorials_numbers() -> None:
    flat = plateau_rates([1.0] * 250)
    assert flat[:101] == [1.0] * 101
    assert flat[101:201] == [0.95] * 100
    assert flat[201:] == pytest.approx([0.95**2] * 49)


def test_two_runs_do_not_share_a_plateau() -> None:
    schedule, first, second = SCHEDULES["plateau"], started("plateau"), started("plateau")
    for _ in range(200):
        schedule.observe(first, 1.0)
    assert first.factor < second.factor == 1.0
