"""The exact numbers under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from nnviz.gui.panels.base import LegendEntry
from nnviz.gui.panels.legend import draw_mark
from nnviz.gui.theme import SPACE, Theme

_LINE = 17.0
_LEAST_LINE = 13.0
_MARK = 14
_GAP = 12
_WIDEST_LABEL = 180


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
        self, headline: str, lines: Sequence[ReadoutLine], at: QPointF, inside: QRectF
    ) -> None:
        """Say these things beside a point, on the side where there is room."""
        self.headline, self.lines, self.visible = headline, tuple(lines), True
        metrics = QFontMetrics(self._font)
        labels = max(
            (metrics.horizontalAdvance(line.entry.label) for line in lines if line.entry), default=0
        )
        self._columns = self._widths(metrics)
        body = _MARK + 6 + min(labels, _WIDEST_LABEL) + sum(_GAP + w for w in self._columns)
        width = max(body, metrics.horizontalAdvance(headline)) + 2 * SPACE
        room = (inside.height() - SPACE) / (1 + len(lines))
        self._line = min(_LINE, max(_LEAST_LINE, room))
        height = self._line * (1 + len(lines)) + SPACE
        x = at.x() + _GAP
        if x + width > inside.right():
            x = at.x() - _GAP - width
        top = min(inside.top() + 4, inside.bottom() - height)
        self._card = QRectF(max(inside.left(), x), max(0.0, top), width, height)

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
