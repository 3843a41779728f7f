"""Rows of another file that a network is to answer for: read as its own data are, and answered."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from nnviz.datasets.dataset import Category, Dataset
from nnviz.datasets.own.recipe import MISSING, Recipe, cleaned
from nnviz.datasets.own.table import (
    LARGEST,
    MOST_CELLS,
    Text,
    names_of,
    number_of,
    number_reader,
    text_of,
)
from nnviz.datasets.own.text import content_of, decoded, guessed_encoding
from nnviz.engine.arrays import FloatArray
from nnviz.errors import DataError
from nnviz.training.problem import Problem

MOST_ROWS = 100_000
"""Of a file that is answered for."""

_HEADER_WITHIN = 20
"""Rows from the top among which the names of columns are looked for."""

_LOOKED_AT = 200
"""Rows that show how decimals are written."""

_SEPARATORS = (",", ";", "\t", "|", " ")
_NAMED = 5
"""Names that a sentence lists at most."""

_MISSING = ("Line {line}, column “{column}”: the value is missing.", "Fill it in.")
_NO_NUMBER = ("Line {line}, column “{column}”: “{cell}” is not a number.", "Correct it.")
_TOO_LARGE = (
    "Line {line}, column “{column}”: “{cell}” is too large to calculate with.",
    "Correct it.",
)
_NEW = (
    "Line {line}, column “{column}”: “{cell}” is in no row that the network knows.",
    "Choose one of these: {words}.",
)

_REFUSED = {
    "date": ("Line {line}, column “{column}”: “{cell}” is not a date.", "Correct it."),
    "ordinal": _NEW,
}
"""Why cells of these kinds of columns are no numbers."""

_Number = Callable[[str], float | None]


@dataclass(frozen=True, eq=False)
class NewRows:
    """Rows that are no part of the data: what was in the file, and what the network is given.

    Parameters
    ----------
    name
        Of the file.
    header, cells
        Names of all columns, and all cells as text, each row as long as the header.
    lines
        Where in the file each row is, counted from 1.
    inputs
        In the data's own columns and units, shape (rows, features); not a number in rows with a
        problem.
    targets
        What is known of the answers, as numbers or labels, shape (rows,); else not a number.
    problems
        Why some of the rows cannot be answered for.
    separator, decimal
        As the file has them.
    dataset
        The data that they are rows for.
    """

    name: str
    header: tuple[str, ...]
    cells: list[list[str]]
    lines: list[int]
    inputs: FloatArray
    targets: FloatArray
    problems: Mapping[int, DataError]
    separator: str
    decimal: str
    dataset: Dataset

    def fits(self, problem: Problem) -> bool:
        """Return whether a problem's rows are of the same columns."""
        mine, other = self.dataset, problem.dataset
        return mine is other or all(
            getattr(mine, name) == getattr(other, name)
            for name in ("feature_names", "categories", "target_name", "class_names")
        )

    @property
    def has_targets(self) -> bool:
        """Whether the answer to any row is known."""
        return not bool(np.isnan(self.targets).all())


def answers(problem: Problem, parameters: FloatArray, inputs: FloatArray) -> FloatArray:
    """Return outputs in target units for rows in the data's own units, shape (rows, outputs).

    They are not numbers where an input is none.
    """
    network, is_known = problem.blank_network(parameters), ~np.isnan(inputs).any(axis=1)
    found = np.full((len(inputs), network.outputs), np.nan)
    if is_known.any():
        outputs = network.predict(problem.encode_inputs(inputs[is_known]))
        found[is_known] = problem.decode_outputs(outputs)
    return found


def gives_probabilities(problem: Problem) -> bool:
    """Return whether outputs for classes are between 0 and 1, and 1 together."""
    output = problem.experiment.network.layers[-1]
    return getattr(output, "activation", "") == ("sigmoid" if problem.outputs == 1 else "softmax")


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
    recipe = own.recipe if own is not None else None
    text, header, names = _table(content_of(path), path.name, recipe, data)
    rows = _rows(text, header, len(names))
    lines, cells = [line for line, _ in rows], [row for _, row in rows]
    sign, read = _numbers(recipe, cells, _places(names, data))
    reader = _Reader(problem, recipe, names, read)
    inputs = np.full((len(cells), data.features), np.nan)
    targets, problems = np.full(len(cells), np.nan), dict[int, DataError]()
    for place, (line, row) in enumerate(rows):
        try:
            inputs[place] = reader.inputs(line, row)
        except DataError as error:
            problems[place] = error
        targets[place] = reader.target(row)
        row[:] = (row + [""] * len(names))[: len(names)]
    if len(problems) == len(cells):
        raise problems[0]
    named = (path.name, names, cells, lines, inputs, targets, problems, text.separator, sign)
    return NewRows(*named, data)


class _Reader:
    """Makes inputs of the cells of a row."""

    def __init__(
        self, problem: Problem, recipe: Recipe | None, names: tuple[str, ...], read: _Number
    ) -> None:
        data = problem.dataset
        self._read, self._width, self._data = read, len(names), data
        self._reads: dict[int, tuple[_Number, tuple[str, str]]] = {}
        self._missing = MISSING if recipe is None else recipe.missing
        self._columns = [*zip(data.fields, _places(names, data).values(), strict=True)]
        self._names = names
        self._target = _place_of(data.target_name, names)
        labels = {name: label for label, name in enumerate(data.class_names)}
        self._labels = {name.casefold(): label for name, label in labels.items()} | labels
        own = {} if recipe is None else {column.name: column for column in recipe.columns}
        goal = own.get(data.target_name)
        is_date = goal is not None and goal.kind == "date"
        self._read_target = partial(_read_as, number_reader(goal)) if goal and is_date else read
        fills = list[int]()
        for field, name in zip(data.fields, _names(data), strict=True):
            place = field.start if isinstance(field, Category) else field
            column = own.get(name)
            if column is not None and column.kind in _REFUSED:
                self._reads[place] = partial(_read_as, number_reader(column)), _REFUSED[column.kind]
            if column is not None and column.kind != "category" and column.missing == "impute":
                fills.append(place)
        medians = np.median(data.inputs[problem.train.index][:, fills], axis=0) if fills else ()
        self._fills = dict(zip(fills, medians, strict=True))
        """What takes the place of a number that is missing, where the data have it filled."""

    def inputs(self, line: int, cells: Sequence[str]) -> FloatArray:
        """Return the inputs, shape (features,); a DataError says why there are none."""
        if len(cells) != self._width:
            raise DataError(
                "Line {line} has {found} cells where the table has {width} columns.",
                "Correct the line.",
                line=line,
                found=len(cells),
                width=self._width,
            )
        found = np.empty(self._data.features)
        for field, place in self._columns:
            cell = cells[place].strip()
            is_missing = cell in self._missing
            if isinstance(field, Category) and field.start not in self._reads:
                word = field.place_of(None if is_missing else cell)
                if word < 0:
                    raise self._error(_MISSING if is_missing else _NEW, line, place, cell, field)
                found[field.start : field.start + field.inputs] = field.encoded(word)
                continue
            at = field.start if isinstance(field, Category) else field
            read, refusal = self._reads.get(at, (self._read, _NO_NUMBER))
            number = self._fills.get(at) if is_missing else read(cell)
            if number is None:
                raise self._error(_MISSING if is_missing else refusal, line, place, cell, field)
            if abs(number) > LARGEST:
                raise self._error(_TOO_LARGE, line, place, cell)
            found[at] = number
        return found

    def target(self, cells: Sequence[str]) -> float:
        """Return the target of a row, as a number or label; not a number where it has none."""
        cell = cells[self._target].strip() if 0 <= self._target < len(cells) else ""
        if cell in self._missing:
            return np.nan
        if self._data.task == "classification":
            word = cleaned(cell)
            return self._labels.get(word, self._labels.get(word.casefold(), np.nan))
        number = self._read_target(cell)
        return np.nan if number is None else number

    def _error(
        self,
        told: tuple[str, str],
        line: int,
        place: int,
        cell: str,
        field: int | Category = 0,
    ) -> DataError:
        words = _listed(field.words) if isinstance(field, Category) else ""
        column = self._names[place]
        return DataError(*told, line=line, column=column, cell=cleaned(cell), words=words)


def _table(
    content: bytes, name: str, recipe: Recipe | None, data: Dataset
) -> tuple[Text, int, tuple[str, ...]]:
    """Return the text, how many of its rows come before the first one, and names of columns.

    That line has the names, by that separator, which together name most columns there have to be.
    """
    encoding = guessed_encoding(content, name)
    if recipe is not None and encoding != "utf-8":
        encoding = recipe.encoding  # a guess where the file does not tell
    text, high = decoded(content, encoding, name), 1 if recipe is None else recipe.header
    found: list[tuple[int, Text, int, tuple[str, ...]]] = []
    for separator in dict.fromkeys(([recipe.separator] if recipe else []) + [*_SEPARATORS]):
        body = text_of(text, name, separator)
        first = [cells for _, cells in islice(body.rows(), _HEADER_WITHIN + high)]
        for start in range(1 if high == 0 else max(1, len(first) - high + 1)):
            head = first[start : start + high]
            names = names_of(head, max(map(len, head or first[:1]), default=0))
            score = sum(place >= 0 for place in _places(names, data).values())
            found.append((score, body, start + high, names))
    _, body, start, names = max(found, key=lambda one: one[0])
    lacking = [title for title, place in _places(names, data).items() if place < 0]
    if lacking:
        raise DataError(
            "“{name}” has no column called {lacking}.",
            "The network answers for tables with these columns: {names}.",
            name=name,
            lacking=_listed(lacking),
            names=_listed([*_places(names, data)]),
        )
    return body, start, names


def _places(names: Sequence[str], data: Dataset) -> dict[str, int]:
    """Return where the columns are that there have to be; -1 for nowhere."""
    known = {name.casefold(): place for place, name in reversed([*enumerate(names)])}
    known |= {name: place for place, name in enumerate(names)}
    return {name: known.get(name, known.get(name.casefold(), -1)) for name in _names(data)}


def _names(data: Dataset) -> list[str]:
    """Return the names of the columns that there have to be."""
    return [f.name if isinstance(f, Category) else data.feature_names[f] for f in data.fields]


def _read_as(read: Callable[[str], float], cell: str) -> float | None:
    number = read(cell)
    return None if math.isnan(number) else number


def _place_of(name: str, names: Sequence[str]) -> int:
    alike = [place for place, one in enumerate(names) if one.casefold() == name.casefold()]
    return alike[0] if alike else -1


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
    recipe: Recipe | None, cells: Sequence[Sequence[str]], places: Mapping[str, int]
) -> tuple[str, _Number]:
    """Return the sign of decimals, and what reads a number; most cells are numbers by it."""
    ways = [(".", ""), (",", "")]
    if recipe is not None:
        ways = [(recipe.decimal, recipe.thousands), *ways]
    shown = [
        row[place] for row in cells[:_LOOKED_AT] for place in places.values() if place < len(row)
    ]
    reads = [(d, partial(number_of, decimal=d, thousands=thousands)) for d, thousands in ways]
    return max(reads, key=lambda way: sum(way[1](cell) is not None for cell in shown))


def _listed(names: Sequence[str]) -> str:
    """Return names for a sentence, of many only the first."""
    shown = ", ".join(f"“{cleaned(name)}”" for name in names[:_NAMED])
    return shown + (", …" if len(names) > _NAMED else "")
