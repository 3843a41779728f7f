"""The words around the neurons: names of layers and inputs, answers, what is not shown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, pairwise

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense, Dropout
from nnviz.gui.look.layer_names import layer_names, shape_title
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.network.columns import Column, Maps, Strip
from nnviz.gui.network.figures import short
from nnviz.gui.network.scene import CENTER, RIGHT, Scene, sized, write
from nnviz.gui.network.sheet import Margins
from nnviz.training.choices import has_field
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


def column_titles(problem: Problem) -> tuple[str, ...]:
    """Return what the columns are called: the inputs, then every layer."""
    inputs = QCoreApplication.translate("NetworkView", "Input")
    return (inputs, *layer_names(problem.experiment.network.layers))


def paint_captions(painter: QPainter, scene: Scene) -> None:
    """Write above every column, or along a strip, what it is and how many neurons it has."""
    titles, boxes = column_titles(scene.problem), _caption_boxes(scene)
    strong = QFontMetricsF(sized(painter.font(), bold=True))
    above = titles if _have_room(titles, boxes, strong) else short_titles(scene.problem)
    for column, box in boxes:
        wide = box.width()
        painter.setFont(sized(painter.font(), bold=True))
        write(painter, box, above[column.layer], scene.theme.text, CENTER)
        painter.setFont(sized(painter.font()))
        metrics = QFontMetricsF(painter.font())
        wordings = _wordings(scene, column)
        fitting = (text for text in wordings if metrics.horizontalAdvance(text) <= wide)
        text = next(fitting, wordings[-1])
        write(painter, box.translated(0, LINE), text, scene.theme.muted, CENTER)
    for before_it, column in pairwise(scene.layout.columns):
        if isinstance(column.kind, Strip):
            room = column.left - before_it.left - before_it.width
            if room >= LINE + 2.0:
                _caption_strip(painter, scene, column, titles[column.layer])


def _have_room(
    titles: Sequence[str], boxes: Sequence[tuple[Column, QRectF]], metrics: QFontMetricsF
) -> bool:
    """Return whether every column's title fits above it."""
    wide = ((metrics.horizontalAdvance(titles[column.layer]), box) for column, box in boxes)
    return all(title <= box.width() for title, box in wide)


def short_titles(problem: Problem) -> tuple[str, ...]:
    """Return names of columns that stand close: hidden layers by their number alone."""
    layers = problem.experiment.network.layers
    numbers = count(1)
    hidden = [
        str(next(numbers)) if isinstance(layer, Dense) else name
        for layer, name in zip(layers[:-1], layer_names(layers), strict=False)
    ]
    titles = column_titles(problem)
    return (titles[0], *hidden, titles[-1])


def caption_at(scene: Scene, x: float, y: float) -> int | None:
    """Return the layer whose caption is at a point of the layout, or None."""
    for column, box in _caption_boxes(scene):
        if box.adjusted(0.0, -2.0, 0.0, LINE + 2.0).contains(x, y):
            return column.layer
    return None


def _caption_boxes(scene: Scene) -> list[tuple[Column, QRectF]]:
    """Return where the first line of every caption stands."""
    top = _caption_top(scene)
    standing = [column for column in scene.layout.columns if not isinstance(column.kind, Strip)]
    steps = np.diff([column.x for column in standing]).tolist()
    boxes = []
    for column, before, after in zip(standing, [999.0, *steps], [*steps, 999.0], strict=True):
        room = 140.0 if column.of_neurons else 180.0
        wide = max(min(before, after, room + 4.0) - 4.0, 40.0, column.width if column.tile else 0.0)
        boxes.append((column, QRectF(column.x - wide / 2, top, wide, LINE)))
    return boxes


def _caption_strip(painter: QPainter, scene: Scene, column: Column, title: str) -> None:
    """Write a strip's name along its left side, for there is none above it."""
    painter.save()
    painter.translate(column.left - LINE / 2 - 1.0, (column.top + column.bottom) / 2)
    painter.rotate(-90.0)
    box = QRectF(-100.0, -LINE / 2, 200.0, LINE)
    painter.setFont(sized(painter.font()))
    write(painter, box, f"{title} {_wordings(scene, column)[0]}", scene.theme.muted, CENTER)
    painter.restore()


def paint_largest(painter: QPainter, scene: Scene) -> None:
    """Write between columns the weight that the thickest edge there stands for."""
    if scene.reading is None:
        return
    said = QCoreApplication.translate("NetworkView", "|w| ≤ {largest}")
    painter.setFont(sized(painter.font()))
    top = _caption_top(scene) + LINE
    gaps = []
    for left, right in pairwise(scene.layout.columns):
        start = left.left + left.width if left.tile else left.x + _CAPTION / 2
        gaps.append(QRectF(start, top, right.x - _CAPTION / 2 - start, LINE))
    weighted = [column.weighted for column in scene.layout.columns[1:]]
    wide = [gap.width() > _CAPTION for gap in gaps]
    if not scene.layout.is_open and not all(np.array(wide)[weighted]):
        return  # said over some of the gaps alone, it would seem to hold for all
    for i in np.flatnonzero(np.logical_and(weighted, wide)).tolist():
        text = said.format(largest=short(scene.reading.largest[i]))
        write(painter, gaps[i], text, scene.theme.muted, CENTER)


def _caption_top(scene: Scene) -> float:
    """Return the height of the captions: close to the highest column, all on one line."""
    standing = (c for c in scene.layout.columns if not isinstance(c.kind, Strip))
    highest = min(column.top for column in standing)
    return max(min(highest - 2 * LINE - 10.0, 0.16 * scene.layout.height), 6.0)


def _wordings(scene: Scene, column: Column) -> list[str]:
    """Return what a column is made of, in words that need less and less room."""
    if column.layer == 0:
        shape = scene.problem.dataset.image_shape
        if shape is None:
            return [str(column.units)]
        if scene.focus_reads_image and scene.focus is not None:
            said = QCoreApplication.translate("NetworkView", "weights of neuron {number}")
            return [said.format(number=scene.focus[1] + 1)]
        pixels = QCoreApplication.translate("NetworkView", "{rows} × {columns} pixels")
        return [pixels.format(rows=shape[0], columns=shape[1])]
    layer = scene.problem.experiment.network.layers[column.layer - 1]
    if isinstance(layer, Dropout):
        return [f"{layer.rate:g}"]
    sizes = [shape_title(scene.problem.shapes[column.layer])]
    if isinstance(column.kind, Maps):
        maps = QCoreApplication.translate("NetworkView", "{count} maps {rows} × {columns}")
        rows, columns = column.grid
        sizes.insert(0, maps.format(count=column.units, rows=rows, columns=columns))
    if not has_field(layer, "activation"):
        return sizes
    kind = QCoreApplication.translate("NetworkView", "{units} · {activation}")
    activation = translated(ACTIVATIONS[layer.activation].title)
    full = kind.format(units=sizes[0], activation=activation)
    return [full, *sizes]


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
