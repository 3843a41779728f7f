"""The order of listed samples: found anew where moments rest, or something else is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nnviz.training.inspection import Inspection

Ranking = Callable[[Inspection], NDArray[np.intp]]


class SampleOrder:
    """Says when samples are to be put in order, and by which moment."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.reset()

    def reset(self) -> None:
        """Forget the run before."""
        self._asked: object = None
        self._moment: Inspection | None = None
        self.waits = False
        """Whether there is an order to be found."""
        self.is_other = self.is_renewed = False
        """Whether something else is asked for than before; and whether of another moment."""

    def ask(self, asked: object, moment: Inspection, moving: bool) -> None:
        """Take note of what is asked for; while moments follow each other, the order stays."""
        before, self.is_other = self._moment, asked != self._asked
        if before is None or self.is_other or (moment is not before and not moving):
            self._asked, self._moment, self.waits = asked, moment, True
        self.is_renewed = self._moment is not before

    def found(self, rank: Ranking, asks: bool, quick: Inspection) -> NDArray[np.intp] | None:
        """Return the rows in order; None for as they were, until it is known.

        Parameters
        ----------
        asks
            Whether the network has to be asked about all of them.
        quick
            The moment as it can be ranked at once, by some rows.
        """
        moment = self._moment
        assert moment is not None
        wanted = partial(rank, moment)
        rows = moment.derived((f"{self._name} {self._asked}",), wanted) if asks else wanted()
        self.waits = rows is None
        return rank(quick) if rows is None and self.is_other else rows
