"""The slim row of marks above a plot: what is drawn how."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.gui.panels.base import LegendEntry
from nnviz.gui.theme import SMALL_SIZE, Theme

_MARK_WIDTH = 14
_GRADIENT_WIDTH = 32
_GAP = 5
_LINE_HEIGHT = 18
_ENTRY_GAP = 12


def small_font(font: QFont) -> QFont:
    """Return a font at the smaller of the two sizes."""
    small = QFont(font)
    small.setPixelSize(SMALL_SIZE)
    return small


def draw_mark(painter: QPainter, entry: LegendEntry, box: QRectF, middle: str) -> None:
    """Draw an entry's mark, centred in a box.

    Parameters
    ----------
    painter
        Pen and brush are changed.
    entry
        What to draw.
    box
        Where.
    middle
        Colour between the two ends of a gradient.
    """
    color = QColor(entry.color)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    if entry.mark == "gradient":
        _draw_gradient(painter, entry, box, middle)
    elif entry.mark == "square":
        painter.drawRoundedRect(_square(box, 10), 2, 2)
    elif entry.mark == "halves":
        _draw_halves(painter, entry, box)
    elif entry.mark == "tick":
        center = box.center()
        painter.drawRect(QRectF(center.x() - 0.75, center.y() - 4, 1.5, 8))
    elif entry.mark in ("disc", "ring"):
        if entry.mark == "ring":
            painter.setPen(QPen(color, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(_square(box, 8))
    else:
        pen = QPen(color, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        if entry.mark == "dashed":
            pen.setDashPattern([2.2, 1.4])
        painter.setPen(pen)
        y = box.center().y()
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))


def _square(box: QRectF, side: float) -> QRectF:
    corner = box.center() - QPointF(side / 2, side / 2)
    return QRectF(corner.x(), corner.y(), side, side)


def _draw_gradient(painter: QPainter, entry: LegendEntry, box: QRectF, middle: str) -> None:
    shades = QLinearGradient(box.topLeft(), box.topRight())
    shades.setColorAt(0.0, QColor(entry.color))
    if middle not in (entry.color, entry.color_end):
        shades.setColorAt(0.5, QColor(middle))
    shades.setColorAt(1.0, QColor(entry.color_end))
    painter.setBrush(shades)
    painter.drawRoundedRect(box.adjusted(0, box.height() / 2 - 4, 0, 4 - box.height() / 2), 2, 2)


def _draw_halves(painter: QPainter, entry: LegendEntry, box: QRectF) -> None:
    """Draw two squares side by side, one a colour."""
    left = _square(box, 9).translated(-5, 0)
    painter.drawRoundedRect(left, 1.5, 1.5)
    painter.setBrush(QColor(entry.color_end))
    painter.drawRoundedRect(left.translated(10, 0), 1.5, 1.5)


class LegendRow(QWidget):
    """Marks and labels side by side; what does not fit in one line goes on in the next.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    lines
        How many lines it may take; what has no place there is in the tooltip. 0 for any number.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None, lines: int = 0) -> None:
        super().__init__(parent)
        self.setObjectName("legend")
        self.entries: tuple[LegendEntry, ...] = ()
        self._theme = theme
        self._lines = lines
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_entries(self, entries: Sequence[LegendEntry], theme: Theme) -> None:
        """Show these entries in these colours."""
        if tuple(entries) == self.entries and theme is self._theme:
            return
        self.entries, self._theme = tuple(entries), theme
        labels = ", ".join(entry.label for entry in entries)
        self.setAccessibleName(labels)
        self.setToolTip(labels)
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        places = self._places(width)
        return (places[-1].bottom() + 1) if places else _LINE_HEIGHT

    def hasHeightForWidth(self) -> bool:
        """Say that narrow rows are taller."""
        return True

    def sizeHint(self) -> QSize:
        """Return the size of one line with everything in it."""
        metrics = QFontMetrics(small_font(self.font()))
        return QSize(sum(self._width(entry, metrics) for entry in self.entries), _LINE_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the height of a line; width is what there is."""
        return QSize(0, _LINE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the marks and labels, elided where even a line of their own is too short."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font(self.font()))
        # There may be fewer places than entries.
        for entry, place in zip(self.entries, self._places(self.width()), strict=False):
            mark = _mark_width(entry)
            box = QRectF(place.left(), place.top() + 4, mark, place.height() - 8)
            draw_mark(painter, entry, box, self._theme.neutral)
            painter.setPen(QColor(self._theme.muted))
            room = place.adjusted(mark + _GAP, 0, 0, 0)
            text = painter.fontMetrics().elidedText(
                entry.label, Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    def _places(self, width: int) -> list[QRect]:
        metrics = QFontMetrics(small_font(self.font()))
        places: list[QRect] = []
        x = y = 0
        for entry in self.entries:
            wanted = self._width(entry, metrics)
            if x and x + wanted - _ENTRY_GAP > width:
                x, y = 0, y + _LINE_HEIGHT
            if self._lines and y >= self._lines * _LINE_HEIGHT:
                break
            places.append(QRect(x, y, min(wanted - _ENTRY_GAP, width - x), _LINE_HEIGHT))
            x += wanted
        return places

    def _width(self, entry: LegendEntry, metrics: QFontMetrics) -> int:
        text = metrics.horizontalAdvance(entry.label) + 2
        return _mark_width(entry) + _GAP + text + _ENTRY_GAP


def _mark_width(entry: LegendEntry) -> int:
    return {
        "gradient": _GRADIENT_WIDTH,
        "line": _MARK_WIDTH,
        "dashed": _MARK_WIDTH + 2,
        "halves": 20,
    }.get(entry.mark, 10)
