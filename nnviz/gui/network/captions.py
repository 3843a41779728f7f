"""The words around the neurons: names of layers, of inputs and outputs, and the largest weights."""

from __future__ import annotations

from itertools import count, pairwise

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPainter

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense, Dropout, shape_text
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

_GAP, _BETWEEN, _CLOSE = 6.0, 8.0, 3.0
_ANSWERS = 7.87  # lines' heights that answers are wide at least
_MOST_ANSWERS = 0.36  # share of the width that they may take for it
_BRIEF = {
    "conv2d": "Conv",
    "max_pool2d": "Pool",
    "average_pool2d": "Pool",
    "global_average_pool2d": "Mean",
    "flatten": "Flat",
    "dropout": "Drop",
    "batch_norm": "Norm",
}
"""What layers are called where there is very little room, by their kind."""

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
    """Write above every column what it is and how many neurons it has.

    Where columns are too close for that, some have nothing: the tool tip tells.
    """
    columns, top = state.layout.columns, state.caption_top
    maps = [column.layer for column in columns if column.kind == "maps"]
    others = [[column.layer] for column in columns if column.layer not in maps]
    contents = [_contents(state, column) for column in columns]
    lines = (
        (state.strong, state.theme.text, _titles(state.problem), [list(range(len(columns)))]),
        (state.small, state.theme.muted, contents, [maps, *others]),
    )
    for row, (font, ink, texts, alike) in enumerate(lines):
        painter.setFont(font)
        end = 0.0
        for column, text in zip(columns, _fitting(state, texts, font, alike), strict=True):
            wide = width_of(text, font)
            left = max(column.x - wide / 2, 2.0)
            if left >= end:
                write(painter, QRectF(left, top + row * state.line, wide, state.line), text, ink)
                end = left + wide + _CLOSE


def _titles(problem: Problem) -> list[tuple[str, ...]]:
    """Return what columns are called, and ever shorter: hidden layers by their number alone."""
    number, titles = count(1), list[tuple[str, ...]]()
    inputs, *hidden, output = column_titles(problem)
    for title, layer in zip(hidden, problem.experiment.network.layers, strict=False):
        names = [title]
        if isinstance(layer, Dense):
            names.append(str(next(number)))
        else:
            brief, which = tr(_BRIEF[layer.kind]), title.split()[-1]
            names += [f"{brief} {which}", brief] if which.isdigit() else [brief]
        titles.append(tuple(names))
    return [(inputs,), *titles, (output, output, tr("Out"))]


def _fitting(
    state: NetworkViewState,
    texts: list[tuple[str, ...]],
    font: QFont,
    groups: list[list[int]],
) -> list[str]:
    """Return for every column the longest of its texts for which there is room.

    The columns of a group have texts alike, each the first of its own, or each the second, …
    """
    chosen = [each[-1] for each in texts]
    for group in groups:
        for level in range(max((len(texts[i]) for i in group), default=0)):
            tried = list(chosen)
            for i in group:
                tried[i] = texts[i][min(level, len(texts[i]) - 1)]
            if _apart(state, [width_of(text, font) for text in tried], group):
                chosen = tried
                break
    return chosen


def _apart(state: NetworkViewState, wide: list[float], group: list[int]) -> bool:
    """Return whether there is room between texts so wide, in the middle of columns."""
    x = [0.0, *(column.x for column in state.layout.columns), state.layout.width]
    half = [0.0, *(0.5 * one for one in wide), 0.0]
    pairs = {pair for layer in group for pair in (layer, layer + 1)}
    return all(x[i + 1] - x[i] >= half[i] + half[i + 1] + _BETWEEN for i in pairs)


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
        return _input_contents(state, column)
    layer = state.problem.experiment.network.layers[column.layer - 1]
    if isinstance(layer, Dropout):
        return (numbers.short(layer.rate),)
    shape = state.problem.shapes[column.layer]
    if column.kind == "maps":
        maps = tr("{count} maps {rows}×{columns}")
        size = maps.format(count=column.units, rows=column.grid[0], columns=column.grid[1])
        return size, shape_text(shape), shape_text(column.grid)
    size = shape_title(shape)
    if not has_field(layer, "activation"):
        return size, shape_text(shape), shape_text(shape[-2:])
    kind = tr("{units} · {activation}")
    activation = translated(ACTIVATIONS[layer.activation].title)
    return kind.format(units=size, activation=activation), size


def _input_contents(state: NetworkViewState, column: LayerColumn) -> tuple[str, ...]:
    data = state.problem.dataset
    if data.image_shape is None:
        return (numbers.count(column.units),)
    if state.image_reader is not None:
        said = tr("weights of neuron {number}")
        return (said.format(number=state.image_reader + 1),)
    rows, columns = data.image_shape
    pixels, shape = tr("{rows} × {columns} pixels in colour"), shape_text(data.picture_shape)
    if data.channels == 1:
        pixels, shape = tr("{rows} × {columns} pixels"), shape_text(data.image_shape)
    return pixels.format(rows=rows, columns=columns), shape


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
            largest = tight(state.painted.largest(column.layer - 1), tiny=is_backward)
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
