"""Moments of a run: what it was at some epochs, kept within bounds, to be seen and trained on."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.network import Network
from nnviz.engine.optimizers import OptimizerState
from nnviz.training.callbacks import EpochCallbacks, RulesState
from nnviz.training.records import ReadOnly, Snapshot

BUDGET = 64 * 2**20
"""Bytes that the checkpoints of a run may take."""

FEWEST, MOST = 24, 1000
"""How many there is room for. Fewer make no timeline; more than it has pixels would show nothing
new."""

OVERHEAD = 1024
"""Bytes a checkpoint takes besides its arrays, about."""

Chances = tuple[Mapping[str, Any], ...]
"""States of generators."""


@dataclass(frozen=True, eq=False)
class TrainingState(ReadOnly):
    """All that training needs, beside the parameters, to go on as if it had never stopped.

    Parameters
    ----------
    optimizer, steps
        What the optimiser remembers, shape (vectors, trained parameters), and its steps so far.
    chances
        States of all generators: the layers' and, last, the one that shuffles.
    order
        Order of the samples, shape (rows,); None where they are not shuffled.
    rules
        Learning rate, schedule and stop rule.
    """

    optimizer: FloatArray
    steps: int
    chances: Chances
    order: NDArray[np.unsignedinteger] | None
    rules: RulesState

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        order = 0 if self.order is None else self.order.nbytes
        return self.optimizer.nbytes + order + self.rules.nbytes


@dataclass(frozen=True, eq=False)
class Checkpoint(ReadOnly):
    """A run at the end of one epoch: to be looked at, and to be trained on from.

    Parameters and gradients, shape (parameters,), are laid out as ``Network`` lays them out;
    `state` is the rest of what training needs. So many of the run's `edits` have been made: the
    vectors are laid out as they make the network.
    """

    run_id: int
    epoch: int
    parameters: FloatArray
    gradients: FloatArray
    state: TrainingState
    edits: int = 0

    @property
    def nbytes(self) -> int:
        """Bytes it takes, about."""
        return self.parameters.nbytes + self.gradients.nbytes + self.state.nbytes + OVERHEAD

    def snapshot(self) -> Snapshot:
        """Return what there is to see of it; the arrays are shared, for nobody can write them."""
        updates = self.state.steps
        arrays = self.parameters, self.gradients
        return Snapshot(self.run_id, self.epoch, *arrays, updates, edits=self.edits)


def room_for(nbytes: int) -> int:
    """Return how many checkpoints of so many bytes are to be kept.

    As many as the budget allows, from `FEWEST` to `MOST`; of a huge network fewer still, so that
    they never take more than four times the budget, but never less than four.
    """
    usual = min(max(FEWEST, BUDGET // nbytes), MOST)
    return max(4, min(usual, 4 * BUDGET // nbytes))


class RetentionPolicy:
    """Which epochs are kept: all of the first quarter of the room, then every so many.

    The stride doubles whenever the room, at least 4, is full, so that what is kept is spread evenly
    however long the run.
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self.stride = 1
        """Epochs between two that are kept, after the first ones; a power of two."""
        self.dense = room // 4
        """How many of the first epochs are kept at any stride."""

    def keeps(self, epoch: int) -> bool:
        """Whether the epoch is one of those kept at the present stride."""
        return epoch < self.dense or epoch % self.stride == 0

    def next_after(self, epoch: int) -> int:
        """Return the next epoch to be kept; the stride doubles if there is no room for it."""
        if epoch + 1 < self.dense:
            return epoch + 1
        while self._count(following := (epoch // self.stride + 1) * self.stride) > self.room:
            self.widen()
        return following

    def widen(self) -> None:
        """Double the stride."""
        self.stride *= 2

    def _count(self, epoch: int) -> int:
        """Return how many epochs from 0 to this one, not one of the first, are kept."""
        return self.dense + epoch // self.stride - (self.dense - 1) // self.stride


class CheckpointQueue:
    """A run's checkpoints on their way to the one who keeps so many; 0 if nobody wants any."""

    def __init__(self, room: int) -> None:
        self._retention = RetentionPolicy(room) if room else None
        self._waiting: list[Checkpoint] = []
        self.next = sys.maxsize
        """The epoch to be kept next."""
        self.begin(0)

    def begin(self, epoch: int) -> None:
        """Say that a checkpoint of this epoch is kept already."""
        if self._retention is not None:
            self._latest, self.next = epoch, self._retention.next_after(epoch)

    def wanted_until(self, end: int) -> Iterator[int]:
        """Yield the epochs to be kept from now up to and with one."""
        epoch = self.next
        while epoch <= end and self._retention is not None:
            yield epoch
            epoch = self._retention.next_after(epoch)

    def wants(self, epoch: int) -> bool:
        """Whether a checkpoint of this epoch would be news to the keeper."""
        return self._retention is not None and self._latest < epoch

    def add(self, checkpoints: Sequence[Checkpoint]) -> None:
        """Send checkpoints on their way, in order."""
        self._waiting.extend(checkpoints)
        if checkpoints:
            self.begin(checkpoints[-1].epoch)

    def insist(self, checkpoint: Checkpoint) -> None:
        """Send one on its way that takes the place of its epoch's, if anybody wants any."""
        if self._retention is not None:
            self.add([checkpoint])

    def take(self) -> tuple[Checkpoint, ...]:
        """Return those under way, in order, and forget them."""
        taken, self._waiting = tuple(self._waiting), []
        return taken

    def widen(self) -> None:
        """Keep half as many from now on, after the first ones: they came too often."""
        if self._retention is not None and self._latest >= self._retention.dense:
            self._retention.widen()
            self.next = self._retention.next_after(self._latest)


class Checkpoints:
    """A bounded store of a run's checkpoints, in order; the newest is always among them.

    It holds `room`, at least 4; 0 for as many as there is a budget for, by the first one's size.
    """

    def __init__(self, room: int = 0) -> None:
        self._retention = RetentionPolicy(room)
        self._checkpoints: list[Checkpoint] = []
        self._epochs: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self._checkpoints)

    def __iter__(self) -> Iterator[Checkpoint]:
        return iter(self._checkpoints)

    @property
    def room(self) -> int:
        """How many it holds."""
        return self._retention.room

    @property
    def epochs(self) -> NDArray[np.int64]:
        """Epochs there are checkpoints of, rising; read-only, shape (checkpoints,)."""
        if self._epochs is None:
            self._epochs = np.array([each.epoch for each in self._checkpoints], np.int64)
            self._epochs.setflags(write=False)
        return self._epochs

    @property
    def nbytes(self) -> int:
        """Bytes they take, about."""
        return sum(checkpoint.nbytes for checkpoint in self._checkpoints)

    def add(self, checkpoint: Checkpoint) -> None:
        """Add one; it takes the place of any of its epoch or of later ones."""
        if not self.room:
            self._retention = RetentionPolicy(room_for(checkpoint.nbytes))
        del self._checkpoints[self._place(checkpoint.epoch) :]
        # One that is off the grid was only kept for being the newest.
        if self._checkpoints and not self._retention.keeps(self._checkpoints[-1].epoch):
            self._checkpoints.pop()
        self._checkpoints.append(checkpoint)
        while len(self._checkpoints) > self.room:
            self._retention.widen()
            kept = [each for each in self._checkpoints[:-1] if self._retention.keeps(each.epoch)]
            self._checkpoints = [*kept, checkpoint]  # never without the newest
        self._epochs = None

    def at(self, epoch: int) -> Checkpoint | None:
        """Return the checkpoint of exactly this epoch, if there is one."""
        there = self._checkpoints[self._place(epoch) : self._place(epoch + 1)]
        return there[0] if there else None

    def nearest(self, epoch: int) -> Checkpoint:
        """Return the checkpoint whose epoch is nearest, the earlier of two; LookupError of none."""
        if not self._checkpoints:
            raise LookupError("there are no checkpoints")
        place = self._place(epoch)
        around = self._checkpoints[max(0, place - 1) : place + 1]
        return min(around, key=lambda checkpoint: abs(checkpoint.epoch - epoch))

    def until(self, epoch: int) -> Checkpoints:
        """Return those up to and with an epoch, as a store that grows by itself."""
        earlier = Checkpoints(self.room)
        earlier._retention.stride = self._retention.stride
        earlier._checkpoints = self._checkpoints[: self._place(epoch + 1)]
        return earlier

    def _place(self, epoch: int) -> int:
        """Return the place of the first checkpoint that is not before an epoch."""
        return bisect_left(self._checkpoints, epoch, key=lambda checkpoint: checkpoint.epoch)


class RollbackBuffer:
    """All that training changes, as it was at the end of an epoch.

    `order` is the order of samples, None where it stays the same; `generators` are where chance
    comes from.
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

    def checkpoint(
        self, run_id: int, epoch: int, rules: EpochCallbacks, edits: int, *, present: bool = False
    ) -> Checkpoint:
        """Return what was kept, or else the present, as a checkpoint of a run."""
        arrays = self._present if present else self._copies
        parameters, gradients, optimizer, *order = (array.copy() for array in arrays)
        steps = self._optimizer.steps if present else self._steps
        chances = self._chances_now() if present else self._chances
        small = order[0].astype(np.min_scalar_type(order[0].size - 1)) if order else None
        state = TrainingState(optimizer, steps, chances, small, rules.state())
        return Checkpoint(run_id, epoch, parameters, gradients, state, edits)

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
