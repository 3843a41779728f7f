"""The rows of a part as the network takes them: kept, or prepared batch by batch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.network import with_ones

STORED_BYTES = 24 * 2**20
"""Up to this size prepared inputs are kept; larger ones are prepared batch by batch, because a
second copy of a large data set would cost more memory than the network and all of training."""

Index = NDArray[np.intp]


class Inputs:
    """Rows scaled for the network, with a last column of ones for the biases. Read-only.

    Parameters
    ----------
    raw
        The data set's inputs, shape (all rows, features). Never copied as a whole.
    index
        Which of them belong to the part, shape (rows,).
    prepare
        Turns raw rows into what the network takes, shape (rows, columns), in whatever dtype.
    """

    def __init__(
        self,
        raw: FloatArray,
        index: Index,
        prepare: Callable[[FloatArray], FloatArray],
        columns: int,
        dtype: np.dtype[np.floating],
    ) -> None:
        self.columns, self.dtype = columns, dtype
        self._raw, self._index, self._prepare = raw, index, prepare
        self._stored: FloatArray | None = None
        if len(index) * (columns + 1) * dtype.itemsize <= STORED_BYTES:
            self._stored = self.array()

    def array(self) -> FloatArray:
        """Return all rows at once, shape (rows, columns + 1); a new array where none is stored."""
        if self._stored is not None:
            return self._stored
        prepared = with_ones(self._prepare(self._raw[self._index]), self.dtype)
        prepared.setflags(write=False)
        return prepared

    def view(self, start: int, stop: int) -> FloatArray | None:
        """Return rows as a view, shape (stop - start, columns + 1); None where none are stored."""
        if self._stored is None:
            return None
        rows: FloatArray = self._stored[start:stop]
        return rows

    def new_batch(self, rows: int) -> FloatArray:
        """Return a buffer whose transpose `take` fills: (columns + 1, rows), the last row ones."""
        batch: FloatArray = np.ones((rows, self.columns + 1), self.dtype).T
        return batch

    def take(self, rows: Index, out: FloatArray) -> None:
        """Write these rows of the part into `out`, shape (len(rows), columns + 1).

        Its dtype is the network's, and its last column is ones already.
        """
        if self._stored is not None:
            # mode="clip" lets take write straight into the buffer; rows are always in range.
            self._stored.take(rows, 0, out, "clip")
        else:
            out[:, :-1] = self._prepare(self._raw[self._index[rows]])
