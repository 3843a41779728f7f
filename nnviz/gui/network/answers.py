"""What the network answers for the chosen sample, written right of its outputs."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from nnviz.gui.look.layer_names import input_titles
from nnviz.gui.look.style import strong_font
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SMALL_SIZE
from nnviz.gui.look.units import target_date
from nnviz.gui.network.drawing import RIGHT, tight, tr, width_of, write
from nnviz.gui.network.layout import Layout
from nnviz.gui.network.sample_activations import SampleActivations, expected
from nnviz.gui.network.view_state import NetworkViewState
from nnviz.training.problem import Problem

_Room = tuple[int, QRectF, QRectF, QRectF]
"""An output, and the places of its name, of its value, and of a bar within that."""

_GAP = 10.0
_BAR, _LEAST_BAR, _THIN = 48.0, 24.0, 5.0
"""Length of a bar, also where there is little room; its height, which is the least length too."""

_NUMBER = 2.6  # lines' heights that the number beside a bar is wide
_ROOMY = 2.2  # lines' heights between outputs from which on each has two lines


def answer_text(problem: Problem, answer: int | float) -> str:
    """Return a class by its name, a date, or a number."""
    if problem.dataset.task == "classification":
        return translated(problem.dataset.class_names[int(answer)])
    return target_date(problem, answer) or tight(answer)


@lru_cache(maxsize=4)
def _rooms(names: tuple[str, ...], layout: Layout, line: float) -> list[_Room]:
    """Return the room of every output shown, all of which have `names`."""
    column, rooms = layout.columns[-1], []
    left = column.box[2] + _GAP
    room = QRectF(left, 0.0, layout.width - left - 6.0, line)
    longest = max(width_of(name, strong_font(SMALL_SIZE)) for name in names) + 2.0
    for unit, (_, y) in zip(column.shown, column.points.tolist(), strict=True):
        name, value = room.translated(0, y - line - 0.5), room.translated(0, y + 1.0)
        if column.pitch < _ROOMY * line:
            name = room.translated(0, y - line / 2)
            beside = room.width() - _LEAST_BAR - _NUMBER * line - 6.0
            name.setWidth(min(longest, max(beside, 12.0)))
            value = room.translated(0, y - line / 2)
            value.setLeft(name.right() + 6.0)
        most = min(_BAR, max(value.width() - _NUMBER * line, _THIN))
        bar = QRectF(value.left(), value.center().y() - _THIN / 2, most, _THIN)
        rooms.append((unit, name, value, bar))
    return rooms


def paint_answers(painter: QPainter, state: NetworkViewState) -> None:
    """Write every output's name and value, and below them what is predicted and expected."""
    problem, activations = state.problem, state.answered
    decides = activations is not None and problem.outputs > 1
    decided = int(activations.predicted()) if activations is not None and decides else None
    column, names = state.layout.columns[-1], state.output_names
    for unit, name, value, bar in _rooms(names, state.layout, state.line):
        painter.setFont(state.strong if unit == decided else state.small)
        write(painter, name, names[unit], state.theme.text)
        if activations is None:
            continue
        if problem.dataset.task == "classification":
            number = QRectF(value)
            number.setLeft(bar.right())
            number.setWidth(_NUMBER * state.line)
            told = tight(float(activations.values[-1][unit]))
            write(painter, number, told, state.theme.text, RIGHT)
        else:
            painter.setFont(state.strong)
            write(painter, value, answer_text(problem, activations.predicted()), state.theme.text)
    if activations is not None:
        foot = column.box[3] + (state.line if column.hidden else 0.0) + 10.0
        lowest = state.layout.height - 2 * state.line - 6.0
        left = column.box[2] + _GAP
        row = QRectF(left, min(foot, lowest), state.layout.width - left - 6.0, state.line)
        painter.setFont(state.small)
        for text, ink in _verdict(state, activations):
            write(painter, row, text, ink)
            row = row.translated(0, state.line)


def paint_bars(painter: QPainter, state: NetworkViewState, full: bool) -> None:
    """Draw a bar for what each class is given; or what all of them are parts of, in `full`."""
    problem, theme, activations = state.problem, state.theme, state.answered
    if problem.dataset.task != "classification" or (activations is None and not full):
        return
    painter.setPen(Qt.PenStyle.NoPen)
    values = activations.values[-1].tolist() if activations is not None else []
    is_signed, first = problem.plus_minus, int(problem.outputs == 1)
    for unit, _, _, bar in _rooms(state.output_names, state.layout, state.line):
        color = theme.grid
        if not full:
            share = (values[unit] + 1.0) / 2.0 if is_signed else values[unit]
            share = min(max(share, 0.0), 1.0)  # also of what is no number
            bar = QRectF(bar.left(), bar.top(), max(bar.width() * share, _THIN), _THIN)
            color = theme.class_color(unit + first)
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(bar, _THIN / 2, _THIN / 2)


def _verdict(state: NetworkViewState, activations: SampleActivations) -> list[tuple[str, str]]:
    """Return what is predicted, of a class, and what is expected: texts and their inks."""
    problem, theme, said = state.problem, state.theme, list[tuple[str, str]]()
    answer, truth = activations.predicted(), expected(problem, activations.row)
    if problem.dataset.task == "classification":
        right = tr("✓ predicted {answer}")
        wrong = tr("✗ predicted {answer}")
        text, is_right = right if answer == truth else wrong, answer == truth
        if activations.inspection.moved is not None:  # of what is nowhere nobody knows the truth
            text, is_right = tr("predicted {answer}"), True
        text = text.format(answer=answer_text(problem, answer))
        said.append((text, theme.text if is_right else theme.error))
    wanted = tr("actual {answer}")
    if activations.inspection.moved is not None:
        wanted = tr("a drawing") if problem.dataset.image_shape else tr("sample moved")
    said.append((wanted.format(answer=answer_text(problem, truth)), theme.muted))
    return said


def names_beside(state: NetworkViewState, x: float) -> str:
    """Return in full what is written left of the inputs or right of the outputs; or nothing."""
    first, last = state.layout.columns[0], state.layout.columns[-1]
    if x > last.box[2]:
        names = [state.output_names[unit] for unit in last.shown]
        verdict = _verdict(state, state.answered) if state.answered is not None else []
        return "\n".join([*names, *(text for text, _ in verdict)])
    if x < first.box[0] and not first.tile:
        return "\n".join(input_titles(state.problem)[unit] for unit in first.shown)
    return ""
