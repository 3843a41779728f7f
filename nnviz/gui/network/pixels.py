"""Painting of pictures: feature maps, kernels, the image at the input, strips of numbers."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.theme import Theme
from nnviz.gui.network.column import LayerColumn
from nnviz.gui.network.drawing import outline
from nnviz.gui.network.sample_activations import largest_of
from nnviz.gui.network.view_state import NetworkViewState

GRID_FROM = 8.0
"""Side of a pixel, on the screen, from which on pixels are kept apart by lines."""


def paint_pictures(
    painter: QPainter, theme: Theme, rects: list[QRectF], strengths: FloatArray, zoom: float = 1.0
) -> None:
    """Draw signed strengths as pixels, each a square with its colour.

    The rectangles are all of one size, the strengths from −1 to 1 of the shape (pictures, rows,
    columns); `zoom` is how many pixels of the screen a unit of the painter is.
    """
    pixels = np.ascontiguousarray(theme.diverging_pixels(strengths))
    rows, across = strengths.shape[1:]
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    for rect, picture in zip(rects, pixels, strict=True):
        image = QImage(picture.data, across, rows, 4 * across, QImage.Format.Format_RGB32)
        painter.drawImage(rect, image)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if rects[0].width() / across * zoom >= GRID_FROM:
        painter.setPen(QPen(QColor(theme.surface), 0.8))
        painter.drawLines([line for rect in rects for line in _grid(rect, rows, across)])
    painter.setPen(outline(theme))
    painter.drawRects(rects)


def _grid(rect: QRectF, rows: int, across: int) -> list[QLineF]:
    """Return the lines that keep the pixels of a picture apart."""
    left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
    x = [left + i * rect.width() / across for i in range(1, across)]
    y = [top + i * rect.height() / rows for i in range(1, rows)]
    return [QLineF(i, top, i, bottom) for i in x] + [QLineF(left, i, right, i) for i in y]


def paint_maps(painter: QPainter, state: NetworkViewState, column: LayerColumn) -> None:
    """Draw a layer's maps of the chosen sample, or its kernels where weights are asked for."""
    wide, high = column.node_size
    rects = [QRectF(x - wide / 2, y - high / 2, wide, high) for x, y in column.points.tolist()]
    pictures = _map_strengths(state, column)[column.part]
    paint_pictures(painter, state.theme, rects, pictures, state.camera.m11())


def _map_strengths(state: NetworkViewState, column: LayerColumn) -> FloatArray:
    """Return shape (channels, rows, columns)."""
    kernels = None
    if state.fill == "weights" and column.layer == 1 and state.activations:
        kernels = state.activations.kernels(1)
    if kernels is not None:
        return np.asarray(kernels.mean(axis=1) / (largest_of(kernels) or 1.0))
    return layer_strengths(state, column).reshape(column.units, *column.grid)


def paint_tile(painter: QPainter, state: NetworkViewState, column: LayerColumn) -> None:
    """Draw the image at the input, or the numbers that a layer hands on, as one picture."""
    strengths = layer_strengths(state, column)
    if column.kind == "image" and state.focus_reads_image and state.activations and state.focus:
        # What the neuron in focus makes of the pixels takes the place of the sample.
        weights = state.activations.weights[0][state.focus[1]]
        strengths = np.asarray(weights / (largest_of(weights) or 1.0))
    if column.tile is not None:
        picture = strengths.reshape(1, -1, column.across)
        paint_pictures(painter, state.theme, [QRectF(*column.tile)], picture, state.camera.m11())


def layer_strengths(state: NetworkViewState, column: LayerColumn) -> FloatArray:
    """Return what every unit of a layer holds, from −1 to 1; 0 before the first moment."""
    if state.activations is None:
        return np.zeros(column.units * math.prod(column.grid))
    return state.scales[column.layer].apply(state.activations.values[column.layer])
