"""The script that trains an Experiment again, with PyTorch."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from nnviz.engine.layers import BatchNorm, Dropout
from nnviz.engine.losses import LOSSES
from nnviz.errors import InvalidChoiceError
from nnviz.storage.scripts import common
from nnviz.storage.scripts.by_hand import lines_by_hand
from nnviz.storage.scripts.layers import LayerCode, layer_codes
from nnviz.storage.scripts.snippets import ACTIVATION_CODE, LOSS_CODE, OPTIMIZER_CODE
from nnviz.storage.scripts.text import Lines, block, indented, listed, title
from nnviz.training.edits import Edit
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Problem


def torch_script(problem: Problem, asked: Experiment, file: str) -> tuple[str, common.Arrays]:
    """Return the script of what is asked, edits and all, and the arrays in `file` beside it."""
    kind = f"torch.{problem.dtype.name}"
    cast = "double" if problem.dtype == np.float64 else "float"
    codes = layer_codes(problem)
    return common.trains_again(
        problem,
        asked,
        file,
        "PyTorch",
        f"torch.as_tensor({{}}).{cast}()",
        common.first_weights(problem, codes, learned_only=True),
        _model(problem, codes, kind),
        _figures(problem),
        _training(problem, codes, asked.edits),
    )


def _model(problem: Problem, codes: list[LayerCode], kind: str) -> str:
    layers = problem.experiment.network.layers
    modules = [module for code in codes for module in code.torch]
    if common.is_fused(problem) and ACTIVATION_CODE[layers[-1].activation].torch:
        modules.pop()  # the loss is of the last z
    apart = []
    if any(isinstance(spec, Dropout) for spec in layers):
        apart.append("# Its Dropout draws by PyTorch's own chance: the loss will only come close.")
    if any(isinstance(spec, BatchNorm) for spec in layers):
        _require_batches(problem)
        apart.append(
            "# Its BatchNorm keeps variances divided by n - 1: the loss will only come close."
        )
    copy = block(
        "with torch.no_grad():",
        block(
            "for p, first in zip(model.parameters(), parameters):",
            "p.copy_(torch.as_tensor(first).reshape(p.shape))",
        ),
    )
    made = [f"{module}," for module in modules]
    return "\n".join([*apart, "model = nn.Sequential(", *indented(made), f").to({kind})", copy])


def _require_batches(problem: Problem) -> None:
    """Refuse a mini-batch of one number for a mean, of which PyTorch takes no variance."""
    rows, size = problem.train.rows, problem.experiment.training.batch_size or 0
    layers = zip(problem.experiment.network.layers, problem.shapes, strict=False)
    alone = any(isinstance(spec, BatchNorm) and math.prod(n[1:]) == 1 for spec, n in layers)
    if alone and (size == 1 or rows % (size or rows + 1) == 1):
        raise InvalidChoiceError(
            "PyTorch’s BatchNorm takes no mini-batch of a single sample.",
            "Choose another batch size, or export a NumPy script.",
        )


def _figures(problem: Problem) -> str:
    loss = LOSSES[problem.experiment.training.loss]
    of = "z" if common.is_fused(problem) else "a"
    what = "output" if loss.averages_outputs else "sample"
    doc = f'"""{loss.title} of each {what}."""'
    function = block(f"def losses({of}, y):", doc, f"return {LOSS_CODE[loss.name].torch}")
    found = common.outputs_of(problem, "model", "torch.cat")
    answer = ["model.eval()", block("with torch.no_grad():", f"{of} = {found}")]
    if of == "z":
        module = ACTIVATION_CODE[loss.fused_with].torch
        answer.append(f"a = {module}(z)" if module else "a = torch.where(z >= 0, 1, -1)")
    mean = "double().mean()"
    figures = common.figures(problem, {"mean": mean}, f"losses({of}, y).mean()", answer)
    return f"{title('figures')}\n\n\n{function}\n\n\n{figures}"


def _training(problem: Problem, codes: list[LayerCode], edits: tuple[Edit, ...]) -> str:
    training = problem.experiment.training
    name, *given = OPTIMIZER_CODE[training.optimizer].torch
    made = listed(["model.parameters()", *given], f"optimizer = torch.optim.{name}(", ")")
    column = "[:, None]" if LOSSES[training.loss].averages_outputs else ""
    before = [made, *common.sample_weights(problem, "torch.as_tensor({})", column)]
    each = "losses(model({x}), {y})"
    each = f"({{weights}} * {each})" if problem.sample_weights is not None else each
    error = f"{each}.sum()" if training.reduction == "sum" else f"{each}.mean()"
    error += " / {n}" if training.reduction == "mean_twice" else ""
    update: Lines = ["model.train()", f"error = {error}"]
    if training.l1 or training.l2:
        kinds = "nn.Linear | nn.Conv2d"
        before.append(f"weights_only = [m.weight for m in model if isinstance(m, {kinds})]")
    for part, penalty in (("l2", "L2 / 2 * (w**2).sum()"), ("l1", "L1 * w.abs().sum()")):
        if getattr(training, part):
            update.append(f"error = error + sum({penalty} for w in weights_only)")
    update += ["optimizer.zero_grad()", "error.backward()"]
    for part in ("norm", "value"):
        if getattr(training, f"clip_{part}"):
            limit = f"(model.parameters(), CLIP_{part.upper()})"
            update.append(f"nn.utils.clip_grad_{part}_{limit}")
    rates = any(getattr(edit, "setting", "") == "learning_rate" for edit in edits)
    if training.schedule != "constant" or rates:
        update.append(block("for group in optimizer.param_groups:", 'group["lr"] = {rate}'))
    update.append("optimizer.step()")
    copy = "{name: kept.clone() for name, kept in model.state_dict().items()}"
    restore = ["model.load_state_dict(kept)  # back to the network of the smallest loss"]
    by_hand = lines_by_hand(problem, edits, partial(_put, codes))
    return common.loop(problem, (by_hand, update), before=before, copy=copy, restore=restore)


def _put(codes: list[LayerCode], layer: int, name: str, place: str, value: str) -> str:
    """Return the lines that set a weight or a bias of a layer."""
    before = sum(len(code.torch) for code in codes[:layer])
    own = next(i for i, m in enumerate(codes[layer].torch) if "Linear" in m or "Conv2d" in m)
    which = "weight" if name == "W" else "bias"
    set_it = f"model[{before + own}].{which}[{place}] = {value}"
    return block("with torch.no_grad():", set_it)
