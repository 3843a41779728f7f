"""Painting of neurons: discs with a number, heat maps, biases, and what is marked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from nnviz.engine.arrays import FloatArray, largest
from nnviz.gui.look.pictures import Pixels, in_color, kernels_picture
from nnviz.gui.look.theme import Theme
from nnviz.gui.network.column import LayerColumn, Unit
from nnviz.gui.network.drawing import CENTER, ink_on, paint_flake, tight, write
from nnviz.gui.network.kernels import paint_kernel_frames, paint_kernels
from nnviz.gui.network.sprites import Sprites
from nnviz.gui.network.view_state import NetworkViewState
from nnviz.gui.network.walk_view import WalkView
from nnviz.gui.widgets.pixels import outline, paint_frames
from nnviz.training.receptive_field import receptive_field
from nnviz.training.saliency import ink_range

LEGIBLE = 34.0  # side of a node, on the screen, from which on its number is written in it
_STAGED, _SMALLEST = 24.0, 9  # the same while somebody steps through, and the least of its text
_FADED = 40  # of 255 that a disc is opaque which is silenced
_MARKED = 24.0  # side of a heat map on which the sample's mark does not hide too much
_BIAS_MARK, _BIAS_FROM = 11.0, 16.0
_FRAME = (-9.0, -6.0, 6.0, 6.0)  # around the layer that is emphasised


@dataclass(frozen=True)
class _Disc:
    """A neuron; `faded` where the next layer silences it."""

    theme: Theme
    radius: float
    faded: bool = False

    @property
    def reach(self) -> float:
        return self.radius + 1.0

    def paint(self, painter: QPainter, at: QPointF, value: float) -> None:
        color = _color(self.theme, value)
        color.setAlpha(_FADED if self.faded else 255)
        painter.setPen(outline(self.theme))
        painter.setBrush(color)
        painter.drawEllipse(at, self.radius, self.radius)


@dataclass(frozen=True)
class _Bias:
    """A bias relative to its layer's largest: its sign as colour, its size as area."""

    theme: Theme
    full: float

    @property
    def reach(self) -> float:
        return self.full + 2.0

    def paint(self, painter: QPainter, at: QPointF, value: float) -> None:
        radius = self.full * (0.45 + 0.55 * abs(value) ** 0.5) + 0.75
        painter.setPen(QPen(QColor(self.theme.surface), 1.5))
        painter.setBrush(_color(self.theme, 0.65 * value + 0.35 * float(np.sign(value))))
        painter.drawEllipse(at, radius, radius)


def _color(theme: Theme, value: float) -> QColor:
    return QColor(*theme.diverging(np.array(value)).tolist())


def paint_nodes(painter: QPainter, state: NetworkViewState, sprites: Sprites) -> None:
    """Draw what every column holds at this moment; the painter is in units of the layout."""
    if state.walk is not None:
        _paint_stage(painter, state, state.walk)
    for column in state.layout.columns:
        pictures = _pictures(state, column)
        if pictures is None:
            _paint_discs(painter, state, column, sprites)
        else:
            places, smooth = _places(column), _is_plane(state, column)
            sprites.pictures(painter, state.theme, state.camera, column, places, pictures, smooth)
        _paint_biases(painter, state, column, sprites, pictures is not None)
    paint_kernels(painter, state, sprites)


def paint_marks(painter: QPainter, state: NetworkViewState) -> None:
    """Draw what is around and on the nodes: frames, numbers, what is marked and what is off."""
    squares = set()  # layers whose neurons are pictures
    for column in state.layout.columns:
        pictures = _pictures(state, column)
        if pictures is None:
            _paint_numbers(painter, state, column)
        else:
            squares.add(column.layer)
            is_plane = _is_plane(state, column)
            zoom = 0.0 if is_plane else state.camera.m11()
            paint_frames(painter, state.theme, _places(column), pictures.shape[1:3], zoom)
            if is_plane:
                _mark_sample(painter, state, column)
        _paint_states(painter, state, column)
    paint_kernel_frames(painter, state)
    _paint_field(painter, state)
    for unit in {state.pointed, state.focus, state.selected_unit}:
        if unit is not None:
            _paint_ring(painter, state, unit, unit[0] in squares)


def _is_plane(state: NetworkViewState, column: LayerColumn) -> bool:
    return state.fill == "plane" and column.of_neurons


def _paint_stage(painter: QPainter, state: NetworkViewState, walk: WalkView) -> None:
    """Emphasise the layer whose stage it is, and write below all what their numbers are."""
    theme = state.theme
    for column, symbol in zip(state.layout.columns, walk.symbols, strict=True):
        left, top, right, bottom = column.box
        frame = QRectF(left, top, right - left, bottom - top).adjusted(*_FRAME)
        if column.layer == 0:
            frame.setLeft(left - 3.0)  # left of it are the inputs' names
        if column.hidden:
            frame.setBottom(bottom)  # right below is said how many more there are
        is_here = column.layer == walk.column
        if is_here:
            painter.setPen(QPen(QColor(theme.accent), 1.5))
            painter.setBrush(QColor(theme.accent_soft))
            painter.drawRoundedRect(frame, 8.0, 8.0)
        below = frame.bottom() + state.line * bool(column.hidden)
        painter.setFont(state.strong)
        box = QRectF(column.x - state.line, below, 2 * state.line, state.line)
        write(painter, box, symbol, theme.accent if is_here else theme.muted, CENTER)


def _pictures(state: NetworkViewState, column: LayerColumn) -> FloatArray | Pixels | None:
    """Return the pictures a column is drawn as, as `paint_pictures` takes them, or None: discs."""
    moment, data = state.activations, state.problem.dataset
    if moment is not None and (weights := _weights(state, column)) is not None:
        # Those of the neuron in focus by themselves, others beside one another.
        is_one = column.kind == "image"
        return kernels_picture(weights, largest(weights) if is_one else moment.largest(0))
    if moment is not None and column.kind == "image" and data.channels > 1:
        sample = moment.inspection.raw_inputs(moment.row)
        return in_color(sample.reshape(1, *data.picture_shape), *ink_range(state.problem))
    if moment is not None and _is_plane(state, column):
        # y grows upwards in the data and downwards in a picture.
        planes = moment.planes
        return state.scales[column.layer].apply(planes[column.layer])[column.part, ::-1]
    if column.kind == "maps":
        return _strengths(state, column).reshape(column.units, *column.grid)[column.part]
    if column.kind == "image":
        return _strengths(state, column).reshape(-1, *data.picture_shape[1:])[:1]
    return _strengths(state, column).reshape(1, -1, 1) if column.tile else None


def _weights(state: NetworkViewState, column: LayerColumn) -> FloatArray | None:
    """Return the weights that a column shows, shape (pictures, channels, rows, columns), or None.

    What the neuron in focus makes of the pixels takes the place of the sample.
    """
    moment, data, weights = state.activations, state.problem.dataset, None
    if moment is None or data.image_shape is None:
        return None
    if column.kind == "image" and state.image_reader is not None:
        weights = moment.weights[0][[state.image_reader]]
    elif state.fill == "weights" and column.layer == 1 and column.kind == "maps":
        kernels = moment.kernels(1)
        return kernels if kernels is None else kernels[column.part]
    elif state.fill == "weights" and column.layer == 1 and column.weighted:
        weights = moment.weights[0][column.part]
    return weights if weights is None else weights.reshape(-1, *data.picture_shape)


def _strengths(state: NetworkViewState, column: LayerColumn) -> FloatArray:
    """Return what every unit of a layer holds, from −1 to 1; 0 before the first moment.

    It is NaN where a Dropout layer silences it.
    """
    if state.painted is None:
        return np.zeros(column.units * math.prod(column.grid))
    strengths = state.scales[column.layer].apply(state.painted.values[column.layer])
    strengths = np.nan_to_num(strengths) if state.walk else strengths
    silenced = state.silenced.get(column.layer)
    return strengths if silenced is None else np.where(silenced, np.nan, strengths)


@lru_cache(maxsize=64)
def _places(column: LayerColumn) -> list[QRectF]:
    """Return where the pictures of a column are."""
    if column.tile is not None:
        return [QRectF(*column.tile)]
    wide, high = column.node_size
    return [QRectF(x - wide / 2, y - high / 2, wide, high) for x, y in column.points.tolist()]


def _paint_discs(
    painter: QPainter, state: NetworkViewState, column: LayerColumn, sprites: Sprites
) -> None:
    values, radius = _strengths(state, column)[column.part], column.size / 2
    if column.layer + 1 not in state.silenced:
        disc, key = _Disc(state.theme, radius), ("discs", column)
        sprites.stamps(painter, state.camera, key, disc, column.points, values)
        return
    silenced = _silenced(state, column)
    for faded in (False, True):
        chosen, disc = silenced == faded, _Disc(state.theme, radius, faded)
        sprites.stamps(painter, state.camera, None, disc, column.points[chosen], values[chosen])


def _silenced(state: NetworkViewState, column: LayerColumn) -> NDArray[np.bool_]:
    """Return which of the neurons shown the next layer silences."""
    none = np.zeros(column.units, np.bool_)
    return state.silenced.get(column.layer + 1, none)[column.part]


def _paint_numbers(painter: QPainter, state: NetworkViewState, column: LayerColumn) -> None:
    """Write in every disc what it holds, where there is room."""
    least, smallest = (_STAGED, _SMALLEST) if state.walk else (LEGIBLE, 6)
    if state.painted is None or column.size * state.camera.m11() < least:
        return
    font = QFont(state.small)
    font.setPixelSize(max(round(column.size * 0.26), smallest))
    painter.setFont(font)
    box = QRectF(0.0, 0.0, column.size, column.size)
    values = state.painted.values[column.layer][column.part].tolist()
    colors = state.theme.diverging(_strengths(state, column)[column.part]).tolist()
    silenced = _silenced(state, column).tolist()
    tiny = state.walk is not None and state.walk.symbols[column.layer] == "δ"
    for (x, y), value, color, is_out in zip(
        column.points.tolist(), values, colors, silenced, strict=True
    ):
        if is_out or (state.walk and math.isnan(value)):
            continue  # it is not computed yet, or not handed on
        box.moveCenter(QPointF(x, y))
        write(painter, box, tight(value, tiny), ink_on(QColor(*color), state.theme), CENTER)


def _mark_sample(painter: QPainter, state: NetworkViewState, column: LayerColumn) -> None:
    """Mark where the chosen sample lies on the pictures of the plane."""
    if state.activations is None or column.size < _MARKED:
        return
    painter.setPen(QPen(QColor(state.theme.surface), 1.2))
    painter.setBrush(QColor(state.theme.text))
    right, down = (share * column.size for share in state.activations.place)
    for left, top in (column.points - column.size / 2).tolist():
        painter.drawEllipse(QPointF(left + right, top + down), 2.6, 2.6)


def _paint_biases(
    painter: QPainter,
    state: NetworkViewState,
    column: LayerColumn,
    sprites: Sprites,
    square: bool,
) -> None:
    """Draw each bias at its neuron's lower left."""
    if column.layer == 0 or state.painted is None:
        return
    biases = state.painted.biases[column.layer - 1]
    if biases.size < column.shown.stop or column.size < _BIAS_FROM:
        return
    most = largest(biases)
    relative = biases[column.part] / most if most else np.nan_to_num(biases[column.part])
    full = min(_BIAS_MARK, 0.28 * column.size) / 2
    # A heat map's corner may hold the sample's mark, so the bias hangs outside it.
    wide, high = column.node_size
    across = 0.5 * wide + full + 1.0 if square else 0.4 * wide
    below = 0.5 * high - full if square else 0.38 * high
    bias = _Bias(state.theme, full)
    key, places = ("biases", column, square), column.points + (-across, below)
    sprites.stamps(painter, state.camera, key, bias, places, relative)


def _paint_states(painter: QPainter, state: NetworkViewState, column: LayerColumn) -> None:
    """Cross out neurons that are switched off, and give those that are frozen a flake."""
    layer = column.layer - 1
    network = state.problem.experiment.network
    off = getattr(network.layers[layer], "off", ()) if layer >= 0 else ()
    frozen = {unit for place, unit, source in network.frozen if place == layer and source is None}
    if not off and not frozen:
        return
    for unit, box in zip(column.shown, _places(column), strict=False):
        if unit in off:
            ground = QColor(state.theme.surface)
            ground.setAlphaF(0.7)
            painter.fillRect(box, ground)
            painter.setPen(QPen(QColor(state.theme.muted), 2.0))
            painter.drawLine(box.topLeft(), box.bottomRight())
            painter.drawLine(box.bottomLeft(), box.topRight())
        if not frozen.isdisjoint({unit, None}):
            paint_flake(painter, box.topRight(), state.theme)


def _paint_field(painter: QPainter, state: NetworkViewState) -> None:
    """Outline on the image what the neuron that is pointed at, or else marked, depends on."""
    image, unit = state.layout.columns[0], state.pointed or state.selected_unit
    if image.kind != "image" or image.tile is None or unit is None or not unit[0]:
        return
    field = receptive_field(state.problem, unit[0] - 1, unit[1])
    if field is not None:
        (rows, columns), size = field, image.size
        box = QRectF(*image.tile[:2], len(columns) * size, len(rows) * size)
        box.translate(columns.start * size, rows.start * size)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, width in ((state.theme.surface, 3.5), (state.theme.accent, 1.5)):
            painter.setPen(QPen(QColor(ink), width))  # the rim is seen on any colour
            painter.drawRect(box)


def _paint_ring(painter: QPainter, state: NetworkViewState, unit: Unit, square: bool) -> None:
    """Mark a neuron or pixel."""
    column = state.layout.columns[unit[0]]
    place = column.place_of(unit[1])
    if place is None:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(state.theme.accent), 2.0))
    away = 2.5 if column.of_neurons else 0.0
    box = QRectF(*place).adjusted(-away, -away, away, away)
    radius = 0.0 if square else box.width() / 2
    painter.drawRoundedRect(box, radius, radius)
