"""The runs that are compared: what each is called, what was asked, and how far it came."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nnviz.datasets.catalog import CATALOG
from nnviz.engine.metrics import Metric, metric_for
from nnviz.gui.frame import Frame, ReferenceRun
from nnviz.training.experiment import Experiment
from nnviz.training.history import History

CURRENT = -1
"""Stands for the slot of the run that is looked at."""

LOSSES = ("train_loss", "test_loss")
METRICS = ("train_metric", "test_metric")


@dataclass(frozen=True)
class RunLine:
    """A line of the table.

    Parameters
    ----------
    slot
        Of a kept run; `CURRENT` for the one that is looked at.
    name
        What it is called.
    experiment
        What was asked.
    epoch
        How many epochs it was trained for.
    figures
        Loss and metric of training and test part after that epoch, by the history's names; NaN
        where there is no test part.
    """

    slot: int
    name: str
    experiment: Experiment
    epoch: int
    figures: dict[str, float]

    @property
    def metric(self) -> Metric:
        """What its accuracy is called and how it is written."""
        return metric_for(CATALOG[self.experiment.data.sample].task)


def line_of_reference(reference: ReferenceRun) -> RunLine:
    """Return a kept run at its end."""
    history = reference.history
    return _line(reference.slot, reference.name, reference.experiment, history, len(history) - 1)


def line_of_frame(frame: Frame, name: str, experiment: Experiment) -> RunLine:
    """Return the run that is looked at, at the epoch that is shown."""
    history = frame.history
    row = history.row_of(frame.epoch) if frame.past else len(history) - 1
    return _line(CURRENT, name, experiment, history, row)


def best(lines: Sequence[RunLine], figure: str) -> frozenset[int]:
    """Return which lines have the best of a figure: none where that says nothing.

    Losses can be compared where the same loss is taken of the same data, metrics of the same data.
    """
    values = [line.figures[figure] for line in lines]
    known = [value for value in values if math.isfinite(value)]
    if len({_scale(line, figure) for line in lines}) > 1 or len(set(known)) < 2:
        return frozenset()
    goal = min(known) if figure in LOSSES else max(known)
    return frozenset(place for place, value in enumerate(values) if value == goal)


def incomparable(lines: Sequence[RunLine], figure: str) -> frozenset[int]:
    """Return which lines have a figure that says nothing beside that of the first line."""
    scales = [_scale(line, figure) for line in lines]
    known = (place for place, line in enumerate(lines) if math.isfinite(line.figures[figure]))
    return frozenset(place for place in known if scales[place] != scales[0])


def _scale(line: RunLine, figure: str) -> tuple[str, ...]:
    data, loss = line.experiment.data.sample, line.experiment.training.loss
    return (data, loss) if figure in LOSSES else (data,)


def _line(slot: int, name: str, experiment: Experiment, history: History, row: int) -> RunLine:
    if row < 0:
        return RunLine(slot, name, experiment, 0, dict.fromkeys((*LOSSES, *METRICS), math.nan))
    figures = {key: float(history.column(key)[row]) for key in (*LOSSES, *METRICS)}
    return RunLine(slot, name, experiment, int(history.column("epoch")[row]), figures)
