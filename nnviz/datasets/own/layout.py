"""How a text seems to be written: its separator, the signs in its numbers, where its table is."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import islice, pairwise

from nnviz.datasets.own.doubts import Note
from nnviz.datasets.own.formats import TableText
from nnviz.datasets.own.numbers import number_of, plain, seems_number
from nnviz.datasets.own.recipe import MISSING, OwnColumn, Recipe, Separator, cleaned
from nnviz.datasets.own.table import Row, text_of

_FIRST = 200
"""Rows that show separator, decimals and header."""
_START = 2**20
"""Letters in which the first rows are."""
_SEPARATORS: tuple[Separator, ...] = ("\t", ";", "|", ",", " ")
"""In the order in which they are tried: where numbers have decimal commas, a comma fits too."""
_TOTALS = {"total", "totals", "grand total", "sum", "average", "mean", "summe", "gesamt", "saldo"}
_TOTALS |= {"合计", "总计", "合計", "總計", "平均"}
_COMPARED = 100
"""Columns of the first rows in which names are told from values."""
_OPEN = (OwnColumn("input"), OwnColumn("target", "target"))
"""In place of columns that are not known yet."""


def layout_of(whole: TableText, name: str, notes: list[Note]) -> Recipe:
    """Return how a text seems to be written, its columns left open."""
    text = whole.text
    if len(whole.sheets) > 1:
        sentence = "Of {count} sheets one is read: “{sheet}”."
        notes.append(Note(sentence, {"count": len(whole.sheets), "sheet": cleaned(whole.sheet)}))
    separator = _separator(text, name)
    skip, skip_end = _skipped(text, name, separator, notes)
    body = text_of(text[:_START], name, separator, skip)
    rows = [cells for _, cells in islice(body.rows(), _FIRST)]
    if not rows:
        raise body.no_rows()
    decimal, thousands = _signs(rows, separator)
    read = partial(seems_number, decimal=decimal, thousands=thousands)
    return Recipe(
        columns=_OPEN,
        encoding=whole.encoding,
        separator=separator,
        decimal=decimal,  # type: ignore[arg-type]
        thousands=thousands,  # type: ignore[arg-type]
        header=_header(rows, read),
        skip=skip,
        skip_end=skip_end,
        sheet=whole.sheet,
    )


def _separator(text: str, name: str) -> Separator:
    """Return what most lines are divided by into equally many cells."""
    found: dict[Separator, float] = {}
    for separator in _SEPARATORS:
        rows = islice(text_of(text[:_START], name, separator).rows(), _FIRST)
        widths = Counter(len(cells) for _, cells in rows)
        width, count = (widths.most_common(1) or [(0, 0)])[0]
        found[separator] = count / widths.total() if width > 1 else 0.0
        if found[separator] > 0.9:
            return separator
    best = max(found.values())
    return next(separator for separator in found if found[separator] == best) if best else ","


def _skipped(text: str, name: str, separator: str, notes: list[Note]) -> tuple[int, int]:
    """Return how many lines before and after the table are none of its rows."""
    rows = list(islice(text_of(text[:_START], name, separator).rows(), _FIRST))
    width = Counter(len(cells) for _, cells in rows).most_common(1)[0][0] if rows else 0
    skip = _above(rows, width)
    last = text[-_START:].rstrip().split("\n")[1 if len(text) > _START else skip + 1 :]
    after = _below(last[-20:], separator, width)
    lines = text.split("\n", skip)
    for count, first in ((skip, lines[0]), (len(after), after[-1] if after else "")):
        if count:
            sentence = "Lines outside the table are left out: {count}, the first “{text}”."
            notes.append(Note(sentence, {"count": count, "text": cleaned(first)}))
    return skip, len(after)


def _above(rows: list[Row], width: int) -> int:
    """Return how many lines come before the names of columns, or before the first row."""
    table = [(line, cells) for line, cells in rows if len(cells) == width]
    for line, cells in table:
        if not _is_short(cells):
            # A spreadsheet gives lines above a table as many cells as the table has; but where
            # no names follow, they could be rows without some values.
            if not any(number_of(cell) is not None for cell in cells):
                return line - 1
            break
    return table[0][0] - 1 if table else 0


def _is_short(cells: list[str]) -> bool:
    """Return whether nothing but the left half of a line has something in it, if that."""
    return len(cells) > 1 and not any(cell.strip() for cell in cells[len(cells) // 2 :])


def _below(last: list[str], separator: str, width: int) -> list[str]:
    """Return which of the last lines are totals, notes or empty, the last one first."""
    after, short = list[str](), list[str]()
    for line in reversed(last):
        cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
        given = [cell.strip() for cell in cells if cell.strip()]
        if line.count('"') % 2:
            break  # an odd quotation mark is of a cell with several lines
        is_total = bool(given) and given[0].lower().rstrip(":") in _TOTALS
        is_row = (len(given) > 1 and len(cells) >= width) or (len(cells) == width <= 2 and given)
        if is_row and not is_total:
            if not _is_short(cells):
                break
            short.append(line)  # a row without some values, unless what is above ends the table
            continue
        after += [*short, line] if line else short
        short = []
    return after


def _signs(rows: list[list[str]], separator: str) -> tuple[str, str]:
    """Return the signs of decimals and of thousands."""
    cells = {plain(cell).strip() for row in rows for cell in row}
    points = [cell for cell in cells if re.fullmatch(r"[+-]?[\d,]*\.\d+", cell)]
    commas = [cell for cell in cells if re.fullmatch(r"[+-]?[\d.]*,\d+", cell)]
    grouped = [cell for cell in cells if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", cell)]
    dotted = [cell for cell in cells if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+", cell)]
    if any(re.fullmatch(r"[+-]?\d{1,3}('\d{3})+(\.\d+)?", cell) for cell in cells):
        return ".", "'"
    if len({*commas} - {*grouped}) > len({*points} - {*commas}):
        return ",", "." if dotted or any("." in cell for cell in commas) else ""
    if {*points} <= {*dotted} and any(cell.count(".") > 1 for cell in dotted):
        return ",", "."  # 3.664.088, as no sign of decimals is there twice
    if grouped and (points or separator == ","):
        return ".", ","
    return (",", "") if commas and not points else (".", "")


def _header(rows: list[list[str]], read: Callable[[str], float | None]) -> int:
    """Return how many lines have names: up to three above those where numbers begin."""
    has_number = [any(read(cell) is not None for cell in row) for row in rows]
    is_of_words = sum(has_number) < len(rows) / 2 or not any(has_number[:4])
    count = 1 if is_of_words else has_number.index(True)
    while count > 1 and not _names_numbers(rows[count - 1], rows[count:], read):
        count -= 1  # a row that lacks its numbers
    if _names_numbers(rows[0], rows[1:], read) or (count == 0 and _counts(rows, read)):
        return max(count, 1)
    return 0 if count == 1 and _recurs(rows[0], rows[1:]) else count


def _names_numbers(
    row: list[str], below: list[list[str]], read: Callable[[str], float | None]
) -> bool:
    """Return whether a line has a word above a column of numbers."""
    for place, name in enumerate(row[:_COMPARED]):
        if name.strip() in MISSING or read(name) is not None:
            continue
        cells = [cells[place] for cells in below if place < len(cells)]
        numbers = sum(read(cell) is not None for cell in cells if cell.strip() not in MISSING)
        others = len(cells) - numbers - sum(cell.strip() in MISSING for cell in cells)
        if numbers > 9 * others and name not in cells:
            return True
    return False


def _counts(rows: list[list[str]], read: Callable[[str], float | None]) -> bool:
    """Return whether columns are called by numbers in a row, such as years; and rows are not."""
    steps = []
    for row in rows[:2]:
        numbers = [number for cell in row if (number := read(cell)) is not None]
        steps.append(len(numbers) > 2 and all(b - a == 1 for a, b in pairwise(numbers)))
    return steps == [True, False] and not _recurs(rows[0], rows[1:])


def _recurs(row: list[str], below: list[list[str]]) -> bool:
    """Return whether most of a line's words occur below them as well: it is a row like others."""
    others = [cells for cells in below if cells != row]  # the names may be there again
    words = [(place, cell) for place, cell in enumerate(row[:_COMPARED]) if cell.strip()]
    again = sum(
        any(place < len(cells) and cells[place] == cell for cells in others)
        for place, cell in words
    )
    return 2 * again > len(words)
