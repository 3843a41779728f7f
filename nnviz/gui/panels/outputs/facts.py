"""The figures that views state about a moment's answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.engine.metrics import METRICS
from nnviz.training.inspection import OUTPUT_ROWS, Inspection
from nnviz.training.problem import PartName, Problem


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


def all_rows(problem: Problem) -> int:
    """Return for how many rows of the larger part answers are drawn at rest."""
    parts = (part for part in (problem.train, problem.test) if part is not None)
    return min(OUTPUT_ROWS, max(part.rows for part in parts))


def score(
    inspection: Inspection, part: PartName = "train", most: int = OUTPUT_ROWS
) -> Score | None:
    """Return the right answers of a part, of so many rows; None where there is no such part."""
    outputs = inspection.outputs(part, most)
    if outputs is None:
        return None
    truth = inspection.problem.dataset.targets[outputs.index]
    return Score(int(np.count_nonzero(outputs.labels == truth)), int(truth.size))


def fit(inspection: Inspection, part: PartName = "train", most: int = OUTPUT_ROWS) -> Fit | None:
    """Return the fit of a part, of so many rows; None where there is no such part."""
    outputs = inspection.outputs(part, most)
    if outputs is None:
        return None
    truth = inspection.problem.dataset.targets[outputs.index].astype(np.float64)
    error = (outputs.values - truth).ravel()
    r_squared = METRICS["r_squared"].value(outputs.values.T, truth.T)
    return Fit(r_squared, float(np.sqrt(np.dot(error, error) / error.size)))
