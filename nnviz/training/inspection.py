"""What one snapshot says: every value a panel may want to draw, computed when first asked for.

The window's process computes these from the snapshot's parameters with the engine that trained
them, so nothing goes to the training process and back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.network import LayerTrace
from nnviz.training.problem import PartName, Problem
from nnviz.training.records import Snapshot

ACTIVATION_ROWS = 256
"""Training rows whose activations are drawn: enough for a histogram, cheap at every frame."""

OUTPUT_ROWS = 2000
"""Rows of each part that output panels draw."""

_Result = TypeVar("_Result")


@dataclass(frozen=True, eq=False)
class Outputs:
    """What the network answers for (some) rows of a part.

    Parameters
    ----------
    index
        Row numbers in the data set, shape (rows,).
    values
        Outputs in target units, shape (rows, outputs).
    labels
        Decided classes, shape (rows,); empty for a regression.
    """

    index: NDArray[np.intp]
    values: FloatArray
    labels: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Plane:
    """Values over a rectangle of the input plane.

    Parameters
    ----------
    x, y
        Grid coordinates in the data's own units, each of shape (resolution,).
    values
        Network outputs in target units, shape (outputs, resolution, resolution), indexed
        [output, y, x].
    """

    x: FloatArray
    y: FloatArray
    values: FloatArray


class Inspection:
    """One moment of a run, seen from all sides.

    Parameters
    ----------
    problem
        The data.
    snapshot
        The parameters.
    """

    def __init__(self, problem: Problem, snapshot: Snapshot) -> None:
        self.problem = problem
        self.snapshot = snapshot
        self._network = problem.blank_network()
        self._network.parameters[...] = snapshot.parameters
        self._network.gradients[...] = snapshot.gradients
        self._cache: dict[object, object] = {}

    @property
    def epoch(self) -> int:
        """Epochs done at this moment."""
        return self.snapshot.epoch

    @property
    def layers(self) -> int:
        """Number of layers, the output layer included."""
        return len(self._network.layers)

    def weights(self, layer: int) -> FloatArray:
        """Return a layer's weights, shape (units, inputs); empty where it has none.

        Of a convolution: a kernel a row.
        """
        return self._network.layers[layer].weights

    def biases(self, layer: int) -> FloatArray:
        """Return a layer's biases, shape (units,); empty where it has none."""
        return self._network.layers[layer].biases.ravel()

    def weight_gradients(self, layer: int) -> FloatArray:
        """Return the last batch's ∂L/∂W of a layer, shape (units, inputs)."""
        return self._network.layers[layer].weight_gradients

    def bias_gradients(self, layer: int) -> FloatArray:
        """Return the last batch's ∂L/∂b of a layer, shape (units,); empty where it has none."""
        return self._network.layers[layer].bias_gradients.ravel()

    def trace(self, rows: FloatArray) -> list[LayerTrace]:
        """Return z and a of every layer for rows in the data's own columns and units."""
        return self._network.trace(self.problem.encode_inputs(rows))

    def sample_trace(self, row: int) -> list[LayerTrace]:
        """Return z and a of every layer for one row of the data set, each of shape (1, units)."""
        return self._once(
            ("sample", row), lambda: self.trace(self.problem.dataset.inputs[row : row + 1])
        )

    def sample_inputs(self, row: int) -> FloatArray:
        """Return what the network's input neurons hold for a row, shape (inputs,)."""
        return np.asarray(self.problem.encode_inputs(self.problem.dataset.inputs[row : row + 1])[0])

    def activations(self) -> list[LayerTrace]:
        """Return z and a of every layer for the first training rows, at most `ACTIVATION_ROWS`."""
        rows = self.problem.train.index[:ACTIVATION_ROWS]
        return self._once("activations", lambda: self.trace(self.problem.dataset.inputs[rows]))

    def outputs(self, part: PartName) -> Outputs | None:
        """Return the answers for a part's first `OUTPUT_ROWS` rows; None without such a part."""
        chosen = self.problem.part(part)
        if chosen is None:
            return None
        index = chosen.index[:OUTPUT_ROWS]
        return self._once(("outputs", part), lambda: self._answer(index))

    def confusion(self, part: PartName) -> NDArray[np.intp]:
        """Return counts [true class, decided class] over the rows that `outputs` answers for.

        Shape (classes, classes); zeros where there is no such part.
        """
        classes = len(self.problem.dataset.class_names)
        counts = np.zeros((classes, classes), dtype=np.intp)
        outputs = self.outputs(part)
        if outputs is not None:
            truth = self.problem.labels[outputs.index]
            np.add.at(counts, (truth, outputs.labels), 1)
        return counts

    def plane(self, resolution: int = 64) -> Plane:
        """Return the outputs over the plane of a data set with two inputs."""
        return self._once(("plane", resolution), lambda: self._plane(resolution))

    def neuron_planes(self, resolution: int = 24) -> list[FloatArray]:
        """Return every layer's activations over the plane: (units, resolution, resolution) each.

        Indexed [unit, y, x], for a data set with two inputs.
        """

        def compute() -> list[FloatArray]:
            x, y = self.plane_axes(resolution)
            traces = self.trace(_grid(x, y))
            return [trace.a.T.reshape(-1, resolution, resolution) for trace in traces]

        return self._once(("neurons", resolution), compute)

    def plane_axes(self, resolution: int) -> tuple[FloatArray, FloatArray]:
        """Return grid coordinates that cover the data with a margin of 8 %."""
        low, high = plane_limits(self.problem)
        return (
            np.linspace(low[0], high[0], resolution),
            np.linspace(low[1], high[1], resolution),
        )

    def curve(self, points: int = 400) -> tuple[FloatArray, FloatArray]:
        """Return x and the prediction at x, each (points,), for a data set with one input."""

        def compute() -> tuple[FloatArray, FloatArray]:
            inputs = self.problem.dataset.inputs[:, 0]
            x = np.linspace(inputs.min(), inputs.max(), points)
            outputs = self.problem.decode_outputs(self._predict(x[:, np.newaxis]))
            return x, outputs[:, 0]

        return self._once(("curve", points), compute)

    def _predict(self, rows: FloatArray) -> FloatArray:
        """Return raw outputs for rows in the data's own columns and units."""
        return self._network.predict(self.problem.encode_inputs(rows))

    def _answer(self, index: NDArray[np.intp]) -> Outputs:
        raw = self._predict(self.problem.dataset.inputs[index])
        is_class = self.problem.dataset.task == "classification"
        labels = self.problem.decide(raw) if is_class else np.empty(0, dtype=np.intp)
        return Outputs(index, self.problem.decode_outputs(raw), labels)

    def _plane(self, resolution: int) -> Plane:
        x, y = self.plane_axes(resolution)
        outputs = self.problem.decode_outputs(self._predict(_grid(x, y)))
        return Plane(x, y, outputs.T.reshape(-1, resolution, resolution))

    def _once(self, key: object, compute: Callable[[], _Result]) -> _Result:
        if key not in self._cache:
            self._cache[key] = compute()
        return self._cache[key]  # type: ignore[return-value]  # stored under the same key above


def plane_limits(problem: Problem) -> tuple[FloatArray, FloatArray]:
    """Return the lower left and the upper right corner of the plane, each (2,), in data units."""
    inputs = problem.dataset.inputs
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    margin = 0.08 * np.where(high > low, high - low, 1.0)
    return low - margin, high + margin


def _grid(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return all points of a grid as rows, y outermost: shape (len(x)·len(y), 2)."""
    across, down = np.meshgrid(x, y)
    return np.stack([across.ravel(), down.ravel()], axis=1)
