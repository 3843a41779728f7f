"""What training reports: scalars every epoch, arrays when somebody looks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray

SCALARS = (
    "epoch",
    "learning_rate",
    "train_loss",
    "validation_loss",
    "test_loss",
    "train_metric",
    "validation_metric",
    "test_metric",
)
"""Columns every run has; the gradient norms follow, one a layer."""


@dataclass(frozen=True, eq=False)
class ReadOnly:
    """A frozen dataclass whose arrays are read-only, also where it has been unpickled."""

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    def __reduce__(self) -> tuple[object, ...]:
        # By its constructor, for pickle forgets that arrays are read-only.
        return type(self), tuple(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True)
class EpochRecord:
    """The scalars of one epoch: losses and metrics are those of the network after it.

    Parameters
    ----------
    epoch
        Number of epochs done; 0 is the untrained network.
    learning_rate
        Rate used in this epoch.
    train_loss, validation_loss, test_loss
        As the network predicts (without dropout). A regression's are in the target's own units
        (squared for squared errors). None where there is no such part. Of a large part, those of a
        sample of it (``Problem.judged``).
    train_metric, validation_metric, test_metric
        Accuracy (0 to 1) or R², of the same rows; None also where it is not defined.
    gradient_norms
        Per layer, the root mean square of the gradient that made the epoch's last step: that of
        its last batch, at the parameters before the step. None before the first step.
    """

    run_id: int
    epoch: int
    learning_rate: float
    train_loss: float
    test_loss: float | None
    train_metric: float | None
    test_metric: float | None
    gradient_norms: tuple[float | None, ...]
    validation_loss: float | None = None
    validation_metric: float | None = None

    def row(self) -> tuple[float, ...]:
        """Return the numbers as one row: `SCALARS`, NaN for what there is not, and the norms."""
        figures = (*(getattr(self, name) for name in SCALARS), *self.gradient_norms)
        return tuple(math.nan if one is None else one for one in figures)

    @classmethod
    def from_row(cls, run_id: int, row: Sequence[float]) -> EpochRecord:
        """Rebuild a record from `row`."""
        sure = SCALARS.index("train_loss") + 1
        figures = [*row[:sure], *(None if math.isnan(one) else one for one in row[sure:])]
        values: dict[str, Any] = dict(zip(SCALARS, figures, strict=False))
        values["epoch"] = int(row[0])
        return cls(run_id, **values, gradient_norms=tuple(figures[len(SCALARS) :]))


def new_rows(epochs: int, layers: int) -> NDArray[np.float64]:
    """Return a table for so many records: NaN, shape (epochs, columns), each column in one piece.

    What is worked out of many epochs is worked out column by column.
    """
    rows: NDArray[np.float64] = np.full((len(SCALARS) + layers, epochs), math.nan).T
    return rows


def column_of(rows: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    """Return a view of one of `SCALARS` in a table of records, shape (epochs,)."""
    return rows[:, SCALARS.index(name)]


def norms_of(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a view of the gradient norms in a table of records, shape (epochs, layers)."""
    return rows[:, len(SCALARS) :]


@dataclass(frozen=True, eq=False)
class EpochBatch(ReadOnly):
    """Records of one run that arrived together, as a table: `EpochRecord.row` of each.

    All are of the network after so many `edits`. Where it has been edited since the record before,
    the first row is of the same epoch again: what it says holds from then on.

    Where so many of its rows are `settled`, a `Condenser` has condensed those of a long run, and
    any after them is the newest until others come.
    """

    run_id: int
    rows: NDArray[np.float64]
    edits: int = 0
    settled: int | None = None

    @classmethod
    def of(cls, records: Sequence[EpochRecord]) -> EpochBatch:
        """Return records of one run, at least one, as a batch."""
        return cls(records[0].run_id, np.array([record.row() for record in records], np.float64))

    def records(self) -> Iterator[EpochRecord]:
        """Yield them one by one."""
        for row in self.rows.tolist():
            yield EpochRecord.from_row(self.run_id, row)


def joined(batches: Sequence[EpochBatch]) -> EpochBatch:
    """Return batches that follow each other, at least one, all after the same edits, as one."""
    *earlier, last = batches
    rows = np.concatenate([*(batch.rows[: batch.settled] for batch in earlier), last.rows])
    settled = last.settled
    if settled is not None:
        settled += len(rows) - len(last.rows)
    return EpochBatch(last.run_id, rows, last.edits, settled)


@dataclass(frozen=True, eq=False)
class Snapshot(ReadOnly):
    """The arrays of one moment: flat, read-only copies.

    Parameters
    ----------
    run_id, epoch
        Where the parameters belong. A run whose best epoch was put back ends with that one's.
    parameters, gradients
        Shape (parameters,); laid out as ``Network`` lays them out.
    updates
        Mini-batches done since epoch 0, those of an epoch not yet complete among them.
    trained
        Epochs done by then; more than `epoch` where the run went back to a better network.
    edits
        How many of the run's edits have been made by then.
    silenced
        As long as training goes on, which numbers Dropout layers silenced in the last mini-batch,
        of its first sample: a byte for each number of one layer after another, 1 for silenced.
    batch_metric
        As long as it goes on, the metric of that mini-batch, with what was silenced; None between
        epochs.
    """

    run_id: int
    epoch: int
    parameters: FloatArray
    gradients: FloatArray
    updates: int = 0
    trained: int = 0
    edits: int = 0
    silenced: bytes = b""
    batch_metric: float | None = None

    @property
    def has_gradients(self) -> bool:
        """Whether a gradient of zero is one: before the first step and elsewhere none is kept.

        Nor is one kept by an edit that makes another network of it.
        """
        is_new = self.edits > 0 and not self.gradients.any()
        return self.updates > 0 and not self.went_back and not is_new

    @property
    def went_back(self) -> bool:
        """Whether the parameters are not those of the last epoch that was trained."""
        return self.trained > self.epoch
