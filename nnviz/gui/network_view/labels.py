"""The words around the neurons: names of layers and inputs, answers, what is not shown."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from nnviz.engine.activations import ACTIVATIONS
from nnviz.gui.network_view.figures import short
from nnviz.gui.network_view.layout import Column, Margins
from nnviz.gui.network_view.scene import CENTER, LEFT, RIGHT, Scene, sized, write
from nnviz.gui.texts import translated
from nnviz.gui.theme import SPACE
from nnviz.training.problem import Problem

LINE = 15.0
"""Height of a line of small text."""

_GAP = 6.0
_CAPTION = 76.0  # what a caption takes, so that nothing else is written there


def margins_for(problem: Problem, font: QFont, width: float) -> Margins:
    """Return the room that names and answers need around the neurons."""
    metrics = QFontMetricsF(sized(font))
    words = list(output_titles(problem))
    verdict = QCoreApplication.translate("NetworkView", "✗ predicted {answer}")
    words += [verdict.format(answer=translated(name)) for name in problem.dataset.class_names]
    answers = max(metrics.horizontalAdvance(word) for word in words)
    right = min(max(answers + 24.0, 118.0), 0.28 * width)
    left = 2.0 * SPACE
    if problem.dataset.image_shape is None:
        inputs = max(metrics.horizontalAdvance(name) for name in input_titles(problem))
        left = min(max(inputs + 24.0, 36.0), 0.26 * width)
    return Margins(left, 46.0, right, 44.0)


def input_titles(problem: Problem) -> tuple[str, ...]:
    """Return the names of the inputs in the language of the window."""
    return tuple(translated(name) for name in problem.input_names)


def output_titles(problem: Problem) -> tuple[str, ...]:
    """Return the names of the outputs: classes, or what is predicted and its unit."""
    data = problem.dataset
    if data.task == "classification" and problem.outputs == 1:
        # A lone output says how much the second class is meant, which its name must make plain.
        said = QCoreApplication.translate("NetworkView", "{target} = {name}")
        target, name = translated(data.target_name), translated(problem.output_names[0])
        if name.startswith(target):
            return (name,)
        return (said.format(target=target, name=name),)
    if data.task == "classification":
        return tuple(translated(name) for name in problem.output_names)
    if not data.target_unit:
        return (translated(data.target_name),)
    named = QCoreApplication.translate("NetworkView", "{name} ({unit})")
    return (named.format(name=translated(data.target_name), unit=translated(data.target_unit)),)


def layer_title(layer: int, layers: int) -> str:
    """Return a layer's name: layer 0 is the inputs, layer `layers` the output."""
    if layer == 0:
        return QCoreApplication.translate("NetworkView", "Input")
    if layer == layers:
        return QCoreApplication.translate("NetworkView", "Output")
    return QCoreApplication.translate("NetworkView", "Hidden {number}").format(number=layer)


def paint_captions(painter: QPainter, scene: Scene) -> None:
    """Write above every column what it is and how many neurons it has."""
    columns = scene.layout.columns
    step = columns[-1].x - columns[-2].x
    top = _caption_top(scene)
    for column in columns:
        wide = max(min(step - 4.0, 140.0), 40.0, 0.0 if column.tile is None else column.width)
        box = QRectF(column.x - wide / 2, top, wide, LINE)
        painter.setFont(sized(painter.font(), bold=True))
        write(painter, box, layer_title(column.layer, len(columns) - 1), scene.theme.text, CENTER)
        painter.setFont(sized(painter.font()))
        write(painter, box.translated(0, LINE), _kind(scene, column), scene.theme.muted, CENTER)


def paint_largest(painter: QPainter, scene: Scene) -> None:
    """Write between columns the weight that the thickest edge there stands for."""
    if scene.reading is None:
        return
    said = QCoreApplication.translate("NetworkView", "|w| ≤ {largest}")
    top = _caption_top(scene) + LINE
    pairs = zip(scene.layout.columns[:-1], scene.layout.columns[1:], strict=True)
    for (left, right), weights in zip(pairs, scene.reading.weights, strict=True):
        start = left.left + left.width if left.tile else left.x + _CAPTION / 2
        box = QRectF(start, top, right.x - _CAPTION / 2 - start, LINE)
        if box.width() > _CAPTION:
            text = said.format(largest=short(float(np.abs(weights).max())))
            write(painter, box, text, scene.theme.muted, CENTER)


def _caption_top(scene: Scene) -> float:
    """Return the height of the captions: close to the highest column, all on one line."""
    highest = min(column.top for column in scene.layout.columns)
    return max(min(highest - 2 * LINE - 10.0, 0.16 * scene.layout.height), 6.0)


def _kind(scene: Scene, column: Column) -> str:
    if column.layer == 0:
        shape = scene.problem.dataset.image_shape
        if shape is None:
            return str(column.units)
        pixels = QCoreApplication.translate("NetworkView", "{rows} × {columns} pixels")
        return pixels.format(rows=shape[0], columns=shape[1])
    name = scene.problem.experiment.network.layers[column.layer - 1].activation
    kind = QCoreApplication.translate("NetworkView", "{units} · {activation}")
    return kind.format(units=column.units, activation=translated(ACTIVATIONS[name].title))


def paint_inputs(painter: QPainter, scene: Scene) -> None:
    """Write the inputs' names left of them."""
    column = scene.layout.columns[0]
    if column.tile:
        return
    names = input_titles(scene.problem)
    painter.setFont(sized(painter.font()))
    wide = min(column.left - _GAP - 4.0, 190.0)
    for unit, (_, y) in zip(column.shown.tolist(), column.points.tolist(), strict=True):
        box = QRectF(column.left - _GAP - wide, y - LINE / 2, wide, LINE)
        write(painter, box, names[unit], scene.theme.text, RIGHT)


def paint_folds(painter: QPainter, scene: Scene) -> None:
    """Say below every folded column how many neurons it has besides."""
    painter.setFont(sized(painter.font()))
    more = QCoreApplication.translate("NetworkView", "+ {count} more")
    for column in scene.layout.columns:
        if column.hidden:
            box = QRectF(column.x - 45.0, column.bottom + 1.0, 90.0, LINE)
            write(painter, box, more.format(count=column.hidden), scene.theme.muted, CENTER)


def paint_note(painter: QPainter, scene: Scene, undrawn: int, total: int) -> None:
    """Say how many weights are not drawn, at the foot of the picture."""
    if not undrawn:
        return
    said = QCoreApplication.translate("NetworkView", "{hidden} of {total} weights are not drawn")
    text = said.format(hidden=f"{undrawn:,}", total=f"{total:,}")
    painter.setFont(sized(painter.font()))
    box = QRectF(2.0 * SPACE, scene.layout.height - 24.0, 0.62 * scene.layout.width, LINE)
    write(painter, box, text, scene.theme.muted, LEFT)
