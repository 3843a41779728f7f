"""The state training can go back to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.network import Network
from nnviz.engine.optimizers import OptimizerState


class Kept:
    """What a Trainer needs to go back to the end of its last epoch.

    Parameters
    ----------
    network, state
        Its network and its optimiser's state.
    shuffles
        Whether order and chance change from epoch to epoch.
    order, rng
        The order of samples, and the generator that shuffles it.
    """

    def __init__(
        self,
        network: Network,
        state: OptimizerState,
        shuffles: bool,
        order: NDArray[np.intp],
        rng: np.random.Generator,
    ) -> None:
        self._network, self._state = network, state
        self._shuffles, self._order = shuffles, order
        self._generators = [*network.generators, *([rng] if shuffles else [])]
        self._parameters = np.empty_like(network.parameters)
        self._moments = np.empty_like(state.moments)
        self._kept_order = np.empty_like(order)
        self.update()

    def update(self) -> None:
        """Keep the present."""
        self._parameters[...] = self._network.parameters
        self._moments[...] = self._state.moments
        self._steps = self._state.steps
        self._chances = [generator.bit_generator.state for generator in self._generators]
        if self._shuffles:
            self._kept_order[...] = self._order

    def restore(self) -> None:
        """Make what was kept the present."""
        self._network.parameters[...] = self._parameters
        self._state.moments[...] = self._moments
        self._state.steps = self._steps
        if self._shuffles:
            self._order[...] = self._kept_order
        for generator, chance in zip(self._generators, self._chances, strict=True):
            generator.bit_generator.state = chance
