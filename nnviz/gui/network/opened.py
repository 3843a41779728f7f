"""One layer with all its neurons: a wide grid between its neighbours. No Qt in here."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from nnviz.gui.network.columns import Column, Maps
from nnviz.gui.network.sheet import FULLEST, MAP_FULLEST, Box, Folding, Layout, Margins

LEAST_CELL, MOST_CELL = 24.0, 120.0
"""Distance between neurons of an opened layer; it scrolls where more are asked for."""

LEAST_MAP, MOST_MAP = 44.0, 190.0
NEIGHBOURS = 0.68  # of the width at most for what stands before and behind the layer
SIDE, MAP_SIDE = 38.0, 60.0
"""Room beside a neighbour, for what is written above it: neurons, and maps."""

FOOT = 20.0
"""Height kept free below a layer that scrolls, for the line that says so."""


def can_open(layout: Layout, layer: int) -> bool:
    """Return whether a layer can be laid out as a grid: inputs and outputs have names beside."""
    return 0 < layer < len(layout.columns) - 1 and layout.columns[layer].tile is None


def opened(layout: Layout, folding: Folding, margins: Margins, box: Box) -> Layout:
    """Lay a layer out in the middle, its neighbours at both sides, the rest beyond them.

    Parameters
    ----------
    layout
        Columns as they are when nothing is opened, not yet in their places.
    folding
        Which layer, and its first neuron shown.
    margins, box
        Of the layout.
    """
    layer = folding.opened or 0
    columns = list(layout.columns)
    gap = float(np.clip(0.1 * layout.width, 40.0, 96.0))
    before = _beside(columns[: layer + 1][::-1], margins.left, gap)
    after = _beside(columns[layer:], margins.right, gap)
    shrink = min(NEIGHBOURS * layout.width / (before + after), 1.0)
    before, after = before * shrink, after * shrink
    width = max(layout.width - before - after, LEAST_CELL)
    grid = _grid(columns[layer], width, box, folding.first.get(layer, 0))
    columns[layer] = grid.moved(before + (width - grid.width) / 2 - grid.left)
    for i in range(layer - 1, -1, -1):
        right = (before if i == layer - 1 else columns[i + 1].left) - gap
        columns[i] = columns[i].moved(right - columns[i].width - columns[i].left)
    for i in range(layer + 1, len(columns)):
        left = (before + width if i == layer + 1 else columns[i - 1].right) + gap
        columns[i] = columns[i].moved(left - columns[i].left)
    paper = max(layout.width, columns[-1].right + margins.right)
    return Layout(paper, layout.height, tuple(columns))


def _beside(columns: list[Column], margin: float, gap: float) -> float:
    """Return the room for the neighbour of the first of these columns."""
    neighbour, is_last = columns[1], len(columns) == 2
    side = MAP_SIDE if isinstance(neighbour.kind, Maps) else SIDE
    return neighbour.width + gap + (margin if is_last and not neighbour.is_image else side)


def _grid(column: Column, width: float, box: Box, first: int) -> Column:
    """Return a column as a grid, in rows from the upper left."""
    is_map = isinstance(column.kind, Maps)
    least, most = (LEAST_MAP, MOST_MAP) if is_map else (LEAST_CELL, MOST_CELL)
    across, down, cell = _cells(column.units, width, box.room, least, most)
    rows = math.ceil(column.units / across)
    start = across * max(min(first // across, rows - down), 0)
    shown = np.arange(start, min(start + across * down, column.units))
    row, place = np.divmod(np.arange(shown.size), across)
    top = box.middle - (math.ceil(shown.size / across) - 1) * cell / 2
    points = np.column_stack([place * cell, top + row * cell])
    size = cell * (MAP_FULLEST if is_map else FULLEST)
    return replace(
        column, shown=shown, points=points, size=size, pitch=cell, across=min(across, shown.size)
    )


def _cells(
    units: int, width: float, height: float, least: float, most: float
) -> tuple[int, int, float]:
    """Return how many stand side by side, how many rows there are, and the largest cell."""
    best = (1, 1, 0.0)
    for across in range(1, min(units, max(int(width // least), 1)) + 1):
        down = math.ceil(units / across)
        cell = min(width / across, height / down, most)
        if cell > best[2] + 1e-9:
            best = (across, down, cell)
    if best[2] >= least:
        return best
    return max(int(width // least), 1), max(int((height - FOOT) // least), 1), least
