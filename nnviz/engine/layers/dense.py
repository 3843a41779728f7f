"""The fully connected layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers.base import (
    FirstValues,
    Layer,
    LayerSpec,
    Memory,
    Shape,
    SwitchedOff,
    require_units,
    require_whole,
    shape_text,
)
from nnviz.errors import InvalidChoiceError


@dataclass(frozen=True)
class Dense(LayerSpec):
    """A fully connected layer, a = f(W x + b).

    Parameters
    ----------
    units
        Number of neurons, at least 1.
    activation
        Name in ``ACTIVATIONS``.
    use_bias
        Whether there is a b.
    off
        Units that are switched off: they answer 0 to everything.
    """

    kind: ClassVar[str] = "dense"
    title: ClassVar[str] = "Dense"
    label: ClassVar[str] = "Dense"
    short: ClassVar[str] = "Dense"
    formula: ClassVar[str] = "a = f(W x + b)"

    units: int
    activation: str = "linear"
    use_bias: bool = True
    off: tuple[int, ...] = ()

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return (units,), for any number of inputs in a row."""
        require_whole(self, "units", 1, self.units)
        require_units(self, self.off, self.units)
        if len(input_shape) != 1:
            raise InvalidChoiceError(
                "Dense turns a row of numbers into {units}, but gets an input of the shape"
                " {given}.",
                "Put Flatten before it.",
                units=self.units,
                given=shape_text(input_shape),
            )
        return (self.units,)

    def parameter_count(self, input_shape: Shape) -> int:
        """Return how many numbers the layer learns."""
        return self.units * (input_shape[0] + int(self.use_bias))

    def build(self, input_shape: Shape, memory: Memory) -> DenseLayer:
        """Return the layer at work."""
        kind = SwitchedOffDenseLayer if self.off else DenseLayer
        return kind(self, input_shape, memory)


class Buffers(NamedTuple):
    """What a layer with an activation writes for one batch size.

    Parameters
    ----------
    z, delta, scratch
        Shape (units, batch).
    output
        Shape (units + 1, batch): a, and below it the row of ones the next layer's bias needs.
    """

    z: FloatArray
    output: FloatArray
    delta: FloatArray
    scratch: FloatArray


class DenseLayer(Layer[Buffers]):
    """A `Dense` layer at work.

    Weights and bias lie side by side in one matrix [W | b] of shape (units, inputs + 1). The
    layer's input has a last row of ones, so one matrix product gives W x + b, and one gives both
    ∂L/∂W and ∂L/∂b.

    Parameters
    ----------
    spec
        The layer.
    input_shape
        (inputs,).
    memory
        Its part of the network's vectors.
    """

    def __init__(self, spec: Dense, input_shape: Shape, memory: Memory) -> None:
        super().__init__(spec, input_shape, memory)
        self._columns = self.inputs + int(spec.use_bias)
        self.matrix = memory.parameters.reshape(self.units, self._columns)
        self.gradient_matrix = memory.gradients.reshape(self.units, self._columns)
        self.weights = self.matrix[:, : self.inputs]
        self.biases = self.matrix[:, self.inputs :]
        self.weight_gradients = self.gradient_matrix[:, : self.inputs]
        self.bias_gradients = self.gradient_matrix[:, self.inputs :]
        self._weights_transposed = self.weights.T

    def initialize(self, first: FirstValues) -> None:
        """Draw the weights, then the biases."""
        fans = (self.units, self.inputs)
        self.weights[...] = first.weights(fans, fans)
        if self.spec.use_bias:
            self.biases[...] = first.biases((self.units, 1), fans)

    def _new_buffers(self, batch: int) -> Buffers:
        z, delta, scratch = (self.new(self.units, batch) for _ in range(3))
        return Buffers(z, self.new_output(batch), delta, scratch)

    def _adopt(self, buffers: Buffers) -> None:
        self.z, self.output, self.delta, self._scratch = buffers
        self.a = self.output[: self.units]

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        """Compute z = [W | b] x and a = f(z); see `Layer.forward`."""
        self._x = x if self._columns == len(x) else x[:-1]
        np.dot(self.matrix, self._x, self.z)
        self.activation.function(self.z, self.a)
        return self.output

    def backward_activation(self) -> None:
        """Turn ∂L/∂a in `delta` into ∂L/∂z, in place."""
        self.activation.backward(self.z, self.a, self.delta, self._scratch)

    def backward_parameters(self) -> None:
        """Write ∂L/∂W and ∂L/∂b into the flat gradient, from ∂L/∂z in `delta`."""
        np.dot(self.delta, self._x.T, self.gradient_matrix)

    def backward_input(self, out: FloatArray) -> None:
        """Write ∂L/∂x into `out` of shape (inputs, batch), from ∂L/∂z in `delta`."""
        np.dot(self._weights_transposed, self.delta, out)


class SwitchedOffDenseLayer(SwitchedOff[Buffers], DenseLayer):
    """A `Dense` layer at work, some of whose units are switched off."""
