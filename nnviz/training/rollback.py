"""What a Trainer keeps of the end of its last epoch: to go back to, and to be told as a Moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.network import Network
from nnviz.engine.optimizers import OptimizerState
from nnviz.training.callbacks import EpochCallbacks
from nnviz.training.checkpoints import Chances, Checkpoint, TrainingState


class RollbackBuffer:
    """All that training changes, as it was at the end of an epoch.

    Parameters
    ----------
    network, optimizer
        The network and the state of its optimiser.
    order
        The order of samples; None where it stays the same.
    generators
        Where chance comes from.
    """

    def __init__(
        self,
        network: Network,
        optimizer: OptimizerState,
        order: NDArray[np.intp] | None,
        generators: Sequence[np.random.Generator],
    ) -> None:
        self._optimizer, self._generators = optimizer, generators
        arrays = (network.parameters, network.gradients, optimizer.moments)
        self._present = arrays if order is None else (*arrays, order)
        self._copies = tuple(np.empty_like(array) for array in self._present)
        self.update()

    def update(self) -> None:
        """Keep the present."""
        for copy, array in zip(self._copies, self._present, strict=True):
            copy[...] = array
        self._steps = self._optimizer.steps
        self._chances = self._chances_now()

    def restore(self) -> None:
        """Make what was kept the present."""
        for copy, array in zip(self._copies, self._present, strict=True):
            array[...] = copy
        self._optimizer.steps = self._steps
        for generator, chance in zip(self._generators, self._chances, strict=True):
            generator.bit_generator.state = chance

    def checkpoint(self, run_id: int, epoch: int, rules: EpochCallbacks) -> Checkpoint:
        """Return what was kept, as a checkpoint of a run."""
        arrays = [copy.copy() for copy in self._copies]
        return _checkpoint(run_id, epoch, rules, arrays, self._steps, self._chances)

    def look(self, run_id: int, epoch: int, rules: EpochCallbacks) -> Checkpoint:
        """Return the present, the end of an epoch, as a checkpoint; what was kept stays so."""
        arrays = [array.copy() for array in self._present]
        return _checkpoint(run_id, epoch, rules, arrays, self._optimizer.steps, self._chances_now())

    def resume(self, checkpoint: Checkpoint) -> None:
        """Make a checkpoint what is kept, and the present."""
        state = checkpoint.state
        given: list[NDArray[Any]] = [checkpoint.parameters, checkpoint.gradients, state.optimizer]
        if state.order is not None:
            given.append(state.order)
        for copy, array in zip(self._copies, given, strict=True):
            copy[...] = array
        self._steps, self._chances = state.steps, state.chances
        self.restore()

    def _chances_now(self) -> Chances:
        return tuple(generator.bit_generator.state for generator in self._generators)


def _checkpoint(
    run_id: int,
    epoch: int,
    rules: EpochCallbacks,
    arrays: Sequence[NDArray[Any]],
    steps: int,
    chances: Chances,
) -> Checkpoint:
    parameters, gradients, optimizer, *order = arrays
    small = order[0].astype(np.min_scalar_type(order[0].size - 1)) if order else None
    state = TrainingState(optimizer, steps, chances, small, rules.state())
    return Checkpoint(run_id, epoch, parameters, gradients, state)
