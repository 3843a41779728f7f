"""What stands below a picture: data set, network, epoch, seed and engine."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import phrase, translated
from nnviz.training.engines import COMPILED, engine_name
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Problem, activation_titles, layer_sizes
from nnviz.training.settings import SETTINGS, value_at


def caption(problem: Problem, epoch: int) -> str:
    """Return the line that says which run a picture shows, after how many epochs."""
    choice = problem.experiment
    template = QCoreApplication.translate(
        "Caption",
        "{data} · network {sizes} {activations} · {loss}, {metric} · {optimizer}, rate {rate},"
        " batch {batch} · epoch {epoch} · seed {seed} · {engine}",
    )
    told = {name: _said(f"training.{path}", choice) for name, path in _TOLD.items()}
    if choice.training.schedule != "constant":
        changing = QCoreApplication.translate("Caption", "{rate} ({schedule})")
        schedule = _said("training.schedule", choice)
        told["rate"] = changing.format(rate=told["rate"], schedule=schedule)
    return template.format(
        data=translated(choice.data.spec.title),
        sizes=layer_sizes(problem).replace("-", "\N{NON-BREAKING HYPHEN}"),
        activations=", ".join(translated(title) for title in activation_titles(problem)),
        **told,
        metric=translated(problem.metric.title),
        epoch=count(epoch),
        seed=_seeds(choice),
        engine=_engine(choice),
    )


def run_name(problem: Problem, epoch: int) -> str:
    """Return what a folder with the pictures of a moment is called."""
    template = QCoreApplication.translate("Caption", "{data} {sizes} epoch {epoch}")
    title = translated(problem.experiment.data.spec.title)
    return template.format(data=title, sizes=layer_sizes(problem), epoch=count(epoch))


_TOLD = {
    "loss": "loss",
    "optimizer": "optimizer",
    "rate": "learning_rate",
    "batch": "batch_size",
}
"""Settings of training in a caption."""


def _said(path: str, choice: Experiment) -> str:
    return phrase(SETTINGS[path].written(value_at(choice, path)))


def _engine(choice: Experiment) -> str:
    """Return what trains it here: two engines agree to rounding, not to the last bit."""
    if engine_name(choice) == COMPILED:
        return QCoreApplication.translate("Caption", "compiled engine")
    return QCoreApplication.translate("Caption", "NumPy engine")


def _seeds(choice: Experiment) -> str:
    """Return the weights' seed, and the data's where it is another and changes anything."""
    data, weights = choice.data, choice.training.seed
    if data.seed == weights or not SETTINGS["data.seed"].applies(choice):
        return str(weights)
    template = QCoreApplication.translate("Caption", "{weights} (data {data})")
    return template.format(weights=weights, data=data.seed)
