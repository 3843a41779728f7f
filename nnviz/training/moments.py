"""Moments of a run: what it was at some epochs, kept within bounds, to be seen and trained on."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.training.frozen import ReadOnly
from nnviz.training.records import Snapshot
from nnviz.training.rules import RulesState

BUDGET = 64 * 2**20
"""Bytes that the moments of a run may take."""

FEWEST, MOST = 24, 1000
"""How many there is room for. Fewer make no timeline; more than it has pixels would show nothing
new."""

OVERHEAD = 1024
"""Bytes a moment takes besides its arrays, about."""

Chances = tuple[Mapping[str, Any], ...]
"""States of generators."""


@dataclass(frozen=True, eq=False)
class TrainingState(ReadOnly):
    """All that training needs, beside the parameters, to go on as if it had never stopped.

    Parameters
    ----------
    optimizer
        What the optimiser remembers, shape (vectors, trained parameters).
    steps
        How many steps it has made.
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
class Moment(ReadOnly):
    """A run at the end of one epoch: to be looked at, and to be trained on from.

    Parameters
    ----------
    run_id, epoch
        Where it belongs.
    parameters, gradients
        Shape (parameters,); laid out as ``Network`` lays them out.
    state
        The rest of what training needs.
    """

    run_id: int
    epoch: int
    parameters: FloatArray
    gradients: FloatArray
    state: TrainingState

    @property
    def nbytes(self) -> int:
        """Bytes it takes, about."""
        return self.parameters.nbytes + self.gradients.nbytes + self.state.nbytes + OVERHEAD

    def snapshot(self) -> Snapshot:
        """Return what there is to see of it; the arrays are shared, for nobody can write them."""
        updates = self.state.steps
        return Snapshot(self.run_id, self.epoch, self.parameters, self.gradients, updates)


def room_for(nbytes: int) -> int:
    """Return how many moments of so many bytes are to be kept.

    As many as the budget allows, from `FEWEST` to `MOST`; of a huge network fewer still, so that
    they never take more than four times the budget, but never less than four.
    """
    usual = min(max(FEWEST, BUDGET // nbytes), MOST)
    return max(4, min(usual, 4 * BUDGET // nbytes))


class Thinning:
    """Which epochs are kept: all of the first quarter of the room, then every so many.

    The stride doubles whenever the room is full, so that what is kept is spread evenly however
    long the run.

    Parameters
    ----------
    room
        How many may be kept, at least 4.
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


class Outgoing:
    """A run's moments on their way to the one who keeps them.

    Parameters
    ----------
    room
        How many will be kept; 0 if nobody wants any.
    """

    def __init__(self, room: int) -> None:
        self._thinning = Thinning(room) if room else None
        self._waiting: list[Moment] = []
        self.next = sys.maxsize
        """The epoch to be kept next."""
        self.begin(0)

    def begin(self, epoch: int) -> None:
        """Say that a moment of this epoch is kept already."""
        if self._thinning is not None:
            self._latest, self.next = epoch, self._thinning.next_after(epoch)

    def wanted_until(self, end: int) -> Iterator[int]:
        """Yield the epochs to be kept from now up to and with one."""
        epoch = self.next
        while epoch <= end and self._thinning is not None:
            yield epoch
            epoch = self._thinning.next_after(epoch)

    def wants(self, epoch: int) -> bool:
        """Whether a moment of this epoch would be news to the keeper."""
        return self._thinning is not None and self._latest < epoch

    def add(self, moments: Sequence[Moment]) -> None:
        """Send moments on their way, in order."""
        self._waiting.extend(moments)
        if moments:
            self.begin(moments[-1].epoch)

    def take(self) -> tuple[Moment, ...]:
        """Return those under way, in order, and forget them."""
        taken, self._waiting = tuple(self._waiting), []
        return taken

    def widen(self) -> None:
        """Keep half as many from now on, after the first ones: they came too often."""
        if self._thinning is not None and self._latest >= self._thinning.dense:
            self._thinning.widen()
            self.next = self._thinning.next_after(self._latest)


class Moments:
    """A bounded store of a run's moments, in order; the newest is always among them.

    Parameters
    ----------
    room
        How many it holds, at least 4; 0 for as many as there is a budget for, by the first one's
        size.
    """

    def __init__(self, room: int = 0) -> None:
        self._thinning = Thinning(room)
        self._moments: list[Moment] = []
        self._numbers: list[int] = []
        self._epochs: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self._moments)

    def __iter__(self) -> Iterator[Moment]:
        return iter(self._moments)

    @property
    def room(self) -> int:
        """How many it holds."""
        return self._thinning.room

    @property
    def epochs(self) -> NDArray[np.int64]:
        """Epochs there are moments of, rising; read-only, shape (moments,)."""
        if self._epochs is None:
            self._epochs = np.array(self._numbers, np.int64)
            self._epochs.setflags(write=False)
        return self._epochs

    @property
    def nbytes(self) -> int:
        """Bytes they take, about."""
        return sum(moment.nbytes for moment in self._moments)

    def add(self, moment: Moment) -> None:
        """Add one; it takes the place of any of its epoch or of later ones."""
        if not self.room:
            self._thinning = Thinning(room_for(moment.nbytes))
        self._cut(bisect_left(self._numbers, moment.epoch))
        # One that is off the grid was only kept for being the newest.
        if self._numbers and not self._thinning.keeps(self._numbers[-1]):
            self._cut(len(self._numbers) - 1)
        self._moments.append(moment)
        self._numbers.append(moment.epoch)
        self._epochs = None
        while len(self._moments) > self.room:
            self._thin()

    def at(self, epoch: int) -> Moment | None:
        """Return the moment of exactly this epoch, if there is one."""
        place = bisect_left(self._numbers, epoch)
        found = place < len(self._numbers) and self._numbers[place] == epoch
        return self._moments[place] if found else None

    def nearest(self, epoch: int) -> Moment:
        """Return the moment whose epoch is nearest, the earlier of two.

        Raises
        ------
        LookupError
            If there are none.
        """
        if not self._moments:
            raise LookupError("there are no moments")
        place = bisect_left(self._numbers, epoch)
        around = self._moments[max(0, place - 1) : place + 1]
        return min(around, key=lambda moment: abs(moment.epoch - epoch))

    def until(self, epoch: int) -> Moments:
        """Return those up to and with an epoch, as a store that grows by itself."""
        earlier, end = Moments(self.room), bisect_right(self._numbers, epoch)
        earlier._thinning.stride = self._thinning.stride
        earlier._moments, earlier._numbers = self._moments[:end], self._numbers[:end]
        return earlier

    def _thin(self) -> None:
        """Double the stride and drop what it leaves out, but never the newest."""
        self._thinning.widen()
        kept = [m for m in self._moments[:-1] if self._thinning.keeps(m.epoch)]
        self._moments = [*kept, self._moments[-1]]
        self._numbers = [moment.epoch for moment in self._moments]

    def _cut(self, end: int) -> None:
        if end < len(self._moments):
            del self._moments[end:], self._numbers[end:]
            self._epochs = None
