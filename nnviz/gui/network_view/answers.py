"""What the network answers for the chosen sample, written right of its outputs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from nnviz.gui.network_view.figures import short
from nnviz.gui.network_view.labels import LINE, output_titles
from nnviz.gui.network_view.reading import Reading, expected, predicted
from nnviz.gui.network_view.scene import LEFT, RIGHT, Scene, sized, write
from nnviz.gui.texts import translated
from nnviz.training.problem import Problem

_GAP = 10.0
_BAR = 48.0
_NUMBER = 38.0
_ROOMY = 2.2 * LINE
"""Distance between outputs from which each has two lines."""


def answer_text(problem: Problem, answer: int | float) -> str:
    """Return a class by its name, or a number with three digits."""
    if problem.dataset.task == "classification":
        return translated(problem.dataset.class_names[int(answer)])
    return short(answer)


def paint_answers(painter: QPainter, scene: Scene) -> None:
    """Write every output's name and value, and below them what is predicted and expected."""
    column = scene.layout.columns[-1]
    left = column.left + column.width + _GAP
    room = QRectF(left, 0.0, scene.layout.width - left - 6.0, LINE)
    decided = _decided(scene)
    names = output_titles(scene.problem)
    wide = _name_width(painter.font(), names, room.width())
    for unit, (_, y) in zip(column.shown.tolist(), column.points.tolist(), strict=True):
        name = _Name(names[unit], wide, unit == decided)
        _paint_output(painter, scene, unit, name, room.translated(0, y))
    if scene.reading is not None:
        foot = column.bottom + (LINE if column.hidden else 0.0)
        lowest = scene.layout.height - 2 * LINE - 6.0
        _paint_verdict(painter, scene, scene.reading, room.translated(0, min(foot + 10.0, lowest)))


def _decided(scene: Scene) -> int | None:
    """Return the output that the network decides for, where outputs stand for classes."""
    if scene.reading is None or scene.problem.outputs == 1:
        return None
    return int(predicted(scene.problem, scene.reading))


@dataclass(frozen=True)
class _Name:
    """An output's name, the width that all names have, and whether the network decides for it."""

    text: str
    width: float
    decided: bool


def _paint_output(painter: QPainter, scene: Scene, unit: int, name: _Name, row: QRectF) -> None:
    """Draw one output; `row` begins at the height of its neuron's centre."""
    is_class = scene.problem.dataset.task == "classification"
    painter.setFont(sized(painter.font(), bold=name.decided))
    if scene.layout.columns[-1].pitch >= _ROOMY:
        write(painter, row.translated(0, -LINE - 0.5), name.text, scene.theme.text)
        lower = row.translated(0, 1.0)
    else:
        lower = row.translated(0, -LINE / 2)
        box = QRectF(lower.left(), lower.top(), name.width, LINE)
        write(painter, box, name.text, scene.theme.text)
        lower.setLeft(lower.left() + name.width + 6.0)
    if scene.reading is None:
        return
    value = float(scene.reading.values[-1][unit])
    if is_class:
        _paint_bar(painter, scene, unit, value, lower)
        lower = QRectF(lower.left() + _BAR, lower.top(), _NUMBER, LINE)
        write(painter, lower, short(value), scene.theme.text, RIGHT)
    else:
        painter.setFont(sized(painter.font(), bold=True))
        amount = answer_text(scene.problem, predicted(scene.problem, scene.reading))
        write(painter, lower, amount, scene.theme.text, LEFT)


def _name_width(font: QFont, names: tuple[str, ...], room: float) -> float:
    """Return the width of the longest name, as far as it leaves room for bar and number."""
    longest = _longest(sized(font, bold=True).family(), names)
    return min(longest + 2.0, max(room - _BAR - _NUMBER - 6.0, 24.0))


@lru_cache(maxsize=16)
def _longest(family: str, names: tuple[str, ...]) -> float:
    metrics = QFontMetricsF(sized(QFont(family), bold=True))
    return max(metrics.horizontalAdvance(name) for name in names)


def _paint_bar(painter: QPainter, scene: Scene, unit: int, value: float, row: QRectF) -> None:
    """Draw how far an output has come from "not this class" to "this class"."""
    problem = scene.problem
    share = (value + 1.0) / 2.0 if problem.plus_minus else value
    share = min(max(share, 0.0), 1.0)
    label = unit + 1 if problem.outputs == 1 else unit
    track = QRectF(row.left(), row.center().y() - 2.5, _BAR, 5.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(scene.theme.grid))
    painter.drawRoundedRect(track, 2.5, 2.5)
    track.setWidth(max(_BAR * share, 5.0))
    painter.setBrush(QColor(scene.theme.class_color(label)))
    painter.drawRoundedRect(track, 2.5, 2.5)


def _paint_verdict(painter: QPainter, scene: Scene, reading: Reading, row: QRectF) -> None:
    """Write what is predicted and what is expected, and whether they agree."""
    problem, theme = scene.problem, scene.theme
    answer, truth = predicted(problem, reading), expected(problem, reading.row)
    wanted = QCoreApplication.translate("NetworkView", "expected {answer}")
    painter.setFont(sized(painter.font()))
    if problem.dataset.task == "classification":
        right = answer == truth
        said = (
            QCoreApplication.translate("NetworkView", "✓ predicted {answer}")
            if right
            else QCoreApplication.translate("NetworkView", "✗ predicted {answer}")
        )
        ink = theme.text if right else theme.error
        write(painter, row, said.format(answer=answer_text(problem, answer)), ink)
        row = row.translated(0, LINE)
    write(painter, row, wanted.format(answer=answer_text(problem, truth)), theme.muted)
