"""The script that only predicts: a trained network's parameters, and NumPy."""

from __future__ import annotations

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.storage.parameters import named_parameters
from nnviz.storage.scripts import common
from nnviz.storage.scripts.layers import layer_codes
from nnviz.storage.scripts.numpy_script import answers, functions
from nnviz.storage.scripts.snippets import ACTIVATION_CODE
from nnviz.storage.scripts.text import Lines, block, comment, listed, number, quoted, title
from nnviz.training.problem import Problem
from nnviz.training.splits import may_have_gaps, medians

_FILLED = 'x = np.where(np.isnan(x), saved["input.gaps"], x)'
"""What stands for nan."""

_NAMED = 100
"""Inputs: of more, as of the pixels of a picture, none is named."""

_TABLE = (
    "Of a column with words, the input of the word is 1 and its others are 0. A date is days since"
    " 1970-01-01, or a year. Write nan for what is missing."
)


def predict_script(
    problem: Problem, parameters: FloatArray, file: str
) -> tuple[str, common.Arrays]:
    """Return the script for these parameters, flat, and the arrays in `file` beside it."""
    network = problem.blank_network(parameters)
    codes = layer_codes(problem, predicting=True)
    saved = [f"{name} = {how}" for code in codes for name, how in code.saved.items()]
    arrays = dict(named_parameters(network))
    if problem.experiment.data.standardize_inputs:
        arrays["input.mean"] = problem.input_scaler.mean
        arrays["input.deviation"] = problem.input_scaler.scale
    if may_have_gaps(problem.experiment.data):
        arrays["input.gaps"] = medians(problem.dataset, problem.train.index)
    read = [title("network"), common.loaded("saved", file), *saved]
    text = common.whole(
        problem,
        "trained by nnviz.",
        f"It answers for the numbers it is given. {file} must lie beside it.",
        "\n".join(read),
        functions(problem, codes, back=False),
        answers(problem, codes),
        _main(problem),
    )
    return text, arrays


def _main(problem: Problem) -> str:
    dataset, count = problem.dataset, problem.dataset.features
    asked = [block(f"if len(row) != {count}:", f'sys.exit("Give {count} numbers in a row.")')]
    if count <= _NAMED and dataset.image_shape is None:
        said = "sys.exit(f\"Give {len(inputs)} numbers: {', '.join(inputs)}.\")"
        asked = [
            listed(map(quoted, dataset.feature_names), "inputs = [", "]"),
            block("if len(row) != len(inputs):", said),
        ]
    before, prepared = common.input_lines(problem, "saved")
    is_table = may_have_gaps(problem.experiment.data)
    lines: Lines = [
        title("answer"),
        *([comment(_TABLE)] if is_table else []),
        "row = sys.argv[1:] or sys.stdin.read().split()",
        *asked,
        "x = np.array([row], float)",
        *([_FILLED] if is_table else []),
        *before,
        *prepared,
    ]
    cast = ".astype(np.float32)" if problem.dtype == np.float32 else ""
    lines.append(f"a = outputs(x{cast})")
    if common.is_fused(problem):
        call = ACTIVATION_CODE[problem.experiment.network.layers[-1].activation].call
        lines[-1] = f"a = {call}(outputs(x{cast}))"
    return "\n".join([*lines, *_said(problem)])


def _said(problem: Problem) -> Lines:
    """Return the lines that print the answer."""
    dataset = problem.dataset
    if dataset.task == "regression":
        scaler, name = problem.target_scaler, dataset.target_name
        value = "a[0, 0]"
        if problem.standardizes_target:
            value += f" * {number(scaler.scale[0])} + {number(scaler.mean[0])}"
        unit = f", {quoted(dataset.target_unit)}" if dataset.target_unit else ""
        return [f"print({quoted(name + ':')}, {value}{unit})"]
    names = listed(map(quoted, dataset.class_names), "names = [", "]")
    if problem.outputs == 1:
        decided = f"int(a[0, 0] > {problem.decision_threshold:g})"
        return [names, f"print(names[{decided}])", 'print(f"{a[0, 0]:10.4f}  {names[1]}")']
    each = block("for name, share in zip(names, a[0]):", 'print(f"{share:10.4f}  {name}")')
    return [names, "print(names[a[0].argmax()])", each]
