"""The history of a run: columns of scalars that only grow, in blocks that never move."""

from __future__ import annotations

import copy
import csv
import io
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.files import write_whole
from nnviz.training.condensing import (
    EXACT_EPOCHS,
    Condenser,
    is_condensed,
    nearest_exact_row,
)
from nnviz.training.problem import Problem
from nnviz.training.records import SCALARS, EpochRecord, new_rows, norms_of

BLOCK = 65_536
"""Rows of a block."""

Rows = NDArray[np.intp]
Values = NDArray[np.float64]

_NOTHING: Values = np.empty(0)


class Block:
    """The same rows of so many columns. Rows are written once, from the first on."""

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
    After what is in the blocks may come a last number, the `newest`: shape (0,) or (1,).
    """

    def __init__(
        self, blocks: Sequence[Block], index: int, length: int, newest: Values = _NOTHING
    ) -> None:
        self._blocks = blocks
        self._index = index
        self.settled = length
        """How many numbers will stay where they are: all, or all but the newest."""
        self._newest = newest
        self._length = length + newest.size

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
        if row == self.settled:
            return float(self._newest[0])
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
        if rows[-1] == self.settled:
            return np.append(self.take(rows[:-1]), self._newest)
        numbers = range(int(rows[0]) // BLOCK, int(rows[-1]) // BLOCK + 1)
        cuts = rows.searchsorted([number * BLOCK for number in numbers[1:]])
        ends = zip(numbers, (0, *cuts), (*cuts, len(rows)), strict=True)
        parts = [self._part(n)[rows[start:stop] % BLOCK] for n, start, stop in ends if start < stop]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def place(self, value: float) -> int:
        """Return the first row that is not below `value`, in a column that ascends."""
        if not self._length or self[0] >= value:
            return 0
        if self[-1] < value:
            return self._length
        whole = range(self.settled // BLOCK)
        number = bisect_left(whole, value, key=lambda block: self[(block + 1) * BLOCK - 1])
        start = number * BLOCK
        if start == self.settled:
            return start
        return start + int(self._part(number)[: self.settled - start].searchsorted(value))

    def _part(self, number: int) -> Values:
        return self._blocks[number].columns[self._index]

    def _gathered(self, start: int, stop: int) -> Values:
        """Return rows from `start` to before `stop`: a view where they are in one block."""
        end = min(stop, self.settled)
        parts = [
            self._part(number)[max(0, start - number * BLOCK) : end - number * BLOCK]
            for number in range(start // BLOCK, -(-end // BLOCK))
        ]
        if start < stop and stop > self.settled:
            parts.append(self._newest.copy())
        values = parts[0][:] if len(parts) == 1 else np.concatenate(parts or [np.empty(0)])
        values.setflags(write=False)
        return values


_WRITTEN_AT_ONCE = 4096


def column_names(problem: Problem) -> list[str]:
    """Return what the columns of a run's history hold; loss, metric and layers by their names.

    Such as ``test_loss_mean_squared_error``, ``test_accuracy``, ``gradient_rms_layer_1_dense``.
    """
    asked = problem.experiment
    called = {"loss": f"loss_{asked.training.loss}", "metric": problem.metric.name}
    parts = (name.rpartition("_") for name in SCALARS)
    scalars = (f"{part}{line}{called.get(figure, figure)}" for part, line, figure in parts)
    layers = (layer.kind for layer in asked.network.layers)
    return [*scalars, *(f"gradient_rms_layer_{i}_{kind}" for i, kind in enumerate(layers, 1))]


class History:
    """Append-only columns of one run: scalars, and a gradient norm for each of so many layers.

    Rows are in blocks that never move: appending takes the same time however long the history is,
    and copies share what is written. Rows before a history's length never change, whoever else
    writes behind them. Beyond `EXACT_EPOCHS` it keeps extremes and mean of groups of epochs, and
    their last ones exactly (``condensing``), so that it takes some ten MB at any length. Its last
    row is always that of the newest epoch.
    """

    def __init__(self, layers: int) -> None:
        self.layers = layers
        self._blocks: list[Block] = []
        self._length = 0
        self._condenser = Condenser()
        self._newest: Values = np.empty((0, len(SCALARS) + layers))
        self._owns_last = True  # whether this history, and no other, writes in its last block

    def __len__(self) -> int:
        return self._length + len(self._newest)

    def append(self, record: EpochRecord) -> None:
        """Add one epoch; missing test values become NaN."""
        self.extend(np.array([record.row()]))

    def extend(self, rows: NDArray[np.float64], settled: int | None = None) -> None:
        """Add many epochs at once: `EpochRecord.row` of each, shape (epochs, columns).

        Where the first is the last one there is, it takes that one's place, but for gradients that
        it does not know: the network was edited then.

        Parameters
        ----------
        settled
            How many of the rows stay, where a `Condenser` elsewhere has condensed them.
        """
        if not len(rows):
            return
        if len(self._newest) and self._condenser.is_open != (settled is None):
            # Somebody else has condensed up to here.
            self._write(self._newest)
            self._condenser = Condenser(self._newest[0, 0])
        if settled is None:
            rows, settled = self._condenser.take(rows)
        kept, self._newest = rows[:settled], rows[settled:].copy()
        if len(kept) and self._length and kept[0, 0] == self._column(0)[self._length - 1]:
            kept = self._corrected(kept)
        self._write(kept)

    def _write(self, rows: Values) -> None:
        done = 0
        while done < len(rows):
            begun = self._length % BLOCK
            part = rows[done : done + BLOCK - begun]
            self._writable_block(begun).write(begun, part)
            self._length += len(part)
            done += len(part)
            if not self._length % BLOCK:
                self._blocks[-1].seal()

    def copy(self) -> History:
        """Return what there is so far, as a History that no longer grows with this one."""
        copied = self._first(self._length)
        copied._condenser, copied._newest = copy.copy(self._condenser), self._newest
        return copied

    def until(self, epoch: int) -> History:
        """Return the rows up to and with an epoch, as the beginning of another history."""
        length = self.column("epoch").place(epoch + 1)
        beginning = self._first(min(length, self._length))
        if length > self._length:
            beginning._write(self._newest)
        beginning._begin_condensing()
        return beginning

    def with_layers(self, layers: Sequence[int | None]) -> History:
        """Return a history whose columns for layers are some of this one's; None for unknown."""
        history, rows = History(len(layers)), self.rows()
        table = new_rows(len(rows), len(layers))
        table[:, : len(SCALARS)] = rows[:, : len(SCALARS)]
        for place, layer in enumerate(layers):
            if layer is not None:
                norms_of(table)[:, place] = norms_of(rows)[:, layer]
        history._write(table)
        history._begin_condensing()
        return history

    def row_of(self, epoch: int) -> int:
        """Return the row whose epoch is nearest, the earlier of two, of those that are exact.

        Raises
        ------
        IndexError
            If there is no row yet.
        """
        if not len(self):
            raise IndexError("no epoch has been recorded")
        epochs = self.column("epoch")
        return nearest_exact_row(epochs, epochs.place(epoch), epoch)

    def rows(self) -> NDArray[np.float64]:
        """Return all epochs so far as `extend` takes them, a copy of shape (epochs, columns)."""
        return self._table(0, len(self))

    def column(self, name: str) -> Column:
        """Return one of `SCALARS`, as long as it is now."""
        return self._column(SCALARS.index(name))

    def gradient_norms(self, layer: int) -> Column:
        """Return the gradient sizes of a layer, as many as there are now."""
        return self._column(len(SCALARS) + layer)

    @property
    def nbytes(self) -> int:
        """Bytes its numbers take, at most."""
        return 8 * len(self) * (len(SCALARS) + self.layers)

    def write_csv(self, path: Path, names: Sequence[str]) -> None:
        """Write all columns under these names (`column_names`), in UTF-8; cells may be empty.

        Where some rows are of groups of epochs, one more column says which ("epoch" or "group").

        Raises
        ------
        OSError
            As `write_whole`.
        """
        write_whole(path, self._csv(names))

    def _corrected(self, rows: Values) -> Values:
        """Take the last row that stays back; return rows of which the first stands for it."""
        rows, (last,) = rows.copy(), self._table(self._length - 1, self._length)
        norms = norms_of(rows)[0]
        norms[...] = np.where(np.isnan(norms), last[len(SCALARS) :], norms)
        # Others may still read it where it is: what takes its place is written elsewhere.
        self._length -= 1
        self._owns_last = False
        if not self._length % BLOCK:
            self._blocks.pop()
        return rows

    def _begin_condensing(self) -> None:
        """Have what follows be of other groups than what there is, all of which stays."""
        self._condenser = Condenser(self.column("epoch")[-1] if len(self) else -1.0)

    def _writable_block(self, begun: int) -> Block:
        """Return the last block, of which `begun` rows are written: a new one, or one's own."""
        if not begun:
            self._blocks.append(Block(len(SCALARS) + self.layers))
        elif not self._owns_last:
            self._blocks[-1] = self._blocks[-1].begun(begun)
        self._owns_last = True
        return self._blocks[-1]

    def _first(self, length: int) -> History:
        history = History(self.layers)
        history._blocks = self._blocks[: -(-length // BLOCK)]
        history._length = length
        history._owns_last = False
        return history

    def _csv(self, names: Sequence[str]) -> Iterator[bytes]:
        """Yield the table of `write_csv`, some thousand lines at once."""
        lines = io.StringIO(newline="")
        writer = csv.writer(lines)
        told = len(self) > 0 and self.column("epoch")[-1] > EXACT_EPOCHS
        writer.writerow([*names, "numbers_of"] if told else names)
        for start in range(0, len(self), _WRITTEN_AT_ONCE):
            for row in self._table(start, start + _WRITTEN_AT_ONCE):
                cells = ["" if np.isnan(value) else repr(float(value)) for value in row]
                cells[0] = str(int(row[0]))
                if told:
                    of_group = is_condensed(row[0]) and row[0] < self.column("epoch")[-1]
                    cells.append("group" if of_group else "epoch")
                writer.writerow(cells)
            yield lines.getvalue().encode()
            lines.seek(0)
            lines.truncate()
        yield lines.getvalue().encode()

    def _column(self, index: int) -> Column:
        return Column(self._blocks, index, self._length, self._newest[:, index])

    def _table(self, start: int, stop: int) -> NDArray[np.float64]:
        columns = range(len(SCALARS) + self.layers)
        return np.stack([self._column(index)[start:stop] for index in columns], axis=1)
