"""Rows of another file that a network is to answer for: read as its own data are, and answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from nnviz.datasets.dataset import Category, Dataset
from nnviz.datasets.own.doubts import listed
from nnviz.datasets.own.formats import table_text
from nnviz.datasets.own.layout import layout_of
from nnviz.datasets.own.numbers import number_of
from nnviz.datasets.own.recipe import MISSING, Recipe, cleaned
from nnviz.datasets.own.table import (
    LARGEST,
    MOST_CELLS,
    Text,
    names_of,
    number_reader,
    text_of,
)
from nnviz.datasets.own.text import content_of, guessed_encoding
from nnviz.datasets.own.workbook import is_workbook
from nnviz.engine.arrays import FloatArray
from nnviz.errors import DataError
from nnviz.training.new_rows import NewRows, places_of
from nnviz.training.problem import Problem

MOST_ROWS = 100_000
"""Of a file that is answered for."""

_HEADER_WITHIN = 100
"""Rows from the top among which the names of columns are looked for."""

_LOOKED_AT = 200
"""Rows that show how decimals are written."""

_UNEVEN = (
    "Line {line} has {found} cells where the table has {width} columns.",
    "Correct the line.",
)
_MISSING = ("Line {line}, column “{column}”: the value is missing.", "Fill it in.")
_NO_NUMBER = (
    "Line {line}, column “{column}”: “{cell}” is no number to calculate with.",
    "Correct it.",
)
_NO_DATE = ("Line {line}, column “{column}”: “{cell}” is not a date.", "Correct it.")
_NEW = (
    "Line {line}, column “{column}”: “{cell}” is in no row that the network knows.",
    "Choose one of these: {words}.",
)

_Number = Callable[[str], float | None]
_Read = Callable[[str], Sequence[float] | None]


def read_rows(path: Path, problem: Problem) -> NewRows:
    """Return the rows of a file that has the columns of a problem's data, in any order.

    It may have others, and need not have the target. Gaps are filled as in the rows that the
    network learned from, where they were filled there.

    Raises
    ------
    DataError
        If it cannot be read, a column is missing, or there is no row that can be answered for.
    """
    own, data = problem.experiment.data.file, problem.dataset
    recipe = own.recipe if own is not None and own.samples is None else None
    name = cleaned(path.name)
    layouts, text, header, names = _table(content_of(path), name, recipe, data)
    lines, cells = zip(*_rows(text, header, len(names)), strict=True)
    sign, read = _numbers(layouts, cells, places_of(names, data))
    inputs, problems, filled = _inputs(problem, recipe, names, (lines, cells), read)
    if len(problems) == len(cells):
        raise problems[0]
    for row in cells:
        row[:] = (row + [""] * len(names))[: len(names)]
    targets = _targets(data, recipe, names, cells, read)
    named = (name, names, cells, lines, inputs, targets, problems)
    return NewRows(*named, filled, text.separator, sign, data)


def _inputs(
    problem: Problem,
    recipe: Recipe | None,
    names: Sequence[str],
    rows: tuple[Sequence[int], Sequence[Sequence[str]]],
    number: _Number,
) -> tuple[FloatArray, dict[int, DataError], dict[int, list[str]]]:
    """Return the inputs of rows with these lines and cells; and of some why there are none.

    And of some the names of columns where they have gaps, which are filled.
    """
    data, missing = problem.dataset, MISSING if recipe is None else recipe.missing
    lines, cells = rows
    problems = {
        row: DataError(*_UNEVEN, line=lines[row], found=len(one), width=len(names))
        for row, one in enumerate(cells)
        if len(one) < len(names) or any(one[len(names) :])
    }
    found, filled = list[FloatArray](), dict[int, list[str]]()
    for field, (name, place) in zip(data.fields, places_of(names, data).items(), strict=True):
        told, fill, refusal = _reading(problem, recipe, field, name, number)
        choices = listed(field.words) if isinstance(field, Category) else ""
        words = [one[place].strip() if place < len(one) else "" for one in cells]
        known = {word: fill if word in missing else told(word) for word in {*words}}
        for row, word in enumerate(words):
            if known[word] is not None and word in missing:
                filled.setdefault(row, []).append(name)
            elif known[word] is None and row not in problems:
                said = _MISSING if word in missing else refusal
                values = {"column": name, "cell": cleaned(word), "words": choices}
                problems[row] = DataError(*said, line=lines[row], **values)
        nothing = [np.nan] * (field.inputs if isinstance(field, Category) else 1)
        found.append(np.array([nothing if known[word] is None else known[word] for word in words]))
    inputs = np.hstack(found)
    inputs[[*problems]] = np.nan
    filled = {row: gaps for row, gaps in filled.items() if row not in problems}
    return inputs, dict(sorted(problems.items())), filled


def _reading(
    problem: Problem, recipe: Recipe | None, field: int | Category, name: str, number: _Number
) -> tuple[_Read, Sequence[float] | None, tuple[str, str]]:
    """Return what makes inputs of a column's words, what fills its gaps, and what else is said."""
    if isinstance(field, Category) and not field.is_ordinal:
        return partial(_place, field), _place(field, None), _NEW
    column = next((c for c in recipe.columns if c.name == name), None) if recipe else None
    refusal, fill = _NO_NUMBER, None
    if column is not None and column.kind != "number":
        number, refusal = number_reader(column), _NEW if column.kind == "ordinal" else _NO_DATE
    start = field.start if isinstance(field, Category) else field
    if column is not None and column.missing == "impute":
        fill = [float(np.median(problem.dataset.inputs[problem.train.index, start]))]
    return partial(_one, number), fill, refusal


def _place(category: Category, word: str | None) -> Sequence[float] | None:
    place = category.place_of(word)
    return category.encoded(place).tolist() if place >= 0 else None


def _one(read: _Number, cell: str) -> Sequence[float] | None:
    number = read(cell)
    return [number] if number is not None and abs(number) <= LARGEST else None  # NaN is neither


def _targets(
    data: Dataset,
    recipe: Recipe | None,
    names: Sequence[str],
    cells: Sequence[Sequence[str]],
    read: _Number,
) -> FloatArray:
    """Return what is known of the answers, as numbers or labels, shape (rows,); else NaN."""
    place = next((i for i, one in enumerate(names) if _alike(one, data.target_name)), None)
    if place is None:
        return np.full(len(cells), np.nan)
    if recipe is not None and recipe.target.kind == "date":
        read = number_reader(recipe.target)
    if data.class_names:
        labels = {name: float(label) for label, name in enumerate(data.class_names)}
        alike = {name.casefold(): label for name, label in labels.items()}
        known = [labels.get(w, alike.get(w.casefold())) for w in (cleaned(r[place]) for r in cells)]
    else:
        known = [read(row[place].strip()) for row in cells]
    return np.array([np.nan if one is None else one for one in known])


def _alike(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _table(
    content: bytes, name: str, recipe: Recipe | None, data: Dataset
) -> tuple[list[Recipe], Text, int, tuple[str, ...]]:
    """Return how it may be written: as the table learned from, or as it seems; and its text.

    And how many rows of it come before the first one, and the names of columns: those are the
    first which name all that there have to be.
    """
    encoding = None
    if recipe is not None and not is_workbook(content):
        encoding = guessed_encoding(content, name)
        if "utf" not in encoding + recipe.encoding:
            encoding = recipe.encoding  # of such the file does not tell, it can only be guessed
    whole = table_text(content, name, encoding)
    layouts = [*([] if recipe is None else [recipe]), layout_of(whole, name, [])]
    high, lacking = 1 if recipe is None else recipe.header, list[list[str]]()
    for separator in dict.fromkeys(layout.separator for layout in layouts):
        body = text_of(whole.text, name, separator)
        first = [cells for _, cells in islice(body.rows(), _HEADER_WITHIN + high)]
        for start in range(1 if high == 0 else max(1, len(first) - high + 1)):
            head = first[start : start + high]
            names = names_of(head, max(map(len, head or first[:1]), default=0))
            places = places_of(names, data)
            lacking.append([title for title, place in places.items() if place < 0])
            if not lacking[-1]:
                return layouts, body, start + high, names
    raise DataError(
        "“{name}” has no column called {lacking}.",
        "The network answers for tables with these columns: {names}.",
        name=name,
        lacking=listed(min(lacking, key=len)),
        names=listed([*places_of((), data)]),
    )


def _rows(text: Text, start: int, width: int) -> list[tuple[int, list[str]]]:
    """Return the rows of a table and their lines, from the first below the names."""
    rows = list[tuple[int, list[str]]]()
    for line, cells in islice(text.rows(), start, None):
        if cells[-1].endswith("\n") and text.body.endswith(cells[-1]):
            raise text.no_end(line)
        rows.append((line, cells))
        if len(rows) > MOST_ROWS or len(rows) * width > MOST_CELLS:
            raise text.error(
                "“{name}” has too many rows to answer for.",
                "Take {most:,} rows at most, of a wide table fewer.",
                most=MOST_ROWS,
            )
    if not rows:
        raise text.no_rows()
    return rows


def _numbers(
    layouts: Sequence[Recipe], cells: Sequence[Sequence[str]], places: Mapping[str, int]
) -> tuple[str, _Number]:
    """Return the sign of decimals, and what reads a number; most cells are numbers by it."""
    shown = [
        row[place] for row in cells[:_LOOKED_AT] for place in places.values() if place < len(row)
    ]
    reads = [
        (each.decimal, partial(number_of, decimal=each.decimal, thousands=each.thousands))
        for each in layouts
    ]
    return max(reads, key=lambda way: sum(way[1](cell) is not None for cell in shown))
