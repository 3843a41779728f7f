"""The small tools that all painters of the picture share: lines of text, numbers, ink."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from nnviz.gui.look import numbers
from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import Theme, blend, rgb

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter

_LEAST = 6
"""Pixels of the smallest letters."""


def font_of(pixels: float) -> QFont:
    """Return the window's font with letters of this height."""
    font = small_font()
    font.setPixelSize(max(round(pixels), _LEAST))
    return font


def line_height() -> float:
    """Return the height of a line of small text."""
    return float(round(1.1 * QFontMetricsF(small_font()).height()))


def width_of(text: str, font: QFont) -> float:
    """Return how wide a line is, in pixels."""
    return QFontMetricsF(font).horizontalAdvance(text)


def write(
    painter: QPainter,
    rect: QRectF,
    text: str,
    color: str | QColor,
    flags: Qt.AlignmentFlag = LEFT,
) -> None:
    """Write one line in the painter's font, cut with an ellipsis to the rectangle's width."""
    metrics, room = QFontMetricsF(painter.font()), rect.width() + 1
    if metrics.horizontalAdvance(text) > room:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.setPen(QColor(color))
    painter.drawText(rect, int(flags | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip), text)


def tight(value: float) -> str:
    """Return about three digits for a place in the picture: ``"0.73"``, ``"−12.5"``, ``"310"``."""
    size = abs(value)
    if not size < 1e5:
        return numbers.short(value)
    return numbers.fixed(value, 0.01 if size < 10 else 0.1 if size < 100 else 1.0)


def ink_on(color: QColor, theme: Theme) -> QColor:
    """Return dark or light ink, whichever is easier to read on a colour."""
    light = 0.299 * color.red() + 0.587 * color.green() + 0.114 * color.blue() > 140
    dark_ink, light_ink = sorted((theme.text, theme.surface), key=lambda ink: sum(rgb(ink)))
    return QColor(dark_ink if light else light_ink)


def outline(theme: Theme) -> QPen:
    """Return the pen around neurons and pictures."""
    return QPen(QColor(blend(theme.text, theme.surface, 0.32)), 1.0)
