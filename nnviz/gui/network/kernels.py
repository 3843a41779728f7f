"""The kernels of convolutions, on the way to the maps that they make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.pictures import Pixels, kernels_picture
from nnviz.gui.network.column import LayerColumn
from nnviz.gui.network.sprites import Sprites
from nnviz.gui.network.view_state import NetworkViewState
from nnviz.gui.widgets.pixels import paint_frames

_BIAS = 13.0  # room left of a map for its bias
_SHARE, _SLICE = 0.4, 0.4  # of the room before a map for its kernel, and for the slices of it
_LEAST = 9.0  # side of kernels from which on they are seen


@dataclass(frozen=True, eq=False)
class _Kernels:
    """Pictures of kernels before a column of maps, and where they are.

    Where they are the slices of one kernel, lines lead to the height `end` of its map.
    """

    source: LayerColumn
    target: LayerColumn
    pictures: FloatArray | Pixels
    boxes: list[QRectF]
    end: float | None = None


def paint_kernels(painter: QPainter, state: NetworkViewState, sprites: Sprites) -> None:
    """Draw the kernels that make each map, the painter being in units of the layout.

    Before the map that is pointed at, or else marked, a line comes from every map that it is the
    sum of, with what weighs it at its start.
    """
    for drawn in _kernels(state):
        if drawn.end is not None:
            _paint_lines(painter, state, drawn, drawn.end)
        if drawn.boxes:
            key, boxes = ("kernels", drawn.target), drawn.boxes
            sprites.pictures(painter, state.theme, state.camera, key, boxes, drawn.pictures)


def paint_kernel_frames(painter: QPainter, state: NetworkViewState) -> None:
    """Draw what is around the kernels, and the lines from there to their maps."""
    for drawn in _kernels(state):
        if not drawn.boxes:
            continue
        zoom, grid = state.camera.m11(), drawn.pictures.shape[1:3]
        paint_frames(painter, state.theme, drawn.boxes, grid, zoom)
        if drawn.end is None:
            ends = [(box.right(), box.center().y()) for box in drawn.boxes]
            right = drawn.target.box[0]
            painter.drawLines([QLineF(x, y, right, y) for x, y in ends])


def _kernels(state: NetworkViewState) -> Iterator[_Kernels]:
    """Yield what is drawn before each column of maps."""
    if state.painted is None or state.layout.expanded_layer is not None:
        return
    unit = state.pointed or state.selected_unit
    for source, target in pairwise(state.layout.columns):
        kernels = state.painted.kernels(target.layer)
        if kernels is None or target.kind != "maps":
            continue
        largest = state.painted.largest(target.layer - 1)
        row = target.position(unit[1]) if unit is not None and unit[0] == target.layer else None
        left = source.box[2]
        if unit is not None and row is not None and source.kind == "maps":
            slices = kernels[target.thing(unit[1])][source.part] / (largest or 1.0)
            side = min(_SLICE * (target.box[0] - left), 0.72 * source.pitch)
            boxes = _boxes(source, slices.shape[1:3], left + 2.0, side)
            yield _Kernels(source, target, slices, boxes, float(target.points[row, 1]))
            continue
        pictures, room = (
            kernels_picture(kernels[target.part], largest),
            target.box[0] - _BIAS - left,
        )
        side = min(_SHARE * room, 0.75 * target.node_size[1])
        boxes = _boxes(target, pictures.shape[1:3], left + (room - side) / 2, side)
        yield _Kernels(source, target, pictures, boxes)


def _paint_lines(painter: QPainter, state: NetworkViewState, drawn: _Kernels, end: float) -> None:
    painter.setPen(QPen(QColor(state.theme.accent), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    left, right = drawn.source.box[2], drawn.target.box[0]
    middle = (left + right) / 2
    for height in drawn.source.points[:, 1].tolist():
        path = QPainterPath(QPointF(left, height))
        path.cubicTo(middle, height, middle, end, right, end)
        painter.drawPath(path)


@lru_cache(maxsize=16)
def _boxes(column: LayerColumn, grid: tuple[int, ...], left: float, most: float) -> list[QRectF]:
    """Return places beside a column's maps for pictures of whole pixels and so large at most.

    None where there is no room.
    """
    rows, columns = grid
    pixel = most // max(rows, columns)
    wide, high = pixel * columns, pixel * rows
    if max(wide, high) < _LEAST:
        return []
    heights = column.points[:, 1].tolist()
    return [QRectF(round(left), round(y - high / 2), wide, high) for y in heights]
