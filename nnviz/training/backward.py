"""Backward, number by number: what each gradient is made of, and how the next step moves weights.

All of it by the engine's own layers, in networks of their own. Of one sample the network is asked
as it predicts, without Dropout and with BatchNorm's averages; of the next mini-batch as it trains,
with the very samples and chances that training will have.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers.base import Layer
from nnviz.engine.layers.convolution import Conv2DLayer
from nnviz.engine.layers.normalization import BatchNormLayer
from nnviz.engine.layers.shaping import DropoutLayer
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network, with_ones
from nnviz.engine.terms import Term
from nnviz.training.checkpoints import Checkpoint
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot
from nnviz.training.trainer import Trainer, overflow_is_checked

BIAS = -1
"""Stands for a bias where an input's number says which weight of a neuron is meant."""

_STEP = float(np.cbrt(np.finfo(np.float64).eps))
"""Of central differences, for numbers near 1: there rounding and curvature spoil equally much."""


_AT_ONCE = 16
"""Mini-batches that are done again without asking whether anybody still wants them."""


class _SameMask:
    """Chance that silences the numbers that a Dropout's mask did, shape (units, rows)."""

    def __init__(self, mask: FloatArray) -> None:
        self._kept = mask > 0

    def random(self, dtype: np.dtype[np.floating], out: FloatArray) -> None:
        """Write 1, which no rate reaches, where a number is let through; else 0."""
        out[...] = self._kept


class Backward:
    """A forward and a backward pass of some rows, and all that they left in a network.

    Parameters
    ----------
    problem
        Whose loss it is.
    network
        To be nobody else's: its buffers are what is read.
    x, y
        Inputs, shape (inputs + 1, rows), the last row ones; and targets, shape (outputs, rows).
    scale
        What each row counts: L = Σ scale · loss; a number, or one for each row.
    training
        Whether layers behave as in training.

    A parameter is named by its layer from 0, its neuron, and the number of the input it weighs, or
    `BIAS`. The neurons of a map share theirs.
    """

    def __init__(
        self,
        problem: Problem,
        network: Network,
        x: FloatArray,
        y: FloatArray,
        scale: float | FloatArray = 1.0,
        training: bool = False,
    ) -> None:
        self.problem, self.network, self.rows = problem, network, x.shape[1]
        self.loss = LOSSES[problem.experiment.training.loss]
        self._x, self._y, self._training = x, y, training
        self.scale = scale
        # As they are before BatchNorm moves its averages, for differences.
        self._parameters = network.parameters.astype(np.float64)
        self._twin: Network | None = None
        network.forward(x, training)
        network.backward(self.loss, y, scale)
        last = network.layers[-1]
        self.value = self._loss_of(last.z, last.a)
        """L."""

    def inputs(self, layer: int) -> FloatArray:
        """Return what a layer is given, shape (inputs, rows)."""
        return self.network.layers[layer - 1].a if layer else self._x[:-1]

    def given(self, layer: int, unit: int) -> FloatArray:
        """Return what a neuron's weights are multiplied by, shape (weights, rows)."""
        built, inputs = self.network.layers[layer], self.inputs(layer)
        if not isinstance(built, Conv2DLayer):
            return inputs
        places = math.prod(built.output_shape[1:])
        return built.seen_in(inputs).reshape(-1, places, self.rows)[:, unit % places]

    @property
    def targets(self) -> FloatArray:
        """What the outputs should be, shape (outputs, rows)."""
        return self._y

    @property
    def losses(self) -> FloatArray:
        """What each row loses, before it is scaled, shape (rows,)."""
        last = self.network.layers[-1]
        return self._losses_of(last.z, last.a)

    def upstream(self, layer: int) -> FloatArray | None:
        """Return ∂L/∂a of a layer, shape (units, rows); of the inputs where it is −1.

        None of an output layer whose loss knows ∂L/∂z at once.
        """
        layers = self.network.layers
        if layer + 1 < len(layers):
            units = layers[layer].units if layer >= 0 else self.network.inputs
            out = np.empty((units, self.rows), self.network.dtype)
            layers[layer + 1].backward_input(out)
            return out
        last = layers[layer]
        if self.loss.fused_with == last.activation.name:
            return None
        out = np.empty_like(last.a)
        self.loss.gradient(last.z, last.a, self._y, out)
        return np.asarray(out * self.scale)

    def parameter(self, layer: int, unit: int, source: int) -> float:
        """Return a weight or bias."""
        return float(self.network.parameters[place_of(self.network, layer, unit, source)])

    def gradient(self, layer: int, unit: int, source: int) -> float:
        """Return ∂L/∂w as the layer computed it."""
        return float(self.network.gradients[place_of(self.network, layer, unit, source)])

    def factors(self, layer: int, unit: int, source: int) -> tuple[FloatArray, FloatArray]:
        """Return the numbers whose products add up to ∂L/∂w: inputs, and δ = ∂L/∂z.

        Both of shape (places, rows); a place for each pixel of a convolution's map, else 1.
        """
        built = self.network.layers[layer]
        channel = channel_of(built, unit)
        delta = built.delta.reshape(built.output_shape[0], -1, self.rows)[channel]
        if source == BIAS:
            return np.ones_like(delta), delta
        inputs = self.inputs(layer)
        if not isinstance(built, Conv2DLayer):
            return inputs[source : source + 1], delta
        seen = built.seen_in(inputs)
        place = np.unravel_index(source, seen.shape[:3])
        return seen[place].reshape(delta.shape), delta

    def difference_quotient(self, layer: int, unit: int, source: int) -> float:
        """Return ∂L/∂w by central differences, in float64."""
        twin = self._twin = self._twin or self._new_twin()
        place = place_of(self.network, layer, unit, source)
        value, step = float(self._parameters[place]), _STEP
        step *= max(1.0, abs(value))
        ends = (value - step, value + step)
        below, above = (self._loss_at(twin, place, end) for end in ends)
        return (above - below) / (ends[1] - ends[0])

    def _new_twin(self) -> Network:
        network = self.network
        twin = Network(network.input_shape, network.specs, parameters=self._parameters.copy())
        for mine, other in zip(network.layers, twin.layers, strict=True):
            if isinstance(mine, DropoutLayer) and isinstance(other, DropoutLayer):
                other.rng = cast(np.random.Generator, _SameMask(mine.mask))
        return twin

    def _loss_at(self, twin: Network, place: int, value: float) -> float:
        """Return L where one parameter is another."""
        twin.parameters[...] = self._parameters  # BatchNorm's averages among them
        twin.parameters[place] = value
        twin.forward(self._x.astype(np.float64), self._training)
        last = twin.layers[-1]
        return self._loss_of(last.z, last.a)

    def _loss_of(self, z: FloatArray, a: FloatArray) -> float:
        """Return Σ scale · loss of outputs, shape (outputs, rows)."""
        return float((self._losses_of(z, a) * self.scale).sum())

    def _losses_of(self, z: FloatArray, a: FloatArray) -> FloatArray:
        rows = [np.moveaxis(each, 1, 0)[..., np.newaxis] for each in (z, a, self._y)]
        return self.loss.values(*rows)


def place_of(network: Network, layer: int, unit: int, source: int) -> int:
    """Return where a weight or bias is in a network's flat vectors; γ or β of BatchNorm."""
    built, flat = network.layers[layer], network.parameters
    row = channel_of(built, unit)
    # They are views of the flat vector, which alone knows how a layer lays them out.
    view = built.biases[row:] if source == BIAS else built.weights[row:, source:]
    if isinstance(built, BatchNormLayer):
        view = (built.beta if source == BIAS else built.gamma)[row:]
    return (view.ctypes.data - flat.ctypes.data) // flat.itemsize


def channel_of(layer: Layer[Any], unit: int) -> int:
    """Return which row of a layer's weights, or which channel, is a neuron's."""
    return unit // math.prod(layer.output_shape[1:])


def of_sample(problem: Problem, parameters: FloatArray, row: int, inputs: FloatArray) -> Backward:
    """Return the passes of one row of the data set alone, with L = its loss.

    Its inputs, shape (features,), may be others than the data set's.
    """
    choice = problem.experiment.network
    network = Network(problem.shapes[0], choice.layers, choice.dtype, parameters.copy())
    x = with_ones(problem.encode_inputs(inputs[np.newaxis]), problem.dtype).T
    part = next(part for part in problem.parts.values() if row in part.index)
    place = int(np.searchsorted(part.index, row))
    return Backward(problem, network, x, part.targets[:, place : place + 1])


class NextStep:
    """The mini-batch that training takes next, and what its step does to each parameter.

    Parameters
    ----------
    trainer
        It stands before that mini-batch, and is nobody else's.
    """

    def __init__(self, trainer: Trainer) -> None:
        self.method, batch, self.rate = trainer.next_batch()
        if batch.source is not None and batch.rows is not None:
            batch.source.take(batch.rows, batch.x.T)
        assert batch.y is not None
        index = np.arange(batch.x.shape[1]) if batch.rows is None else batch.rows
        self.rows = trainer.problem.train.index[index]
        """The batch's rows in the data set, shape (rows,)."""
        self.backward = Backward(
            trainer.problem, trainer.network, batch.x, batch.y, batch.scale, training=True
        )

    def terms(
        self, layer: int, unit: int, source: int, passes: Backward | None = None
    ) -> tuple[Term, ...]:
        """Return how the step moves a parameter, from ∂L/∂θ to the new θ.

        With other passes: how it would, were those the mini-batch.
        """
        network = (passes or self.backward).network
        place = place_of(network, layer, unit, source)
        return self.method.explain(place, network.trained, network.trained_gradients, self.rate)


def next_step(
    problem: Problem,
    snapshot: Snapshot,
    checkpoint: Checkpoint,
    wanted: Callable[[], bool] = lambda: True,
) -> NextStep | None:
    """Return the step that follows a moment; None where the checkpoint does not lead there.

    It does unless somebody changed something within the epoch.

    Parameters
    ----------
    problem
        The run's.
    snapshot
        A moment of it.
    checkpoint
        The one of its epoch; a snapshot may be some mini-batches further, which are done again.
    wanted
        Asked between them whether to go on.
    """
    with overflow_is_checked():
        trainer = Trainer(problem.experiment, problem=problem)
        # The problem has the edits in it that were made by then.
        trainer.resume(dataclasses.replace(checkpoint, edits=0))
        further = 0 if snapshot.went_back else snapshot.updates - checkpoint.state.steps
        for done in range(0, further, _AT_ONCE):
            if not wanted():
                return None
            trainer.advance(min(_AT_ONCE, further - done))
        if not np.array_equal(trainer.network.parameters, snapshot.parameters):
            return None
        return NextStep(trainer)
