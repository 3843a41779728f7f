"""What training reports: scalars every epoch, arrays when somebody looks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.training.frozen import ReadOnly


@dataclass(frozen=True)
class EpochRecord:
    """The scalars of one epoch.

    Parameters
    ----------
    run_id
        Which run it belongs to; answers of an earlier run are dropped.
    epoch
        Number of epochs done; 0 is the untrained network.
    learning_rate
        Rate used in this epoch.
    train_loss, test_loss
        A regression's are in the target's own units (squared for squared errors). The training
        figures are taken over the epoch's batches as each was met, as Keras does; the test
        figures after the epoch. Test values are None where there is no test part.
    train_metric, test_metric
        Accuracy (0 to 1) or R².
    gradient_norms
        Per layer, the root mean square of the last batch's gradient.
    """

    run_id: int
    epoch: int
    learning_rate: float
    train_loss: float
    test_loss: float | None
    train_metric: float
    test_metric: float | None
    gradient_norms: tuple[float, ...]

    def row(self) -> tuple[float, ...]:
        """Return the numbers as one row: epoch first, NaN for missing test values."""
        return (
            self.epoch,
            self.learning_rate,
            self.train_loss,
            math.nan if self.test_loss is None else self.test_loss,
            self.train_metric,
            math.nan if self.test_metric is None else self.test_metric,
            *self.gradient_norms,
        )

    @classmethod
    def from_row(cls, run_id: int, row: Sequence[float]) -> EpochRecord:
        """Rebuild a record from `row`."""
        epoch, rate, train_loss, test_loss, train_metric, test_metric, *norms = row
        return cls(
            run_id,
            int(epoch),
            rate,
            train_loss,
            None if math.isnan(test_loss) else test_loss,
            train_metric,
            None if math.isnan(test_metric) else test_metric,
            tuple(norms),
        )


@dataclass(frozen=True, eq=False)
class EpochBatch(ReadOnly):
    """Records that arrived together, as a table: `EpochRecord.row` of each.

    Parameters
    ----------
    run_id
        The run they belong to.
    rows
        Shape (epochs, columns), read-only.
    """

    run_id: int
    rows: NDArray[np.float64]

    @classmethod
    def of(cls, records: Sequence[EpochRecord]) -> EpochBatch:
        """Return records of one run, at least one, as a batch."""
        return cls(records[0].run_id, np.array([record.row() for record in records], np.float64))

    def records(self) -> Iterator[EpochRecord]:
        """Yield them one by one."""
        for row in self.rows.tolist():
            yield EpochRecord.from_row(self.run_id, row)


@dataclass(frozen=True, eq=False)
class Snapshot(ReadOnly):
    """The arrays of one moment: flat, read-only copies.

    Parameters
    ----------
    run_id, epoch
        Where it belongs.
    parameters, gradients
        Shape (parameters,); laid out as ``Network`` lays them out.
    updates
        Mini-batches done since epoch 0, those of an epoch not yet complete among them.
    """

    run_id: int
    epoch: int
    parameters: FloatArray
    gradients: FloatArray
    updates: int = 0
