"""Batch normalisation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers.base import FirstValues, Layer, LayerSpec, Memory, Shape
from nnviz.errors import InvalidChoiceError


@dataclass(frozen=True)
class BatchNorm(LayerSpec):
    """Batch normalisation, a = γ (x − μ) / √(σ² + ε) + β.

    μ and σ² are of each channel (each number of a row): in training those of the batch, in
    prediction their moving averages, which start at 0 and 1.

    Parameters
    ----------
    momentum
        What share of a moving average stays at each batch: Keras' meaning, 1 − PyTorch's.
    epsilon
        Keeps the division away from zero.
    """

    kind: ClassVar[str] = "batch_norm"
    title: ClassVar[str] = "BatchNorm"
    label: ClassVar[str] = "Batch normalisation"
    short: ClassVar[str] = "Batch norm"
    formula: ClassVar[str] = "a = γ (x − μ) / √(σ² + ε) + β"

    momentum: float = 0.99
    epsilon: float = 1e-3

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        if not (0.0 <= self.momentum < 1.0 and 0.0 < self.epsilon <= 1.0):
            raise InvalidChoiceError(
                "BatchNorm needs a momentum of at least 0 and less than 1, and an epsilon above 0"
                " and at most 1, not {momentum} and {epsilon}.",
                "The usual ones are 0.99 and 0.001.",
                momentum=self.momentum,
                epsilon=self.epsilon,
            )
        return input_shape

    def parameter_count(self, input_shape: Shape) -> int:
        """Return 2 for each channel: γ and β."""
        return 2 * input_shape[0]

    def state_count(self, input_shape: Shape) -> int:
        """Return 2 for each channel: the moving averages of μ and σ²."""
        return 2 * input_shape[0]

    def build(self, input_shape: Shape, memory: Memory) -> BatchNormLayer:
        """Return the layer at work."""
        return BatchNormLayer(self, input_shape, memory)


class NormBuffers(NamedTuple):
    """What batch normalisation writes for one batch size.

    Parameters
    ----------
    output
        Shape (units + 1, batch).
    delta, normalized, scratch
        Shape (units, batch).
    """

    output: FloatArray
    delta: FloatArray
    normalized: FloatArray
    scratch: FloatArray


class BatchNormLayer(Layer[NormBuffers]):
    """A `BatchNorm` layer at work.

    Parameters
    ----------
    spec
        The layer.
    input_shape
        (numbers,) or (channels, rows, columns).
    memory
        γ and β, their gradients, and the moving averages of μ and σ².
    """

    differs_in_training = True

    def __init__(self, spec: BatchNorm, input_shape: Shape, memory: Memory) -> None:
        super().__init__(spec, input_shape, memory)
        self._momentum, self._epsilon = spec.momentum, spec.epsilon
        self.channels = input_shape[0]
        self.gamma, self.beta = memory.parameters.reshape(2, -1, 1)
        self.gamma_gradient, self.beta_gradient = memory.gradients.reshape(2, -1)
        self.moving_mean, self.moving_variance = memory.state.reshape(2, -1, 1)
        self._inverse_deviation = np.empty((self.channels, 1), self.dtype)
        self._of_batch = False

    def initialize(self, first: FirstValues) -> None:
        """Start as the identity of numbers that are normal already."""
        self.gamma.fill(1.0)
        self.beta.fill(0.0)
        self.moving_mean.fill(0.0)
        self.moving_variance.fill(1.0)

    def _new_buffers(self, batch: int) -> NormBuffers:
        delta, normalized, scratch = (self.new(self.units, batch) for _ in range(3))
        return NormBuffers(self.new_output(batch), delta, normalized, scratch)

    def _adopt(self, buffers: NormBuffers) -> None:
        self.output, self.delta, normalized, scratch = buffers
        self.z = self.a = self.output[: self.units]
        self._normalized, self._scratch, self._delta, self._a = (
            self._by_channel(array) for array in (normalized, scratch, self.delta, self.a)
        )

    def _by_channel(self, array: FloatArray) -> FloatArray:
        """Return the view (channels, pixels · batch): what each μ and σ² is taken of."""
        return array.reshape(self.channels, -1)

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        """Normalise, and in training move the averages; see `Layer.forward`."""
        self._of_batch = training
        pixels = math.prod(self.input_shape[1:])
        seen = x[:-1].reshape(self.channels, pixels, -1)
        mean = seen.mean(axis=(1, 2))[:, np.newaxis] if training else self.moving_mean
        centred = self._normalized
        np.subtract(seen, mean[:, np.newaxis], out=centred.reshape(seen.shape))
        variance = self._variance_of(centred) if training else self.moving_variance
        if training:
            self._move(self.moving_mean, mean)
            self._move(self.moving_variance, variance)
        np.add(variance, self._epsilon, out=self._inverse_deviation)
        np.sqrt(self._inverse_deviation, out=self._inverse_deviation)
        np.reciprocal(self._inverse_deviation, out=self._inverse_deviation)
        np.multiply(centred, self._inverse_deviation, out=self._normalized)
        np.multiply(self._normalized, self.gamma, out=self._a)
        np.add(self._a, self.beta, out=self._a)
        return self.output

    def _variance_of(self, centred: FloatArray) -> FloatArray:
        np.multiply(centred, centred, out=self._scratch)
        return np.asarray(self._scratch.mean(axis=1, keepdims=True))

    def _move(self, average: FloatArray, value: FloatArray) -> None:
        np.multiply(average, self._momentum, out=average)
        np.add(average, (1.0 - self._momentum) * value, out=average)

    def backward_parameters(self) -> None:
        """Write ∂L/∂γ = Σ δ x̂ and ∂L/∂β = Σ δ."""
        np.multiply(self._delta, self._normalized, out=self._scratch)
        self._scratch.sum(axis=1, out=self.gamma_gradient)
        self._delta.sum(axis=1, out=self.beta_gradient)

    def backward_input(self, out: FloatArray) -> None:
        """Write ∂L/∂x = γ/σ (δ − mean δ − x̂ · mean δ x̂); in prediction, γ/σ δ."""
        target = self._by_channel(out)
        np.copyto(target, self._delta)
        if self._of_batch:
            count = target.shape[1]
            shift = (self.beta_gradient / count)[:, np.newaxis]
            slope = (self.gamma_gradient / count)[:, np.newaxis]
            np.multiply(self._normalized, slope, out=self._scratch)
            np.subtract(target, self._scratch, out=target)
            np.subtract(target, shift, out=target)
        np.multiply(target, self.gamma * self._inverse_deviation, out=target)
