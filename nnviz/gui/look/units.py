"""How standardised numbers come from real units, and how they come back: as arithmetic."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.datasets.own.kinds import date_text
from nnviz.datasets.own.recipe import DateOrder
from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.numbers import count, fixed, short
from nnviz.gui.look.texts import translated
from nnviz.training.experiment import DataChoice
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem


class Arithmetic(NamedTuple):
    """A product or quotient, written out: left, operator, right, and what comes of it."""

    left: str
    operator: str
    right: str
    result: str

    @property
    def way(self) -> str:
        """What is done: ``"(37.45 − 48.10) ÷ 30.40"``."""
        return f"{self.left} {self.operator} {self.right}"

    @property
    def text(self) -> str:
        """All of it in a line: ``"(37.45 − 48.10) ÷ 30.40 = −0.350"``."""
        return f"{self.way} = {self.result}"


def target_label(problem: Problem, difference: bool = False) -> str:
    """Return the name of what is predicted, with its unit where there is one.

    Dates have one, days, only where a difference between two of them is told.
    """
    if is_date_target(problem) and not difference:
        return translated(problem.dataset.target_name)
    name, unit = translated(problem.dataset.target_name), translated(problem.dataset.target_unit)
    text = QCoreApplication.translate("units", "{name} ({unit})")
    return text.format(name=name, unit=unit) if unit else name


def date_orders(problem: Problem) -> dict[int, DateOrder]:
    """Return which inputs are the days of dates, and how a person writes those."""
    own, names = problem.experiment.data.file, problem.dataset.feature_names
    columns = own.recipe.columns if own is not None and own.samples is None else ()
    orders = {c.name: c.dates for c in columns if c.kind == "date" and c.dates != "y"}
    return {place: orders[name] for place, name in enumerate(names) if name in orders}


def is_date_target(problem: Problem) -> bool:
    """Return whether what is predicted are dates, as days from 1970-01-01."""
    return predicts_dates(problem.experiment.data)


def predicts_dates(data: DataChoice) -> bool:
    """Return whether of these data dates are predicted."""
    return data.file is not None and data.file.recipe.target.is_day


def target_date(problem: Problem, value: float) -> str | None:
    """Return the date that a number predicted is nearest to, or None where it stands for none."""
    if not is_date_target(problem) or not math.isfinite(value):
        return None
    return date_text(round(value), "ymd")


def target_text(problem: Problem, value: float) -> str:
    """Return a value of what is predicted in short, or as a date where it stands for one."""
    return target_date(problem, value) or short(value)


def date_inputs(problem: Problem, *sides: str) -> list[str]:
    """Return those of some axes, one for each input in turn, that are of dates."""
    dates = date_orders(problem)
    return [side for place, side in enumerate(sides) if place in dates]


def sample_number(inspection: Inspection, row: int) -> str:
    """Return a sample's number, from 1; where its inputs are moved for a look, that they are."""
    text = "{number}"
    if inspection.moved is not None and inspection.moved[0] == row:
        text = QCoreApplication.translate("units", "{number} (moved)")
        if inspection.problem.dataset.image_shape:
            text = QCoreApplication.translate("units", "{number} (drawn)")
    return text.format(number=count(row + 1))


def standardized_input(problem: Problem, inputs: FloatArray, unit: int) -> Arithmetic | None:
    """Return (value − mean) ÷ deviation of one of a sample's inputs, which have their own units.

    None where it is taken as it is.
    """
    if not problem.experiment.data.standardize_inputs:
        return None
    scaler = problem.input_scaler
    mean, scale = (float(each[unit]) for each in (scaler.mean, scaler.scale))
    value = float(problem.features(inputs[np.newaxis])[0, unit])
    step, sign = _step(scale), "−" if mean >= 0 else "+"
    left = f"({fixed(value, step)} {sign} {fixed(abs(mean), step)})"
    return Arithmetic(left, "÷", fixed(scale, step), fixed((value - mean) / scale, 0.001))


def real_output(problem: Problem, output: float) -> Arithmetic | None:
    """Return mean + deviation × output, in units of the target; None where it is in them."""
    if not problem.standardizes_target:
        return None
    scaler = problem.target_scaler
    mean, scale = (float(each[0]) for each in (scaler.mean, scaler.scale))
    step = _step(scale)
    left = f"{fixed(mean, step)} + {fixed(scale, step)}"
    return Arithmetic(left, "×", fixed(output, 0.001), fixed(mean + scale * output, step))


def _step(scale: float) -> float:
    """Return the step at which a deviation has four digits: its results are right to 0.001."""
    return float(10.0 ** (math.floor(math.log10(scale)) - 3))
