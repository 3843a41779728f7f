"""The exact numbers under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.legend import draw_mark

_LINE = 17.0
_LEAST_LINE = 13.0
_MARK = 14
_GAP = 12
_WIDEST_LABEL = 180
_LEAST_LABEL = 80


@dataclass(frozen=True)
class ReadoutLine:
    """A curve's mark and name, and its values there; without an entry, the values' headings."""

    entry: LegendEntry | None
    values: tuple[str, ...]


class Readout:
    """A small card: a headline, then a line a curve, with values in columns."""

    def __init__(self) -> None:
        self.headline = ""
        self.lines: tuple[ReadoutLine, ...] = ()
        self.visible = False
        self._theme: Theme | None = None
        self._font = QFont()
        self._card = QRectF()
        self._line = _LINE
        self._columns: list[int] = []

    def set_look(self, theme: Theme, font: QFont) -> None:
        """Take colours and font."""
        self._theme, self._font = theme, font

    def show_lines(
        self, headline: str, lines: Sequence[ReadoutLine], at: QPointF, inside: QRectF, floor: float
    ) -> None:
        """Say these things beside a point.

        Parameters
        ----------
        headline
            What stands above.
        lines
            What is said; the last give way where there is no height for all.
        at
            The point; the card is on the side where there is room.
        inside
            Where the card should be.
        floor
            How far down it may reach if it must.
        """
        most = max(1, int((floor - SPACE) // _LEAST_LINE) - 1)
        if len(lines) > most:
            more = ReadoutLine(None, (f"+{len(lines) - most + 1}",))
            lines = [*lines[: most - 1], more]
        self.headline, self.lines, self.visible = headline, tuple(lines), True
        metrics = QFontMetrics(self._font)
        names = (line.entry.label for line in lines if line.entry)
        label = min(max(map(metrics.horizontalAdvance, names), default=0), _WIDEST_LABEL)
        self._columns = self._widths(metrics)
        rest = _MARK + 6 + sum(_GAP + width for width in self._columns) + 2 * SPACE
        left, right = at.x() - _GAP - inside.left(), inside.right() - at.x() - _GAP
        to_the_right = rest + label <= right or right >= left
        # Where there is no room for whole names, there is for their beginnings.
        label = max(min(label, _LEAST_LABEL), min(label, int(max(left, right)) - rest))
        label = max(0, min(label, int(inside.right()) - rest))
        width = max(rest + label, metrics.horizontalAdvance(headline) + 2 * SPACE)
        line = (inside.height() - SPACE) / (1 + len(lines))
        self._line = min(_LINE, max(_LEAST_LINE, line))
        height = self._line * (1 + len(lines)) + SPACE
        x = at.x() + _GAP if to_the_right else at.x() - _GAP - width
        x = max(0.0, min(x, inside.right() - width))
        top = inside.top() + 4
        if top + height > inside.bottom():
            top = max(
                0.0, min(top, (inside.bottom() if height < inside.height() else floor) - height)
            )
        self._card = QRectF(round(x), round(top), width, height)

    def hide(self) -> None:
        """Say nothing."""
        self.visible = False

    def paint(self, painter: QPainter) -> None:
        """Draw the card."""
        if self._theme is None or not self.visible:
            return
        painter.setFont(self._font)
        painter.setPen(QPen(QColor(self._theme.border), 1))
        painter.setBrush(QColor(self._theme.raised))
        painter.drawRoundedRect(self._card.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        row = self._card.adjusted(SPACE, SPACE / 2, -SPACE, 0)
        row.setHeight(self._line)
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, self.headline)
        for line in self.lines:
            row.translate(0, self._line)
            self._paint_line(painter, line, row, self._theme)

    def _widths(self, metrics: QFontMetrics) -> list[int]:
        """Return the width of every column of values, from the right."""
        count = max((len(line.values) for line in self.lines), default=0)
        return [
            max(
                metrics.horizontalAdvance(line.values[-1 - column])
                for line in self.lines
                if len(line.values) > column
            )
            for column in range(count)
        ]

    def _paint_line(self, painter: QPainter, line: ReadoutLine, row: QRectF, theme: Theme) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.text if line.entry else theme.muted))
        place = QRectF(row)
        for value, width in zip(reversed(line.values), self._columns, strict=False):
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, value)
            place.setRight(place.right() - width - _GAP)
        if line.entry is None:
            return
        box = QRectF(row.left(), row.top(), _MARK, row.height())
        painter.setPen(QColor(theme.muted))
        label = place.adjusted(_MARK + 6, 0, 0, 0)
        text = painter.fontMetrics().elidedText(
            line.entry.label, Qt.TextElideMode.ElideRight, int(label.width()) + 1
        )
        painter.drawText(label, middle, text)
        draw_mark(painter, line.entry, box, "")
