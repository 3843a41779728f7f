"""What views say of a moment's answers: how many are right, or how well they fit."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from nnviz.datasets.catalog import CATALOG
from nnviz.engine.metrics import METRICS, area_under, class_scores, roc_curve
from nnviz.gui.look.numbers import count, fixed, percent, short, steady
from nnviz.gui.look.texts import translated
from nnviz.training.inspection import Inspection
from nnviz.training.problem import PARTS, PartName, Problem

_MOST_SLOPES = 8
"""Of more inputs a formula is no longer read."""


def figures(inspection: Inspection, part: PartName = "train") -> dict[str, str]:
    """Return what can be said of a part's answers, each figure by its word in a sentence.

    Always ``epoch``; of classes ``right``, ``total`` and ``share``, of numbers R² and the root mean
    squared error in target units, ``r2`` and ``rmse``. Nothing without such a part.
    """
    outputs = inspection.outputs(part)
    if outputs is None:
        return {}
    problem, told = inspection.problem, {"epoch": count(inspection.epoch)}
    if problem.dataset.task == "classification":
        total = len(outputs.index)
        right = int(np.count_nonzero(outputs.labels == problem.labels[outputs.index]))
        share = share_text(right, total)
        return {**told, "right": count(right), "total": count(total), "share": share}
    truth = problem.target_values[outputs.index]
    r_squared = float(METRICS["r_squared"].value(outputs.values.T, truth.T))
    r2 = _tr("not defined") if math.isnan(r_squared) else three_digits(r_squared)
    rmse = float(np.sqrt(np.square(outputs.values - truth).mean()))
    return {**told, "r2": r2, "rmse": three_digits(rmse)}


def headline(inspection: Inspection) -> str:
    """Return the figures of both parts in a few words; what is estimated says so."""
    about = _tr("≈ {value}") if inspection.estimated else "{value}"
    said = {
        f"{word}_{part}": about.format(value=value)
        for part in PARTS
        for word, value in figures(inspection, part).items()
    }
    dataset, tested = inspection.problem.dataset, inspection.problem.test is not None
    if dataset.task == "regression":
        unit = translated(dataset.target_unit)
        said["unit"] = _tr("({unit})").format(unit=unit) if unit else ""
        text = _tr("R² {r2_train} · RMSE {rmse_train} {unit}")
        if tested:
            text = _tr("R² {r2_train}, test {r2_test} · RMSE {rmse_train}, test {rmse_test} {unit}")
    elif tested:
        text = _tr("right: train {share_train}, test {share_test}")
    elif inspection.estimated:
        text = _tr("right: {share_train}")
    else:
        text = _tr("{right_train} of {total_train} right")
    return text.format(**said).rstrip()


def scores_text(inspection: Inspection, part: PartName) -> str:
    """Return precision, recall, F1 and AUC over a part: of the second of two classes, or the mean.

    Empty where there is no such part.
    """
    outputs, problem = inspection.outputs(part), inspection.problem
    if outputs is None:
        return ""
    scores, labels = class_scores(inspection.confusion(part)), problem.labels[outputs.index]
    values, names = outputs.values, problem.dataset.class_names
    if values.shape[1] == 1:
        values = np.column_stack([-values, values])
    areas = [area_under(*roc_curve(values[:, i], labels == i)) for i in range(len(names))]
    text = _tr("mean of the classes: precision {precision} · recall {recall} · F1 {f1} · AUC {auc}")
    kept = slice(None)
    if len(names) == 2:
        kept = slice(1, 2)
        text = _tr("“{name}”: precision {precision} · recall {recall} · F1 {f1} · AUC {auc}")
    found = {"precision": scores.precision, "recall": scores.recall, "f1": scores.f1}
    told = {key: _mean(each[kept]) for key, each in found.items()}
    auc = _mean(np.array(areas)[kept])
    return text.format(name=translated(names[-1]), auc=auc, **told)


def _mean(values: NDArray[np.float64]) -> str:
    """Return the mean of the figures there are, or that none is defined."""
    known = values[np.isfinite(values)]
    return fixed(float(known.mean()), 0.001) if known.size else _tr("not defined")


def formula_text(inspection: Inspection) -> str:
    """Return what a single linear neuron says in real units, beside the truth; else ""."""
    found, problem = inspection.formula(), inspection.problem
    if found is None or len(found.slopes) > _MOST_SLOPES:
        return ""
    terms = [
        _tr("{slope} · {name}").format(slope=three_digits(slope), name=translated(name))
        for name, slope in zip(problem.input_names, found.slopes.tolist(), strict=True)
    ]
    text = _tr("{target} = {terms}").format(
        target=translated(problem.dataset.target_name),
        terms=" + ".join([*terms, three_digits(found.intercept)]).replace("+ −", "− "),
    )
    true = CATALOG[problem.experiment.data.sample].formula
    if not true:
        return text
    return _tr("{formula} (true: {numbers})").format(
        formula=text, numbers=", ".join(map(short, true))
    )


def three_digits(value: float) -> str:
    """Return a figure that changes many times a second, without dancing and in little room."""
    if not (math.isfinite(value) and value):
        return steady(value)
    return fixed(value, 10.0 ** (math.floor(math.log10(abs(value))) - 2))


def share_text(right: int, total: int) -> str:
    """Return a share as percent; never rounded up to all or down to none."""
    share = right / total if total else 0.0
    if share in (0.0, 1.0):
        return percent(share, 0.01)
    return percent(min(max(share, 0.001), 0.999))


def target_label(problem: Problem) -> str:
    """Return the name of what is predicted, with its unit where there is one."""
    name, unit = translated(problem.dataset.target_name), translated(problem.dataset.target_unit)
    return _tr("{name} ({unit})").format(name=name, unit=unit) if unit else name


def _tr(text: str) -> str:
    return QCoreApplication.translate("OutputPanel", text)
