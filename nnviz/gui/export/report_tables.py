"""What a report says of a run in tables: settings, data, layers, measures, weights, edits."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.datasets.own.kinds import date_text
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense
from nnviz.gui.edits import edit_told
from nnviz.gui.export.page import Table
from nnviz.gui.export.weights import weight_rows
from nnviz.gui.look.layer_names import layer_names, shape_title
from nnviz.gui.look.numbers import NOTHING, count, never_whole, percent, short
from nnviz.gui.look.texts import not_defined, part_name, phrase, score_text, translated
from nnviz.gui.look.units import date_orders, is_date_target, target_label
from nnviz.training.comparison import Compared, columns_of
from nnviz.training.editing import edited
from nnviz.training.experiment import Experiment
from nnviz.training.inspection import Inspection
from nnviz.training.layer_choices import has_field
from nnviz.training.measures import PartMeasures, in_short
from nnviz.training.problem import PartName, Problem
from nnviz.training.settings import LAYER_SETTINGS, SETTINGS

_tr = partial(QCoreApplication.translate, "Report")

_MOST_ROWS = 40
"""Lines of a table of columns, classes or edits; more are counted."""

_MOST_ACROSS, _MOST_DOWN = 9, 24
"""Inputs and units of a layer whose weights are written one by one."""


def settings_told(problem: Problem) -> tuple[Table, list[tuple[str, str]]]:
    """Return what is set otherwise than by default, and what is as it is by default.

    Layers have a table of their own; settings without effect are left out.
    """
    found = [
        one
        for one in columns_of((Experiment(), problem.experiment))
        if not one.setting.startswith("network.layers") and str(one.texts[1]) != NOTHING
        if problem.dataset.is_planar or one.setting != "data.features"
    ]
    chosen = [(_setting_title(one), *map(phrase, one.texts[::-1])) for one in found if one.varies]
    usual = [(_setting_title(one), phrase(one.texts[1])) for one in found if not one.varies]
    return Table(chosen, (_tr("Chosen"), _tr("here"), _tr("by default"))), usual


def _setting_title(one: Compared) -> str:
    """Return a setting's whole title; that of a number which comes with one is made of both."""
    if one.setting in SETTINGS:
        return translated(SETTINGS[one.setting].title)
    title = phrase(one.title)
    return title if title[:1] > "z" else title[:1].upper() + title[1:]  # β₁ stays as it is


def data_tables(problem: Problem) -> Iterator[Table]:
    """Yield what the samples are, how many are in which part, their columns and classes."""
    data, spec, file = problem.dataset, problem.experiment.data.spec, problem.experiment.data.file
    parts = ((part_name(name), part.rows) for name, part in problem.parts.items())
    said = _tr("{part} {rows}")
    rows = [
        (_tr("Task"), translated(data.task)),
        (_tr("Rows"), count(len(problem.rows))),
        (_tr("Parts"), ", ".join(said.format(part=part, rows=count(n)) for part, n in parts)),
        (_tr("Inputs"), _inputs_told(problem)),
        (_tr("Target"), target_label(problem)),
        (_tr("Origin"), translated(spec.origin)),
        *([(_tr("SHA-256 of the file"), file.sha256)] if file else []),
    ]
    yield Table([row for row in rows if row[1]])
    if data.task == "classification":
        yield _classes(problem)
    if data.image_shape is None:
        yield _columns(problem)


def _inputs_told(problem: Problem) -> str:
    data = problem.dataset
    if data.image_shape is None:
        return ", ".join(map(translated, problem.input_names[:_MOST_ROWS]))
    rows, columns = data.image_shape
    text = _tr("pictures of {rows} × {columns} pixels")
    if data.channels > 1:
        text = _tr("pictures in colour of {rows} × {columns} pixels")
    return text.format(rows=rows, columns=columns)


def _classes(problem: Problem) -> Table:
    names = problem.dataset.class_names
    counted = [
        np.bincount(problem.labels[part.index], minlength=len(names)).tolist()
        for part in problem.parts.values()
    ]
    rows = [
        (translated(name), *map(count, cells)) for name, *cells in zip(names, *counted, strict=True)
    ]
    return Table(_cut(rows), (_tr("Class"), *map(part_name, problem.parts)), 1)


def _columns(problem: Problem) -> Table:
    """Return what the numbers of each column are, in their own units, deleted rows apart."""
    data, kept = problem.dataset, problem.rows
    columns = [*zip(map(translated, data.feature_names), data.inputs[kept].T, strict=True)]
    dates = [column in date_orders(problem) for column in range(len(columns))]
    if data.task == "regression":
        columns.append((target_label(problem), problem.target_values[kept, 0]))
        dates.append(is_date_target(problem))
    rows = list[tuple[str, ...]]()
    for (name, values), are_dates in zip(columns, dates, strict=True):
        ends = values.min(), values.mean(), values.max()
        low, mean, high = (date_text(x, "ymd") if are_dates else short(x) for x in ends)
        spread = _tr("{count} days") if are_dates else "{count}"
        rows.append((name, low, mean, spread.format(count=short(values.std())), high))
    head = _tr("Column"), _tr("Smallest"), _tr("Mean"), _tr("Deviation"), _tr("Largest")
    return Table(_cut(rows), head, 1)


def layer_table(problem: Problem) -> Table:
    """Return the layers, what is set of each, what comes out of it and how much it learns."""
    specs, rows = problem.experiment.network.layers, []
    said = _tr("{setting}: {value}")
    for place, (name, spec) in enumerate(zip(layer_names(specs), specs, strict=True)):
        values = {field.name: getattr(spec, field.name) for field in dataclasses.fields(spec)}
        told = [
            said.format(setting=translated(LAYER_SETTINGS[key].title), value=phrase(text))
            for key, value in values.items()
            if key != "activation" and value is not None and (key != "off" or value)
            if (text := LAYER_SETTINGS[key].written(value))
        ]
        does = ACTIVATIONS[spec.activation].title if has_field(spec, "activation") else ""
        learned = spec.parameter_count(problem.shapes[place])
        out = shape_title(problem.shapes[place + 1])
        rows.append(
            (name, translated(spec.label), "; ".join(told), translated(does), out, count(learned))
        )
    head = (_tr("Layer"), _tr("Kind"), _tr("Settings"), _tr("Activation"))
    return Table(rows, (*head, _tr("Output"), _tr("Parameters")), 4)


def measure_tables(problem: Problem, found: Mapping[PartName, PartMeasures]) -> Iterator[Table]:
    """Yield the measures part by part; of more than two classes also those of each class."""
    is_class = problem.dataset.task == "classification"
    head = [_tr("Part"), _tr("Rows"), _tr("Loss"), translated(problem.metric.title)]
    rows = []
    for part, measured in found.items():
        own = [measured_text(problem, measured.metric)]
        if is_class:
            own += map(score_text, in_short(measured.classes).values())
        else:
            own.append(short(measured.rmse))
        rows.append((part_name(part), count(measured.rows), short(measured.loss), *own))
    names = problem.dataset.class_names
    scores = [_tr("Precision"), _tr("Recall"), _tr("F1"), _tr("AUC")]
    yield Table(rows, (*head, *(scores if is_class else [_tr("RMSE")])), 1)
    if len(names) > 2:
        part = "test" if "test" in found else "validation" if "validation" in found else "train"
        each = zip(map(translated, names), found[part].classes.T.tolist(), strict=True)
        lines = [(name, *map(score_text, figures)) for name, figures in each]
        title = _tr("Class by class, {part}").format(part=part_name(part))
        yield Table(_cut(lines), (_tr("Class"), *scores), 1, title)


def measured_text(problem: Problem, metric: float) -> str:
    """Return an accuracy or R² as it is read; never rounded up to all or down to none."""
    if np.isnan(metric):
        return not_defined()
    if problem.dataset.task == "regression":
        return short(metric)
    return percent(never_whole(metric))


def weight_tables(inspection: Inspection) -> Iterator[Table]:
    """Yield what the weights of each layer are like; and of small dense layers every weight."""
    layers = inspection.problem.experiment.network.layers
    names = layer_names(layers)
    figures = (_tr("Mean"), _tr("Deviation"), _tr("Smallest"), _tr("Largest"))
    rows, small = [], []
    for layer, name in enumerate(names):
        weights, biases = inspection.weights(layer), inspection.biases(layer)
        if weights.size:
            told = (weights.mean(), weights.std(), weights.min(), weights.max())
            written = (short(float(value)) for value in told)
            rows.append((name, count(weights.size), *written, count(biases.size)))
            is_small = weights.shape[1] <= _MOST_ACROSS and weights.shape[0] <= _MOST_DOWN
            if is_small and isinstance(layers[layer], Dense):
                small.append(layer)
    yield Table(rows, (_tr("Layer"), _tr("Weights"), *figures, _tr("Biases")), 1)
    for layer in small:
        (title,), above, *numbers = weight_rows(inspection, layer, lambda each: short(float(each)))
        yield Table(numbers, above, 1, title)


def edit_table(experiment: Experiment, inspection: Inspection) -> Table:
    """Return the edits that were made of a run by a moment, in words, with their epochs."""
    problem, rows = inspection.problem, []
    made = experiment.edits[: inspection.snapshot.edits]
    for number, edit in enumerate(made[:_MOST_ROWS]):
        before = edited(experiment, number)
        if before.network.layers != problem.experiment.network.layers:
            problem = problem.followed_by(before)  # which neuron is meant, its layers tell
        rows.append((count(edit.epoch), edit_told(edit, problem)))
    if len(made) > len(rows):
        rows.append(("", _more(len(made) - len(rows))))
    return Table(rows, (_tr("After epoch"), _tr("Edit")))


def _cut(rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """Return as many lines as are read, and how many more there are."""
    if len(rows) <= _MOST_ROWS:
        return rows
    return [*rows[:_MOST_ROWS], (_more(len(rows) - _MOST_ROWS),)]


def _more(number: int) -> str:
    return _tr("and {count} more").format(count=count(number))
