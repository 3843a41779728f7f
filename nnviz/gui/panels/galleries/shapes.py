"""Activation functions as curves, and what the layers at hand do with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.arrays import FloatArray
from nnviz.gui.plots.bars import Histogram, histogram
from nnviz.training.choices import has_field
from nnviz.training.inspection import ACTIVATION_ROWS, Inspection

LOW, HIGH = -5.0, 5.0
"""Range of z that is drawn."""

BINS = 50
_POINTS = 401
_MOST_DOTS = 64
_UNBOUNDED = (-1.5, 5.4)
_MARGIN = 0.22


@dataclass(frozen=True, eq=False)
class Shape:
    """One function, drawn.

    Parameters
    ----------
    activation
        The function.
    function, slope
        Points (z, f(z)) and (z, f′(z)), shape (points, 2).
    low, high
        Range of the vertical axis.
    """

    activation: Activation
    function: NDArray[np.float64]
    slope: NDArray[np.float64]
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class LayerMarks:
    """What one layer feeds its activation at a moment.

    Parameters
    ----------
    number
        The layer, counted from 1.
    counts
        Histogram of z in `BINS` bins from `LOW` to `HIGH`.
    beyond
        Share of z below `LOW` or above `HIGH`.
    mean, deviation
        Of z.
    dots
        (z, a) of the chosen sample, one a unit (the first 64), shape (n, 2).
    """

    number: int
    counts: Histogram
    beyond: float
    mean: float
    deviation: float
    dots: NDArray[np.float64]


def values_at(activation: Activation, z: NDArray[np.float64]) -> tuple[FloatArray, FloatArray]:
    """Return f(z) and f′(z) for z of shape (n,).

    Softmax needs a whole layer: it is the first share of softmax([z, 0, 0]), and its derivative
    by its own z.
    """
    if not activation.couples_units:
        return activation(z), activation.slope(z)
    layer = np.zeros((3, z.size))
    layer[0] = z
    return activation(layer)[0], activation.slope(layer)[0]


@lru_cache(maxsize=64)
def shape_of(name: str) -> Shape:
    """Return the curves of an entry of ``ACTIVATIONS``."""
    activation = ACTIVATIONS[name]
    z = np.linspace(LOW, HIGH, _POINTS)
    function, slope = values_at(activation, z)
    low, high = activation.output_range
    if np.isfinite(low) and np.isfinite(high):
        low, high = min(low, 0.0), max(high, 1.0)
        room = _MARGIN * (high - low)
        low, high = low - room, high + room
    else:
        low, high = _UNBOUNDED
    return Shape(activation, np.stack([z, function], 1), np.stack([z, slope], 1), low, high)


def marks_of(
    inspection: Inspection, row: int, most: int = ACTIVATION_ROWS
) -> dict[str, list[LayerMarks]]:
    """Return the marks of every layer that has an activation, by the activation's name.

    Parameters
    ----------
    inspection, row
        The moment, and the chosen sample.
    most
        Training rows to look at.
    """
    choice = inspection.problem.experiment.network.layers
    traces, sample = inspection.activations(most), inspection.sample_trace(row)
    marks: dict[str, list[LayerMarks]] = {}
    for number, (layer, trace, one) in enumerate(zip(choice, traces, sample, strict=True), 1):
        if not has_field(layer, "activation"):
            continue
        dots = np.stack([one.z[0], one.a[0]], axis=1)[:_MOST_DOTS].astype(np.float64)
        z = trace.z.ravel(order="K")  # in whatever order they are in memory
        beyond = float(np.count_nonzero(np.abs(z) > HIGH) / z.size)
        mean, deviation = float(z.mean()), float(z.std())
        found = LayerMarks(number, histogram(z, LOW, HIGH, BINS), beyond, mean, deviation, dots)
        marks.setdefault(layer.activation, []).append(found)
    return marks


def pooled(marks: Sequence[LayerMarks]) -> Histogram:
    """Return the histogram of several layers together."""
    return Histogram(LOW, HIGH, np.sum([mark.counts.counts for mark in marks], axis=0))
