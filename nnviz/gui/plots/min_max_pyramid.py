"""What is left to draw of a long curve: the smallest and largest value of every stretch.

Stretches of 32 rows, of 64, of 128 and so on are kept up to date by what is new only. A part of
the curve, however large, is then drawn from those a little finer than a pixel: the work is that
of the pixels, not of the epochs, and no extremum is lost on the way.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from nnviz.gui.plots.ranges import Array, log_or_gap
from nnviz.training.history import BLOCK, Column, Rows

FINEST = 32
"""Rows of the smallest stretches that are kept; smaller ones are found when they are drawn."""

POINTS_A_PIXEL = 4
"""More points than that, on average, are never handed to the painter."""

_LOW, _HIGH, _LEAST_POSITIVE, _FIRST, _LAST = range(5)
_FEWEST = 16


class _Level:
    """Summaries of consecutive stretches of equal length, from row 0 on; more can follow."""

    def __init__(self) -> None:
        self.count = 0
        self.table = np.empty((5, _FEWEST))
        """What is kept of them, shape (5, stretches or more)."""

    def add(self, made: Array) -> None:
        """Add stretches at the end."""
        end = self.count + made.shape[1]
        if end > self.table.shape[1]:
            grown = np.empty((5, max(end, 2 * self.table.shape[1])))
            grown[:, : self.count] = self.table[:, : self.count]
            self.table = grown
        self.table[:, self.count : end] = made
        self.count = end


_OutlineKey = tuple[int, int, bool]
"""The first stretch, the rows of each, and whether log10 is wanted."""


class _Outline(NamedTuple):
    """Abscissae and ordinates of stretches to before `end`, two of each: none of them changes."""

    end: int
    places: Array
    values: Array


class MinMaxPyramid:
    """The outline of a growing column, and its bounds."""

    def __init__(self) -> None:
        self.low = math.inf
        self.high = -math.inf
        self.low_positive = math.inf
        self._column: Column | None = None
        self._levels: list[_Level] = []
        self._begun: dict[_OutlineKey, _Outline] = {}

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
            values = self._column[rows[0] : rows[1]]
            return x[rows[0] : rows[1]], log_or_gap(values) if log else values
        first, end = rows[0] // stride, -(-rows[1] // stride)
        # Stretches that will not change: the last row may be corrected, the newest may not stay.
        whole = max(min(end, (self._column.settled - 1) // stride), first)
        outline = self._begun_outline((first, stride, log), x, whole)
        if whole == end:
            return outline.places, outline.values
        start = whole * stride  # the last stretch is not full yet
        table = summary(self._column[start:][np.newaxis])
        places, values = _places(x, np.array((start, len(self) - 1))), _pairs(table, log)
        # A curve ends at its newest value.
        last = log_or_gap(table[_LAST]) if log else table[_LAST]
        return (
            np.concatenate((outline.places, places, places[1:])),
            np.concatenate((outline.values, values, last)),
        )

    def _begun_outline(self, key: _OutlineKey, x: Column, end: int) -> _Outline:
        """Return the outline of whole stretches to before one: what is known of it goes on."""
        first, stride, log = key
        outline = self._begun.pop(key, None)
        if outline is None or outline.end > end:
            outline = _Outline(first, np.empty(0), np.empty(0))
        if outline.end < end:
            edges = np.arange(outline.end, end)[:, np.newaxis] * stride + (0, stride - 1)
            values = _pairs(self._stretches(stride, outline.end, end), log)
            outline = _Outline(
                end,
                np.concatenate((outline.places, _places(x, edges.ravel()))),
                np.concatenate((outline.values, values)),
            )
        # Two are drawn in turn: of exact epochs and of condensed ones.
        self._begun = {**dict([*self._begun.items()][-1:]), key: outline}
        return outline

    def _stretches(self, stride: int, first: int, end: int) -> Array:
        """Return what is kept of whole stretches, shape (5, stretches)."""
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
            self._levels.append(_Level())
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
    low, high = np.minimum.reduce(values, axis=1), np.maximum.reduce(values, axis=1)
    if not np.isfinite(high - low).all():
        values = np.where(np.isfinite(values), values, np.nan)
        low, high = np.fmin.reduce(values, axis=1), np.fmax.reduce(values, axis=1)
    positive = low
    if not (low > 0).all():
        positive = np.fmin.reduce(np.where(values > 0, values, np.nan), axis=1)
    return np.array((low, high, positive, values[:, 0], values[:, -1]))


def _merged(table: Array) -> Array:
    """Return one stretch for every few, from a table of shape (5, stretches, few)."""
    merged = np.empty(table.shape[:2])
    merged[_LOW] = np.fmin.reduce(table[_LOW], axis=1)
    merged[_HIGH] = np.fmax.reduce(table[_HIGH], axis=1)
    merged[_LEAST_POSITIVE] = np.fmin.reduce(table[_LEAST_POSITIVE], axis=1)
    merged[_FIRST], merged[_LAST] = table[_FIRST, :, 0], table[_LAST, :, -1]
    return merged


def _pairs(table: Array, log: bool) -> Array:
    """Return the smallest and largest value of each stretch, in the order of first and last.

    Log10, if that is wanted: what is below zero has no place there, zero is at the lower edge.
    """
    low = table[_LOW]
    if log:
        low = np.where(low == 0, low, table[_LEAST_POSITIVE])
    rising = table[_FIRST] <= table[_LAST]
    pairs = np.where(rising, (low, table[_HIGH]), (table[_HIGH], low)).T.ravel()
    return log_or_gap(pairs) if log else pairs


def _places(x: Column, rows: Rows) -> Array:
    """Return the abscissae of rows, in ascending order."""
    if not len(rows):
        return np.empty(0)
    first, last = x[int(rows[0])], x[int(rows[-1])]
    if last - first != rows[-1] - rows[0]:
        return x.take(rows)
    there: Array = first + (rows - rows[0])  # whole and ascending: each is one more
    return there
