"""Early stopping: the end when a loss no longer falls, and the way back to its minimum."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nnviz.engine.arrays import FloatArray
from nnviz.training.frozen import ReadOnly


@dataclass(frozen=True, eq=False)
class PatienceState(ReadOnly):
    """What a `Patience` remembers.

    Parameters
    ----------
    best, epoch, waited
        The smallest loss, the epoch it was met in, and how many epochs there have been since.
    parameters
        Those it was smallest with.
    """

    best: float
    epoch: int
    waited: int
    parameters: FloatArray


class Patience:
    """Watches a loss and keeps the parameters it was smallest with.

    Parameters
    ----------
    epochs
        How many without a new minimum are waited.
    parameters
        The network's, flat; read at each new minimum, written by `restore`.
    """

    def __init__(self, epochs: float, parameters: FloatArray) -> None:
        self._epochs, self._parameters = epochs, parameters
        self._best_parameters = parameters.copy()
        self._best, self._epoch, self._waited = math.inf, 0, 0

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
