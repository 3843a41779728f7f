"""Which figures of two runs may stand on one axis."""

from __future__ import annotations

from nnviz.datasets.catalog import CATALOG
from nnviz.training.experiment import Experiment
from nnviz.training.problem import dataset_of


def comparable_metric(one: Experiment, other: Experiment) -> bool:
    """Say whether both runs are measured by the same metric, accuracy or R²."""
    return _task(one) == _task(other)


def comparable_loss(one: Experiment, other: Experiment) -> bool:
    """Say whether the losses of both runs are the same function, in the same unit."""
    if one.training.loss != other.training.loss or not comparable_metric(one, other):
        return False
    same_sample = one.data.sample == other.data.sample
    # Only a regression's loss is in the unit of its target; whatever is asked of the same
    # sample, its target keeps its unit.
    return same_sample or _task(one) != "regression" or _unit(one) == _unit(other)


def _task(experiment: Experiment) -> str:
    return CATALOG[experiment.data.sample].task


def _unit(experiment: Experiment) -> str:
    return dataset_of(experiment.data).target_unit
