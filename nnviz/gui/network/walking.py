"""From the neuron in focus to its neighbours. No Qt in here."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from nnviz.gui.network.column import LayerColumn, Unit
from nnviz.gui.network.layout import Layout

Way = Literal["up", "down", "left", "right"]

_TURNS: dict[Way, int] = {"up": -1, "down": 1, "left": -1, "right": 1}


def step(layout: Layout, here: Unit, way: Way) -> Unit:
    """Return the neighbour of a neuron: itself where there is none.

    Up and down go to the neuron before and after in the layer, whether it is shown or not; left and
    right to the layer before and after, to what is there at the same height. In an image, and in a
    layer that is expanded, all four go through its rows first.
    """
    layer, unit = here
    column = layout.columns[layer]
    across, turn = column.across, _TURNS[way]
    if way in ("up", "down"):
        return layer, _within(column, unit, turn * across)
    place = column.thing(unit) % across + turn
    if 0 <= place < across and column.thing(unit) + turn < column.units:
        return layer, _within(column, unit, turn)
    if not 0 <= layer + turn < len(layout.columns):
        return here
    return layer + turn, _at_height(layout, here, layer + turn)


def _within(column: LayerColumn, unit: int, by: int) -> int:
    """Return the unit so many neurons (or maps) further, the same pixel of a map."""
    there = column.thing(unit) + by
    pixels = math.prod(column.grid)
    return unit + by * pixels if 0 <= there < column.units else unit


def _at_height(layout: Layout, here: Unit, layer: int) -> int:
    """Return the unit of another layer that is about as high in the picture."""
    column = layout.columns[layer]
    own = layout.columns[here[0]]
    row = own.position(here[1])
    y = float(own.points[row, 1]) if row is not None else 0.0
    nearest = int(np.abs(column.points[:, 1] - y).argmin())
    return column.middle_unit(int(column.shown[nearest]))
