"""The kernels of convolutions, on the way to the maps that they make."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from nnviz.engine.arrays import FloatArray, largest
from nnviz.gui.look.pictures import Pixels, kernels_picture
from nnviz.gui.network.column import LayerColumn
from nnviz.gui.network.view_state import NetworkViewState
from nnviz.gui.widgets.pixels import outline, paint_pictures

_BIAS = 13.0  # room left of a map for its bias
_SHARE, _SLICE = 0.4, 0.4  # of the room before a map for its kernel, and for the slices of it
_LEAST = 9.0  # side of kernels from which on they are seen


def paint_kernels(painter: QPainter, state: NetworkViewState) -> None:
    """Draw the kernels that make each map, the painter being in units of the layout."""
    if state.painted is None or state.layout.expanded_layer is not None:
        return
    for source, target in pairwise(state.layout.columns):
        kernels = state.painted.kernels(target.layer)
        if kernels is None or target.kind != "maps":
            continue
        if source.kind == "maps" and _paint_slices(painter, state, (source, target), kernels):
            continue
        largest = state.painted.largest[target.layer - 1]
        pictures = kernels_picture(kernels[target.part], largest)
        room = target.box[0] - _BIAS - source.box[2]
        side = min(_SHARE * room, 0.75 * target.node_size[1])
        left, heights = source.box[2] + (room - side) / 2, target.points[:, 1].tolist()
        boxes = _paint_at(painter, state, pictures, left, heights, side)
        painter.setPen(outline(state.theme))
        ends = [(box.right(), box.center().y()) for box in boxes]
        painter.drawLines([QLineF(x, y, target.box[0], y) for x, y in ends])


def _paint_slices(
    painter: QPainter,
    state: NetworkViewState,
    ends: tuple[LayerColumn, LayerColumn],
    kernels: FloatArray,
) -> bool:
    """Draw a line from every map that one is the sum of, with what weighs it at its start.

    That is of the map that is pointed at, or else marked; return whether it is of this column.
    """
    (source, target), unit = ends, state.pointed or state.selected_unit
    row = target.position(unit[1]) if unit is not None and unit[0] == target.layer else None
    if unit is None or row is None:
        return False
    start, end, y = source.box[2], target.box[0], float(target.points[row, 1])
    heights = source.points[:, 1].tolist()
    painter.setPen(QPen(QColor(state.theme.accent), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for height in heights:
        path, middle = QPainterPath(QPointF(start, height)), (start + end) / 2
        path.cubicTo(middle, height, middle, y, end, y)
        painter.drawPath(path)
    slices = kernels[target.thing(unit[1])][source.part] / (largest(kernels) or 1.0)
    side = min(_SLICE * (end - start), 0.72 * source.pitch)
    _paint_at(painter, state, slices, start + 2.0, heights, side)
    return True


def _paint_at(
    painter: QPainter,
    state: NetworkViewState,
    pictures: FloatArray | Pixels,
    left: float,
    heights: list[float],
    most: float,
) -> list[QRectF]:
    """Draw pictures around these heights, of whole pixels and so large at most; return where.

    Nothing is drawn where there is no room.
    """
    rows, columns = pictures.shape[1:3]
    pixel = most // max(rows, columns)
    wide, high = pixel * columns, pixel * rows
    if max(wide, high) < _LEAST:
        return []
    boxes = [QRectF(round(left), round(y - high / 2), wide, high) for y in heights]
    paint_pictures(painter, state.theme, boxes, pictures, state.camera.m11())
    return boxes
