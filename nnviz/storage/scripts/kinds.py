"""The kinds of scripts there are, and what none of them can say."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nnviz.engine.arrays import FloatArray
from nnviz.errors import InvalidChoiceError
from nnviz.storage.parameters import npz
from nnviz.storage.scripts.by_hand import check_by_hand, with_all_on
from nnviz.storage.scripts.common import Arrays
from nnviz.storage.scripts.layers import LAYER_CODE
from nnviz.storage.scripts.numpy_script import numpy_script
from nnviz.storage.scripts.predict_script import predict_script
from nnviz.storage.scripts.torch_script import torch_script
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Problem


@dataclass(frozen=True)
class ScriptKind:
    """A kind of script.

    Parameters
    ----------
    title
        As the system's dialog offers it.
    made
        Makes the script of a problem, flat parameters, the whole of what was asked, and the name
        of the file beside it.
    beside
        What the name of that file ends in.
    trains
        Whether it begins a run anew; else it is of the network as it is.
    """

    title: str
    made: Callable[[Problem, FloatArray, Experiment, str], tuple[str, Arrays]]
    beside: str
    trains: bool = True


SCRIPTS = {
    "numpy": ScriptKind(
        "NumPy, trains again",
        lambda problem, parameters, asked, file: numpy_script(problem, asked, file),
        "data",
    ),
    "predict": ScriptKind(
        "NumPy, only predicts",
        lambda problem, parameters, asked, file: predict_script(problem, parameters, file),
        "parameters",
        trains=False,
    ),
    "pytorch": ScriptKind(
        "PyTorch, trains again",
        lambda problem, parameters, asked, file: torch_script(problem, asked, file),
        "data",
    ),
}
"""By the name that the command line has for them."""


def script_files(
    kind: ScriptKind, experiment: Experiment, problem: Problem, parameters: FloatArray, path: Path
) -> dict[Path, bytes]:
    """Return the content of a script for a place, and of the file beside it if it needs one.

    Parameters
    ----------
    experiment
        The whole of what was asked of the run.
    problem, parameters
        Data and network as they are now, its parameters flat.

    Raises
    ------
    InvalidChoiceError
        If a script cannot say what the run did, or would itself be taken for a library.
    """
    if path.stem in sys.stdlib_module_names | {"numpy", "torch"}:
        raise InvalidChoiceError(
            "Python would take {name} for the library that scripts import by this name.",
            "Choose another name.",
            name=path.name,
        )
    _check_layers(problem)
    if kind.trains:
        _check(experiment, problem)
        problem = problem.followed_by(with_all_on(experiment))
    beside = path.with_name(f"{path.stem}-{kind.beside}.npz")
    text, arrays = kind.made(problem, parameters, experiment, beside.name)
    return {path: text.encode()} | ({beside: npz(arrays)} if arrays else {})


def _check_layers(problem: Problem) -> None:
    for spec in problem.experiment.network.layers:
        if spec.kind not in LAYER_CODE:
            said, remedy = "A script has no words for {layer}.", "Export the parameters instead."
            raise InvalidChoiceError(said, remedy, layer=spec.title)


def _check(experiment: Experiment, problem: Problem) -> None:
    check_by_hand(experiment, problem.train.rows)
    training, network = experiment.training, experiment.network
    looks = training.schedule == "plateau" or training.stop_when != "never"
    sampled = any(problem.judged[name].rows < part.rows for name, part in problem.parts.items())
    by_hand = network.frozen or any(getattr(layer, "off", ()) for layer in network.layers)
    for hinders, sentence, remedy in (
        (
            by_hand,
            "A script trains all neurons and weights: none can be frozen or switched off.",
            "Let all learn, or export one that only predicts.",
        ),
        (
            looks and sampled,
            "This run is judged by a sample of its rows, which a script does not know.",
            "Choose another schedule than the plateau, and let no rule stop the run.",
        ),
    ):
        if hinders:
            raise InvalidChoiceError(sentence, remedy)
