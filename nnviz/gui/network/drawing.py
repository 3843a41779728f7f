"""The small tools that all painters of the picture share: lines of text, numbers, ink."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from nnviz.gui.look import numbers
from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import Theme, rgb

tr = partial(QCoreApplication.translate, "NetworkPanel")
"""Translates what is written on the picture."""

_LINE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip
LEFT = int(_LINE | Qt.AlignmentFlag.AlignLeft)
RIGHT = int(_LINE | Qt.AlignmentFlag.AlignRight)
CENTER = int(_LINE | Qt.AlignmentFlag.AlignHCenter)

_FLAKE = 5.0  # radius


def line_height() -> float:
    """Return the height of a line of small text."""
    return float(round(1.1 * QFontMetricsF(small_font()).height()))


def width_of(text: str, font: QFont) -> float:
    """Return how wide a line is, in pixels."""
    return QFontMetricsF(font).horizontalAdvance(text)


def write(
    painter: QPainter, rect: QRectF, text: str, color: str | QColor, flags: int = LEFT
) -> None:
    """Write one line in the painter's font, cut with an ellipsis to the rectangle's width."""
    metrics, room = QFontMetricsF(painter.font()), rect.width() + 1
    if metrics.horizontalAdvance(text) > room:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.setPen(QColor(color))
    painter.drawText(rect, flags, text)


def tight(value: float, tiny: bool = False) -> str:
    """Return about three digits for a place in the picture: ``"0.73"``, ``"−12.5"``, ``"310"``.

    What is far below 1 is 0; where that would tell nothing, as of gradients, one digit of the
    `tiny` number: ``"−0.003"``.
    """
    size = abs(value)
    if tiny and 0 < size < 0.005:
        return numbers.short(float(f"{value:.0e}"))
    if not size < 1e5:
        return numbers.short(value)
    return numbers.fixed(value, 0.01 if size < 10 else 0.1 if size < 100 else 1.0)


def ink_on(color: QColor, theme: Theme) -> QColor:
    """Return dark or light ink, whichever is easier to read on a colour."""
    light = 0.299 * color.red() + 0.587 * color.green() + 0.114 * color.blue() > 140
    dark_ink, light_ink = sorted((theme.text, theme.surface), key=lambda ink: sum(rgb(ink)))
    return QColor(dark_ink if light else light_ink)


def paint_flake(painter: QPainter, at: QPointF, theme: Theme) -> None:
    """Draw the mark of what is frozen: a snowflake on a small disc."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.surface))
    painter.drawEllipse(at, _FLAKE + 2.0, _FLAKE + 2.0)
    painter.setPen(QPen(QColor(theme.accent), 1.5))
    for angle in (30.0, 90.0, 150.0):
        arm = QLineF.fromPolar(_FLAKE, angle)
        painter.drawLine(at - arm.p2(), at + arm.p2())
