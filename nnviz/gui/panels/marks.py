"""What stands in a plot beside its curves: levels to compare with, the epoch shown, a hint."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from nnviz.gui.look.theme import Theme
from nnviz.gui.panels.lines import Framing

Reference = tuple[float, str]
"""A value of the left axis, and what it is."""

FLAG_HEIGHT = 15
"""Of the flag that names an epoch, in pixels."""

_FLAG_ROOM = 4


def paint_references(
    painter: QPainter, framing: Framing, references: Sequence[Reference], theme: Theme, font: QFont
) -> None:
    """Draw horizontal dotted lines, each with a label at its right end."""
    box = framing.box
    painter.setFont(font)
    for value, text in references:
        if framing.log and value <= 0:
            continue
        place = math.log10(value) if framing.log else value
        if not framing.y[0] <= place <= framing.y[1]:
            continue
        share = (framing.y[1] - place) / (framing.y[1] - framing.y[0])
        level = round(framing.top + share * framing.height) + 0.5
        pen = QPen(QColor(theme.muted), 1)
        pen.setDashPattern([2, 3])
        painter.setPen(pen)
        painter.drawLine(QLineF(box.left(), level, box.right(), level))
        line = painter.fontMetrics().height()
        # Above the line, but for a line at the very top.
        top = level - line - 1 if level - line - 1 >= box.top() else level + 1
        label = QRectF(box.left(), top, 0.98 * box.width(), line)
        painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


def paint_epoch(
    painter: QPainter, framing: Framing, epoch: float, text: str, look: tuple[str, Theme, QFont]
) -> None:
    """Draw a vertical line at an epoch, with a small flag at its top that names it.

    Parameters
    ----------
    painter, framing
        Where to.
    epoch
        Which.
    text
        The flag's.
    look
        Colour of the line, theme, and font.
    """
    color, theme, font = look
    box, x = framing.box, round(framing.place(epoch)) + 0.5
    if not box.left() - 1 <= x <= box.right() + 1:
        return
    painter.setPen(QPen(QColor(color), 1))
    painter.drawLine(QLineF(x, box.top(), x, box.bottom()))
    metrics = QFontMetrics(font)
    width = metrics.horizontalAdvance(text) + 2 * _FLAG_ROOM
    left = x if x + width <= box.right() else x - width
    flag = QRectF(left, box.top(), width, FLAG_HEIGHT)
    painter.fillRect(flag, QColor(color))
    painter.setFont(font)
    painter.setPen(QColor(theme.accent_text))
    painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, text)


def paint_cross(painter: QPainter, framing: Framing, x: float, theme: Theme) -> None:
    """Draw the line at which the curves are read."""
    place = round(framing.place(x)) + 0.5
    if framing.left - 1 <= place <= framing.left + framing.width + 1:
        painter.setPen(QPen(QColor(theme.muted), 1))
        painter.drawLine(QLineF(place, framing.top, place, framing.top + framing.height))


def paint_hint(painter: QPainter, framing: Framing, text: str, theme: Theme, font: QFont) -> None:
    """Say in the middle why there is nothing to see."""
    painter.setFont(font)
    painter.setPen(QColor(theme.muted))
    wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(framing.box, wrapped, text)
