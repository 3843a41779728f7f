"""What stands below a picture: data set, network, epoch and seed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from nnviz.datasets.catalog import CATALOG
from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import translated
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Problem, activation_titles, layer_sizes
from nnviz.training.settings import SETTINGS


def caption(problem: Problem, epoch: int) -> str:
    """Return the line that says which run a picture shows, after how many epochs."""
    choice = problem.experiment
    template = QCoreApplication.translate(
        "Caption", "{data} · network {sizes} {activations} · epoch {epoch} · seed {seed}"
    )
    return template.format(
        data=translated(CATALOG[choice.data.sample].title),
        sizes=layer_sizes(problem).replace("-", "\N{NON-BREAKING HYPHEN}"),
        activations=", ".join(translated(title) for title in activation_titles(problem)),
        epoch=count(epoch),
        seed=_seeds(choice),
    )


def _seeds(choice: Experiment) -> str:
    """Return the weights' seed, and the data's where it is another and changes anything."""
    data, weights = choice.data, choice.training.seed
    if data.seed == weights or not SETTINGS["data.seed"].applies(choice):
        return str(weights)
    template = QCoreApplication.translate("Caption", "{weights} (data {data})")
    return template.format(weights=weights, data=data.seed)
