"""A table with what a network answers to its rows, as a file that spreadsheets open."""

from __future__ import annotations

import csv
import io

import numpy as np

from nnviz.datasets.own.kinds import date_text
from nnviz.datasets.own.recipe import unique
from nnviz.engine.arrays import FloatArray
from nnviz.storage.spreadsheet import no_formula
from nnviz.training.new_rows import NewRows, answers, gives_probabilities
from nnviz.training.problem import Problem
from nnviz.training.saliency import class_outputs

_DIGITS = 9


def predictions_csv(rows: NewRows, problem: Problem, parameters: FloatArray) -> bytes:
    """Return the table as it was, with columns for what the network answers.

    A number or a date, or a class and how much speaks for each; and a note, where rows cannot be
    answered for or what they lacked was filled in. Separator and decimals are the file's own. No
    cell is taken for a formula.
    """
    outputs = answers(problem, parameters, rows.inputs)
    added: list[tuple[str, list[str]]]
    if problem.dataset.task == "regression":
        added = [("prediction", _numbers(outputs[:, 0], rows, problem))]
    else:
        names, is_known = problem.dataset.class_names, ~np.isnan(outputs[:, 0])
        labels = problem.decide(np.nan_to_num(outputs)).tolist()
        what = "probability of" if gives_probabilities(problem) else "output for"
        titles = [f"{what} {name}" for name in names]
        words = [names[label] if k else "" for label, k in zip(labels, is_known, strict=True)]
        shares = class_outputs(problem, outputs).T
        columns = [[_number(value, rows.decimal) for value in share] for share in shares]
        added = [("prediction", words), *zip(titles, columns, strict=True)]
    if rows.problems or rows.filled:
        told = (rows.problems.get(row) or rows.filling(row) for row in range(len(rows.cells)))
        added.append(("note", ["" if note is None else str(note) for note in told]))
    header = unique((*rows.header, *(name for name, _ in added)))
    stream = io.StringIO()
    separator = "," if rows.separator == " " else rows.separator
    writer = csv.writer(stream, delimiter=separator, lineterminator="\n")
    writer.writerow(map(no_formula, header))
    for cells, new in zip(
        rows.cells, zip(*(column for _, column in added), strict=True), strict=True
    ):
        writer.writerow(map(no_formula, (*cells, *new)))
    return stream.getvalue().encode("utf-8-sig")


def _numbers(values: FloatArray, rows: NewRows, problem: Problem) -> list[str]:
    own = problem.experiment.data.file
    if own is None or not own.recipe.target.is_day:
        return [_number(value, rows.decimal) for value in values]
    days = np.nan_to_num(np.rint(values)).tolist()
    return ["" if np.isnan(v) else date_text(d, "ymd") for v, d in zip(values, days, strict=True)]


def _number(value: float, decimal: str) -> str:
    return "" if np.isnan(value) else f"{value:.{_DIGITS}g}".replace(".", decimal)
