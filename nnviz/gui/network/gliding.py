"""Between two pictures: how a layout and a camera pass into others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network.columns import Column
from nnviz.gui.network.scene import Camera
from nnviz.gui.network.sheet import Layout


@dataclass(frozen=True, eq=False)
class Glide:
    """A way from one view to another.

    Parameters
    ----------
    start, start_camera
        Where it begins.
    end, end_camera
        Where it leads.
    """

    start: Layout
    start_camera: Camera
    end: Layout
    end_camera: Camera


def glide(way: Glide, share: float) -> tuple[Layout, Camera]:
    """Return what is seen at a share of the way, from 0 to 1."""
    if share >= 1.0:
        return way.end, way.end_camera
    a, b = way.start_camera, way.end_camera
    camera = Camera(*(_mix(x, y, share) for x, y in ((a.zoom, b.zoom), (a.dx, b.dx), (a.dy, b.dy))))
    same = way.start is way.end
    return way.end if same else between(way.start, way.end, share), camera


def between(start: Layout, end: Layout, share: float) -> Layout:
    """Return a layout on the way from one to another of the same network.

    Neurons that both show move; those that only the second shows come out of the fold.

    Parameters
    ----------
    start, end
        Layouts of the same layers.
    share
        Of the way, from 0 to 1.
    """
    columns = tuple(_between(a, b, share) for a, b in zip(start.columns, end.columns, strict=True))
    return Layout(_mix(start.width, end.width, share), end.height, columns)


def _between(start: Column, end: Column, share: float) -> Column:
    tile = end.tile
    if start.tile and end.tile:
        left, top, wide, high = (
            _mix(a, b, share) for a, b in zip(start.tile, end.tile, strict=True)
        )
        tile = (left, top, wide, high)
    points = _origins(start, end) * (1.0 - share) + end.points * share
    return replace(end, points=points, size=_mix(start.size, end.size, share), tile=tile)


def _origins(start: Column, end: Column) -> FloatArray:
    """Return where every neuron shown at the end comes from, shape (shown, 2)."""
    rows = np.clip(end.shown - start.above, 0, start.shown.size - 1)
    return np.asarray(start.points[rows])


def _mix(start: float, end: float, share: float) -> float:
    return start + (end - start) * share
