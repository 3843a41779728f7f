"""Which engine trains: what an Experiment asks decides, and what is installed; never a clock."""

from __future__ import annotations

from nnviz.engine.kernel.description import covers
from nnviz.engine.kernel.engine import CompiledEngine
from nnviz.engine.kernel.library import library
from nnviz.engine.network import Network
from nnviz.engine.training import Method
from nnviz.training.experiment import Experiment, TrainingChoice
from nnviz.training.setting import Option, Setting

COMPILED, NUMPY = "compiled", "numpy"
"""Names of the engines, as results have them."""

ENGINE = Setting(
    "training.engine",
    "Engine",
    "What does the arithmetic of training.",
    {
        "auto": Option(
            "Fastest",
            "The compiled engine where it is installed: many times faster, and the same bits on"
            " every computer.",
            "fastest",
        ),
        "numpy": Option("NumPy", "The one to read: slower, and everywhere.", "NumPy"),
    },
)
"""The setting; without the compiled engine both mean NumPy."""


def engine_name(experiment: Experiment) -> str:
    """Return which engine trains an experiment on this computer."""
    choice = experiment.training
    is_covered = covers(experiment.network.layers, choice.loss, choice.optimizer)
    wanted = choice.engine == "auto" and is_covered
    return COMPILED if wanted and library() is not None else NUMPY


def compiled_engine(
    choice: TrainingChoice, network: Network, method: Method, largest_batch: int
) -> CompiledEngine | None:
    """Return the compiled engine for a network and a method; None where NumPy trains them."""
    found = library() if choice.engine == "auto" else None
    if found is None or not covers(network.specs, method.loss.name, method.optimizer.name):
        return None
    return CompiledEngine(network, method, found, largest_batch)
