"""The one function that trains: batches through the network, one step of the optimiser each.

Everything it needs is laid out beforehand: where a batch is read, where its outputs are written,
at which rate it moves the parameters. It allocates nothing and decides nothing, so the compiled
engine (``kernel/``) does the same loop over the same arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, overload

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
Rates = NDArray[np.float64]


class RowSource(Protocol):
    """Something that writes samples, as rows with a last column of ones, into a buffer."""

    @property
    def stored(self) -> FloatArray | None:
        """All rows where they are in memory as `take` writes them, or None."""

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
    held
        Which of the trained parameters `optimizer` leaves exactly as they are, rising; None where
        it moves all.
    """

    loss: Loss
    optimizer: Optimizer
    state: OptimizerState
    penalty: WeightPenalty | None = None
    clip: GradientClip | None = None
    held: Rows | None = None

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


class Laid:
    """Batches that are laid out once and used again.

    Attributes
    ----------
    batches
        Those batches.
    description
        What an engine has made of them, for the next time.
    """

    def __init__(self, batches: Sequence[Batch]) -> None:
        self.batches = batches
        self.description: Any = None


class Stretch(Sequence[Batch]):
    """Some of the batches laid out, from number `start` to before `stop`."""

    def __init__(self, laid: Laid, start: int, stop: int) -> None:
        self.laid, self.start, self.stop = laid, start, min(stop, len(laid.batches))

    def __len__(self) -> int:
        return self.stop - self.start

    @overload
    def __getitem__(self, place: int) -> Batch: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Batch]: ...

    def __getitem__(self, place: int | slice) -> Batch | Sequence[Batch]:
        places = range(self.start, self.stop)[place]
        if isinstance(places, range):
            return [self.laid.batches[each] for each in places]
        return self.laid.batches[places]

    def __iter__(self) -> Iterator[Batch]:
        return iter(self.laid.batches[self.start : self.stop])


class Engine(Protocol):
    """What trains in the place of the loop below, made ready for its network and method."""

    @property
    def outputs(self) -> FloatArray:
        """What the network answered to the last batch with targets, shape (outputs, batch)."""

    def run(self, passes: Sequence[Batch], rates: Rates, progress: memoryview) -> None:
        """Do what `train_batches` does, to the same arrays."""

    def losses(self, z: FloatArray, a: FloatArray, y: FloatArray) -> NDArray[np.float64]:
        """Do what the loss's ``values`` does for logs of shape (epochs, outputs, rows)."""

    def accuracies(self, a: FloatArray, y: FloatArray, threshold: float) -> NDArray[np.float64]:
        """Do what the accuracy's ``values`` does for a log of shape (epochs, outputs, rows)."""

    def gradient_sizes(self, gradients: FloatArray) -> NDArray[np.float64]:
        """Do what ``Network.gradient_sizes`` does."""


_UNWATCHED = memoryview(bytearray(8)).cast("q")


def train_batches(
    network: Network,
    method: Method,
    passes: Sequence[Batch],
    rates: Rates,
    progress: memoryview = _UNWATCHED,
    engine: Engine | None = None,
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
    engine
        What does it instead of NumPy.
    """
    if engine is not None:
        engine.run(passes, rates, progress)
        return
    count = progress[0]
    loss, state, penalty, clip = method.loss, method.state, method.penalty, method.clip
    update, next_step, last = method.optimizer.update, state.next_step, network.layers[-1]
    parameters, gradients = network.trained, network.trained_gradients
    for (x, y, scale, z, a, kept, source, rows), rate in zip(passes, rates.tolist(), strict=True):
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
