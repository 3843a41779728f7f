"""What is left to draw of a long curve: the smallest and largest value of every stretch.

Stretches of 32 rows, of 64, of 128 and so on are kept up to date by what is new only. A part of
the curve, however large, is then drawn from those a little finer than a pixel: the work is that
of the pixels, not of the epochs, and no extremum is lost on the way. What was drawn of whole
stretches is kept too, so that a curve that grows costs no more than what is new.
"""

from __future__ import annotations

import math

import numpy as np

from nnviz.gui.plots.ranges import Array, log_or_gap
from nnviz.training.history import BLOCK, Column, Rows

FINEST = 32
"""Rows of the smallest stretches that are kept; smaller ones are found when they are drawn."""

POINTS_A_PIXEL = 4
"""More points than that, on average, are never handed to the painter."""

OUTLINES = 2
"""Kept: of the epochs that are a row each, and of those that are condensed."""

_LOW, _HIGH, _LEAST_POSITIVE, _FIRST, _LAST = range(5)
_FEWEST = 16


class _Table:
    """A table of so many rows, to which columns can be added."""

    def __init__(self, rows: int) -> None:
        self.count = 0
        self.table = np.empty((rows, _FEWEST))
        """Shape (rows, columns or more)."""

    def add(self, made: Array) -> None:
        """Add columns at the end."""
        end = self.count + made.shape[1]
        if end > self.table.shape[1]:
            grown = np.empty((len(self.table), max(end, 2 * self.table.shape[1])))
            grown[:, : self.count] = self.table[:, : self.count]
            self.table = grown
        self.table[:, self.count : end] = made
        self.count = end


class MinMaxPyramid:
    """The outline of a growing column, and its bounds."""

    def __init__(self) -> None:
        self.low = math.inf
        self.high = -math.inf
        self.low_positive = math.inf
        self._column: Column | None = None
        self._levels: list[_Table] = []
        """Summaries of consecutive stretches of equal length, from row 0 on."""
        self._drawn: dict[object, _Table] = {}
        """Of the last outlines the points but for the end, by first stretch, stride and scale."""

    def __len__(self) -> int:
        return 0 if self._column is None else len(self._column)

    def update(self, column: Column) -> None:
        """Take over a column that begins with the one of the last call."""
        # The newest row may have been one that did not stay.
        start = 0 if self._column is None else self._column.settled
        self._column = column
        for row in range(start, len(column), BLOCK):
            self._widen(column[row : row + BLOCK])

    def points(
        self, x: Column, rows: tuple[int, int], stride: int, log: bool
    ) -> tuple[Array, Array]:
        """Return abscissae and ordinates to draw of rows from the first to before the second.

        A few rows before and after may come with them. `x` is whole and ascending; the stride is
        how many rows are a stretch, a power of two, 1 for the rows themselves. NaN is a gap; if
        log10 is wanted, −∞ is the logarithm of zero.
        """
        assert self._column is not None
        if stride == 1:
            places, values = x[rows[0] : rows[1]], self._column[rows[0] : rows[1]]
            return places, log_or_gap(values) if log else values
        return self._outline(x, rows, stride, log)

    def _outline(
        self, x: Column, rows: tuple[int, int], stride: int, log: bool
    ) -> tuple[Array, Array]:
        assert self._column is not None
        first, end = rows[0] // stride, -(-rows[1] // stride)
        # Stretches that will not change: the last row may be corrected, the newest may not stay.
        whole = max(min(end, (self._column.settled - 1) // stride), first)
        drawn = self._drawn.pop((first, stride, log), None) or _Table(2)
        self._drawn[first, stride, log] = drawn
        if len(self._drawn) > OUTLINES:
            del self._drawn[next(iter(self._drawn))]
        begun = first + drawn.count // 2
        if begun < whole:
            edges = np.arange(begun, whole) * stride
            edges = np.stack((edges, edges + (stride - 1)), axis=1).ravel()
            drawn.add(_points(x, edges, self._summaries(begun, whole, stride), log))
        there = drawn.table[:, : 2 * (whole - first)]
        if whole < end:  # a curve ends at its newest value
            rest = whole * stride, len(self)
            table = summary(self._column[slice(*rest)][np.newaxis])
            points = _points(x, np.array((rest[0], rest[1] - 1)), table, log)
            last = log_or_gap(table[_LAST]) if log else table[_LAST]
            there = np.concatenate((there, points, [points[0, 1:], last]), axis=1)
        return there[0], there[1]

    def _summaries(self, first: int, end: int, stride: int) -> Array:
        """Return what is kept of some stretches of any length, whole ones."""
        assert self._column is not None
        if stride < FINEST:
            return summary(self._column[first * stride : end * stride].reshape(-1, stride))
        return self._level((stride // FINEST).bit_length() - 1, end)[:, first:end]

    def _widen(self, fresh: Array) -> None:
        low, high = float(fresh.min()), float(fresh.max())
        if not (math.isfinite(low) and math.isfinite(high)):
            fresh = fresh[np.isfinite(fresh)]
            if not fresh.size:
                return
            low, high = float(fresh.min()), float(fresh.max())
        self.low, self.high = min(self.low, low), max(self.high, high)
        if low <= 0:
            fresh = fresh[fresh > 0]
            low = float(fresh.min()) if fresh.size else math.inf
        self.low_positive = min(self.low_positive, low)

    def _level(self, number: int, end: int) -> Array:
        """Return stretches of `FINEST` rows times a power of two, at least `end` of them."""
        while number >= len(self._levels):
            self._levels.append(_Table(5))
        assert self._column is not None
        level, most = self._levels[number], BLOCK // FINEST
        if number and level.count < end:
            finer = self._level(number - 1, 2 * end)[:, 2 * level.count : 2 * end]
            level.add(_merged(finer.reshape(5, -1, 2)))
        while level.count < end:
            stop = min(end, level.count + most)
            rows = self._column[level.count * FINEST : stop * FINEST]
            level.add(summary(rows.reshape(-1, FINEST)))
        return level.table


def stride_for(rows_a_pixel: float) -> int:
    """Return the length of stretches that are no wider than a pixel, and not much narrower."""
    if rows_a_pixel < POINTS_A_PIXEL:
        return 1
    return 1 << math.floor(math.log2(rows_a_pixel))


def summary(values: Array) -> Array:
    """Return what is kept of stretches, shape (stretches, rows), as a table of shape (5, …)."""
    low, high = values.min(axis=1), values.max(axis=1)
    if not np.isfinite(high - low).all():
        values = np.where(np.isfinite(values), values, np.nan)
        low, high = np.fmin.reduce(values, axis=1), np.fmax.reduce(values, axis=1)
    positive = low
    if not (low > 0).all():
        positive = np.fmin.reduce(np.where(values > 0, values, np.nan), axis=1)
    table = np.empty((5, len(values)))
    rows = low, high, positive, values[:, 0], values[:, -1]
    for row, kept in zip(table, rows, strict=True):
        row[:] = kept
    return table


def _merged(table: Array) -> Array:
    """Return one stretch for every few, from a table of shape (5, stretches, few)."""
    merged = np.empty(table.shape[:2])
    merged[_LOW] = np.fmin.reduce(table[_LOW], axis=1)
    merged[_HIGH] = np.fmax.reduce(table[_HIGH], axis=1)
    merged[_LEAST_POSITIVE] = np.fmin.reduce(table[_LEAST_POSITIVE], axis=1)
    merged[_FIRST], merged[_LAST] = table[_FIRST, :, 0], table[_LAST, :, -1]
    return merged


def _points(x: Column, rows: Rows, table: Array, log: bool) -> Array:
    """Return two points a stretch, shape (2, points); `rows` are the first and last of each."""
    low = table[_LOW]
    if log:  # what is below zero has no place there; zero is at the lower edge
        low = np.where(low == 0, low, table[_LEAST_POSITIVE])
    rising = table[_FIRST] <= table[_LAST]
    pairs = np.where(rising, (low, table[_HIGH]), (table[_HIGH], low))
    points = np.empty((2, len(rows)))
    points[0], points[1] = _places(x, rows), pairs.T.ravel()
    if log:
        points[1] = log_or_gap(points[1])
    return points


def _places(x: Column, rows: Rows) -> Array:
    """Return the abscissae of rows, in ascending order."""
    if not len(rows):
        return np.empty(0)
    first, last = x[int(rows[0])], x[int(rows[-1])]
    if last - first != rows[-1] - rows[0]:
        return x.take(rows)
    there: Array = first + (rows - rows[0])  # whole and ascending: each is one more
    return there
