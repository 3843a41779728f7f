"""What stands in tables of samples: columns, from the inputs to the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from nnviz.datasets.dataset import Category
from nnviz.datasets.own.kinds import date_text
from nnviz.datasets.own.recipe import DateOrder, cleaned
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense
from nnviz.gui.look.layer_names import layer_names, unit_name
from nnviz.gui.look.numbers import fixed
from nnviz.gui.look.texts import translated
from nnviz.gui.look.units import date_orders, target_date, target_label
from nnviz.gui.widgets.table_model import CENTER, LEFT, TableColumn
from nnviz.training.problem import Problem
from nnviz.training.setting import subscript

_tr = partial(QCoreApplication.translate, "ForwardPanel")

INPUTS, ANSWERS = -1, -2
"""Stand where a column is not a layer's."""

LARGEST = -1
"""Stands for the output that is the largest."""

ALL = -1
"""Stands for every layer at once."""

MOST_ROWS = 200
"""Of the data set, its first."""

FEW_INPUTS = 4
"""So many inputs are shown beside any layer."""

_FIRST_INPUTS, _MOST_INPUTS = 2, 100
"""So many come before predictions; more have their place behind them, and so many at most."""

_MOST_OUTPUTS, _MOST_LETTERS = 4, 16
"""Up to so many classes, with so many letters in all their names, have a column each."""

_SAMPLED_ROWS = 40
_PICTURE, _WIDEST_PICTURE, _SWATCH = 2.4, 4.0, 1.1
"""Width of a picture, the most of one, and room before a class' name for its colour, in heights of
a line."""

RIGHT, WRONG = "✓", "✗"
_ANSWERS = ("predicted", "expected", "error", "decided", "true", "mark")


@dataclass(frozen=True)
class Source:
    """Where what stands in a column comes from.

    Parameters
    ----------
    kind
        ``"picture"``, ``"value"`` of an input in its own unit, ``"word"`` that inputs stand for,
        ``"input"`` as the network is given it, ``"z"``, ``"a"``, ``"output"``,
        ``"decided"``, ``"true"``, ``"mark"``, ``"predicted"``, ``"expected"`` or ``"error"``.
    layer, unit
        Whose it is; the unit is the number of the input or neuron, from 0; `LARGEST` of outputs.
    step
        To which its numbers are written; 0 where each is written to a precision of its own.
    dates
        Where they are the days of dates, as which they are written.
    """

    kind: str
    layer: int = ANSWERS
    unit: int = 0
    step: float = 0.0
    dates: DateOrder | None = None

    def text(self, value: float) -> str:
        """Return a number of the column as it is written; of whole numbers another one in full."""
        if self.dates is not None and np.isfinite(value):
            return date_text(value if self.kind == "value" else round(value), self.dates)
        if self.kind == "value" and self.step == 1.0 and value != round(value):
            return cell_text(value)
        return fixed(value, self.step) if self.step else cell_text(value, self.kind == "input")

    @property
    def neuron(self) -> tuple[int, int] | None:
        """Layer and unit of the neuron whose z or a it is, if it is one's."""
        return (self.layer, self.unit) if self.kind in ("z", "a") else None


Columns = dict[Source, TableColumn]


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
    return found | _answers(problem, _tr("Answer"))


def prediction_columns(problem: Problem) -> Columns:
    """Return the columns of predictions: answers, and inputs in their own units.

    A few come before the answers, many behind them.
    """
    dataset = problem.dataset
    if dataset.image_shape is not None:
        column = TableColumn(_tr("input"), _tr("The picture"), side=CENTER, before=_PICTURE)
        return {Source("picture", INPUTS): column} | _predictions(problem)
    few = len(dataset.fields) <= _FIRST_INPUTS
    inputs = dict(_fields(problem, few))
    return inputs | _predictions(problem) if few else _predictions(problem) | inputs


def _fields(problem: Problem, yields: bool) -> Iterator[tuple[Source, TableColumn]]:
    """Yield the inputs as a person fills them in: numbers, and words of categories."""
    dataset, tip = problem.dataset, _tr("Input of the network")
    if problem.experiment.data.standardize_inputs:
        tip = _tr("In its own unit; the network is given it standardised")
    for field in dataset.fields[:_MOST_INPUTS]:
        if isinstance(field, Category):
            least = tuple(sorted(category_titles(field), key=len)[-1:])
            source = Source("word", INPUTS, field.start)
            yield source, TableColumn(field.name, tip, side=LEFT, least=least, yields=yields)
            continue
        values = dataset.inputs[:MOST_ROWS, field]
        is_whole = bool((values == np.rint(values)).all())
        step = 1.0 if is_whole else _step_of(values, 3)
        source = Source("value", INPUTS, field, step, date_orders(problem).get(field))
        least = tuple(source.text(float(end)) for end in (values.min(), values.max()))
        name = translated(dataset.feature_names[field])
        yield source, TableColumn(name, tip, least=least, yields=yields)


def category_titles(category: Category) -> tuple[str, ...]:
    """Return all that a cell can be, as it is shown."""
    rest = category.titles[len(category.words) :]
    return (*map(cleaned, category.words), *map(translated, rest))


def _predictions(problem: Problem) -> Columns:
    """Return the columns of what the network answers."""
    dataset, found = problem.dataset, Columns()
    if dataset.task == "regression":
        return _answers(problem, step=_step_of(problem.target_values[:MOST_ROWS], 4))
    names = tuple(map(translated, problem.output_names))
    shown, step = [(LARGEST, _tr("output"))], 0.001
    tip = _tr("The output neuron's activation a")
    if 1 < len(names) <= _MOST_OUTPUTS and len("".join(names)) <= _MOST_LETTERS:
        tip, step = _tr("Activation of the output neuron of this class"), 0.01
        shown = [*enumerate(names)]
    elif len(names) > 1:
        tip = _tr("The largest output: that of the predicted class")
    for unit, name in shown:
        column = TableColumn(name, tip, side=CENTER, least=(fixed(0.5, step),))
        found[Source("output", ANSWERS, unit, step)] = column
    return found | _answers(problem)


def neuron_layers(problem: Problem) -> dict[int, Dense]:
    """Return the layers of neurons, which alone weigh and sum all they are given, by place."""
    specs = enumerate(problem.experiment.network.layers)
    return {layer: spec for layer, spec in specs if isinstance(spec, Dense)}


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
    if layer == len(built) - 1 and problem.standardizes_target:
        detail = _tr("{activation}, standardised").format(activation=detail)
    about_z = _tr("z of {neuron}: the weighted sum of what it is given")
    about_a = _tr("a of {neuron}: what it hands on, a = f(z)")
    for unit in range(spec.units):
        index = subscript(unit + 1) if spec.units > 1 else ""
        whose = unit_name(problem, layer + 1, unit)
        least = "−0.000" if activation.output_range[0] < 0 else "0.000"
        for kind, tip, widest in (("z", about_z, "−0.000"), ("a", about_a, least)):
            column = TableColumn(
                f"{kind}{index}", tip.format(neuron=whose), title, detail, least=(widest,)
            )
            yield Source(kind, layer, unit), column


def _answers(problem: Problem, group: str = "", step: float = 0.0) -> Columns:
    """Return what is predicted beside what is true; numbers are written to a step."""
    dataset, sources = problem.dataset, [Source(kind, step=step) for kind in _ANSWERS]
    if dataset.task == "regression":
        target, most = target_label(problem), float(np.abs(dataset.targets).max())
        if target_date(problem, most):
            sources[:2] = [replace(source, dates="ymd") for source in sources[:2]]
        error = _tr("Predicted minus actual")
        titles = (_tr("predicted"), target), (_tr("actual"), target), (_tr("error"), error)
        least, detail = tuple(map(sources[0].text, (most, -most))), target if group else ""
        columns = [TableColumn(*title, group, detail, least=least) for title in titles]
        return dict(zip(sources[:3], columns, strict=True))
    names = tuple(map(translated, dataset.class_names))
    decided, true = (
        TableColumn(title, tip, group, side=LEFT, least=names, before=_SWATCH, yields=True)
        for title, tip in (
            (_tr("predicted"), _tr("The class that the output stands for")),
            (_tr("actual"), _tr("The sample's own class")),
        )
    )
    mark = TableColumn("", _tr("Right or wrong"), group, side=CENTER, least=(RIGHT,))
    return dict(zip(sources[3:], (decided, true, mark), strict=True))


def _step_of(values: NDArray[np.floating], digits: int) -> float:
    """Return the step at which the largest value is written with so many digits, or whole."""
    return float(10.0 ** -max(0, digits - len(str(int(np.abs(values).max())))))
