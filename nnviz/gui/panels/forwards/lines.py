"""The lines of a neuron's arithmetic, as they are written."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.gui.look.texts import translated
from nnviz.gui.panels.forwards.numbers import (
    decimals_for,
    decimals_of_step,
    exact,
    in_sum,
    subscript,
    written,
)
from nnviz.gui.panels.forwards.terms import NeuronSum, Step
from nnviz.training.problem import Problem

MOST_TERMS = 12
FEW_SYMBOLS = 3

_BIAS = -1


@dataclass(frozen=True)
class Line:
    """One line.

    Parameters
    ----------
    kind
        ``"heading"``, ``"columns"`` (titles of columns), ``"term"``, ``"total"`` (z), ``"answer"``
        (a), ``"step"`` or ``"note"``.
    label, name
        What it is: its symbol, and what the symbol stands for.
    left, operator, right
        Of a product or quotient.
    result
        What it comes to.
    amount
        Length of the bar, None for none.
    """

    kind: str
    label: str
    name: str = ""
    left: str = ""
    operator: str = ""
    right: str = ""
    result: str = ""
    amount: float | None = None


def sum_lines(problem: Problem, neuron: NeuronSum, most: int) -> list[Line]:
    """Return z = Σ w · x + b and a = f(z), with at most so many terms written out."""
    shown, rest = neuron.largest(most)
    products = neuron.products
    amounts = [float(products[i]) for i in shown] + [neuron.z, neuron.bias or 0.0, rest]
    decimals = decimals_for(amounts)
    lines = [
        Line("heading", formula(neuron)),
        Line("columns", "", "", _tr("weight"), "", _tr("input"), _tr("product")),
        *_terms(problem, neuron, shown, decimals),
    ]
    left_out = products.size - len(shown)
    if left_out:
        more = _tr("… {count} more terms sum to").format(count=left_out)
        lines.append(Line("term", more, result=written(rest, decimals), amount=rest))
    if neuron.bias is not None:
        bias = written(neuron.bias, decimals)
        lines.append(Line("term", "b", _tr("bias"), result=bias, amount=neuron.bias))
    lines.append(Line("total", "z", result=written(neuron.z, decimals), amount=neuron.z))
    return [*lines, *_answer(neuron)]


def line_count(neuron: NeuronSum, most: int) -> int:
    """Return how many lines `sum_lines` has."""
    terms = neuron.weights.size
    written_out = terms if terms <= most else most + 1
    return 3 + written_out + (neuron.bias is not None) + len(_answer(neuron))


def formula(neuron: NeuronSum) -> str:
    """Return the sum in symbols, such as ``z = w₁·x₁ + w₂·x₂ + b``."""
    count, x = neuron.weights.size, value_symbol(neuron)
    places = range(1, count + 1) if count <= FEW_SYMBOLS else (1, 2, count)
    terms = [f"w{subscript(i)}·{x}{subscript(i)}" for i in places]
    if count > FEW_SYMBOLS:
        terms.insert(2, "…")
    return "z = " + " + ".join([*terms, *(["b"] if neuron.bias is not None else [])])


def value_symbol(neuron: NeuronSum) -> str:
    """Return what the neuron is given: x from the inputs, a from a layer before it."""
    return "x" if neuron.layer == 0 else "a"


def _terms(problem: Problem, neuron: NeuronSum, shown: list[int], decimals: int) -> list[Line]:
    names = problem.input_names if neuron.layer == 0 else ()
    weights, values = neuron.weights[shown].tolist(), neuron.values[shown].tolist()
    of_weights, of_values = decimals_for(weights), decimals_for(values)
    products, symbol = neuron.products, value_symbol(neuron)
    return [
        Line(
            "term",
            f"{symbol}{subscript(i + 1)}",
            translated(names[i]) if names else "",
            written(weight, of_weights),
            "×",
            written(value, of_values),
            written(float(products[i]), decimals),
            float(products[i]),
        )
        for i, weight, value in zip(shown, weights, values, strict=True)
    ]


def _answer(neuron: NeuronSum) -> list[Line]:
    """Return the line of a, and for softmax the quotient that it is."""
    activation = neuron.activation
    answer = _tr("a = {formula}").format(formula=translated(activation.formula))
    title = translated(activation.title)
    a = written(neuron.a, decimals_for([neuron.a]))
    shares = neuron.shares()
    if shares is None:
        return [Line("answer", answer, title, result=a)]
    own, total = (written(share, decimals_for([share])) for share in shares)
    return [
        Line("note", answer, title),
        Line("answer", "a", _tr("eᶻ ÷ all eᶻ"), own, "÷", total, a),
    ]


def step_lines(problem: Problem, neuron: NeuronSum) -> list[Line]:
    """Return how the last step of training moved the largest weight and the bias."""
    if not neuron.steps:
        note = _tr("No gradient yet: train a step to see how w and b move.")
        return [Line("note", note)]
    optimizer = translated(OPTIMIZERS[problem.experiment.training.optimizer].title)
    if neuron.steps[0].rate is None:
        heading = _tr("Gradient of the last batch; {optimizer} makes the step of it")
        lines = [Line("heading", heading.format(optimizer=optimizer))]
    else:
        lines = [Line("heading", _tr("Last step: w ← w − η · ∂L/∂w"))]
    return lines + [_step_line(step) for step in neuron.steps]


def _step_line(step: Step) -> Line:
    symbol = "b" if step.index == _BIAS else f"w{subscript(step.index + 1)}"
    name = "" if step.index == _BIAS else _tr("largest weight")
    if step.rate is None:
        slope = _tr("∂L/∂{symbol}").format(symbol=symbol)
        return Line("step", slope, name, result=exact(step.gradient) if step.gradient else "0")
    decimals = decimals_of_step(step.rate * step.gradient)
    before, now = (written(value, decimals) for value in (step.before, step.now))
    gradient = in_sum(_short(step.gradient))
    words = f"{before} − {_short(step.rate)} · {gradient} ="
    return Line("step", symbol, name, words, result=now)


def sentence(neuron: NeuronSum, *, summed: bool) -> str:
    """Return a sentence about a neuron's numbers, its gaps by name; with the sum if wanted."""
    if not summed:
        return _tr(
            "z and a of every layer after {epoch} epochs, a row a sample; for sample {sample}"
            " {neuron} has z = {z} and a = {a}."
        )
    if neuron.bias is None:
        return _tr(
            "After {epoch} epochs the {count} products of weight and input add up to z = {z} in"
            " {neuron} for sample {sample}; {activation} makes it a = {a}."
        )
    return _tr(
        "After {epoch} epochs the {count} products of weight and input and the bias {bias} add"
        " up to z = {z} in {neuron} for sample {sample}; {activation} makes it a = {a}."
    )


def _short(value: float) -> str:
    """Return four significant digits without idle zeros."""
    size = abs(value)
    if size >= 1e-3 or size == 0 or not math.isfinite(value):
        text = f"{value:.4g}"
    elif size >= 1e-4:
        text = np.format_float_positional(value, precision=3, fractional=False)
    else:
        text = f"{value:.2e}".replace("e-0", "e-")
    return text.replace("-", "−")


def _tr(text: str) -> str:
    return QCoreApplication.translate("ForwardPanel", text)
