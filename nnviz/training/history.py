"""The history of a run: columns of scalars that only grow."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnviz.training.records import EpochRecord

SCALARS = (
    "epoch",
    "learning_rate",
    "train_loss",
    "test_loss",
    "train_metric",
    "test_metric",
)
"""Columns every run has; gradient norms follow, one a layer."""

_FIRST_ROOM = 1024


class History:
    """Append-only columns of one run; appending takes constant time on average.

    Parameters
    ----------
    layers
        Number of layers, for the gradient columns.
    """

    def __init__(self, layers: int) -> None:
        self.layers = layers
        self._table = np.empty((len(SCALARS) + layers, _FIRST_ROOM))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, record: EpochRecord) -> None:
        """Add one epoch; missing test values become NaN."""
        self.extend(np.array([record.row()]))

    def extend(self, rows: NDArray[np.float64]) -> None:
        """Add many epochs at once: `EpochRecord.row` of each, shape (epochs, columns)."""
        end = self._length + len(rows)
        if end > self._table.shape[1]:
            grown = np.empty((self._table.shape[0], max(end, 2 * self._table.shape[1])))
            grown[:, : self._length] = self._table[:, : self._length]
            self._table = grown
        self._table[:, self._length : end] = rows.T
        self._length = end

    def copy(self) -> History:
        """Return what there is so far, as a History that no longer grows with this one."""
        copied = History(self.layers)
        copied.extend(self.rows())
        return copied

    def rows(self) -> NDArray[np.float64]:
        """Return all epochs so far as `extend` takes them, a copy of shape (epochs, columns)."""
        return np.ascontiguousarray(self._table[:, : self._length].T)

    def column(self, name: str) -> NDArray[np.float64]:
        """Return one of `SCALARS` as a read-only view of shape (epochs so far,)."""
        return self._view(SCALARS.index(name))

    def gradient_norms(self, layer: int) -> NDArray[np.float64]:
        """Return the gradient sizes of a layer, a read-only view of shape (epochs so far,)."""
        return self._view(len(SCALARS) + layer)

    @property
    def has_test(self) -> bool:
        """Whether there are test figures."""
        return self._length > 0 and not np.isnan(self._table[SCALARS.index("test_loss"), 0])

    def write_csv(self, path: Path) -> None:
        """Write all columns with a header line; empty cells where there is no test part."""
        names = [*SCALARS, *(f"gradient_norm_{i + 1}" for i in range(self.layers))]
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(names)
            for row in self._table[:, : self._length].T:
                cells = ["" if np.isnan(value) else repr(float(value)) for value in row]
                cells[0] = str(int(row[0]))
                writer.writerow(cells)

    def _view(self, index: int) -> NDArray[np.float64]:
        view = self._table[index, : self._length]
        view.setflags(write=False)
        return view
