"""What views say of a moment's answers: how many are right, or how well they fit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.engine.metrics import METRICS
from nnviz.gui.look.numbers import count, fixed, share_text, short, steady
from nnviz.gui.look.texts import not_defined, part_name, score_text, translated
from nnviz.training.inspection import Inspection
from nnviz.training.measures import class_figures, in_short
from nnviz.training.problem import PartName

_tr = partial(QCoreApplication.translate, "OutputPanel")

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
    with np.errstate(
        over="ignore", invalid="ignore"
    ):  # a run that diverges may be far from any truth
        r_squared = float(METRICS["r_squared"].value(outputs.values.T, truth.T))
        rmse = float(np.sqrt(np.square(outputs.values - truth).mean()))
    r2 = not_defined() if math.isnan(r_squared) else three_digits(r_squared)
    return {**told, "r2": r2, "rmse": three_digits(rmse)}


def headlines(inspection: Inspection) -> tuple[str, ...]:
    """Return the figures of all parts in a few words, and in fewer; what is estimated says so."""
    found = {part: figures(inspection, part) for part in inspection.problem.parts}
    if inspection.problem.dataset.task == "classification":
        if len(found) == 1 and not inspection.estimated:
            return (_tr("{right} of {total} right").format(**found["train"]),)
        return (_tr("right: {shares}").format(shares=_of_parts(inspection, found, "share")),)
    r2, rmse = (_of_parts(inspection, found, word) for word in ("r2", "rmse"))
    unit = translated(inspection.problem.dataset.target_unit)
    errors = _tr("RMSE {rmse} ({unit})") if unit else _tr("RMSE {rmse}")
    fit, errors = _tr("R² {r2}").format(r2=r2), errors.format(rmse=rmse, unit=unit)
    return _tr("{fit} · {errors}").format(fit=fit, errors=errors), fit


def _of_parts(
    inspection: Inspection, found: Mapping[PartName, Mapping[str, str]], word: str
) -> str:
    """Return a figure of each part, by name where there are several."""
    about = _tr("≈ {value}") if inspection.estimated else "{value}"
    values = {part: about.format(value=told[word]) for part, told in found.items()}
    if len(values) == 1:
        return values["train"]
    named = _tr("{part} {value}")
    return ", ".join(named.format(part=part_name(p), value=v) for p, v in values.items())


def scores_text(inspection: Inspection, part: PartName) -> str:
    """Return precision, recall, F1 and AUC over a part: of the second of two classes, or the mean.

    Empty where there is no such part.
    """
    problem = inspection.problem
    if part not in problem.parts:
        return ""
    names = problem.dataset.class_names
    text = _tr("mean of the classes: precision {precision} · recall {recall} · F1 {f1} · AUC {auc}")
    if len(names) == 2:
        text = _tr("“{name}”: precision {precision} · recall {recall} · F1 {f1} · AUC {auc}")
    found = in_short(class_figures(inspection, part))
    told = {name: score_text(score) for name, score in found.items()}
    return text.format(name=translated(names[-1]), **told)


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
    true = problem.experiment.data.spec.formula
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
