"""The figures that views state about a moment's answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.engine.metrics import METRICS
from nnviz.training.inspection import Inspection
from nnviz.training.problem import PartName


@dataclass(frozen=True)
class Score:
    """How many answers of a classification are right.

    Parameters
    ----------
    right, total
        Rows.
    """

    right: int
    total: int

    @property
    def share(self) -> float:
        """Right answers as a share of all, 0 to 1."""
        return self.right / self.total if self.total else 0.0


@dataclass(frozen=True)
class Fit:
    """How well the answers of a regression agree with the truth.

    Parameters
    ----------
    r_squared
        1 is perfect, 0 as good as always saying the mean.
    rmse
        Root of the mean squared error, in target units.
    """

    r_squared: float
    rmse: float


def score(inspection: Inspection, part: PartName = "train") -> Score | None:
    """Return the right answers of a part; None where there is no such part."""
    outputs = inspection.outputs(part)
    if outputs is None:
        return None
    truth = inspection.problem.labels[outputs.index]
    return Score(int(np.count_nonzero(outputs.labels == truth)), int(truth.size))


def fit(inspection: Inspection, part: PartName = "train") -> Fit | None:
    """Return the fit of a part; None where there is no such part."""
    outputs = inspection.outputs(part)
    if outputs is None:
        return None
    truth = inspection.problem.target_values[outputs.index]
    error = (outputs.values - truth).ravel()
    r_squared = METRICS["r_squared"].value(outputs.values.T, truth.T)
    return Fit(r_squared, float(np.sqrt(np.dot(error, error) / error.size)))
