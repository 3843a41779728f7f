"""Where a number comes from, with the numbers: what the cards say."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers import Dropout, shape_text
from nnviz.gui.look.layer_names import input_titles, unit_name
from nnviz.gui.look.numbers import percent, short
from nnviz.gui.look.texts import translated
from nnviz.gui.look.units import real_output, standardized_input
from nnviz.gui.network.column import Unit
from nnviz.gui.network.sample_activations import SampleActivations
from nnviz.gui.network.view_state import NetworkViewState
from nnviz.training.layer_choices import has_field

TOP_WEIGHTS = 4  # incoming weights that a neuron's card lists
MOST_CHANNELS = 32  # channels of a kernel that a card has room for


@dataclass(frozen=True)
class Row:
    """One line: what it is, how much, and 1 or −1 where that is a weight with a sign."""

    label: str
    value: str = ""
    sign: int = 0


@dataclass(frozen=True)
class Explanation:
    """A title, its lines, and below them a picture for each channel of one kernel, or None.

    The pictures have the shape (channels, rows, columns).
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
    column, pictures = state.layout.columns[layer], None
    explain = _layer_rows if layer else _input_rows
    rows = explain(state, activations, unit)
    if column.weighted:
        terms, every = _terms(state, activations, unit), activations.values[layer - 1].size
        heading = QCoreApplication.translate("NetworkPanel", "Largest terms w · x")
        if len(terms) == every:
            heading = QCoreApplication.translate("NetworkPanel", "All terms w · x")
        rows += [Row(heading), *terms]
    kernels = activations.kernels(layer) if column.kind == "maps" else None
    if kernels is not None:
        rows.append(Row(_kernel_title(kernels)))
        pictures = kernels[column.thing(number), :MOST_CHANNELS]
    return Explanation(unit_name(state.problem, layer, number), tuple(rows), pictures)


def _input_rows(state: NetworkViewState, activations: SampleActivations, unit: Unit) -> list[Row]:
    sample = QCoreApplication.translate("NetworkPanel", "In the sample")
    given = QCoreApplication.translate("NetworkPanel", "The network is given")
    rows = [Row(given, short(float(activations.values[0][unit[1]])))]
    inputs = activations.inspection.raw_inputs(activations.row)
    if way := standardized_input(state.problem, inputs, unit[1]):
        given = QCoreApplication.translate("NetworkPanel", "standardised: {way}")
        rows = [Row(given.format(way=way.way), way.result)]
    elif not state.problem.dataset.is_planar:
        rows.insert(0, Row(sample, short(float(inputs[unit[1]]))))
    return rows


def _layer_rows(state: NetworkViewState, activations: SampleActivations, unit: Unit) -> list[Row]:
    """Return how a number comes out of its layer."""
    layer, number = unit
    column, spec = state.layout.columns[layer], state.problem.experiment.network.layers[layer - 1]
    value = short(float(activations.values[layer][number]))
    rows = []
    if column.kind == "maps":
        down, right = divmod(number % math.prod(column.grid), column.grid[1])
        place = QCoreApplication.translate("NetworkPanel", "row {row}, column {column}")
        rows.append(Row(place.format(row=down + 1, column=right + 1)))
    if isinstance(spec, Dropout):
        said = QCoreApplication.translate("NetworkPanel", "Only in training, set to 0 in")
        handed_on = QCoreApplication.translate("NetworkPanel", "handed on")
        return [*rows, Row(handed_on, value), Row(said, percent(spec.rate))]
    if not has_field(spec, "activation"):
        return [*rows, Row(translated(spec.formula), value)]
    formula = translated(ACTIVATIONS[spec.activation].formula)
    rows.append(Row(f"a = f(z) = {formula}", value))
    rows.append(Row("z = Σ w · x + b", short(float(activations.sums[layer - 1][number]))))
    biases = activations.biases[layer - 1]
    if biases.size:
        bias = float(biases[column.thing(number)])
        title = QCoreApplication.translate("NetworkPanel", "bias b")
        rows.append(Row(title, short(bias), _sign(bias)))
    is_last = layer == len(state.layout.columns) - 1
    if is_last and (way := real_output(state.problem, float(activations.values[layer][number]))):
        rows.insert(0, Row(f"ŷ = {way.way}", way.result))
    return rows


def _terms(state: NetworkViewState, activations: SampleActivations, unit: Unit) -> list[Row]:
    """Return the incoming weights that move z most for this sample."""
    layer, number = unit
    weights, inputs = activations.weights[layer - 1][number], activations.values[layer - 1]
    order = np.lexsort((-np.abs(weights), -np.abs(weights * inputs)))[:TOP_WEIGHTS].tolist()
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
    return f"{short(weight)} · {short(value)} = {short(weight * value)}"


def _kernel_title(kernels: FloatArray) -> str:
    channels, *grid = kernels.shape[1:]
    said = QCoreApplication.translate("NetworkPanel", "Kernel {size} for each of {count} maps")
    if channels == 1:
        said = QCoreApplication.translate("NetworkPanel", "Kernel {size}, the same for all pixels")
    return said.format(size=shape_text(tuple(grid)), count=channels)


def explain_edge(state: NetworkViewState, edge: int) -> Explanation | None:
    """Return what there is to say about a weight of those shown; None before a moment."""
    activations, edges = state.activations, state.shown.edges
    if activations is None:
        return None
    layer, target, source = edges.weight_of(edge)
    weight = float(activations.weights[layer][target, source])
    value = float(activations.values[layer][source])
    gradients = activations.inspection.weight_gradients(layer)
    # Before the first batch nothing has asked a weight to move: that is no gradient of zero.
    gradient, snapshot = float(gradients[target, source]), activations.inspection.snapshot
    if not gradient and not snapshot.has_gradients:
        gradient = np.nan
    title = QCoreApplication.translate("NetworkPanel", "weight w")
    adds = QCoreApplication.translate("NetworkPanel", "adds w · x to z")
    slope = QCoreApplication.translate("NetworkPanel", "gradient ∂L/∂w")
    rows = (
        Row(title, short(weight), _sign(weight)),
        Row(adds, _product(weight, value)),
        Row(slope, short(gradient)),
    )
    arrow = QCoreApplication.translate("NetworkPanel", "{source} → {target}")
    ends = (unit_name(state.problem, *end) for end in ((layer, source), (layer + 1, target)))
    return Explanation(arrow.format(source=next(ends), target=next(ends)), rows)


def _sign(value: float) -> int:
    return -1 if value < 0 else 1
