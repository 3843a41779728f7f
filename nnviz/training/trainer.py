"""The Trainer: the loop of training, one mini-batch a step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.choices import resolve
from nnviz.engine.clipping import GradientClip
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.penalties import WeightPenalty
from nnviz.engine.training import Batch, Method, train_batches
from nnviz.errors import DivergedError
from nnviz.training.batch_plan import BatchPlan
from nnviz.training.callbacks import EpochCallbacks
from nnviz.training.checkpoints import Checkpoint, CheckpointQueue, RollbackBuffer
from nnviz.training.divergence import SoundState, diverged
from nnviz.training.experiment import Experiment, TrainingChoice
from nnviz.training.problem import Problem
from nnviz.training.records import EpochBatch, EpochRecord, Snapshot, column_of, new_rows, norms_of


def overflow_is_checked() -> AbstractContextManager[None]:
    """Return a context in which NumPy does not warn of overflow: the Trainer looks for itself."""
    return np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore")


def _method_of(choice: TrainingChoice, network: Network) -> Method:
    """Return how a batch's error becomes a step, at the beginning of a run."""
    optimizer, size = OPTIMIZERS[choice.optimizer], network.trained.size
    values = resolve(optimizer.parameters, choice.optimizer_values, "training.optimizer")
    penalised, clipped = choice.l1 or choice.l2, choice.clip_norm or choice.clip_value
    return Method(
        LOSSES[choice.loss],
        optimizer,
        optimizer.start(size, network.dtype, values),
        WeightPenalty(choice.l1, choice.l2, network.weight_mask()[:size]) if penalised else None,
        GradientClip(choice.clip_norm, choice.clip_value) if clipped else None,
    )


class Trainer:
    """Trains one Experiment; the window's process and the command line use the same.

    Parameters
    ----------
    run_id
        Written into every record.
    problem
        The experiment's data, when the caller already has it.
    checkpoints_room
        How many somebody keeps, who takes them from `checkpoint_queue`; 0 if nobody does.

    Raises
    ------
    InvalidChoiceError
        If the experiment cannot be.
    """

    def __init__(
        self,
        experiment: Experiment,
        run_id: int = 0,
        problem: Problem | None = None,
        checkpoints_room: int = 0,
    ) -> None:
        self.experiment, self.run_id = experiment, run_id
        self.problem = problem or Problem(experiment)
        self.network: Network = self.problem.new_network()
        self.epoch = self.network_epoch = 0
        """Epochs done; and the one whose network it is: the best, where the run went back to it."""
        self.trained = 0
        """Epochs trained in all."""
        choice, network = experiment.training, self.network
        self._last_epoch = choice.epochs
        self._method = _method_of(choice, network)
        self._rules = EpochCallbacks(choice, network.parameters, self.problem.chosen_by)
        self._plan = BatchPlan(self.problem, choice, network)
        self._rng = np.random.default_rng([choice.seed, 1])
        self._order = np.arange(self.problem.train.rows)
        self._rates: list[float] = []
        self._batches_done, self._one_at_a_time = 0, False
        self._error: DivergedError | None = None
        order, generators = None, [*network.generators]
        if self._plan.shuffles:
            order, generators = self._order, [*generators, self._rng]
        self._kept = RollbackBuffer(network, self._method.state, order, generators)
        self._sound = SoundState(RollbackBuffer(network, self._method.state, order, generators))
        self.checkpoint_queue = CheckpointQueue(checkpoints_room)
        """Checkpoints for whoever keeps them; they wait here until they are taken."""
        self.progress = memoryview(bytearray(8)).cast("q")
        """One number that every batch moves, for whoever watches: `train_batches` has it."""

    @property
    def base_rate(self) -> float:
        """The initial learning rate; one that is set counts from the next epoch on."""
        return self._rules.base_rate

    @base_rate.setter
    def base_rate(self, rate: float) -> None:
        self._rules.base_rate = rate

    @property
    def learning_rate(self) -> float:
        """Rate of the epoch under way, or of the next one."""
        return self._rules.rate_of(self.epoch)

    @property
    def finished(self) -> bool:
        """Whether the number of epochs asked for is done."""
        return self.epoch >= self._last_epoch

    @property
    def should_stop(self) -> bool:
        """Whether the stop rule has been met."""
        return self._rules.should_stop

    def extend(self) -> None:
        """Ask for as many epochs again as the experiment did; call `steps` anew for them.

        The stop rule has had its say and is not asked again: it would stop at once. Training goes
        on from the last epoch, also where the network was taken back to its best one.
        """
        self._last_epoch = self.epoch + self.experiment.training.epochs
        self._rules.dismiss()
        if self.network_epoch != self.epoch:  # its best epoch's parameters were put back
            self._kept.restore()
            self.network_epoch = self.epoch

    def steps(self) -> Iterator[EpochRecord | None]:
        """Train, one mini-batch for each `next`; ask within `overflow_is_checked`.

        Yields
        ------
        The record of epoch 0 first, before any training; then None after each mini-batch but an
        epoch's last, and the epoch's record after that one. The caller may stop asking, change
        `base_rate` or take a `snapshot` between any two steps.

        Raises
        ------
        DivergedError
            If a loss or a parameter is no longer finite. The network is then that of the last
            epoch whose loss was worth having, with a gradient of zeros.
        """
        if self.epoch == 0:
            yield self.evaluate()
        while not self.finished and not self.should_stop:
            records = self.advance(1).records()
            yield next(records, None)

    def advance(self, updates: int) -> EpochBatch:
        """Train so many mini-batches, at least 1, or fewer where training ends.

        However the mini-batches are shared out among calls, the numbers are the same to the last
        bit; many at a time are faster, because records are made of many epochs together.

        Returns
        -------
        The records of the epochs that were completed, as a table; often without any rows.

        Raises
        ------
        DivergedError
            See `steps`. Records from before it are returned first; the next call raises.
        """
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        if not self._sound.known:
            self._sound.begin(self.epoch, self.evaluate().train_loss)
        tables = [new_rows(0, len(self.network.layers))]
        try:
            while updates > 0 and not self.finished and not self.should_stop:
                updates -= self._advance_a_block(updates, tables)
        except DivergedError as error:
            if len(tables) == 1:
                raise
            self._error = error
        return EpochBatch(self.run_id, np.concatenate(tables))

    @property
    def updates(self) -> int:
        """Number of mini-batches done since epoch 0."""
        return self.epoch * self._plan.batches + self._batches_done

    def updates_until(self, epochs: int) -> int:
        """Return how many mini-batches complete so many epochs, first the one under way."""
        return epochs * self._plan.batches - self._batches_done

    def evaluate(self) -> EpochRecord:
        """Return the record of the network as it is now."""
        rows = new_rows(1, len(self.network.layers))
        column_of(rows, "epoch")[:] = self.network_epoch
        column_of(rows, "learning_rate")[:] = self.learning_rate
        for name in self._plan.outputs:
            outputs = self._plan.judgement(name)
            self._run(self._plan.look(name, outputs, 0))
            self._plan.judge(rows, name, outputs)
        norms_of(rows)[:] = self.network.gradient_sizes(self.network.trained_gradients[np.newaxis])
        return EpochRecord.from_row(self.run_id, rows[0].tolist())

    def snapshot(self) -> Snapshot:
        """Return a copy of parameters and gradients."""
        return Snapshot(
            self.run_id,
            self.network_epoch,
            self.network.parameters.copy(),
            self.network.gradients.copy(),
            self.updates,
            self.trained,
        )

    def checkpoint(self) -> Checkpoint:
        """Return the end of the last epoch, from which training can go on in another Trainer."""
        return self._kept.checkpoint(self.run_id, self.epoch, self._rules)

    def resume(self, checkpoint: Checkpoint) -> None:
        """Stand where a Trainer of the same experiment stood, and go on as that one did.

        Where all epochs asked for are done by then, `extend` asks for more.
        """
        self._kept.resume(checkpoint)
        self._rules.resume(checkpoint.state.rules)
        self.epoch = self.network_epoch = self.trained = checkpoint.epoch
        self._last_epoch = self.experiment.training.epochs
        self._batches_done, self._one_at_a_time, self._error = 0, False, None
        self.checkpoint_queue.begin(self.epoch)
        self._sound.forget()

    def next_batch(self) -> tuple[Method, Batch, float]:
        """Return the next mini-batch, how it would be trained and at which rate.

        For whoever looks at it: this Trainer cannot train on as another would, for it may have
        drawn an epoch's order.
        """
        if self._batches_done == 0:
            self._begin([self.learning_rate])
        number = self._batches_done
        (batch,) = self._plan.passes(number, number + 1)
        return self._method, batch, self._rates[number // self._plan.batches]

    def _advance_a_block(self, updates: int, tables: list[NDArray[np.float64]]) -> int:
        """Train some whole epochs, or a part of one; return how many mini-batches that was.

        Epochs are trained ahead as if nothing could happen in them. Where something did (the stop
        rule was met, the plateau schedule lowered the rate, the loss began to run away), they are
        trained again up to there.
        """
        if self._batches_done == 0:
            ahead = range(self.epoch, self.epoch + self._epochs_ahead(updates))
            self._begin([self._rules.rate_of(epoch) for epoch in ahead])
        epochs, batches = len(self._rates), self._plan.batches
        start, stop = self._batches_done, min(epochs * batches, self._batches_done + updates)
        self._batches_done = stop % (epochs * batches)
        if self._batches_done:
            self._train(start, stop)
            return stop - start
        checkpoints = self._train_to_the_end(start, epochs)
        table = self._figures(epochs)
        if not self._is_finite(table):
            return self._look_closer()
        losses = column_of(table, "train_loss").tolist()
        right = self._rules.observe(table[: self._sound.last_sound(losses) or epochs])
        if right < epochs:
            self._kept.restore()
            self._begin(self._rates[:right])
            self._train(0, right * self._plan.passes_per_epoch)
        self.epoch += right
        self._kept.update()
        self.network_epoch = self.trained = self.epoch
        self._sound.observe(self.epoch, losses[:right])
        if self.should_stop or self.finished:
            self.network_epoch = self._rules.end(self.epoch)
        if self.network_epoch != self.epoch:
            self.network.gradients.fill(0.0)  # that of another epoch says nothing of it
        if self.epoch >= self.checkpoint_queue.next and not checkpoints:
            checkpoints = [self.checkpoint()]
        self.checkpoint_queue.add([one for one in checkpoints if one.epoch <= self.epoch])
        tables.append(table[:right])
        return right * batches - start

    def _epochs_ahead(self, updates: int) -> int:
        if self._one_at_a_time or self._rules.look_every_epoch:
            return 1
        whole = max(1, updates // self._plan.batches)
        end = self._last_epoch
        if not self._looks_on_the_way:
            end = min(end, self.checkpoint_queue.next)
        return min(whole, self._plan.epochs, end - self.epoch)

    @property
    def _looks_on_the_way(self) -> bool:
        """Whether the end of an epoch can be kept before it is known what came of it.

        Orders of samples are drawn for all epochs trained ahead, so that there is but the last.
        """
        return self._rules.ask_nothing and not self._plan.shuffles

    def _train_to_the_end(self, start: int, epochs: int) -> list[Checkpoint]:
        """Train the rest of so many epochs; return those to be kept on the way."""
        each, checkpoints = self._plan.passes_per_epoch, []
        if self._looks_on_the_way:
            for epoch in self.checkpoint_queue.wanted_until(self.epoch + epochs):
                stop = (epoch - self.epoch) * each
                self._train(start, stop)
                checkpoints.append(
                    self._kept.checkpoint(self.run_id, epoch, self._rules, present=True)
                )
                start = stop
        self._train(start, epochs * each)
        return checkpoints

    def _begin(self, rates: list[float]) -> None:
        """Fix rate and order of the next epochs."""
        self._rates = rates
        for slot in range(len(rates)):
            self._plan.shuffle(slot, self._order, self._rng)

    def _train(self, start: int, stop: int) -> None:
        """Hand passes of the plan to the engine."""
        each = self._plan.passes_per_epoch
        rates = self._rates[start:stop]
        if each > 1:
            rates = [self._rates[i // each] for i in range(start, stop)]
        passes = self._plan.passes(start, stop)
        train_batches(self.network, self._method, passes, rates, self.progress)

    def _run(self, passes: list[Batch]) -> None:
        """Have the engine look at rows, without a step."""
        train_batches(self.network, self._method, passes, [0.0] * len(passes), self.progress)

    def _figures(self, epochs: int) -> NDArray[np.float64]:
        """Return the records of the epochs in the log, one a row as `EpochRecord.row` has them."""
        plan, rows = self._plan, new_rows(epochs, len(self.network.layers))
        self._run(plan.last_look(epochs))
        column_of(rows, "epoch")[:] = np.arange(self.epoch + 1, self.epoch + epochs + 1)
        column_of(rows, "learning_rate")[:] = self._rates
        for name, outputs in plan.outputs.items():
            plan.judge(rows, name, outputs)
        norms_of(rows)[:] = self.network.gradient_sizes(plan.gradients[:epochs])
        return rows

    def _is_finite(self, rows: NDArray[np.float64]) -> bool:
        losses = [column_of(rows, f"{name}_loss") for name in self._plan.outputs]
        # Once a parameter is NaN or infinite it stays so: looking at the last epoch is enough.
        return bool(np.isfinite(losses).all() and np.isfinite(self.network.parameters).all())

    def _look_closer(self) -> int:
        """Go back to the last good epoch; raise if the very next one is the one that broke.

        Returns
        -------
        0, the number of mini-batches done: the epochs are to be trained anew, one at a time.
        """
        alone, rate = len(self._rates) == 1, self._rates[0]
        self._kept.restore()
        if alone:
            raise self._diverged(rate)
        self._one_at_a_time = True
        return 0

    def _diverged(self, rate: float) -> DivergedError:
        """Go back to the last epoch worth having; return the error, which names the layer."""
        broken, epoch = self._repeat_until_broken(), self.epoch + 1
        self.epoch = self.network_epoch = self._sound.restore()
        self._kept.update()
        self._one_at_a_time = False
        self.network.gradients.fill(0.0)
        epochs, rates = (epoch, self.epoch), (rate, self.base_rate)
        return diverged(self.problem, self.network, broken, epochs, rates)

    def _repeat_until_broken(self) -> int:
        """Train the same epoch again, looking after each batch; return the layer that broke first.

        Looking costs time, so that it is done only when something is known to have happened.
        """
        self._begin(self._rates)
        for number in range(self._plan.batches):
            self._train(number, number + 1)
            broken = self.network.broken_layer()
            if broken is not None:
                return broken
        for name in self._plan.outputs:  # finite parameters may answer beyond all numbers
            self._run(self._plan.look(name, self._plan.judgement(name), 0))
            broken = self.network.broken_layer()
            if broken is not None:
                return broken
        return len(self.network.layers) - 1
