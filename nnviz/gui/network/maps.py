"""Painting of pictures: feature maps, kernels, the image at the input, strips of numbers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.theme import Theme, blend
from nnviz.gui.network.columns import Column
from nnviz.gui.network.reading import kernels_of
from nnviz.gui.network.scene import Scene

GRID_FROM = 8.0
"""Side of a pixel, on the screen, from which on pixels are kept apart by lines."""


def outline(theme: Theme) -> QPen:
    """Return the pen around neurons and pictures."""
    return QPen(QColor(blend(theme.text, theme.surface, 0.32)), 1.0)


def paint_picture(painter: QPainter, scene: Scene, rect: QRectF, strengths: FloatArray) -> None:
    """Draw signed strengths of shape (rows, columns) as pixels, each a square with its colour."""
    paint_pictures(painter, scene, [rect], strengths[np.newaxis])


def paint_pictures(
    painter: QPainter, scene: Scene, rects: list[QRectF], strengths: FloatArray
) -> None:
    """Draw pictures of the same size, strengths of shape (pictures, rows, columns)."""
    pixels = np.ascontiguousarray(scene.theme.diverging(strengths))
    rows, across = strengths.shape[1:]
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    for rect, picture in zip(rects, pixels, strict=True):
        image = QImage(picture.data, across, rows, 4 * across, QImage.Format.Format_RGBA8888)
        painter.drawImage(rect, image)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if rects[0].width() / across * scene.zoom >= GRID_FROM:
        painter.setPen(QPen(QColor(scene.theme.surface), 0.8))
        places = tuple((rect.left(), rect.top()) for rect in rects)
        painter.drawLines(_grid(places, rects[0].width(), rects[0].height(), rows, across))
    painter.setPen(outline(scene.theme))
    painter.drawRects(rects)


def paint_maps(painter: QPainter, scene: Scene, column: Column) -> None:
    """Draw a layer's maps of the chosen sample, or its kernels where weights are asked for."""
    pictures = _pictures(scene, column)
    wide, high = column.map_size
    rects = [QRectF(x - wide / 2, y - high / 2, wide, high) for x, y in column.points.tolist()]
    paint_pictures(painter, scene, rects, pictures[column.shown])


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


@lru_cache(maxsize=64)
def _grid(
    places: tuple[tuple[float, float], ...], width: float, height: float, rows: int, across: int
) -> list[QLineF]:
    """Return the lines that keep the pixels apart, of all pictures with these corners."""
    rights = [i * width / across for i in range(1, across)]
    downs = [i * height / rows for i in range(1, rows)]
    lines = []
    for left, top in places:
        lines += [QLineF(left + x, top, left + x, top + height) for x in rights]
        lines += [QLineF(left, top + y, left + width, top + y) for y in downs]
    return lines
