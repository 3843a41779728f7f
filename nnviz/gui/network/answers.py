"""What the network answers for the chosen sample, written right of its outputs."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from nnviz.gui.look.texts import translated
from nnviz.gui.network.captions import output_titles
from nnviz.gui.network.drawing import LEFT, RIGHT, tight, width_of, write
from nnviz.gui.network.sample_activations import SampleActivations, expected
from nnviz.gui.network.view_state import NetworkViewState
from nnviz.training.problem import Problem

_GAP = 10.0
_BAR, _THIN = 48.0, 5.0
"""Length of a bar, and its height, which is the least length too."""

_NUMBER = 2.6
"""Lines' heights that the number beside a bar is wide."""

_ROOMY = 2.2
"""Lines' heights between outputs from which on each has two lines."""


def answer_text(problem: Problem, answer: int | float) -> str:
    """Return a class by its name, or a number."""
    if problem.dataset.task == "classification":
        return translated(problem.dataset.class_names[int(answer)])
    return tight(answer)


def paint_answers(painter: QPainter, state: NetworkViewState) -> None:
    """Write every output's name and value, and below them what is predicted and expected."""
    problem, activations = state.problem, state.activations
    decides = activations is not None and problem.outputs > 1
    decided = int(activations.predicted()) if activations is not None and decides else None
    column, names = state.layout.columns[-1], output_titles(problem)
    left = column.box[2] + _GAP
    room = QRectF(left, 0.0, state.layout.width - left - 6.0, state.line)
    is_roomy = column.pitch >= _ROOMY * state.line
    longest = max(width_of(name, state.strong) for name in names) + 2.0
    for unit, (_, y) in zip(column.shown.tolist(), column.points.tolist(), strict=True):
        painter.setFont(state.strong if unit == decided else state.small)
        name, value = room.translated(0, y - state.line - 0.5), room.translated(0, y + 1.0)
        if not is_roomy:
            name = room.translated(0, y - state.line / 2)
            beside = room.width() - _BAR - _NUMBER * state.line - 6.0
            name.setWidth(min(longest, max(beside, 24.0)))
            value = room.translated(0, y - state.line / 2)
            value.setLeft(name.right() + 6.0)
        write(painter, name, names[unit], state.theme.text)
        _paint_value(painter, state, unit, value)
    if activations is not None:
        foot = column.box[3] + (state.line if column.hidden else 0.0) + 10.0
        lowest = state.layout.height - 2 * state.line - 6.0
        _paint_verdict(painter, state, activations, room.translated(0, min(foot, lowest)))


def _paint_value(painter: QPainter, state: NetworkViewState, unit: int, room: QRectF) -> None:
    """Draw a class's bar and number, or write the number that is predicted."""
    problem, theme = state.problem, state.theme
    if problem.dataset.task == "classification":
        track = QRectF(room.left(), room.center().y() - _THIN / 2, _BAR, _THIN)
        _paint_bar(painter, track, theme.grid)
        if state.activations is None:
            return
        value = float(state.activations.values[-1][unit])
        share = (value + 1.0) / 2.0 if problem.plus_minus else value
        share = min(max(share, 0.0), 1.0)  # also of what is no number
        track.setWidth(max(_BAR * share, _THIN))
        label = unit + 1 if problem.outputs == 1 else unit
        _paint_bar(painter, track, theme.class_color(label))
        number = QRectF(room)
        number.setTopLeft(room.topLeft() + QPointF(_BAR, 0.0))
        number.setWidth(_NUMBER * state.line)
        write(painter, number, tight(value), theme.text, RIGHT)
    elif state.activations is not None:
        painter.setFont(state.strong)
        answer = answer_text(problem, state.activations.predicted())
        write(painter, room, answer, theme.text, LEFT)


def _paint_bar(painter: QPainter, bar: QRectF, color: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(bar, _THIN / 2, _THIN / 2)


def _paint_verdict(
    painter: QPainter, state: NetworkViewState, activations: SampleActivations, row: QRectF
) -> None:
    """Write what is predicted and what is expected, and whether they agree."""
    problem, theme = state.problem, state.theme
    answer, truth = activations.predicted(), expected(problem, activations.row)
    painter.setFont(state.small)
    if problem.dataset.task == "classification":
        right = QCoreApplication.translate("NetworkPanel", "✓ predicted {answer}")
        wrong = QCoreApplication.translate("NetworkPanel", "✗ predicted {answer}")
        text = (right if answer == truth else wrong).format(answer=answer_text(problem, answer))
        write(painter, row, text, theme.text if answer == truth else theme.error)
        row = row.translated(0, state.line)
    wanted = QCoreApplication.translate("NetworkPanel", "expected {answer}")
    write(painter, row, wanted.format(answer=answer_text(problem, truth)), theme.muted)
