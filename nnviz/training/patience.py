"""Early stopping: the end when the test loss no longer falls, and the way back to its minimum."""

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
    best, waited
        The smallest test loss, and how many epochs there have been since.
    parameters
        Those it was smallest with.
    """

    best: float
    waited: int
    parameters: FloatArray


class Patience:
    """Watches the test loss and keeps the parameters it was smallest with.

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
        self._best, self._waited = math.inf, 0

    def observe(self, test_loss: float) -> bool:
        """Look at the end of an epoch; return whether it was one too many."""
        if test_loss < self._best:
            self._best, self._waited = test_loss, 0
            self._best_parameters[...] = self._parameters
        else:
            self._waited += 1
        return self._waited >= self._epochs

    def restore(self) -> None:
        """Make the best parameters the network's."""
        self._parameters[...] = self._best_parameters

    def state(self) -> PatienceState:
        """Return a copy of what it remembers."""
        return PatienceState(self._best, self._waited, self._best_parameters.copy())

    def resume(self, state: PatienceState) -> None:
        """Remember that instead."""
        self._best, self._waited = state.best, state.waited
        self._best_parameters[...] = state.parameters
