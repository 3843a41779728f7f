"""The kernels of convolutions, on the way to the maps that they make."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from nnviz.datasets.dataset import COLORS
from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.pictures import Pixels, in_color
from nnviz.gui.look.theme import blend
from nnviz.gui.network.column import LayerColumn
from nnviz.gui.network.drawing import paint_pictures
from nnviz.gui.network.sample_activations import largest_of
from nnviz.gui.network.view_state import NetworkViewState

_BIAS = 13.0  # room left of a map for its bias
_SHARE = 0.4  # of the room before a map that its kernels may take
_LEAST = 9.0  # side of kernels from which on they are seen


def paint_kernels(painter: QPainter, state: NetworkViewState) -> None:
    """Draw the kernels that make each map, the painter being in units of the layout."""
    if state.painted is None or state.layout.expanded_layer is not None:
        return
    for source, target in pairwise(state.layout.columns):
        kernels = state.painted.kernels(target.layer)
        if kernels is not None and target.kind == "maps":
            largest = largest_of(kernels)
            _paint_slices(painter, state, (source, target), kernels / (largest or 1.0))
            _paint_whole(painter, state, (source, target), kernels_picture(kernels, largest))


def kernels_picture(kernels: FloatArray, largest: float) -> FloatArray | Pixels:
    """Return kernels, shape (kernels, channels, rows, columns), as `paint_pictures` takes them.

    Three channels are colours, grey where they are 0; of more it is the mean.
    """
    scale = largest or 1.0
    if kernels.shape[1] == len(COLORS):
        return in_color(kernels, -scale, scale)
    return np.asarray(kernels.mean(axis=1) / scale)


def _paint_whole(
    painter: QPainter,
    state: NetworkViewState,
    ends: tuple[LayerColumn, LayerColumn],
    pictures: FloatArray | Pixels,
) -> None:
    """Draw each kernel in the middle of the way to its map."""
    source, target = ends
    room = target.box[0] - _BIAS - source.box[2]
    place = _box(pictures, min(_SHARE * room, 0.75 * target.node_size[1]))
    if place is None:
        return
    x, end = round(source.box[2] + room / 2), target.box[0]
    painter.setPen(QPen(QColor(blend(state.theme.text, state.theme.surface, 0.32)), 1.0))
    heights = np.rint(target.points[:, 1]).tolist()
    painter.drawLines([QLineF(x, y, end, y) for y in heights])
    rects = [QRectF(place).translated(x, y) for y in heights]
    paint_pictures(painter, state.theme, rects, pictures[target.part], state.camera.m11())


def _paint_slices(
    painter: QPainter,
    state: NetworkViewState,
    ends: tuple[LayerColumn, LayerColumn],
    kernels: FloatArray,
) -> None:
    """Draw a line from everything that a map is the sum of, with what weighs it at its start."""
    (source, target), unit = ends, state.pointed or state.selected_unit
    row = target.position(unit[1]) if unit is not None and unit[0] == target.layer else None
    if unit is None or row is None:
        return
    y, end = float(target.points[row, 1]), target.box[0]
    starts = source.points[:, 1].tolist() if source.kind == "maps" else [sum(source.box[1::2]) / 2]
    painter.setPen(QPen(QColor(state.theme.accent), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    start = source.box[2]
    for height in starts:
        path, middle = QPainterPath(QPointF(start, height)), (start + end) / 2
        path.cubicTo(middle, height, middle, y, end, y)
        painter.drawPath(path)
    slices = kernels[target.thing(unit[1])][source.part] if source.kind == "maps" else None
    if slices is None:
        return
    place = _box(slices, min(0.25 * (end - start), 0.72 * source.pitch))
    if place is not None:
        rects = [
            QRectF(place).translated(round(start + place.width() / 2 + 2.0), round(height))
            for height in starts
        ]
        paint_pictures(painter, state.theme, rects, slices, state.camera.m11())


def _box(pictures: FloatArray | Pixels, side: float) -> QRectF | None:
    """Return the place of a picture around 0 with whole pixels, or None where there is no room."""
    rows, columns = pictures.shape[1:3]
    pixel = side // max(rows, columns)
    wide, high = pixel * columns, pixel * rows
    if max(wide, high) < _LEAST:
        return None
    return QRectF(-(wide // 2), -(high // 2), wide, high)
