"""The one function that trains: batches through the network, one step of the optimiser each.

Everything it needs is laid out beforehand: where a batch is read, where its outputs are written,
at which rate it moves the parameters. It allocates nothing and decides nothing, so a compiled
kernel could do the same loop over the same arrays without anyone noticing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.clipping import GradientClip
from nnviz.engine.losses import Loss
from nnviz.engine.network import Network
from nnviz.engine.optimizers import Optimizer, OptimizerState
from nnviz.engine.penalties import WeightPenalty
from nnviz.engine.terms import Element, Term

Rows = NDArray[np.intp]


class RowSource(Protocol):
    """Something that writes samples, as rows with a last column of ones, into a buffer."""

    def take(self, rows: Rows, out: FloatArray) -> None:
        """Write these rows into `out` of shape (len(rows), inputs + 1)."""


@dataclass(frozen=True, eq=False)
class Method:
    """How a batch's error becomes a step of the parameters.

    Parameters
    ----------
    loss
        Whose gradient is followed.
    optimizer, state
        How, and what it remembers.
    penalty
        Joins the gradient, where there is one.
    clip
        Limits what comes of both, where there is a limit.
    """

    loss: Loss
    optimizer: Optimizer
    state: OptimizerState
    penalty: WeightPenalty | None = None
    clip: GradientClip | None = None

    def explain(
        self, place: int, parameters: FloatArray, gradients: FloatArray, rate: float
    ) -> tuple[Term, ...]:
        """Return how the next step will move one parameter: from ∂L/∂θ to the new θ.

        `parameters` and `gradients` are the network's trained ones, flat, the latter as
        ``Network.backward`` leaves them; `place` is the parameter's in both. Nothing is changed.
        """
        theta, state = float(parameters[place]), self.state
        terms, whole = [Term("g", "∂L/∂θ", {}, float(gradients[place]))], gradients.copy()
        if self.penalty is not None:
            self.penalty.add_gradient(parameters, whole)
            terms += self.penalty.explain(place, theta, terms[-1].value)
        if self.clip is not None:
            terms += self.clip.explain(terms[-1].value, whole)
        moments = tuple(state.moments[:, place].tolist())
        element = Element(theta, terms[-1].value, rate, moments, state.values, state.steps + 1)
        return (*terms, *self.optimizer.explain(element))


class Batch(NamedTuple):
    """One batch on its way through the network.

    Parameters
    ----------
    x
        Inputs, shape (inputs + 1, batch), the last row ones.
    y
        Targets, shape (outputs, batch); None when the batch is only looked at, as test rows are.
    scale
        What the gradient of the summed loss is multiplied by (``Loss.gradient_scale``): a number,
        or one for each sample, shape (batch,).
    z, a
        Where the output layer's values are kept, shape (outputs, batch); None where nobody asks.
    gradient
        Where the flat gradient (``Network.trained_gradients``) is kept, or None.
    source, rows
        Whence `x` is filled first, and with which rows; None when x is a view of the data.
    """

    x: FloatArray
    y: FloatArray | None
    scale: float | FloatArray
    z: FloatArray | None = None
    a: FloatArray | None = None
    gradient: FloatArray | None = None
    source: RowSource | None = None
    rows: Rows | None = None


_UNWATCHED = memoryview(bytearray(8)).cast("q")


def train_batches(
    network: Network,
    method: Method,
    passes: Iterable[Batch],
    rates: Iterable[float],
    progress: memoryview = _UNWATCHED,
) -> None:
    """Send batches through the network in order; after each one with targets, move the parameters.

    Parameters
    ----------
    network
        Its parameters and gradients change in place.
    method
        Loss, optimiser and penalty.
    passes
        The batches: a part of an epoch, or several epochs one after another.
    rates
        A learning rate for each pass.
    progress
        One whole number of 8 bytes, 1 more before each pass: for whoever watches.
    """
    count = progress[0]
    loss, state, penalty, clip = method.loss, method.state, method.penalty, method.clip
    update, next_step, last = method.optimizer.update, state.next_step, network.layers[-1]
    parameters, gradients = network.trained, network.trained_gradients
    for (x, y, scale, z, a, kept, source, rows), rate in zip(passes, rates, strict=True):
        progress[0] = count = count + 1
        if source is not None and rows is not None:
            source.take(rows, x.T)
        network.forward(x, y is not None)
        if z is not None and a is not None:
            z[...] = last.z
            a[...] = last.a
        if y is None:
            continue
        network.backward(loss, y, scale)
        if penalty is not None:
            penalty.add_gradient(parameters, gradients)
        if clip is not None:
            clip.apply(gradients)
        next_step()
        update(parameters, gradients, rate, state)
        if kept is not None:
            kept[...] = gradients
