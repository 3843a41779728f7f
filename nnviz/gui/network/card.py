"""The card beside the mouse: where a number comes from, with the numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import BODY_SIZE, SMALL_SIZE
from nnviz.gui.network.card_text import Card, Row, sign_of
from nnviz.gui.network.columns import Maps, Strip
from nnviz.gui.network.edges import Edges
from nnviz.gui.network.figures import exact, short
from nnviz.gui.network.labels import column_titles, input_titles, output_titles
from nnviz.gui.network.layer_card import layer_card
from nnviz.gui.network.maps import paint_picture
from nnviz.gui.network.reading import Reading
from nnviz.gui.network.scene import CENTER, LEFT, RIGHT, Scene, ink_on, sized

TOP_WEIGHTS = 4
"""Incoming weights that a neuron's card lists."""

_LINE = 17.0
_PAD = 10.0
_COLUMN_GAP = 18.0
_SWATCH = 16.0
_PICTURE_GAP = 5.0
_PICTURES_A_ROW = 8


def card_for(scene: Scene, edges: Edges) -> Card | None:
    """Return what there is to say about what the mouse is over; `edges` are those it can find."""
    if scene.hovered is None or scene.reading is None:
        return None
    kind, first, unit = scene.hovered
    if kind == "edge":
        return _edge_card(scene, scene.reading, edges, first)
    return unit_card(scene, first, unit)


def unit_card(scene: Scene, layer: int, unit: int) -> Card | None:
    """Return what there is to say about a neuron, a pixel or a number."""
    if scene.reading is None:
        return None
    if layer == 0:
        return _input_card(scene, scene.reading, unit)
    if not scene.layout.columns[layer].weighted:
        return layer_card(scene, scene.reading, layer, unit)
    return _neuron_card(scene, scene.reading, layer, unit)


def unit_name(scene: Scene, layer: int, unit: int) -> str:
    """Return what a neuron is called in sentences."""
    layers, title = len(scene.layout.columns) - 1, column_titles(scene.problem)[layer]
    if layer == 0:
        return input_titles(scene.problem)[unit]
    if layer == layers and scene.problem.outputs > 1:
        named = QCoreApplication.translate("NetworkView", "{layer} “{name}”")
        return named.format(layer=title, name=output_titles(scene.problem)[unit])
    if layer == layers:
        return title
    column = scene.layout.columns[layer]
    if isinstance(column.kind, Strip):
        handed = QCoreApplication.translate("NetworkView", "{layer}, number {number}")
        return handed.format(layer=title, number=unit + 1)
    if isinstance(column.kind, Maps):
        named = QCoreApplication.translate("NetworkView", "{layer}, map {number}")
        return named.format(layer=title, number=column.thing(unit) + 1)
    numbered = QCoreApplication.translate("NetworkView", "{layer}, neuron {number}")
    return numbered.format(layer=title, number=unit + 1)


def _input_card(scene: Scene, reading: Reading, unit: int) -> Card:
    rows = [
        Row(
            QCoreApplication.translate("NetworkView", "The network is given"),
            exact(float(reading.values[0][unit])),
        )
    ]
    if not scene.problem.dataset.is_planar:
        raw = float(scene.problem.dataset.inputs[reading.row, unit])
        rows.insert(0, Row(QCoreApplication.translate("NetworkView", "In the sample"), exact(raw)))
    return Card(unit_name(scene, 0, unit), tuple(rows))


def _neuron_card(scene: Scene, reading: Reading, layer: int, unit: int) -> Card:
    name = scene.problem.experiment.network.layers[layer - 1].activation
    activation = ACTIVATIONS[name]
    biases = reading.biases[layer - 1]
    rows = [
        Row(f"a = f(z) = {translated(activation.formula)}", exact(reading.values[layer][unit])),
        Row("z = Σ w · x + b", exact(reading.sums[layer - 1][unit])),
    ]
    if biases.size:
        bias = float(biases[unit])
        rows.append(
            Row(QCoreApplication.translate("NetworkView", "bias b"), exact(bias), sign_of(bias))
        )
    rows.append(Row(QCoreApplication.translate("NetworkView", "Largest terms w · x"), heading=True))
    rows.extend(_terms(scene, reading, layer, unit))
    return Card(unit_name(scene, layer, unit), tuple(rows))


def _terms(scene: Scene, reading: Reading, layer: int, unit: int) -> list[Row]:
    """Return the incoming weights that move z most for this sample."""
    weights, inputs = reading.weights[layer - 1][unit], reading.values[layer - 1]
    size = np.abs(weights * inputs)
    order = np.lexsort((-np.abs(weights), -size))[:TOP_WEIGHTS].tolist()
    return [
        Row(
            _short_name(scene, layer - 1, i),
            f"{exact(weights[i])} · {exact(inputs[i])} = {exact(weights[i] * inputs[i])}",
            sign_of(weights[i]),
        )
        for i in order
    ]


def _short_name(scene: Scene, layer: int, unit: int) -> str:
    if layer == 0:
        return input_titles(scene.problem)[unit]
    neuron = QCoreApplication.translate("NetworkView", "neuron {number}")
    if isinstance(scene.layout.columns[layer].kind, Strip):
        neuron = QCoreApplication.translate("NetworkView", "number {number}")
    return neuron.format(number=unit + 1)


def _edge_card(scene: Scene, reading: Reading, edges: Edges, edge: int) -> Card:
    layer, target, source = (int(part[edge]) for part in (edges.layer, edges.target, edges.source))
    weight = float(reading.weights[layer][target, source])
    value = float(reading.values[layer][source])
    gradients = reading.inspection.weight_gradients(layer)
    # Before the first batch nothing has asked a weight to move: that is no gradient of zero.
    gradient = exact(float(gradients[target, source])) if gradients.any() else "–"
    arrow = QCoreApplication.translate("NetworkView", "{source} → {target}")
    title = arrow.format(
        source=unit_name(scene, layer, source), target=unit_name(scene, layer + 1, target)
    )
    rows = (
        Row(QCoreApplication.translate("NetworkView", "weight w"), exact(weight), sign_of(weight)),
        Row(
            QCoreApplication.translate("NetworkView", "adds w · x to z"),
            f"{exact(weight)} · {exact(value)} = {exact(weight * value)}",
        ),
        Row(QCoreApplication.translate("NetworkView", "gradient ∂L/∂w"), gradient),
    )
    return Card(title, rows)


def card_size(card: Card, font: QFont) -> QSizeF:
    """Return how large a card is; `font` gives its family."""
    body = QFontMetricsF(sized(font, SMALL_SIZE))
    title = QFontMetricsF(sized(font, BODY_SIZE, bold=True))
    widths = [title.horizontalAdvance(card.title)]
    for row in card.rows:
        swatch = _SWATCH if row.sign else 0.0
        gap = _COLUMN_GAP if row.value else 0.0
        label, value = (body.horizontalAdvance(text) for text in (row.label, row.value))
        widths.append(swatch + label + gap + value)
    pictures_wide, pictures_high = _pictures_room(card.pictures)
    high = _LINE * (len(card.rows) + 1) + 4.0 + 16.0 + pictures_high
    return QSizeF(max(*widths, pictures_wide) + 2 * _PAD, high)


def beside(size: QSizeF, at: QPointF, room: QRectF) -> QRectF:
    """Return where a card fits: right below the point, or on its other side."""
    wide, high = size.width(), size.height()
    x = at.x() + 16.0 if at.x() + 16.0 + wide < room.right() else at.x() - 16.0 - wide
    y = min(at.y() + 16.0, room.bottom() - high - 4.0)
    return QRectF(max(x, room.left() + 4.0), max(y, room.top() + 4.0), wide, high)


def paint_card(
    painter: QPainter, scene: Scene, card: Card, rect: QRectF, pinned: bool = False
) -> None:
    """Draw a card; the painter is in pixels of the screen. One that stays is framed."""
    body = sized(painter.font(), SMALL_SIZE)
    title = sized(painter.font(), BODY_SIZE, bold=True)
    painter.setPen(QPen(QColor(scene.theme.accent if pinned else scene.theme.border), 1.0))
    painter.setBrush(QColor(scene.theme.raised))
    painter.drawRoundedRect(rect, 6.0, 6.0)
    line = QRectF(rect.left() + _PAD, rect.top() + 8.0, rect.width() - 2 * _PAD, _LINE)
    painter.setFont(title)
    painter.setPen(QColor(scene.theme.text))
    painter.drawText(line, int(LEFT), card.title)
    painter.setFont(body)
    line.translate(0, _LINE + 4.0)
    for row in card.rows:
        _paint_row(painter, scene, row, line)
        line.translate(0, _LINE)
    if card.pictures is not None:
        _paint_pictures(painter, scene, card.pictures, QPointF(line.left(), line.top() + 3.0))


def _paint_pictures(painter: QPainter, scene: Scene, pictures: FloatArray, at: QPointF) -> None:
    """Draw a kernel, channel by channel in rows; with its numbers where it has one channel."""
    largest = float(np.abs(pictures).max()) or 1.0
    wide, high = _picture_size(pictures)
    for i, kernel in enumerate(pictures):
        down, right = divmod(i, _PICTURES_A_ROW)
        corner = at + QPointF(right * (wide + _PICTURE_GAP), down * (high + _PICTURE_GAP))
        rect = QRectF(corner, QSizeF(wide, high))
        paint_picture(painter, scene, rect, kernel / largest)
        if len(pictures) == 1:
            _write_numbers(painter, scene, kernel, largest, rect)


def _write_numbers(
    painter: QPainter, scene: Scene, kernel: FloatArray, largest: float, rect: QRectF
) -> None:
    """Write every weight of a kernel into its pixel."""
    rows, columns = kernel.shape
    wide, high = rect.width() / columns, rect.height() / rows
    colors = scene.theme.diverging(kernel / largest)
    for row, column in np.ndindex(rows, columns):
        box = QRectF(rect.left() + column * wide, rect.top() + row * high, wide, high)
        painter.setPen(ink_on(QColor(*colors[row, column].tolist()), scene.theme))
        painter.drawText(box, int(CENTER), short(float(kernel[row, column])))


def _picture_size(pictures: FloatArray) -> tuple[float, float]:
    """Return width and height of one channel's picture."""
    channels, rows, columns = pictures.shape
    pixel = 36.0 if channels == 1 and columns <= 5 else max(8.0, 24.0 / max(rows, columns))
    return pixel * columns, pixel * rows


def _pictures_room(pictures: FloatArray | None) -> tuple[float, float]:
    """Return width and height of all pictures together."""
    if pictures is None:
        return 0.0, 0.0
    wide, high = _picture_size(pictures)
    across = min(len(pictures), _PICTURES_A_ROW)
    down = -(-len(pictures) // _PICTURES_A_ROW)
    return across * (wide + _PICTURE_GAP), down * (high + _PICTURE_GAP) + 6.0


def _paint_row(painter: QPainter, scene: Scene, row: Row, line: QRectF) -> None:
    label = QRectF(line)
    if row.sign:
        color = scene.theme.positive if row.sign > 0 else scene.theme.negative
        pen = QPen(QColor(color), 2.5)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if row.sign < 0:
            pen.setDashPattern([1.6, 1.0])
        painter.setPen(pen)
        y = line.center().y()
        painter.drawLine(QPointF(line.left(), y), QPointF(line.left() + _SWATCH - 5.0, y))
        label.setLeft(line.left() + _SWATCH)
    painter.setPen(QColor(scene.theme.muted if row.heading or not row.sign else scene.theme.text))
    painter.drawText(label, int(LEFT), row.label)
    painter.setPen(QColor(scene.theme.text))
    painter.drawText(line, int(RIGHT), row.value)
