"""From the network before an edit to the one after it: everything that training has come to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers.shaping import DropoutLayer
from nnviz.engine.network import Network
from nnviz.training.edits import Edit, SetWeight
from nnviz.training.moves import carried, moves_of, sources
from nnviz.training.problem import Problem


@dataclass(frozen=True, eq=False)
class Succession:
    """The network after an edit, and how to carry what belongs to its parameters.

    Parameters
    ----------
    network
        Its parameters are those of before, exactly, where they are still there. Its gradient is,
        too, unless the edit makes it say nothing.
    source
        Where each parameter was (``moves.sources``); None where all are where they were.
    """

    network: Network
    source: NDArray[np.intp] | None

    def vectors(self, moments: FloatArray) -> FloatArray:
        """Return what an optimiser remembers, shape (vectors, trained parameters), carried."""
        if self.source is None:
            return moments
        source = self.source[: self.network.trained.size]
        return np.array([carried(moment, source) for moment in moments]).reshape(-1, source.size)


def succeed(
    network: Network, problem: Problem, following: Problem, edit: Edit, number: int
) -> Succession:
    """Return what comes of a network by an edit, the run's so many-th, counted from 0.

    New weights are drawn as the experiment's first ones are, by chance that its seed and the
    number decide. Layers that stay keep their source of chance.
    """
    new, source = following.blank_network(), None
    moves = moves_of(edit, problem.shapes, following.shapes, new.specs)
    if new.parameters.size == network.parameters.size and _in_place(problem, following):
        new.parameters[...] = network.parameters
    else:
        drawn = following.new_network(
            np.random.default_rng([following.experiment.training.seed, 3, number])
        )
        source = sources(network, new, moves)
        new.parameters[...] = carried(network.parameters, source, drawn.parameters)
        for layer, fresh in zip(new.layers, drawn.layers, strict=True):
            if isinstance(layer, DropoutLayer) and isinstance(fresh, DropoutLayer):
                layer.rng = fresh.rng
    for layer, move in zip(new.layers, moves, strict=True):
        was = None if move is None else network.layers[move.layer]
        if isinstance(layer, DropoutLayer) and isinstance(was, DropoutLayer):
            layer.rng = was.rng
    if not edit.alters:
        new.gradients[...] = network.gradients
    if isinstance(edit, SetWeight):
        layer = new.layers[edit.layer]
        if edit.input is None:
            layer.biases[edit.unit] = edit.value
        else:
            layer.weights[edit.unit, edit.input] = edit.value
    return Succession(new, source)


def order_after(order: NDArray[np.intp], problem: Problem, following: Problem) -> NDArray[np.intp]:
    """Return an order of the training samples without those that are gone; new ones come last."""
    position = np.full(following.dataset.rows, -1)
    position[following.train.index] = np.arange(following.train.rows)
    left = position[problem.train.index[order]]
    left = left[left >= 0]
    return np.concatenate([left, np.setdiff1d(np.arange(following.train.rows), left)])


def _in_place(problem: Problem, following: Problem) -> bool:
    """Whether every layer is where it was, with the same numbers."""
    kinds = [[layer.kind for layer in p.experiment.network.layers] for p in (problem, following)]
    return kinds[0] == kinds[1] and problem.shapes == following.shapes
