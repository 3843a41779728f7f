"""Tables whose header lacks a name for the first column, as R writes them."""

from __future__ import annotations

import csv

from nnviz.datasets.own.numbers import number_of

_NAME = "rownames"
"""By which the column is known to say nothing of other rows."""

_LOOKED_AT, _LETTERS = 20, 2**16
"""Lines, and the part of a table in which they are looked for."""


def with_row_names(body: str, separator: str) -> str:
    """Return a table with a name above its first column, if that alone lacks one.

    So R's `write.table` writes what rows are called. A title above a table is no such header: what
    follows it are names of columns, without a number, or has other words in front than rows have.
    """
    start = len(body) - len(body.lstrip("\n"))
    lines = body[start : start + _LETTERS].split("\n")[:-1][:_LOOKED_AT]
    try:
        header, *rows = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    except (csv.Error, ValueError):  # whoever reads the rest says what is wrong
        return body
    is_so = (
        len(header) > 1
        and {len(row) for row in rows} == {len(header) + 1}
        and not any(_is_number(cell) for cell in header)
        and any(_is_number(cell) for cell in rows[0])
        and _are_names([row[0] for row in rows], lines[1])
    )
    return f"{body[:start]}{_NAME}{separator}{body[start:]}" if is_so else body


def _are_names(cells: list[str], first_line: str) -> bool:
    """Return whether all differ and are quoted, or count from 1, or are no numbers."""
    counted = [str(place) for place in range(1, len(cells) + 1)]
    are_words = not any(_is_number(cell) for cell in cells)
    are_quoted = first_line.lstrip().startswith('"')
    return len({*cells}) == len(cells) and (are_words or are_quoted or cells == counted)


def _is_number(cell: str) -> bool:
    return number_of(cell.replace(",", ".")) is not None
