"""The script that trains an Experiment again, with NumPy alone."""

from __future__ import annotations

import numpy as np

from nnviz.engine.layers import LayerSpec
from nnviz.engine.losses import LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.storage.scripts import common
from nnviz.storage.scripts.by_hand import lines_by_hand
from nnviz.storage.scripts.layers import HELPERS, LayerCode, layer_codes
from nnviz.storage.scripts.snippets import ACTIVATION_CODE, LOSS_CODE, OPTIMIZER_CODE
from nnviz.storage.scripts.text import WIDTH, Lines, block, comment, listed, title
from nnviz.training.edits import Edit
from nnviz.training.experiment import Experiment
from nnviz.training.layer_choices import layer_title
from nnviz.training.problem import Problem

_SHOWN = 8
"""Of so many samples of so many numbers at most, each answer is printed at the end."""


def numpy_script(problem: Problem, asked: Experiment, file: str) -> tuple[str, common.Arrays]:
    """Return the script of what is asked, edits and all, and the arrays in `file` beside it."""
    wrap = "{}.astype(np.float32)" if problem.dtype == np.float32 else "{}"
    codes = layer_codes(problem)
    return common.trains_again(
        problem,
        asked,
        file,
        "NumPy alone",
        wrap,
        common.first_weights(problem, codes),
        functions(problem, codes, back=True),
        answers(problem, layer_codes(problem, predicting=True)),
        _gradients(problem, codes),
        _figures(problem),
        _training(problem, codes, asked.edits),
        _table(problem),
    )


def functions(problem: Problem, codes: list[LayerCode], *, back: bool) -> str:
    """Return the activations and helpers that the layers use, with those for the way back."""
    names = dict.fromkeys(name for code in codes for name in code.helpers)
    activations = dict.fromkeys(spec.activation for spec in problem.experiment.network.layers)
    texts = [ACTIVATION_CODE[name].source for name in activations]
    texts += [HELPERS[name] for name in names if back or not _is_for_way_back(name)]
    return "\n\n\n".join(text.strip("\n") for text in texts if text)


def _is_for_way_back(name: str) -> bool:
    return name in ("spread", "kernel_gradient") or name.endswith("_back")


def answers(problem: Problem, codes: list[LayerCode]) -> str:
    """Return the function from samples to the last layer's a, or to its z."""
    *hidden, last = codes
    call = ACTIVATION_CODE[problem.experiment.network.layers[-1].activation].call
    what, answer = "answers", f"{call}({last.total})" if call else last.total
    if common.is_fused(problem):
        what, answer = "answers before its last activation", last.total
    lines = [line for code in hidden for line in code.predicting]
    doc = f'"""Return what the network {what}; samples are rows."""'
    return block("def outputs(x):", doc, *lines, f"return {answer}")


def _gradients(problem: Problem, codes: list[LayerCode]) -> str:
    training, layers = problem.experiment.training, problem.experiment.network.layers
    k, lines = len(codes), Lines()
    for place, code in enumerate(codes):
        if code.begin:  # what other layers do is there to be read
            lines.append(f"# {_name(layers, place)}")
        needs_z = place == k - 1 and "{z}" in LOSS_CODE[training.loss].slope
        lines += [f"z{k} = {code.total}"] if needs_z else code.training
    lines.append("# And back: d is dL/dz of a layer.")
    onward = _slope(problem, k)
    first = next(place for place, code in enumerate(codes) if code.learned)
    for place in reversed(range(first, k)):
        code, fused = codes[place], place == k - 1 and common.is_fused(problem)
        lines += _delta(place + 1, onward, code.back, layers[place], fused=fused)
        onward = code.onward
        penalty = _penalty(problem, code.weights) if code.weights else ""
        lines += [
            line + penalty if line.startswith(f"d{code.weights} ") else line
            for line in code.gradients
        ]
    names = (f"d{name}" for code in codes for name in code.learned)
    answer = listed(names, "return [", "]", WIDTH - 4)
    weighted = ", weights" if problem.sample_weights is not None else ""
    doc = '"""Return dL/dp of each parameter p, for a batch of samples as rows."""'
    return block(f"def gradients(x, y{weighted}):", doc, *lines, answer)


def _name(layers: tuple[LayerSpec, ...], place: int) -> str:
    return f"{layer_title(layers, place)}: {layers[place].formula}"


def _slope(problem: Problem, k: int) -> str:
    """Return the slope of what is minimised, after the last a (or z)."""
    training, loss = problem.experiment.training, LOSSES[problem.experiment.training.loss]
    slope = LOSS_CODE[loss.name].slope.format(a=f"a{k}", z=f"z{k}")
    size = f"a{k}.size" if loss.averages_outputs and problem.outputs > 1 else "len(x)"
    slope = f"weights * {slope}" if problem.sample_weights is not None else slope
    if training.reduction == "sum":
        return slope
    twice = " / len(x)" if training.reduction == "mean_twice" else ""
    return f"{slope} / {size}{twice}"


def _delta(k: int, onward: str, back: str, spec: LayerSpec, *, fused: bool) -> Lines:
    """Return how d of a layer comes about."""
    if fused:
        return [f"d{k} = {onward}"]
    if spec.activation == "softmax":
        share = f"(a{k} * (da{k} - (da{k} * a{k}).sum(axis=1, keepdims=True)))"
        return [f"da{k} = {onward}", f"d{k} = {share}"]
    return [f"d{k} = {back.format(g=onward)}"]


def _penalty(problem: Problem, weights: str) -> str:
    training = problem.experiment.training
    l2 = f" + L2 * {weights}" if training.l2 else ""
    return l2 + (f" + L1 * np.sign({weights})" if training.l1 else "")


def _figures(problem: Problem) -> str:
    training = problem.experiment.training
    loss, code = LOSSES[training.loss], LOSS_CODE[training.loss]
    of = "z" if common.is_fused(problem) else "a"
    doc = f'"""{loss.title}: {loss.formula}"""'
    each = f"return ({code.each}).mean()"
    function = block(f"def loss({of}, y):", doc, *code.before, each)
    answer = [f"{of} = {common.outputs_of(problem, 'outputs', 'np.concatenate')}"]
    if of == "z":
        answer.append(f"a = {loss.fused_with}(z)")
    figures = common.figures(problem, {"mean": "mean()"}, f"loss({of}, y)", answer)
    return f"{title('figures')}\n\n\n{function}\n\n\n{figures}"


def _training(problem: Problem, codes: list[LayerCode], edits: tuple[Edit, ...]) -> str:
    training = problem.experiment.training
    optimizer, code = OPTIMIZERS[training.optimizer], OPTIMIZER_CODE[training.optimizer]
    counts = any("step" in line for line in code.lines)
    before = [f"{name} = [np.zeros_like(p) for p in parameters]" for name in code.memory]
    before += ["step = 0"] if counts else []
    before += common.sample_weights(problem)
    weights = ", {weights}" if problem.sample_weights is not None else ""
    update = ["step += 1"] if counts else []
    update.append(f"slopes = gradients({{x}}, {{y}}{weights})")
    if training.clip_norm:
        total = "math.sqrt(sum(float((g**2).sum()) for g in slopes))"
        shorter = "slopes = [g * min(1, CLIP_NORM / (length + 1e-6)) for g in slopes]"
        update += [f"length = {total}", shorter]
    if training.clip_value:
        update.append("slopes = [np.clip(g, -CLIP_VALUE, CLIP_VALUE) for g in slopes]")
    letters = ", ".join(["p", "g", *code.memory.values()])
    lists = ", ".join(["parameters", "slopes", *code.memory])
    update.append(comment(f"{optimizer.title}: {optimizer.formula}", WIDTH - 8))
    update.append(block(f"for {letters} in zip({lists}):", *code.lines))
    all_of_it = "parameters + averages" if any(code.averages for code in codes) else "parameters"
    restore = [
        "# Back to the network of the smallest loss.",
        f"for p, best_p in zip({all_of_it}, kept):\n    p[...] = best_p",
    ]
    copy = f"[p.copy() for p in {all_of_it}]"
    by_hand = lines_by_hand(problem, edits, lambda i, name, at, to: f"{name}{i + 1}[{at}] = {to}")
    return common.loop(problem, (by_hand, update), before=before, copy=copy, restore=restore)


def _table(problem: Problem) -> str:
    """Return the lines that show what few samples are answered with, and what is expected."""
    data = problem.experiment.data
    scaled = data.standardize_inputs or problem.standardizes_target
    if scaled or problem.rows.size > _SHOWN or problem.shapes[0] > (_SHOWN,):
        return ""
    fused = LOSSES[problem.experiment.training.loss].fused_with
    found = f"{fused}(outputs(x))" if fused else "outputs(x)"
    said = 'print(row, "->", answer.round(4), "expected", expected)'
    return block(f"for row, answer, expected in zip(x, {found}, y):", said)
