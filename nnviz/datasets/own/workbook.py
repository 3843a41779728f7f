"""From a workbook of Excel or LibreOffice to text: a row a line, cells divided by tabs."""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any

from nnviz.datasets.own.recipe import cleaned
from nnviz.datasets.own.stored import DAMAGED, member_sizes
from nnviz.datasets.own.table import check_size
from nnviz.errors import DataError

MOST_UNPACKED = 400 * 2**20
"""Bytes of all that is in a workbook."""

MOST_LETTERS = 200 * 2**20
"""Of all cells of a sheet."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CHUNK = 2**20
_CELL = re.compile(rb"""\br=["']([A-Z]{1,4})(\d{1,9})["']""")


def is_workbook(content: bytes) -> bool:
    """Return whether a file is Excel's, of whatever year, or OpenDocument's sheets."""
    names = member_sizes(content)
    is_ods = bool(names) and b"opendocument.spreadsheet" in content[:200]
    is_xlsx = any(name.startswith("xl/workbook.") for name in names)
    return is_ods or is_xlsx or content.startswith(OLE)


@lru_cache(maxsize=1)
def sheets_of(content: bytes, name: str) -> dict[str, str]:
    """Return the text of each sheet that has cells, the fullest first.

    Line n of a text is row n of its sheet.

    Raises
    ------
    DataError
        If it asks for a password, is damaged, would take too much memory or has nothing in it.
    """
    import python_calamine as calamine

    if content.startswith(OLE) and _ENCRYPTED in content:
        raise _locked(name)
    _check_size(content, name)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        found = {title: _text(book.get_sheet_by_name(title), name) for title in _titles(book)}
    except calamine.PasswordError as error:
        raise _locked(name) from error
    except (calamine.CalamineError, *DAMAGED) as error:
        raise _unreadable(name, error) from error
    full = {title: text for title, text in found.items() if text.strip()}
    if not full:
        raise DataError(
            "No sheet of “{name}” has anything in it.", "Choose another file.", name=name
        )
    return {title: full[title] for title in sorted(full, key=lambda one: -_cells(full[one]))}


def sheet_text(content: bytes, name: str, sheet: str) -> str:
    """Return the text of one sheet, or of the fullest where none is named.

    Raises
    ------
    DataError
        As `sheets_of`, and if there is no such sheet.
    """
    sheets = sheets_of(content, name)
    if sheet and sheet not in sheets:
        raise DataError(
            "“{name}” has no sheet “{sheet}” with anything in it.",
            "Choose one of these: {names}.",
            name=name,
            sheet=cleaned(sheet),
            names=", ".join(f"“{cleaned(one)}”" for one in [*sheets][:10]),
        )
    return sheets[sheet] if sheet else next(iter(sheets.values()))


def _titles(book: Any) -> list[str]:
    from python_calamine import SheetTypeEnum

    return [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]


def _cells(text: str) -> int:
    return text.count("\t") + text.count("\n")


def _locked(name: str) -> DataError:
    return DataError(
        "“{name}” is protected by a password.",
        "Save a copy of it without one, and open that.",
        name=name,
    )


def _text(sheet: Any, name: str) -> str:
    """Return a sheet's cells, rows before the table without the empty cells behind them."""
    if sheet.start is None:
        return ""
    check_size(name, sheet.height, sheet.width)
    written = io.StringIO()
    writer = csv.writer(written, delimiter="\t", lineterminator="\n")
    has_begun, letters = False, 0
    for row in sheet.iter_rows():
        cells = [*map(_cell, row)]
        given = sum(map(bool, cells))
        has_begun = has_begun or given > 1
        letters += sum(map(len, cells))
        if letters > MOST_LETTERS:
            raise _larger(name, letters, MOST_LETTERS)
        if not given:
            written.write("\n")
        elif has_begun:
            writer.writerow(cells)
        else:
            writer.writerow([next(filter(None, cells))])
    return written.getvalue()


def _cell(value: object) -> str:
    """Return a cell as text: dates as ISO has them, numbers with all their digits, on one line."""
    match value:
        case str():
            return " ".join(value.split())
        case bool():
            return str(value).lower()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime.datetime() if value.time() == datetime.time():
            return value.date().isoformat()
        case datetime.date() | datetime.time():
            return value.isoformat()
    return repr(value.total_seconds() if isinstance(value, datetime.timedelta) else value)


# ---------------------------------------------------------------------- before memory is taken


def _check_size(content: bytes, name: str) -> None:
    """Raise a DataError if a workbook, unpacked and with all cells of its sheets, is too large.

    Of Excel's the library takes memory for every cell between the first and the last; of others
    it has limits of its own.
    """
    sizes = member_sizes(content)
    if sum(sizes.values()) > MOST_UNPACKED:
        raise _larger(name, sum(sizes.values()), MOST_UNPACKED)
    if not sizes:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in sizes:
                if member.startswith("xl/worksheets/") and member.endswith(".xml"):
                    with archive.open(member) as stream:
                        _check_xlsx(iter(partial(stream.read, _CHUNK), b""), name)
    except DAMAGED as error:
        raise _unreadable(name, error) from error


def _larger(name: str, size: int, most: int) -> DataError:
    return DataError(
        "“{name}” would have {size:,} MB unpacked.",
        "Take a part of its rows or sheets: {most:,} MB are the most.",
        name=name,
        size=size // 2**20,
        most=most // 2**20,
    )


def _unreadable(name: str, problem: Exception) -> DataError:
    return DataError(
        "“{name}” cannot be read, being damaged or too large: {problem}.",
        "Open it in the program it was made with, and save it anew, or as CSV.",
        name=name,
        problem=cleaned(str(problem)).rstrip("."),
    )


def _check_xlsx(chunks: Iterator[bytes], name: str) -> None:
    letters, numbers, rest = {b"A"}, {1}, b""
    for chunk in chunks:
        part = rest + chunk
        found = _CELL.findall(part)
        letters.update(column for column, _ in found)
        numbers.add(max((int(row) for row in {row for _, row in found}), default=1))
        rest = part[-64:]
    columns, rows = max(letters, key=lambda one: (len(one), one)), max(numbers)
    width = 0
    for letter in columns:
        width = 26 * width + letter - ord("A") + 1
    check_size(name, rows, width)
