"""Rows of another file that a network is to answer for: read as its own data are, and answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nnviz.datasets.dataset import Category, Dataset
from nnviz.datasets.own.formats import table_text
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


@dataclass(frozen=True, eq=False, repr=False)
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
    cells: Sequence[list[str]]
    lines: Sequence[int]
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
    recipe = own.recipe if own is not None and own.samples is None else None
    missing = MISSING if recipe is None else recipe.missing
    text, header, names = _table(content_of(path), path.name, recipe, data)
    lines, cells = zip(*_rows(text, header, len(names)), strict=True)
    sign, read = _numbers(recipe, cells, _places(names, data))
    columns = _columns(problem, recipe, names, read)
    inputs, problems = np.full((len(cells), data.features), np.nan), dict[int, DataError]()
    for place, (line, row) in enumerate(zip(lines, cells, strict=True)):
        found = _inputs(columns, len(names), line, row, missing)
        if isinstance(found, DataError):
            problems[place] = found
        else:
            inputs[place] = [*chain.from_iterable(found)]
        row[:] = (row + [""] * len(names))[: len(names)]
    if len(problems) == len(cells):
        raise problems[0]
    targets = _targets(data, recipe, names, cells, read)
    named = (path.name, names, cells, lines, inputs, targets, problems, text.separator, sign)
    return NewRows(*named, data)


class _Column(NamedTuple):
    """A column that there has to be: where it is, and how its cells become inputs."""

    name: str
    place: int
    read: Callable[[str], Sequence[float] | None]
    fill: Sequence[float] | None
    """What stands for a value that is missing, if anything does."""
    refusal: tuple[str, str]
    words: str = ""


def _columns(
    problem: Problem, recipe: Recipe | None, names: Sequence[str], read: _Number
) -> list[_Column]:
    """Return the columns that there have to be, in the order of the inputs."""
    data, found, train = problem.dataset, list[_Column](), problem.train.index
    own = {} if recipe is None else {column.name: column for column in recipe.columns}
    for field, (name, place) in zip(data.fields, _places(names, data).items(), strict=True):
        column, words = own.get(name), ""
        if isinstance(field, Category):
            words = _listed(field.words)
        if isinstance(field, Category) and not field.is_ordinal:
            gap, told = field.place_of(None), partial(_word, field)
            fill = field.encoded(gap).tolist() if gap >= 0 else None
            found.append(_Column(name, place, told, fill, _NEW, words))
            continue
        start, reads, refusal = field.start if isinstance(field, Category) else field, read, _NEW
        if not words:
            refusal = _NO_NUMBER
        if column is not None and column.kind != "number":
            reads, refusal = number_reader(column), _NEW if words else _NO_DATE
        is_filled = column is not None and column.missing == "impute"
        fill = [float(np.median(data.inputs[train, start]))] if is_filled else None
        found.append(_Column(name, place, partial(_one, reads), fill, refusal, words))
    return found


def _word(category: Category, cell: str) -> Sequence[float] | None:
    place = category.place_of(cell)
    return category.encoded(place).tolist() if place >= 0 else None


def _one(read: _Number, cell: str) -> Sequence[float] | None:
    number = read(cell)
    return [number] if number is not None and abs(number) <= LARGEST else None  # NaN is neither


def _inputs(
    columns: Sequence[_Column], width: int, line: int, cells: Sequence[str], missing: Sequence[str]
) -> list[Sequence[float]] | DataError:
    """Return a row's inputs, column by column; or why there are none."""
    if len(cells) != width:
        told = (
            "Line {line} has {found} cells where the table has {width} columns.",
            "Correct the line.",
        )
        return DataError(*told, line=line, found=len(cells), width=width)
    found = []
    for column in columns:
        cell = cells[column.place].strip()
        is_missing = cell in missing
        values = column.fill if is_missing else column.read(cell)
        if values is None:
            told = _MISSING if is_missing else column.refusal
            known = {"column": column.name, "cell": cleaned(cell), "words": column.words}
            return DataError(*told, line=line, **known)
        found.append(values)
    return found


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
) -> tuple[Text, int, tuple[str, ...]]:
    """Return the text, how many of its rows come before the first one, and names of columns.

    That line has the names, by that separator, which together name most columns there have to be.
    """
    encoding = None
    if recipe is not None and not is_workbook(content):
        encoding = guessed_encoding(content, name)
        if "utf" not in encoding + recipe.encoding:
            encoding = recipe.encoding  # of such the file does not tell, it can only be guessed
    text = table_text(content, name, encoding).text
    high = 1 if recipe is None else recipe.header
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
    wanted = [f.name if isinstance(f, Category) else data.feature_names[f] for f in data.fields]
    known = {name.casefold(): place for place, name in reversed([*enumerate(names)])}
    known |= {name: place for place, name in enumerate(names)}
    return {name: known.get(name, known.get(name.casefold(), -1)) for name in wanted}


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
