"""One layer of the picture: where its neurons, maps or numbers stand. No Qt in here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers import BatchNorm, Dense, Dropout, Flatten, LayerSpec, Shape

Grid = tuple[int, int]
"""Rows and columns of a picture."""


@dataclass(frozen=True)
class Maps:
    """A layer of pictures: each channel is drawn as one.

    Parameters
    ----------
    grid
        (rows, columns) of a channel.
    """

    grid: Grid


@dataclass(frozen=True)
class Strip:
    """A layer that only hands numbers on, drawn as a slim strip of them all."""


@dataclass(frozen=True)
class Sums:
    """A layer of neurons that have no weights, such as means of channels."""


Kind = Maps | Strip | Sums
"""How a layer is drawn that is not neurons with weights."""


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
    kind
        How it is drawn, or None for neurons with weights (and the inputs).
    across
        How many stand side by side; more than one where the layer is opened.
    """

    layer: int
    units: int
    shown: NDArray[np.intp]
    points: FloatArray
    size: float
    pitch: float
    tile: tuple[float, float, float, float] | None = None
    kind: Kind | None = None
    across: int = 1

    @property
    def is_image(self) -> bool:
        """Whether it is the inputs as one picture."""
        return self.layer == 0 and self.tile is not None

    @property
    def weighted(self) -> bool:
        """Whether a line for each weight arrives here."""
        return self.kind is None and self.layer > 0

    @property
    def of_neurons(self) -> bool:
        """Whether it is discs, one for each number."""
        return self.tile is None and not isinstance(self.kind, Maps | Strip)

    @property
    def grid(self) -> Grid:
        """Rows and columns of each thing drawn; (1, 1) for neurons."""
        return self.kind.grid if isinstance(self.kind, Maps) else (1, 1)

    @property
    def hidden(self) -> int:
        """Number of neurons, or of maps, for which there is no room."""
        return self.units - self.shown.size

    @property
    def above(self) -> int:
        """How many of them come before the first that is shown."""
        return int(self.shown[0])

    @property
    def x(self) -> float:
        """Centre line of the column."""
        return self.left + self.width / 2

    @property
    def width(self) -> float:
        """Width of what is drawn."""
        if self.tile:
            return self.tile[2]
        x = self.points[: self.across, 0]
        return float(x[-1] - x[0]) + self.map_size[0]

    @property
    def map_size(self) -> tuple[float, float]:
        """Width and height of each thing drawn: a map's longer side is `size`."""
        rows, columns = self.grid
        longer = max(rows, columns)
        return self.size * columns / longer, self.size * rows / longer

    @property
    def left(self) -> float:
        """Left side of what is drawn."""
        return self.tile[0] if self.tile else float(self.points[0, 0]) - self.map_size[0] / 2

    @property
    def right(self) -> float:
        """Right side of what is drawn."""
        return self.left + self.width

    @property
    def top(self) -> float:
        """Upper side of what is drawn."""
        return self.tile[1] if self.tile else float(self.points[0, 1]) - self.map_size[1] / 2

    @property
    def bottom(self) -> float:
        """Lower side of what is drawn."""
        if self.tile:
            return self.tile[1] + self.tile[3]
        return float(self.points[-1, 1]) + self.map_size[1] / 2

    @property
    def landmarks(self) -> FloatArray:
        """Points that show where the column is: its neurons, or some of its picture."""
        if self.of_neurons:
            half = (0.0, self.size / 2)
            return np.concatenate([self.points, self.points - half, self.points + half])
        across, down = np.meshgrid(np.linspace(0, 1, 6), np.linspace(0, 1, 9))
        x, y = self.left + across * self.width, self.top + down * (self.bottom - self.top)
        return np.column_stack([x.ravel(), y.ravel()])

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

    def moved(self, by: float) -> Column:
        """Return the column further to the right."""
        tile = self.tile and (self.tile[0] + by, *self.tile[1:])
        return replace(self, points=self.points + (by, 0.0), tile=tile)

    def position(self, unit: int) -> int | None:
        """Return the row of `points` that is this unit's, or None when it is not shown."""
        row = self.thing(unit) - self.above
        return row if 0 <= row < self.shown.size else None

    def thing(self, unit: int) -> int:
        """Return which neuron or map a unit is, or is a pixel of."""
        return unit // math.prod(self.grid)

    def place_of(self, unit: int) -> tuple[float, float, float, float] | None:
        """Return (left, top, width, height) of a neuron or pixel, or None when it is not shown."""
        row = self.position(unit)
        if row is None:
            return None
        x, y = self.points[row].tolist()
        if isinstance(self.kind, Strip) and self.tile:
            return self.tile[0], y - self.pitch / 2, self.tile[2], self.pitch
        (wide, high), (rows, columns) = self.map_size, self.grid
        down, right = divmod(unit % (rows * columns), columns)
        pixel = wide / columns
        return x - wide / 2 + right * pixel, y - high / 2 + down * pixel, pixel, pixel

    def unit_at(self, x: float, y: float) -> int | None:
        """Return the neuron or pixel at a point, or None."""
        if isinstance(self.kind, Strip) or self.grid != (1, 1):
            return self._cell_at(x, y)
        reach = self.size / 2 + (0.0 if self.tile else 3.0)
        away = np.abs(self.points - (x, y)).max(axis=1)
        nearest = int(away.argmin())
        return int(self.shown[nearest]) if away[nearest] <= reach else None

    def _cell_at(self, x: float, y: float) -> int | None:
        """Return the pixel of a map, or the number of a strip, at a point."""
        away = np.abs(self.points - (x, y))
        nearest = int((away[:, 1] if self.across == 1 else away.max(axis=1)).argmin())
        rows, columns = self.grid
        first = int(self.shown[nearest]) * rows * columns
        left, top, wide, high = self.place_of(first) or (0.0, 0.0, 1.0, 1.0)
        right, down = int((x - left) // wide), int((y - top) // high)
        inside = 0 <= right < columns and 0 <= down < rows
        return first + down * columns + right if inside else None


def shown_of(units: int, count: int, first: int) -> NDArray[np.intp]:
    """Return which neurons a column shows that has places for `count` of them."""
    start = min(max(first, 0), units - count)
    return np.arange(start, start + count)


def kinds_of(layers: Sequence[LayerSpec], shapes: Sequence[Shape]) -> dict[int, Kind]:
    """Return how columns are drawn that are not neurons with weights.

    Parameters
    ----------
    layers
        Of the network; the first is column 1.
    shapes
        Of a sample before the first layer and after each.
    """
    kinds = ((i, _kind_of(layer, shapes[i])) for i, layer in enumerate(layers, start=1))
    return {i: kind for i, kind in kinds if kind is not None}


def _kind_of(layer: LayerSpec, shape: Shape) -> Kind | None:
    if isinstance(layer, Flatten | Dropout | BatchNorm):
        return Strip()
    if len(shape) == 3:
        return Maps((shape[1], shape[2]))
    return None if isinstance(layer, Dense) else Sums()
