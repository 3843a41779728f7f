"""Which value of a setting is best: candidates are trained with several seeds each and compared.

What is chosen is chosen by the validation rows; the test rows are only reported.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nnviz.errors import DivergedError
from nnviz.training.choices import refusal_of
from nnviz.training.comparison import comparable_loss, comparable_metric
from nnviz.training.completion import Completed, complete
from nnviz.training.experiment import Experiment
from nnviz.training.pool import Jobs, Pool
from nnviz.training.problem import PartName, dataset_of
from nnviz.training.records import SCALARS, EpochRecord
from nnviz.training.setting import Phrase, refuse
from nnviz.training.splits import split_of
from nnviz.training.sweep_values import SIMPLER, with_value

VALIDATION_SHARE = 0.2
"""Share of the rows that is held out to choose by, where an experiment holds out none."""

_FIGURES = SCALARS[SCALARS.index("train_loss") :]

RIGHT, NOISE_MARGIN, EXPLAINED = 0.99, 1.1, 0.9
"""What counts as learned: see `has_learned`."""


@dataclass(frozen=True)
class Vary:
    """A setting, by its path in `VARIABLE`, and the values that are tried."""

    path: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Candidate:
    """One experiment to train: which values it has, those of each `Vary`, and with which seed."""

    values: tuple[Any, ...]
    seed: int
    experiment: Experiment


@dataclass(frozen=True)
class CandidateResult:
    """What came of a candidate: its last record, None if it diverged; and whether it learned."""

    final: EpochRecord | None
    learned: bool = False


@dataclass(frozen=True)
class Point:
    """What all seeds of the same values came to.

    Parameters
    ----------
    error, standard_error
        Mean of the error that is chosen by, over the seeds that did not diverge, and the standard
        error of this mean; None of none, or of a single one.
    figures
        Means of loss and metric of each part, by their names in the records.
    done, learned, diverged
        How many were trained, learned (`has_learned`) and diverged.
    """

    values: tuple[Any, ...]
    error: float | None
    standard_error: float | None
    figures: Mapping[str, float]
    done: int
    learned: int
    diverged: int


@dataclass(frozen=True)
class Outcome:
    """All points in the order of the values, and which has the smallest error, which is chosen."""

    points: tuple[Point, ...]
    best: int | None
    chosen: int | None


@dataclass(frozen=True)
class Sweep:
    """What is to be trained, in the order of the values, and what is chosen by.

    Parameters
    ----------
    part, figure
        The rows that are chosen by; their loss, or, where losses are not of one kind, 1 − metric.
    share
        Of the rows, held out for validation because the experiment holds out none; else 0.
    """

    varies: tuple[Vary, ...]
    seeds: tuple[int, ...]
    candidates: tuple[Candidate, ...]
    part: PartName
    figure: Literal["loss", "metric"]
    share: float

    @property
    def chosen_by(self) -> Phrase:
        """By which rows is chosen, and how fair that is; a sentence."""
        if self.share:
            text = "Chosen by {share} of the rows, held out for validation in each of these runs."
            return Phrase(text, {"share": f"{100 * self.share:g} %"})
        texts: dict[PartName, str] = {
            "validation": "Chosen by the validation rows.",
            "test": "Chosen by the test rows, for there are none for validation: their figures are "
            "then no fair test.",
            "train": "Chosen by the training rows, for there are no others: this says nothing about"
            " rows that were not seen.",
        }
        return Phrase(texts[self.part])

    def outcome(self, results: Mapping[int, CandidateResult]) -> Outcome:
        """Return what the results say that there are so far, by the place of their candidate.

        Chosen is the simplest of those whose error is at most one standard error above the smallest
        (Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 7.10); of those alike,
        and where a setting has no order of simplicity, the one of the smallest error. Values that
        diverged with more seeds than others do not come into question.
        """
        each = len(self.seeds)
        points = tuple(
            self._point(start, [results[i] for i in range(start, start + each) if i in results])
            for start in range(0, len(self.candidates), each)
        )
        whole = [p for p in points if p.done == each and p.error is not None]
        fewest = min((point.diverged for point in whole), default=0)
        fit = [point for point in whole if point.diverged == fewest]
        if not fit:
            return Outcome(points, None, None)
        best = min(fit, key=_error)
        near = [p for p in fit if _error(p) <= _error(best) + (best.standard_error or 0.0)]
        chosen = min(near, key=lambda point: (self._complexity(point), _error(point)))
        return Outcome(points, points.index(best), points.index(chosen))

    def _point(self, start: int, results: Sequence[CandidateResult]) -> Point:
        finals = [result.final for result in results if result.final is not None]
        found = {name: [getattr(final, name) for final in finals] for name in _FIGURES}
        known = {name: [v for v in values if v is not None] for name, values in found.items()}
        errors = known[f"{self.part}_{self.figure}"]
        if self.figure == "metric":
            errors = [1.0 - metric for metric in errors]
        count = len(errors)
        return Point(
            self.candidates[start].values,
            float(np.mean(errors)) if count else None,
            float(np.std(errors, ddof=1)) / math.sqrt(count) if count > 1 else None,
            {name: float(np.mean(values)) for name, values in known.items() if values},
            len(results),
            sum(result.learned for result in results),
            len(results) - len(finals),
        )

    def _complexity(self, point: Point) -> tuple[float, ...]:
        paths = (vary.path for vary in self.varies)
        known = (
            (SIMPLER.get(path), value) for path, value in zip(paths, point.values, strict=True)
        )
        return tuple(order(value) for order, value in known if order is not None)


def _error(point: Point) -> float:
    return math.inf if point.error is None else point.error


def sweep_of(experiment: Experiment, varies: Sequence[Vary], seeds: Sequence[int]) -> Sweep:
    """Return what is to be trained: every combination of values with every seed, of data too.

    Raises
    ------
    InvalidChoiceError
        If a candidate cannot be, or if they cannot be compared.
    """
    share = 0.0
    swept = {vary.path for vary in varies}
    if not experiment.data.validation_fraction and "data.validation_fraction" not in swept:
        given = experiment.change("data", validation_fraction=VALIDATION_SHARE)
        if refusal_of(given, "data.validation_fraction") is None:
            experiment, share = given, VALIDATION_SHARE
    candidates = []
    for values in itertools.product(*(vary.values for vary in varies)):
        for seed in seeds:
            asked = experiment.with_seed(seed)
            for vary, value in zip(varies, values, strict=True):
                asked = with_value(asked, vary.path, value)
            candidates.append(Candidate(values, seed, asked))
    firsts = [candidate.experiment for candidate in candidates[:: len(seeds)]]
    _check(firsts)
    same_loss = all(comparable_loss(firsts[0], other) for other in firsts)
    part = _part_of_all(firsts)
    share = share if part == "validation" else 0.0
    figure: Literal["loss", "metric"] = "loss" if same_loss else "metric"
    return Sweep(tuple(varies), tuple(seeds), tuple(candidates), part, figure, share)


def _check(experiments: Sequence[Experiment]) -> None:
    for experiment in experiments:
        refused = refusal_of(experiment)
        if refused is not None:
            raise refused
        if not comparable_metric(experiments[0], experiment):
            raise refuse(
                "data.sample",
                "Numbers and classes are predicted here, and no error is common to both.",
                "Choose samples of one task.",
            )


def _part_of_all(experiments: Sequence[Experiment]) -> PartName:
    """Return the part that is chosen by: the first that all have, training rows at last."""
    choices = {experiment.data for experiment in experiments}
    splits = [split_of(choice, dataset_of(choice)) for choice in choices]
    order: tuple[PartName, ...] = ("validation", "test")
    return next((part for part in order if all(s[part].size for s in splits)), "train")


# --------------------------------------------------------------------------------------- training


def train_candidate(candidate: Candidate) -> CandidateResult:
    """Train one to its end; in whatever process, the same figures."""
    try:
        done = complete(candidate.experiment)
    except DivergedError:
        return CandidateResult(None)
    return CandidateResult(done.final, has_learned(done))


def has_learned(done: Completed) -> bool:
    """Return whether a run has learned its training rows.

    Classes: at least 99 % of them are right, all where there are fewer than 100. Numbers: the mean
    square of the errors is at most 10 % above the noise, where the sample's is known; else nine
    tenths of the variance are explained (R² ≥ 0.9).
    """
    metric, problem = done.final.train_metric, done.problem
    if metric is None or problem.dataset.task == "classification":
        return metric is not None and metric >= RIGHT
    noise = problem.dataset.noise_variance
    if not noise:
        return metric >= EXPLAINED
    variance = float(problem.target_values[problem.judged["train"].index].var())
    return (1.0 - metric) * variance <= NOISE_MARGIN * noise


OnResult = Callable[[int, CandidateResult, "Jobs[Candidate, CandidateResult]"], None]


def run_sweep(
    sweep: Sweep,
    pool: Pool,
    on_result: OnResult = lambda place, result, jobs: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Train all candidates, and return what they say; also of those there are when cancelled.

    Raises
    ------
    ProcessError
        As `Jobs.collect`.
    """
    jobs = pool.start(train_candidate, sweep.candidates)
    results: dict[int, CandidateResult] = {}
    while not jobs.finished and not cancelled():
        for place, result in jobs.collect(0.1):
            results[place] = result
            on_result(place, result, jobs)
    jobs.cancel()
    return sweep.outcome(results)
