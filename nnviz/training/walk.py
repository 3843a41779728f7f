"""Stepping through the passes: stage by stage what the engine computed, and from what.

Layers are numbered as in the engine, from 0, the inputs being −1; in formulas from ⁽¹⁾.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers import AveragePool2D, Conv2D, MaxPool2D, pair
from nnviz.engine.layers.base import pictures
from nnviz.engine.layers.normalization import BatchNormLayer
from nnviz.engine.layers.shaping import DropoutLayer
from nnviz.training.backward import BIAS, Backward, NextStep, channel_of
from nnviz.training.checkpoints import Checkpoint
from nnviz.training.inspection import Inspection
from nnviz.training.setting import raised

Kind = Literal["inputs", "sum", "activation", "loss", "delta", "gradient", "update"]

Room = tuple[int, int]
"""Rows and columns of a matrix that are shown at most."""


@dataclass(frozen=True)
class Stage:
    """What is computed next, in which layer."""

    kind: Kind
    layer: int


@dataclass(frozen=True, eq=False)
class Matrix:
    """A matrix by name, of which some rows and columns are shown, around a place."""

    name: str
    values: FloatArray
    shape: tuple[int, ...]
    rows: range
    columns: range
    place: tuple[int, int] = (0, 0)

    @property
    def has_all_columns(self) -> bool:
        """Whether no column is cut off; none is of a map."""
        return len(self.shape) == 3 or len(self.columns) == self.shape[1]

    def cut(self, most: Room) -> Matrix:
        """Return so much of it as is shown, around its place."""
        rows, columns = (
            range(first, min(first + room, count))
            for count, at, room in zip(self.values.shape, self.place, most, strict=True)
            for first in (min(max(at - room // 2, 0), max(count - room, 0)),)
        )
        values = self.values[np.ix_(rows, columns)]
        return Matrix(self.name, values, self.shape, rows, columns)


@dataclass(frozen=True, eq=False)
class Window:
    """What a convolution or pooling sees from one place of its map.

    Parameters
    ----------
    picture
        One channel of what the layer is given, shape (rows, columns).
    channel
        Which one; of a convolution the one that adds most.
    top, left
        Where in it the window begins: outside where there is padding.
    patch, kernel
        All that is seen, and its weights, shape (channels, rows, columns); pooling has none.
    winner
        Row and column, in the patch, of the number that is handed on by max pooling.
    """

    picture: FloatArray
    channel: int
    top: int
    left: int
    patch: FloatArray
    kernel: FloatArray | None = None
    winner: tuple[int, int] | None = None


class Walk:
    """The stages of one forward and one backward pass, and of the update.

    Parameters
    ----------
    passes
        Those of a sample as the network predicts it, or of the mini-batch that comes next.
    rows
        The passes' rows in the data set, shape (rows,).
    row
        The one whose numbers are shown; the first where it is not among them.
    step
        What training does next; without it there is no update.
    has_truth
        Whether it is known what the row should be; else the walk ends with the answer.
    """

    def __init__(
        self,
        passes: Backward,
        rows: NDArray[np.intp],
        row: int,
        step: NextStep | None,
        has_truth: bool = True,
    ) -> None:
        self.passes, self.rows, self.step = passes, rows, step
        self.is_batch = step is not None and passes is step.backward
        found = np.flatnonzero(rows == row)
        self.column = int(found[0]) if found.size else 0
        """Which of the passes' rows is shown."""
        self.layers = passes.network.layers
        self.stages = self._stages(has_truth)

    def _stages(self, has_truth: bool) -> tuple[Stage, ...]:
        learn = [bool(layer.flat_parameters.size) for layer in self.layers]
        stages, last = [Stage("inputs", -1)], len(self.layers) - 1
        for place, layer in enumerate(self.layers):
            stages += [Stage("sum", place)] * bool(layer.weights.size)
            is_linear = layer.weights.size and layer.activation.name == "linear"
            stages += [Stage("activation", place)] * (not is_linear)
        if not has_truth:
            return tuple(stages)
        stages.append(Stage("loss", last))
        for place in range(last, -1, -1):
            stages += [Stage("delta", place), Stage("gradient", place)][: 1 + learn[place]]
        updated = range(last + 1) if self.step is not None else ()
        return (*stages, *(Stage("update", place) for place in updated if learn[place]))

    def at(self, place: int) -> Stage:
        """Return a stage; the last where there are fewer."""
        return self.stages[min(place, len(self.stages) - 1)]

    def unit(self, stage: Stage, layer: int, unit: int) -> int:
        """Return which neuron of a stage's layer is shown: the one chosen, or a map's middle."""
        shape = self.passes.network.shapes[stage.layer + 1]
        if layer == stage.layer and unit < math.prod(shape):
            return unit
        return shape[1] // 2 * shape[2] + shape[2] // 2 if len(shape) == 3 else 0

    def source(self, layer: int, unit: int, source: int | None) -> int:
        """Return which weight is shown: the one chosen, or the one with the largest gradient."""
        built = self.layers[layer]
        if isinstance(built, BatchNormLayer):
            return 0
        row = np.abs(built.weight_gradients[channel_of(built, unit)])
        return int(row.argmax()) if source is None or source == BIAS else source

    def values(self, place: int) -> list[FloatArray]:
        """Return what every layer holds at a stage, the inputs first, shape (units,) each.

        That is z, a or δ of the row shown, whichever was computed last; NaN before any was.
        """
        passes, column = self.passes, self.column
        shown = [np.full(math.prod(shape), np.nan) for shape in passes.network.shapes]
        for stage in self.stages[: place + 1]:
            built = self.layers[stage.layer]
            arrays = {"sum": built.z, "activation": built.a, "delta": built.delta}
            arrays["inputs"] = passes.inputs(0)
            if stage.kind in arrays:
                shown[stage.layer + 1] = arrays[stage.kind][:, column]
        return shown

    def reached(self, place: int, kind: Kind) -> frozenset[int]:
        """Return the layers that have come to stages of a kind."""
        return frozenset(one.layer for one in self.stages[: place + 1] if one.kind == kind)

    def spread(self, layer: int) -> tuple[FloatArray, FloatArray]:
        """Return the means and variances that a BatchNorm takes, shape (channels,).

        They are the batch's in training; for a sample alone the moving averages.
        """
        built = self.layers[layer]
        assert isinstance(built, BatchNormLayer)
        if not self.is_batch:
            return built.moving_mean[:, 0], built.moving_variance[:, 0]
        seen = self.passes.inputs(layer).reshape(built.channels, -1)
        return seen.mean(axis=1), seen.var(axis=1)

    def has_window(self, stage: Stage) -> bool:
        """Return whether a stage computes numbers of windows over maps: see `window`."""
        makes = stage.kind == "sum" or not self.layers[stage.layer].weights.size
        is_forward = stage.kind in ("sum", "activation")
        return is_forward and makes and self.window(stage.layer, 0) is not None

    def window(self, layer: int, unit: int) -> Window | None:
        """Return what one number of a map is made of; None of what is no map."""
        built, inputs = self.layers[layer], self.passes.inputs(layer)
        spec = built.spec
        if not isinstance(spec, Conv2D | MaxPool2D | AveragePool2D):
            return None
        given = pictures(inputs, built.input_shape)[..., self.column]
        channel, down, right = np.unravel_index(unit, built.output_shape)
        if isinstance(spec, Conv2D):
            patch = self.passes.given(layer, unit)[:, self.column]
            shape = len(given), *pair(spec.kernel_size)
            patch, kernel = patch.reshape(shape), built.weights[channel].reshape(shape)
            (above, _), (before, _) = spec.pads(built.input_shape)
            strides, seen = pair(spec.strides), int(np.abs((patch * kernel).sum((1, 2))).argmax())
            top, left = down * strides[0] - above, right * strides[1] - before
            return Window(given[seen], seen, int(top), int(left), patch, kernel)
        (rows, columns), (step, aside) = pair(spec.pool_size), spec.steps
        top, left = int(down) * step, int(right) * aside
        patch = given[channel, top : top + rows, left : left + columns]
        winner = divmod(int(patch.argmax()), columns) if isinstance(spec, MaxPool2D) else None
        return Window(given[channel], int(channel), top, left, patch[np.newaxis], None, winner)

    def matrices(self, stage: Stage, unit: int, most: Room) -> list[Matrix]:
        """Return what a stage makes of what, a column a sample; of a picture the map shown."""
        return [
            one if len(one.shape) == 3 else one.cut(most) for one in self._whole(stage, unit)
        ] + (self._updated(stage.layer, unit, most) if stage.kind == "update" else [])

    def _whole(self, stage: Stage, unit: int) -> list[Matrix]:
        layer, kind, passes = stage.layer, stage.kind, self.passes
        here, before, after = (raised(layer + i) for i in (1, 0, 2))
        if kind == "inputs":
            return [self._numbers("x", -1, passes.inputs(0), unit)]
        built, row = self.layers[layer], channel_of(self.layers[layer], unit)
        z, a, delta = (
            self._numbers(f"{name}{here}", layer, array, unit)
            for name, array in (("z", built.z), ("a", built.a), ("δ", built.delta))
        )
        below = self._below(layer, unit)
        given = self._numbers(f"a{before}", layer - 1, passes.inputs(layer), below)
        weights, gradients, bias = (
            [_matrix(name + here, array, row)] * bool(array.size)
            for name, array in (
                ("W", built.weights),
                ("∂L/∂W", built.weight_gradients),
                ("b", built.biases),
            )
        )
        answers = [_matrix("ŷ", self.layers[-1].a, unit, self.column)]
        answers.append(_matrix("y", passes.targets, unit, self.column))
        if kind == "delta" and layer + 1 < len(self.layers):
            following = self.layers[layer + 1]
            is_dense = following.weights.shape[1:] == (built.units,)
            answers = [_matrix(f"W{after}", following.weights, 0, unit)] * is_dense
            answers.append(self._numbers(f"δ{after}", layer + 1, following.delta, 0))
        return {
            "sum": [*weights, given, *bias, z],
            "activation": [z if weights else given, *self._between(layer, unit), a],
            "loss": [*answers, _matrix("ℓ", passes.losses[np.newaxis], 0, self.column)],
            "delta": [*answers, delta],
            "gradient": [delta, given, *gradients],
            "update": [*weights, *gradients],
        }[kind]

    def _between(self, layer: int, unit: int) -> list[Matrix]:
        """Return what else a layer without weights makes its numbers of."""
        built = self.layers[layer]
        if isinstance(built, DropoutLayer):
            return [self._numbers("m", layer, built.mask, unit)]
        if not isinstance(built, BatchNormLayer):
            return []
        pairs = zip(("μ", "σ²"), self.spread(layer), strict=True)
        return [_matrix(name, each[:, np.newaxis], channel_of(built, unit)) for name, each in pairs]

    def _below(self, layer: int, unit: int) -> int:
        """Return which number of what a layer is given stands for a neuron of it."""
        shape, seen = self.layers[layer].input_shape, self.window(layer, unit)
        if seen is not None:
            return seen.channel * math.prod(shape[1:])
        return unit if math.prod(shape) == self.layers[layer].units else 0

    def _numbers(self, name: str, layer: int, array: FloatArray, unit: int) -> Matrix:
        """Return numbers of a layer, shape (units, rows); of a picture one map of one row."""
        shape = self.passes.network.shapes[layer + 1]
        if len(shape) == 1:
            return _matrix(name, array, unit, self.column)
        values = pictures(array, shape)[unit // math.prod(shape[1:]), :, :, self.column]
        return Matrix(name, values, shape, range(values.shape[0]), range(values.shape[1]))

    def _updated(self, layer: int, unit: int, most: Room) -> list[Matrix]:
        """Return the weights that are shown as the step will leave them; BatchNorm has none."""
        built, values = self.layers[layer], np.empty(self.layers[layer].weights.shape)
        if self.step is None or not values.size:
            return []
        shown = _matrix(f"→ W{raised(layer + 1)}", values, channel_of(built, unit)).cut(most)
        field = math.prod(built.output_shape[1:])
        for row, column in np.ndindex(shown.values.shape):
            place = layer, shown.rows[row] * field, shown.columns[column]
            shown.values[row, column] = self.step.terms(*place, passes=self.passes)[-1].value
        return [shown]


def walk_of(
    inspection: Inspection, row: int, checkpoint: Checkpoint | None, batch: bool = False
) -> Walk:
    """Return the walk of a sample, or of the next mini-batch where the checkpoint leads to it."""
    step = inspection.next_step(checkpoint) if checkpoint is not None else None
    if batch and step is not None:
        return Walk(step.backward, step.rows, row, step)
    is_own = inspection.moved is None or inspection.moved[0] != row
    return Walk(inspection.sample_backward(row), np.array([row]), row, step, is_own)


def _matrix(name: str, array: FloatArray, row: int, column: int = 0) -> Matrix:
    rows, columns = map(range, array.shape)
    return Matrix(name, array, array.shape, rows, columns, (row, column))
