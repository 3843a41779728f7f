"""Where neurons stand: pure NumPy, in units that are pixels at zoom 1. No Qt in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray

MAX_NODE = 50.0
MIN_NODE = 10.0
FULLEST = 0.72  # of the pitch that a node may take, so that neighbours keep apart
MIN_PITCH = MIN_NODE / FULLEST
MAX_PITCH = 108.0
MAX_SPACING = 330.0
MAX_TILE = 200.0


@dataclass(frozen=True)
class Margins:
    """Room kept free around the neurons for names, captions and notes."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, eq=False)
class Column:
    """One layer of the picture; the inputs are layer 0.

    Parameters
    ----------
    layer
        0 for the inputs, then 1, 2, …
    units
        Neurons the layer has.
    shown
        Indices of those drawn, ascending, shape (shown,).
    points
        Their centres, shape (shown, 2).
    size
        Side of a node; of one pixel where the layer is an image.
    pitch
        Distance between neighbours.
    tile
        (left, top, width, height) of the image that stands for the layer, or None.
    """

    layer: int
    units: int
    shown: NDArray[np.intp]
    points: FloatArray
    size: float
    pitch: float
    tile: tuple[float, float, float, float] | None = None

    @property
    def hidden(self) -> int:
        """Number of neurons for which there is no room."""
        return self.units - self.shown.size

    @property
    def x(self) -> float:
        """Centre line of the column."""
        return self.left + self.width / 2

    @property
    def width(self) -> float:
        """Width of what is drawn."""
        return self.tile[2] if self.tile else self.size

    @property
    def left(self) -> float:
        """Left side of what is drawn."""
        return self.tile[0] if self.tile else float(self.points[0, 0]) - self.size / 2

    @property
    def top(self) -> float:
        """Upper side of what is drawn."""
        return self.tile[1] if self.tile else float(self.points[0, 1]) - self.size / 2

    @property
    def bottom(self) -> float:
        """Lower side of what is drawn."""
        if self.tile:
            return self.tile[1] + self.tile[3]
        return float(self.points[-1, 1]) + self.size / 2

    @property
    def ports(self) -> FloatArray:
        """Where edges leave to the right, shape (shown, 2).

        The pixels of an image each have a place of their own along its right side, row by row.
        """
        if self.tile is None:
            return np.asarray(self.points + (self.size / 2, 0.0))
        left, top, width, height = self.tile
        share = (np.arange(self.units) + 0.5) / self.units
        return np.column_stack([np.full(self.units, left + width), top + share * height])

    def position(self, unit: int) -> int | None:
        """Return the row of `points` that is this unit's, or None when it is not shown."""
        found = np.flatnonzero(self.shown == unit)
        return int(found[0]) if found.size else None


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

    def node_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Return (layer, unit) of the neuron or pixel at a point, or None."""
        for column in self.columns:
            reach = column.size / 2 + (0.0 if column.tile else 3.0)
            away = np.abs(column.points - (x, y)).max(axis=1)
            nearest = int(away.argmin())
            if away[nearest] <= reach:
                return column.layer, int(column.shown[nearest])
        return None


def arrange(
    units: Sequence[int],
    width: float,
    height: float,
    margins: Margins,
    image_shape: tuple[int, int] | None = None,
) -> Layout:
    """Place every layer in its column.

    Parameters
    ----------
    units
        Number of inputs, then of the neurons of every layer.
    width, height
        Of the picture, margins included.
    margins
        Room for text.
    image_shape
        (rows, columns) when the inputs are pixels: they become one image.
    """
    room = max(height - margins.top - margins.bottom, MIN_PITCH)
    spacing = _spacing(len(units), width, margins)
    largest = float(np.clip(0.5 * spacing, MIN_NODE, MAX_NODE))
    middle = margins.top + room / 2
    if image_shape is None:
        first = _column(0, units[0], room, largest, middle)
    else:
        first = _image_column(image_shape, room, _tile_room(spacing, width), middle)
    rest = [_column(i, n, room, largest, middle) for i, n in enumerate(units) if i]
    return Layout(width, height, _spread((first, *rest), width, margins))


def _spacing(columns: int, width: float, margins: Margins) -> float:
    return max(width - margins.left - margins.right, 1.0) / max(columns - 1, 1)


def _tile_room(spacing: float, width: float) -> float:
    return min(MAX_TILE, 0.24 * width, max(0.75 * spacing, 24.0))


def _column(layer: int, units: int, room: float, largest: float, middle: float) -> Column:
    """Return a column around x = 0, folded when its neurons would be too small to see."""
    fitting = max(int(room // MIN_PITCH), 1)
    # A folded column gives its last place to the line that says how many more there are.
    count = units if units <= fitting else max(fitting - 1, 1)
    places = count + (count < units)
    pitch = min(room / places, MAX_PITCH)
    y = middle + (np.arange(count) - (places - 1) / 2) * pitch
    size = float(np.clip(FULLEST * pitch, MIN_NODE, largest))
    points = np.column_stack([np.zeros(count), y])
    return Column(layer, units, np.arange(count), points, size, pitch)


def _image_column(shape: tuple[int, int], room: float, across: float, middle: float) -> Column:
    rows, columns = shape
    pixel = min(across / columns, room / rows)
    tile = (0.0, middle - rows * pixel / 2, columns * pixel, rows * pixel)
    down, right = np.divmod(np.arange(rows * columns), columns)
    points = np.column_stack([(right + 0.5) * pixel, tile[1] + (down + 0.5) * pixel])
    shown = np.arange(rows * columns)
    return Column(0, rows * columns, shown, points, pixel, pixel, tile)


def _spread(columns: tuple[Column, ...], width: float, margins: Margins) -> tuple[Column, ...]:
    """Move columns to their places: equal steps from the first one's right side to the end."""
    first, last = columns[0], columns[-1]
    left, right = margins.left, width - margins.right
    steps = max(len(columns) - 1, 1)
    # Beside an image the steps are counted from its right side, so that no gap is narrower.
    start = left + (first.width - last.size / 2 if first.tile else first.size / 2)
    step = min((right - last.size / 2 - start) / steps, MAX_SPACING)
    # Where the picture is wider than it needs to be, the network stands in its middle.
    spare = max(right - last.size / 2 - start - step * steps, 0.0) / 2
    moved = [_moved(first, left + spare + (0.0 if first.tile else first.size / 2))]
    moved += [_moved(column, start + spare + i * step) for i, column in enumerate(columns) if i]
    return tuple(moved)


def _moved(column: Column, by: float) -> Column:
    tile = column.tile and (column.tile[0] + by, *column.tile[1:])
    points = column.points + (by, 0.0)
    return Column(column.layer, column.units, column.shown, points, column.size, column.pitch, tile)
