"""Layers: what a network is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.arrays import FloatArray


@dataclass(frozen=True)
class Dense:
    """A fully connected layer, a = f(W x + b).

    Parameters
    ----------
    units
        Number of neurons, at least 1.
    activation
        Name in ``ACTIVATIONS``.
    use_bias
        Whether there is a b.
    """

    units: int
    activation: str = "linear"
    use_bias: bool = True

    def parameter_count(self, inputs: int) -> int:
        """Return how many numbers the layer learns, for so many inputs."""
        return self.units * (inputs + int(self.use_bias))


class Buffers(NamedTuple):
    """What a layer writes for one batch size.

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


class DenseLayer:
    """A `Dense` layer at work: views into the network's flat vectors, and buffers for one batch.

    Weights and bias lie side by side in one matrix [W | b] of shape (units, inputs + 1). The
    layer's input has a last row of ones, so one matrix product gives W x + b, and one gives both
    ∂L/∂W and ∂L/∂b.

    Parameters
    ----------
    spec
        The layer.
    inputs
        Number of inputs.
    parameters, gradients
        Flat views of ``spec.parameter_count(inputs)`` elements.
    """

    def __init__(
        self, spec: Dense, inputs: int, parameters: FloatArray, gradients: FloatArray
    ) -> None:
        self.spec = spec
        self.inputs = inputs
        self.units = spec.units
        self.activation: Activation = ACTIVATIONS[spec.activation]
        self._columns = inputs + int(spec.use_bias)
        self.matrix = parameters.reshape(spec.units, self._columns)
        self.gradient_matrix = gradients.reshape(spec.units, self._columns)
        self.flat_gradients = gradients
        self.weights = self.matrix[:, :inputs]
        self._weights_transposed = self.weights.T
        self._buffers: dict[int, Buffers] = {}

    def use_batch(self, batch: int) -> None:
        """Turn to the buffers for batches of so many samples, made when first asked for.

        They are kept: every epoch meets the same few sizes (a full batch, the smaller last one,
        the test part).
        """
        if batch not in self._buffers:
            self._buffers[batch] = self._new_buffers(batch)
        self.z, self.output, self.delta, self._scratch = self._buffers[batch]
        self.a = self.output[: self.units]

    def _new_buffers(self, batch: int) -> Buffers:
        shape, dtype = (self.units, batch), self.matrix.dtype
        output = np.ones((self.units + 1, batch), dtype)
        return Buffers(
            np.empty(shape, dtype), output, np.empty(shape, dtype), np.empty(shape, dtype)
        )

    def forward(self, x: FloatArray) -> FloatArray:
        """Compute z and a, and return a with its row of ones.

        Parameters
        ----------
        x
            Shape (inputs + 1, batch), the last row ones.

        Returns
        -------
        Shape (units + 1, batch), the layer's own buffer.
        """
        self._x = x if self.spec.use_bias else x[: self.inputs]
        np.dot(self.matrix, self._x, out=self.z)
        self.activation.function(self.z, self.a)
        return self.output

    def backward_activation(self) -> None:
        """Turn ∂L/∂a in `delta` into ∂L/∂z, in place."""
        self.activation.backward(self.z, self.a, self.delta, self._scratch)

    def backward_parameters(self) -> None:
        """Write ∂L/∂W and ∂L/∂b into the flat gradient, from ∂L/∂z in `delta`."""
        np.dot(self.delta, self._x.T, out=self.gradient_matrix)

    def backward_input(self, out: FloatArray) -> None:
        """Write ∂L/∂x into `out` of shape (inputs, batch), from ∂L/∂z in `delta`."""
        np.dot(self._weights_transposed, self.delta, out=out)
