"""Where a number comes from, with the numbers: what the cards say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers import Dropout, shape_text
from nnviz.gui.look import numbers
from nnviz.gui.look.texts import translated
from nnviz.gui.network.captions import column_titles, input_titles, output_titles
from nnviz.gui.network.column import Unit
from nnviz.gui.network.edges import Edges
from nnviz.gui.network.sample_activations import SampleActivations
from nnviz.gui.network.view_state import NetworkViewState
from nnviz.training.choices import has_field

TOP_WEIGHTS = 4
"""Incoming weights that a neuron's card lists."""

MOST_CHANNELS = 32
"""Channels of a kernel that a card has room for."""


@dataclass(frozen=True)
class Row:
    """One line of a card.

    Parameters
    ----------
    label, value
        What it is, and how much.
    sign
        1 or −1 to mark a weight's colour and stroke, 0 for none.
    """

    label: str
    value: str = ""
    sign: int = 0


@dataclass(frozen=True)
class Explanation:
    """A title, its lines, and below them pictures.

    Parameters
    ----------
    title, rows
        What is written.
    pictures
        Of one kernel, a picture for each channel, shape (channels, rows, columns); or None.
    """

    title: str
    rows: tuple[Row, ...]
    pictures: FloatArray | None = None

    @property
    def spoken(self) -> str:
        """The same in words, for those who cannot see it."""
        return "\n".join([self.title, *(f"{row.label} {row.value}".strip() for row in self.rows)])


def explain_unit(state: NetworkViewState, unit: Unit) -> Explanation | None:
    """Return what there is to say about a neuron, a pixel or a number; None before a moment."""
    activations, (layer, number) = state.activations, unit
    if activations is None:
        return None
    column = state.layout.columns[layer]
    if layer == 0:
        rows = _input_rows(state, activations, number)
    elif column.kind == "maps":
        rows = _pixel_rows(state, activations, unit)
    elif column.weighted:
        rows = _neuron_rows(state, activations, unit)
    else:
        rows = _number_rows(state, activations, unit)
    kernels = activations.kernels(layer) if layer and column.kind == "maps" else None
    if kernels is None:
        return Explanation(unit_name(state, layer, number), rows)
    rows = (*rows, Row(_kernel_title(kernels)))
    pictures = kernels[column.thing(number), :MOST_CHANNELS]
    return Explanation(unit_name(state, layer, number), rows, pictures)


def unit_name(state: NetworkViewState, layer: int, unit: int) -> str:
    """Return what a neuron is called in sentences."""
    title, column = column_titles(state.problem)[layer], state.layout.columns[layer]
    if layer == 0:
        return input_titles(state.problem)[unit]
    if layer == len(state.layout.columns) - 1:
        if state.problem.outputs == 1:
            return title
        named = QCoreApplication.translate("NetworkPanel", "{layer} “{name}”")
        return named.format(layer=title, name=output_titles(state.problem)[unit])
    if column.kind == "strip":
        named = QCoreApplication.translate("NetworkPanel", "{layer}, number {number}")
    elif column.kind == "maps":
        named = QCoreApplication.translate("NetworkPanel", "{layer}, map {number}")
    else:
        named = QCoreApplication.translate("NetworkPanel", "{layer}, neuron {number}")
    return named.format(layer=title, number=column.thing(unit) + 1)


def _input_rows(
    state: NetworkViewState, activations: SampleActivations, unit: int
) -> tuple[Row, ...]:
    given = QCoreApplication.translate("NetworkPanel", "The network is given")
    row = Row(given, numbers.short(float(activations.values[0][unit])))
    if state.problem.dataset.is_planar:
        return (row,)
    raw = float(state.problem.dataset.inputs[activations.row, unit])
    sample = QCoreApplication.translate("NetworkPanel", "In the sample")
    return Row(sample, numbers.short(raw)), row


def _neuron_rows(
    state: NetworkViewState, activations: SampleActivations, unit: Unit
) -> tuple[Row, ...]:
    heading = Row(QCoreApplication.translate("NetworkPanel", "Largest terms w · x"))
    bias_and_sum = _activation_rows(state, activations, unit, unit[1])
    return (*bias_and_sum, heading, *_terms(state, activations, unit))


def _activation_rows(
    state: NetworkViewState, activations: SampleActivations, unit: Unit, bias: int
) -> tuple[Row, ...]:
    """Return how a neuron's value comes from its sum; `bias` is the number of its bias."""
    layer, number = unit
    spec = state.problem.experiment.network.layers[layer - 1]
    formula = translated(ACTIVATIONS[spec.activation].formula)
    value, total = activations.values[layer][number], activations.sums[layer - 1][number]
    rows = (
        Row(f"a = f(z) = {formula}", numbers.short(float(value))),
        Row("z = Σ w · x + b", numbers.short(float(total))),
    )
    biases = activations.biases[layer - 1]
    if not biases.size:
        return rows
    title, b = QCoreApplication.translate("NetworkPanel", "bias b"), float(biases[bias])
    return (*rows, Row(title, numbers.short(b), _sign(b)))


def _terms(state: NetworkViewState, activations: SampleActivations, unit: Unit) -> list[Row]:
    """Return the incoming weights that move z most for this sample."""
    layer, number = unit
    weights, inputs = activations.weights[layer - 1][number], activations.values[layer - 1]
    terms = weights * inputs
    order = np.lexsort((-np.abs(weights), -np.abs(terms)))[:TOP_WEIGHTS].tolist()
    name = QCoreApplication.translate("NetworkPanel", "neuron {number}")
    if state.layout.columns[layer - 1].kind == "strip":
        name = QCoreApplication.translate("NetworkPanel", "number {number}")
    names = input_titles(state.problem) if layer == 1 else ()
    return [
        Row(
            names[i] if names else name.format(number=i + 1),
            _product(float(weights[i]), float(inputs[i])),
            _sign(weights[i]),
        )
        for i in order
    ]


def _product(weight: float, value: float) -> str:
    return " = ".join(
        [f"{numbers.short(weight)} · {numbers.short(value)}", numbers.short(weight * value)]
    )


def _number_rows(
    state: NetworkViewState, activations: SampleActivations, unit: Unit
) -> tuple[Row, ...]:
    layer, number = unit
    spec = state.problem.experiment.network.layers[layer - 1]
    value = numbers.short(float(activations.values[layer][number]))
    if not isinstance(spec, Dropout):
        return (Row(translated(spec.formula), value),)
    said = QCoreApplication.translate("NetworkPanel", "Only in training, set to 0 in")
    handed_on = Row(QCoreApplication.translate("NetworkPanel", "handed on"), value)
    return handed_on, Row(said, numbers.percent(spec.rate))


def _pixel_rows(
    state: NetworkViewState, activations: SampleActivations, unit: Unit
) -> tuple[Row, ...]:
    layer, number = unit
    column, spec = state.layout.columns[layer], state.problem.experiment.network.layers[layer - 1]
    down, right = divmod(number % (column.grid[0] * column.grid[1]), column.grid[1])
    place = QCoreApplication.translate("NetworkPanel", "row {row}, column {column}")
    where = Row(place.format(row=down + 1, column=right + 1))
    if has_field(spec, "activation"):
        return (where, *_activation_rows(state, activations, unit, column.thing(number)))
    value = numbers.short(float(activations.values[layer][number]))
    return where, Row(translated(spec.formula), value)


def _kernel_title(kernels: FloatArray) -> str:
    channels, *grid = kernels.shape[1:]
    said = QCoreApplication.translate("NetworkPanel", "Kernel {size} for each of {count} maps")
    if channels == 1:
        said = QCoreApplication.translate("NetworkPanel", "Kernel {size}, the same for all pixels")
    return said.format(size=shape_text(tuple(grid)), count=channels)


def explain_edge(state: NetworkViewState, edges: Edges, edge: int) -> Explanation | None:
    """Return what there is to say about a weight; None before a moment."""
    activations = state.activations
    if activations is None:
        return None
    layer, target, source = (int(part[edge]) for part in (edges.layer, edges.target, edges.source))
    weight = float(activations.weights[layer][target, source])
    value = float(activations.values[layer][source])
    gradients = activations.inspection.weight_gradients(layer)
    # Before the first batch nothing has asked a weight to move: that is no gradient of zero.
    gradient = float(gradients[target, source]) if gradients.any() else np.nan
    arrow = QCoreApplication.translate("NetworkPanel", "{source} → {target}")
    rows = (
        Row(
            QCoreApplication.translate("NetworkPanel", "weight w"),
            numbers.short(weight),
            _sign(weight),
        ),
        Row(QCoreApplication.translate("NetworkPanel", "adds w · x to z"), _product(weight, value)),
        Row(QCoreApplication.translate("NetworkPanel", "gradient ∂L/∂w"), numbers.short(gradient)),
    )
    ends = unit_name(state, layer, source), unit_name(state, layer + 1, target)
    return Explanation(arrow.format(source=ends[0], target=ends[1]), rows)


def _sign(value: float) -> int:
    """Return how a weight is marked: 1, or −1 if it is negative."""
    return -1 if value < 0 else 1
