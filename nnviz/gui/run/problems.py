"""The problems of runs that follow each other, and those that edits make of each other."""

from __future__ import annotations

import copy
from dataclasses import replace

from nnviz.training.editing import edited
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Problem

_last: list[Problem] = []


def prepared(experiment: Experiment) -> Problem:
    """Return the Problem of an experiment; what was prepared for the last one is shared.

    Of a million rows that takes a second: whoever opens them has it done aside first.

    Raises
    ------
    NnvizError
        If the experiment cannot be.
    """
    before = _last[0] if _last else None
    if before is None or before.experiment.data != experiment.data:
        problem = Problem(experiment)
    else:
        problem = before.followed_by(experiment)
    assert problem.judged  # which whoever trains needs
    _last[:] = [problem]
    problem = copy.copy(problem)
    problem.experiment = replace(experiment, edits=())
    return problem


class EditedProblems:
    """Data and network of a run by how many of its edits are made; `problem` is after `edits`."""

    def __init__(self, experiment: Experiment, problem: Problem, edits: int) -> None:
        self._experiment, self._known = experiment, {edits: problem}

    def at(self, edits: int) -> Problem:
        """Return the problem after so many edits; the same object where but the rate differs."""
        if edits not in self._known:
            asked, known = edited(self._experiment, edits), [*self._known.values()]
            alike = (problem for problem in known if _same(problem.experiment, asked))
            self._known[edits] = next(alike, None) or known[-1].followed_by(asked)
        return self._known[edits]

    def follow(self, experiment: Experiment, made: int) -> None:
        """Take over another edit; those that were still to come may come later in the order now."""
        self._experiment = experiment
        self._known = {edits: one for edits, one in self._known.items() if edits <= made}


def _same(one: Experiment, other: Experiment) -> bool:
    """Whether all but the learning rate and the edits is the same."""
    rate = one.training.learning_rate
    theirs = other.change("training", learning_rate=rate)
    return (one.data, one.network, one.training) == (theirs.data, theirs.network, theirs.training)
