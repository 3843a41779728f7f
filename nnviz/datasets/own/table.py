"""From text to cells: the rows of a table, and its columns as pandas reads them."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from nnviz.datasets.own.kinds import date_of
from nnviz.datasets.own.numbers import MARKS, number_of
from nnviz.datasets.own.recipe import OwnColumn, Recipe, cleaned, unique
from nnviz.datasets.own.row_names import with_row_names
from nnviz.datasets.own.shape import even_shape
from nnviz.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 1_000_000, 20_000, 10_000_000
"""More would take gigabytes of memory."""

LARGEST = 1e30
"""Squares of larger numbers, and sums of them, are beyond what networks calculate with."""

_LINES_AT_ONCE = 2**16
"""Letters."""
_ROWS_AT_ONCE = 100_000

Progress = Callable[[float], None]
"""Is told what share of a reading is done; what it raises ends the reading."""

Row = tuple[int, list[str]]
"""The line of the file in which it begins, counted from 1; and its cells."""


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
        reader = csv.reader(self._lines(), delimiter=self.separator, skipinitialspace=True)
        line = self.before + 1
        try:
            for cells in reader:
                if len(cells) > 1 or any(cell.strip() for cell in cells):
                    yield line, cells
                line = self.before + reader.line_num + 1
        except csv.Error as error:
            raise self.no_end(line) from error

    def _lines(self) -> Iterator[str]:
        """Yield lines, some at a time: who wants the first ones does not copy the whole."""
        start = 0
        while start < len(self.body):
            end = self.body.find("\n", start + _LINES_AT_ONCE) + 1 or len(self.body)
            yield from io.StringIO(self.body[start:end])
            start = end

    @property
    def content(self) -> bytes:
        """The text in UTF-8."""
        return self.body.encode("utf-8", "surrogatepass")

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
    return Text(name, with_row_names(body, separator), separator, skip)


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
    first_rows = list(islice(text.rows(), header + 1))
    if len(first_rows) <= header:
        raise text.no_rows()
    counted = even_shape(text.content, text.separator, MOST_ROWS + header)
    if counted is None:
        width = _checked_rows(text, header)
    else:
        rows, width = counted
        check_size(text.name, rows - header, width)
    if width == 1:
        raise text.error(
            "“{name}” has one column only.",
            "There has to be one to learn from and one to predict: is the separator right?",
        )
    first = first_rows[-1][0]
    start = 0
    for _ in range(first - text.before - 1):
        start = text.body.find("\n", start) + 1
    body = Text(text.name, text.body[start:], text.separator, first - 1)
    return [cells for _, cells in first_rows[:-1]], body


def _checked_rows(text: Text, header: int) -> int:
    """Return how many cells each row has, having looked at each."""
    width = 0
    for row, (line, cells) in enumerate(text.rows(), 1 - header):
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
        check_size(text.name, row, width)
    return width


def check_size(name: str, rows: int, columns: int) -> None:
    """Raise a DataError if a table is too large, whatever kind of file it is in."""
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise DataError(
            "The table in “{name}” is too large: {rows:,} rows or more of {columns:,} columns.",
            "Take {most_rows:,} rows, {most_columns:,} columns and {most:,} cells at most; of a"
            " sheet, delete what stands far off.",
            name=name,
            rows=rows,
            columns=columns,
            most=MOST_CELLS,
            most_rows=MOST_ROWS,
            most_columns=MOST_COLUMNS,
        )


def columns_of(text: Text, recipe: Recipe, progress: Progress | None = None) -> pd.DataFrame:
    """Return the columns that are used, by name, NaN where a value is missing.

    Numbers, dates and ordinal inputs are float64, categories words without spaces around them.

    Raises
    ------
    DataError
        As `checked_shape`; and if a recipe is for other columns, or a cell is not a number or a
        date where one should be, or too large, or no word of an order.
    """
    header, body = checked_shape(text, recipe.header)
    _, first = next(body.rows())
    check_names(text, recipe, names_of(header, len(first)))
    wanted = [column.name for column in recipe.used]
    return converted(raw_columns(body, recipe, wanted, progress), recipe, body)


def check_names(text: Text, recipe: Recipe, found: tuple[str, ...]) -> None:
    """Raise a DataError if a recipe is for other columns than a file has."""
    names = tuple(column.name for column in recipe.columns)
    if found != names:
        strange = next((one for one in found if one not in names), len(found))
        raise text.error(
            "The recipe is for other columns than “{name}” has: {strange}.",
            "Choose the file the recipe was made for, or open this one without a recipe.",
            strange=f"“{strange}”" if isinstance(strange, str) else f"there are {strange}",
        )


def converted(frame: pd.DataFrame, recipe: Recipe, body: Text) -> pd.DataFrame:
    """Return columns as `columns_of` does, of those that are as pandas reads them.

    Raises
    ------
    DataError
        If a cell is not a date where one should be, or no word of an order, or too large.
    """
    for column in recipe.used:
        if column.kind == "number":
            values = frame[column.name]
            if values.max() > LARGEST or values.min() < -LARGEST:
                refuse_cell(body, recipe, column, _is_too_large, "is too large to calculate with")
        else:
            frame[column.name] = _converted(frame[column.name], column, recipe, body)
    return frame


def raw_columns(
    body: Text, recipe: Recipe, wanted: Sequence[str], progress: Progress | None = None
) -> pd.DataFrame:
    """Return columns by name, as pandas reads them: float64 of numbers that are used, else words.

    Raises
    ------
    DataError
        If a cell is not a number where one should be.
    """
    import pandas as pd

    numbers = {column.name for column in recipe.used if column.kind == "number"}
    try:
        return pd.read_csv(
            **reading_of(body, recipe, progress),
            usecols=list(wanted),
            dtype={name: "float64" if name in numbers else object for name in wanted},
        )
    except (ValueError, OverflowError) as error:  # pandas's own errors of parsing are ValueErrors
        found = _marked_columns(body, recipe, wanted, progress) if MARKS.search(body.body) else None
        if found is not None:
            return found
        for column in recipe.columns:
            if column.name in numbers:
                refuse_cell(body, recipe, column, lambda one: one is None, "is not a number")
                refuse_cell(body, recipe, column, _is_too_large, "is too large to calculate with")
        raise body.error(
            "“{name}” cannot be read: {reason}.",
            "Look at its numbers and quotation marks.",
            reason=f"{error!s:.200}".rstrip("."),
        ) from error


def _marked_columns(
    body: Text, recipe: Recipe, wanted: Sequence[str], progress: Progress | None
) -> pd.DataFrame | None:
    """Return columns as `raw_columns` does, of numbers such as “$1.50”; None if some are none."""
    import pandas as pd

    numbers = [column.name for column in recipe.used if column.kind == "number"]
    pieces = []
    try:
        for piece in pd.read_csv(
            **reading_of(body, recipe, progress),
            usecols=list(wanted),
            dtype=object,
            chunksize=_ROWS_AT_ONCE,
        ):
            for name in {*numbers} & {*wanted}:
                codes, cells = pd.factorize(piece[name])
                words = [str(cell).strip() for cell in cells]
                read = [number_of(word, recipe.decimal, recipe.thousands) for word in words]
                if {w for w, n in zip(words, read, strict=True) if n is None} - {*recipe.missing}:
                    return None
                piece[name] = np.array([*read, math.nan], np.float64)[codes]
            pieces.append(piece)
    except (ValueError, OverflowError):  # whoever calls says what is wrong
        return None
    return pd.concat(pieces)


def reading_of(body: Text, recipe: Recipe, progress: Progress | None = None) -> dict[str, Any]:
    """Return what pandas' reader has to know of a table and how it is written."""
    return {
        "filepath_or_buffer": Told(body.content, progress),
        "sep": body.separator,
        "names": [column.name for column in recipe.columns],
        "header": None,
        "index_col": False,
        "na_values": list(recipe.missing),
        "keep_default_na": False,
        "decimal": recipe.decimal,
        "thousands": recipe.thousands or None,
        "skipinitialspace": True,
        "float_precision": "round_trip",
    }


def _converted(
    values: pd.Series[Any], column: OwnColumn, recipe: Recipe, body: Text
) -> pd.Series[Any]:
    """Return words without spaces around them, or the numbers that dates and places are."""
    import pandas as pd

    codes, cells = pd.factorize(values)
    words = [str(cell).strip() for cell in cells]
    missing = {*recipe.missing}
    if column.kind == "date" or (column.kind == "ordinal" and column.role == "input"):
        read = number_reader(column)
        numbers = [math.nan if word in missing else read(word) for word in words]
        read_all = column.role != "ignore"
        wrong = (math.isnan(n) and w not in missing for n, w in zip(numbers, words, strict=True))
        if read_all and any(wrong):
            is_date = column.kind == "date"
            problem = "is not a date" if is_date else "is not in the order of its values"
            refuse_cell(body, recipe, column, lambda one: one is None, problem)
        known = np.array([*numbers, math.nan])
        return pd.Series(known[codes], values.index)
    known_words = np.array([*(None if w in missing else w for w in words), None], object)
    return pd.Series(known_words[codes], values.index, dtype=object)


def number_reader(column: OwnColumn) -> Callable[[str], float]:
    """Return what makes numbers of a column's dates or ordinal categories, NaN of anything else."""
    if column.kind == "date":
        return partial(date_of, order=column.dates)
    places = {word: float(place) for place, word in enumerate(column.order)}
    return lambda cell: places.get(cell.strip(), math.nan)


class Told(io.BytesIO):
    """Bytes that tell how much of them was read, as a share."""

    def __init__(self, content: bytes, progress: Progress | None) -> None:
        super().__init__(content)
        self._size, self._progress = max(len(content), 1), progress

    def read1(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes, as what makes text of them asks for them."""
        found = super().read1(size)
        if self._progress is not None:
            self._progress(self.tell() / self._size)
        return found


def _is_too_large(number: float | None) -> bool:
    return number is None or math.fabs(number) > LARGEST


def refuse_cell(
    text: Text,
    recipe: Recipe,
    column: OwnColumn,
    is_wrong: Callable[[float | None], bool],
    problem: str,
) -> None:
    """Raise a DataError about the first cell of a column that is wrong."""
    place = recipe.columns.index(column)
    if column.kind == "number":
        read = partial(number_of, decimal=recipe.decimal, thousands=recipe.thousands)
    else:
        read = partial(_number_or_none, number_reader(column))
    for line, cells in text.rows():
        cell = cells[place]
        if cell.strip() not in recipe.missing and is_wrong(read(cell)):
            raise text.error(
                "“{cell}” in line {line} of “{name}”, column “{column}”, {problem}.",
                "Correct it, name it as a word for a missing value, or make the column a category.",
                cell=cleaned(cell),
                line=line,
                column=column.name,
                problem=problem,
            )


def _number_or_none(read: Callable[[str], float], cell: str) -> float | None:
    number = read(cell)
    return None if math.isnan(number) else number
