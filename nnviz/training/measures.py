"""How good the network of a moment is on each part of its data, in figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.losses import LOSSES
from nnviz.engine.metrics import area_under, class_scores, roc_curve
from nnviz.training.answers import Outputs
from nnviz.training.evaluation import evaluator_of
from nnviz.training.inspection import Inspection
from nnviz.training.problem import PartName, Problem

CLASS_FIGURES = ("precision", "recall", "f1", "auc")
"""The rows of `class_figures`."""

Curve = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PartMeasures:
    """What the network of a moment comes to on the judged rows of a part.

    Parameters
    ----------
    rows
        How many are judged.
    loss, metric
        As they are recorded of an epoch, but of the very parameters of the moment; a metric may be
        NaN.
    rmse
        The root mean squared error of a regression in target units; NaN of classes.
    classes
        See `class_figures`; of a regression there are none, shape (4, 0).
    """

    rows: int
    loss: float
    metric: float
    rmse: float
    classes: NDArray[np.float64]


def measures(inspection: Inspection) -> dict[PartName, PartMeasures]:
    """Return the measures of each part there is."""
    return {part: _measured(inspection, part) for part in inspection.problem.parts}


def _measured(inspection: Inspection, part: PartName) -> PartMeasures:
    problem, judged = inspection.problem, inspection.problem.judged[part]
    evaluator, parameters = evaluator_of(problem), inspection.snapshot.parameters
    rows = evaluator.rows(problem, part, judged.rows, judged=True)
    z, a = (evaluator.predict(parameters, rows, of=name).T for name in ("z", "a"))
    loss = LOSSES[problem.experiment.training.loss].value(z, a, judged.targets)
    metric = problem.metric.value(a, judged.targets, problem.decision_threshold)
    rmse, figures = np.nan, np.empty((len(CLASS_FIGURES), 0))
    if problem.dataset.task == "classification":
        figures = class_figures(inspection, part)
    else:
        errors = problem.decode_outputs(a.T) - problem.target_values[judged.index]
        rmse = float(np.sqrt(np.square(errors).mean()))
    return PartMeasures(judged.rows, problem.loss_unit * loss, metric, rmse, figures)


def class_figures(inspection: Inspection, part: PartName) -> NDArray[np.float64]:
    """Return `CLASS_FIGURES` of every class over a part, shape (4, classes); NaN where undefined.

    Of no rows where there is no such part.
    """
    outputs, names = inspection.outputs(part), inspection.problem.dataset.class_names
    if outputs is None:
        return np.full((len(CLASS_FIGURES), len(names)), np.nan)
    scores = class_scores(inspection.confusion(part))
    areas = [area_under(*roc_of(inspection.problem, outputs, label)) for label in range(len(names))]
    return np.array([scores.precision, scores.recall, scores.f1, areas])


def in_short(figures: NDArray[np.float64]) -> dict[str, float]:
    """Return `class_figures` by name: of the second of two classes, else means of those defined."""
    kept = figures[:, 1:] if figures.shape[1] == 2 else figures
    known = np.isfinite(kept)
    sums, counts = np.where(known, kept, 0.0).sum(axis=1), known.sum(axis=1)
    means = sums / np.where(counts == 0, np.nan, counts)
    return dict(zip(CLASS_FIGURES, means.tolist(), strict=True))


def roc_of(problem: Problem, outputs: Outputs, label: int) -> tuple[Curve, Curve]:
    """Return the false and the true positive rate of a class against the rest, as `roc_curve`."""
    values = outputs.values
    if values.shape[1] == 1:
        values = np.column_stack([-values, values])
    return roc_curve(values[:, label], problem.labels[outputs.index] == label)
