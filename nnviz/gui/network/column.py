"""One layer of the picture: where its neurons, maps or numbers stand. No Qt in here."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers import BatchNorm, Dense, Dropout, Flatten, LayerSpec, Shape
from nnviz.training.problem import Problem

Unit = tuple[int, int]
"""A neuron: its layer, the inputs being 0, and its place in the layer from 0."""

Grid = tuple[int, int]
"""Rows and columns of a picture."""

Kind = Literal["neurons", "image", "maps", "strip", "sums"]
"""Neurons with weights (or inputs), inputs as one image, a picture for each channel, a slim strip
of numbers handed on, or neurons without weights such as means of channels."""


@dataclass(frozen=True)
class ColumnSpec:
    """What a column has to show: its numbers, its kind, and the grid of its pictures."""

    units: int
    kind: Kind = "neurons"
    grid: Grid = (1, 1)


@dataclass(frozen=True, eq=False)
class LayerColumn:
    """One layer of the picture; the inputs are layer 0.

    Parameters
    ----------
    units
        Neurons the layer has; maps where it has those.
    shown, points
        Which of them are drawn; their centres, shape (shown, 2).
    size, pitch
        Longer side of a node, or of one pixel where the layer is an image; distance between
        neighbours.
    grid
        Rows and columns of each map.
    tile
        (left, top, width, height) of what stands for the layer as a whole, or None.
    across
        How many stand side by side.
    """

    layer: int
    units: int
    shown: range
    points: FloatArray
    size: float
    pitch: float
    kind: Kind = "neurons"
    grid: Grid = (1, 1)
    tile: tuple[float, float, float, float] | None = None
    across: int = 1

    @property
    def weighted(self) -> bool:
        """Whether a line for each weight arrives here."""
        return self.kind == "neurons" and self.layer > 0

    @property
    def of_neurons(self) -> bool:
        """Whether it is discs, one for each number."""
        return self.kind in ("neurons", "sums")

    @property
    def hidden(self) -> int:
        """Number of neurons, or of maps, for which there is no room."""
        return self.units - len(self.shown)

    @property
    def part(self) -> slice:
        """What is drawn, of an array with a row for each neuron."""
        return slice(self.shown.start, self.shown.stop)

    @property
    def node_size(self) -> tuple[float, float]:
        """Width and height of each thing drawn: a map's longer side is `size`."""
        rows, columns = self.grid
        longer = max(rows, columns)
        return self.size * columns / longer, self.size * rows / longer

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what is drawn."""
        if self.tile:
            left, top, width, height = self.tile
            return left, top, left + width, top + height
        half = np.divide(self.node_size, 2)
        left, top = (self.points.min(axis=0) - half).tolist()
        right, bottom = (self.points.max(axis=0) + half).tolist()
        return left, top, right, bottom

    def beside(self, x: float) -> float:
        """Return how far a place is beside what is drawn; less than 0 within."""
        return max(self.box[0] - x, x - self.box[2])

    @property
    def x(self) -> float:
        """Centre line."""
        return (self.box[0] + self.box[2]) / 2

    @property
    def width(self) -> float:
        """Width of what is drawn."""
        return self.box[2] - self.box[0]

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

    def moved(self, by: float) -> LayerColumn:
        """Return the column further to the right; maps begin at whole pixels, to be crisp."""
        tile = self.tile and (self.tile[0] + by, *self.tile[1:])
        points = self.points + (by, 0.0)
        if self.kind == "maps":
            corners = points - np.divide(self.node_size, 2)
            points += np.rint(corners) - corners
        return replace(self, points=points, tile=tile)

    def thing(self, unit: int) -> int:
        """Return which neuron or map a unit is, or is a pixel of."""
        return unit // math.prod(self.grid)

    def middle_unit(self, thing: int) -> int:
        """Return the unit that stands for a neuron; for a map the pixel in its middle."""
        rows, columns = self.grid
        return thing * rows * columns + (rows // 2) * columns + columns // 2

    def position(self, unit: int) -> int | None:
        """Return the row of `points` that is this unit's, or None when it is not shown."""
        row = self.thing(unit) - self.shown.start
        return row if 0 <= row < len(self.shown) else None

    def first_for(self, thing: int) -> int:
        """Return from where the column has to be shown for one of its neurons to be seen."""
        if thing < self.shown.start:
            return thing - thing % self.across
        return (thing // self.across + 1) * self.across - len(self.shown)

    def place_of(self, unit: int) -> tuple[float, float, float, float] | None:
        """Return (left, top, width, height) of a neuron or pixel, or None when it is not shown."""
        row = self.position(unit)
        if row is None:
            return None
        x, y = self.points[row].tolist()
        if self.kind == "strip" and self.tile:
            return self.tile[0], y - self.pitch / 2, self.tile[2], self.pitch
        (wide, high), (rows, columns) = self.node_size, self.grid
        down, right = divmod(unit % (rows * columns), columns)
        pixel = wide / columns
        return x - wide / 2 + right * pixel, y - high / 2 + down * pixel, pixel, pixel

    def unit_at(self, x: float, y: float) -> int | None:
        """Return the neuron or pixel at a point, or None."""
        away = np.abs(self.points - (x, y))
        nearest = int((away[:, 1] if self.kind == "strip" else away.max(axis=1)).argmin())
        if self.of_neurons:
            return self.shown[nearest] if away[nearest].max() <= self.size / 2 + 3.0 else None
        rows, columns = self.grid
        first = self.shown[nearest] * rows * columns
        left, top, wide, high = self.place_of(first) or (0.0, 0.0, 1.0, 1.0)
        right, down = int((x - left) // wide), int((y - top) // high)
        inside = 0 <= right < columns and 0 <= down < rows
        return first + down * columns + right if inside else None


def column_specs(problem: Problem) -> tuple[ColumnSpec, ...]:
    """Return what the columns of a problem's network are: its inputs, then every layer."""
    image, shapes = problem.dataset.image_shape, problem.shapes
    units = math.prod(shapes[0])
    first = ColumnSpec(units, "image", image) if image else ColumnSpec(units)
    layers = problem.experiment.network.layers
    return (first, *(_spec(*pair) for pair in zip(layers, shapes[1:], strict=True)))


def _spec(layer: LayerSpec, shape: Shape) -> ColumnSpec:
    units = math.prod(shape)
    if len(shape) == 3:
        return ColumnSpec(units, "maps", (shape[1], shape[2]))
    if isinstance(layer, Flatten | Dropout | BatchNorm):
        return ColumnSpec(units, "strip")
    return ColumnSpec(units, "neurons" if isinstance(layer, Dense) else "sums")
