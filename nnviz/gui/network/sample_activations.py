"""What the picture shows of a moment, as plain arrays: no Qt, no colours."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray, largest
from nnviz.engine.layers import Conv2D, Dense, Dropout, pair
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

Mask = Mapping[int, NDArray[np.bool_]]
"""Which numbers of some columns are silenced, shape (units,) each; the inputs are column 0."""

PLANE_RESOLUTION = 24  # points along each side of a neuron's heat map


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
        self.compared = self.weights
        """The same, silenced or not: what a weight is compared with is the `largest` of these."""

    @property
    def place(self) -> tuple[float, float]:
        """Where the sample lies on a heat map of the plane, from the left and the top, 0 to 1."""
        x, y = self.inspection.raw_inputs(self.row)
        (left, right), (low, high) = self.inspection.plane_axes(2)
        return float((x - left) / (right - left)), float((high - y) / (high - low))

    @cached_property
    def planes(self) -> list[FloatArray]:
        """Every unit over the plane of the inputs, for each column.

        Shape (units, `PLANE_RESOLUTION`, `PLANE_RESOLUTION`) as [unit, y, x].
        """
        layers = range(-1, self.inspection.layers)
        return [self.inspection.unit_planes(layer, PLANE_RESOLUTION) for layer in layers]

    def largest(self, layer: int) -> float:
        """Return a layer's largest weight, without its sign; 0 where it has none."""
        return largest(self.compared[layer])

    def kernels(self, layer: int) -> FloatArray | None:
        """Return a convolution's kernels, shape (filters, channels, rows, columns); else None.

        The inputs are layer 0.
        """
        spec = self.problem.experiment.network.layers[layer - 1]
        if not layer or not isinstance(spec, Conv2D):
            return None
        channels = self.problem.shapes[layer - 1][0]
        return self.weights[layer - 1].reshape(-1, channels, *pair(spec.kernel_size))

    def silenced(self) -> Mask:
        """Return which numbers Dropout silenced in training's last mini-batch, by column."""
        flags, masks, start = self.inspection.snapshot.silenced, dict[int, NDArray[np.bool_]](), 0
        for column, spec in enumerate(self.problem.experiment.network.layers, 1):
            if isinstance(spec, Dropout) and flags:
                masks[column] = np.frombuffer(flags, np.bool_, self.values[column].size, start)
                start += masks[column].size
        return masks

    def without(self, silenced: Mask) -> SampleActivations:
        """Return the same without the weights of the numbers that are silenced.

        A kernel's are shared by all places: none of them falls away.
        """
        other, layers = copy.copy(self), self.problem.experiment.network.layers
        other.weights = tuple(
            weights * ~silenced[i] if i in silenced and isinstance(layers[i], Dense) else weights
            for i, weights in enumerate(self.weights)
        )
        return other

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
