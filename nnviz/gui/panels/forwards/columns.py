"""What stands in the table of samples: groups of columns, from the inputs to the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense
from nnviz.gui.look.layer_names import layer_names
from nnviz.gui.look.numbers import fixed
from nnviz.gui.look.texts import translated
from nnviz.gui.panels.outputs.words import target_label
from nnviz.gui.widgets.table_model import CENTER, LEFT, TableColumn
from nnviz.training.problem import Problem

INPUTS, ANSWERS = -1, -2
"""Stand where a column is not a layer's."""

ALL = -1
"""Stands for every layer at once."""

FEW_INPUTS = 4
"""So many inputs are shown beside any layer."""

_SAMPLED_ROWS = 40
_WIDEST_PICTURE = 4.0
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Source:
    """Where what stands in a column comes from.

    Parameters
    ----------
    kind
        ``"input"``, ``"picture"``, ``"z"``, ``"a"``, ``"decided"``, ``"true"``, ``"mark"``,
        ``"predicted"``, ``"expected"`` or ``"error"``.
    layer, unit
        Whose it is; the unit is the number of the input or neuron, from 0.
    """

    kind: str
    layer: int = ANSWERS
    unit: int = 0

    @property
    def neuron(self) -> tuple[int, int] | None:
        """Layer and unit of the neuron whose z or a it is, if it is one's."""
        return (self.layer, self.unit) if self.kind in ("z", "a") else None


Columns = dict[Source, TableColumn]


def subscript(number: int) -> str:
    """Return a whole number as an index, such as ``"₁₂"``."""
    return str(number).translate(_SUBSCRIPTS)


def cell_text(value: float, whole: bool = False) -> str:
    """Return a number in a cell: to a thousandth, large ones to four digits.

    Where `whole` is set, whole numbers have no decimals.
    """
    size = abs(value)
    if whole and size == round(size):
        return fixed(value, 1)
    step = 0.001 if size < 10 else 0.01 if size < 100 else 0.1 if size < 1000 else 1
    return fixed(value, step)


def columns_of(problem: Problem, layer: int = ALL) -> Columns:
    """Return the columns to show beside a layer: the inputs if few, its own, and the answers."""
    found = dict(_inputs(problem))
    if layer != ALL and len(found) > FEW_INPUTS:
        found = {}
    for place, spec in neuron_layers(problem).items():
        if layer in (ALL, place):
            found.update(_layer(problem, place, spec))
    return found | _answers(problem)


def neuron_layers(problem: Problem) -> dict[int, Dense]:
    """Return the layers of neurons, which alone weigh and sum all they are given, by place."""
    specs = enumerate(problem.experiment.network.layers)
    return {layer: spec for layer, spec in specs if isinstance(spec, Dense)}


def neuron_name(problem: Problem, layer: int, unit: int) -> str:
    """Return what a neuron is called; its number only where its layer has others."""
    name = layer_names(problem.experiment.network.layers)[layer]
    if neuron_layers(problem)[layer].units == 1:
        return name
    return _tr("{layer}, neuron {number}").format(layer=name, number=unit + 1)


def _inputs(problem: Problem) -> Iterator[tuple[Source, TableColumn]]:
    group, shape = _tr("Input"), problem.dataset.image_shape
    if shape is not None:
        tip = _tr("The picture; its pixels are the inputs")
        wide = min(2.0 * shape[1] / shape[0], _WIDEST_PICTURE)
        yield (
            Source("picture", INPUTS),
            TableColumn(_tr("picture"), tip, group, side=LEFT, before=wide),
        )
        return
    tip, scaled = _tr("{name}, as the network is given it"), ""
    if problem.experiment.data.standardize_inputs:
        tip = _tr("{name}, as the network is given it: standardised, (value − mean) ÷ deviation")
        scaled = _tr("standardised")
    given = problem.encode_inputs(problem.dataset.inputs[:_SAMPLED_ROWS])
    for unit, name in enumerate(map(translated, problem.input_names)):
        least = tuple({cell_text(value, True) for value in given[:, unit].tolist()})
        yield (
            Source("input", INPUTS, unit),
            TableColumn(name, tip.format(name=name), group, scaled, least=least, yields=True),
        )


def _layer(problem: Problem, layer: int, spec: Dense) -> Iterator[tuple[Source, TableColumn]]:
    built, activation = problem.experiment.network.layers, ACTIVATIONS[spec.activation]
    title, detail = layer_names(built)[layer], translated(activation.title)
    names, is_last = problem.output_names, layer == len(built) - 1
    if is_last and problem.standardizes_target:
        detail = _tr("{activation}, standardised").format(activation=detail)
    about_z = _tr("z of {neuron}: the weighted sum of what it is given")
    about_a = _tr("a of {neuron}: what it hands on, a = f(z)")
    for unit in range(spec.units):
        index = subscript(unit + 1) if spec.units > 1 else ""
        whose = neuron_name(problem, layer, unit)
        if is_last and len(names) > 1:
            named = _tr("{neuron}: {name}")
            whose = named.format(neuron=whose, name=translated(names[unit]))
        least = "−0.000" if activation.output_range[0] < 0 else "0.000"
        for kind, tip, widest in (("z", about_z, "−0.000"), ("a", about_a, least)):
            column = TableColumn(
                f"{kind}{index}", tip.format(neuron=whose), title, detail, least=(widest,)
            )
            yield Source(kind, layer, unit), column


def _answers(problem: Problem) -> Columns:
    group, dataset = _tr("Answer"), problem.dataset
    if dataset.task == "regression":
        target = target_label(problem)
        ends = (float(np.abs(dataset.targets).max()), -float(np.abs(dataset.targets).max()))
        least = tuple(map(cell_text, ends))
        return {
            Source("predicted"): TableColumn(_tr("predicted"), target, group, target, least=least),
            Source("expected"): TableColumn(_tr("actual"), target, group, target, least=least),
            Source("error"): TableColumn(
                _tr("error"), _tr("Predicted minus actual"), group, target, least=least
            ),
        }
    names = tuple(map(translated, dataset.class_names))
    decided, true = _tr("The class that the output stands for"), _tr("The sample's own class")
    return {
        Source("decided"): TableColumn(
            _tr("predicted"), decided, group, side=LEFT, least=names, before=1.0, yields=True
        ),
        Source("true"): TableColumn(
            _tr("actual"), true, group, side=LEFT, least=names, before=1.0, yields=True
        ),
        Source("mark"): TableColumn("", _tr("Right or wrong"), group, side=CENTER, least=("✓",)),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("ForwardPanel", text)
