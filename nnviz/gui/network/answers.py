"""What the network answers for the chosen sample, written right of its outputs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from nnviz.gui.look.texts import translated
from nnviz.gui.network.figures import short
from nnviz.gui.network.labels import LINE, output_titles
from nnviz.gui.network.reading import Reading, expected, predicted
from nnviz.gui.network.scene import LEFT, RIGHT, Scene, sized, write
from nnviz.gui.network.sheet import Layout
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


@dataclass(frozen=True, eq=False)
class _Place:
    """Where one output is written.

    Parameters
    ----------
    unit, text
        Which it is, and its name.
    name, track, number
        Boxes of its name, of its bar at full length, and of its value.
    """

    unit: int
    text: str
    name: QRectF
    track: QRectF
    number: QRectF


def paint_tracks(painter: QPainter, scene: Scene) -> None:
    """Draw what the outputs' bars run in."""
    if scene.problem.dataset.task != "classification":
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(scene.theme.grid))
    for place in _places_of(scene, painter.font()):
        painter.drawRoundedRect(place.track, 2.5, 2.5)


def paint_answers(painter: QPainter, scene: Scene) -> None:
    """Write every output's name and value, and below them what is predicted and expected."""
    places, decided = _places_of(scene, painter.font()), _decided(scene)
    plain, bold = sized(painter.font()), sized(painter.font(), bold=True)
    for place in places:
        painter.setFont(bold if place.unit == decided else plain)
        write(painter, place.name, place.text, scene.theme.text)
    if scene.reading is None:
        return
    _paint_values(painter, scene, scene.reading, places, decided)
    column = scene.layout.columns[-1]
    foot = column.bottom + (LINE if column.hidden else 0.0)
    lowest = scene.layout.height - 2 * LINE - 6.0
    room = _room(scene.layout).translated(0, min(foot + 10.0, lowest))
    _paint_verdict(painter, scene, scene.reading, room)


def _decided(scene: Scene) -> int | None:
    """Return the output that the network decides for, where outputs stand for classes."""
    if scene.reading is None or scene.problem.outputs == 1:
        return None
    return int(predicted(scene.problem, scene.reading))


def _paint_values(
    painter: QPainter,
    scene: Scene,
    reading: Reading,
    places: tuple[_Place, ...],
    decided: int | None,
) -> None:
    """Draw every class's bar and number, or write the number that is predicted."""
    plain, bold = sized(painter.font()), sized(painter.font(), bold=True)
    if scene.problem.dataset.task != "classification":
        painter.setFont(bold)
        amount = answer_text(scene.problem, predicted(scene.problem, reading))
        write(painter, places[0].number, amount, scene.theme.text, LEFT)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    for place in places:
        _paint_bar(painter, scene, place, float(reading.values[-1][place.unit]))
    for place in places:
        painter.setFont(bold if place.unit == decided else plain)
        value = short(float(reading.values[-1][place.unit]))
        write(painter, place.number, value, scene.theme.text, RIGHT)


def _paint_bar(painter: QPainter, scene: Scene, place: _Place, value: float) -> None:
    """Draw how far an output has come from "not this class" to "this class"."""
    problem = scene.problem
    share = (value + 1.0) / 2.0 if problem.plus_minus else value
    share = min(max(share, 0.0), 1.0)
    label = place.unit + 1 if problem.outputs == 1 else place.unit
    bar = QRectF(place.track)
    bar.setWidth(max(_BAR * share, 5.0))
    painter.setBrush(QColor(scene.theme.class_color(label)))
    painter.drawRoundedRect(bar, 2.5, 2.5)


def _room(layout: Layout) -> QRectF:
    """Return a line as wide as there is room right of the outputs."""
    left = layout.columns[-1].right + _GAP
    return QRectF(left, 0.0, layout.width - left - 6.0, LINE)


def _places_of(scene: Scene, font: QFont) -> tuple[_Place, ...]:
    is_class = scene.problem.dataset.task == "classification"
    return _places(scene.layout, output_titles(scene.problem), is_class, font.family())


@lru_cache(maxsize=4)
def _places(
    layout: Layout, names: tuple[str, ...], is_class: bool, family: str
) -> tuple[_Place, ...]:
    """Return where all outputs are written: on two lines each where there is room."""
    column, room = layout.columns[-1], _room(layout)
    metrics = QFontMetricsF(sized(QFont(family), bold=True))
    longest = max(metrics.horizontalAdvance(name) for name in names)
    wide = min(longest + 2.0, max(room.width() - _BAR - _NUMBER - 6.0, 24.0))
    places = []
    for unit, (_, y) in zip(column.shown.tolist(), column.points.tolist(), strict=True):
        name, lower = room.translated(0, y - LINE - 0.5), room.translated(0, y + 1.0)
        if column.pitch < _ROOMY:
            name = QRectF(room.left(), y - LINE / 2, wide, LINE)
            lower = room.translated(0, y - LINE / 2)
            lower.setLeft(name.right() + 6.0)
        track = QRectF(lower.left(), lower.center().y() - 2.5, _BAR, 5.0)
        number = QRectF(lower.left() + _BAR, lower.top(), _NUMBER, LINE) if is_class else lower
        places.append(_Place(unit, names[unit], name, track, number))
    return tuple(places)


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
