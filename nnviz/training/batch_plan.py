"""The plan of some epochs: where every batch is read, and where its results are written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network
from nnviz.engine.training import Batch
from nnviz.training.experiment import TrainingChoice
from nnviz.training.problem import Part, Problem

LOG_NUMBERS = 2**14
"""About how many numbers are logged before records are made of them: few enough for the cache."""

MOST_EPOCHS = 256
MOST_PASSES = 4096
"""Passes that are laid out once and kept; of longer epochs they are laid out as they come."""

EVALUATION_ROWS = 4096
EVALUATION_NUMBERS = 2**23
"""Rows evaluated at a time, and numbers the layers hold for them: a large test part needs no large
buffers, a network for pictures fewer rows."""


class OutputBuffers:
    """The output layer's values for all rows of a part, in each of some epochs.

    Parameters
    ----------
    epochs
        How many.
    part
        The part.
    """

    def __init__(self, epochs: int, part: Part) -> None:
        shape = (epochs, *part.targets.shape)
        self.z = np.empty(shape, part.targets.dtype)
        self.a = np.empty(shape, part.targets.dtype)


def evaluation_passes(part: Part, outputs: OutputBuffers, slot: int, size: int) -> list[Batch]:
    """Return passes that look at all rows of a part, `size` at a time, for a slot of `outputs`."""
    return [
        _evaluation_pass(part, outputs, slot, start, min(start + size, part.rows))
        for start in range(0, part.rows, size)
    ]


def _evaluation_pass(part: Part, outputs: OutputBuffers, slot: int, start: int, stop: int) -> Batch:
    z, a = outputs.z[slot, :, start:stop], outputs.a[slot, :, start:stop]
    view = part.inputs.view(start, stop)
    if view is not None:
        return Batch(view.T, None, 0.0, z, a)
    x = part.inputs.new_batch(stop - start)
    return Batch(x, None, 0.0, z, a, None, part.inputs, np.arange(start, stop))


class BatchPlan:
    """Lays out whole epochs in advance, as many as a small log can hold.

    A small network's arithmetic takes a few microseconds, no more than slicing its arrays and
    making a record of an epoch do. So views are made once and used again, and the figures of many
    epochs are worked out together.

    Parameters
    ----------
    problem
        The data.
    choice
        Batch size, reduction, loss, and whether samples are shuffled.
    network
        Whose dtype and number of parameters the log needs.

    Attributes
    ----------
    epochs
        How many fit the plan; each has a *slot*.
    batches
        Updates an epoch.
    shuffles
        Whether epochs have an order of their own.
    evaluation_rows
        Rows of the test part looked at a time.
    passes_per_epoch
        Those batches, and the looks at the test part after them.
    """

    def __init__(self, problem: Problem, choice: TrainingChoice, network: Network) -> None:
        self._problem, self._choice = problem, choice
        self._loss = LOSSES[choice.loss]
        part = problem.train
        self._size = min(choice.batch_size or part.rows, part.rows)
        self.batches = -(-part.rows // self._size)
        most = max(1, EVALUATION_NUMBERS // network.numbers_per_sample)
        self.evaluation_rows = min(EVALUATION_ROWS, most)
        test_rows = problem.test.rows if problem.test else 0
        self.passes_per_epoch = self.batches + -(-test_rows // self.evaluation_rows)
        numbers = problem.outputs * (part.rows + test_rows) + network.trained.size
        room = min(MOST_EPOCHS, LOG_NUMBERS // numbers, MOST_PASSES // self.passes_per_epoch)
        self.epochs = max(1, room)
        self.shuffles = choice.shuffle and self.batches > 1
        self._make_log(network)
        self._scales = self._new_scales(network.dtype)
        self._buffers: dict[int, FloatArray] = {}
        whole = self.batches == 1
        # Samples as columns, contiguous: a matrix product of so few features is a third faster.
        self._all_inputs = np.ascontiguousarray(part.inputs.array().T) if whole else None
        self._kept: Sequence[Batch] = ()
        if self.epochs * self.passes_per_epoch <= MOST_PASSES:
            self._kept = [self._pass(i) for i in range(self.epochs * self.passes_per_epoch)]

    def _make_log(self, network: Network) -> None:
        problem, part = self._problem, self._problem.train
        self.train = OutputBuffers(self.epochs, part)
        self.test = OutputBuffers(self.epochs, problem.test) if problem.test else None
        self.gradients = np.zeros((self.epochs, network.trained.size), network.dtype)
        self._targets, self._orders = part.targets[np.newaxis], np.empty((0, 0), np.intp)
        if self.shuffles:
            self._targets = np.empty((self.epochs, *part.targets.shape), part.targets.dtype)
            self._orders = np.empty((self.epochs, part.rows), np.intp)

    def _new_scales(self, dtype: np.dtype[np.floating]) -> FloatArray | None:
        """Return what each sample's gradient is multiplied by, shape (1 or epochs, rows).

        None where that is the same for all samples of a batch.
        """
        weights = self._problem.sample_weights
        if weights is None:
            return None
        rows = weights.size
        sizes = (min(self._size, rows - start) for start in range(0, rows, self._size))
        self._batch_scales = np.concatenate([np.full(n, self._scale(n), dtype) for n in sizes])
        scales = np.asarray(weights * self._batch_scales, dtype)
        return np.tile(scales, (self.epochs if self.shuffles else 1, 1))

    def _scale(self, batch: int) -> float:
        reduction, outputs = self._choice.reduction, self._problem.outputs
        return self._loss.gradient_scale(reduction, outputs, batch)

    def shuffle(self, slot: int, order: NDArray[np.intp], rng: np.random.Generator) -> None:
        """Give a slot's epoch a new order of samples, where that is asked for and matters.

        Parameters
        ----------
        slot
            Which.
        order
            The epoch before's, shape (rows,); shuffled in place.
        rng
            Source of chance; untouched when there is nothing to shuffle.
        """
        if self.shuffles:
            rng.shuffle(order)
            self._orders[slot] = order
            self._problem.train.targets.take(order, 1, self._targets[slot], "clip")
            if self._scales is not None and self._problem.sample_weights is not None:
                weights = self._problem.sample_weights[order]
                np.multiply(weights, self._batch_scales, out=self._scales[slot])

    def targets(self, slots: int) -> FloatArray:
        """Return the training targets in the first slots' order: (1 or slots, outputs, rows)."""
        return self._targets[:slots]

    def passes(self, start: int, stop: int) -> Sequence[Batch]:
        """Return passes number `start` up to `stop`, counted from the first slot's first."""
        if self._kept:
            return self._kept[start:stop]
        return [self._pass(number) for number in range(start, stop)]

    def _pass(self, number: int) -> Batch:
        slot, within = divmod(number, self.passes_per_epoch)
        if within < self.batches:
            return self._training_pass(slot, within * self._size, within + 1 == self.batches)
        assert self._problem.test is not None and self.test is not None
        start = (within - self.batches) * self.evaluation_rows
        stop = min(start + self.evaluation_rows, self._problem.test.rows)
        return _evaluation_pass(self._problem.test, self.test, slot, start, stop)

    def _training_pass(self, slot: int, start: int, last: bool) -> Batch:
        part = self._problem.train
        stop = min(start + self._size, part.rows)
        scale: float | FloatArray = self._scale(stop - start)
        if self._scales is not None:
            scale = self._scales[slot if self.shuffles else 0, start:stop]
        y = self._targets[slot if self.shuffles else 0][:, start:stop]
        z, a = self.train.z[slot, :, start:stop], self.train.a[slot, :, start:stop]
        kept = self.gradients[slot] if last else None
        if self._all_inputs is not None:
            return Batch(self._all_inputs, y, scale, z, a, kept)
        if self.shuffles:
            rows = self._orders[slot, start:stop]
            return Batch(self._buffer(stop - start), y, scale, z, a, kept, part.inputs, rows)
        view = part.inputs.view(start, stop)
        if view is not None:
            return Batch(view.T, y, scale, z, a, kept)
        rows = np.arange(start, stop)
        return Batch(self._buffer(stop - start), y, scale, z, a, kept, part.inputs, rows)

    def _buffer(self, rows: int) -> FloatArray:
        """Return where a batch of so many rows is gathered: one buffer for each size there is."""
        if rows not in self._buffers:
            self._buffers[rows] = self._problem.train.inputs.new_batch(rows)
        return self._buffers[rows]
