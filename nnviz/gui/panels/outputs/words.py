"""Words that several views share, with their numbers."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from nnviz.gui.look.texts import translated
from nnviz.gui.panels.outputs.facts import all_rows, fit, score
from nnviz.training.inspection import OUTPUT_ROWS, Inspection
from nnviz.training.problem import Problem


def figure(value: float, digits: int = 3) -> str:
    """Return a number with so many significant digits, without an exponent where avoidable."""
    if value != value:  # not a number
        return "–"
    if value == 0:
        return "0"
    if not 1e-3 <= abs(value) < 1e6:
        return f"{value:.{digits - 1}e}".replace("-", "−")
    return fixed(value, max(digits - 1 - math.floor(math.log10(abs(value))), 0))


def fixed(value: float, decimals: int = 3) -> str:
    """Return a number with so many decimals and a true minus sign, as columns want it."""
    if value != value:  # not a number
        return "–"
    text = f"{value:,.{decimals}f}"
    return text.replace("-", "−") if text.strip("-0.,") else text.lstrip("-")


def target_label(problem: Problem) -> str:
    """Return the name of what is predicted, with its unit where there is one."""
    name, unit = translated(problem.dataset.target_name), translated(problem.dataset.target_unit)
    return _tr("{name} ({unit})").format(name=name, unit=unit) if unit else name


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
        return _tr("{right} of {total} right").format(right=train.right, total=train.total)
    shown = [_about(percent(s.share), estimated) for s in (train, test) if s is not None]
    if test is None:
        return _tr("right: {share}").format(share=shown[0])
    return _tr("right: train {train}, test {test}").format(train=shown[0], test=shown[1])


def fit_text(inspection: Inspection, most: int = OUTPUT_ROWS) -> str:
    """Return R² and root mean squared error of both parts; parameters as for `score_text`."""
    train, test = fit(inspection, most=most), fit(inspection, "test", most)
    if train is None:
        return ""
    estimated = most < all_rows(inspection.problem)
    shown = {
        "r2": _about(figure(train.r_squared), estimated),
        "rmse": _about(figure(train.rmse), estimated),
        "unit": _in_brackets(translated(inspection.problem.dataset.target_unit)),
    }
    if test is None:
        return _tr("R² {r2} · RMSE {rmse} {unit}").format(**shown).rstrip()
    shown["r2_test"] = _about(figure(test.r_squared), estimated)
    shown["rmse_test"] = _about(figure(test.rmse), estimated)
    return (
        _tr("R² {r2}, test {r2_test} · RMSE {rmse}, test {rmse_test} {unit}")
        .format(**shown)
        .rstrip()
    )


def _about(value: str, estimated: bool) -> str:
    return _tr("≈ {value}").format(value=value) if estimated else value


def _in_brackets(unit: str) -> str:
    return _tr("({unit})").format(unit=unit) if unit else ""


def percent(share: float) -> str:
    """Return a share, 0 to 1, as percent; never rounded up to all or down to none."""
    hundredths = round(1000 * share) / 10
    if hundredths == 100.0 and share < 1.0:
        hundredths = 99.9
    if hundredths == 0.0 and share > 0.0:
        hundredths = 0.1
    return _tr("{value} %").format(value="100" if hundredths == 100 else f"{hundredths:.1f}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("OutputPanel", text)
