"""A column of numbers in blocks: it only grows, and what was once written never moves."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import DTypeLike, NDArray

BLOCK = 65_536
"""Rows of a block."""

Rows = NDArray[np.intp]
Values = NDArray[np.float64]


class Block:
    """The same rows of several columns. Rows are written once, from the first on.

    Parameters
    ----------
    columns
        How many.
    """

    def __init__(self, columns: int) -> None:
        # Memory is taken by the system page by page, as rows are written.
        self.columns = [np.empty(BLOCK) for _ in range(columns)]

    def write(self, start: int, rows: Values) -> None:
        """Write rows, shape (rows, columns), of which the first is number `start`."""
        end = start + len(rows)
        for column, values in zip(self.columns, rows.T, strict=True):
            column[start:end] = values

    def seal(self) -> None:
        """Let columns go whose numbers are all the same: one number says it as well."""
        self.columns = [_constant(column) for column in self.columns]

    def begun(self, length: int) -> Block:
        """Return a block of one's own that begins with the first `length` rows of this one."""
        block = Block(len(self.columns))
        for mine, other in zip(block.columns, self.columns, strict=True):
            mine[:length] = other[:length]
        return block


def _constant(column: Values) -> Values:
    """Return the same values; in the place of one where all are the same to the last bit."""
    bits = column.view(np.int64)
    return np.broadcast_to(column[:1].copy(), column.shape) if (bits == bits[0]).all() else column


class Column:
    """One column of a history as it is now: a sequence of numbers that will not change.

    An index gives a number, a slice an array that cannot be written, ``numpy.asarray`` all of it.

    Parameters
    ----------
    blocks, index
        Where the numbers are: in this column of each block.
    length
        How many there are.
    """

    def __init__(self, blocks: Sequence[Block], index: int, length: int) -> None:
        self._blocks = blocks
        self._index = index
        self._length = length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> float: ...

    @overload
    def __getitem__(self, place: slice) -> Values: ...

    def __getitem__(self, place: int | slice) -> float | Values:
        if isinstance(place, slice):
            start, stop, step = place.indices(self._length)
            if step != 1:
                return self._gathered(0, self._length)[place]
            return self._gathered(start, max(start, stop))
        row = place + self._length if place < 0 else place
        if not 0 <= row < self._length:
            raise IndexError("there is no such row")
        return float(self._part(row // BLOCK)[row % BLOCK])

    def __iter__(self) -> Iterator[float]:
        for start in range(0, self._length, BLOCK):
            yield from self[start : start + BLOCK].tolist()

    def tolist(self) -> list[float]:
        """Return the numbers as a list."""
        return list(self)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Values:
        values = self._gathered(0, self._length)
        # Of a single block this is a view, which NumPy must be told when it asks for a copy.
        return values.astype(dtype or values.dtype, copy=bool(copy))

    def take(self, rows: Rows) -> Values:
        """Return the numbers of some rows, which must be in ascending order."""
        if not len(rows):
            return np.empty(0)
        first, last = int(rows[0]) // BLOCK, int(rows[-1]) // BLOCK
        cuts = np.searchsorted(rows, np.arange(first + 1, last + 1) * BLOCK)
        parts = np.split(rows, cuts)
        return np.concatenate(
            [self._part(first + i)[part % BLOCK] for i, part in enumerate(parts) if len(part)]
        )

    def place(self, value: float) -> int:
        """Return the first row that is not below `value`, in a column that ascends."""
        return bisect_left(self, value)

    def _part(self, number: int) -> Values:
        return self._blocks[number].columns[self._index]

    def _gathered(self, start: int, stop: int) -> Values:
        """Return rows from `start` to before `stop`: a view where they are in one block."""
        parts = [
            self._part(number)[max(0, start - number * BLOCK) : stop - number * BLOCK]
            for number in range(start // BLOCK, -(-stop // BLOCK))
        ]
        values = parts[0][:] if len(parts) == 1 else np.concatenate(parts or [np.empty(0)])
        values.setflags(write=False)
        return values
