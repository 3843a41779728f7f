"""The formula of a stage, and the same with the numbers of one neuron."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.engine.layers import BatchNorm
from nnviz.engine.layers.convolution import Conv2DLayer
from nnviz.engine.layers.normalization import BatchNormLayer
from nnviz.engine.layers.shaping import DropoutLayer
from nnviz.engine.losses import LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.layer_names import output_titles
from nnviz.gui.look.numbers import count, exact, short
from nnviz.gui.look.texts import translated
from nnviz.gui.look.units import standardized_input
from nnviz.gui.panels.inspectors.lines import (
    SumLine,
    brief,
    delta_lines,
    gradient_lines,
    mean_lines,
    sum_lines,
    update_lines,
)
from nnviz.gui.panels.inspectors.terms import NeuronSum
from nnviz.training.backward import BIAS, channel_of
from nnviz.training.setting import raised, subscript
from nnviz.training.walk import Stage, Walk

_tr = partial(QCoreApplication.translate, "WalkPanel")

_TERMS, _FEW, _SEEN = 6, 2, 9
"""Terms of a sum, of one that is drawn besides, and numbers of a window, written out at most."""


def formula_of(walk: Walk, stage: Stage) -> str:
    """Return a stage's formula; ⊙ multiplies number by number, ∗ is a convolution."""
    layer, built = stage.layer, walk.layers[stage.layer]
    here, before = raised(layer + 1), raised(layer)
    training = walk.passes.problem.experiment.training
    sign = " ∗ " if isinstance(built, Conv2DLayer) else " "
    has_sum, bias = built.weights.size, bool(built.biases.size)
    turned = "" if sign.strip() else "ᵀ"
    gradient = f"∂L/∂W{here} = δ{here}{sign}a{before}{turned}"
    gradient += f",  ∂L/∂b{here} = Σ δ{here}" * bias
    named = f"a{here} = f(z{here}) = {translated(built.activation.formula)}"
    return {
        "inputs": "a⁽⁰⁾ = x",
        "sum": f"z{here} = W{here}{sign}a{before}" + f" + b{here}" * bias,
        "activation": named if has_sum else translated(built.spec.formula),
        "loss": f"L = {LOSSES[training.loss].formula}",
        "delta": _way_back(walk, layer),
        "gradient": gradient if has_sum else "∂L/∂γ = Σ δ · x̂,  ∂L/∂β = Σ δ",
        "update": OPTIMIZERS[training.optimizer].formula,
    }[stage.kind]


def _way_back(walk: Walk, layer: int) -> str:
    built, here, after = walk.layers[layer], raised(layer + 1), raised(layer + 2)
    slope = f"f′(z{here}) ⊙ " if built.activation.name != "linear" else ""
    back = f"∂L/∂a{here}"
    if layer == len(walk.layers) - 1:
        back = "∂L/∂ŷ"
        if walk.passes.upstream(layer) is None:
            back, slope = walk.passes.loss.fused_gradient, ""
    elif walk.layers[layer + 1].weights.shape[1:] == (built.units,):
        back = f"W{after}ᵀ δ{after}"
    return f"δ{here} = {slope}{back}"


def stage_lines(frame: Frame, walk: Walk, stage: Stage, chosen: Selection) -> list[SumLine]:
    """Return the arithmetic of a neuron of the stage's layer, or of one of its weights."""
    passes, layer, unit = walk.passes, chosen.layer, chosen.unit
    if stage.kind == "inputs":
        x = exact(float(passes.inputs(0)[unit, walk.column]))
        raw = frame.inspection.raw_inputs(int(walk.rows[walk.column]))
        way = standardized_input(passes.problem, raw, unit)
        return [
            SumLine(f"x = {way.way}", result=x, kind="answer") if way else SumLine("x", result=x)
        ]
    if stage.kind == "loss":
        return _loss_lines(walk)
    if stage.kind == "delta":
        lines = [*mean_lines(passes), *_sum_back(walk, layer, unit)]
        return [*lines, *delta_lines(passes, layer, unit, walk.column)[1:]]
    if stage.kind in ("gradient", "update"):
        return _weight_lines(walk, stage, chosen)
    if walk.layers[layer].weights.size:
        return _neuron_lines(NeuronSum(frame, layer, unit, passes, walk.column), stage)
    made, number = made_lines(walk, layer, unit), float(walk.layers[layer].a[unit, walk.column])
    is_told = any(line.kind == "answer" for line in made)
    return made if is_told else [*made, SumLine("a", result=exact(number), kind="total")]


def _neuron_lines(neuron: NeuronSum, stage: Stage) -> list[SumLine]:
    lines = sum_lines(neuron, _FEW if neuron.is_map else _TERMS)
    end = next(i for i, line in enumerate(lines) if line.kind == "total") + 1
    if stage.kind == "sum":
        return lines[:end]
    answer, *others = (line for line in lines[end:] if line.kind == "answer")
    if not neuron.is_off and not answer.operator:
        written = _with_number(translated(neuron.activation.formula), neuron.z)
        answer = answer._replace(label=f"a = {written}")
    return [lines[end - 1], answer, *others]


def _with_number(formula: str, z: float) -> str:
    """Return an activation's formula with a number instead of z."""
    factor = _in_brackets(z)
    formula = formula.replace("e⁻ᶻ", f"e^{short(-z)}").replace("eᶻ", f"e^{short(z)}")
    formula = re.sub(r"(?<=\d) z", f" · {factor}", formula)
    return re.sub(r"\bz\b", short(z), re.sub(r"\bz(?=[²³])", factor, formula))


def _in_brackets(value: float) -> str:
    """Return a number as it follows a sign or has a power."""
    return f"({short(value)})" if value < 0 else short(value)


def _sum_back(walk: Walk, layer: int, unit: int) -> list[SumLine]:
    """Return ∂L/∂a = w₁ · δ₁ + … of a neuron that a dense layer follows."""
    if layer + 1 == len(walk.layers):
        return []
    following = walk.layers[layer + 1]
    if following.weights.shape[1:] != (walk.layers[layer].units,):
        return []
    weights, deltas = following.weights[:, unit], following.delta[:, walk.column]
    products = weights.astype(np.float64) * deltas
    order = np.argsort(-np.abs(products), kind="stable").tolist()
    lines = []
    for i in sorted(order[:_TERMS]):
        left, right, made = (brief(float(each[i])) for each in (weights, deltas, products))
        name = f"w{subscript(i + 1)}·δ{subscript(i + 1)}"
        lines.append(SumLine(name, "", left, "×", right, "=", made))
    if rest := order[_TERMS:]:
        more = _tr("… {count} more terms sum to").format(count=count(len(rest)))
        lines.append(SumLine(more, result=brief(float(products[rest].sum())), kind="note"))
    return [*lines, SumLine("∂L/∂a", result=short(float(products.sum())), kind="total")]


def _weight_lines(walk: Walk, stage: Stage, chosen: Selection) -> list[SumLine]:
    layer, unit, passes = chosen.layer, chosen.unit, walk.passes
    is_norm = isinstance(walk.layers[layer], BatchNormLayer)
    chosen = Selection(layer, unit, walk.source(layer, unit, chosen.source))
    if stage.kind == "update":
        assert walk.step is not None
        lines = update_lines(walk.step, passes, chosen, "γ" if is_norm else "w")
        shift = Selection(layer, unit, BIAS)
        return lines + update_lines(walk.step, passes, shift, "β")[1:] if is_norm else lines
    if not is_norm:
        lines = gradient_lines(passes, chosen, walk.rows.tolist(), exactly=False)
        return [line for line in lines if not line.label.startswith("δ")]  # it was there before
    places = (("γ", 0), ("β", BIAS))
    return [SumLine(f"∂L/∂{s}", result=exact(passes.gradient(layer, unit, i))) for s, i in places]


def in_words(line: SumLine) -> bool:
    """Return whether a line is no product or sum, but a formula that is as long as it is."""
    return not line.operator and (line.kind == "answer" or (line.kind, line.result) == ("note", ""))


def words_of(lines: Sequence[SumLine]) -> list[str]:
    """Return those lines as texts."""
    shown = [line for line in lines if in_words(line)]
    return [f"{one.label} = {one.result}" if one.result else one.label for one in shown]


def _way_of(walk: Walk, layer: int, unit: int) -> list[str]:
    """Return how a layer without weights comes to one of its numbers, where no table says it."""
    built, column, inputs = walk.layers[layer], walk.column, walk.passes.inputs(layer)
    window, way = walk.window(layer, unit), ""
    if window is not None:
        texts = [short(float(f"{x:.2g}")) for x in window.patch.ravel()[:_SEEN]]
        texts += ["…"] * (window.patch.size > _SEEN)
        way = f"{'mean' if window.winner is None else 'max'}({', '.join(texts)})"
    elif len(inputs) == built.units:
        way = x = short(float(inputs[unit, column]))
        if isinstance(built, DropoutLayer):
            way = f"{x} · {short(float(built.mask[unit, column]))}"
    said = [f"a = {way} = {short(float(built.a[unit, column]))}"] if way else []
    return [*said, _left_out(walk, built)] if isinstance(built, DropoutLayer) else said


def _left_out(walk: Walk, built: DropoutLayer) -> str:
    """Return how many numbers a Dropout sets to 0."""
    out = int((built.mask[:, walk.column] == 0).sum())
    said = _tr("{out} of {count} numbers are set to 0 for this sample.")
    if not walk.is_batch:
        said = _tr("Of a sample alone, as in prediction, all {count} numbers stay.")
    return said.format(out=out, count=built.units)


def made_lines(walk: Walk, layer: int, unit: int) -> list[SumLine]:
    """Return how a layer without weights comes to one of its numbers; nothing of others."""
    if layer < 0 or walk.layers[layer].weights.size:
        return []
    built = walk.layers[layer]
    if isinstance(built, BatchNormLayer):
        return _norm_lines(walk, built, layer, unit)
    return [SumLine(way, kind="note") for way in _way_of(walk, layer, unit)]


def _norm_lines(walk: Walk, built: BatchNormLayer, layer: int, unit: int) -> list[SumLine]:
    channel, (mean, variance) = channel_of(built, unit), walk.spread(layer)
    x, a = (float(v[unit, walk.column]) for v in (walk.passes.inputs(layer), built.a))
    numbers = (x, mean[channel], variance[channel], built.gamma[channel, 0], built.beta[channel, 0])
    said = _tr("μ and σ² of the batch") if walk.is_batch else _tr("μ and σ²: the moving averages")
    symbols = zip(("x", "μ", "σ²", "γ", "β"), numbers, strict=True)
    lines = [SumLine(symbol, result=short(float(number))) for symbol, number in symbols]
    told = [_in_brackets(float(number)) for number in numbers]
    assert isinstance(built.spec, BatchNorm)
    told.append(short(built.spec.epsilon))
    way = "a = {3} · ({0} − {1}) / √({2} + {5}) + {4}".format(*told)
    return [SumLine(said, kind="note"), *lines, SumLine(way, result=short(a), kind="answer")]


def _loss_lines(walk: Walk) -> list[SumLine]:
    """Return what the row that is shown loses, output by output, and what the batch does."""
    passes, column = walk.passes, walk.column
    a, y = walk.layers[-1].a[:, column], passes.targets[:, column]
    names, symbol = output_titles(passes.problem), "ℓ" if walk.is_batch else "L"
    order = np.argsort(-np.abs(a - y), kind="stable")[:_TERMS]
    lines = []
    for i in sorted(order[:_TERMS].tolist()):
        left, right, off = (short(float(each[i])) for each in (a, y, a - y))
        lines.append(SumLine(names[i], "", left, "−", right, "=", off))
    loss = exact(float(passes.losses[column]))
    way = f"{symbol} = {_loss_way(walk, order[:_FEW].tolist())}"
    lines.append(SumLine(way, result=loss, kind="answer"))
    if walk.is_batch:
        said = _tr("L: over the {count} samples of the batch")
        lines.append(
            SumLine(
                said.format(count=count(passes.rows)), result=exact(passes.value), kind="answer"
            )
        )
    return lines


def _loss_way(walk: Walk, outputs: list[int]) -> str:
    """Return the loss of the row that is shown, with the numbers of these of its outputs."""
    passes, column, name = walk.passes, walk.column, walk.passes.loss.name
    z, a, targets = walk.layers[-1].z[:, column], walk.layers[-1].a[:, column], passes.targets
    y, terms = targets[:, column], list[str]()
    if name == "categorical_crossentropy":
        return f"−ln {exact(float(a[y.argmax()]))}"
    for i in sorted(outputs):
        off, target = float(a[i] - y[i]), float(y[i])
        term = f"{_in_brackets(off)}²"
        if name == "mean_absolute_error":
            term = f"|{short(off)}|"
        elif name == "binary_crossentropy":
            logs = ((target, float(a[i])), (1 - target, float(1 - a[i])))
            term = " + ".join(f"{short(share)} · ln {exact(one)}" for share, one in logs)
        elif name == "perceptron":
            term = f"max(0, −{_in_brackets(target)} · {_in_brackets(float(z[i]))})"
        terms.append(term)
    terms += ["…"] * (len(outputs) < y.size)
    parts = (y.size if passes.loss.averages_outputs else 1) * (1 + name.startswith("half"))
    sign, added = "−" * (name == "binary_crossentropy"), " + ".join(terms)
    if parts == 1:
        return f"−({added})" if sign else added
    return f"{sign}1/{parts} · ({added})"
