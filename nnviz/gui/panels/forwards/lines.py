"""The lines of a neuron's arithmetic, as they are written."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.gui.look.numbers import count, exact, fixed, short
from nnviz.gui.look.texts import translated
from nnviz.gui.look.units import Arithmetic, real_output, standardized_input
from nnviz.gui.panels.forwards.terms import LastStep, NeuronSum
from nnviz.gui.panels.samples.columns import subscript
from nnviz.training.backward import BIAS

_tr = partial(QCoreApplication.translate, "ForwardPanel")

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


def sum_lines(neuron: NeuronSum, most: int) -> list[SumLine]:
    """Return z = Σ w · x + b and a = f(z), with at most so many terms written out."""
    (shown, rest), products = neuron.largest(most), neuron.products
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
    if neuron.layer or neuron.kernel or not neuron.problem.experiment.data.standardize_inputs:
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


def step_lines(neuron: NeuronSum) -> list[str]:
    """Return how the last step of training moved the largest weight and the bias, or why not."""
    steps, snapshot = neuron.steps(), neuron.frame.inspection.snapshot
    if not steps and not snapshot.updates:
        return [_tr("No gradient yet: train a step to see how w and b move.")]
    if not steps and snapshot.went_back:
        return [_tr("No gradient is kept of this epoch, to which the run went back.")]
    if not steps and not snapshot.has_gradients:
        return [_tr("No gradient of the edited network is known yet: train a step.")]
    if not steps:
        return [_tr("All gradients of the last step are 0: nothing moves.")]
    heading = _tr("Last step: w ← w − η · ∂L/∂w")
    if steps[0].rate is None:
        optimizer = OPTIMIZERS[neuron.problem.experiment.training.optimizer]
        heading = _tr("Gradient of the last batch; {optimizer} makes the step of it")
        heading = heading.format(optimizer=translated(optimizer.title))
    return [heading, *map(_step_line, steps)]


def _step_line(step: LastStep) -> str:
    symbol = "b" if step.place == BIAS else f"w{subscript(step.place + 1)}"
    if step.rate is None:
        told = _tr("∂L/∂{symbol} = {gradient}")
        return told.format(symbol=symbol, gradient=exact(step.gradient))
    change = abs(step.rate * step.gradient)
    # So many decimals that the change can be seen, and four at least.
    seen = 10.0 ** (math.floor(math.log10(change)) - 2) if 0 < change < math.inf else 1.0
    finest = min(max(seen, 1e-7), 1e-4)
    gradient = short(step.gradient)
    return _tr("{symbol} = {before} − {rate} · {gradient} = {now}").format(
        symbol=symbol,
        before=fixed(step.before, finest),
        rate=short(step.rate),
        gradient=f"({gradient})" if gradient.startswith("−") else gradient,
        now=fixed(step.now, finest),
    )


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
