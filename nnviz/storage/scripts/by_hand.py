"""Changes made by hand in a run that a script can make again, and where they come."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from itertools import groupby

import numpy as np

from nnviz.engine.layers import Conv2D, pair
from nnviz.errors import InvalidChoiceError
from nnviz.storage.scripts.text import Lines, block, number
from nnviz.training.edits import Edit, SetTraining, SetWeight
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Problem

_CONSTANTS = {"learning_rate": "RATE"} | {
    name: name.upper() for name in ("l1", "l2", "clip_norm", "clip_value", "batch_size")
}
"""What a script calls the settings that a run can follow."""


_OFF = {"l1": 0.0, "l2": 0.0, "clip_norm": math.inf, "clip_value": math.inf}
"""What a setting is that may be off, where an edit makes something of it."""


def starting_values(experiment: Experiment) -> dict[str, float]:
    """Return the settings that only an edit switches on, with what they are before."""
    training = experiment.training
    switched = {edit.setting for edit in experiment.edits if isinstance(edit, SetTraining)}
    return {name: _OFF[name] for name in _OFF if name in switched and not getattr(training, name)}


def with_all_on(experiment: Experiment) -> Experiment:
    """Return the Experiment without its edits, with all on that they ever switch on."""
    asked, off = dataclasses.replace(experiment, edits=()), starting_values(experiment)
    for edit in experiment.edits:
        if isinstance(edit, SetTraining) and edit.setting in off and edit.value:
            asked = asked.change("training", **{edit.setting: edit.value})
    return asked


def check_by_hand(experiment: Experiment, rows: int) -> None:
    """Refuse what a script of so many training rows cannot make again.

    Raises
    ------
    InvalidChoiceError
        If there is such a change.
    """
    training = experiment.training
    edits = experiment.edits
    remedy = (
        "Reset first, to train the network as it is now anew; or export one that only predicts."
    )
    looks = training.schedule == "plateau" or training.stop_when != "never"
    for hinders, sentence in (
        (
            not all(_is_repeated(edit, experiment, rows) for edit in edits),
            "Of changes made by hand a script repeats only weights and settings of training.",
        ),
        (
            edits and looks,
            "Where losses decide on rates or the end, a script cannot repeat changes made by hand.",
        ),
        (
            edits and edits[-1].epoch >= training.epochs,
            "A script ends with the last epoch asked for, but a change was made after it.",
        ),
    ):
        if hinders:
            raise InvalidChoiceError(sentence, remedy)


def _is_repeated(edit: Edit, experiment: Experiment, rows: int) -> bool:
    if isinstance(edit, SetTraining) and edit.setting == "batch_size":
        # All rows at once are another loop.
        return max(edit.value or rows, experiment.training.batch_size or rows) < rows
    return isinstance(edit, SetTraining | SetWeight)


def lines_by_hand(
    problem: Problem, edits: tuple[Edit, ...], put: Callable[[int, str, str, str], str]
) -> Lines:
    """Return the lines that make edits again, at the beginning of an epoch.

    `put` makes the line that sets a number of a layer: the layer's place, W or b, index and value.
    """
    lines, layers = Lines(), problem.experiment.network.layers
    for epoch, together in groupby(edits, lambda edit: edit.epoch):
        made = Lines()
        for edit in together:
            if isinstance(edit, SetTraining):
                value = _OFF[edit.setting] if edit.value is None else edit.value
                made.append(f"{_CONSTANTS[edit.setting]} = {number(value)}")
            elif isinstance(edit, SetWeight):
                layer, index = layers[edit.layer], [edit.unit]
                if edit.input is not None and isinstance(layer, Conv2D):
                    shape = (problem.shapes[edit.layer][0], *pair(layer.kernel_size))
                    index += map(int, np.unravel_index(edit.input, shape))
                elif edit.input is not None:
                    index.append(edit.input)
                name, place = "b" if edit.input is None else "W", ", ".join(map(str, index))
                made.append(put(edit.layer, name, place, number(edit.value)))
        lines.append(block(f"if epoch == {epoch}:  # changed by hand", *made))
    return lines
