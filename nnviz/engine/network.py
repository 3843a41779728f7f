"""A network: layers in a row, one flat vector of parameters, one of gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.layers import Dense, DenseLayer
from nnviz.engine.losses import Loss


@dataclass(frozen=True)
class LayerTrace:
    """What one layer computed for some samples, samples as rows.

    Parameters
    ----------
    z, a
        Shape (rows, units): before and after the activation.
    """

    z: FloatArray
    a: FloatArray


class Network:
    """Dense layers one after another.

    Parameters
    ----------
    inputs
        Number of input columns.
    layers
        From the first hidden layer to the output layer; at least one.
    dtype
        ``"float64"`` or ``"float32"``.
    """

    def __init__(self, inputs: int, layers: Sequence[Dense], dtype: str = "float64") -> None:
        self.inputs = inputs
        self.specs = tuple(layers)
        self.dtype: np.dtype[np.floating] = np.dtype(dtype)
        fan_ins = [inputs, *(spec.units for spec in layers[:-1])]
        counts = [s.parameter_count(n) for s, n in zip(self.specs, fan_ins, strict=True)]
        ends = np.cumsum(counts)
        self.parameters = np.zeros(int(ends[-1]), self.dtype)
        self.gradients = np.zeros(int(ends[-1]), self.dtype)
        self.layers = [
            DenseLayer(
                spec, n, self.parameters[end - count : end], self.gradients[end - count : end]
            )
            for spec, n, count, end in zip(self.specs, fan_ins, counts, ends, strict=True)
        ]
        self._batch = 0

    @property
    def outputs(self) -> int:
        """Number of outputs."""
        return self.layers[-1].units

    def initialize(
        self,
        rng: np.random.Generator,
        initializer: str,
        values: Mapping[str, float],
        bias_initializer: str = "zeros",
        bias_values: Mapping[str, float] | None = None,
    ) -> None:
        """Draw the first weights and biases, layer by layer, weights before biases.

        Parameters
        ----------
        rng
            Source of chance.
        initializer, bias_initializer
            Names in ``INITIALIZERS``.
        values, bias_values
            Their parameters.
        """
        for layer in self.layers:
            shape = (layer.units, layer.inputs)
            layer.weights[...] = INITIALIZERS[initializer].sample(rng, shape, values)
            if layer.spec.use_bias:
                bias = INITIALIZERS[bias_initializer].sample(
                    rng, (layer.units, 1), bias_values or {}, fans=shape
                )
                layer.matrix[:, layer.inputs] = bias[:, 0]

    def weight_mask(self) -> FloatArray:
        """Return a flat vector of the parameters' size, 1 at weights and 0 at biases."""
        twin = Network(self.inputs, self.specs, self.dtype.name)
        for layer in twin.layers:
            layer.weights[...] = 1.0
        return twin.parameters

    def forward(self, x: FloatArray) -> FloatArray:
        """Compute all layers.

        Parameters
        ----------
        x
            Shape (inputs + 1, batch), the last row ones.

        Returns
        -------
        Shape (outputs, batch): a buffer that the next call overwrites.
        """
        if x.shape[1] != self._batch:
            self._batch = x.shape[1]
            for layer in self.layers:
                layer.use_batch(self._batch)
        for layer in self.layers:
            x = layer.forward(x)
        return self.layers[-1].a

    def backward(self, loss: Loss, y: FloatArray, scale: float) -> None:
        """Write the gradient of ``scale · Σ loss`` for the batch of the last `forward`.

        δᴸ = ∂L/∂aᴸ ⊙ f'(zᴸ); δˡ = (Wˡ⁺¹ᵀ δˡ⁺¹) ⊙ f'(zˡ); ∂L/∂Wˡ = δˡ (aˡ⁻¹)ᵀ; ∂L/∂bˡ = Σ δˡ.

        Parameters
        ----------
        loss
            The loss; when it is fused with the output activation its gradient is δᴸ at once.
        y
            Targets of shape (outputs, batch).
        scale
            1/n for the mean over n samples, 1 for the sum.
        """
        last = self.layers[-1]
        loss.gradient(last.z, last.a, y, last.delta)
        if scale != 1.0:
            np.multiply(last.delta, scale, out=last.delta)
        if loss.fused_with != last.activation.name:
            last.backward_activation()
        last.backward_parameters()
        for layer, following in zip(self.layers[-2::-1], self.layers[:0:-1], strict=True):
            following.backward_input(layer.delta)
            layer.backward_activation()
            layer.backward_parameters()

    def value(self, loss: Loss, y: FloatArray) -> float:
        """Return the mean loss of the batch of the last `forward`."""
        last = self.layers[-1]
        return loss.value(last.z, last.a, y)

    def predict(self, rows: FloatArray) -> FloatArray:
        """Return the outputs for samples as rows, shape (rows, outputs); no buffer is touched."""
        return self.trace(rows)[-1].a

    def trace(self, rows: FloatArray) -> list[LayerTrace]:
        """Return every layer's z and a for samples as rows of shape (rows, inputs).

        Fresh arrays: training's buffers stay as they are.
        """
        x = np.ascontiguousarray(rows.T, dtype=self.dtype)
        traces = []
        for layer in self.layers:
            z = layer.weights @ x
            if layer.spec.use_bias:
                z += layer.matrix[:, layer.inputs :]
            x = layer.activation(z)
            traces.append(LayerTrace(z.T, x.T))
        return traces

    def broken_layer(self) -> int | None:
        """Return which layer was the first to hold a number that is not finite, or None.

        "First" in the order in which forward, backward and the optimiser's step computed them,
        for the batch they last had.
        """
        order = range(len(self.layers))
        computed = (
            *((i, self.layers[i].z) for i in order),
            *((i, self.layers[i].delta) for i in reversed(order)),
            *((i, self.layers[i].gradient_matrix) for i in reversed(order)),
            *((i, self.layers[i].matrix) for i in order),
        )
        return next((i for i, array in computed if not np.isfinite(array).all()), None)


def with_ones(rows: FloatArray, dtype: np.dtype[np.floating]) -> FloatArray:
    """Return samples as rows with a last column of ones: shape (rows, columns + 1).

    Its transpose is what `Network.forward` takes, so that biases are part of one product.
    """
    out = np.ones((rows.shape[0], rows.shape[1] + 1), dtype)
    out[:, :-1] = rows
    return out
