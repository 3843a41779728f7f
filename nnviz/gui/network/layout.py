"""Where neurons stand: pure NumPy, in units that are pixels at zoom 1. No Qt in here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network.column import ColumnSpec, Grid, LayerColumn, Unit

MAX_NODE, MIN_NODE = 50.0, 10.0
FULLEST = 0.72  # of the pitch that a node may take, so that neighbours keep apart
MAP_FULLEST = 0.86  # maps are read by their pixels, so they stand closer than discs do
MIN_PITCH = MIN_NODE / FULLEST
MAX_PITCH = 108.0
MAX_SPACING = 330.0
MAX_TILE = 200.0
MIN_MAP, MAX_MAP = 24.0, 84.0
_CRISP = 0.75  # of a map's size that is enough, if its pixels are whole ones
STRIP_WIDTH, STRIP_PITCH = 11.0, 24.0
STRIP_HEIGHT = 0.94  # of the room
STRIP_SHARE = 0.65  # of the way between two columns that a strip and its neighbour take
CELLS, MAP_CELLS = (24.0, 120.0), (44.0, 190.0)
"""Least and most distance between neurons, and between maps, of an expanded layer."""

NEIGHBOURS = 0.68  # of the width at most for what stands before and behind an expanded layer
SIDE, MAP_SIDE = 38.0, 60.0
"""Room beside a neighbour, for what is written above it: neurons, and maps."""

FOOT = 20.0  # height kept free below an expanded layer that scrolls, for the line that says so


@dataclass(frozen=True)
class Margins:
    """Room kept free around the neurons for names, captions and notes; the height of a name."""

    left: float
    top: float
    right: float
    bottom: float
    line: float = 0.0


@dataclass(frozen=True)
class VisibleRange:
    """Which part of large layers is seen: for each the `first` of its neurons (or maps) shown.

    `expanded_layer` is one laid out with all its neurons, as many as fit the whole picture.
    """

    first: Mapping[int, int] = field(default_factory=dict)
    expanded_layer: int | None = None

    def scrolled(self, layer: int, first: int) -> VisibleRange:
        """Return the range with a layer shown from another of its neurons on."""
        return replace(self, first={**self.first, layer: max(first, 0)})


@dataclass(frozen=True, eq=False)
class Layout:
    """A picture's size, its columns from the inputs on, and the layer that fills it, if any."""

    width: float
    height: float
    columns: tuple[LayerColumn, ...]
    expanded_layer: int | None = None

    def node_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Return (layer, unit) of the neuron or pixel at a point, or None."""
        for column in self.columns:
            unit = column.unit_at(x, y)
            if unit is not None:
                return column.layer, unit
        return None


@dataclass(frozen=True)
class _Room:
    """What a column may take: its height, side of a node, its middle, distance between columns.

    Named neurons stand at least a `line` apart.
    """

    height: float
    largest: float
    middle: float
    spacing: float
    line: float


def arrange(
    specs: Sequence[ColumnSpec],
    width: float,
    height: float,
    margins: Margins,
    visible: VisibleRange | None = None,
) -> Layout:
    """Place every layer in its column, the inputs first.

    Width and height are the picture's, margins included; without a `visible` range the first
    neurons of every layer are seen.
    """
    visible = visible or VisibleRange()
    high = max(height - margins.top - margins.bottom, MIN_PITCH)
    steps = _steps([spec.kind for spec in specs])
    spacing = max(width - margins.left - margins.right, 1.0) / max(float(steps.sum()), 1.0)
    largest = float(np.clip(0.5 * spacing, MIN_NODE, MAX_NODE))
    room = _Room(high, largest, margins.top + high / 2, spacing, margins.line)
    columns = [
        _image_column(spec, room, width)
        if spec.kind == "image"
        else _column(i, spec, room, visible.first.get(i, 0), i in (0, len(specs) - 1))
        for i, spec in enumerate(specs)
    ]
    if visible.expanded_layer is not None and can_expand(specs, visible.expanded_layer):
        return _expanded(columns, Layout(width, height, ()), visible, margins, room)
    return Layout(width, height, _spread(columns, steps, width, margins))


def can_expand(specs: Sequence[ColumnSpec] | Sequence[LayerColumn], layer: int) -> bool:
    """Return whether a layer can be laid out as a grid: inputs and outputs have names beside."""
    return 0 < layer < len(specs) - 1 and specs[layer].kind != "strip"


def _steps(kinds: Sequence[str]) -> FloatArray:
    """Return how far each column is from the one before, in steps; the first has none."""
    slim = np.array([kind == "strip" for kind in kinds])
    return np.where(slim[1:] | slim[:-1], STRIP_SHARE, 1.0)


def _column(layer: int, spec: ColumnSpec, room: _Room, first: int, is_named: bool) -> LayerColumn:
    """Return a column around x = 0, collapsed when its neurons would be too small to see."""
    if spec.kind == "strip":
        pitch = min(room.height * STRIP_HEIGHT / spec.units, STRIP_PITCH)
        high = pitch * spec.units
        tile = (-STRIP_WIDTH / 2, room.middle - high / 2, STRIP_WIDTH, high)
        y = tile[1] + (np.arange(spec.units) + 0.5) * pitch
        shown = range(spec.units)
        return LayerColumn(layer, spec.units, shown, _at_zero(y), pitch, pitch, "strip", tile=tile)
    of_maps = spec.kind == "maps"
    units = spec.units // math.prod(spec.grid) if of_maps else spec.units
    least = MIN_MAP / MAP_FULLEST if of_maps else max(MIN_PITCH, room.line * is_named)
    fitting = max(int(room.height // least), 1)
    # A collapsed column gives its last place to the line that says how many more there are.
    count = units if units <= fitting else max(fitting - 1, 1)
    places = count + (count < units)
    pitch = min(room.height / places, MAX_PITCH)
    y = room.middle + (np.arange(count) - (places - 1) / 2) * pitch
    if of_maps:
        size = min(MAP_FULLEST * pitch, max(0.62 * room.spacing, MIN_MAP), MAX_MAP)
        size = _crisp(size, spec.grid)
    else:
        size = float(np.clip(FULLEST * pitch, MIN_NODE, room.largest))
    start = min(max(first, 0), units - count)
    shown, grid = range(start, start + count), spec.grid if of_maps else (1, 1)
    return LayerColumn(layer, units, shown, _at_zero(y), size, pitch, spec.kind, grid)


def _crisp(size: float, grid: Grid) -> float:
    """Return a map's size such that all its pixels are as large, where that takes little of it."""
    whole = size // max(grid) * max(grid)
    return whole if whole > _CRISP * size else size


def _at_zero(y: FloatArray) -> FloatArray:
    return np.column_stack([np.zeros(len(y)), y])


def _image_column(spec: ColumnSpec, room: _Room, width: float) -> LayerColumn:
    rows, columns = spec.grid
    across = min(MAX_TILE, 0.24 * width, max(0.75 * room.spacing, 24.0))
    pixel = min(across / columns, room.height / rows)
    tile = (0.0, room.middle - rows * pixel / 2, columns * pixel, rows * pixel)
    # The channels of a picture in colour are at the same places.
    down, right = np.divmod(np.arange(spec.units) % (rows * columns), columns)
    points = np.column_stack([(right + 0.5) * pixel, tile[1] + (down + 0.5) * pixel])
    shown = range(spec.units)
    return LayerColumn(
        0, spec.units, shown, points, pixel, pixel, spec.kind, tile=tile, across=columns
    )


def _spread(
    columns: Sequence[LayerColumn], steps: FloatArray, width: float, margins: Margins
) -> tuple[LayerColumn, ...]:
    """Move columns to their places: equal steps from the first one's right side to the end."""
    first, last = columns[0], columns[-1]
    left, right = margins.left, width - margins.right - last.size / 2
    away = np.concatenate([[0.0], np.cumsum(steps)])
    count = max(float(away[-1]), 1.0)
    # Beside an image the steps are counted from its right side, so that no gap is narrower.
    start = left + (first.width - last.size / 2 if first.tile else first.size / 2)
    step = min((right - start) / count, MAX_SPACING)
    # Where the picture is wider than it needs to be, the network stands in its middle.
    spare = max(right - start - step * count, 0.0) / 2
    moved = [first.moved(left + spare + (0.0 if first.tile else first.size / 2))]
    moved += [
        column.moved(start + spare + far * step)
        for column, far in zip(columns[1:], away[1:].tolist(), strict=True)
    ]
    return tuple(moved)


def _expanded(
    columns: list[LayerColumn], sheet: Layout, visible: VisibleRange, margins: Margins, room: _Room
) -> Layout:
    """Lay a layer out in the middle, its neighbours at both sides, the rest beyond them."""
    layer = visible.expanded_layer or 0
    gap = float(np.clip(0.1 * sheet.width, 40.0, 96.0))
    before = _beside(columns[: layer + 1][::-1], margins.left, gap)
    after = _beside(columns[layer:], margins.right, gap)
    shrink = min(NEIGHBOURS * sheet.width / (before + after), 1.0)
    before, after = before * shrink, after * shrink
    width = max(sheet.width - before - after, CELLS[0])
    grid = _grid(columns[layer], width, room, visible.first.get(layer, 0))
    wide = [width if i == layer else column.width for i, column in enumerate(columns)]
    lefts = np.cumsum([0.0, *wide[:-1]]) + gap * np.arange(len(columns))
    lefts += before - lefts[layer]
    edge = float(lefts[-1]) + wide[-1]
    lefts[layer] += (width - grid.width) / 2
    columns[layer] = grid
    placed = tuple(
        column.moved(left - column.box[0])
        for column, left in zip(columns, lefts.tolist(), strict=True)
    )
    return Layout(max(sheet.width, edge + margins.right), sheet.height, placed, layer)


def _beside(columns: list[LayerColumn], margin: float, gap: float) -> float:
    """Return the room for the neighbour of the first of these columns."""
    neighbour, is_last = columns[1], len(columns) == 2
    side = MAP_SIDE if neighbour.kind == "maps" else SIDE
    return neighbour.width + gap + (margin if is_last and neighbour.kind != "image" else side)


def _grid(column: LayerColumn, width: float, room: _Room, first: int) -> LayerColumn:
    """Return a column as a grid, in rows from the upper left."""
    is_map = column.kind == "maps"
    across, down, cell = _cells(column.units, width, room.height, MAP_CELLS if is_map else CELLS)
    rows = math.ceil(column.units / across)
    start = across * max(min(first // across, rows - down), 0)
    shown = range(start, min(start + across * down, column.units))
    row, place = np.divmod(np.arange(len(shown)), across)
    top = room.middle - (math.ceil(len(shown) / across) - 1) * cell / 2
    points = np.column_stack([place * cell, top + row * cell])
    size = _crisp(cell * MAP_FULLEST, column.grid) if is_map else cell * FULLEST
    across = min(across, len(shown))
    return replace(column, shown=shown, points=points, size=size, pitch=cell, across=across)


def _cells(
    units: int, width: float, height: float, bounds: tuple[float, float]
) -> tuple[int, int, float]:
    """Return how many stand side by side, how many rows there are, and the largest cell."""
    least, most = bounds
    fitting = max(int(width // least), 1)
    across = np.arange(1, min(units, fitting) + 1)
    down = np.ceil(units / across)
    cells = np.minimum(width / across, height / down).clip(max=most)
    best = int(cells.argmax())
    if cells[best] < least:
        return fitting, max(int((height - FOOT) // least), 1), least
    return best + 1, int(down[best]), float(cells[best])


def step(layout: Layout, here: Unit, right: int, down: int) -> Unit:
    """Return the neighbour of a neuron, one to the right or down, or (−1) left or up.

    It is the neuron itself where there is none. Up and down go to the neuron before and after in
    the layer, whether it is shown or not; left and right to the layer before and after, to what is
    there at the same height. In an image, and in a layer that is expanded, all four go through its
    rows first.
    """
    layer, unit = here
    column, there = layout.columns[layer], layer + right
    thing, by = column.thing(unit), right + down * column.across
    in_column = 0 <= thing % column.across + right < column.across
    if in_column and 0 <= thing + by < column.units:
        return layer, unit + by * math.prod(column.grid)  # the same pixel of another map
    if down or not 0 <= there < len(layout.columns):
        return here
    beside, row = layout.columns[there], column.position(unit)
    y = float(column.points[row, 1]) if row is not None else 0.0
    nearest = int(np.abs(beside.points[:, 1] - y).argmin())
    return there, beside.middle_unit(beside.shown[nearest])
