"""Where neurons stand: pure NumPy, in units that are pixels at zoom 1. No Qt in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network.columns import Column, Grid, Kind, Maps, Strip, shown_of
from nnviz.gui.network.opened import can_open, opened
from nnviz.gui.network.sheet import (
    FULLEST,
    MAP_FULLEST,
    MAX_NODE,
    MIN_NODE,
    WHOLE,
    Box,
    Folding,
    Layout,
    Margins,
)

MIN_PITCH = MIN_NODE / FULLEST
MAX_PITCH = 108.0
MAX_SPACING = 330.0
MAX_TILE = 200.0
MIN_MAP, MAX_MAP = 24.0, 84.0
STRIP_WIDTH = 11.0
STRIP_HEIGHT = 0.94  # of the room
STRIP_SHARE = 0.65
"""Of the way between two columns that a strip and its neighbour take."""


def arrange(
    units: Sequence[int],
    width: float,
    height: float,
    margins: Margins,
    image_shape: Grid | None = None,
    kinds: Mapping[int, Kind] = MappingProxyType({}),
    folding: Folding = WHOLE,
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
    kinds
        How those layers are drawn that are not neurons with weights.
    folding
        Which part of large layers is seen.
    """
    room = max(height - margins.top - margins.bottom, MIN_PITCH)
    spacing = _spacing(_steps(len(units), kinds), width, margins)
    largest = float(np.clip(0.5 * spacing, MIN_NODE, MAX_NODE))
    middle = margins.top + room / 2
    if image_shape is None:
        first = _column(0, units[0], room, largest, middle, folding.first.get(0, 0))
    else:
        first = _image_column(image_shape, room, _tile_room(spacing, width), middle)
    box = Box(room, largest, middle, spacing)
    rest = [
        _column_of(i, n, kinds.get(i), box, folding.first.get(i, 0))
        for i, n in enumerate(units)
        if i
    ]
    plain = Layout(width, height, (first, *rest))
    if folding.opened is not None and can_open(plain, folding.opened):
        return opened(plain, folding, margins, box)
    return Layout(width, height, _spread((first, *rest), width, margins))


def _steps(columns: int, kinds: Mapping[int, Kind]) -> FloatArray:
    """Return how far each column is from the one before, in steps; the first has none."""
    slim = np.array([isinstance(kinds.get(i), Strip) for i in range(columns)])
    return np.where(slim[1:] | slim[:-1], STRIP_SHARE, 1.0)


def _spacing(steps: FloatArray, width: float, margins: Margins) -> float:
    return max(width - margins.left - margins.right, 1.0) / max(float(steps.sum()), 1.0)


def _column_of(layer: int, units: int, kind: Kind | None, box: Box, first: int) -> Column:
    if isinstance(kind, Maps):
        return _map_column(layer, units, kind, box, first)
    if isinstance(kind, Strip):
        return _strip_column(layer, units, kind, box)
    plain = _column(layer, units, box.room, box.largest, box.middle, first)
    return replace(plain, kind=kind)


def _map_column(layer: int, units: int, kind: Maps, box: Box, first: int) -> Column:
    """Return a column of maps, one for each channel, as many as there is room for."""
    rows, columns = kind.grid
    channels = units // (rows * columns)
    count, pitch, y = _stacked(channels, box.room, box.middle, MIN_MAP / MAP_FULLEST)
    # Maps are read by their pixels, so they stand closer than discs do.
    size = min(MAP_FULLEST * pitch, max(0.62 * box.spacing, MIN_MAP), MAX_MAP)
    points = np.column_stack([np.zeros(count), y])
    return Column(layer, channels, shown_of(channels, count, first), points, size, pitch, kind=kind)


def _strip_column(layer: int, units: int, kind: Strip, box: Box) -> Column:
    pitch = min(box.room * STRIP_HEIGHT / units, 24.0)
    tile = (-STRIP_WIDTH / 2, box.middle - pitch * units / 2, STRIP_WIDTH, pitch * units)
    y = tile[1] + (np.arange(units) + 0.5) * pitch
    points = np.column_stack([np.zeros(units), y])
    return Column(layer, units, np.arange(units), points, pitch, pitch, tile, kind)


def _tile_room(spacing: float, width: float) -> float:
    return min(MAX_TILE, 0.24 * width, max(0.75 * spacing, 24.0))


def _column(
    layer: int, units: int, room: float, largest: float, middle: float, first: int
) -> Column:
    """Return a column around x = 0, folded when its neurons would be too small to see."""
    count, pitch, y = _stacked(units, room, middle, MIN_PITCH)
    size = float(np.clip(FULLEST * pitch, MIN_NODE, largest))
    points = np.column_stack([np.zeros(count), y])
    return Column(layer, units, shown_of(units, count, first), points, size, pitch)


def _stacked(units: int, room: float, middle: float, least: float) -> tuple[int, float, FloatArray]:
    """Return how many find a place at `least` this pitch, their pitch, and their heights."""
    fitting = max(int(room // least), 1)
    # A folded column gives its last place to the line that says how many more there are.
    count = units if units <= fitting else max(fitting - 1, 1)
    places = count + (count < units)
    pitch = min(room / places, MAX_PITCH)
    return count, pitch, middle + (np.arange(count) - (places - 1) / 2) * pitch


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
    kinds = {column.layer: column.kind for column in columns if column.kind}
    away = np.concatenate([[0.0], np.cumsum(_steps(len(columns), kinds))])
    steps = max(float(away[-1]), 1.0)
    # Beside an image the steps are counted from its right side, so that no gap is narrower.
    start = left + (first.width - last.size / 2 if first.tile else first.size / 2)
    step = min((right - last.size / 2 - start) / steps, MAX_SPACING)
    # Where the picture is wider than it needs to be, the network stands in its middle.
    spare = max(right - last.size / 2 - start - step * steps, 0.0) / 2
    moved = [first.moved(left + spare + (0.0 if first.tile else first.size / 2))]
    moved += [
        column.moved(start + spare + far * step)
        for column, far in zip(columns[1:], away[1:].tolist(), strict=True)
    ]
    return tuple(moved)
