"""What every layer has in common: a specification, and the layer at work."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import numpy as np

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.arrays import FloatArray
from nnviz.errors import InvalidChoiceError

Shape = tuple[int, ...]
"""Of one sample: (numbers,), or (channels, rows, columns) of a picture."""

Pair = tuple[int, int]
"""Something of rows, and the same of columns."""


class Memory(NamedTuple):
    """A layer's part of the network's vectors, each flat.

    Parameters
    ----------
    parameters, gradients
        What training moves, ``spec.parameter_count(shape)`` numbers each.
    state
        What the layer remembers without a gradient, ``spec.state_count(shape)`` numbers.
    """

    parameters: FloatArray
    gradients: FloatArray
    state: FloatArray


@dataclass(frozen=True)
class LayerSpec(ABC):
    """What a person asks of a layer; subclasses are listed in ``LAYERS``.

    The class attributes say how it is called: `kind` in files, `title` in sentences (Keras' name),
    `label` in menus, `short` where there is little room, `formula` in a textbook. `for_pictures`
    says that it is of use only where samples are pictures.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    label: ClassVar[str]
    short: ClassVar[str]
    formula: ClassVar[str]
    for_pictures: ClassVar[bool] = False

    @property
    def activation(self) -> str:
        """Name in ``ACTIVATIONS``; "linear" for a layer that has none."""
        return "linear"

    @property
    def use_bias(self) -> bool:
        """Whether the layer has biases."""
        return False

    @abstractmethod
    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of one sample after the layer.

        Raises
        ------
        InvalidChoiceError
            If the layer cannot be, or cannot take that input.
        """

    def parameter_count(self, input_shape: Shape) -> int:
        """Return how many numbers the layer learns."""
        return 0

    def state_count(self, input_shape: Shape) -> int:
        """Return how many numbers the layer remembers without learning them by gradient."""
        return 0

    @abstractmethod
    def build(self, input_shape: Shape, memory: Memory) -> Layer[Any]:
        """Return the layer at work."""


FirstDraw = Callable[[Pair, Pair], FloatArray]


@dataclass(frozen=True)
class FirstValues:
    """How a layer's parameters start.

    Parameters
    ----------
    rng
        Source of chance.
    weights, biases
        ``weights(shape, fans)`` draws them; fans are (fan_out, fan_in) as initialisers take them.
    """

    rng: np.random.Generator
    weights: FirstDraw
    biases: FirstDraw


Kept = TypeVar("Kept")


class Layer(ABC, Generic[Kept]):
    """A layer at work: views into the network's flat vectors, and buffers for one batch size.

    Between layers travels one kind of array: `output` of shape (units + 1, batch), a sample a
    column, its last row ones so that the bias of whatever comes next is part of a matrix product.
    A layer of pictures sees the same memory as (channels, rows, columns, batch).

    Attributes
    ----------
    z, a
        Shape (units, batch): before and after the activation; the same where there is none.
    delta
        Shape (units, batch): ∂L/∂a, and after `backward_activation` ∂L/∂z.
    weights, biases
        Shape (outputs, inputs) and (outputs, 1), views of the parameters; without any elements in
        layers that have none.
    weight_gradients, bias_gradients
        Like them, views of the gradients.
    """

    z: FloatArray
    a: FloatArray
    output: FloatArray
    delta: FloatArray

    differs_in_training: ClassVar[bool] = False
    """Whether `forward` answers otherwise where it is to behave as in training."""

    def __init__(self, spec: LayerSpec, input_shape: Shape, memory: Memory) -> None:
        self.spec: LayerSpec = spec
        self.input_shape = input_shape
        self.output_shape = spec.output_shape(input_shape)
        self.units = math.prod(self.output_shape)
        self.inputs = math.prod(input_shape)
        self.dtype = memory.parameters.dtype
        self.flat_parameters, self.flat_gradients, self.state = memory
        self.activation: Activation = ACTIVATIONS[spec.activation]
        nothing = np.empty((0, 0), self.dtype)
        self.weights = self.biases = nothing
        self.weight_gradients = self.bias_gradients = nothing
        self._kept: dict[int, Kept] = {}

    @property
    def numbers_per_sample(self) -> int:
        """About how many numbers the layer's buffers hold for each sample of a batch."""
        return 4 * self.units

    def initialize(self, first: FirstValues) -> None:
        """Give parameters and state their first values."""

    def use_batch(self, batch: int) -> None:
        """Turn to the buffers for batches of so many samples, made when first asked for.

        They are kept: every epoch meets the same few sizes (a full batch, the smaller last one,
        a chunk of the test part).
        """
        if batch not in self._kept:
            self._kept[batch] = self._new_buffers(batch)
        self._adopt(self._kept[batch])

    @abstractmethod
    def _new_buffers(self, batch: int) -> Kept:
        """Return what the layer writes for one batch size."""

    @abstractmethod
    def _adopt(self, buffers: Kept) -> None:
        """Make these buffers the layer's attributes."""

    @abstractmethod
    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        """Compute z and a, and return `output`.

        Parameters
        ----------
        x
            Shape (inputs + 1, batch), the last row ones.
        training
            Whether the layer is to behave as in training (Dropout and BatchNorm differ).

        Returns
        -------
        Shape (units + 1, batch), the layer's own buffer.
        """

    def backward_activation(self) -> None:
        """Turn ∂L/∂a in `delta` into ∂L/∂z, in place."""

    def backward_parameters(self) -> None:
        """Write the parameters' gradient, from ∂L/∂z in `delta`."""

    @abstractmethod
    def backward_input(self, out: FloatArray) -> None:
        """Write ∂L/∂x into `out` of shape (inputs, batch), from ∂L/∂z in `delta`."""

    def new(self, rows: int, batch: int) -> FloatArray:
        """Return a buffer of shape (rows, batch), of zeros: never written is not broken."""
        return np.zeros((rows, batch), self.dtype)

    def new_output(self, batch: int) -> FloatArray:
        """Return a buffer for a with its row of ones below it, shape (units + 1, batch)."""
        return np.ones((self.units + 1, batch), self.dtype)


class SwitchedOff(Layer[Kept]):
    """What a layer with units that are switched off (``spec.off``) adds: they answer 0.

    Nothing flows back through them either. Layers without any know nothing of it.
    """

    spec: Any

    def __init__(self, spec: Any, input_shape: Shape, memory: Memory) -> None:
        super().__init__(spec, input_shape, memory)
        numbers = np.arange(self.units).reshape(self.output_shape[0], -1)
        self._off = numbers[list(spec.off)].ravel()

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        """Compute z and a, and return `output`; see `Layer.forward`."""
        output = super().forward(x, training)  # type: ignore[safe-super]  # it is a mixin
        self.a[self._off] = 0.0
        return output

    def backward_activation(self) -> None:
        """Turn ∂L/∂a in `delta` into ∂L/∂z, in place."""
        super().backward_activation()
        self.delta[self._off] = 0.0


def require_units(spec: LayerSpec, off: tuple[int, ...], units: int) -> None:
    """Refuse to switch off units that a layer does not have, or one twice.

    Raises
    ------
    InvalidChoiceError
        If there is one.
    """
    wrong = [unit for unit in off if unit not in range(units) or off.count(unit) > 1]
    if wrong:
        raise InvalidChoiceError(
            "{layer} has no unit {unit} to switch off, or has done so already.",
            "Choose another one.",
            layer=spec.title,
            unit=wrong[0],
        )


def pictures(array: FloatArray, shape: Shape) -> FloatArray:
    """Return the view (channels, rows, columns, batch) of an array of shape (units, batch)."""
    return array.reshape(*shape, array.shape[-1])


def shape_text(shape: Shape) -> str:
    """Return a shape as people write it: ``"8×13×13"``."""
    return "×".join(map(str, shape))


def pair(value: int | Pair) -> Pair:
    """Return a number for rows and one for columns, from one number for both or from two."""
    rows, columns = (value, value) if isinstance(value, int) else value
    return rows, columns


def require_picture(spec: LayerSpec, shape: Shape) -> tuple[int, int, int]:
    """Return channels, rows and columns of an input that has to be a picture.

    Raises
    ------
    InvalidChoiceError
        If it is none.
    """
    if len(shape) != 3:
        raise InvalidChoiceError(
            "{layer} needs an input of the shape channels×rows×columns, but gets {given} numbers"
            " in a row.",
            "Put it before Flatten, and first in a network for pictures.",
            layer=spec.title,
            given=shape_text(shape),
        )
    channels, rows, columns = shape
    return channels, rows, columns


def require_window_fits(spec: LayerSpec, window: Pair, shape: Shape, padded: Pair) -> None:
    """Refuse a window larger than the (padded) picture it is moved over.

    Raises
    ------
    InvalidChoiceError
        If it does not fit.
    """
    if window[0] > padded[0] or window[1] > padded[1]:
        raise InvalidChoiceError(
            "{layer} cannot move a window of {window} over an input of the shape {given}.",
            "Choose a smaller window, or fewer layers before it that shrink the picture.",
            layer=spec.title,
            window=shape_text(window),
            given=shape_text(shape),
        )


def require_whole(spec: LayerSpec, name: str, low: int, *values: object) -> None:
    """Refuse settings that are not whole numbers of at least `low`.

    Raises
    ------
    InvalidChoiceError
        If one is not.
    """
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int) or value < low:
            raise InvalidChoiceError(
                "The setting {name} of {layer} must be a whole number from {low}, not {value}.",
                layer=spec.title,
                name=name,
                low=low,
                value=value,
            )
