"""What an `Inspection` answers with: a network's outputs for rows, over a plane, as a formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray


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
        Network outputs in target units, indexed [output, y, x].
    """

    x: FloatArray
    y: FloatArray
    values: FloatArray


@dataclass(frozen=True, eq=False)
class LinearFormula:
    """A single linear neuron in the data's own units: target = Σ slope · input + intercept."""

    slopes: NDArray[np.float64]
    intercept: float
