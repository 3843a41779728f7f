"""Painting of neurons: discs with a number, heat maps, the image at the input, biases."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QTransform

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.theme import Theme, blend, rgb
from nnviz.gui.network.columns import Column, Maps, Strip
from nnviz.gui.network.figures import short
from nnviz.gui.network.maps import outline, paint_maps, paint_picture, paint_strip
from nnviz.gui.network.reading import Reading, largest_of
from nnviz.gui.network.scene import CENTER, Scene, ink_on, sized
from nnviz.gui.network.sprites import Discs

LEGIBLE = 34.0
"""Side of a node, on the screen, from which on its number is written in it."""

Colors = NDArray[np.uint8]
"""Red, green, blue and alpha in the last axis."""

_MARKED = 24.0  # side of a heat map on which the sample's mark does not hide too much
_BIAS_MARK = 11.0
_BIAS_LEVELS = 16


def paint_nodes(
    painter: QPainter, scene: Scene, planes: list[FloatArray] | None, discs: Discs
) -> None:
    """Draw every column.

    Parameters
    ----------
    painter
        In units of the layout.
    scene
        The picture.
    planes
        Heat maps of every column, inputs first: (units, resolution, resolution) as [unit, y, x];
        None when they are not asked for.
    discs
        What draws discs.
    """
    for number, column in enumerate(scene.layout.columns):
        maps = _planes(scene, number, planes) if column.of_neurons else None
        if isinstance(column.kind, Strip):
            paint_strip(painter, scene, column)
        elif isinstance(column.kind, Maps):
            paint_maps(painter, scene, column)
        elif column.is_image:
            _paint_tile(painter, scene, column)
        elif maps is not None:
            _paint_planes(painter, scene, column, maps)
        else:
            _paint_discs(painter, scene, column, discs)
        if number and scene.reading is not None:
            _paint_biases(painter, scene, column, scene.reading, discs)
    for unit in {scene.pointed, scene.focus}:
        if unit is not None:
            _paint_ring(painter, scene, *unit)


def _planes(scene: Scene, number: int, planes: list[FloatArray] | None) -> FloatArray | None:
    """Return the strengths that fill a column's neurons as pictures, or None for discs."""
    shown = scene.layout.columns[number].shown
    if planes is not None:
        # y grows upwards in the data and downwards in a picture.
        return scene.scales[number].apply(planes[number])[shown, ::-1]
    shape = scene.problem.dataset.image_shape
    takes_pixels = number == 1 and scene.layout.columns[1].weighted
    if scene.fill == "weights" and takes_pixels and shape and scene.reading is not None:
        weights = scene.reading.weights[0]
        largest = float(np.abs(weights).max()) or 1.0
        return np.asarray(weights[shown].reshape(-1, *shape) / largest)
    return None


def _paint_discs(painter: QPainter, scene: Scene, column: Column, discs: Discs) -> None:
    strengths: FloatArray = np.zeros(column.shown.size)
    if scene.reading is not None:
        values = scene.reading.values[column.layer]
        strengths = scene.scales[column.layer].apply(values)[column.shown]
    colors = scene.theme.diverging(strengths)
    radii = np.full(len(colors), column.size / 2)
    discs.paint(painter, column.points, radii, colors, outline(scene.theme))
    if scene.reading is not None and column.size * scene.zoom >= LEGIBLE:
        _write_values(painter, scene, column, values[column.shown].tolist(), colors)


def _write_values(
    painter: QPainter, scene: Scene, column: Column, values: list[float], colors: Colors
) -> None:
    """Write every neuron's number on its disc."""
    painter.setFont(sized(painter.font(), column.size * 0.26))
    box = QRectF(0.0, 0.0, column.size, column.size)
    for (x, y), value, color in zip(column.points.tolist(), values, colors.tolist(), strict=True):
        painter.setPen(ink_on(QColor(*color), scene.theme))
        box.moveCenter(QPointF(x, y))
        painter.drawText(box, int(CENTER), short(value))


def _paint_planes(painter: QPainter, scene: Scene, column: Column, maps: FloatArray) -> None:
    pixels = np.ascontiguousarray(scene.theme.diverging(maps))
    rows, across = maps.shape[1:]
    radius = min(6.0, column.size * 0.16)
    # A plane is smooth between its points; pixels of a picture are what they are.
    smooth = scene.fill == "plane"
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.setPen(outline(scene.theme))
    for i, (x, y) in enumerate(column.points.tolist()):
        left, top = x - column.size / 2, y - column.size / 2
        image = QImage(pixels[i].data, across, rows, 4 * across, QImage.Format.Format_RGBA8888)
        brush = QBrush(image)
        scale = QTransform.fromTranslate(left, top)
        brush.setTransform(scale.scale(column.size / across, column.size / rows))
        painter.setBrush(brush)
        painter.drawRoundedRect(QRectF(left, top, column.size, column.size), radius, radius)
    place = scene.reading.place if scene.reading and smooth else None
    if place is not None and column.size >= _MARKED:
        _mark_sample(painter, scene, column, place)


def _mark_sample(
    painter: QPainter, scene: Scene, column: Column, place: tuple[float, float]
) -> None:
    """Show on every heat map where the chosen sample lies."""
    across, down = ((share - 0.5) * column.size for share in place)
    painter.setPen(QPen(QColor(scene.theme.surface), 1.2))
    painter.setBrush(QColor(scene.theme.text))
    for left, top in column.points.tolist():
        painter.drawEllipse(QPointF(left + across, top + down), 2.6, 2.6)


def _paint_tile(painter: QPainter, scene: Scene, column: Column) -> None:
    if column.tile is None:
        return
    strengths: FloatArray = np.zeros(column.units)
    if scene.reading is not None:
        strengths = tile_strengths(scene, scene.reading)
    picture = strengths.reshape(scene.problem.dataset.image_shape or (1, 1))
    paint_picture(painter, scene, QRectF(*column.tile), picture)


def tile_strengths(scene: Scene, reading: Reading) -> FloatArray:
    """Return what an image shows: the sample, or what the neuron in focus makes of its pixels."""
    if not scene.focus_reads_image or scene.focus is None:
        return scene.scales[0].apply(reading.values[0])
    weights = reading.weights[0][scene.focus[1]]
    return np.asarray(weights / (largest_of(weights) or 1.0))


def _paint_biases(
    painter: QPainter, scene: Scene, column: Column, reading: Reading, discs: Discs
) -> None:
    """Draw each bias at its neuron's lower left: its sign as colour, its size as area."""
    biases = reading.biases[column.layer - 1]
    if biases.size <= int(column.shown[-1]) or column.size < 16:
        return
    relative = biases[column.shown] / (float(np.abs(biases).max()) or 1.0)
    levels = np.rint(np.nan_to_num(relative) * _BIAS_LEVELS).astype(np.intp)
    full = min(_BIAS_MARK, 0.28 * column.size) / 2
    # A heat map's corner may hold the sample's mark, so the bias hangs outside it.
    wide, high = column.map_size
    square = draws_maps(scene, column.layer)
    across = 0.5 * wide + full + 1.0 if square else 0.4 * wide
    below = 0.5 * high - full if square else 0.38 * high
    places, colors = column.points + (-across, below), _bias_colors(scene.theme)
    radii = full * (0.45 + 0.55 * (np.abs(levels) / _BIAS_LEVELS) ** 0.5) + 0.75
    pen = QPen(QColor(scene.theme.surface), 1.5)
    discs.paint(painter, places, radii, colors[levels + _BIAS_LEVELS], pen)


@lru_cache(maxsize=4)
def _bias_colors(theme: Theme) -> Colors:
    """Return the colours of biases from the most negative to the most positive."""
    colors = []
    for level in range(-_BIAS_LEVELS, _BIAS_LEVELS + 1):
        share = abs(level) / _BIAS_LEVELS
        end = theme.positive if level >= 0 else theme.negative
        depth = 0.35 + 0.65 * share if level else 0.0
        colors.append((*rgb(blend(end, theme.neutral, depth)), 255))
    return np.array(colors, dtype=np.uint8)


def _paint_ring(painter: QPainter, scene: Scene, layer: int, unit: int) -> None:
    """Mark a neuron or pixel."""
    column = scene.layout.columns[layer]
    place = column.place_of(unit)
    if place is None:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(scene.theme.accent), 2.0))
    away = 2.5 if column.of_neurons else 0.0
    box = QRectF(*place).adjusted(-away, -away, away, away)
    half = box.width() / 2
    is_disc = column.of_neurons and not draws_maps(scene, layer)
    radius = half if is_disc else min(8.0, 0.2 * half) if column.of_neurons else 0.0
    painter.drawRoundedRect(box, radius, radius)


def draws_maps(scene: Scene, layer: int) -> bool:
    """Return whether a layer's neurons are squares with a picture in them."""
    if not scene.layout.columns[layer].of_neurons:
        return True
    return scene.fill == "plane" or (scene.fill == "weights" and layer == 1)
