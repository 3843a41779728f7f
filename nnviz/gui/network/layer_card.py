"""What a card says of feature maps, of numbers handed on, and of means."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers import Dropout, shape_text
from nnviz.gui.look.texts import translated
from nnviz.gui.network.card_text import Card, Row, sign_of
from nnviz.gui.network.columns import Maps, Strip
from nnviz.gui.network.figures import exact
from nnviz.gui.network.labels import column_titles
from nnviz.gui.network.reading import Reading, kernels_of
from nnviz.gui.network.scene import Scene
from nnviz.training.choices import has_field

MOST_CHANNELS = 32
"""Channels of a kernel that a card has room for."""


def layer_card(scene: Scene, reading: Reading, layer: int, unit: int) -> Card:
    """Return what there is to say about a pixel of a map, or a number without weights."""
    kind = scene.layout.columns[layer].kind
    if isinstance(kind, Maps):
        return _pixel_card(scene, reading, layer, unit)
    title = column_titles(scene.problem)[layer]
    named = QCoreApplication.translate("NetworkView", "{layer}, number {number}")
    spec = scene.problem.experiment.network.layers[layer - 1]
    value = exact(float(reading.values[layer][unit]))
    rows = [Row(translated(spec.formula), value)]
    if isinstance(kind, Strip) and isinstance(spec, Dropout):
        said = QCoreApplication.translate("NetworkView", "Only in training, set to 0 in")
        rows = [Row(QCoreApplication.translate("NetworkView", "handed on"), value)]
        rows.append(Row(said, f"{100 * spec.rate:g} %"))
    return Card(named.format(layer=title, number=unit + 1), tuple(rows))


def _pixel_card(scene: Scene, reading: Reading, layer: int, unit: int) -> Card:
    column = scene.layout.columns[layer]
    rows, columns = column.grid
    channel, pixel = divmod(unit, rows * columns)
    spec = scene.problem.experiment.network.layers[layer - 1]
    named = QCoreApplication.translate("NetworkView", "{layer}, map {number}")
    title = named.format(layer=column_titles(scene.problem)[layer], number=channel + 1)
    place = QCoreApplication.translate("NetworkView", "row {row}, column {column}")
    where = place.format(row=pixel // columns + 1, column=pixel % columns + 1)
    value = exact(float(reading.values[layer][unit]))
    if not has_field(spec, "activation"):
        return Card(title, (Row(where, heading=True), Row(translated(spec.formula), value)))
    formula = translated(ACTIVATIONS[spec.activation].formula)
    lines = [
        Row(where, heading=True),
        Row(f"a = f(z) = {formula}", value),
        Row("z = Σ w · x + b", exact(float(reading.sums[layer - 1][unit]))),
        *_bias(reading, layer, channel),
    ]
    kernels = kernels_of(scene.problem, reading, layer)
    if kernels is None:
        return Card(title, tuple(lines))
    lines.append(Row(_kernel_title(kernels), heading=True))
    return Card(title, tuple(lines), kernels[channel, :MOST_CHANNELS])


def _bias(reading: Reading, layer: int, channel: int) -> list[Row]:
    biases = reading.biases[layer - 1]
    if not biases.size:
        return []
    bias = float(biases[channel])
    title = QCoreApplication.translate("NetworkView", "bias b")
    return [Row(title, exact(bias), sign_of(bias))]


def _kernel_title(kernels: FloatArray) -> str:
    channels, *grid = kernels.shape[1:]
    if channels == 1:
        said = QCoreApplication.translate("NetworkView", "Kernel {size}, the same for all pixels")
        return said.format(size=shape_text(tuple(grid)))
    said = QCoreApplication.translate("NetworkView", "Kernel {size} for each of {count} maps")
    return said.format(size=shape_text(tuple(grid)), count=channels)
