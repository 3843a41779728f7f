"""Runs a problem's network again and again on the same rows, with parameters that change.

Panels ask the same questions sixty times a second. What does not depend on the parameters is done
once for all moments of a run: rows are scaled and copied once, and the layers write into buffers
that stay.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.network import PREDICTED_NUMBERS, LayerTrace, Network, with_ones
from nnviz.training.problem import PartName, Problem

KEPT_BYTES = 2**24
"""Rows that take more are prepared anew each time, rather than be in memory for ever."""

UNIT_WORK = 64
"""What an activation costs, in multiply-adds: a few nanoseconds rather than a tenth of one."""

INPUT_WORK = 32
"""What preparing an input costs, in multiply-adds."""

LONG_WORK = 2e8
"""Multiply-adds, 10 to 20 ms of them, that the window's thread does at most where it rests."""

ACTIVATION_ROWS = 256
"""Training rows whose activations are drawn: enough for a histogram, cheap at every frame."""

MOVING_ROWS = 2000
"""Rows of each part that are answered for while moments follow each other; at rest it is all whose
loss and metric are recorded."""

QUICK_WORK = 4e7
"""Multiply-adds, a few milliseconds of them, that may be spent on rows while pictures move."""

_Result = TypeVar("_Result")


class Evaluator:
    """The network of a problem, ready to answer for rows it has seen before.

    Nothing of the problem is held but what is needed, so that it goes when the problem does.
    """

    def __init__(self, problem: Problem) -> None:
        self._network = problem.blank_network()
        self._loaded: FloatArray | None = None
        self._kept: dict[object, object] = {}
        self._others: dict[int, Evaluator] = {}
        self.work = _work(self._network)
        """Multiply-adds for one row, about."""

    def rows(
        self, problem: Problem, part: PartName, count: int, judged: bool = False
    ) -> FloatArray:
        """Return the first rows of a part, which must exist, as `predict` and `trace` take them.

        Of those that are `judged`, or of all.
        """
        chosen = (problem.judged if judged else problem.parts)[part]
        count = min(count, chosen.rows)
        # To prepare a whole part for its first rows would take the window's thread too long.
        stored = chosen.inputs.view(0, count) if count == chosen.rows else None
        if stored is not None:
            return stored
        index = chosen.index[:count]
        return self.prepared(problem, (part, count, judged), lambda: problem.dataset.inputs[index])

    def prepared(self, problem: Problem, key: object, rows: Callable[[], FloatArray]) -> FloatArray:
        """Return rows in the data's own columns and units as `predict` takes them.

        The key stands for the rows: they are the same whenever it is, and `rows` is asked for them,
        shape (rows, features), only when they are not kept.
        """
        found = self._kept.get(key)
        if isinstance(found, np.ndarray):
            return found
        prepared = with_ones(problem.encode_inputs(rows()), problem.dtype)
        if prepared.nbytes <= KEPT_BYTES:
            self._kept[key] = prepared
        return prepared

    def once(self, key: object, compute: Callable[[], _Result]) -> _Result:
        """Return what does not depend on parameters, computed when first asked for."""
        if key not in self._kept:
            self._kept[key] = compute()
        return self._kept[key]  # type: ignore[return-value]  # stored under the same key above

    def predict(
        self, parameters: FloatArray, rows: FloatArray, layer: int = -1, of: str = "a"
    ) -> FloatArray:
        """Return outputs, shape (rows, outputs), for rows of shape (rows, inputs + 1).

        The parameters are the network's, flat and read-only. The last column of `rows` is ones;
        there may not be too many different numbers of rows, for buffers are kept for each. Of
        another layer it is what its neurons answer, and with `of` "z" their weighted sums.
        """
        network = self._with(parameters)
        out = np.empty((len(rows), network.layers[layer].units), network.dtype)
        for chunk in self._chunks(len(rows)):
            network.forward(rows[chunk].T)
            out[chunk] = getattr(network.layers[layer], of).T
        return out

    def for_rows(self, problem: Problem, count: int) -> Evaluator:
        """Return one to ask about any number of rows: the last two numbers have their buffers.

        Two tables may be in sight.
        """
        found = self._others.pop(count, None) or Evaluator(problem)
        self._others = dict([*self._others.items()][-1:]) | {count: found}
        return found

    def input_gradient(self, parameters: FloatArray, row: FloatArray, unit: int) -> FloatArray:
        """Return ∂z/∂x of an output neuron at a row of shape (1, inputs + 1): shape (inputs,)."""
        network = self._with(parameters)
        network.forward(row.T)
        delta = np.zeros((network.outputs, 1), network.dtype)
        delta[unit] = 1.0
        return network.backward_inputs(delta)[:, 0]

    def trace(self, parameters: FloatArray, rows: FloatArray) -> list[LayerTrace]:
        """Return every layer's z and a in fresh arrays; parameters and rows as for `predict`."""
        network, traces = self._with(parameters), list[LayerTrace]()
        for layer in network.layers:
            z, a = (np.empty((layer.units, len(rows)), network.dtype) for _ in range(2))
            traces.append(LayerTrace(z.T, a.T, layer.output_shape))
        for chunk in self._chunks(len(rows)):
            network.forward(rows[chunk].T)
            for layer, trace in zip(network.layers, traces, strict=True):
                trace.a.T[:, chunk] = layer.a
                trace.z.T[:, chunk] = layer.z
        return traces

    def _chunks(self, rows: int) -> list[slice]:
        """Return which rows the layers hold at a time, for buffers that can be kept."""
        step = max(1, PREDICTED_NUMBERS // self._network.numbers_per_sample)
        return [slice(start, start + step) for start in range(0, rows, step)]

    def _with(self, parameters: FloatArray) -> Network:
        """Return the network with these parameters."""
        if self._loaded is not parameters:
            self._network.parameters[...] = parameters
            self._loaded = parameters
        return self._network


_of_thread = threading.local()


def evaluator_of(problem: Problem) -> Evaluator:
    """Return the one `Evaluator` that a thread has of a problem."""
    known = vars(_of_thread).setdefault("evaluators", WeakKeyDictionary[Problem, Evaluator]())
    if problem not in known:
        known[problem] = Evaluator(problem)
    return known[problem]  # type: ignore[no-any-return]


def takes_long(problem: Problem) -> bool:
    """Say whether to answer for all judged rows is more than the window's thread has time for."""
    inputs = math.prod(problem.shapes[0])
    each = evaluator_of(problem).work + INPUT_WORK * inputs
    return is_long(each * sum(part.rows for part in problem.judged.values()))


def is_long(work: float) -> bool:
    """Say whether so many multiply-adds are to be done aside."""
    return work > LONG_WORK


def rows_within(problem: Problem, work: float, least: int = 32) -> int:
    """Return for how many rows the network answers with about so many multiply-adds."""
    return max(least, int(work / evaluator_of(problem).work))


def quick_rows(problem: Problem) -> int:
    """Return how many rows of a part to look at while pictures move; at rest it is all of them.

    Where it cannot be many, it is those whose activations are drawn, which need no work of
    their own.
    """
    rows = rows_within(problem, QUICK_WORK)
    return min(rows, MOVING_ROWS if rows >= 2 * ACTIVATION_ROWS else ACTIVATION_ROWS)


def traced_rows(problem: Problem) -> int:
    """Return of how many rows activations are drawn while pictures move, by half of that work.

    They are asked for at every moment, where answers are told ten times a second.
    """
    return min(rows_within(problem, QUICK_WORK / 2, least=16), ACTIVATION_ROWS)


def plane_limits(problem: Problem) -> tuple[FloatArray, FloatArray]:
    """Return the lower left and the upper right corner of the plane, each (2,), in data units."""

    def compute() -> tuple[FloatArray, FloatArray]:
        inputs = problem.dataset.inputs
        low, high = inputs.min(axis=0), inputs.max(axis=0)
        margin = 0.08 * np.where(high > low, high - low, 1.0)
        return low - margin, high + margin

    return evaluator_of(problem).once("limits", compute)


def grid_points(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return all points of a grid as rows, y outermost: shape (len(x)·len(y), 2)."""
    across, down = np.meshgrid(x, y)
    return np.stack([across.ravel(), down.ravel()], axis=1)


def _work(network: Network) -> int:
    """Return the multiply-adds of a forward pass of one row, activations counted as some."""
    return sum(
        layer.weights.size * math.prod(layer.output_shape[1:]) + UNIT_WORK * layer.units
        for layer in network.layers
    )
