"""What a layout is made of: the sheet, its margins, its columns, and what is folded away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network.columns import Column

Unit = tuple[int, int]
"""A neuron: its layer, the inputs being 0, and its place in the layer from 0."""

MAX_NODE = 50.0
MIN_NODE = 10.0
FULLEST = 0.72  # of the pitch that a node may take, so that neighbours keep apart
MAP_FULLEST = 0.86

_ANSWERS = 50.0, 100.0
"""How far right of the outputs their names and values stand."""

_VERDICT = (20.0, 20.0), (70.0, 36.0)
_FOLD = (-40.0, 8.0), (0.0, 8.0), (40.0, 8.0)


@dataclass(frozen=True)
class Margins:
    """Room kept free around the neurons for names, captions and notes."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Folding:
    """Which part of large layers is seen.

    Parameters
    ----------
    first
        For each layer the first of its neurons (or maps) that is shown, where not all are.
    opened
        A layer laid out with all its neurons, as many as fit the whole picture; or None.
    """

    first: Mapping[int, int] = field(default_factory=dict)
    opened: int | None = None

    def scrolled(self, layer: int, first: int) -> Folding:
        """Return the folding with a layer shown from another of its neurons on."""
        return replace(self, first={**self.first, layer: max(first, 0)})


@dataclass(frozen=True, eq=False)
class Layout:
    """A whole picture.

    Parameters
    ----------
    width, height
        Of the picture.
    columns
        From the inputs to the outputs.
    """

    width: float
    height: float
    columns: tuple[Column, ...]

    @property
    def is_open(self) -> bool:
        """Whether a layer is laid out as a grid."""
        return any(column.across > 1 for column in self.columns)

    @property
    def landmarks(self) -> FloatArray:
        """Points that a card must not hide: columns, answers, and the words below folds."""
        last = self.columns[-1]
        answers = [last.landmarks + (away, 0.0) for away in _ANSWERS]
        verdict = np.add((last.right, last.bottom), _VERDICT)
        folds = [
            np.add((column.x, column.bottom), _FOLD) for column in self.columns if column.hidden
        ]
        return np.concatenate([*(c.landmarks for c in self.columns), *answers, verdict, *folds])

    def node_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Return (layer, unit) of the neuron or pixel at a point, or None."""
        for column in self.columns:
            unit = column.unit_at(x, y)
            if unit is not None:
                return column.layer, unit
        return None


WHOLE = Folding()
"""Every layer from its first neuron on, none opened."""


@dataclass(frozen=True)
class Box:
    """What a column may take.

    Parameters
    ----------
    room
        Height.
    largest
        Side of a node.
    middle
        Where its centre is, from the top.
    spacing
        Distance between columns.
    """

    room: float
    largest: float
    middle: float
    spacing: float
