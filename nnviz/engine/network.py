"""A network: layers in a row, one flat vector of parameters, one of gradients."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.layers import Layer, LayerSpec, Memory, Shape
from nnviz.engine.layers.base import FirstDraw, FirstValues
from nnviz.engine.layers.shaping import DropoutLayer
from nnviz.engine.losses import Loss

PREDICTED_NUMBERS = 2**22
"""About how many numbers `predict` lets all layers of its network hold at a time."""


@dataclass(frozen=True)
class LayerTrace:
    """What one layer computed for some samples, samples as rows.

    Parameters
    ----------
    z, a
        Shape (rows, units): before and after the activation, the same where there is none.
    shape
        Of one sample: (units,), or (channels, rows, columns) of a picture.
    """

    z: FloatArray
    a: FloatArray
    shape: Shape

    @property
    def maps(self) -> FloatArray:
        """`a` in its shape: (rows, units), or (rows, channels, rows, columns)."""
        return self.a.reshape(-1, *self.shape)


def layer_shapes(input_shape: Shape, layers: Sequence[LayerSpec]) -> list[Shape]:
    """Return the shape of a sample before the first layer and after each.

    Raises
    ------
    InvalidChoiceError
        If a layer cannot take what the one before it gives.
    """
    return list(accumulate(layers, lambda s, spec: spec.output_shape(s), initial=input_shape))


class Network:
    """Layers one after another.

    Parameters
    ----------
    inputs
        Number of input columns, or the shape (channels, rows, columns) of input pictures.
    layers
        From the first hidden layer to the output layer; at least one.
    dtype
        ``"float64"`` or ``"float32"``.
    parameters
        A vector to take as `parameters`; None for a new one of zeros.

    Attributes
    ----------
    parameters
        All that makes the network what it is, flat: first what training moves, layer by layer,
        then what layers remember without a gradient (the averages of BatchNorm).
    gradients
        Shape of `parameters`; zeros where there is no gradient.
    trained, trained_gradients
        The parts of both that an optimiser moves.

    Raises
    ------
    InvalidChoiceError
        If a layer cannot take what the one before it gives.
    """

    def __init__(
        self,
        inputs: int | Shape,
        layers: Sequence[LayerSpec],
        dtype: str = "float64",
        parameters: FloatArray | None = None,
    ) -> None:
        self.input_shape: Shape = (inputs,) if isinstance(inputs, int) else tuple(inputs)
        self.inputs = math.prod(self.input_shape)
        self.specs = tuple(layers)
        self.dtype: np.dtype[np.floating] = np.dtype(dtype)
        self.shapes = layer_shapes(self.input_shape, self.specs)
        counts = [s.parameter_count(n) for s, n in zip(self.specs, self.shapes, strict=False)]
        states = [s.state_count(n) for s, n in zip(self.specs, self.shapes, strict=False)]
        size, trained = sum(counts) + sum(states), sum(counts)
        self.parameters = np.zeros(size, self.dtype) if parameters is None else parameters
        self.gradients = np.zeros(size, self.dtype)
        self.trained = self.parameters[:trained]
        self.trained_gradients = self.gradients[:trained]
        parts = zip(
            _parts(self.parameters, counts),
            _parts(self.gradients, counts),
            _parts(self.parameters[trained:], states),
            strict=True,
        )
        self.layers: list[Layer[Any]] = [
            spec.build(shape, Memory(*memory))
            for spec, shape, memory in zip(self.specs, self.shapes, parts, strict=False)
        ]
        self._backwards = list(zip(self.layers[-2::-1], self.layers[:0:-1], strict=True))
        self._batch = -1  # not even that of no samples

    @property
    def outputs(self) -> int:
        """Number of outputs."""
        return self.layers[-1].units

    @property
    def numbers_per_sample(self) -> int:
        """About how many numbers the layers hold for each sample of a batch."""
        return sum(layer.numbers_per_sample for layer in self.layers)

    @property
    def trains_as_it_predicts(self) -> bool:
        """Whether no layer behaves otherwise in training (as Dropout and BatchNorm do)."""
        return not any(layer.differs_in_training for layer in self.layers)

    @property
    def generators(self) -> list[np.random.Generator]:
        """Where the layers' chance comes from (Dropout), in order."""
        return [layer.rng for layer in self.layers if isinstance(layer, DropoutLayer)]

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
        first = FirstValues(
            rng,
            _draw(rng, initializer, values),
            _draw(rng, bias_initializer, bias_values or {}),
        )
        for layer in self.layers:
            layer.initialize(first)

    def weight_mask(self) -> FloatArray:
        """Return a flat vector of the parameters' size, 1 at weights and 0 at biases."""
        twin = Network(self.input_shape, self.specs, self.dtype.name)
        for layer in twin.layers:
            layer.weights.fill(1.0)
        return twin.parameters

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        """Compute all layers.

        Parameters
        ----------
        x
            Shape (inputs + 1, batch), the last row ones.
        training
            Whether layers are to behave as in training (Dropout and BatchNorm differ).

        Returns
        -------
        Shape (outputs, batch): a buffer that the next call overwrites.
        """
        if x.shape[1] != self._batch:
            self._batch = x.shape[1]
            for layer in self.layers:
                layer.use_batch(self._batch)
        for layer in self.layers:
            x = layer.forward(x, training)
        return self.layers[-1].a

    def backward(self, loss: Loss, y: FloatArray, scale: float | FloatArray) -> None:
        """Write the gradient of ``Σ scale · loss`` for the batch of the last `forward`.

        δᴸ = ∂L/∂aᴸ ⊙ f'(zᴸ); δˡ = (Wˡ⁺¹ᵀ δˡ⁺¹) ⊙ f'(zˡ); ∂L/∂Wˡ = δˡ (aˡ⁻¹)ᵀ; ∂L/∂bˡ = Σ δˡ.

        Parameters
        ----------
        loss
            The loss; when it is fused with the output activation its gradient is δᴸ at once.
        y
            Targets of shape (outputs, batch).
        scale
            1/n for the mean over n samples, 1 for the sum; or one number for each sample, shape
            (batch,), where some count more than others.
        """
        last = self.layers[-1]
        loss.gradient(last.z, last.a, y, last.delta)
        np.multiply(last.delta, scale, last.delta)
        if loss.fused_with != last.activation.name:
            last.backward_activation()
        last.backward_parameters()
        for layer, following in self._backwards:
            following.backward_input(layer.delta)
            layer.backward_activation()
            layer.backward_parameters()

    def backward_inputs(self, delta: FloatArray) -> FloatArray:
        """Return ∂L/∂x for the batch of the last `forward`, shape (inputs, batch).

        Given ∂L/∂z of the outputs, shape (outputs, batch); the parameters' gradient stays as it is.
        """
        self.layers[-1].delta[...] = delta
        for layer, following in self._backwards:
            following.backward_input(layer.delta)
            layer.backward_activation()
        gradient = np.empty((self.inputs, self._batch), self.dtype)
        self.layers[0].backward_input(gradient)
        return gradient

    def gradient_sizes(self, gradients: FloatArray) -> FloatArray:
        """Return the root mean square of each layer's part of some gradients.

        Parameters
        ----------
        gradients
            Like `trained_gradients`, one a row: shape (gradients, parameters).

        Returns
        -------
        Shape (gradients, layers); 0 for layers without parameters.
        """
        sizes = np.zeros((len(gradients), len(self.layers)))
        start = 0
        for place, layer in enumerate(self.layers):
            size = layer.flat_gradients.size
            if size:
                squares = gradients[:, start : start + size] ** 2
                sizes[:, place] = np.sqrt(np.add.reduce(squares, axis=1) / size)
            start += size
        return sizes

    def silenced(self) -> bytes:
        """Return which numbers the Dropout layers silenced last, of one layer after another."""
        return b"".join(one.silenced for one in self.layers if isinstance(one, DropoutLayer))

    def value(self, loss: Loss, y: FloatArray) -> float:
        """Return the mean loss of the batch of the last `forward`."""
        last = self.layers[-1]
        return loss.value(last.z, last.a, y)

    def predict(self, rows: FloatArray) -> FloatArray:
        """Return the outputs for samples as rows, shape (rows, outputs); no buffer is touched."""
        twin = self._twin()
        step = max(1, PREDICTED_NUMBERS // self.numbers_per_sample)
        out = np.empty((len(rows), self.outputs), self.dtype)
        for start in range(0, len(rows), step):
            chunk = slice(start, start + step)
            out[chunk] = twin.forward(with_ones(rows[chunk], self.dtype).T).T
        return out

    def trace(self, rows: FloatArray) -> list[LayerTrace]:
        """Return every layer's z and a for samples as rows of shape (rows, inputs).

        Fresh arrays: training's buffers stay as they are.
        """
        twin = self._twin()
        twin.forward(with_ones(rows, self.dtype).T)
        return [LayerTrace(layer.z.T, layer.a.T, layer.output_shape) for layer in twin.layers]

    def _twin(self) -> Network:
        """Return a network of the same parameters with buffers of its own."""
        return Network(self.input_shape, self.specs, self.dtype.name, self.parameters)

    def broken_layer(self) -> int | None:
        """Return which layer was the first to hold a number that is not finite, or None.

        "First" in the order in which forward, backward and the optimiser's step computed them,
        for the batch they last had.
        """
        order = range(len(self.layers))
        computed = (
            *((i, self.layers[i].z) for i in order),
            *((i, self.layers[i].delta) for i in reversed(order)),
            *((i, self.layers[i].flat_gradients) for i in reversed(order)),
            *((i, self.layers[i].flat_parameters) for i in order),
        )
        return next((i for i, array in computed if not np.isfinite(array).all()), None)


def _draw(rng: np.random.Generator, name: str, values: Mapping[str, float]) -> FirstDraw:
    """Return how first values are drawn from an initialiser, given their shape and fans."""
    return lambda shape, fans: INITIALIZERS[name].sample(rng, shape, values, fans)


def _parts(vector: FloatArray, sizes: Sequence[int]) -> Iterator[FloatArray]:
    """Yield views of so many elements each, one after another."""
    ends = list(accumulate(sizes))
    for size, end in zip(sizes, ends, strict=True):
        yield vector[end - size : end]


def with_ones(rows: FloatArray, dtype: np.dtype[np.floating]) -> FloatArray:
    """Return samples as rows with a last column of ones: shape (rows, columns + 1).

    Its transpose is what `Network.forward` takes, so that biases are part of one product.
    """
    out = np.ones((rows.shape[0], rows.shape[1] + 1), dtype)
    out[:, :-1] = rows
    return out
