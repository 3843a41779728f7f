"""What is decided between epochs: the learning rate of the next one, and whether there is one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.choices import resolve
from nnviz.engine.schedules import SCHEDULES
from nnviz.training.experiment import TrainingChoice
from nnviz.training.problem import PartName
from nnviz.training.records import ReadOnly, column_of


@dataclass(frozen=True, eq=False)
class PatienceState(ReadOnly):
    """What a `Patience` remembers.

    The smallest loss, the epoch it was met in, how many epochs there have been since, and the
    parameters it was smallest with.
    """

    best: float
    epoch: int
    waited: int
    parameters: FloatArray


class Patience:
    """Watches a loss and keeps the parameters it was smallest with.

    So many `epochs` without a new minimum are waited. `parameters` are the network's, flat, at the
    epoch `since` when this begins: read at each new minimum, written by `restore`.
    """

    def __init__(self, epochs: float, parameters: FloatArray, since: int = 0) -> None:
        self._epochs, self._parameters = epochs, parameters
        self._best_parameters = parameters.copy()
        self._best, self._epoch, self._waited = math.inf, since, 0

    def observe(self, epoch: int, loss: float) -> bool:
        """Look at the end of an epoch; return whether it was one too many."""
        if loss < self._best:
            self._best, self._epoch, self._waited = loss, epoch, 0
            self._best_parameters[...] = self._parameters
        else:
            self._waited += 1
        return self._waited >= self._epochs

    def restore(self) -> int:
        """Make the best parameters the network's; return the epoch they are of."""
        self._parameters[...] = self._best_parameters
        return self._epoch

    def state(self) -> PatienceState:
        """Return a copy of what it remembers."""
        return PatienceState(self._best, self._epoch, self._waited, self._best_parameters.copy())

    def resume(self, state: PatienceState) -> None:
        """Remember that instead."""
        self._best, self._epoch, self._waited = state.best, state.epoch, state.waited
        self._best_parameters[...] = state.parameters


@dataclass(frozen=True, eq=False)
class RulesState:
    """What `EpochCallbacks` remember.

    Parameters
    ----------
    base_rate
        The initial learning rate, as last set.
    factor, best, waited
        The schedule's: what it has come to, the smallest loss, and the epochs since.
    should_stop, dismissed
        Whether the stop rule has been met, and whether it is no longer asked.
    patience
        The stop rule's, where it has one.
    """

    base_rate: float
    factor: float
    best: float
    waited: int
    should_stop: bool
    dismissed: bool
    patience: PatienceState | None

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return 0 if self.patience is None else self.patience.parameters.nbytes


class EpochCallbacks:
    """Learning rate, schedule and stop rule of a run.

    The rule looks at the loss of the part `chosen_by` (``Problem.chosen_by``) and may go back to
    the best of the network's `parameters` `since` an epoch. The plateau schedule never looks at the
    test part.
    """

    def __init__(
        self,
        choice: TrainingChoice,
        parameters: FloatArray,
        chosen_by: PartName,
        since: int = 0,
    ) -> None:
        self._stop_by = chosen_by
        self._plateau_by = "validation" if chosen_by == "validation" else "train"
        self._epochs, self._stop_value = choice.epochs, choice.stop_value
        self._stop_when = choice.stop_when
        self._schedule = SCHEDULES[choice.schedule]
        self._memory = self._schedule.start(
            resolve(self._schedule.parameters, choice.schedule_values, "training.schedule")
        )
        rises = choice.stop_when == "validation_loss_rises"
        self._patience = Patience(choice.stop_value, parameters, since) if rises else None
        self.base_rate = choice.learning_rate
        """The initial learning rate; may be changed at any time."""
        self.should_stop = False
        """Whether the stop rule has been met."""

    @property
    def look_every_epoch(self) -> bool:
        """Whether the parameters at the end of every epoch are looked at."""
        return self._patience is not None

    @property
    def ask_nothing(self) -> bool:
        """Whether nothing that happens in an epoch matters for the next one."""
        return self._schedule.observe is None and self._stop_when == "never"

    def rate_of(self, epoch: int) -> float:
        """Return the learning rate of an epoch, counted from 0."""
        return self._schedule.rate(self.base_rate, epoch, self._epochs, self._memory)

    def rates_of(self, epochs: range) -> NDArray[np.float64]:
        """Return the learning rates of some epochs, as long as nothing happens in them."""
        if self._schedule.name in ("constant", "plateau"):
            return np.full(len(epochs), self.rate_of(epochs.start))
        return np.array([self.rate_of(epoch) for epoch in epochs])

    def observe(self, rows: NDArray[np.float64]) -> int:
        """Look at the records of epochs one by one, ``EpochRecord.row`` each.

        Returns after how many of them something changed for the next ones, or their number.
        """
        if self.ask_nothing:
            return len(rows)
        observe, memory = self._schedule.observe, self._memory
        losses = column_of(rows, f"{self._plateau_by}_loss").tolist()
        for place, loss in enumerate(losses):
            factor = memory.factor
            if observe is not None:
                observe(memory, loss)
            self.should_stop = self._reached(rows[place : place + 1])
            if self.should_stop or memory.factor != factor:
                return place + 1
        return len(rows)

    def end(self, epoch: int) -> int:
        """Go back to the best parameters where the stop rule asks for it; return whose they are."""
        return epoch if self._patience is None else self._patience.restore()

    def dismiss(self) -> None:
        """Ask the stop rule no more: it has had its say."""
        self._stop_when, self.should_stop, self._patience = "never", False, None

    def state(self) -> RulesState:
        """Return a copy of what they remember."""
        return RulesState(
            self.base_rate,
            self._memory.factor,
            self._memory.best,
            self._memory.waited,
            self.should_stop,
            self._stop_when == "never",
            None if self._patience is None else self._patience.state(),
        )

    def resume(self, state: RulesState) -> None:
        """Remember that instead."""
        self.base_rate, memory = state.base_rate, self._memory
        memory.factor, memory.best, memory.waited = state.factor, state.best, state.waited
        if state.dismissed:
            self.dismiss()
        self.should_stop = state.should_stop
        if self._patience is not None and state.patience is not None:
            self._patience.resume(state.patience)

    def _reached(self, row: NDArray[np.float64]) -> bool:
        def figure(name: str) -> float:
            return float(column_of(row, name)[0])

        if self._patience is not None:
            return self._patience.observe(int(figure("epoch")), figure(f"{self._stop_by}_loss"))
        if self._stop_when == "train_loss":
            return figure("train_loss") <= self._stop_value
        return self._stop_when == "train_metric" and figure("train_metric") >= self._stop_value
