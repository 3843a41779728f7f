"""Paints the table of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from nnviz.gui.look.theme import Theme
from nnviz.gui.panels.comparisons.columns import RunColumn
from nnviz.gui.panels.comparisons.lines import CURRENT, RunLine
from nnviz.gui.panels.comparisons.places import HEAD, HEAD_LINE, MARK, SMALL_GAP, Place, Places
from nnviz.gui.panels.forwards.look import strong

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
FOREIGN = "*"
"""Stands at figures that cannot be compared with those of the run that is looked at."""

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Shown = Sequence[tuple[RunColumn, Place]]


@dataclass(frozen=True, eq=False)
class Sheet:
    """What the table is painted on.

    Parameters
    ----------
    painter
        Pen and font are changed.
    theme, places
        Colours, and where everything stands.
    width
        Of the lines between runs.
    head
        Font of what stands above and below the lines.
    """

    painter: QPainter
    theme: Theme
    places: Places
    width: int
    head: QFont

    def paint_heads(self, shown: Shown, corner: str) -> None:
        """Draw what the columns are, and in the corner above the names what is to be known."""
        painter = self.painter
        painter.setFont(self.head)
        painter.setPen(QColor(self.theme.muted))
        self._write(QRect(0, HEAD_LINE + 1, self.places.name, HEAD_LINE), LEFT, corner)
        groups = [[*members] for _, members in groupby(shown, key=lambda one: one[0].group)]
        ends = [*(members[0][1].left - SMALL_GAP for members in groups[1:]), self.width]
        for members, end in zip(groups, ends, strict=True):
            self._paint_group(members, end)
        painter.setPen(QColor(self.theme.border))
        painter.drawLine(0, HEAD - 1, self.width, HEAD - 1)

    def _paint_group(self, members: Shown, end: int) -> None:
        """Draw the title of columns, which may reach up to `end`, and theirs below it."""
        group, left, right = members[0][0].group, members[0][1].left, members[-1][1].right
        is_single_figure = members[0][0].is_figure and len(members) == 1
        reach = right if is_single_figure else max(right, end)
        self.painter.setPen(QColor(self.theme.muted))
        self._write(QRect(left, 0, reach - left, HEAD_LINE), self._side(is_single_figure), group)
        if group and len(members) > 1:
            self.painter.setPen(QColor(self.theme.grid))
            self.painter.drawLine(left, HEAD_LINE, right, HEAD_LINE)
        self.painter.setPen(QColor(self.theme.text))
        for column, place in members:
            box = QRect(place.left, HEAD_LINE + 1, place.right - place.left, HEAD_LINE)
            self._write(box, self._side(column.is_figure), column.title)

    def paint_line(self, line: RunLine, top: int) -> None:
        """Draw a run's mark and name, and the line below it."""
        painter, row = self.painter, self.places.row
        is_current = line.slot == CURRENT
        color = self.theme.curve if is_current else self.theme.ghost_color(line.slot)
        painter.setPen(QPen(QColor(color), 3 if is_current else 2))
        painter.drawLine(QPointF(1, top + row / 2), QPointF(MARK - 5, top + row / 2))
        painter.setFont(self.places.font)
        painter.setPen(QColor(self.theme.text))
        self._write(QRect(MARK, top, self.places.name - MARK, row), LEFT, line.name)
        painter.setPen(QColor(self.theme.grid))
        painter.drawLine(0, top + row - 1, self.width, top + row - 1)

    def paint_cell(self, column: RunColumn, line: int, where: Place, top: int) -> None:
        """Draw a figure or a setting."""
        font = self.places.font
        self.painter.setFont(strong(font) if line in column.strong else font)
        is_quiet = line in column.faint | column.foreign
        self.painter.setPen(QColor(self.theme.muted if is_quiet else self.theme.text))
        box = QRect(where.left, top, where.right - where.left, self.places.row)
        self._write(box, self._side(column.is_figure), column.texts[line])
        if line in column.foreign:
            # Hung into the gap, so that digits stay below digits.
            self.painter.drawText(QPointF(where.right + 2, self._baseline(top)), FOREIGN)

    def paint_note(self, note: str, room: QRect) -> None:
        """Write below the lines, where there is room."""
        self.painter.setPen(QColor(self.theme.muted))
        self.painter.setFont(self.head)
        self.painter.drawText(room, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop, note)

    def _baseline(self, top: int) -> float:
        metrics = self.painter.fontMetrics()
        return top + (self.places.row + metrics.ascent() - metrics.descent()) / 2

    def _side(self, is_figure: bool) -> Qt.AlignmentFlag:
        return RIGHT if is_figure else LEFT

    def _write(self, box: QRect, side: Qt.AlignmentFlag, text: str) -> None:
        fitting = self.painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, box.width()
        )
        self.painter.drawText(box, side, fitting)
