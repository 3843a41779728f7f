"""What stands in the table of samples: groups of columns, from the inputs to the answer."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense
from nnviz.gui.look.layer_names import layer_names
from nnviz.gui.look.texts import translated
from nnviz.gui.panels.forwards.numbers import subscript
from nnviz.gui.panels.outputs.words import target_label
from nnviz.training.problem import Problem

INPUTS, ANSWERS = -1, -2
"""Stand where a group is not a layer's."""

ALL = -1
"""Stands for every layer at once."""

FEW_INPUTS = 4
"""So many inputs are shown beside any layer."""


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    kind
        ``"input"``, ``"picture"``, ``"z"``, ``"a"``, ``"decided"``, ``"true"``, ``"mark"``,
        ``"predicted"``, ``"expected"`` or ``"error"``.
    title, tip
        Header and what it means, translated.
    layer, unit
        Whose it is; the unit is the number of the input or neuron, from 0.
    """

    kind: str
    title: str
    tip: str
    layer: int = ANSWERS
    unit: int = 0

    @property
    def is_neuron(self) -> bool:
        """Whether it holds a neuron's z or a."""
        return self.kind in ("z", "a")


@dataclass(frozen=True)
class Group:
    """Columns that belong together.

    Parameters
    ----------
    title, detail
        What they are, and what more there is to say where there is room.
    layer
        The layer, `INPUTS` or `ANSWERS`.
    columns
        From left to right.
    """

    title: str
    detail: str
    layer: int
    columns: tuple[Column, ...]


def groups_of(problem: Problem) -> tuple[Group, ...]:
    """Return the groups of a problem: inputs, every layer, answers."""
    layers = (_layer(problem, layer, spec) for layer, spec in neuron_layers(problem).items())
    return (_inputs(problem), *layers, _answers(problem))


def shown_groups(groups: tuple[Group, ...], layer: int) -> tuple[Group, ...]:
    """Return the groups to show beside a layer, or all of them for `ALL`."""
    if layer == ALL:
        return groups
    first = groups[0]
    beside = (first,) if len(first.columns) <= FEW_INPUTS else ()
    own = tuple(group for group in groups if group.layer == layer)
    return (*beside, *own, groups[-1])


def neurons(problem: Problem) -> int:
    """Return how many neurons have a z, in all layers."""
    return sum(layer.units for layer in neuron_layers(problem).values())


def neuron_layers(problem: Problem) -> dict[int, Dense]:
    """Return the layers of neurons, which alone weigh and sum all they are given, by place."""
    specs = enumerate(problem.experiment.network.layers)
    return {layer: spec for layer, spec in specs if isinstance(spec, Dense)}


def input_names(problem: Problem) -> tuple[str, ...]:
    """Return the names of what the network is given, translated."""
    return tuple(translated(name) for name in problem.input_names)


def _inputs(problem: Problem) -> Group:
    title = _tr("Input")
    if problem.dataset.image_shape is not None:
        tip = _tr("The picture; its pixels are the inputs")
        picture = Column("picture", _tr("picture"), tip, INPUTS)
        return Group(title, "", INPUTS, (picture,))
    tip = _tr("{name}, as the network is given it")
    columns = tuple(
        Column("input", name, tip.format(name=name), INPUTS, unit)
        for unit, name in enumerate(input_names(problem))
    )
    return Group(title, "", INPUTS, columns)


def _layer(problem: Problem, layer: int, spec: Dense) -> Group:
    built = problem.experiment.network.layers
    title = layer_names(built)[layer]
    names = problem.output_names if layer == len(built) - 1 else ()
    columns: list[Column] = []
    for unit in range(spec.units):
        index = subscript(unit + 1) if spec.units > 1 else ""
        whose = _tr("{layer}, neuron {number}").format(layer=title, number=unit + 1)
        if len(names) > 1:
            named = _tr("{layer}, neuron {number}: {name}")
            whose = named.format(layer=title, number=unit + 1, name=translated(names[unit]))
        z = _tr("z of {neuron}: the weighted sum of what it is given").format(neuron=whose)
        a = _tr("a of {neuron}: what it hands on, a = f(z)").format(neuron=whose)
        columns.append(Column("z", f"z{index}", z, layer, unit))
        columns.append(Column("a", f"a{index}", a, layer, unit))
    detail = translated(ACTIVATIONS[spec.activation].title)
    return Group(title, detail, layer, tuple(columns))


def _answers(problem: Problem) -> Group:
    if problem.dataset.task == "regression":
        target = target_label(problem)
        return Group(
            _tr("Answer"),
            target,
            ANSWERS,
            (
                Column("predicted", _tr("predicted"), target),
                Column("expected", _tr("expected"), target),
                Column("error", _tr("error"), _tr("Predicted minus expected")),
            ),
        )
    return Group(
        _tr("Answer"),
        "",
        ANSWERS,
        (
            Column("decided", _tr("decided"), _tr("The class that the output stands for")),
            Column("true", _tr("expected"), _tr("The sample's own class")),
            Column("mark", "", _tr("Right or wrong")),
        ),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("ForwardPanel", text)
