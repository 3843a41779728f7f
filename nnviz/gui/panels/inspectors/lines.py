"""The lines of a neuron's or a weight's arithmetic, forward and backward, as they are written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.engine.layers.convolution import Conv2DLayer
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.numbers import count, exact, fixed, short
from nnviz.gui.look.texts import translated
from nnviz.gui.look.units import Arithmetic, real_output, sample_number, standardized_input
from nnviz.gui.panels.inspectors.terms import NeuronSum
from nnviz.training.backward import BIAS, Backward, NextStep, channel_of
from nnviz.training.setting import subscript

_tr = partial(QCoreApplication.translate, "InspectorPanel")

MOST_TERMS, MOST_PRODUCTS = 12, 3
"""Of a neuron's sum, and of a gradient's."""

FEW_SYMBOLS = 3


class SumLine(NamedTuple):
    """One line, column by column: what a symbol stands for, and how its number comes about.

    The operator is of a product or quotient of left and right, the amount is the length of the
    bar, None for none. The kind is ``"term"``, ``"total"`` (z), ``"answer"`` (a), or ``"note"``.
    The source is that of the weight whose line it is, as a `Selection` has it.
    """

    label: str
    name: str = ""
    left: str = ""
    operator: str = ""
    right: str = ""
    equals: str = ""
    result: str = ""
    amount: float | None = None
    kind: str = "term"
    source: int | None = None


def sum_lines(neuron: NeuronSum, most: int, kept: Sequence[int] = ()) -> list[SumLine]:
    """Return z = Σ w · x + b and a = f(z), with at most so many terms written out: the largest.

    Or those that are `kept`, of many.
    """
    (shown, rest), products = neuron.largest(most, kept), neuron.products
    step = step_for([*products[shown].tolist(), neuron.z, neuron.bias or 0.0, rest])
    lines = _terms(neuron, shown, step)
    left_out = products.size - len(shown)
    if left_out:
        more = _tr("… {count} more terms sum to").format(count=count(left_out))
        lines.append(SumLine(more, result=fixed(rest, step), amount=rest, kind="note"))
    if neuron.bias is not None:
        bias = fixed(neuron.bias, step)
        lines.append(SumLine("b", _tr("bias"), result=bias, amount=neuron.bias, source=BIAS))
    lines.append(SumLine("z", result=fixed(neuron.z, step), amount=neuron.z, kind="total"))
    lines += _answer(neuron)
    is_last = neuron.layer == len(neuron.problem.units) - 1
    if is_last and (way := real_output(neuron.problem, neuron.a)):
        lines.append(_written_out("ŷ", way)._replace(kind="answer"))
    return [*lines, *_standardized(neuron, shown)]


def step_for(values: Iterable[float]) -> float:
    """Return the step to write numbers to: four decimals, fewer of large numbers, more of tiny."""
    sizes = [abs(value) for value in values if math.isfinite(value)]
    if all(size == round(size) and size < 1e4 for size in sizes):
        return 1.0
    decade = math.floor(math.log10(max(sizes)))
    return float(10.0 ** (max(decade, 0) - 4 if decade >= -2 else decade - 3))


def formula(neuron: NeuronSum) -> str:
    """Return the sum in symbols, such as ``z = w₁·x₁ + w₂·x₂ + b``."""
    count, x = neuron.weights.size, neuron.symbol
    places = range(1, count + 1) if count <= FEW_SYMBOLS else (1, 2, count)
    terms = [f"w{subscript(i)}·{x}{subscript(i)}" for i in places]
    if count > FEW_SYMBOLS:
        terms.insert(2, "…")
    return "z = " + " + ".join([*terms, *(["b"] if neuron.bias is not None else [])])


def _terms(neuron: NeuronSum, shown: list[int], step: float) -> list[SumLine]:
    weights, values = neuron.weights[shown].tolist(), neuron.values[shown].tolist()
    of_weights, of_values = step_for(weights), step_for(values)
    products, symbol = neuron.products, neuron.symbol
    return [
        SumLine(
            f"{symbol}{subscript(i + 1)}",
            neuron.name_of(i),
            fixed(weight, of_weights),
            "×",
            fixed(value, of_values),
            "=",
            fixed(float(products[i]), step),
            float(products[i]),
            source=i,
        )
        for i, weight, value in zip(shown, weights, values, strict=True)
    ]


def _standardized(neuron: NeuronSum, shown: list[int]) -> list[SumLine]:
    """Return where the first inputs come from, if the network is given them standardised."""
    if neuron.layer or neuron.is_map or not neuron.problem.experiment.data.standardize_inputs:
        return []
    lines = [SumLine(_tr("Standardised: (value − mean) ÷ deviation"), kind="note")]
    for i in shown[:FEW_SYMBOLS]:
        way = standardized_input(neuron.problem, neuron.raw, i)
        assert way is not None
        lines.append(_written_out(f"{neuron.symbol}{subscript(i + 1)}", way))
    return lines


def _written_out(symbol: str, way: Arithmetic) -> SumLine:
    return SumLine(f"{symbol} = {way.way}", result=way.result, kind="note")


def _answer(neuron: NeuronSum) -> list[SumLine]:
    """Return the line of a, and for softmax the quotient that it is."""
    answer = _tr("a = {formula}").format(formula=translated(neuron.activation.formula))
    if neuron.is_off:
        return [SumLine(_tr("a = 0, for it is switched off"), result="0", kind="answer")]
    a, shares = fixed(neuron.a, step_for([neuron.a])), neuron.shares()
    if shares is None:
        return [SumLine(answer, result=a, kind="answer")]
    own, total = (fixed(share, step_for([share])) for share in shares)
    quotient = SumLine("a", _tr("eᶻ ÷ all eᶻ"), own, "÷", total, "=", a, kind="answer")
    return [SumLine(answer, kind="note"), quotient]


def neuron_lines(
    frame: Frame, chosen: Selection, most: int = MOST_TERMS, kept: Sequence[int] = ()
) -> list[SumLine]:
    """Return how a neuron comes to its value for the chosen sample, and how its loss minds it.

    The terms of its sum that are written out are chosen as by `sum_lines`.
    """
    inspection, row, layer = frame.inspection, frame.row, chosen.layer
    passes = inspection.sample_backward(row)
    if layer < 0:
        value = float(inspection.sample_inputs(row)[chosen.unit])
        lines = [SumLine("x", result=exact(value), kind="total")]
        if way := standardized_input(inspection.problem, inspection.raw_inputs(row), chosen.unit):
            lines[0] = SumLine(f"x = {way.way}", result=way.result, kind="answer")
        slope = passes.upstream(layer)
        assert slope is not None
        told = short(float(slope[chosen.unit, 0]))
        return [*lines, SumLine("∂L/∂x", result=told)]
    if inspection.weights(layer).size:
        neuron = NeuronSum(frame, layer, chosen.unit)
        return [*sum_lines(neuron, most, kept), *delta_lines(passes, layer, chosen.unit)]
    built = passes.network.layers[layer]
    a, formula = float(built.a[chosen.unit, 0]), translated(built.spec.formula)
    lines = [SumLine(formula, kind="note"), SumLine("a", result=exact(a), kind="total")]
    return [*lines, SumLine("∂L/∂a", result=short(float(built.delta[chosen.unit, 0])))]


def delta_lines(passes: Backward, layer: int, unit: int, column: int = 0) -> list[SumLine]:
    """Return what δ = ∂L/∂z of a neuron is made of, for one of the passes' rows."""
    built, upstream, loss = passes.network.layers[layer], passes.upstream(layer), passes.loss
    delta, a = float(built.delta[unit, column]), float(built.a[unit, column])
    heading = SumLine(_tr("Backward: δ = ∂L/∂z = f′(z) · ∂L/∂a"), kind="note")
    if upstream is None:
        said, outputs = loss.fused_gradient, len(passes.targets)
        if loss.averages_outputs and outputs > 1:
            said = f"({said}) / {outputs}"
        scale = float(np.broadcast_to(passes.scale, passes.rows)[column])
        if scale != 1.0:
            said = f"({said}) · {_share(scale)}"
        line = SumLine(f"δ = {said}", result=short(delta), kind="answer")
        if said == "ŷ − y":
            y = short(float(passes.targets[unit, column]))
            line = SumLine("δ", "", brief(a), "−", y, "=", short(delta))
        return [SumLine(_tr("Backward: δ = ∂L/∂z = {said}").format(said=said), kind="note"), line]
    back = float(upstream[unit, column])
    if built.activation.couples_units:
        formula = _tr("δ = aᵢ · (∂L/∂aᵢ − Σⱼ aⱼ · ∂L/∂aⱼ)")
        told = SumLine("∂L/∂a", result=short(back))
        heading = SumLine(_tr("Backward: δ = ∂L/∂z, through the whole softmax"), kind="note")
        return [heading, told, SumLine(formula, result=short(delta), kind="answer")]
    if channel_of(built, unit) in getattr(built.spec, "off", ()):
        return [heading, SumLine(_tr("δ = 0, for it is switched off"), result="0", kind="answer")]
    slope = float(built.activation.slope(built.z)[unit, column])
    return [heading, SumLine("δ", "", brief(slope), "×", brief(back), "=", short(delta))]


def _share(scale: float) -> str:
    parts = round(1.0 / scale)
    return f"1/{count(parts)}" if math.isclose(parts * scale, 1.0, rel_tol=1e-5) else short(scale)


def mean_lines(passes: Backward) -> list[SumLine]:
    """Return why δ of a sample is smaller in a batch than alone, where L is a mean."""
    scale = float(np.max(passes.scale))
    said = _tr("Each δ holds {share}, for L is a mean.")
    return [SumLine(said.format(share=_share(scale)), kind="note")] * (scale < 1.0)


def gradient_lines(
    passes: Backward, chosen: Selection, rows: list[int], exactly: bool
) -> list[SumLine]:
    """Return what ∂L/∂w is made of: `rows` of the data set are those of the passes.

    Compared with differences where it is to be said `exactly`.
    """
    assert chosen.source is not None
    place, symbol = (chosen.layer, chosen.unit, chosen.source), symbol_of(chosen)
    inputs, delta = (each.astype(np.float64).ravel() for each in passes.factors(*place))
    gradient, products = passes.gradient(*place), inputs * delta
    order = np.argsort(-np.abs(products), kind="stable")
    few = order[: MOST_PRODUCTS + (products.size == MOST_PRODUCTS + 1)].tolist()
    factors = [(brief(inputs[i]), "×", brief(delta[i]), "=", short(products[i])) for i in few]
    if products.size == 1:
        lines = [SumLine(f"∂L/∂{symbol}", "", *factors[0][:-1], _precise(gradient))]
        lines += delta_lines(passes, chosen.layer, chosen.unit)[1:]
    else:
        names = [_name_of_product(passes, chosen, i, rows) for i in few]
        lines = [SumLine(name, "", *each) for name, each in zip(names, factors, strict=True)]
        if rest := products.size - len(few):
            others = math.fsum(products[order[len(few) :]].tolist())
            more = _tr("… {count} more products sum to").format(count=count(rest))
            lines.append(SumLine(more, result=short(others), kind="note"))
        lines.append(SumLine(f"∂L/∂{symbol}", result=_precise(gradient), kind="total"))
    if exactly:
        found = passes.difference_quotient(*place)
        way = f"(L({symbol} + h) − L({symbol} − h)) / 2h"
        lines.append(SumLine(way, result=_precise(found), kind="note"))
        told = short(abs(found - gradient))
        lines.append(SumLine(_tr("difference of the two"), result=told, kind="note"))
    return lines


def _precise(value: float) -> str:
    """Return five significant digits, for what is compared: as many as a narrow panel has room."""
    return exact(float(f"{value:.5g}"))


def brief(value: float) -> str:
    """Return three significant digits, for factors: their product has more."""
    return short(float(f"{value:.3g}"))


def _name_of_product(passes: Backward, chosen: Selection, product: int, rows: list[int]) -> str:
    """Return which sample, and which place of a map, a product of a gradient is of."""
    place, row = divmod(product, passes.rows)
    built = passes.network.layers[chosen.layer]
    said = _tr("#{sample}")
    if isinstance(built, Conv2DLayer):
        many = _tr("{sample} ({down}, {right})")
        said = many if passes.rows > 1 else _tr("at {down}, {right}")
    down, right = divmod(place, built.output_shape[-1])
    return said.format(sample=count(rows[row] + 1), down=down + 1, right=right + 1)


def symbol_of(chosen: Selection) -> str:
    """Return what a parameter is called in formulas."""
    return "b" if chosen.source == BIAS else "w"


def weight_lines(frame: Frame, chosen: Selection, exactly: bool) -> list[SumLine]:
    """Return all about a weight or bias: its gradient for the sample, for the next batch, the step.

    While moments follow each other it is not `exactly` all: what takes time is left out.
    """
    assert chosen.source is not None
    inspection, row, symbol = frame.inspection, frame.row, symbol_of(chosen)
    passes = inspection.sample_backward(row)
    value = passes.parameter(chosen.layer, chosen.unit, chosen.source)
    alone = _tr("Sample {sample} alone, L = {loss}")
    alone = alone.format(sample=sample_number(inspection, row), loss=short(passes.value))
    lines = [SumLine(symbol, result=_precise(value), kind="total"), SumLine(alone, kind="note")]
    lines += gradient_lines(passes, chosen, [row], exactly)
    step = None
    if exactly and frame.checkpoint is not None:
        step = inspection.next_step(frame.checkpoint)
    if step is None:
        return [
            *lines,
            SumLine(_tr("Next update: where training rests."), kind="note"),
        ]
    return [*lines, *_step_lines(step, chosen)]


def _step_lines(step: NextStep, chosen: Selection) -> list[SumLine]:
    passes, samples, symbol = step.backward, step.rows.size, symbol_of(chosen)
    assert chosen.source is not None
    batch = _tr("Next mini-batch: {count} samples, L = {loss}")
    if samples == 1:
        batch = _tr("Next mini-batch: sample {sample}, L = {loss}")
    elif samples == passes.problem.train.rows:
        batch = _tr("Next step: all {count} samples, L = {loss}")
    first = count(int(step.rows[0]) + 1)
    batch = batch.format(count=count(samples), sample=first, loss=short(passes.value))
    lines = [SumLine(batch, kind="note"), *mean_lines(passes)]
    lines += gradient_lines(passes, chosen, step.rows.tolist(), exactly=True)
    return [*lines, *update_lines(step, passes, chosen, symbol)]


def update_lines(step: NextStep, passes: Backward, chosen: Selection, symbol: str) -> list[SumLine]:
    """Return how a step moves a weight, which formulas call so, were these passes its batch."""
    assert chosen.source is not None
    optimizer = OPTIMIZERS[passes.problem.experiment.training.optimizer]
    heading = _tr("Update by {optimizer}, step {step}")
    told = heading.format(
        optimizer=translated(optimizer.title), step=count(step.method.state.steps + 1)
    )
    lines = [SumLine(told, kind="note")]
    gradient, *terms = step.terms(chosen.layer, chosen.unit, chosen.source, passes)
    lines.append(SumLine(f"g = ∂L/∂{symbol}", result=_precise(gradient.value), kind="answer"))
    for term in terms:
        left = term.symbol.replace("θ", symbol)
        symbols, written = term.symbols.replace("θ", symbol), term.written(short)
        new = SumLine(f"{left} ← {symbols}", result=_precise(term.value), kind="answer")
        lines += [new, SumLine(f"    {written}", kind="note")]
    return lines
