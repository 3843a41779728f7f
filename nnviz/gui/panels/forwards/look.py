"""Fonts, widths and tints of the table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QFont, QFontMetrics

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import BODY_SIZE, Theme, blend
from nnviz.gui.panels.forwards.columns import Column, Group
from nnviz.gui.panels.forwards.numbers import cell, input_text
from nnviz.gui.panels.legend import small_font
from nnviz.training.problem import Problem

PAD, SMALL_PAD = 10, 6
"""Of a cell, left and right together: as a rule, and where that makes everything fit."""

SWATCH = 9
LONGEST_NAME = 60
WIDEST_CELL = "0.000"
SIGN = "−"
TINT = 0.5
"""Share of a value's colour in a cell: figures must stay readable on it."""

_SAMPLED_ROWS = 40
_MARK = 20
_TITLE_ROOM = 8
_RING = 13


def body_font(font: QFont) -> QFont:
    """Return a font at the larger of the two sizes."""
    body = QFont(font)
    body.setPixelSize(BODY_SIZE)
    return body


def strong(font: QFont) -> QFont:
    """Return a font in bold."""
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold


@lru_cache(maxsize=4)
def tints(theme: Theme) -> tuple[QColor, ...]:
    """Return 256 grounds of cells, from −1 to 1."""
    colors = theme.diverging(np.linspace(-1.0, 1.0, 256))[:, :3].tolist()
    hexes = ("#{:02x}{:02x}{:02x}".format(*color) for color in colors)
    return tuple(QColor(blend(color, theme.surface, TINT)) for color in hexes)


def shade_of(strength: float) -> int:
    """Return which of the `tints` a cell of this strength has; neutral if it is not a number."""
    if strength != strength:
        strength = 0.0
    return round((min(max(strength, -1.0), 1.0) + 1.0) * 127.5)


def shades_of(strengths: FloatArray) -> NDArray[np.intp]:
    """Return `shade_of` every strength."""
    inside = np.clip(np.nan_to_num(strengths, nan=0.0), -1.0, 1.0)
    return np.asarray(np.rint((inside + 1.0) * 127.5), np.intp)


def widths_of(
    problem: Problem, groups: Sequence[Group], cells: QFont, row_height: int, pad: int
) -> dict[Column, int]:
    """Return what every column needs; it stays as it is while training goes on."""
    body, head = QFontMetrics(cells), QFontMetrics(small_font(cells))
    sure = max(body.horizontalAdvance(WIDEST_CELL), head.horizontalAdvance("z₁₂")) + pad
    sign = body.horizontalAdvance(SIGN)
    rows = problem.dataset.inputs[:_SAMPLED_ROWS]
    inputs = problem.encode_inputs(rows)
    found: dict[Column, int] = {}
    for column in (column for group in groups for column in group.columns):
        title = min(head.horizontalAdvance(column.title), LONGEST_NAME) + 2
        if column.is_neuron:
            found[column] = sure + sign * _can_be_negative(problem, column)
        elif column.kind == "input":
            texts = map(input_text, inputs[:, column.unit].tolist())
            widest = max(body.horizontalAdvance(text) for text in texts)
            found[column] = max(title, widest) + pad
        elif column.kind == "picture":
            height, width = problem.dataset.image_shape or (1, 1)
            found[column] = max(title, round((row_height - 4) * width / height)) + pad
        elif column.kind == "mark":
            found[column] = _MARK
        else:
            found[column] = max(title, _answer_width(problem, column, body)) + pad
    for group in groups:
        _make_room_for_title(group, head, found)
    return found


def _make_room_for_title(group: Group, head: QFontMetrics, found: dict[Column, int]) -> None:
    """Widen the columns of a group that is narrower than its title."""
    missing = head.horizontalAdvance(group.title) + _TITLE_ROOM
    missing -= sum(found[column] for column in group.columns)
    for column in group.columns:
        found[column] += max(0, -(-missing // len(group.columns)))


def _can_be_negative(problem: Problem, column: Column) -> bool:
    spec = problem.experiment.network.layers[column.layer]
    return column.kind == "z" or ACTIVATIONS[spec.activation].output_range[0] < 0


def start_width(problem: Problem, rows: int, cells: QFont) -> int:
    """Return the width of the column that numbers the samples."""
    ring = _RING if problem.test is not None else 0
    return QFontMetrics(strong(cells)).horizontalAdvance(f"{max(rows, 10)}") + SMALL_PAD + ring


def _answer_width(problem: Problem, column: Column, metrics: QFontMetrics) -> int:
    if column.kind in ("decided", "true"):
        names = map(translated, problem.dataset.class_names)
        return SWATCH + 5 + max(min(metrics.horizontalAdvance(n), 96) for n in names)
    targets = problem.dataset.targets
    ends = (float(targets.min()), float(targets.max()))
    sign = metrics.horizontalAdvance("−")
    return sign + max(metrics.horizontalAdvance(cell(abs(value))) for value in ends)
