"""The convolution: the same few weights everywhere in a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers.base import (
    FirstValues,
    Layer,
    LayerSpec,
    Memory,
    Pair,
    Shape,
    SwitchedOff,
    pair,
    pictures,
    require_picture,
    require_units,
    require_whole,
    require_window_fits,
)
from nnviz.errors import InvalidChoiceError


@dataclass(frozen=True)
class Conv2D(LayerSpec):
    """A two-dimensional convolution, a = f(w ∗ x + b).

    Parameters
    ----------
    filters
        Number of kernels, and of channels of the output.
    kernel_size
        Rows and columns of a kernel; one number for a square.
    strides
        By how many rows and columns a kernel moves on.
    padding
        ``"valid"`` for none; ``"same"`` for zeros around the picture such that there is an output
        for every stride-th pixel, as Keras does it: of an odd number of them the larger half comes
        below and to the right; or the number of rows above and below, and of columns on each side.
    activation
        Name in ``ACTIVATIONS``.
    use_bias
        Whether there is a b, one for each filter.
    off
        Filters that are switched off: their channels are 0.
    """

    kind: ClassVar[str] = "conv2d"
    title: ClassVar[str] = "Conv2D"
    label: ClassVar[str] = "Convolution"
    short: ClassVar[str] = "Conv"
    for_pictures: ClassVar[bool] = True
    formula: ClassVar[str] = "a = f(w ∗ x + b)"

    filters: int
    kernel_size: int | Pair = (3, 3)
    strides: int | Pair = (1, 1)
    padding: str | Pair = "valid"
    activation: str = "linear"
    use_bias: bool = True
    off: tuple[int, ...] = ()

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return (filters, rows, columns)."""
        self._check()
        _, rows, columns = require_picture(self, input_shape)
        (above, below), (left, right) = self.pads(input_shape)
        padded = (rows + above + below, columns + left + right)
        kernel, strides = pair(self.kernel_size), pair(self.strides)
        require_window_fits(self, kernel, input_shape, padded)
        return (self.filters, *((padded[i] - kernel[i]) // strides[i] + 1 for i in (0, 1)))

    def pads(self, input_shape: Shape) -> tuple[Pair, Pair]:
        """Return rows of zeros (above, below) and columns of zeros (left, right)."""
        kernel, strides = pair(self.kernel_size), pair(self.strides)
        if isinstance(self.padding, str):
            rows, columns = (
                _same_padding(input_shape[i + 1], kernel[i], strides[i])
                if self.padding == "same"
                else (0, 0)
                for i in (0, 1)
            )
            return rows, columns
        return (self.padding[0],) * 2, (self.padding[1],) * 2

    def parameter_count(self, input_shape: Shape) -> int:
        """Return how many numbers the layer learns."""
        rows, columns = pair(self.kernel_size)
        return self.filters * (input_shape[0] * rows * columns + int(self.use_bias))

    def build(self, input_shape: Shape, memory: Memory) -> Conv2DLayer:
        """Return the layer at work."""
        kind = SwitchedOffConv2DLayer if self.off else Conv2DLayer
        return kind(self, input_shape, memory)

    def _check(self) -> None:
        require_whole(self, "filters", 1, self.filters)
        require_units(self, self.off, self.filters)
        require_whole(self, "kernel_size", 1, *pair(self.kernel_size))
        require_whole(self, "strides", 1, *pair(self.strides))
        if not isinstance(self.padding, str):
            require_whole(self, "padding", 0, *self.padding)
        elif self.padding not in ("valid", "same"):
            raise InvalidChoiceError(
                "Conv2D knows no padding “{padding}”.",
                "Choose “valid”, “same”, or two numbers.",
                padding=self.padding,
            )


def _same_padding(size: int, kernel: int, stride: int) -> Pair:
    """Return the zeros before and after a side, such that ⌈size / stride⌉ outputs come out."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


class ConvBuffers(NamedTuple):
    """What a convolution writes for one batch size, and views of it.

    Parameters
    ----------
    z, delta, scratch
        Shape (units, batch).
    output
        Shape (units + 1, batch).
    columns
        Shape (output rows, channels · kernel rows · kernel columns + 1, output columns · batch):
        for each output row a matrix of what the kernel sees, a last row of ones for the bias.
    inner
        The picture inside its padding, (channels, rows, columns, batch).
    windows
        The padded picture as the kernel sees it, (channels, kernel rows, kernel columns, output
        rows, output columns, batch); all views of one small array.
    seen
        `columns` in the shape of `windows`.
    column_gradients
        ∂L/∂columns without the ones.
    row_gradients
        ∂L/∂[W | b] by output row, shape (output rows, filters, …).
    padded_gradient, inner_gradient
        ∂L/∂x with and without its padding.
    scatter
        For each place in the kernel, the part of `padded_gradient` it sees and its part of
        `column_gradients`.
    """

    z: FloatArray
    output: FloatArray
    delta: FloatArray
    scratch: FloatArray
    columns: FloatArray
    inner: FloatArray
    windows: FloatArray
    seen: FloatArray
    column_gradients: FloatArray
    row_gradients: FloatArray
    padded_gradient: FloatArray
    inner_gradient: FloatArray
    scatter: tuple[tuple[FloatArray, FloatArray], ...]


class Conv2DLayer(Layer[ConvBuffers]):
    """A `Conv2D` layer at work.

    What the kernel sees at each position is copied into a column of a matrix ("im2col"). With
    kernels and biases side by side in [W | b], as in a dense layer, one matrix product does the
    whole convolution, and two its gradients. Channels come first and the batch last, so that each
    row of a picture is copied in one piece. The matrix is cut by output rows: a stack of small
    products stays in the cache, and takes half the time of a single long one.

    Parameters
    ----------
    spec
        The layer.
    input_shape
        (channels, rows, columns).
    memory
        Its part of the network's vectors.
    """

    def __init__(self, spec: Conv2D, input_shape: Shape, memory: Memory) -> None:
        super().__init__(spec, input_shape, memory)
        self._kernel, self._strides = pair(spec.kernel_size), pair(spec.strides)
        self._pads = spec.pads(input_shape)
        self._seen = input_shape[0] * self._kernel[0] * self._kernel[1]
        self._rows = self._seen + int(spec.use_bias)
        self.filters = spec.filters
        self.matrix = memory.parameters.reshape(spec.filters, self._rows)
        self.gradient_matrix = memory.gradients.reshape(spec.filters, self._rows)
        self.weights = self.matrix[:, : self._seen]
        self.biases = self.matrix[:, self._seen :]
        self.weight_gradients = self.gradient_matrix[:, : self._seen]
        self.bias_gradients = self.gradient_matrix[:, self._seen :]
        self._weights_transposed = self.weights.T

    @property
    def kernels(self) -> FloatArray:
        """The weights, shape (filters, channels, kernel rows, kernel columns), a view."""
        return self.weights.reshape(self.filters, self.input_shape[0], *self._kernel)

    @property
    def numbers_per_sample(self) -> int:
        """About how many numbers the layer's buffers hold for each sample of a batch."""
        positions = self.output_shape[1] * self.output_shape[2]
        return super().numbers_per_sample + 2 * (self._rows * positions + self.inputs)

    def initialize(self, first: FirstValues) -> None:
        """Draw the kernels, then the biases; fans as Keras counts them."""
        field = self._kernel[0] * self._kernel[1]
        fans = (self.filters * field, self._seen)
        self.weights[...] = first.weights((self.filters, self._seen), fans)
        if self.spec.use_bias:
            self.biases[...] = first.biases((self.filters, 1), fans)

    def _new_buffers(self, batch: int) -> ConvBuffers:
        z, delta, scratch = (self.new(self.units, batch) for _ in range(3))
        padded, inner = self._padded(batch)
        padded_gradient, inner_gradient = self._padded(batch)
        _, rows, width = self.output_shape
        columns = np.ones((rows, self._rows, width * batch), self.dtype)
        windows = self._windows(padded)
        gradients = np.empty((rows, self._seen, width * batch), self.dtype)
        sources = self._by_place(gradients, batch)
        targets = self._windows(padded_gradient)
        places = [(..., i, j, slice(None), slice(None), slice(None)) for i, j in self._places()]
        return ConvBuffers(
            z,
            self.new_output(batch),
            delta,
            scratch,
            columns,
            inner,
            windows,
            self._by_place(columns[:, : self._seen], batch),
            gradients,
            np.empty((rows, *self.matrix.shape), self.dtype),
            padded_gradient,
            inner_gradient,
            tuple((targets[place], sources[place]) for place in places),
        )

    def _by_place(self, columns: FloatArray, batch: int) -> FloatArray:
        """Return columns, without their ones, in the shape of `_windows`: a view."""
        channels, (_, rows, width) = self.input_shape[0], self.output_shape
        apart = columns.reshape(rows, channels, *self._kernel, width, batch)
        return np.asarray(apart.transpose(1, 2, 3, 0, 4, 5))

    def _places(self) -> list[Pair]:
        return list(np.ndindex(self._kernel))

    def _padded(self, batch: int) -> tuple[FloatArray, FloatArray]:
        """Return pictures of zeros with padding, and the view of what lies inside it."""
        channels, rows, columns = self.input_shape
        (above, below), (left, right) = self._pads
        shape = (channels, above + rows + below, left + columns + right, batch)
        padded = np.zeros(shape, self.dtype)
        return padded, padded[:, above : above + rows, left : left + columns]

    def _windows(self, padded: FloatArray) -> FloatArray:
        """Return the view (channels, kernel rows, kernel columns, rows, columns, batch)."""
        seen = sliding_window_view(padded, self._kernel, axis=(1, 2), writeable=True)
        strided = seen[:, :: self._strides[0], :: self._strides[1]]
        return np.asarray(strided.transpose(0, 4, 5, 1, 2, 3))

    def seen_in(self, inputs: FloatArray) -> FloatArray:
        """Return what each weight of a kernel is multiplied by, for inputs (inputs, batch).

        A view of shape (channels, kernel rows, kernel columns, output rows, output columns, batch).
        """
        padded, inner = self._padded(inputs.shape[1])
        inner[...] = pictures(inputs, self.input_shape)
        return self._windows(padded)

    def _adopt(self, buffers: ConvBuffers) -> None:
        self._buffers = buffers
        self.z, self.output, self.delta, self._scratch = buffers[:4]
        self.a = self.output[: self.units]
        self._z_by_row, self._delta_by_row = self._by_row(self.z), self._by_row(self.delta)

    def _by_row(self, array: FloatArray) -> FloatArray:
        """Return the view (output rows, filters, output columns · batch)."""
        return np.asarray(array.reshape(*self.output_shape[:2], -1).transpose(1, 0, 2))

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        """Compute z = [W | b] · columns and a = f(z); see `Layer.forward`."""
        np.copyto(self._buffers.inner, pictures(x[:-1], self.input_shape))
        np.copyto(self._buffers.seen, self._buffers.windows)
        np.matmul(self.matrix, self._buffers.columns, out=self._z_by_row)
        self.activation.function(self.z, self.a)
        return self.output

    def backward_activation(self) -> None:
        """Turn ∂L/∂a in `delta` into ∂L/∂z, in place."""
        self.activation.backward(self.z, self.a, self.delta, self._scratch)

    def backward_parameters(self) -> None:
        """Write ∂L/∂W and ∂L/∂b into the flat gradient, from ∂L/∂z in `delta`."""
        columns, by_row = self._buffers.columns, self._buffers.row_gradients
        np.matmul(self._delta_by_row, columns.transpose(0, 2, 1), out=by_row)
        np.add.reduce(by_row, axis=0, out=self.gradient_matrix)

    def backward_input(self, out: FloatArray) -> None:
        """Write ∂L/∂x into `out`: each pixel's sum over the kernel positions that saw it."""
        buffers = self._buffers
        np.matmul(self._weights_transposed, self._delta_by_row, out=buffers.column_gradients)
        buffers.padded_gradient.fill(0.0)
        for target, source in buffers.scatter:
            np.add(target, source, out=target)
        np.copyto(pictures(out, self.input_shape), buffers.inner_gradient)


class SwitchedOffConv2DLayer(SwitchedOff[ConvBuffers], Conv2DLayer):
    """A `Conv2D` layer at work, some of whose filters are switched off."""
