"""Long runs in few rows: what is kept of the epochs beyond those that are all kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nnviz.training.records import norms_of

EXACT_EPOCHS = 2**18
"""Up to here every epoch is a row."""

GROUPS = 4096
"""Groups until their length doubles: finer than the pixels that will show them."""

ROWS_A_GROUP = 4

Rows = NDArray[np.float64]
"""Rows of a history, shape (rows, columns), the epoch first."""


class Epochs(Protocol):
    """A history's column of epochs."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: int, /) -> float: ...


@dataclass(frozen=True)
class OpenGroup:
    """A group whose last epoch is still to come: what its epochs so far have come to.

    `low`, `total` and `high` have shape (columns,).
    """

    end: float
    first: float
    count: int
    low: NDArray[np.float64]
    total: NDArray[np.float64]
    high: NDArray[np.float64]


class Condenser:
    """Condenses the rows of a run as they come, so that few of them go on to a history.

    Parameters
    ----------
    epoch
        That of the last row the history has already; −1 for none.
    """

    def __init__(self, epoch: float = -1.0) -> None:
        self._epoch = epoch
        self._last: Rows | None = None
        self._open: OpenGroup | None = None

    @property
    def is_open(self) -> bool:
        """Whether the last row it was given is of a group still to be completed."""
        return self._open is not None

    def take(self, rows: Rows) -> tuple[Rows, int]:
        """Return what is kept of rows, at least one, and how many of these stay.

        All do, or all but the last: the newest epoch, until the next rows are taken. Where the
        first row is of the last epoch again, the network was edited then, and what is not known of
        its gradients is as it was.
        """
        exact = int(np.searchsorted(rows[:, 0], EXACT_EPOCHS, "right"))
        if rows[0, 0] == self._epoch:
            if self._open is None or self._last is None:
                exact = max(exact, 1)  # it takes the place of one that the history has
            else:
                rows = rows.copy()
                known = np.where(np.isnan(rows[:1]), self._last, rows[:1])
                norms_of(rows)[:1] = norms_of(known)
        kept = rows[:exact]
        if exact < len(rows):
            condensed, self._open = condense(rows[exact:], self._open)
            newest = rows[len(rows) - self.is_open :]
            kept = np.concatenate([kept, condensed, newest])
        self._epoch, self._last = rows[-1, 0], rows[-1:].copy()
        return kept, len(kept) - self.is_open


def group_ends(epochs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the last epoch of the group each epoch is in.

    Groups have a power of two of epochs and end at its multiples, as the epochs do that moments
    are kept of: each of these is a row of its own.
    """
    _, exponents = np.frexp(np.maximum(epochs - 1, EXACT_EPOCHS))  # 2^(exponent - 1) <= epoch - 1
    lengths = np.ldexp(1.0, exponents - 1) / GROUPS
    return np.asarray(np.ceil(epochs / lengths) * lengths)


def condense(rows: Rows, begun: OpenGroup | None) -> tuple[Rows, OpenGroup | None]:
    """Return what is kept of rows beyond `EXACT_EPOCHS`, and the group that they leave open.

    Of each group four rows: the smallest of each column, the mean, the largest, and the last epoch
    exactly. The first three stand at a quarter, the half and three quarters of it. Groups of no
    more rows than that stay as they are.
    """
    epochs, ends = rows[:, 0], group_ends(rows[:, 0])
    starts = np.flatnonzero(np.concatenate(([True], ends[1:] != ends[:-1])))
    stops = np.append(starts[1:], len(rows))
    columns = np.ascontiguousarray(rows.T)  # four times as fast as row by row
    low, high, total = (
        function.reduceat(columns, starts, axis=1).T for function in (np.fmin, np.fmax, np.add)
    )
    first, count = epochs[starts], stops - starts
    few = count <= ROWS_A_GROUP
    if begun is not None and begun.end == ends[0]:
        low[0], high[0] = np.fmin(low[0], begun.low), np.fmax(high[0], begun.high)
        total[0], first[0], count[0] = total[0] + begun.total, begun.first, count[0] + begun.count
        few[0] = False
    still, whole = None, len(starts)
    if epochs[-1] < ends[-1]:
        still = OpenGroup(ends[-1], first[-1], int(count[-1]), low[-1], total[-1], high[-1])
        whole -= 1
    few |= epochs[stops - 1] - first < ROWS_A_GROUP
    fours = _four(low, total, high, count, first, rows[stops - 1])
    if not few[:whole].any():
        return fours[: ROWS_A_GROUP * whole], still
    parts = [
        rows[starts[group] : stops[group]] if few[group] else fours[4 * group : 4 * group + 4]
        for group in range(whole)
    ]
    return np.concatenate(parts), still


def _four(
    low: Rows,
    total: Rows,
    high: Rows,
    count: NDArray[np.intp],
    first: NDArray[np.float64],
    last: Rows,
) -> Rows:
    """Return four rows a group, shape (4 · groups, columns)."""
    table = np.stack([low, total / count[:, np.newaxis], high, last], axis=1)
    span = last[:, 0] - first
    for place in range(ROWS_A_GROUP - 1):
        table[:, place, 0] = first + np.floor(span * (place + 1) / ROWS_A_GROUP)
    return table.reshape(-1, low.shape[1])


def exact_row(epochs: Epochs, row: int, step: int) -> int:
    """Return the first row from `row` on, in steps of 1 or −1, that is exact, or the last one."""
    while 0 < row < len(epochs) - 1 and is_condensed(epochs[row]):
        row += step
    return row


def nearest_exact_row(epochs: Epochs, place: int, epoch: float) -> int:
    """Return the exact row nearest to an epoch, the earlier of two.

    `place` is that of the first row not before the epoch.
    """
    after = exact_row(epochs, min(place, len(epochs) - 1), 1)
    before = exact_row(epochs, max(min(place, len(epochs) - 1) - 1, 0), -1)
    return before if epoch - epochs[before] <= epochs[after] - epoch else after


def is_condensed(epoch: float) -> bool:
    """Return whether the numbers of a row that is not the newest are a group's, not its epoch's."""
    return epoch > EXACT_EPOCHS and bool(group_ends(np.array([epoch]))[0] != epoch)
