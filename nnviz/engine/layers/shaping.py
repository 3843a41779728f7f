"""Layers that learn nothing: Flatten, and Dropout."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers.base import FirstValues, Layer, LayerSpec, Memory, Shape
from nnviz.errors import InvalidChoiceError


@dataclass(frozen=True)
class Flatten(LayerSpec):
    """A picture as a row of numbers: channel by channel, row by row."""

    kind: ClassVar[str] = "flatten"
    title: ClassVar[str] = "Flatten"
    label: ClassVar[str] = "Flatten"
    short: ClassVar[str] = "Flatten"
    for_pictures: ClassVar[bool] = True
    formula: ClassVar[str] = "a = x"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return (numbers,)."""
        return (math.prod(input_shape),)

    def build(self, input_shape: Shape, memory: Memory) -> FlattenLayer:
        """Return the layer at work."""
        return FlattenLayer(self, input_shape, memory)


class FlattenLayer(Layer[FloatArray]):
    """A `Flatten` layer at work: its output is its input, which lies flat in memory already."""

    def _new_buffers(self, batch: int) -> FloatArray:
        return self.new(self.units, batch)

    def _adopt(self, buffers: FloatArray) -> None:
        self.delta = buffers

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        """Hand the input on; see `Layer.forward`."""
        self.output = x
        self.z = self.a = x[:-1]
        return x

    def backward_input(self, out: FloatArray) -> None:
        """Hand the gradient on."""
        np.copyto(out, self.delta)


@dataclass(frozen=True)
class Dropout(LayerSpec):
    """In training, silence each number with a probability, and make up for it in the others.

    Parameters
    ----------
    rate
        The probability, at least 0 and below 1. What is left is divided by 1 − rate, so that
        prediction, where nothing is silenced, meets sums of the size it learned with.
    """

    kind: ClassVar[str] = "dropout"
    title: ClassVar[str] = "Dropout"
    label: ClassVar[str] = "Dropout"
    short: ClassVar[str] = "Dropout"
    formula: ClassVar[str] = "a = x · m / (1 − rate), m = 0 with probability rate, else 1"

    rate: float = 0.5

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        if not 0.0 <= self.rate < 1.0:
            raise InvalidChoiceError(
                "The rate of Dropout must be at least 0 and less than 1, not {rate}.",
                "A rate of 0.5 silences every other number.",
                rate=self.rate,
            )
        return input_shape

    def build(self, input_shape: Shape, memory: Memory) -> DropoutLayer:
        """Return the layer at work."""
        return DropoutLayer(self, input_shape, memory)


class DropoutBuffers(NamedTuple):
    """What dropout writes for one batch size.

    Parameters
    ----------
    output
        Shape (units + 1, batch).
    delta, mask
        Shape (units, batch).
    """

    output: FloatArray
    delta: FloatArray
    mask: FloatArray


class DropoutLayer(Layer[DropoutBuffers]):
    """A `Dropout` layer at work.

    Parameters
    ----------
    spec
        The layer.
    input_shape
        Of one sample.
    memory
        Its part of the network's vectors: nothing.
    """

    differs_in_training = True
    silenced = b""
    """Of the first sample of the last batch in training: a byte for each number, 1 for silenced."""

    def __init__(self, spec: Dropout, input_shape: Shape, memory: Memory) -> None:
        super().__init__(spec, input_shape, memory)
        self._rate = spec.rate

    @cached_property
    def rng(self) -> np.random.Generator:
        """Where its chance comes from; until `initialize`, and where it only predicts, a fixed one.

        To make one takes as long as all else of the layer.
        """
        return np.random.default_rng(0)

    def initialize(self, first: FirstValues) -> None:
        """Take a stream of chance of its own, so that the other layers' draws stay as they are."""
        (self.rng,) = first.rng.spawn(1)

    def _new_buffers(self, batch: int) -> DropoutBuffers:
        return DropoutBuffers(
            self.new_output(batch), self.new(self.units, batch), self.new(self.units, batch)
        )

    def _adopt(self, buffers: DropoutBuffers) -> None:
        self.output, self.delta, self.mask = buffers
        self.z = self.a = self.output[: self.units]

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        """Silence some numbers, or in prediction none; see `Layer.forward`."""
        if training:
            self._draw()
            self.silenced = (self.mask[:, 0] == 0).tobytes()
        else:
            self.mask.fill(1.0)
        np.multiply(x[:-1], self.mask, out=self.a)
        return self.output

    def backward_input(self, out: FloatArray) -> None:
        """Let the gradient through where the number was let through."""
        np.multiply(self.delta, self.mask, out=out)

    def draw(self, out: FloatArray) -> None:
        """Draw a number from 0 to 1 for each of a batch, shape (units, batch).

        Those below the rate silence.
        """
        self.rng.random(dtype=self.dtype, out=out)
        self.silenced = (out[:, 0] < self._rate).tobytes()

    def _draw(self) -> None:
        """Fill `mask` with 0 and 1 / (1 − rate)."""
        self.draw(self.mask)
        np.greater_equal(self.mask, self._rate, out=self.mask)
        np.multiply(self.mask, 1.0 / (1.0 - self._rate), out=self.mask)
