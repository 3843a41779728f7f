"""The plan of some epochs: where every batch is read, and where its results are written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network
from nnviz.engine.training import Batch, Engine, Laid, Stretch
from nnviz.training.experiment import TrainingChoice
from nnviz.training.problem import Part, PartName, Problem
from nnviz.training.records import column_of

LOG_NUMBERS = 2**17
"""About how many numbers are logged before records are made of them: few enough for the cache."""

MOST_EPOCHS = 512
MOST_PASSES = 4096
"""Passes that are laid out once and kept; of longer epochs they are laid out as they come."""

EVALUATION_ROWS = 4096
EVALUATION_NUMBERS = 2**23
"""Rows evaluated at a time, and numbers the layers hold for them: a large test part needs no large
buffers, a network for pictures fewer rows."""

ROWS_IN_BLOCKS = 16
"""Of many rows, whole blocks of so many: the compiled engine convolves a part of one as long as all
of it."""


class OutputBuffers:
    """The output layer's values for all rows of a part, in each of some epochs.

    The first `first` slots are before that of the first epoch.
    """

    def __init__(self, epochs: int, part: Part, first: int = 0) -> None:
        shape = (first + epochs, *part.targets.shape)
        self.part, self.first = part, first
        self.z = np.empty(shape, part.targets.dtype)
        self.a = np.empty(shape, part.targets.dtype)


class BatchPlan:
    """Lays out whole epochs in advance, as many as a small log can hold.

    A small network's arithmetic takes a few microseconds, no more than slicing its arrays and
    making a record of an epoch do. So views are made once and used again, and the figures of many
    epochs are worked out together.

    Attributes
    ----------
    epochs
        How many fit the plan; each has a *slot*.
    batches, largest_batch
        Updates an epoch, and samples of the largest one.
    shuffles
        Whether epochs have an order of their own.
    passes_per_epoch
        Those batches, and the looks at what is judged after them.
    outputs
        By part, what the network answers for its judged rows after each epoch: of the training
        part perhaps in the slots of the next epochs, whose own forward pass that is.
    """

    def __init__(self, problem: Problem, choice: TrainingChoice, network: Network) -> None:
        self._problem, self._choice = problem, choice
        self._loss = LOSSES[choice.loss]
        part = problem.train
        self._size = self.largest_batch = min(choice.batch_size or part.rows, part.rows)
        self.batches = -(-part.rows // self._size)
        most = max(1, EVALUATION_NUMBERS // network.numbers_per_sample)
        if most > ROWS_IN_BLOCKS:
            most -= most % ROWS_IN_BLOCKS
        self._evaluation_rows = min(EVALUATION_ROWS, most)
        # The full batch's forward pass is a look at the parameters that the epoch before left.
        self._looks_ahead = self.batches == 1 and network.trains_as_it_predicts
        self._judged = dict(problem.judged)
        if self._looks_ahead:
            self._judged["train"] = part
        looked_at = [name for name in self._judged if name != "train" or not self._looks_ahead]
        self._looks = [(name, rows) for name in looked_at for rows in self._chunks(name)]
        self.passes_per_epoch = self.batches + len(self._looks)
        rows = sum(judged.rows for judged in self._judged.values())
        numbers = problem.outputs * rows + network.trained.size
        room = min(MOST_EPOCHS, LOG_NUMBERS // numbers, MOST_PASSES // self.passes_per_epoch)
        self.epochs = max(1, room)
        self.shuffles = choice.shuffle and self.batches > 1
        whole = self.batches == 1
        # Samples as columns, contiguous: a matrix product of so few features is a third faster.
        self._all_inputs = np.ascontiguousarray(part.inputs.array().T) if whole else None
        self._make_log(network)
        self._scales = self._new_scales(network.dtype)
        self._buffers: dict[int, FloatArray] = {}
        self._last_looks: dict[int, Sequence[Batch]] = {}

    @cached_property
    def _kept(self) -> Laid | None:
        """All passes, where they are few."""
        count = self.epochs * self.passes_per_epoch
        return Laid([self._pass(i) for i in range(count)]) if count <= MOST_PASSES else None

    def _make_log(self, network: Network) -> None:
        part = self._problem.train
        ahead: dict[PartName, int] = {"train": int(self._looks_ahead)}
        self.outputs = {
            name: OutputBuffers(self.epochs, judged, ahead.get(name, 0))
            for name, judged in self._judged.items()
        }
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
        """Shuffle the epoch before's `order`, shape (rows,), in place for a slot's epoch.

        Where no order is asked for or matters, neither `order` nor `rng` is touched.
        """
        if self.shuffles:
            rng.shuffle(order)
            self._orders[slot] = order
            self._problem.train.targets.take(order, 1, self._targets[slot], "clip")
            if self._scales is not None and self._problem.sample_weights is not None:
                weights = self._problem.sample_weights[order]
                np.multiply(weights, self._batch_scales, out=self._scales[slot])

    def passes(self, start: int, stop: int) -> Sequence[Batch]:
        """Return passes number `start` up to `stop`, counted from the first slot's first."""
        if self._kept is not None:
            return Stretch(self._kept, start, stop)
        return [self._pass(number) for number in range(start, stop)]

    def last_look(self, epochs: int) -> Sequence[Batch]:
        """Return passes that answer, after so many epochs, what a next epoch would have."""
        if not self._looks_ahead:
            return ()
        if epochs not in self._last_looks:
            look = Laid(self.look("train", self.outputs["train"], epochs))
            self._last_looks[epochs] = Stretch(look, 0, len(look.batches))
        return self._last_looks[epochs]

    def judgement(self, name: PartName) -> OutputBuffers:
        """Return buffers of one epoch for `look`."""
        return OutputBuffers(1, self._judged[name])

    def look(self, name: PartName, outputs: OutputBuffers, slot: int) -> list[Batch]:
        """Return passes that only look at all judged rows of a part, for a slot of `outputs`."""
        if name == "train" and self._looks_ahead and self._all_inputs is not None:
            # In one product, as in training: the same numbers to the last bit.
            return [Batch(self._all_inputs, None, 0.0, outputs.z[slot], outputs.a[slot])]
        return [self._look(outputs, slot, rows) for rows in self._chunks(name)]

    def judge(
        self,
        rows: NDArray[np.float64],
        name: PartName,
        outputs: OutputBuffers,
        engine: Engine | None,
    ) -> None:
        """Write a part's losses (in target units) and metrics into the records of its epochs.

        NumPy works them out, or an engine what it knows of them.
        """
        problem, slots = self._problem, slice(outputs.first, outputs.first + len(rows))
        z, a, targets = outputs.z[slots], outputs.a[slots], outputs.part.targets
        losses, metrics = self._loss.values, problem.metric.values
        if engine is not None:
            losses = engine.losses
            metrics = engine.accuracies if problem.metric.name == "accuracy" else metrics
        column_of(rows, f"{name}_loss")[:] = problem.loss_unit * losses(z, a, targets)
        column_of(rows, f"{name}_metric")[:] = metrics(a, targets, problem.decision_threshold)

    def _chunks(self, name: PartName) -> list[slice]:
        """Return which judged rows of a part are looked at together."""
        rows, step = self._judged[name].rows, self._evaluation_rows
        return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]

    def _look(self, outputs: OutputBuffers, slot: int, rows: slice) -> Batch:
        inputs, z, a = outputs.part.inputs, outputs.z[slot, :, rows], outputs.a[slot, :, rows]
        view = inputs.view(rows.start, rows.stop)
        if view is not None:
            return Batch(view.T, None, 0.0, z, a)
        x = inputs.new_batch(rows.stop - rows.start)
        return Batch(x, None, 0.0, z, a, None, inputs, np.arange(rows.start, rows.stop))

    def _pass(self, number: int) -> Batch:
        slot, within = divmod(number, self.passes_per_epoch)
        if within < self.batches:
            return self._training_pass(slot, within * self._size, within + 1 == self.batches)
        name, rows = self._looks[within - self.batches]
        return self._look(self.outputs[name], slot, rows)

    def _training_pass(self, slot: int, start: int, last: bool) -> Batch:
        part = self._problem.train
        stop = min(start + self._size, part.rows)
        scale: float | FloatArray = self._scale(stop - start)
        if self._scales is not None:
            scale = self._scales[slot if self.shuffles else 0, start:stop]
        y = self._targets[slot if self.shuffles else 0][:, start:stop]
        z = a = None
        if self._looks_ahead:
            z, a = self.outputs["train"].z[slot], self.outputs["train"].a[slot]
        kept = self.gradients[slot] if last else None
        if self._all_inputs is not None:
            return Batch(self._all_inputs, y, scale, z, a, kept)
        view = None if self.shuffles else part.inputs.view(start, stop)
        if view is not None:
            return Batch(view.T, y, scale, z, a, kept)
        rows = self._orders[slot, start:stop] if self.shuffles else np.arange(start, stop)
        return Batch(self._buffer(stop - start), y, scale, z, a, kept, part.inputs, rows)

    def _buffer(self, rows: int) -> FloatArray:
        """Return where a batch of so many rows is gathered: one buffer for each size there is."""
        if rows not in self._buffers:
            self._buffers[rows] = self._problem.train.inputs.new_batch(rows)
        return self._buffers[rows]
