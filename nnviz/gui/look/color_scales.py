"""How the values of neurons become colours, the same wherever they are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.arrays import FloatArray
from nnviz.training.problem import Problem

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
            largest = max(float(values.max()), -float(values.min())) if values.size else 0.0
            largest = largest or 1.0
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
