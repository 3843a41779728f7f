"""Pooling: one number for each window of a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers.base import (
    Layer,
    LayerSpec,
    Memory,
    Pair,
    Shape,
    pair,
    pictures,
    require_picture,
    require_whole,
    require_window_fits,
)


@dataclass(frozen=True)
class _Pool2D(LayerSpec):
    """A window moved over each channel, without padding.

    Parameters
    ----------
    pool_size
        Rows and columns of the window; one number for a square.
    strides
        By how many rows and columns it moves on; None for its own size.
    """

    pool_size: int | Pair = (2, 2)
    strides: int | Pair | None = None

    @property
    def steps(self) -> Pair:
        """By how many rows and columns the window moves on."""
        return pair(self.pool_size if self.strides is None else self.strides)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return (channels, rows, columns); what is left over at the edges is left out."""
        window = pair(self.pool_size)
        require_whole(self, "pool_size", 1, *window)
        require_whole(self, "strides", 1, *self.steps)
        channels, rows, columns = require_picture(self, input_shape)
        require_window_fits(self, window, input_shape, (rows, columns))
        return (
            channels,
            (rows - window[0]) // self.steps[0] + 1,
            (columns - window[1]) // self.steps[1] + 1,
        )


@dataclass(frozen=True)
class MaxPool2D(_Pool2D):
    """The largest number of each window; see `_Pool2D`."""

    kind: ClassVar[str] = "max_pool2d"
    title: ClassVar[str] = "MaxPool2D"
    formula: ClassVar[str] = "a = max of a window"

    def build(self, input_shape: Shape, memory: Memory) -> MaxPool2DLayer:
        """Return the layer at work."""
        return MaxPool2DLayer(self, input_shape, memory)


@dataclass(frozen=True)
class AveragePool2D(_Pool2D):
    """The mean of each window; see `_Pool2D`."""

    kind: ClassVar[str] = "average_pool2d"
    title: ClassVar[str] = "AveragePool2D"
    formula: ClassVar[str] = "a = mean of a window"

    def build(self, input_shape: Shape, memory: Memory) -> AveragePool2DLayer:
        """Return the layer at work."""
        return AveragePool2DLayer(self, input_shape, memory)


@dataclass(frozen=True)
class GlobalAveragePool2D(LayerSpec):
    """The mean of each channel: a picture becomes one number a channel."""

    kind: ClassVar[str] = "global_average_pool2d"
    title: ClassVar[str] = "GlobalAveragePool2D"
    formula: ClassVar[str] = "a = mean of a channel"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return (channels,)."""
        return require_picture(self, input_shape)[:1]

    def build(self, input_shape: Shape, memory: Memory) -> GlobalAveragePool2DLayer:
        """Return the layer at work."""
        return GlobalAveragePool2DLayer(self, input_shape, memory)


class PoolBuffers(NamedTuple):
    """What a pooling layer writes for one batch size.

    Parameters
    ----------
    output
        Shape (units + 1, batch).
    delta, rest, part
        Shape (units, batch).
    """

    output: FloatArray
    delta: FloatArray
    rest: FloatArray
    part: FloatArray


class _PoolLayer(Layer[PoolBuffers]):
    """What pooling layers share: a walk over the places of a window.

    All windows are treated at once, place by place: the upper left pixels of all windows are one
    strided view of the picture, their neighbours the next, and so on.

    Parameters
    ----------
    spec
        The layer.
    input_shape
        (channels, rows, columns).
    memory
        Its part of the network's vectors: nothing.
    """

    def __init__(self, spec: _Pool2D, input_shape: Shape, memory: Memory) -> None:
        super().__init__(spec, input_shape, memory)
        self._window, self._steps = pair(spec.pool_size), spec.steps
        self._overlaps = any(
            step < size for step, size in zip(self._steps, self._window, strict=True)
        )
        _, rows, columns = self.output_shape
        self._covers = not self._overlaps and input_shape[1:] == (
            rows * self._window[0],
            columns * self._window[1],
        )

    def _new_buffers(self, batch: int) -> PoolBuffers:
        delta, rest, part = (self.new(self.units, batch) for _ in range(3))
        return PoolBuffers(self.new_output(batch), delta, rest, part)

    def _adopt(self, buffers: PoolBuffers) -> None:
        self.output, self.delta, rest, part = buffers
        self.z = self.a = self.output[: self.units]
        shape = self.output_shape
        self._pooled, self._delta = pictures(self.a, shape), pictures(self.delta, shape)
        self._rest, self._part = pictures(rest, shape), pictures(part, shape)

    def _clear(self, out: FloatArray) -> None:
        """Prepare ∂L/∂x for `_give`, which reaches every pixel itself where windows tile."""
        if not self._covers:
            out.fill(0.0)

    def _give(self, gradient: FloatArray, place: FloatArray) -> None:
        """Add a gradient to what is at one place of all windows."""
        if self._overlaps:
            np.add(place, gradient, out=place)
        else:
            np.copyto(place, gradient)

    def _places(self, array: FloatArray) -> Iterator[FloatArray]:
        """Yield what is at each place of all windows, row by row of the window.

        Views of shape (channels, output rows, output columns, batch), of an array of shape
        (inputs, batch).
        """
        picture = pictures(array, self.input_shape)
        _, rows, columns = self.output_shape
        down, across = self._steps
        for i, j in np.ndindex(self._window):
            yield picture[:, i : i + down * rows : down, j : j + across * columns : across]


class MaxPool2DLayer(_PoolLayer):
    """A `MaxPool2D` layer at work; see `_PoolLayer`."""

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        """Keep the largest number of each window; see `Layer.forward`."""
        first, *others = self._places(x[:-1])
        np.copyto(self._pooled, first)
        for place in others:
            np.maximum(self._pooled, place, out=self._pooled)
        self._x = x
        return self.output

    def backward_input(self, out: FloatArray) -> None:
        """Give each window's gradient to the first of its largest numbers, as PyTorch does.

        It is handed from place to place; the first one that holds the maximum takes all of it.
        """
        self._clear(out)
        np.copyto(self._rest, self._delta)
        for seen, target in zip(self._places(self._x[:-1]), self._places(out), strict=True):
            np.equal(seen, self._pooled, out=self._part)
            np.multiply(self._part, self._rest, out=self._part)
            np.subtract(self._rest, self._part, out=self._rest)
            self._give(self._part, target)


class AveragePool2DLayer(_PoolLayer):
    """An `AveragePool2D` layer at work; see `_PoolLayer`."""

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        """Take the mean of each window; see `Layer.forward`."""
        first, *others = self._places(x[:-1])
        np.copyto(self._pooled, first)
        for place in others:
            np.add(self._pooled, place, out=self._pooled)
        np.multiply(self._pooled, 1.0 / (1 + len(others)), out=self._pooled)
        return self.output

    def backward_input(self, out: FloatArray) -> None:
        """Give every pixel of a window the same share of its gradient."""
        self._clear(out)
        share = 1.0 / (self._window[0] * self._window[1])
        np.multiply(self._delta, share, out=self._part)
        for target in self._places(out):
            self._give(self._part, target)


class GlobalAveragePool2DLayer(Layer[tuple[FloatArray, FloatArray]]):
    """A `GlobalAveragePool2D` layer at work."""

    def _new_buffers(self, batch: int) -> tuple[FloatArray, FloatArray]:
        return self.new_output(batch), self.new(self.units, batch)

    def _adopt(self, buffers: tuple[FloatArray, FloatArray]) -> None:
        self.output, self.delta = buffers
        self.z = self.a = self.output[: self.units]

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        """Take the mean of each channel; see `Layer.forward`."""
        self._by_channel(x[:-1]).mean(axis=1, out=self.a)
        return self.output

    def backward_input(self, out: FloatArray) -> None:
        """Give every pixel of a channel the same share of its gradient."""
        pixels = self._by_channel(out)
        np.multiply(self.delta[:, np.newaxis], 1.0 / pixels.shape[1], out=pixels)

    def _by_channel(self, array: FloatArray) -> FloatArray:
        """Return the view (channels, pixels, batch) of an array of shape (inputs, batch)."""
        return array.reshape(self.units, -1, array.shape[-1])
