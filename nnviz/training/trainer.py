"""The Trainer: the loop of training, one mini-batch a step."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.training import Batch, Method
from nnviz.errors import DivergedError
from nnviz.training.checkpoints import Checkpoint, CheckpointQueue
from nnviz.training.divergence import diverged
from nnviz.training.editing import check_edits, edited
from nnviz.training.edits import Edit, SetTraining
from nnviz.training.experiment import Experiment
from nnviz.training.loop import TrainingLoop
from nnviz.training.problem import Problem
from nnviz.training.records import EpochBatch, EpochRecord, Snapshot, column_of, new_rows, norms_of


def overflow_is_checked() -> AbstractContextManager[None]:
    """Return a context in which NumPy does not warn of overflow: the Trainer looks for itself."""
    return np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore")


class Trainer(TrainingLoop):
    """Trains one Experiment; the window's process and the command line use the same.

    Its edits are made when so many epochs are done, before training goes on. `problem` and
    `network` are then others.

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
        problem = problem.followed_by(experiment) if problem else Problem(experiment)
        if experiment.edits:
            check_edits(experiment, problem.samples)
        super().__init__(problem)
        self.network_epoch = 0
        """The epoch whose network it is: the best, where the run went back to it."""
        self.trained = 0
        """Epochs trained in all."""
        self.edits = 0
        """How many of the experiment's edits have been made."""
        self._edit_epoch = self._epoch_of_next_edit()
        self._last_epoch = experiment.training.epochs
        self._one_at_a_time = False
        self._error: DivergedError | None = None
        self.checkpoint_queue = CheckpointQueue(checkpoints_room)
        """Checkpoints for whoever keeps them; they wait here until they are taken."""

    @property
    def learning_rate(self) -> float:
        """Rate of the epoch under way, or of the next one."""
        return self._rules.rate_of(self.epoch)

    @property
    def finished(self) -> bool:
        """Whether the number of epochs asked for is done, and every edit."""
        return self.epoch >= self._last_epoch and not self._edit_follows

    @property
    def should_stop(self) -> bool:
        """Whether the stop rule has been met, and no edit follows."""
        return self._rules.should_stop and not self._edit_follows

    @property
    def _ended(self) -> bool:
        """Whether no epoch follows, whatever is edited."""
        return self.epoch >= self._last_epoch or self._rules.should_stop

    @property
    def due(self) -> tuple[Edit, ...]:
        """The edits that are made before training goes on."""
        later = self.experiment.edits[self.edits :] if self._edit_due else ()
        return tuple(edit for edit in later if edit.epoch <= self.epoch)

    @property
    def _edit_follows(self) -> bool:
        return self._edit_epoch < sys.maxsize

    @property
    def _edit_due(self) -> bool:
        return self._edit_epoch <= self.epoch

    def extend(self) -> None:
        """Ask for as many epochs again as the experiment did; call `steps` anew for them.

        The stop rule has had its say and is not asked again: it would stop at once. Training goes
        on from the last epoch, also where the network was taken back to its best one.
        """
        self._last_epoch = self.epoch + self.experiment.training.epochs
        self._rules.dismiss()
        self._return_to_last_epoch()

    def _return_to_last_epoch(self) -> None:
        if self.network_epoch != self.epoch:  # its best epoch's parameters were put back
            self._kept.restore()
            self.network_epoch = self.epoch

    def edit(self, edit: Edit) -> Edit:
        """Change the run from the end of the present epoch on; return the edit with its epoch.

        It joins the experiment, and is made where training goes on, or by `make_edits`.

        Raises
        ------
        InvalidChoiceError
            If it cannot be, or an edit that is still to come cannot be after it; nothing is
            changed then.
        """
        epoch = self.epoch + (self._batches_done > 0)
        stamped, edits = dataclasses.replace(edit, epoch=epoch), self.experiment.edits
        place = sum(each.epoch <= epoch for each in edits)
        edits = (*edits[:place], stamped, *edits[place:])
        asked = dataclasses.replace(self.experiment, edits=edits)
        check_edits(asked, self.problem.samples, place)
        self.experiment = asked
        self._edit_epoch = self._epoch_of_next_edit()
        return stamped

    def make_edits(self) -> EpochBatch:
        """Make the edits that are due; ask within `overflow_is_checked`.

        Returns
        -------
        The present epoch's record once more, where its network answers otherwise now, or is asked
        otherwise. Of its gradients nothing is known any more (NaN).
        """
        altered, before = False, self.edits
        while self._edit_due:
            altered |= self._make(self.experiment.edits[self.edits])
        rows = new_rows(0, len(self.network.layers))
        if altered:
            rows = np.array([self.evaluate().row()])
            norms_of(rows)[...] = np.nan
        if self.edits > before:
            self.checkpoint_queue.insist(self.checkpoint())
        return EpochBatch(self.run_id, rows, self.edits)

    def _make(self, edit: Edit) -> bool:
        """Make the next edit; return whether the network's figures are others now."""
        number = self.edits
        problem = self.problem.followed_by(edited(self.experiment, number + 1))
        self.edits += 1
        self._edit_epoch = self._epoch_of_next_edit()
        if isinstance(edit, SetTraining) and edit.setting == "learning_rate":
            # Often, and nothing else depends on it.
            self.problem, self._rules.base_rate = problem, problem.experiment.training.learning_rate
            return False
        altered = edit.alters or self.network_epoch != self.epoch
        self._return_to_last_epoch()
        self._succeed(problem, edit, number)
        return altered

    def _epoch_of_next_edit(self) -> int:
        edits = self.experiment.edits
        return edits[self.edits].epoch if self.edits < len(edits) else sys.maxsize

    def steps(self) -> Iterator[EpochRecord | None]:
        """Train, one mini-batch for each `next`; ask within `overflow_is_checked`.

        Yields
        ------
        The record of epoch 0 first, before any training; then None after each mini-batch but an
        epoch's last, and the epoch's record after that one, once more where it is edited. The
        caller may stop asking, `edit` or take a `snapshot` between any two steps.

        Raises
        ------
        DivergedError
            If a loss or a parameter is no longer finite. The network is then that of the last
            epoch whose loss was worth having, with a gradient of zeros.
        """
        if self.epoch == 0:
            yield self.evaluate()
        while not self.finished and not self.should_stop:
            batch = self.advance(1)
            if not len(batch.rows) and self._batches_done:
                yield None
            yield from batch.records()

    def advance(self, updates: int) -> EpochBatch:
        """Train so many mini-batches, at least 1, or fewer where training ends.

        However the mini-batches are shared out among calls, the numbers are the same to the last
        bit; many at a time are faster, because records are made of many epochs together.

        Returns
        -------
        The records of the epochs that were completed, as a table; often without any rows. Where
        an edit is due it is made first, and the table ends where the next one is.

        Raises
        ------
        DivergedError
            See `steps`. Records from before it are returned first; the next call raises.
        """
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        tables = [self.make_edits().rows]
        if self._ended and self._edit_follows:  # it was trained on, and edited then
            self.extend()
        if not self._sound.known:
            self._sound.begin(self.epoch, self.evaluate().train_loss)
        try:
            while updates > 0 and not self._ended and not self._edit_due:
                updates -= self._advance_a_block(updates, tables)
        except DivergedError as error:
            if not any(map(len, tables)):
                raise
            self._error = error
        return EpochBatch(self.run_id, np.concatenate(tables), self.edits)

    @property
    def updates(self) -> int:
        """Number of mini-batches done since epoch 0."""
        return self._method.state.steps

    def updates_until(self, epochs: int) -> int:
        """Return how many mini-batches complete so many epochs, first the one under way."""
        return epochs * self._plan.batches - self._batches_done

    def evaluate(self) -> EpochRecord:
        """Return the record of the network as it is now."""
        rows = self._judged()
        column_of(rows, "epoch")[:] = self.network_epoch
        column_of(rows, "learning_rate")[:] = self.learning_rate
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
            self.edits,
        )

    def checkpoint(self) -> Checkpoint:
        """Return the end of the last epoch, from which training can go on in another Trainer."""
        return self._kept.checkpoint(self.run_id, self.epoch, self._rules, self.edits)

    def resume(self, checkpoint: Checkpoint) -> None:
        """Stand where a Trainer of the same experiment stood, and go on as that one did.

        Where all epochs asked for are done by then, `extend` asks for more. Edits that were not
        made by then are made when their epochs come, those of that one first.
        """
        if checkpoint.edits != self.edits:
            self.edits = checkpoint.edits
            problem = self.problem.followed_by(edited(self.experiment, self.edits))
            self._build(problem, problem.blank_network())
        self._edit_epoch = self._epoch_of_next_edit()
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
            self._begin(np.array([self.learning_rate]))
        number = self._batches_done
        (batch,) = self._plan.passes(number, number + 1)
        return self._method, batch, float(self._rates[number // self._plan.batches])

    def _advance_a_block(self, updates: int, tables: list[NDArray[np.float64]]) -> int:
        """Train some whole epochs, or a part of one; return how many mini-batches that was.

        Epochs are trained ahead as if nothing could happen in them. Where something did (the stop
        rule was met, the plateau schedule lowered the rate, the loss began to run away), they are
        trained again up to there.
        """
        if self._batches_done == 0:
            ahead = range(self.epoch, self.epoch + self._epochs_ahead(updates))
            self._begin(self._rules.rates_of(ahead))
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
        losses = column_of(table, "train_loss")
        sound = self._sound.last_sound(losses)
        right = self._rules.observe(table[: sound or epochs])
        if right < epochs:
            self._kept.restore()
            self._begin(self._rates[:right])
            self._train(0, right * self._plan.passes_per_epoch)
        self.epoch += right
        self._kept.update()
        self.network_epoch = self.trained = self.epoch
        self._sound.observe(self.epoch, losses[:right], sound)
        if self._ended:
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
        end = min(self._last_epoch, self._edit_epoch)
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
                    self._kept.checkpoint(self.run_id, epoch, self._rules, self.edits, present=True)
                )
                start = stop
        self._train(start, epochs * each)
        return checkpoints

    def _look_closer(self) -> int:
        """Go back to the last good epoch; raise if the very next one is the one that broke.

        Returns
        -------
        0, the number of mini-batches done: the epochs are to be trained anew, one at a time.
        """
        alone, rate = len(self._rates) == 1, float(self._rates[0])
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
        epochs, rates = (epoch, self.epoch), (rate, self._rules.base_rate)
        return diverged(self.problem, self.network, broken, epochs, rates)
