"""The numbers of the table, computed for the rows that are seen and no others."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.arrays import FloatArray
from nnviz.engine.network import LayerTrace
from nnviz.gui.look.texts import translated
from nnviz.gui.panels.forwards.columns import INPUTS, Column
from nnviz.gui.panels.forwards.look import shades_of
from nnviz.gui.panels.forwards.numbers import cell, input_text
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

MOST_ROWS = 200
RIGHT, WRONG = "✓", "✗"

_LEAST_Z = 1.0
"""Smaller sums are near zero, and so are their colours."""

Rows = NDArray[np.intp]
Scales = dict[tuple[str, int], FloatArray | float]


def rows_of(problem: Problem, chosen: int) -> Rows:
    """Return the rows of the data set to list: the first, and the chosen one wherever it is."""
    first = np.arange(min(problem.dataset.rows, MOST_ROWS))
    if chosen < first.size or chosen >= problem.dataset.rows:
        return first
    return np.append(first[:-1], chosen)


@dataclass(frozen=True, eq=False)
class Values:
    """All numbers of some samples at one moment.

    Parameters
    ----------
    problem
        The data.
    rows
        Row numbers in the data set, shape (rows,).
    inputs
        What the network is given, shape (rows, inputs).
    traces
        z and a of every layer.
    decided
        Class labels, shape (rows,); empty for a regression.
    predicted
        Outputs in target units, shape (rows, outputs).
    scales
        For inputs first and then for every layer's z and a: the absolute value of full colour.
    """

    problem: Problem
    rows: Rows
    inputs: FloatArray
    traces: list[LayerTrace]
    decided: Rows
    predicted: FloatArray
    scales: Scales
    _columns: dict[tuple[str, int], tuple[list[list[float]], list[list[int]]]] = field(
        default_factory=dict
    )

    def number(self, column: Column, line: int) -> float:
        """Return what stands in a column of numbers, in the rows' own order."""
        if column.kind == "input":
            return float(self.inputs[line, column.unit])
        if column.is_neuron:
            trace = self.traces[column.layer]
            return float((trace.z if column.kind == "z" else trace.a)[line, column.unit])
        expected = float(self.problem.dataset.targets[self.rows[line]].item())
        if column.kind == "expected":
            return expected
        predicted = float(self.predicted[line, 0])
        return predicted if column.kind == "predicted" else predicted - expected

    def text(self, column: Column, line: int) -> str:
        """Return what is written in a cell."""
        if column.kind == "picture":
            return ""
        if column.kind == "mark":
            return RIGHT if self.right(line) else WRONG
        if column.kind in ("decided", "true"):
            return translated(self.problem.dataset.class_names[self.label(column, line)])
        value = self.number(column, line)
        return input_text(value) if column.kind == "input" else cell(value)

    def label(self, column: Column, line: int) -> int:
        """Return the class in a column of classes."""
        if column.kind == "decided":
            return int(self.decided[line])
        return int(self.problem.dataset.targets[self.rows[line]].item())

    def right(self, line: int) -> bool:
        """Say whether the decided class is the sample's own."""
        return int(self.decided[line]) == int(self.problem.dataset.targets[self.rows[line]].item())

    def column(self, column: Column) -> tuple[list[str], list[int]]:
        """Return texts and shades of a neuron's column, of all lines."""
        key = (column.kind, column.layer)
        if key not in self._columns:
            trace = self.traces[column.layer]
            numbers = (trace.z if column.kind == "z" else trace.a).T.astype(np.float64)
            self._columns[key] = (numbers.tolist(), shades_of(numbers / self.scales[key]).tolist())
        numbers_of, shades = self._columns[key]
        return [cell(value) for value in numbers_of[column.unit]], shades[column.unit]

    def strength(self, column: Column, line: int) -> float | None:
        """Return how much colour a cell has, −1 to 1 and beyond; None where it has none."""
        if column.kind != "input" and not column.is_neuron:
            return None
        scale = self.scales[column.kind, column.layer]
        largest = scale if isinstance(scale, float) else float(scale[column.unit])
        return self.number(column, line) / largest


def input_scale(problem: Problem) -> FloatArray:
    """Return the absolute value of full colour of every input, shape (inputs,); take it once."""
    if problem.dataset.image_shape is not None:
        return np.ones(problem.train.inputs.shape[1] - 1)  # pictures have their own colours
    given = np.abs(problem.train.inputs.array()[:, :-1]).max(axis=0)
    return np.where(given > 0, given, 1.0)


def read(inspection: Inspection, rows: Rows, given: FloatArray) -> Values:
    """Return the numbers of these rows of the data set; `given` is the `input_scale`."""
    problem = inspection.problem
    raw = problem.dataset.inputs[rows]
    traces = inspection.trace(raw)
    outputs = traces[-1].a
    is_class = problem.dataset.task == "classification"
    decided = problem.decide(outputs) if is_class else np.empty(0, dtype=np.intp)
    answers = problem.decode_outputs(outputs)
    scales: Scales = {("input", INPUTS): given, **_layer_scales(problem, traces)}
    return Values(problem, rows, problem.encode_inputs(raw), traces, decided, answers, scales)


def _layer_scales(problem: Problem, traces: list[LayerTrace]) -> Scales:
    scales: Scales = {}
    specs = problem.experiment.network.layers
    for layer, (spec, trace) in enumerate(zip(specs, traces, strict=True)):
        scales["z", layer] = _largest(trace.z, _LEAST_Z)
        ends = ACTIVATIONS[spec.activation].output_range
        bounded = bool(np.isfinite(ends).all())
        scales["a", layer] = float(max(map(abs, ends))) if bounded else _largest(trace.a, _LEAST_Z)
    return scales


def _largest(values: FloatArray, least: float) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return max(float(finite.max(initial=0.0)), least)
