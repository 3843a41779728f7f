"""What the picture shows of a moment, as plain arrays: no Qt, no colours."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers import Conv2D, pair
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

PLANE_RESOLUTION = 24
"""Points along each side of a neuron's heat map."""

SCALED_ROWS = 2000
"""Training rows that the inputs' colours are scaled to: a large set is not read as a whole."""


@dataclass(frozen=True, eq=False)
class ColorScale:
    """How values become colours: ``(value - center) / largest`` from −1 to 1.

    Parameters
    ----------
    center
        The neutral value.
    largest
        Distance from it that has the full colour, or None when the values themselves decide. One
        number, or one for each unit, shape (units,).
    """

    center: float
    largest: float | FloatArray | None

    def apply(self, values: FloatArray) -> FloatArray:
        """Return signed strengths; the first axis of `values` is the units."""
        if self.largest is None:
            largest: float | FloatArray = float(np.max(np.abs(values), initial=0.0)) or 1.0
        elif isinstance(self.largest, np.ndarray):
            largest = self.largest.reshape(-1, *([1] * (values.ndim - 1)))
        else:
            largest = self.largest
        return np.asarray((values - self.center) / largest)


def color_scales(problem: Problem) -> tuple[ColorScale, ...]:
    """Return the colour scale of the inputs and of every layer."""
    inputs = _some_inputs(problem)
    if problem.dataset.image_shape:
        per_input: float | FloatArray = float(np.abs(inputs).max()) or 1.0
    else:
        largest = np.abs(inputs).max(axis=0)
        per_input = np.where(largest > 0, largest, 1.0)
    layers = problem.experiment.network.layers
    hidden = [_scale_of(layer.activation) for layer in layers[:-1]]
    return (ColorScale(0.0, per_input), *hidden, _output_scale(problem))


def _some_inputs(problem: Problem) -> FloatArray:
    """Return training inputs as the network takes them, evenly spread: (rows, inputs)."""
    inputs = problem.train.inputs
    rows = np.linspace(0, problem.train.rows - 1, min(problem.train.rows, SCALED_ROWS))
    some: FloatArray = inputs.new_batch(rows.size).T
    inputs.take(rows.astype(np.intp), some)
    return np.asarray(some[:, :-1])


def _scale_of(activation: str) -> ColorScale:
    low, high = ACTIVATIONS[activation].output_range
    return ColorScale(0.0, high if np.isfinite(low) and np.isfinite(high) else None)


def _output_scale(problem: Problem) -> ColorScale:
    if problem.dataset.task == "regression":
        return ColorScale(0.0, float(np.abs(problem.train.targets).max()) or 1.0)
    if problem.outputs > 1:
        return _scale_of(problem.experiment.network.layers[-1].activation)
    # One output decides between two classes: its neutral colour is where it changes its mind.
    return ColorScale(problem.decision_threshold, 1.0 - problem.decision_threshold)


@dataclass(frozen=True, eq=False)
class SampleActivations:
    """The numbers of one moment for one sample.

    Parameters
    ----------
    inspection, row
        Where they come from: the moment and the sample.
    values
        What every unit holds, inputs first: shape (units,) for each column.
    sums
        z of every layer, shape (units,) each.
    weights, biases
        Of every layer: shapes (units, inputs) and (units,), or (0,) without biases.
    largest
        Every layer's largest weight, without its sign; 0 where it has none.
    place
        Where the sample lies on a heat map, from the left and from the top, 0 to 1; None where
        the inputs are not a plane.
    """

    inspection: Inspection
    row: int
    values: tuple[FloatArray, ...]
    sums: tuple[FloatArray, ...]
    weights: tuple[FloatArray, ...]
    biases: tuple[FloatArray, ...]
    largest: tuple[float, ...]
    place: tuple[float, float] | None

    def planes(self) -> list[FloatArray]:
        """Return every unit over the plane of the inputs, for each column.

        Shape (units, `PLANE_RESOLUTION`, `PLANE_RESOLUTION`) as [unit, y, x].
        """
        across, down = np.meshgrid(*self.inspection.plane_axes(PLANE_RESOLUTION))
        points = np.column_stack([across.ravel(), down.ravel()])
        inputs = self.inspection.problem.encode_inputs(points).T.reshape(-1, *across.shape)
        return [inputs, *self.inspection.neuron_planes(PLANE_RESOLUTION)]

    def kernels(self, layer: int) -> FloatArray | None:
        """Return a convolution's kernels, shape (filters, channels, rows, columns); else None.

        The inputs are layer 0.
        """
        problem = self.inspection.problem
        spec = problem.experiment.network.layers[layer - 1]
        if not isinstance(spec, Conv2D):
            return None
        channels = problem.shapes[layer - 1][0]
        return self.weights[layer - 1].reshape(-1, channels, *pair(spec.kernel_size))

    def predicted(self) -> int | float:
        """Return the class the network decides for, or the number it predicts, in its own unit."""
        problem, outputs = self.inspection.problem, self.values[-1][np.newaxis]
        if problem.dataset.task == "classification":
            return int(problem.decide(outputs)[0])
        return float(problem.decode_outputs(outputs)[0, 0])


def sample_activations(inspection: Inspection, row: int) -> SampleActivations:
    """Return what the picture needs of a moment."""
    traces = inspection.sample_trace(row)
    layers = range(inspection.layers)
    weights = tuple(inspection.weights(layer) for layer in layers)
    return SampleActivations(
        inspection,
        row,
        (inspection.sample_inputs(row), *(trace.a[0] for trace in traces)),
        tuple(trace.z[0] for trace in traces),
        weights,
        tuple(inspection.biases(layer) for layer in layers),
        tuple(map(largest_of, weights)),
        _place(inspection, row) if inspection.problem.dataset.is_planar else None,
    )


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


def _place(inspection: Inspection, row: int) -> tuple[float, float]:
    x, y = inspection.problem.dataset.inputs[row]
    (left, right), (low, high) = inspection.plane_axes(2)
    return float((x - left) / (right - left)), float((high - y) / (high - low))
