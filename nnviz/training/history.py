"""The history of a run: columns of scalars that only grow."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnviz.files import write_whole
from nnviz.training.columns import BLOCK, Block, Column
from nnviz.training.problem import Problem
from nnviz.training.records import SCALARS, EpochRecord

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
    """Append-only columns of one run.

    Rows are in blocks that never move: appending takes the same time however long the history is,
    and copies share what is written. Rows before a history's length never change, whoever else
    writes behind them.

    Parameters
    ----------
    layers
        Number of layers, for the gradient columns.
    """

    def __init__(self, layers: int) -> None:
        self.layers = layers
        self._blocks: list[Block] = []
        self._length = 0
        self._owns_last = True  # whether this history, and no other, writes in its last block

    def __len__(self) -> int:
        return self._length

    def append(self, record: EpochRecord) -> None:
        """Add one epoch; missing test values become NaN."""
        self.extend(np.array([record.row()]))

    def extend(self, rows: NDArray[np.float64]) -> None:
        """Add many epochs at once: `EpochRecord.row` of each, shape (epochs, columns)."""
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
        return self._first(self._length)

    def until(self, epoch: int) -> History:
        """Return the rows up to and with an epoch, as the beginning of another history."""
        return self._first(self.column("epoch").place(epoch + 1))

    def row_of(self, epoch: int) -> int:
        """Return the row whose epoch is nearest, the earlier of two.

        Raises
        ------
        IndexError
            If there is no row yet.
        """
        if not self._length:
            raise IndexError("no epoch has been recorded")
        epochs = self.column("epoch")
        row = min(epochs.place(epoch), self._length - 1)
        nearer_before = row > 0 and epoch - epochs[row - 1] <= epochs[row] - epoch
        return row - 1 if nearer_before else row

    def rows(self) -> NDArray[np.float64]:
        """Return all epochs so far as `extend` takes them, a copy of shape (epochs, columns)."""
        return self._table(0, self._length)

    def column(self, name: str) -> Column:
        """Return one of `SCALARS`, as long as it is now."""
        return self._column(SCALARS.index(name))

    def gradient_norms(self, layer: int) -> Column:
        """Return the gradient sizes of a layer, as many as there are now."""
        return self._column(len(SCALARS) + layer)

    @property
    def nbytes(self) -> int:
        """Bytes its numbers take, at most."""
        return 8 * self._length * (len(SCALARS) + self.layers)

    @property
    def has_test(self) -> bool:
        """Whether there are test figures."""
        return self._length > 0 and not np.isnan(self.column("test_loss")[0])

    def write_csv(self, path: Path, names: Sequence[str]) -> None:
        """Write all columns under these names (`column_names`), in UTF-8; cells may be empty.

        Raises
        ------
        OSError
            As `write_whole`.
        """
        write_whole(path, self._csv(names))

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
        writer.writerow(names)
        for start in range(0, self._length, _WRITTEN_AT_ONCE):
            for row in self._table(start, start + _WRITTEN_AT_ONCE):
                cells = ["" if np.isnan(value) else repr(float(value)) for value in row]
                cells[0] = str(int(row[0]))
                writer.writerow(cells)
            yield lines.getvalue().encode()
            lines.seek(0)
            lines.truncate()
        yield lines.getvalue().encode()

    def _column(self, index: int) -> Column:
        return Column(self._blocks, index, self._length)

    def _table(self, start: int, stop: int) -> NDArray[np.float64]:
        columns = range(len(SCALARS) + self.layers)
        return np.stack([self._column(index)[start:stop] for index in columns], axis=1)
