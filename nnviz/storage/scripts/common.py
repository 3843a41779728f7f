"""What scripts that train have in common, whatever does the arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.choices import resolve
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.storage.scripts.by_hand import starting_values
from nnviz.storage.scripts.layers import LayerCode
from nnviz.storage.scripts.snippets import (
    CLASSES,
    DRAWS,
    FEATURE_CODE,
    FIRST_CODE,
    METRIC_CODE,
    SCHEDULE_CODE,
    STOP_CODE,
)
from nnviz.storage.scripts.text import (
    Lines,
    array,
    block,
    comment,
    indented,
    listed,
    number,
    quoted,
    settings,
    title,
    told,
    wrapped,
)
from nnviz.training.experiment import Experiment
from nnviz.training.presets import title_of
from nnviz.training.problem import Problem, layer_sizes
from nnviz.training.splits import may_have_gaps

Arrays = Mapping[str, NDArray[np.generic]]

_INLINE_ROWS, _INLINE_NUMBERS = 12, 500
"""Of more samples a file is written beside the script."""

_REPORTS = 10
_LONGEST_SIZES = 30
_NAMED = 24
_AT_ONCE = 1000
"""Pictures that are judged at a time: the windows of all would take a lot of memory."""


def whole(problem: Problem, about: str, note: str, *parts: str) -> str:
    """Return a script: what it is, a note, the imports that its parts need, and they."""
    body = "\n\n\n".join(part.strip("\n") for part in parts if part)
    sizes = layer_sizes(problem)
    network = f"a {sizes} network" if len(sizes) <= _LONGEST_SIZES else "a network"
    head = f"{title_of(problem.experiment)}: {network}, {about}"
    standard = [f"import {name}" for name in ("math", "sys") if f"{name}." in body]
    standard += ["from pathlib import Path"] if "Path(" in body else []
    others = ["import numpy as np"]
    if "torch." in body:
        others += ["import torch"]
        others += ["import torch.nn.functional as F"] if "F." in body else []
        others += ["from torch import nn"]
    imports = "\n\n".join("\n".join(lines) for lines in (standard, others) if lines)
    return f'"""{wrapped(told(head))}\n\n{wrapped(told(note))}\n"""\n\n{imports}\n\n{body}\n'


def trains_again(
    problem: Problem, asked: Experiment, file: str, library: str, wrap: str, *parts: str
) -> tuple[str, Arrays]:
    """Return a script that trains with a library, and the arrays in `file` beside it.

    `wrap` makes of a prepared array what the library takes; the parts follow settings and samples.
    """
    read, arrays = samples(problem, file, wrap)
    numbers = constants(problem, starting_values(asked))
    note, about = _again(problem, arrays, file), f"trained with {library}."
    return whole(problem, about, note, numbers, read, *parts), arrays


def _again(problem: Problem, arrays: Arrays, file: str) -> str:
    """Return the note of a script that trains again."""
    note = "Written by nnviz: the same samples, first weights and steps, so the same loss."
    if any(problem.judged[name].rows < part.rows for name, part in problem.parts.items()):
        note += " (It is of all rows here; nnviz looks at a few thousand.)"
    return note + (f" Its samples are in {file}, which must lie beside it." if arrays else "")


def is_fused(problem: Problem) -> bool:
    """Return whether the loss is a function of the last z, and not of the last a."""
    return bool(LOSSES[problem.experiment.training.loss].fused_with)


# ------------------------------------------------------------------------------------ the settings


def constants(problem: Problem, starting: Mapping[str, float]) -> str:
    """Return the numbers of an Experiment, each with what it does.

    `starting` has those that are something else in the problem, where they are only on later.
    """
    training, network = problem.experiment.training, problem.experiment.network
    values: dict[str, tuple[float, str]] = {
        "EPOCHS": (training.epochs, "How often all samples are seen."),
        "RATE": (training.learning_rate, "The learning rate."),
        "SEED": (training.seed, "Of the first weights, and of the order of samples."),
    }
    if has_batches(problem):
        values["BATCH_SIZE"] = (training.batch_size or 0, "Samples per update.")
    for entry, chosen in (
        (SCHEDULES[training.schedule], training.schedule_values),
        (OPTIMIZERS[training.optimizer], training.optimizer_values),
        (INITIALIZERS[network.initializer], network.initializer_values),
    ):
        numbers = resolve(entry.parameters, chosen, "")
        for one in entry.parameters:
            value = numbers[one.name]
            counted = one.name in ("every", "patience")
            values[one.name.upper()] = (math.floor(value) if counted else value, one.description)
    for name, why in (
        ("l1", "Strength of the penalty |w|."),
        ("l2", "Strength of the penalty w²/2."),
        ("clip_norm", "The largest length of the gradient."),
        ("clip_value", "The largest size of each number of the gradient."),
    ):
        if getattr(training, name):
            values[name.upper()] = (starting.get(name, getattr(training, name)), why)
    if training.stop_when != "never":
        values["STOP_VALUE"] = (training.stop_value, f"Ends early: {training.stop_when}.")
    return settings(values)


def has_batches(problem: Problem) -> bool:
    """Return whether an epoch takes several updates."""
    return 0 < (problem.experiment.training.batch_size or 0) < problem.train.rows


# ------------------------------------------------------------------------------------- the samples


def samples(problem: Problem, file: str, wrap: str) -> tuple[str, Arrays]:
    """Return the lines that make `parts` of the samples, and what is in the file they read."""
    dataset, arrays = problem.dataset, dict[str, NDArray[np.generic]]()
    for name, part in problem.parts.items():
        arrays[f"x_{name}"] = dataset.inputs[part.index]
        arrays[f"y_{name}"] = dataset.targets[part.index]
    inline = problem.rows.size <= _INLINE_ROWS and dataset.inputs.size <= _INLINE_NUMBERS
    if inline:
        entries = [f"{quoted(name)}: {array(values)}," for name, values in arrays.items()]
        read = "\n".join(["data = {", *indented(entries), "}"])
    else:
        read = loaded("data", file)
    before, prepared = input_lines(problem, "data")
    prepared += _target_lines(problem)
    both = f"{wrap.format('x')}, {wrap.format('y')}"
    if len(problem.parts) == 1:
        cast = [] if both == "x, y" else [f"x, y = {both}"]
        read_first = 'x, y = data["x_train"], data["y_train"]'
        ready = [read_first, *prepared, *cast, 'parts = {"train": (x, y)}']
    else:
        loop = block(
            f"for part in {tuple(problem.parts)}:".replace("'", '"'),
            'x, y = data[f"x_{part}"], data[f"y_{part}"]',
            *prepared,
            f"parts[part] = {both}",
        )
        ready = ["parts = {}", loop, 'x, y = parts["train"]']
    columns = "pixels" if dataset.image_shape else _named(dataset.feature_names)
    about = f"A row of x has {columns}; y is {dataset.target_name or 'the target'}"
    about += f" ({_named(dataset.class_names)})." if dataset.class_names else "."
    if may_have_gaps(problem.experiment.data):
        about += " They are of a table: its words are columns of 0 and 1, and its gaps are filled."
    lines = [title("samples"), comment(about), read, *before, *_target_scale(problem)]
    lines += ready
    return "\n".join(lines), {} if inline else arrays


def _named(names: tuple[str, ...]) -> str:
    return ", ".join((*names[:_NAMED], *(["…"] if len(names) > _NAMED else [])))


def loaded(name: str, file: str) -> str:
    """Return the lines that read the arrays in the file beside a script."""
    place = f"Path(__file__).with_name({quoted(file)})"
    return block(f"with np.load({place}) as file:", f"{name} = dict(file)")


def input_lines(problem: Problem, source: str) -> tuple[Lines, Lines]:
    """Return the lines that prepare raw x, and those before; means are in "data" or "saved"."""
    data, dataset, lines = problem.experiment.data, problem.dataset, Lines()
    before: Lines = []
    planar = dataset.is_planar and data.features != ("x", "y")
    if planar:
        made = (FEATURE_CODE[key] for key in data.features)
        lines += ["first, second = x.T", listed(made, "x = np.column_stack([", "])")]
    unit = "" if dataset.input_unit == 1.0 else f" * {number(dataset.input_unit)}"
    if data.standardize_inputs:
        scaler = problem.input_scaler
        if source == "saved":
            before.append('mean, deviation = saved["input.mean"], saved["input.deviation"]')
        elif planar or data.points:
            before.append(f"mean = {array(scaler.mean)}\ndeviation = {array(scaler.scale)}")
        else:
            before.append(f'mean = data["x_train"].mean(axis=0){unit}')
            before.append(f'deviation = data["x_train"].std(axis=0){unit}')
            if (np.ptp(dataset.inputs[problem.train.index], axis=0) == 0).any():
                constant = 'np.ptp(data["x_train"], axis=0) == 0'
                before.append(f"deviation[{constant}] = 1  # what is constant becomes 0")
        lines.append(f"x = (x{unit} - mean) / deviation")
    elif unit:
        lines.append(f"x = x{unit}")
    if len(problem.shapes[0]) > 1:
        lines.append(f"x = x.reshape{(-1, *problem.shapes[0])}")
    return before, lines


def _target_scale(problem: Problem) -> Lines:
    if not problem.standardizes_target:
        return []
    if problem.experiment.data.points:
        scaler = problem.target_scaler
        mean, scale = number(scaler.mean[0]), number(scaler.scale[0])
        return [f"y_mean, y_deviation = {mean}, {scale}"]
    return ['y_mean, y_deviation = data["y_train"].mean(), data["y_train"].std()']


def _target_lines(problem: Problem) -> Lines:
    if problem.dataset.task == "regression":
        return ["y = (y - y_mean) / y_deviation"] if problem.standardizes_target else []
    made = "y[:, None]" if problem.outputs == 1 else f"np.eye({problem.outputs})[y]"
    return [f"y = 2 * {made} - 1" if problem.plus_minus else f"y = {made}"]


# ------------------------------------------------------------------------------------- the network


def first_weights(problem: Problem, codes: list[LayerCode], *, learned_only: bool = False) -> str:
    """Return how the first parameters are drawn, in the order of nnviz, and what else is kept."""
    name = problem.experiment.network.initializer
    spread, draw = FIRST_CODE[name]
    entry, lines = INITIALIZERS[name], Lines()
    pictures = len(problem.shapes[0]) > 1
    if "fan" in spread and pictures:
        lines.append("fan_in = math.prod(shape[1:])")
        if "fan_out" in spread:
            lines.append("fan_out = shape[0] * math.prod(shape[2:])")
    elif "fan" in spread:
        lines.append("fan_out, fan_in = shape" if "fan_out" in spread else "_, fan_in = shape")
    if "(" in spread:
        lines.append(f"spread = {spread}")
        spread = "spread"
    drawn = DRAWS[draw].format(spread=spread, shape="shape", dtype="")
    cast = ".astype(np.float32)" if problem.dtype == np.float32 else ""
    doc = f'"""{entry.title}: {entry.formula}."""'
    function = block("def first_weights(shape):", doc, *lines, f"return {drawn}{cast}")
    begins = [
        f"{name} = {how}"
        for code in codes
        for name, how in code.begin.items()
        if name in code.learned or not learned_only
    ]
    learned = [name for code in codes for name in code.learned]
    averages = [name for code in codes for name in code.averages]
    return "\n".join(
        [
            title("network"),
            "rng = np.random.default_rng([SEED, 0])\n\n",
            f"{function}\n\n",
            "# A row of W holds the weights of one neuron.",
            *begins,
            listed(learned, "parameters = [", "]"),
            *([listed(averages, "averages = [", "]")] if averages and not learned_only else []),
        ]
    )


# ------------------------------------------------------------------------------------- the figures


def figures(problem: Problem, metric_words: Mapping[str, str], loss: str, answer: Lines) -> str:
    """Return the functions that say how good the network is, given what `answer` calls a."""
    name = problem.metric.name
    single = f"({{}}[:, 0] > {problem.decision_threshold:g})"
    decided = "{}.argmax(1)" if problem.outputs > 1 else single
    said, right, classes = decided.format("a"), decided.format("y"), ""
    if problem.sample_weights is not None:
        classes = "\n\n" + CLASSES.format(decided=said).rstrip()
        said, right = "classes(a)", "classes(y)"
    metric = METRIC_CODE[name].format(said=said, right=right, **metric_words).rstrip() + classes
    power = LOSSES[problem.experiment.training.loss].unit_power
    unit = f" * y_deviation**{power}" if problem.standardizes_target and power else ""
    doc = f'"""Return the loss and the {_called(problem)} of a part of the samples."""'
    lines = ["x, y = parts[part]", *answer, f"return {loss}{unit}, {name}(a, y)"]
    return f"{metric.strip()}\n\n\n{block('def figures(part):', doc, *lines)}"


def _called(problem: Problem) -> str:
    return "accuracy" if problem.metric.name == "accuracy" else problem.metric.title


def outputs_of(problem: Problem, call: str, join: str) -> str:
    """Return how all rows of x are answered by a function, pictures some at a time and joined."""
    if len(problem.shapes[0]) == 1:
        return f"{call}(x)"
    some = f"x[i : i + {_AT_ONCE}]"
    return f"{join}([{call}({some}) for i in range(0, len(x), {_AT_ONCE})])"


# ------------------------------------------------------------------------------------ the training


def sample_weights(problem: Problem, wrap: str = "{}", column: str = "[:, None]") -> Lines:
    """Return how much each sample counts, where classes are to count the same."""
    if problem.sample_weights is None:
        return []
    return [
        "# All classes together count the same, whatever their sizes.",
        "_, which, counts = np.unique(classes(y), return_inverse=True, return_counts=True)",
        f"weights = {wrap.format('(len(y) / (len(counts) * counts))[which]')}{column}",
    ]


def loop(
    problem: Problem, parts: tuple[Lines, Lines], *, before: Lines, copy: str, restore: Lines
) -> str:
    """Return the loop over the epochs.

    Parameters
    ----------
    parts
        The lines that begin an epoch; those of one update, given the samples as ``{x}``, ``{y}``,
        ``{weights}``, ``{rate}``.
    before, copy, restore
        Lines before the first epoch; how the network is copied, and that copy put back.
    """
    training = problem.experiment.training
    schedule, stop = SCHEDULE_CODE[training.schedule], STOP_CODE[training.stop_when]
    rate = "RATE" if schedule.rate == "RATE" else "rate"
    validated = problem.chosen_by == "validation"
    by_hand, update = parts
    lines = [*by_hand]
    lines += [f"rate = {schedule.rate}"] if schedule.rate not in ("", "RATE") else []
    words = {"x": "x", "y": "y", "weights": "weights", "rate": rate, "n": "len(x)"}
    before = [*before, *schedule.before, *stop.before]
    if has_batches(problem):
        rows = "slice(start, start + BATCH_SIZE)"
        if training.shuffle:
            before += ["chance = np.random.default_rng([SEED, 1])", "order = np.arange(len(x))"]
            lines.append("chance.shuffle(order)")
            rows = "order[start : start + BATCH_SIZE]"
        words |= {name: f"{name}[rows]" for name in ("x", "y", "weights")}
        words["n"] = "len(x[rows])"
        filled = [line.format(**words) for line in update]
        batch = block("for start in range(0, len(x), BATCH_SIZE):", f"rows = {rows}", *filled)
        lines.append(batch)
    else:
        lines += [line.format(**words) for line in update]
    every = max(1, training.epochs // _REPORTS)
    said = "print(f\"epoch {epoch + 1}: loss {figures('train')[0]:.6g}\")"
    lines.append(said if every == 1 else f"if (epoch + 1) % {every} == 0:\n    {said}")
    lines += [one.format(watched="validation" if validated else "train") for one in schedule.after]
    lines += [one.format(watched=problem.chosen_by, copy=copy) for one in stop.after]
    end = restore if training.stop_when == "validation_loss_rises" else []
    shown = ".1%" if problem.metric.name == "accuracy" else ".4f"
    last = block(
        "for part in parts:",
        "error, figure = figures(part)",
        f'print(f"{{part}}: loss {{error:.6g}}, {_called(problem)} {{figure:{shown}}}")',
    )
    return "\n".join(
        [title("training"), *before, block("for epoch in range(EPOCHS):", *lines), *end, "", last]
    )
