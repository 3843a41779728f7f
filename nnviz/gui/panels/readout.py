"""The exact numbers under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnviz.gui.panels.base import LegendEntry
from nnviz.gui.panels.legend import draw_mark
from nnviz.gui.theme import SPACE, Theme

_LINE = 17
_MARK = 14


@dataclass(frozen=True)
class ReadoutLine:
    """A curve's mark and name, and its value there."""

    entry: LegendEntry
    value: str


class Readout(QGraphicsItem):
    """A small card: a headline, then a line a curve.

    Parameters
    ----------
    parent
        The plot it floats over; the card stays inside.
    """

    def __init__(self, parent: QGraphicsItem) -> None:
        super().__init__(parent)
        self.headline = ""
        self.lines: tuple[ReadoutLine, ...] = ()
        self._theme: Theme | None = None
        self._font = QFont()
        self._width = 0.0
        self.setZValue(1000)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.hide()

    def set_look(self, theme: Theme, font: QFont) -> None:
        """Take colours and font."""
        self._theme, self._font = theme, font
        self.update()

    def show_lines(
        self, headline: str, lines: Sequence[ReadoutLine], at: QPointF, inside: QRectF
    ) -> None:
        """Say these things beside a point, on the side where there is room."""
        self.prepareGeometryChange()
        self.headline, self.lines = headline, tuple(lines)
        metrics = QFontMetrics(self._font)
        labels = max((metrics.horizontalAdvance(x.entry.label) for x in lines), default=0)
        values = max((metrics.horizontalAdvance(x.value) for x in lines), default=0)
        body = _MARK + 6 + labels + 12 + values
        self._width = max(body, metrics.horizontalAdvance(headline)) + 2 * SPACE
        height = self.boundingRect().height()
        x = at.x() + 12
        if x + self._width > inside.right():
            x = at.x() - 12 - self._width
        top = min(inside.top() + 4, inside.bottom() - height)
        self.setPos(max(inside.left(), x), max(0.0, top))
        self.show()
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the card's rectangle."""
        return QRectF(0, 0, self._width, _LINE * (1 + len(self.lines)) + SPACE)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the card."""
        if self._theme is None:
            return
        theme, card = self._theme, self.boundingRect()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        row = QRectF(SPACE, SPACE / 2, card.width() - 2 * SPACE, _LINE)
        painter.setPen(QColor(theme.muted))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, self.headline)
        for line in self.lines:
            row.translate(0, _LINE)
            draw_mark(painter, line.entry, QRectF(row.left(), row.top(), _MARK, _LINE), "")
            painter.setPen(QColor(theme.muted))
            painter.drawText(
                row.adjusted(_MARK + 6, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, line.entry.label
            )
            painter.setPen(QColor(theme.text))
            painter.drawText(
                row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, line.value
            )
