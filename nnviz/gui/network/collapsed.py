"""What is not drawn, said on the picture: neurons collapsed, weights left out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from nnviz.gui.look import numbers
from nnviz.gui.look.layer_names import unit_name
from nnviz.gui.look.theme import SPACE
from nnviz.gui.network.column import LayerColumn
from nnviz.gui.network.drawing import CENTER, tr, width_of, write
from nnviz.gui.network.view_state import NetworkViewState

_MARK = 14.0  # room of a triangle that scrolls, beside the words
_NOTE = 0.62  # share of the picture's width that the note at its foot may take


@dataclass(frozen=True, eq=False)
class CollapsedNeurons:
    """The line below a column that does not show all it has, in units of the layout."""

    column: LayerColumn
    text: str
    box: QRectF

    @property
    def directions(self) -> tuple[int, ...]:
        """Where there are more neurons to scroll to: −1 before and 1 after those shown."""
        shown = self.column.shown
        there = ((-1, shown.start > 0), (1, shown.stop < self.column.units))
        return tuple(direction for direction, has in there if has)


def collapsed_neurons(state: NetworkViewState) -> list[CollapsedNeurons]:
    """Return the lines below all columns that do not show everything."""
    columns = state.layout.columns
    room = min(right.x - left.x for left, right in pairwise(columns)) - 2 * _MARK
    lines = []
    for column in (column for column in columns if column.hidden):
        said = tr("+ {hidden} more")
        if column.shown.start:
            said = tr("{first}–{last} of {units}")
        text = said.format(
            hidden=numbers.count(column.hidden),
            first=numbers.count(column.shown.start + 1),
            last=numbers.count(column.shown.stop),
            units=numbers.count(column.units),
        )
        most = max(room, column.width)
        if not column.shown.start and width_of(text, state.small) + 2.0 > most:
            text = f"+ {numbers.count(column.hidden)}"
            most = width_of(text, state.small) + 2.0
        wide = min(width_of(text, state.small) + 2.0, most)
        box = QRectF(column.x - wide / 2, column.box[3] + 1.0, wide, state.line)
        lines.append(CollapsedNeurons(column, text, box))
    return lines


def collapsed_at(state: NetworkViewState, x: float, y: float) -> tuple[int, int] | None:
    """Return the layer that a press at a point scrolls, and the direction; or None."""
    for line in collapsed_neurons(state):
        if line.box.adjusted(-_MARK - 3.0, -2.0, _MARK + 3.0, 2.0).contains(x, y):
            return line.column.layer, line.directions[0 if x < line.box.center().x() else -1]
    return None


def paint_collapsed(painter: QPainter, state: NetworkViewState) -> None:
    """Say below every collapsed column how many neurons it has besides, and offer them."""
    painter.setFont(state.small)
    for line in collapsed_neurons(state):
        write(painter, line.box, line.text, state.theme.muted, CENTER)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(state.theme.accent))
        for sign in line.directions if state.touchable else ():
            x = line.box.center().x() + sign * (line.box.width() + _MARK) / 2
            corners = ((-3.6, -2.0 * sign), (3.6, -2.0 * sign), (0.0, 2.6 * sign))
            middle = QPointF(x, line.box.center().y())
            painter.drawPolygon(QPolygonF([middle + QPointF(*corner) for corner in corners]))


def note_of(state: NetworkViewState, undrawn: int) -> str:
    """Return what the picture leaves out of all there is, and how to see it; "" if nothing.

    So many weights are `undrawn`: of the neuron in focus, if there is one.
    """
    said = []
    if state.focus is not None:
        text = tr("Only the weights of {name}")
        said.append(text.format(name=unit_name(state.problem, *state.focus)))
    if undrawn:
        text = tr("{hidden} of {total} weights are not drawn")
        total = numbers.count(state.shown.edges.total)
        said.append(text.format(hidden=numbers.count(undrawn), total=total))
    if state.touchable and state.focus is not None:
        said.append(tr("Esc shows all"))
    elif state.touchable and state.layout.expanded_layer is not None:
        said.append(tr("Esc shows the whole network"))
    return tr(" · ").join(said)


def paint_note(painter: QPainter, state: NetworkViewState, text: str) -> None:
    """Write a note at the foot of the picture; the painter is in its pixels."""
    wide = min(width_of(text, state.small) + 1.0, _NOTE * state.room.width())
    box = QRectF(2.0 * SPACE, state.room.bottom() - 1.6 * state.line, wide, state.line)
    if text:
        # Moved or enlarged, the network may lie below the note.
        painter.fillRect(box.adjusted(-4.0, -2.0, 4.0, 2.0), QColor(state.theme.surface))
        painter.setFont(state.small)
        write(painter, box, text, state.theme.muted)
