"""What is not drawn, said on the picture: neurons collapsed, weights left out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from nnviz.gui.look import numbers
from nnviz.gui.look.theme import SPACE
from nnviz.gui.network.column import Column
from nnviz.gui.network.drawing import CENTER, width_of, write
from nnviz.gui.network.edges import weight_count
from nnviz.gui.network.explanations import unit_name
from nnviz.gui.network.view_state import NetworkViewState

_MARK = 14.0
"""Room of a triangle that scrolls, beside the words."""

_NOTE = 0.62
"""Share of the picture's width that the note at its foot may take."""


@dataclass(frozen=True, eq=False)
class CollapsedNeurons:
    """The line below a column that does not show all it has, in units of the layout.

    Parameters
    ----------
    layer
        Whose.
    text, box
        What it says and where.
    back, more
        Whether there are neurons before and after those shown, to scroll to.
    """

    layer: int
    text: str
    box: QRectF
    back: bool
    more: bool

    def direction_at(self, x: float, y: float) -> int | None:
        """Return where a press at a point scrolls to: 1 on, −1 back, or None."""
        if not self.box.adjusted(-_MARK - 3.0, -2.0, _MARK + 3.0, 2.0).contains(x, y):
            return None
        both = self.back and self.more
        return -1 if (x < self.box.center().x() if both else self.back) else 1


def collapsed_neurons(state: NetworkViewState) -> list[CollapsedNeurons]:
    """Return the lines below all columns that do not show everything."""
    columns = state.layout.columns
    room = min(right.x - left.x for left, right in pairwise(columns)) - 2 * _MARK
    return [_collapsed(state, column, room) for column in columns if column.hidden]


def _collapsed(state: NetworkViewState, column: Column, room: float) -> CollapsedNeurons:
    first, last = column.above + 1, column.above + column.shown.size
    if column.above:
        said = QCoreApplication.translate("NetworkPanel", "{first}–{last} of {units}")
        text = said.format(first=first, last=last, units=numbers.count(column.units))
    else:
        said = QCoreApplication.translate("NetworkPanel", "+ {count} more")
        text = said.format(count=numbers.count(column.hidden))
    wide = min(width_of(text, state.small) + 2.0, max(room, column.width))
    box = QRectF(column.x - wide / 2, column.box[3] + 1.0, wide, state.line)
    return CollapsedNeurons(column.layer, text, box, column.above > 0, last < column.units)


def paint_collapsed(painter: QPainter, state: NetworkViewState) -> None:
    """Say below every collapsed column how many neurons it has besides, and offer them."""
    painter.setFont(state.small)
    for line in collapsed_neurons(state):
        write(painter, line.box, line.text, state.theme.muted, CENTER)
        if not state.touchable:
            continue
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(state.theme.accent))
        y, away = line.box.center().y(), _MARK / 2
        if line.back:
            painter.drawPolygon(_triangle(QPointF(line.box.left() - away, y), -1.0))
        if line.more:
            painter.drawPolygon(_triangle(QPointF(line.box.right() + away, y), 1.0))


def _triangle(center: QPointF, sign: float) -> QPolygonF:
    corners = ((-3.6, -2.0), (3.6, -2.0), (0.0, 2.6))
    return QPolygonF([center + QPointF(x, sign * y) for x, y in corners])


def note_of(state: NetworkViewState, undrawn: int, total: int) -> str:
    """Return what the picture leaves out of all there is; "" if nothing.

    Parameters
    ----------
    state
        The picture.
    undrawn, total
        Weights that are not drawn, and all there are.
    """
    said = []
    if state.focus is not None:
        said.append(_focus_note(state, state.focus, total - undrawn))
    elif undrawn:
        text = QCoreApplication.translate(
            "NetworkPanel", "{hidden} of {total} weights are not drawn"
        )
        said.append(text.format(hidden=numbers.count(undrawn), total=numbers.count(total)))
    if state.touchable and state.focus is not None:
        said.append(QCoreApplication.translate("NetworkPanel", "Esc shows all"))
    elif state.touchable and state.layout.expanded_layer is not None:
        said.append(QCoreApplication.translate("NetworkPanel", "Esc shows the whole network"))
    elif state.focus is None and state.layout.expanded_layer is None:
        said += _collapsed_notes(state)
    both = QCoreApplication.translate("NetworkPanel", "{note} · {other}")
    return reduce(lambda note, other: both.format(note=note, other=other), said) if said else ""


def _collapsed_notes(state: NetworkViewState) -> list[str]:
    columns = state.layout.columns
    neurons = sum(column.hidden for column in columns if column.of_neurons)
    maps = sum(column.hidden for column in columns if column.kind == "maps")
    of_neurons = QCoreApplication.translate("NetworkPanel", "{count} neurons are collapsed")
    of_maps = QCoreApplication.translate("NetworkPanel", "{count} maps are collapsed")
    said = ((of_neurons, neurons), (of_maps, maps))
    return [text.format(count=numbers.count(count)) for text, count in said if count]


def _focus_note(state: NetworkViewState, focus: tuple[int, int], drawn: int) -> str:
    name, has = unit_name(state, *focus), weight_count(state.layout, focus[0])
    if state.focus_reads_image:
        drawn += state.layout.columns[0].units  # as a picture
    if not has:
        said = QCoreApplication.translate("NetworkPanel", "Only {name}")
    elif drawn < has:
        said = QCoreApplication.translate("NetworkPanel", "{drawn} of the {has} weights of {name}")
    else:
        said = QCoreApplication.translate("NetworkPanel", "Only the {has} weights of {name}")
    return said.format(name=name, drawn=numbers.count(drawn), has=numbers.count(has))


def paint_note(painter: QPainter, state: NetworkViewState, text: str, room: QRectF) -> None:
    """Write a note at the foot of the picture; the painter and `room` are in its pixels."""
    if not text:
        return
    wide = min(width_of(text, state.small) + 1.0, _NOTE * room.width())
    box = QRectF(2.0 * SPACE, room.bottom() - 1.6 * state.line, wide, state.line)
    # Moved or enlarged, the network may lie below the note.
    painter.fillRect(box.adjusted(-4.0, -2.0, 4.0, 2.0), QColor(state.theme.surface))
    painter.setFont(state.small)
    write(painter, box, text, state.theme.muted)
