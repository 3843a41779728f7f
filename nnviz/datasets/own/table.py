"""From text to cells: the rows of a table, and its columns as pandas reads them."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnviz.datasets.own.recipe import Recipe, cleaned, unique
from nnviz.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 1_000_000, 2_000, 10_000_000
"""More would take gigabytes of memory."""

LARGEST = 1e30
"""Squares of larger numbers, and sums of them, are beyond what networks calculate with."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

Row = tuple[int, list[str]]
"""The line of the file in which it begins, counted from 1; and its cells."""


def number_of(cell: str, decimal: str = ".", thousands: str = "") -> float | None:
    """Return the number a cell says, or None if it says none; 1e999 is infinite."""
    if thousands:
        cell = cell.replace(thousands, "")
    if decimal == ",":
        cell = cell.replace(".", " ").replace(",", ".")
    cell = cell.strip()
    return float(cell) if _NUMBER.fullmatch(cell) else None


@dataclass(frozen=True)
class Text:
    """The text of a table's header and rows, and what is needed to find its lines again.

    Parameters
    ----------
    name
        Of the file, for messages.
    before
        Lines of the file that come before.
    """

    name: str
    body: str
    separator: str
    before: int = 0

    def rows(self) -> Iterator[Row]:
        """Yield all rows but empty ones.

        Raises
        ------
        DataError
            If a quotation mark is never closed.
        """
        reader = csv.reader(io.StringIO(self.body), delimiter=self.separator, skipinitialspace=True)
        line = self.before + 1
        try:
            for cells in reader:
                if len(cells) > 1 or any(cell.strip() for cell in cells):
                    yield line, cells
                line = self.before + reader.line_num + 1
        except csv.Error as error:
            raise self.no_end(line) from error

    def error(self, sentence: str, remedy: str, **values: object) -> DataError:
        """Return the error that says this of the file."""
        return DataError(sentence, remedy, name=self.name, **values)

    def no_end(self, line: int) -> DataError:
        """Return the error for a quotation mark that is never closed."""
        sentence = "A cell in line {line} of “{name}” has no end."
        return self.error(sentence, "Close its quotation mark.", line=line)

    def no_rows(self) -> DataError:
        """Return the error for a table of nothing but names, or not even those."""
        return self.error("“{name}” has no rows.", "Choose a file with a table in it.")


def text_of(text: str, name: str, separator: str, skip: int = 0, skip_end: int = 0) -> Text:
    """Return the text without lines that are no part of the table."""
    start, end = 0, len(text.rstrip())
    for _ in range(skip):
        start = text.find("\n", start) + 1 or end
    for _ in range(skip_end):
        end = len(text[:end].rstrip("\n"))
        end = max(text.rfind("\n", 0, end), 0)
    body = text[start : max(end, start)] + "\n"
    if separator == " ":
        body = re.sub(r"[ \t]+", " ", re.sub(r"(?m)^[ \t]+|[ \t]+$", "", body))
    return Text(name, body, separator, skip)


def names_of(header: list[list[str]], columns: int) -> tuple[str, ...]:
    """Return what columns are called: all lines of the header, or numbers where there is none."""
    cells = [[row[place] for row in header if place < len(row)] for place in range(columns)]
    names = [cleaned(" ".join(dict.fromkeys(column))) for column in cells]
    return unique(name or f"column {place}" for place, name in enumerate(names, 1))


def checked_shape(text: Text, header: int) -> tuple[list[list[str]], Text]:
    """Return the header's rows, and the text after them, whose rows all have as many cells.

    Raises
    ------
    DataError
        If there is no row, or only one column; if a row has more or fewer cells than the first;
        if the table is too large.
    """
    names: list[list[str]] = []
    width, rows, first = 0, 0, 0
    for line, cells in text.rows():
        width = width or len(cells)
        if cells[-1].endswith("\n") and text.body.endswith(cells[-1]):
            raise text.no_end(line)
        if len(cells) != width:
            raise text.error(
                "Line {line} of “{name}” has {found} cells where the others have {width}.",
                "Correct the line, or skip lines before and after the table.",
                line=line,
                found=len(cells),
                width=width,
            )
        if len(names) < header:
            names.append(cells)
            continue
        rows, first = rows + 1, first or line
        if rows > MOST_ROWS or width > MOST_COLUMNS or rows * width > MOST_CELLS:
            raise text.error(
                "The table in “{name}” is too large: {rows:,} rows or more of {width:,} columns.",
                "Take {most_rows:,} rows, {most_columns:,} columns and {most:,} cells at most.",
                rows=rows,
                width=width,
                most=MOST_CELLS,
                most_rows=MOST_ROWS,
                most_columns=MOST_COLUMNS,
            )
    if not rows:
        raise text.no_rows()
    if width == 1:
        raise text.error(
            "“{name}” has one column only.",
            "There has to be one to learn from and one to predict: is the separator right?",
        )
    skipped = first - text.before - 1
    start = 0
    for _ in range(skipped):
        start = text.body.find("\n", start) + 1
    return names, Text(text.name, text.body[start:], text.separator, first - 1)


def columns_of(text: Text, recipe: Recipe) -> pd.DataFrame:
    """Return the columns that are used, by name: float64 or words, NaN where a value is missing.

    Raises
    ------
    DataError
        As `checked_shape`; and if a recipe is for other columns, or a cell is not a number where
        one should be, or one too large.
    """
    import pandas as pd

    header, body = checked_shape(text, recipe.header)
    names = tuple(column.name for column in recipe.columns)
    _, first = next(body.rows())
    found = names_of(header, len(first))
    if found != names:
        strange = next((one for one in found if one not in names), len(found))
        raise text.error(
            "The recipe is for other columns than “{name}” has: {strange}.",
            "Choose the file the recipe was made for, or open this one without a recipe.",
            strange=f"“{strange}”" if isinstance(strange, str) else f"there are {strange}",
        )
    numbers = {c.name for c in recipe.columns if c.kind == "number" and c.role != "ignore"}
    try:
        frame = pd.read_csv(
            io.StringIO(body.body),
            sep=body.separator,
            names=list(names),
            header=None,
            index_col=False,
            dtype={name: "float64" if name in numbers else object for name in names},
            na_values=list(recipe.missing),
            keep_default_na=False,
            decimal=recipe.decimal,
            thousands=recipe.thousands or None,
            skipinitialspace=True,
            float_precision="round_trip",
            low_memory=False,
        )
    except (ValueError, OverflowError) as error:  # pandas's own errors of parsing are ValueErrors
        refuse_cell(body, recipe, lambda number: number is None, "is not a number")
        raise text.error(
            "“{name}” cannot be read: {reason}.",
            "Look at its numbers and quotation marks.",
            reason=f"{error!s:.200}".rstrip("."),
        ) from error
    if (frame[list(numbers)].abs() > LARGEST).any(axis=None):
        refuse_cell(body, recipe, _is_too_large, "is too large to calculate with")
    return frame[[column.name for column in recipe.columns if column.role != "ignore"]]


def _is_too_large(number: float | None) -> bool:
    return number is None or math.fabs(number) > LARGEST


def refuse_cell(
    text: Text, recipe: Recipe, is_wrong: Callable[[float | None], bool], problem: str
) -> None:
    """Raise a DataError about the first cell of a column of numbers that is wrong."""
    columns = [
        (place, column.name)
        for place, column in enumerate(recipe.columns)
        if column.kind == "number" and column.role != "ignore"
    ]
    for line, cells in text.rows():
        for place, column in columns:
            cell = cells[place]
            is_given = cell.strip() not in recipe.missing
            if is_given and is_wrong(number_of(cell, recipe.decimal, recipe.thousands)):
                raise text.error(
                    "“{cell}” in line {line} of “{name}”, column “{column}”, {problem}.",
                    "Correct it, name it as a word for a missing value, or make the column a"
                    " category.",
                    cell=cleaned(cell),
                    line=line,
                    column=column,
                    problem=problem,
                )
