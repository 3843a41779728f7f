"""What views say of a moment's answers: how many are right, or how well they fit."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.engine.metrics import METRICS
from nnviz.gui.look.numbers import count, fixed, percent, steady
from nnviz.gui.look.texts import translated
from nnviz.training.inspection import OUTPUT_ROWS, Inspection
from nnviz.training.problem import PartName, Problem


def three_digits(value: float) -> str:
    """Return a figure that changes many times a second, without dancing and in little room."""
    if not (math.isfinite(value) and value):
        return steady(value)
    return fixed(value, 10.0 ** (math.floor(math.log10(abs(value))) - 2))


def all_rows(problem: Problem) -> int:
    """Return for how many rows of the larger part answers are drawn at rest."""
    parts = (part for part in (problem.train, problem.test) if part is not None)
    return min(OUTPUT_ROWS, max(part.rows for part in parts))


def score(
    inspection: Inspection, part: PartName = "train", most: int = OUTPUT_ROWS
) -> tuple[int, int] | None:
    """Return how many answers of a part's first rows are right, and of how many; None without."""
    outputs = inspection.outputs(part, most)
    if outputs is None:
        return None
    truth = inspection.problem.dataset.targets[outputs.index]
    return int(np.count_nonzero(outputs.labels == truth)), int(truth.size)


def fit(
    inspection: Inspection, part: PartName = "train", most: int = OUTPUT_ROWS
) -> tuple[float, float] | None:
    """Return R² and the root mean squared error, in target units, of a part's first rows.

    None where there is no such part.
    """
    outputs = inspection.outputs(part, most)
    if outputs is None:
        return None
    truth = inspection.problem.dataset.targets[outputs.index].astype(np.float64)
    error = (outputs.values - truth).ravel()
    r_squared = METRICS["r_squared"].value(outputs.values.T, truth.T)
    return float(r_squared), float(np.sqrt(np.dot(error, error) / error.size))


def train_score(inspection: Inspection, most: int, part: PartName = "train") -> dict[str, str]:
    """Return the words ``right`` and ``total`` of a part that exists, and the ``epoch``."""
    found = score(inspection, part, most)
    assert found is not None
    return {
        "epoch": count(inspection.epoch),
        "right": count(found[0]),
        "total": count(found[1]),
    }


def train_fit(inspection: Inspection, most: int) -> dict[str, str]:
    """Return the words ``r2`` and ``rmse`` of the training part, and the ``epoch``."""
    found = fit(inspection, most=most)
    assert found is not None  # every problem has a training part
    return {
        "epoch": count(inspection.epoch),
        "r2": three_digits(found[0]),
        "rmse": three_digits(found[1]),
    }


def score_text(inspection: Inspection, most: int = OUTPUT_ROWS) -> str:
    """Return the right answers of both parts, a few words; what is estimated says so.

    Parameters
    ----------
    inspection
        The moment.
    most
        Rows of each part to look at.
    """
    train, test = score(inspection, most=most), score(inspection, "test", most)
    if train is None:
        return ""
    estimated = most < all_rows(inspection.problem)
    if test is None and not estimated:
        right, total = map(count, train)
        return _tr("{right} of {total} right").format(right=right, total=total)
    shown = [_about(share_text(*found), estimated) for found in (train, test) if found is not None]
    if test is None:
        return _tr("right: {share}").format(share=shown[0])
    return _tr("right: train {train}, test {test}").format(train=shown[0], test=shown[1])


def fit_text(inspection: Inspection, most: int = OUTPUT_ROWS) -> str:
    """Return R² and root mean squared error of both parts; parameters as for `score_text`."""
    estimated = most < all_rows(inspection.problem)
    unit = translated(inspection.problem.dataset.target_unit)
    shown = {"unit": _tr("({unit})").format(unit=unit) if unit else ""}
    test = fit(inspection, "test", most)
    for part, found in (("train", fit(inspection, most=most)), ("test", test)):
        if found is not None:
            r2, rmse = (_about(three_digits(value), estimated) for value in found)
            shown |= {f"r2_{part}": r2, f"rmse_{part}": rmse}
    text = (
        _tr("R² {r2_train} · RMSE {rmse_train} {unit}")
        if test is None
        else _tr("R² {r2_train}, test {r2_test} · RMSE {rmse_train}, test {rmse_test} {unit}")
    )
    return text.format(**shown).rstrip()


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


def _about(value: str, estimated: bool) -> str:
    return _tr("≈ {value}").format(value=value) if estimated else value


def _tr(text: str) -> str:
    return QCoreApplication.translate("OutputPanel", text)
