"""The words around the neurons: names of layers, of inputs and outputs, and the largest weights."""

from __future__ import annotations

from itertools import count, pairwise

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense, Dropout
from nnviz.gui.look import numbers
from nnviz.gui.look.layer_names import column_titles, input_titles, output_titles, shape_title
from nnviz.gui.look.style import small_font
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.network.column import LayerColumn
from nnviz.gui.network.drawing import CENTER, RIGHT, line_height, tight, tr, width_of, write
from nnviz.gui.network.layout import Margins
from nnviz.gui.network.view_state import NetworkViewState
from nnviz.training.layer_choices import has_field
from nnviz.training.problem import Problem

_GAP = 6.0
_ANSWERS = 7.87  # lines' heights that answers are wide at least
_MOST_ANSWERS = 0.36  # share of the width that they may take for it
_WIDEST_NAME, _WIDEST_CAPTION = 12.7, 12.0
_CAPTION = 5.0
"""Lines' heights: names and captions are no wider; beside so much of one nothing is written."""


def margins_for(problem: Problem, width: float) -> Margins:
    """Return the room that names and answers need around the neurons."""
    small, line = small_font(), line_height()
    verdict = tr("✗ predicted {answer}")
    words = [verdict.format(answer=translated(name)) for name in problem.dataset.class_names]
    answers = max(width_of(word, small) for word in (*words, *output_titles(problem)))
    least = min(_ANSWERS * line, _MOST_ANSWERS * width)
    right = max(min(answers + 24.0, 0.28 * width), least)
    left = 2.0 * SPACE
    if problem.dataset.image_shape is None:
        inputs = max(width_of(name, small) for name in input_titles(problem))
        left = min(max(inputs + 24.0, 2.4 * line), 0.26 * width)
    return Margins(left, 3 * line + 1, right, 3 * line - 1, 0.9 * line)


def paint_captions(painter: QPainter, state: NetworkViewState) -> None:
    """Write above every column what it is and how many neurons it has."""
    titles, boxes = column_titles(state.problem), _caption_boxes(state)
    if any(width_of(titles[column.layer], state.strong) > box.width() for column, box in boxes):
        titles = _numbered(state.problem)
    for column, box in boxes:
        painter.setFont(state.strong)
        write(painter, box, titles[column.layer], state.theme.text, CENTER)
        painter.setFont(state.small)
        texts = _contents(state, column)
        fitting = (text for text in texts if width_of(text, state.small) <= box.width())
        text = next(fitting, texts[-1])
        write(painter, box.translated(0, state.line), text, state.theme.muted, CENTER)


def _numbered(problem: Problem) -> tuple[str, ...]:
    """Return names of columns that stand close: hidden layers by their number alone."""
    numbers_, titles = count(1), column_titles(problem)
    layers = problem.experiment.network.layers[:-1]
    hidden = [
        str(next(numbers_)) if isinstance(layer, Dense) else title
        for layer, title in zip(layers, titles[1:], strict=False)
    ]
    return (titles[0], *hidden, titles[-1])


def caption_at(state: NetworkViewState, x: float, y: float) -> int | None:
    """Return the layer whose caption is at a point of the layout, or None."""
    for column, box in _caption_boxes(state):
        rows = 1 + state.figure_rows
        if box.adjusted(0.0, -2.0, 0.0, rows * state.line + 2.0).contains(x, y):
            return column.layer
    return None


def caption_text(state: NetworkViewState, layer: int) -> str:
    """Return a layer's caption and its figures in full."""
    contents = _contents(state, state.layout.columns[layer])[0]
    sentences = [figure.sentence for figure in state.figures[layer]] if state.figures else []
    return "\n".join([column_titles(state.problem)[layer], contents, *sentences])


def _caption_boxes(state: NetworkViewState) -> list[tuple[LayerColumn, QRectF]]:
    """Return where the first line of every caption stands."""
    columns, top = state.layout.columns, state.caption_top
    steps = np.diff([-np.inf, *(column.x for column in columns), np.inf])
    widest = _WIDEST_CAPTION * state.line
    wide = np.minimum(steps[1:], steps[:-1]).clip(8.0, widest) - 4.0
    return [
        (column, QRectF(column.x - w / 2, top, w, state.line))
        for column, w in zip(columns, wide.tolist(), strict=True)
    ]


def _contents(state: NetworkViewState, column: LayerColumn) -> tuple[str, ...]:
    """Return what a column is made of, in full and ever shorter."""
    if column.layer == 0:
        return (_input_contents(state, column),)
    layer = state.problem.experiment.network.layers[column.layer - 1]
    if isinstance(layer, Dropout):
        return (numbers.short(layer.rate),)
    size = shortest = shape_title(state.problem.shapes[column.layer])
    if column.kind == "maps":
        maps = tr("{count} maps {rows} × {columns}")
        size = maps.format(count=column.units, rows=column.grid[0], columns=column.grid[1])
    if not has_field(layer, "activation"):
        return size, shortest
    kind = tr("{units} · {activation}")
    activation = translated(ACTIVATIONS[layer.activation].title)
    return kind.format(units=size, activation=activation), size, shortest


def _input_contents(state: NetworkViewState, column: LayerColumn) -> str:
    shape = state.problem.dataset.image_shape
    if shape is None:
        return numbers.count(column.units)
    if state.image_reader is not None:
        said = tr("weights of neuron {number}")
        return said.format(number=state.image_reader + 1)
    pixels = tr("{rows} × {columns} pixels")
    return pixels.format(rows=shape[0], columns=shape[1])


def paint_largest(painter: QPainter, state: NetworkViewState) -> None:
    """Write between columns the weight that the thickest edge there stands for."""
    if state.painted is None:
        return
    said = tr("|w| ≤ {largest}")
    is_backward = state.walk is not None and state.walk.is_backward
    if is_backward:
        said = tr("|∂L/∂w| ≤ {largest}")
    top, half = state.caption_top + state.line, _CAPTION * state.line / 2
    gaps = []
    for left, right in pairwise(state.layout.columns):
        start = left.box[2] if left.tile else left.x + half
        if right.weighted:
            gaps.append((right, QRectF(start, top, right.x - half - start, state.line)))
    has_room = [gap.width() > 2 * half for _, gap in gaps]
    if state.layout.expanded_layer is None and not all(has_room):
        return  # said over some of the gaps alone, it would seem to hold for all
    painter.setFont(state.small)
    for (column, gap), room in zip(gaps, has_room, strict=True):
        if room:
            largest = tight(state.painted.largest[column.layer - 1], tiny=is_backward)
            text = said.format(largest=largest)
            write(painter, gap, text, state.theme.muted, CENTER)


def paint_inputs(painter: QPainter, state: NetworkViewState) -> None:
    """Write the inputs' names left of them."""
    column = state.layout.columns[0]
    if column.tile:
        return
    names, right = input_titles(state.problem), column.box[0] - _GAP
    painter.setFont(state.small)
    wide = min(right - 4.0, _WIDEST_NAME * state.line)
    for unit, (_, y) in zip(column.shown, column.points.tolist(), strict=True):
        box = QRectF(right - wide, y - state.line / 2, wide, state.line)
        write(painter, box, names[unit], state.theme.text, RIGHT)
