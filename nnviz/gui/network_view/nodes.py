"""Painting of neurons: discs with a number, heat maps, the image at the input, biases."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QTransform

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network_view.columns import Column, Maps, Strip
from nnviz.gui.network_view.figures import short
from nnviz.gui.network_view.maps import outline, paint_maps, paint_picture, paint_strip
from nnviz.gui.network_view.reading import Reading
from nnviz.gui.network_view.scene import CENTER, Scene, ink_on, sized
from nnviz.gui.theme import blend

LEGIBLE = 34.0
"""Side of a node, on the screen, from which on its number is written in it."""

_MARKED = 24.0  # side of a heat map on which the sample's mark does not hide too much
_BIAS_MARK = 11.0


def paint_nodes(painter: QPainter, scene: Scene, planes: list[FloatArray] | None) -> None:
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
    """
    for number, column in enumerate(scene.layout.columns):
        maps = _planes(scene, number, planes) if column.of_neurons else None
        if isinstance(column.kind, Strip):
            paint_strip(painter, scene, column)
        elif isinstance(column.kind, Maps):
            paint_maps(painter, scene, column)
        elif column.tile:
            _paint_tile(painter, scene, column)
        elif maps is not None:
            _paint_planes(painter, scene, column, maps)
        else:
            _paint_discs(painter, scene, column)
        if number and scene.reading is not None:
            _paint_biases(painter, scene, column, scene.reading)
    _paint_hovered(painter, scene)


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


def _paint_discs(painter: QPainter, scene: Scene, column: Column) -> None:
    radius = column.size / 2
    values, colors = _values_and_colors(scene, column)
    edge = outline(scene.theme)
    legible = values is not None and column.size * scene.zoom >= LEGIBLE
    painter.setFont(sized(painter.font(), column.size * 0.26))
    for i, (x, y) in enumerate(column.points.tolist()):
        painter.setPen(edge)
        painter.setBrush(colors[i])
        painter.drawEllipse(QPointF(x, y), radius, radius)
        if legible and values is not None:
            painter.setPen(ink_on(colors[i], scene.theme))
            box = QRectF(x - radius, y - radius, column.size, column.size)
            painter.drawText(box, int(CENTER), short(values[i]))


def _values_and_colors(scene: Scene, column: Column) -> tuple[list[float] | None, list[QColor]]:
    if scene.reading is None:
        return None, [QColor(scene.theme.neutral)] * column.shown.size
    values = scene.reading.values[column.layer]
    strengths = scene.scales[column.layer].apply(values)[column.shown]
    colors = [QColor(*rgba) for rgba in scene.theme.diverging(strengths).tolist()]
    return values[column.shown].tolist(), colors


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
        strengths = scene.scales[0].apply(scene.reading.values[0])
    picture = strengths.reshape(scene.problem.dataset.image_shape or (1, 1))
    paint_picture(painter, scene, QRectF(*column.tile), picture)


def _paint_biases(painter: QPainter, scene: Scene, column: Column, reading: Reading) -> None:
    """Draw each bias at its neuron's lower left: its sign as colour, its size as area."""
    biases = reading.biases[column.layer - 1]
    if biases.size <= int(column.shown[-1]) or column.size < 16:
        return
    relative = biases[column.shown] / (float(np.abs(biases).max()) or 1.0)
    full = min(_BIAS_MARK, 0.28 * column.size) / 2
    painter.setPen(QPen(QColor(scene.theme.surface), 1.5))
    # A heat map's corner may hold the sample's mark, so the bias hangs outside it.
    wide, high = column.map_size
    square = draws_maps(scene, column.layer)
    across = 0.5 * wide + full + 1.0 if square else 0.4 * wide
    below = 0.5 * high - full if square else 0.38 * high
    for (x, y), bias in zip(column.points.tolist(), relative.tolist(), strict=True):
        radius = full * (0.45 + 0.55 * abs(bias) ** 0.5)
        color = scene.theme.positive if bias >= 0 else scene.theme.negative
        depth = 0.35 + 0.65 * abs(bias) if bias else 0.0
        painter.setBrush(QColor(blend(color, scene.theme.neutral, depth)))
        painter.drawEllipse(QPointF(x - across, y + below), radius + 0.75, radius + 0.75)


def _paint_hovered(painter: QPainter, scene: Scene) -> None:
    if scene.hovered is None or scene.hovered[0] != "node":
        return
    _, layer, unit = scene.hovered
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
