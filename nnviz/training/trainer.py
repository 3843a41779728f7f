"""The Trainer: the loop of training, one mini-batch a step."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.choices import resolve
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.penalties import WeightPenalty
from nnviz.engine.schedules import SCHEDULES
from nnviz.errors import DivergedError
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Part, Problem
from nnviz.training.records import EpochRecord, Snapshot

EVALUATION_ROWS = 4096
"""Rows evaluated at a time, so that a large test part needs no large buffers."""


def overflow_is_checked() -> AbstractContextManager[None]:
    """Return a context in which NumPy does not warn of overflow: the Trainer looks for itself."""
    return np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore")


class Trainer:
    """Trains one Experiment; the window's process and the command line use the same.

    Parameters
    ----------
    experiment
        What was asked.
    run_id
        Written into every record.
    problem
        Its data, when the caller already has it.

    Raises
    ------
    InvalidChoiceError
        If the experiment cannot be.
    """

    def __init__(
        self, experiment: Experiment, run_id: int = 0, problem: Problem | None = None
    ) -> None:
        self.experiment = experiment
        self.run_id = run_id
        self.problem = problem or Problem(experiment)
        self.network: Network = self.problem.new_network()
        self.epoch = 0
        self._last_epoch = experiment.training.epochs
        self.base_rate = experiment.training.learning_rate
        choice = experiment.training
        self._loss = LOSSES[choice.loss]
        self._optimizer = OPTIMIZERS[choice.optimizer]
        self._optimizer_state = self._optimizer.start(
            self.network.parameters.size,
            self.network.dtype,
            resolve(self._optimizer.parameters, choice.optimizer_values, "training.optimizer"),
        )
        self._schedule = SCHEDULES[choice.schedule]
        self._schedule_state = self._schedule.start(
            resolve(self._schedule.parameters, choice.schedule_values, "training.schedule")
        )
        self._rng = np.random.default_rng([choice.seed, 1])
        self._penalty = (
            WeightPenalty(choice.l1, choice.l2, self.network.weight_mask())
            if choice.l1 or choice.l2
            else None
        )
        self._stop_when = choice.stop_when
        self.should_stop = False
        """Whether the stop rule has been met."""
        self._kept_parameters = self.network.parameters.copy()
        self._kept_moments = self._optimizer_state.moments.copy()
        self._kept_steps = 0
        self._unit = self.problem.loss_unit
        self._prepare_batches()

    @property
    def learning_rate(self) -> float:
        """Rate of the epoch under way, or of the next one."""
        return self._schedule.rate(
            self.base_rate, self.epoch, self.experiment.training.epochs, self._schedule_state
        )

    @property
    def finished(self) -> bool:
        """Whether the number of epochs asked for is done."""
        return self.epoch >= self._last_epoch

    def extend(self) -> None:
        """Ask for as many epochs again as the experiment did; call `steps` anew for them.

        The stop rule has had its say and is not asked again: it would stop at once.
        """
        self._last_epoch = self.epoch + self.experiment.training.epochs
        self._stop_when, self.should_stop = "never", False

    def steps(self) -> Iterator[EpochRecord | None]:
        """Train, one mini-batch for each `next`.

        Yields
        ------
        The record of epoch 0 first, before any training; then None after each mini-batch but an
        epoch's last, and the epoch's record after that one. The caller may stop asking, change
        `base_rate` or take a `snapshot` between any two steps.

        Raises
        ------
        DivergedError
            If a loss or a parameter is no longer finite. The network then holds the parameters of
            the last finite epoch, and a gradient of zeros.

        Notes
        -----
        Ask within `overflow_is_checked`, or NumPy warns before the error says it better.
        """
        if self.epoch == 0:
            yield self.evaluate()
        while not self.finished:
            yield from self._one_epoch()
            if self.should_stop:
                return

    def evaluate(self) -> EpochRecord:
        """Return loss and metric of the parameters as they are now, over all rows."""
        train_loss, train_metric = self._evaluate(self.problem.train)
        test_loss, test_metric = self._evaluate_test()
        return EpochRecord(
            self.run_id,
            self.epoch,
            self.learning_rate,
            train_loss,
            test_loss,
            train_metric,
            test_metric,
            self._gradient_norms(),
        )

    def snapshot(self) -> Snapshot:
        """Return a copy of parameters and gradients."""
        return Snapshot(
            self.run_id,
            self.epoch,
            self.network.parameters.copy(),
            self.network.gradients.copy(),
        )

    def _prepare_batches(self) -> None:
        part, choice = self.problem.train, self.experiment.training
        self._batch_size = min(choice.batch_size or part.rows, part.rows)
        self._full = self._batch_size == part.rows
        self._inputs_transposed = part.inputs.T
        self._batch_rows = np.empty((self._batch_size, part.inputs.shape[1]), self.network.dtype)
        self._order = np.arange(part.rows)
        self._epoch_z = np.empty_like(part.targets)
        self._epoch_a = np.empty_like(part.targets)
        shuffled = choice.shuffle and not self._full
        self._shuffled_targets = np.empty_like(part.targets) if shuffled else None
        self._epoch_targets = part.targets

    def _one_epoch(self) -> Iterator[EpochRecord | None]:
        rate = self.learning_rate
        self._shuffle()
        rows = self.problem.train.rows
        for start in range(0, rows, self._batch_size):
            self._train_batch(start, rate)
            if start + self._batch_size < rows:
                yield None
        yield self._finish_epoch(rate)

    def _shuffle(self) -> None:
        """Put the samples in a new order, where that is asked for and makes a difference."""
        if self._shuffled_targets is None:
            return
        self._rng.shuffle(self._order)
        # mode="clip" lets take write straight into the buffer; the order is always in range.
        targets, out = self.problem.train.targets, self._shuffled_targets
        self._epoch_targets = np.take(targets, self._order, axis=1, out=out, mode="clip")

    def _batch(self, start: int, stop: int) -> tuple[FloatArray, FloatArray]:
        """Return inputs and targets of a batch, samples as columns."""
        if self._full:
            return self._inputs_transposed, self._epoch_targets
        inputs, rows = self.problem.train.inputs, self._batch_rows[: stop - start]
        np.take(inputs, self._order[start:stop], axis=0, out=rows, mode="clip")
        return rows.T, self._epoch_targets[:, start:stop]

    def _train_batch(self, start: int, rate: float) -> None:
        """Forward, backward, and one step of the optimiser."""
        network, choice = self.network, self.experiment.training
        stop = min(start + self._batch_size, self.problem.train.rows)
        x, y = self._batch(start, stop)
        network.forward(x)
        last = network.layers[-1]
        self._epoch_z[:, start:stop] = last.z
        self._epoch_a[:, start:stop] = last.a
        scale = self._loss.gradient_scale(choice.reduction, network.outputs, stop - start)
        network.backward(self._loss, y, scale)
        if self._penalty is not None:
            self._penalty.add_gradient(network.parameters, network.gradients)
        self._optimizer_state.steps += 1
        self._optimizer.update(network.parameters, network.gradients, rate, self._optimizer_state)

    def _finish_epoch(self, rate: float) -> EpochRecord:
        loss = self._unit * self._loss.value(self._epoch_z, self._epoch_a, self._epoch_targets)
        metric = self.problem.metric.value(
            self._epoch_a, self._epoch_targets, self.problem.decision_threshold
        )
        test_loss, test_metric = self._evaluate_test()
        parameters = self.network.parameters
        if not all(map(math.isfinite, (loss, test_loss or 0.0, np.dot(parameters, parameters)))):
            raise self._diverged(rate)
        self._remember()
        self.epoch += 1
        if self._schedule.observe:
            self._schedule.observe(self._schedule_state, loss)
        self.should_stop = self._reached(loss, metric)
        return EpochRecord(
            self.run_id,
            self.epoch,
            rate,
            loss,
            test_loss,
            metric,
            test_metric,
            self._gradient_norms(),
        )

    def _reached(self, loss: float, metric: float) -> bool:
        value = self.experiment.training.stop_value
        if self._stop_when == "train_loss":
            return loss <= value
        return self._stop_when == "train_metric" and metric >= value

    def _gradient_norms(self) -> tuple[float, ...]:
        flat = (layer.flat_gradients for layer in self.network.layers)
        return tuple(math.sqrt(np.dot(gradient, gradient) / gradient.size) for gradient in flat)

    def _evaluate_test(self) -> tuple[float, float] | tuple[None, None]:
        return self._evaluate(self.problem.test) if self.problem.test else (None, None)

    def _evaluate(self, part: Part) -> tuple[float, float]:
        """Return loss (in target units) and metric of a part, in chunks of bounded size."""
        last = self.network.layers[-1]
        if part.rows <= EVALUATION_ROWS:
            a = self.network.forward(part.inputs.T)
            z = last.z
        else:
            z, a = np.empty_like(part.targets), np.empty_like(part.targets)
            for start in range(0, part.rows, EVALUATION_ROWS):
                chunk = slice(start, start + EVALUATION_ROWS)
                a[:, chunk] = self.network.forward(part.inputs[chunk].T)
                z[:, chunk] = last.z
        loss = self._unit * self._loss.value(z, a, part.targets)
        threshold = self.problem.decision_threshold
        return loss, self.problem.metric.value(a, part.targets, threshold)

    def _remember(self) -> None:
        """Keep what training would need to do the next epoch over again."""
        state = self._optimizer_state
        np.copyto(self._kept_parameters, self.network.parameters)
        if state.moments.size:
            np.copyto(self._kept_moments, state.moments)
        self._kept_steps = state.steps

    def _go_back(self) -> None:
        """Return to what `_remember` kept."""
        np.copyto(self.network.parameters, self._kept_parameters)
        np.copyto(self._optimizer_state.moments, self._kept_moments)
        self._optimizer_state.steps = self._kept_steps

    def _diverged(self, rate: float) -> DivergedError:
        """Go back to the last finite epoch; return the error, which names the layer."""
        self._go_back()
        broken = self._repeat_until_broken(rate)
        self._go_back()
        self.network.gradients.fill(0.0)
        count = len(self.network.layers)
        return DivergedError(
            "The output layer grew beyond all numbers in epoch {epoch},"
            " at a learning rate of {rate:g}."
            if broken == count - 1
            else "Hidden layer {layer} grew beyond all numbers in epoch {epoch},"
            " at a learning rate of {rate:g}.",
            "Try a rate of {smaller:g}. The last finite state is kept."
            if self.experiment.data.standardize_inputs
            else "Try a rate of {smaller:g}, or standardise the inputs."
            " The last finite state is kept.",
            layer=broken + 1,
            epoch=self.epoch + 1,
            rate=rate,
            smaller=self.base_rate / 10,
        )

    def _repeat_until_broken(self, rate: float) -> int:
        """Train the same epoch again, looking after each batch; return the layer that broke first.

        Looking costs time, so that it is done only when something is known to have happened.
        """
        for start in range(0, self.problem.train.rows, self._batch_size):
            self._train_batch(start, rate)
            broken = self.network.broken_layer()
            if broken is not None:
                return broken
        return len(self.network.layers) - 1
