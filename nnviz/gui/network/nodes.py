"""Painting of neurons: discs with a number, heat maps, biases, and what is marked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPaintEngine,
    QPainter,
    QPainterPath,
    QPen,
    QTransform,
)

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network.column import LayerColumn, Unit
from nnviz.gui.network.drawing import CENTER, font_of, ink_on, outline, tight, write
from nnviz.gui.network.pixels import layer_strengths, paint_maps, paint_tile
from nnviz.gui.network.sample_activations import largest_of
from nnviz.gui.network.view_state import NetworkViewState

LEGIBLE = 34.0
"""Side of a node, on the screen, from which on its number is written in it."""

_MARKED = 24.0  # side of a heat map on which the sample's mark does not hide too much
_BIAS_MARK, _BIAS_FROM = 11.0, 16.0


def paint_nodes(painter: QPainter, state: NetworkViewState) -> None:
    """Draw every column; the painter is in units of the layout."""
    planes = state.activations.planes() if state.fill == "plane" and state.activations else None
    for column in state.layout.columns:
        if column.kind == "maps":
            paint_maps(painter, state, column)
        elif column.tile is not None:
            paint_tile(painter, state, column)
        else:
            maps = _heat_maps(state, column, planes)
            if maps is None:
                _paint_discs(painter, state, column)
            else:
                _paint_heat_maps(painter, state, column, maps)
        if column.layer and state.activations is not None:
            _paint_biases(painter, state, column, state.activations.biases[column.layer - 1])
    for unit in {state.pointed, state.focus}:
        if unit is not None:
            _paint_ring(painter, state, unit)


def draws_squares(state: NetworkViewState, column: LayerColumn) -> bool:
    """Return whether a layer's neurons are squares with a picture in them."""
    if not column.of_neurons:
        return True
    return state.fill == "plane" or (state.fill == "weights" and column.layer == 1)


def _heat_maps(
    state: NetworkViewState, column: LayerColumn, planes: list[FloatArray] | None
) -> FloatArray | None:
    """Return the strengths that fill a column's neurons as pictures, or None for discs."""
    if planes is not None:
        # y grows upwards in the data and downwards in a picture.
        return state.scales[column.layer].apply(planes[column.layer])[column.part, ::-1]
    shape = state.problem.dataset.image_shape
    takes_pixels = column.layer == 1 and column.weighted and state.fill == "weights"
    if takes_pixels and shape and state.activations is not None:
        weights, largest = state.activations.weights[0], state.activations.largest[0]
        return np.asarray(weights[column.part].reshape(-1, *shape) / (largest or 1.0))
    return None


def _paint_discs(painter: QPainter, state: NetworkViewState, column: LayerColumn) -> None:
    colors = state.theme.diverging(layer_strengths(state, column)[column.part])
    radii = np.full(len(colors), column.size / 2)
    _draw_discs(painter, column.points, radii, colors, outline(state.theme))
    if state.activations is None or column.size * state.camera.m11() < LEGIBLE:
        return
    painter.setFont(font_of(column.size * 0.26))
    box = QRectF(0.0, 0.0, column.size, column.size)
    values = state.activations.values[column.layer][column.part].tolist()
    for (x, y), value, color in zip(column.points.tolist(), values, colors.tolist(), strict=True):
        box.moveCenter(QPointF(x, y))
        write(painter, box, tight(value), ink_on(QColor(*color), state.theme), CENTER)


def _draw_discs(
    painter: QPainter, centers: FloatArray, radii: FloatArray, colors: NDArray[np.uint8], pen: QPen
) -> None:
    """Draw discs: shapes (discs, 2), (discs,) and (discs, 4)."""
    painter.setPen(pen)
    for (x, y), radius, color in zip(
        centers.tolist(), radii.tolist(), colors.tolist(), strict=True
    ):
        painter.setBrush(QColor(*color))
        painter.drawEllipse(QPointF(x, y), radius, radius)


def _paint_heat_maps(
    painter: QPainter, state: NetworkViewState, column: LayerColumn, maps: FloatArray
) -> None:
    pixels = np.ascontiguousarray(state.theme.diverging_pixels(maps))
    rows, across = maps.shape[1:]
    radius = min(6.0, column.size * 0.16)
    # A plane is smooth between its points; pixels of a picture are what they are.
    smooth = state.fill == "plane"
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.setPen(outline(state.theme))
    corners = (column.points - column.size / 2).tolist()
    in_svg = painter.paintEngine().type() == QPaintEngine.Type.SVG
    for (left, top), picture in zip(corners, pixels, strict=True):
        image = QImage(picture.data, across, rows, 4 * across, QImage.Format.Format_RGB32)
        box, brush = QRectF(left, top, column.size, column.size), QBrush()
        if in_svg:  # its brushes forget their transforms; its clips, unlike a screen's, are smooth
            _draw_rounded(painter, box, radius, image)
        else:
            brush = QBrush(image)
            scale = QTransform.fromTranslate(left, top)
            brush.setTransform(scale.scale(column.size / across, column.size / rows))
        painter.setBrush(brush)
        painter.drawRoundedRect(box, radius, radius)
    place = state.activations.place if state.activations and smooth else None
    if place is None or column.size < _MARKED:
        return
    # Where the chosen sample lies.
    painter.setPen(QPen(QColor(state.theme.surface), 1.2))
    painter.setBrush(QColor(state.theme.text))
    right, down = (share * column.size for share in place)
    for left, top in corners:
        painter.drawEllipse(QPointF(left + right, top + down), 2.6, 2.6)


def _draw_rounded(painter: QPainter, box: QRectF, radius: float, image: QImage) -> None:
    shape = QPainterPath()
    shape.addRoundedRect(box, radius, radius)
    painter.save()
    painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    painter.drawImage(box, image)
    painter.restore()


def _paint_biases(
    painter: QPainter, state: NetworkViewState, column: LayerColumn, biases: FloatArray
) -> None:
    """Draw each bias at its neuron's lower left: its sign as colour, its size as area."""
    if biases.size < column.shown.stop or column.size < _BIAS_FROM:
        return
    relative = np.nan_to_num(biases[column.part] / (largest_of(biases) or 1.0)).clip(-1.0, 1.0)
    full = min(_BIAS_MARK, 0.28 * column.size) / 2
    # A heat map's corner may hold the sample's mark, so the bias hangs outside it.
    wide, high = column.node_size
    square = draws_squares(state, column)
    across = 0.5 * wide + full + 1.0 if square else 0.4 * wide
    below = 0.5 * high - full if square else 0.38 * high
    radii = full * (0.45 + 0.55 * np.sqrt(np.abs(relative))) + 0.75
    colors = state.theme.diverging(0.65 * relative + 0.35 * np.sign(relative))
    pen = QPen(QColor(state.theme.surface), 1.5)
    _draw_discs(painter, column.points + (-across, below), radii, colors, pen)


def _paint_ring(painter: QPainter, state: NetworkViewState, unit: Unit) -> None:
    """Mark a neuron or pixel."""
    column = state.layout.columns[unit[0]]
    place = column.place_of(unit[1])
    if place is None:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(state.theme.accent), 2.0))
    away = 2.5 if column.of_neurons else 0.0
    box = QRectF(*place).adjusted(-away, -away, away, away)
    half = box.width() / 2
    radius = half if not draws_squares(state, column) else min(8.0, 0.2 * half)
    radius = radius if column.of_neurons else 0.0
    painter.drawRoundedRect(box, radius, radius)
