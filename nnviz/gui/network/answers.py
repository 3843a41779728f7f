"""What the network answers for the chosen sample, written right of its outputs."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from nnviz.gui.look.layer_names import input_titles, output_titles
from nnviz.gui.look.texts import translated
from nnviz.gui.network.drawing import LEFT, RIGHT, tight, tr, width_of, write
from nnviz.gui.network.sample_activations import SampleActivations, expected
from nnviz.gui.network.view_state import NetworkViewState
from nnviz.training.problem import Problem

_GAP = 10.0
_BAR, _LEAST_BAR, _THIN = 48.0, 24.0, 5.0
"""Length of a bar, also where there is little room; its height, which is the least length too."""

_NUMBER = 2.6  # lines' heights that the number beside a bar is wide
_ROOMY = 2.2  # lines' heights between outputs from which on each has two lines


def answer_text(problem: Problem, answer: int | float) -> str:
    """Return a class by its name, or a number."""
    if problem.dataset.task == "classification":
        return translated(problem.dataset.class_names[int(answer)])
    return tight(answer)


def paint_answers(painter: QPainter, state: NetworkViewState) -> None:
    """Write every output's name and value, and below them what is predicted and expected."""
    problem, activations = state.problem, state.answered
    decides = activations is not None and problem.outputs > 1
    decided = int(activations.predicted()) if activations is not None and decides else None
    column, names = state.layout.columns[-1], output_titles(problem)
    left = column.box[2] + _GAP
    room = QRectF(left, 0.0, state.layout.width - left - 6.0, state.line)
    is_roomy = column.pitch >= _ROOMY * state.line
    longest = max(width_of(name, state.strong) for name in names) + 2.0
    for unit, (_, y) in zip(column.shown, column.points.tolist(), strict=True):
        painter.setFont(state.strong if unit == decided else state.small)
        name, value = room.translated(0, y - state.line - 0.5), room.translated(0, y + 1.0)
        if not is_roomy:
            name = room.translated(0, y - state.line / 2)
            beside = room.width() - _LEAST_BAR - _NUMBER * state.line - 6.0
            name.setWidth(min(longest, max(beside, 12.0)))
            value = room.translated(0, y - state.line / 2)
            value.setLeft(name.right() + 6.0)
        write(painter, name, names[unit], state.theme.text)
        _paint_value(painter, state, unit, value)
    if activations is not None:
        foot = column.box[3] + (state.line if column.hidden else 0.0) + 10.0
        lowest = state.layout.height - 2 * state.line - 6.0
        row = room.translated(0, min(foot, lowest))
        painter.setFont(state.small)
        for text, ink in _verdict(state, activations):
            write(painter, row, text, ink)
            row = row.translated(0, state.line)


def _paint_value(painter: QPainter, state: NetworkViewState, unit: int, room: QRectF) -> None:
    """Draw a class's bar and number, or write the number that is predicted."""
    problem, theme = state.problem, state.theme
    if problem.dataset.task == "classification":
        most = min(_BAR, max(room.width() - _NUMBER * state.line, _THIN))
        track = QRectF(room.left(), room.center().y() - _THIN / 2, most, _THIN)
        _paint_bar(painter, track, theme.grid)
        if state.answered is None:
            return
        value = float(state.answered.values[-1][unit])
        share = (value + 1.0) / 2.0 if problem.plus_minus else value
        share = min(max(share, 0.0), 1.0)  # also of what is no number
        track.setWidth(max(most * share, _THIN))
        label = unit + 1 if problem.outputs == 1 else unit
        _paint_bar(painter, track, theme.class_color(label))
        number = QRectF(room.left() + most, room.top(), _NUMBER * state.line, room.height())
        write(painter, number, tight(value), theme.text, RIGHT)
    elif state.answered is not None:
        painter.setFont(state.strong)
        answer = answer_text(problem, state.answered.predicted())
        write(painter, room, answer, theme.text, LEFT)


def _paint_bar(painter: QPainter, bar: QRectF, color: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
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
        names = [output_titles(state.problem)[unit] for unit in last.shown]
        verdict = _verdict(state, state.answered) if state.answered is not None else []
        return "\n".join([*names, *(text for text, _ in verdict)])
    if x < first.box[0] and not first.tile:
        return "\n".join(input_titles(state.problem)[unit] for unit in first.shown)
    return ""
