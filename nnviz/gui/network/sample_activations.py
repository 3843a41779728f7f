"""What the picture shows of a moment, as plain arrays: no Qt, no colours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers import Conv2D, pair
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

PLANE_RESOLUTION = 24  # points along each side of a neuron's heat map
SCALED_ROWS = 2000
"""Training rows that the inputs' colours are scaled to: a large set is not read as a whole."""


@dataclass(frozen=True, eq=False)
class ColorScale:
    """How values become colours: ``(value - center) / largest`` from −1 to 1.

    `largest` is one number, or one for each unit, shape (units,); None when the values themselves
    decide.
    """

    center: float
    largest: float | FloatArray | None

    def apply(self, values: FloatArray) -> FloatArray:
        """Return signed strengths; the first axis of `values` is the units."""
        largest = self.largest
        if largest is None:
            largest = float(np.max(np.abs(values), initial=0.0)) or 1.0
        elif isinstance(largest, np.ndarray):
            largest = largest.reshape(-1, *([1] * (values.ndim - 1)))
        return np.asarray((values - self.center) / largest)


def color_scales(problem: Problem) -> tuple[ColorScale, ...]:
    """Return the colour scale of the inputs and of every layer."""
    train, layers = problem.train, problem.experiment.network.layers
    rows = np.linspace(0, train.rows - 1, min(train.rows, SCALED_ROWS)).astype(np.intp)
    some: FloatArray = train.inputs.new_batch(rows.size).T
    train.inputs.take(rows, some)
    largest = np.abs(some[:, :-1]).max(axis=0)
    per_input = np.where(largest > 0, largest, 1.0)
    if problem.dataset.image_shape:
        per_input = per_input.max()  # pixels are compared with one another
    hidden = [_scale_of(layer.activation) for layer in layers[:-1]]
    if problem.dataset.task == "regression":
        output = ColorScale(0.0, float(np.abs(train.targets).max()) or 1.0)
    elif problem.outputs > 1:
        output = _scale_of(layers[-1].activation)
    else:
        # It decides between two classes: its neutral colour is where it changes its mind.
        output = ColorScale(problem.decision_threshold, 1.0 - problem.decision_threshold)
    return (ColorScale(0.0, per_input), *hidden, output)


def _scale_of(activation: str) -> ColorScale:
    low, high = ACTIVATIONS[activation].output_range
    return ColorScale(0.0, high if np.isfinite(low) and np.isfinite(high) else None)


class SampleActivations:
    """The numbers of one moment for one sample."""

    def __init__(self, inspection: Inspection, row: int) -> None:
        traces, layers = inspection.sample_trace(row), range(inspection.layers)
        self.inspection, self.row, self.problem = inspection, row, inspection.problem
        self.values = (inspection.sample_inputs(row), *(trace.a[0] for trace in traces))
        """What every unit holds, inputs first: shape (units,) for each column."""
        self.sums = tuple(trace.z[0] for trace in traces)
        """z of every layer, shape (units,) each."""
        self.weights = tuple(inspection.weights(layer) for layer in layers)
        """Of every layer, shape (units, inputs)."""
        self.biases = tuple(inspection.biases(layer) for layer in layers)
        """Of every layer, shape (units,), or (0,) without biases."""
        self.largest = tuple(map(largest_of, self.weights))
        """Every layer's largest weight, without its sign; 0 where it has none."""

    @property
    def place(self) -> tuple[float, float]:
        """Where the sample lies on a heat map of the plane, from the left and the top, 0 to 1."""
        x, y = self.problem.dataset.inputs[self.row]
        (left, right), (low, high) = self.inspection.plane_axes(2)
        return float((x - left) / (right - left)), float((high - y) / (high - low))

    @cached_property
    def planes(self) -> list[FloatArray]:
        """Every unit over the plane of the inputs, for each column.

        Shape (units, `PLANE_RESOLUTION`, `PLANE_RESOLUTION`) as [unit, y, x].
        """
        across, down = np.meshgrid(*self.inspection.plane_axes(PLANE_RESOLUTION))
        points = np.column_stack([across.ravel(), down.ravel()])
        inputs = self.problem.encode_inputs(points).T.reshape(-1, *across.shape)
        return [inputs, *self.inspection.neuron_planes(PLANE_RESOLUTION)]

    def kernels(self, layer: int) -> FloatArray | None:
        """Return a convolution's kernels, shape (filters, channels, rows, columns); else None.

        The inputs are layer 0.
        """
        spec = self.problem.experiment.network.layers[layer - 1]
        if not layer or not isinstance(spec, Conv2D):
            return None
        channels = self.problem.shapes[layer - 1][0]
        return self.weights[layer - 1].reshape(-1, channels, *pair(spec.kernel_size))

    def predicted(self) -> int | float:
        """Return the class the network decides for, or the number it predicts, in its own unit."""
        outputs = self.values[-1][np.newaxis]
        if self.problem.dataset.task == "classification":
            return int(self.problem.decide(outputs)[0])
        return float(self.problem.decode_outputs(outputs)[0, 0])


def expected(problem: Problem, row: int) -> int | float:
    """Return the class the sample has, or the number it is, in its own unit."""
    target = problem.dataset.targets.reshape(-1)[row]
    return int(target) if problem.dataset.task == "classification" else float(target)


def largest_of(weights: FloatArray) -> float:
    """Return the largest absolute value; 0 of none at all, or where some are infinite."""
    if not weights.size:
        return 0.0
    largest = max(float(weights.max()), -float(weights.min()))
    return largest if math.isfinite(largest) else 0.0
