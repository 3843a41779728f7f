"""What one snapshot says: every value a panel may want to draw, computed when first asked for.

The window's process computes these from the snapshot's parameters with the engine that trained
them, so nothing goes to the training process and back. What is the same for all moments of a run,
such as scaled rows and the points of a grid, is done once (`Evaluator`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from math import isqrt
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.network import LayerTrace, Network, with_ones
from nnviz.training.answers import LinearFormula, Outputs, Plane
from nnviz.training.backward import Backward, NextStep, next_step, of_sample, place_of
from nnviz.training.checkpoints import Checkpoint
from nnviz.training.evaluation import (
    ACTIVATION_ROWS,
    QUICK_WORK,
    Evaluator,
    evaluator_of,
    grid_points,
    is_long,
    plane_limits,
    quick_rows,
    rows_within,
    takes_long,
    traced_rows,
)
from nnviz.training.problem import JUDGED_ROWS, PartName, Problem
from nnviz.training.projection import Projection, projection
from nnviz.training.records import Snapshot
from nnviz.training.saliency import Attribution, attribution

PLANE_SIDE, QUICK_PLANE_SIDE = 64, 16
"""Points a side of the grid over the plane, and the fewest there are while pictures move."""

TRAINED_WORK = 4
"""What a row costs that is trained on, in forward passes."""

_Result = TypeVar("_Result")


class Aside(Protocol):
    """Has long calculations done elsewhere, while whoever asked goes on."""

    def ask(self, inspection: Inspection, kind: str, compute: Callable[[], object]) -> None:
        """Have this done; another Inspection of the moment is shown when it is there."""

    def wants(self, inspection: Inspection) -> bool:
        """Say whether the moment is still looked at."""


class Inspection:
    """One moment of a run, seen from all sides.

    Parameters
    ----------
    aside
        Where there is one, what takes long is not answered for until it has been done there.
    """

    most_answers, most_traced = JUDGED_ROWS, ACTIVATION_ROWS
    """Rows of each part that are answered for, and training rows that are traced, at most."""

    plane_side = PLANE_SIDE
    """Points a side of the grid over the plane."""

    def __init__(self, problem: Problem, snapshot: Snapshot, aside: Aside | None = None) -> None:
        self.problem, self._aside = problem, aside
        self.snapshot = snapshot
        choice = problem.experiment.network
        self._parameters = np.asarray(snapshot.parameters, problem.dtype)
        self._network = Network(
            problem.shapes[0], choice.layers, choice.dtype, parameters=self._parameters
        )
        self._has_gradients = False
        self._cache: dict[object, object] = {}
        self._of_samples: dict[object, object] = {}
        self.moved: tuple[int, tuple[float, ...]] | None = None
        """The row that is looked at with other inputs than it has, and these; or None."""

    def with_moved(self, row: int, inputs: tuple[float, ...]) -> Inspection:
        """Return this moment with other inputs for a row, in the data's own columns and units.

        Only what is asked of this sample alone follows them: parts and losses are the data's.
        """
        other = copy.copy(self)
        other.moved, other._of_samples = (row, inputs), {}
        return other

    def raw_inputs(self, row: int) -> FloatArray:
        """Return a row's inputs in the data's own columns and units, shape (features,)."""
        if self.moved is not None and self.moved[0] == row:
            return np.array(self.moved[1])
        inputs: FloatArray = self.problem.dataset.inputs[row]
        return inputs

    @property
    def epoch(self) -> int:
        """Epochs done at this moment."""
        return self.snapshot.epoch

    def seen(self, moving: bool) -> Inspection:
        """Return this moment as it is to be drawn while moments follow each other, or at rest.

        While they do, a network too large for all rows answers for the first of them, and over a
        coarser plane: for what takes a few milliseconds. What is at rest is exact, as soon as it is
        known.
        """
        if not moving and self._knows(("answers",), self._answer_all, takes_long(self.problem)):
            return self
        quick, rows = copy.copy(self), quick_rows(self.problem)
        quick.most_answers, quick.most_traced = rows, traced_rows(self.problem)
        side = isqrt(rows_within(self.problem, QUICK_WORK))
        quick.plane_side = min(max(side, QUICK_PLANE_SIDE), PLANE_SIDE)
        return quick

    @property
    def estimated(self) -> bool:
        """Whether answers are for fewer rows than at rest."""
        return self.most_answers < max(part.rows for part in self.problem.judged.values())

    @property
    def layers(self) -> int:
        """Number of layers, the output layer included."""
        return len(self._network.layers)

    def weights(self, layer: int) -> FloatArray:
        """Return a layer's weights, shape (units, inputs); of a convolution a kernel a row.

        Empty where it has none.
        """
        return self._network.layers[layer].weights

    def biases(self, layer: int) -> FloatArray:
        """Return a layer's biases, shape (units,); empty where it has none."""
        return self._network.layers[layer].biases.ravel()

    def weight_gradients(self, layer: int) -> FloatArray:
        """Return the last batch's ∂L/∂W of a layer, shape (units, inputs)."""
        return self._with_gradients().layers[layer].weight_gradients

    def bias_gradients(self, layer: int) -> FloatArray:
        """Return the last batch's ∂L/∂b of a layer, shape (units,); empty where it has none."""
        return self._with_gradients().layers[layer].bias_gradients.ravel()

    def formula(self) -> LinearFormula | None:
        """Return what a network of one linear neuron says in real units; None of any other."""
        specs, problem = self.problem.experiment.network.layers, self.problem
        if len(specs) > 1 or specs[0].activation != "linear" or problem.metric.name != "r_squared":
            return None
        scale, mean = float(problem.target_scaler.scale[0]), float(problem.target_scaler.mean[0])
        slopes = self.weights(0)[0].astype(np.float64) * scale / problem.input_scaler.scale
        bias = float(self.biases(0)[0]) if self.biases(0).size else 0.0
        intercept = mean + scale * bias - float(slopes @ problem.input_scaler.mean)
        return LinearFormula(slopes, intercept)

    def trace(self, rows: FloatArray) -> list[LayerTrace]:
        """Return z and a of every layer for rows in the data's own columns and units."""
        inputs = with_ones(self.problem.encode_inputs(rows), self.problem.dtype)
        evaluator = self._evaluator.for_rows(self.problem, len(rows))
        return evaluator.trace(self._parameters, inputs)

    def sample_trace(self, row: int) -> list[LayerTrace]:
        """Return z and a of every layer for one row of the data set, each of shape (1, units)."""

        def compute() -> list[LayerTrace]:
            inputs = self.problem.encode_inputs(self.raw_inputs(row)[np.newaxis])
            return self._evaluator.trace(self._parameters, with_ones(inputs, self.problem.dtype))

        return self._once(("sample", row), compute, self._of_samples)

    def sample_inputs(self, row: int) -> FloatArray:
        """Return what the network's input neurons hold for a row, shape (inputs,)."""
        return np.asarray(self.problem.encode_inputs(self.raw_inputs(row)[np.newaxis])[0])

    def place_of(self, layer: int, unit: int, source: int) -> int:
        """Return where a neuron's weight (or its `BIAS`) is in the snapshot's flat vectors."""
        return place_of(self._network, layer, unit, source)

    def sample_backward(self, row: int) -> Backward:
        """Return a forward and a backward pass of one row of the data set alone."""
        return self._once(
            ("backward", row),
            lambda: of_sample(self.problem, self._parameters, row, self.raw_inputs(row)),
            self._of_samples,
        )

    def attribution(self, row: int, label: int | None = None) -> Attribution:
        """Return what of a row's picture speaks for a class; None for the one decided for."""
        return self._once(
            ("attribution", row, label),
            lambda: attribution(self.problem, self._parameters, self.raw_inputs(row), label),
            self._of_samples,
        )

    def projection(self, layer: int) -> Projection:
        """Return training rows in the plane of the principal components of a layer's answers."""
        return self._once(
            ("projection", layer), lambda: projection(self.problem, self._parameters, layer)
        )

    def next_step(self, checkpoint: Checkpoint) -> NextStep | None:
        """Return the mini-batch that training takes next; the checkpoint is of this epoch.

        None where the checkpoint does not lead to this moment, or as long as it is worked out.
        """
        key, aside = ("step", id(checkpoint)), self._aside

        def compute() -> NextStep | None:
            wanted = (lambda: True) if aside is None else partial(aside.wants, self)
            return next_step(self.problem, self.snapshot, checkpoint, wanted)

        further = self.snapshot.updates - checkpoint.state.steps
        batch = self.problem.experiment.training.batch_size or self.problem.train.rows
        long = is_long(TRAINED_WORK * batch * (further + 1) * self._evaluator.work)
        long |= further > 0 and takes_long(self.problem)  # whose loss is judged on the way
        return self._once(key, compute) if self._knows(key, compute, long) else None

    def activations(self, most: int = ACTIVATION_ROWS) -> list[LayerTrace]:
        """Return z and a of every layer for the first training rows, at most so many."""
        count = min(most, self.most_traced, self.problem.train.rows)
        return self._once(("activations", count), lambda: self._trace_first(count))

    def given(self, layer: int) -> FloatArray:
        """Return what a layer is given by the rows of `activations`, shape (rows, inputs)."""
        traces = self.activations()
        if layer:
            return traces[layer - 1].a
        index = self.problem.train.index[: len(traces[0].a)]
        return self.problem.encode_inputs(self.problem.dataset.inputs[index])

    def outputs(self, part: PartName, most: int = JUDGED_ROWS) -> Outputs | None:
        """Return the answers for the rows of a part whose loss and metric are recorded.

        For the first so many of them at most; None without such a part.
        """
        chosen = self.problem.judged.get(part)
        if chosen is None:
            return None
        count = min(most, self.most_answers, chosen.rows)
        return self._once(("outputs", part, count), lambda: self._answer(part, count))

    def confusion(self, part: PartName, most: int = JUDGED_ROWS) -> NDArray[np.intp]:
        """Return counts [true class, decided class] over the rows that `outputs` answers for.

        Shape (classes, classes); zeros where there is no such part.
        """
        classes = len(self.problem.dataset.class_names)
        outputs = self.outputs(part, most)
        if outputs is None:
            return np.zeros((classes, classes), dtype=np.intp)
        cells = self.problem.labels[outputs.index] * classes + outputs.labels
        return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)

    def derived(self, key: tuple[object, ...], compute: Callable[[], _Result]) -> _Result | None:
        """Return what somebody computes of this moment, once; None as long as it is not known."""
        known = self._knows(key, compute, takes_long(self.problem))
        return self._once(key, compute) if known else None

    def plane(self, resolution: int | None = None) -> Plane:
        """Return the outputs over the plane of a data set with two inputs."""
        side = resolution or self.plane_side
        return self._once(("plane", side), lambda: self._plane(side))

    def neuron_planes(self, resolution: int = 24) -> list[FloatArray]:
        """Return every layer's activations over the plane: (units, resolution, resolution) each.

        Indexed [unit, y, x], for a data set with two inputs.
        """

        def compute() -> list[FloatArray]:
            traces = self._evaluator.trace(self._parameters, self._grid(resolution))
            return [trace.a.T.reshape(-1, resolution, resolution) for trace in traces]

        return self._once(("neurons", resolution), compute)

    def unit_planes(self, layer: int, resolution: int) -> FloatArray:
        """Return a layer's activations over the plane, [unit, y, x]; of −1, what inputs hold."""
        if layer >= 0:
            return self.neuron_planes(resolution)[layer]
        inputs = self._grid(resolution)[:, :-1]
        return np.asarray(inputs.T.reshape(-1, resolution, resolution))

    def plane_axes(self, resolution: int) -> tuple[FloatArray, FloatArray]:
        """Return grid coordinates that cover the data with a margin of 8 %."""
        low, high = plane_limits(self.problem)
        return (np.linspace(low[0], high[0], resolution), np.linspace(low[1], high[1], resolution))

    def curve(self, points: int = 400) -> tuple[FloatArray, FloatArray]:
        """Return x and the prediction at x, each (points,), for a data set with one input."""
        evaluator = self._evaluator

        def places() -> FloatArray:
            inputs = self.problem.dataset.inputs[:, 0]
            return np.linspace(inputs.min(), inputs.max(), points)

        def compute() -> tuple[FloatArray, FloatArray]:
            x = evaluator.once(("x", points), places)
            rows = evaluator.prepared(self.problem, ("curve", points), lambda: x[:, np.newaxis])
            outputs = evaluator.predict(self._parameters, rows)
            return x, self.problem.decode_outputs(outputs)[:, 0]

        return self._once(("curve", points), compute)

    @property
    def _evaluator(self) -> Evaluator:
        return evaluator_of(self.problem)

    def _knows(self, key: tuple[object, ...], compute: Callable[[], object], long: bool) -> bool:
        """Return whether something is known or soon done; else have it done aside."""
        if self._aside is None or not long or key in self._cache:
            return True
        self._aside.ask(self, str(key[0]), partial(self._once, key, compute))
        return False

    def at_once(self) -> Inspection:
        """Return this moment with all that is asked for done at once, however long it takes."""
        other = copy.copy(self)
        other._aside = None
        return other

    def prepare(self) -> None:
        """Do what `seen` needs for a moment at rest, wherever one has the time."""
        self._once(("answers",), self._answer_all)

    def _answer_all(self) -> bool:
        """Answer for all that is asked of whole parts."""
        self.activations()
        for part in self.problem.parts:
            self.outputs(part)
        if self.problem.dataset.is_planar:
            self.plane()
        return True

    def _trace_first(self, count: int) -> list[LayerTrace]:
        rows = self._evaluator.rows(self.problem, "train", count)
        return self._evaluator.trace(self._parameters, rows)

    def _answer(self, part: PartName, count: int) -> Outputs:
        chosen = self.problem.judged[part]
        if chosen is self.problem.train and count <= self.most_traced:
            raw = self.activations(count)[-1].a  # which other panels ask for as well
        else:
            rows = self._evaluator.rows(self.problem, part, count, judged=True)
            raw = self._evaluator.predict(self._parameters, rows)
        is_class = self.problem.dataset.task == "classification"
        labels = self.problem.decide(raw) if is_class else np.empty(0, dtype=np.intp)
        return Outputs(chosen.index[:count], self.problem.decode_outputs(raw), labels)

    def _plane(self, resolution: int) -> Plane:
        raw = self._evaluator.predict(self._parameters, self._grid(resolution))
        outputs = self.problem.decode_outputs(raw)
        return Plane(*self.plane_axes(resolution), outputs.T.reshape(-1, resolution, resolution))

    def _grid(self, resolution: int) -> FloatArray:
        """Return the points of a grid over the plane, as the evaluator takes them."""
        return self._evaluator.prepared(
            self.problem, ("grid", resolution), lambda: grid_points(*self.plane_axes(resolution))
        )

    def _with_gradients(self) -> Network:
        """Return the network with its gradients, which few panels ask for."""
        if not self._has_gradients:
            self._network.gradients[...] = self.snapshot.gradients
            self._has_gradients = True
        return self._network

    def _once(
        self,
        key: object,
        compute: Callable[[], _Result],
        kept: dict[object, object] | None = None,
    ) -> _Result:
        kept = self._cache if kept is None else kept
        if key not in kept:
            kept[key] = compute()
        return kept[key]  # type: ignore[return-value]  # stored under the same key above
