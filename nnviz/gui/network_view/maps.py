"""Painting of pictures: feature maps, kernels, the image at the input, strips of numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network_view.columns import Column
from nnviz.gui.network_view.reading import kernels_of
from nnviz.gui.network_view.scene import Scene
from nnviz.gui.theme import Theme, blend

GRID_FROM = 8.0
"""Side of a pixel, on the screen, from which on pixels are kept apart by lines."""


def outline(theme: Theme) -> QPen:
    """Return the pen around neurons and pictures."""
    return QPen(QColor(blend(theme.text, theme.surface, 0.32)), 1.0)


def paint_picture(painter: QPainter, scene: Scene, rect: QRectF, strengths: FloatArray) -> None:
    """Draw signed strengths of shape (rows, columns) as pixels, each a square with its colour."""
    pixels = np.ascontiguousarray(scene.theme.diverging(strengths))
    rows, across = strengths.shape
    image = QImage(pixels.data, across, rows, 4 * across, QImage.Format.Format_RGBA8888)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(rect, image)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if rect.width() / across * scene.zoom >= GRID_FROM:
        _paint_grid(painter, scene.theme, rect, rows, across)
    painter.setPen(outline(scene.theme))
    painter.drawRect(rect)


def paint_maps(painter: QPainter, scene: Scene, column: Column) -> None:
    """Draw a layer's maps of the chosen sample, or its kernels where weights are asked for."""
    pictures = _pictures(scene, column)
    wide, high = column.map_size
    for (x, y), strengths in zip(column.points.tolist(), pictures[column.shown], strict=True):
        paint_picture(painter, scene, QRectF(x - wide / 2, y - high / 2, wide, high), strengths)


def paint_strip(painter: QPainter, scene: Scene, column: Column) -> None:
    """Draw the numbers that a layer hands on, one below the other."""
    strengths: FloatArray = np.zeros(column.units)
    if scene.reading is not None:
        strengths = scene.scales[column.layer].apply(scene.reading.values[column.layer])
    if column.tile is not None:
        paint_picture(painter, scene, QRectF(*column.tile), strengths[:, np.newaxis])


def _pictures(scene: Scene, column: Column) -> FloatArray:
    """Return strengths of shape (channels, rows, columns)."""
    shape = (column.units, *column.grid)
    if scene.reading is None:
        return np.zeros(shape)
    if scene.fill == "weights" and column.layer == 1:
        kernels = kernels_of(scene.problem, scene.reading, 1)
        if kernels is not None:
            largest = float(np.abs(kernels).max()) or 1.0
            return np.asarray(kernels.mean(axis=1) / largest)
    values = scene.reading.values[column.layer]
    return scene.scales[column.layer].apply(values).reshape(shape)


def _paint_grid(painter: QPainter, theme: Theme, rect: QRectF, rows: int, across: int) -> None:
    painter.setPen(QPen(QColor(theme.surface), 0.8))
    for i in range(1, across):
        x = rect.left() + i * rect.width() / across
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
    for i in range(1, rows):
        y = rect.top() + i * rect.height() / rows
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
