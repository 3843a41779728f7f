"""What a neuron or weight is for the chosen sample, in a few lines: what the cards say.

The inspector has all the arithmetic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from nnviz.engine.activations import ACTIVATIONS
from nnviz.gui.look.layer_names import unit_name
from nnviz.gui.look.numbers import short
from nnviz.gui.look.texts import translated
from nnviz.gui.network.column import Unit
from nnviz.gui.network.drawing import tr
from nnviz.gui.network.sample_activations import SampleActivations
from nnviz.gui.network.view_state import NetworkViewState
from nnviz.training.layer_choices import has_field


@dataclass(frozen=True)
class Row:
    """One line: what it is, how much, and 1 or −1 where that is a weight with a sign."""

    label: str
    value: str = ""
    sign: int = 0


@dataclass(frozen=True)
class Explanation:
    """A title and its lines."""

    title: str
    rows: tuple[Row, ...]

    @property
    def spoken(self) -> str:
        """The same in words, for those who cannot see it."""
        return "\n".join([self.title, *(f"{row.label} {row.value}".strip() for row in self.rows)])


def explain_unit(state: NetworkViewState, unit: Unit) -> Explanation | None:
    """Return what there is to say about a neuron, a pixel or a number; None before a moment."""
    if state.activations is None:
        return None
    rows = (_layer_rows if unit[0] else _input_rows)(state, state.activations, unit)
    return Explanation(unit_name(state.problem, *unit), tuple(rows))


def _input_rows(state: NetworkViewState, activations: SampleActivations, unit: Unit) -> list[Row]:
    given = short(float(activations.values[0][unit[1]]))
    raw = float(activations.inspection.raw_inputs(activations.row)[unit[1]])
    sample = short(raw * state.problem.dataset.input_unit)
    rows = [Row(tr("In the sample"), sample), Row(tr("The network is given"), given)]
    return rows[sample == given :]


def _layer_rows(state: NetworkViewState, activations: SampleActivations, unit: Unit) -> list[Row]:
    """Return how a number comes out of its layer."""
    layer, number = unit
    column, spec = state.layout.columns[layer], state.problem.experiment.network.layers[layer - 1]
    value = short(float(activations.values[layer][number]))
    rows = []
    if column.kind == "maps":
        down, right = divmod(number % math.prod(column.grid), column.grid[1])
        place = tr("row {row}, column {column}")
        rows.append(Row(place.format(row=down + 1, column=right + 1)))
    if not has_field(spec, "activation"):
        return [*rows, Row(translated(spec.formula), value)]
    formula = translated(ACTIVATIONS[spec.activation].formula)
    rows.append(Row(f"a = f(z) = {formula}", value))
    rows.append(Row("z = Σ w · x + b", short(float(activations.sums[layer - 1][number]))))
    biases = activations.biases[layer - 1]
    if biases.size:
        bias = float(biases[column.thing(number)])
        rows.append(Row(tr("bias b"), short(bias), _sign(bias)))
    return rows


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
        gradient = math.nan
    adds = f"{short(weight)} · {short(value)} = {short(weight * value)}"
    rows = (
        Row(tr("weight w"), short(weight), _sign(weight)),
        Row(tr("adds w · x to z"), adds),
        Row(tr("gradient ∂L/∂w"), short(gradient)),
    )
    ends = (unit_name(state.problem, *end) for end in ((layer, source), (layer + 1, target)))
    title = tr("{source} → {target}").format(source=next(ends), target=next(ends))
    return Explanation(title, rows)


def _sign(value: float) -> int:
    return -1 if value < 0 else 1
