"""How many rows and cells a table has, counted without taking its lines apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BLOCK = 2**22
_LINE_FEED, _QUOTE = ord("\n"), ord('"')


def even_shape(content: bytes, separator: str, most_rows: int) -> tuple[int, int] | None:
    """Return the rows and the cells of each of a table all of whose lines have as many.

    None where that is not evident: where lines have not, or where quotation marks stand in places
    in which it takes a reader of cells to say what they mean.

    Parameters
    ----------
    content
        UTF-8; lines end in a line feed, also the last one.
    most_rows
        Counting ends beyond so many.
    """
    rows, width, start = 0, 0, 0
    while start < len(content) and rows <= most_rows:
        block = np.frombuffer(content, np.uint8, min(_BLOCK, len(content) - start), start)
        counted = _counted(block, ord(separator))
        if counted is None:
            return None
        separators, is_blank, used = counted
        found = np.unique(separators[~is_blank])
        if found.size > 1 or (width and found.size and found[0] + 1 != width):
            return None
        width = int(found[0]) + 1 if found.size else width
        rows += int((~is_blank).sum())
        start += used
    return rows, width


def _counted(
    block: NDArray[np.uint8], separator: int
) -> tuple[NDArray[np.intp], NDArray[np.bool_], int] | None:
    """Return the separators of each row that ends in a block, which are blank, and their bytes."""
    ends, hits = np.flatnonzero(block == _LINE_FEED), np.flatnonzero(block == separator)
    quotes = np.flatnonzero(block == _QUOTE)
    if quotes.size:
        if not _are_around_cells(block, quotes, separator):
            return None
        ends, hits = (at[np.searchsorted(quotes, at) % 2 == 0] for at in (ends, hits))
    if not ends.size:
        return None
    separators = np.diff(np.searchsorted(hits, ends), prepend=0)
    return separators, np.diff(ends, prepend=-1) == 1, int(ends[-1]) + 1


def _are_around_cells(block: NDArray[np.uint8], quotes: NDArray[np.intp], separator: int) -> bool:
    """Return whether each mark that opens is where a cell begins, and each that closes at an end.

    Two in a row within a cell are one that closes and one that opens.
    """
    opening, closing = quotes[::2], quotes[1::2]
    before = block[opening[opening > 0] - 1]
    after = block[closing[closing < block.size - 1] + 1]
    return bool(
        np.isin(before, (separator, _LINE_FEED, _QUOTE)).all()
        and np.isin(after, (separator, _LINE_FEED, _QUOTE)).all()
    )
