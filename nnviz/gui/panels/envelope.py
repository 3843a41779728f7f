"""What is left to draw of a long curve: the smallest and largest value of every stretch.

Updated by what is new only, so that a curve of a million points costs no more than a short one.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOST_POINTS = 2000
"""Points that are ever handed to the painter."""

_MOST_BUCKETS = MOST_POINTS // 2 - 2


class Envelope:
    """The outline of a growing column, and its bounds.

    Up to `MOST_POINTS` values it is the column itself. Beyond, the column is cut into buckets of
    equal length, a power of two, of which the minimum and the maximum remain.
    """

    def __init__(self) -> None:
        self.stride = 1
        self.low = math.inf
        self.high = -math.inf
        self.low_positive = math.inf
        self._column: Array = np.empty(0)
        self._buckets = np.empty((4, 0))  # rows: minimum, maximum, first, last

    def update(self, column: Array) -> None:
        """Take over a column that begins with the one of the last call."""
        fresh = column[len(self._column) :]
        fresh = fresh[np.isfinite(fresh)]
        if fresh.size:
            self.low = min(self.low, float(fresh.min()))
            self.high = max(self.high, float(fresh.max()))
            if self.low > 0:
                self.low_positive = self.low
            elif (fresh > 0).any():
                self.low_positive = min(self.low_positive, float(fresh[fresh > 0].min()))
        self._column = column
        self._extend()

    def points(self, x: Array) -> tuple[Array, Array]:
        """Return what to draw for abscissae `x`, of the column's length."""
        column = self._column
        if len(column) <= MOST_POINTS:
            return x, column
        done = self._buckets.shape[1] * self.stride
        starts = np.arange(0, done, self.stride)
        minimum, maximum, first, last = self._buckets
        rising = first <= last
        across = np.column_stack((x[starts], x[starts + self.stride - 1])).ravel()
        up = np.where(rising, [minimum, maximum], [maximum, minimum]).T.ravel()
        tail = _outline(column[done:], column[-1])
        return np.append(across, np.repeat(x[-1], len(tail))), np.append(up, tail)

    def _extend(self) -> None:
        rows = len(self._column)
        if rows <= MOST_POINTS:
            return
        while rows // self.stride > _MOST_BUCKETS:
            self._buckets = _merged(self._buckets)
            self.stride *= 2
        old, new = self._buckets.shape[1], rows // self.stride
        if new > old:
            block = self._column[old * self.stride : new * self.stride].reshape(-1, self.stride)
            added = np.stack(
                (
                    np.fmin.reduce(block, axis=1),
                    np.fmax.reduce(block, axis=1),
                    block[:, 0],
                    block[:, -1],
                )
            )
            self._buckets = np.concatenate((self._buckets, added), axis=1)


def _merged(buckets: Array) -> Array:
    """Return buckets of twice the length; an odd last one is left to be counted again."""
    even = buckets.shape[1] // 2 * 2
    left, right = buckets[:, 0:even:2], buckets[:, 1:even:2]
    return np.stack((np.fmin(left[0], right[0]), np.fmax(left[1], right[1]), left[2], right[3]))


def _outline(values: Array, newest: float) -> Array:
    """Return minimum and maximum of the unfinished bucket as they rise or fall, and the newest."""
    if not values.size:
        return np.array([newest])
    low, high = np.fmin.reduce(values), np.fmax.reduce(values)
    return np.array([low, high, newest] if values[0] <= newest else [high, low, newest])


def outline(x: Array, y: Array) -> tuple[Array, Array]:
    """Return at most `MOST_POINTS` points that look like the whole curve."""
    envelope = Envelope()
    envelope.update(y)
    return envelope.points(x)
