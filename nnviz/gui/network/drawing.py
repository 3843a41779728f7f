"""The small tools that all painters of the picture share: fonts, lines of text, ink."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QFontMetricsF,
    QPainter,
    QPen,
    QStaticText,
    QTransform,
)

from nnviz.gui.look import numbers
from nnviz.gui.look.theme import BODY_SIZE, SMALL_SIZE, Theme, blend, rgb

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter

_LEAST = 6
"""Pixels of the smallest letters."""


def small_font(base: QFont, bold: bool = False) -> QFont:
    """Return the smaller of the two sizes that go with a widget's font."""
    return font_of(base, QFontInfo(base).pixelSize() * SMALL_SIZE / BODY_SIZE, bold)


def font_of(base: QFont, pixels: float, bold: bool = False) -> QFont:
    """Return a font of this height whose digits all have the same width."""
    return _font(base.family(), max(round(pixels), _LEAST), bold)


@lru_cache(maxsize=64)
def _font(family: str, pixels: int, bold: bool) -> QFont:
    font = QFont(family)
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    # Figures that change sixty times a second must not dance.
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def width_of(text: str, font: QFont) -> float:
    """Return how wide a line is, in pixels."""
    return _width(text, font.family(), font.pixelSize(), font.bold())


@lru_cache(maxsize=2048)
def _width(text: str, family: str, pixels: int, bold: bool) -> float:
    return QFontMetricsF(_font(family, pixels, bold)).horizontalAdvance(text)


def write(
    painter: QPainter,
    rect: QRectF,
    text: str,
    color: str | QColor,
    flags: Qt.AlignmentFlag = LEFT,
) -> None:
    """Write one line in the painter's font, cut with an ellipsis to the rectangle's width."""
    painter.setPen(QColor(color))
    font = painter.font()
    line = _typeset(text, font.family(), font.pixelSize(), font.bold(), rect.width())
    spare = rect.size() - line.size()
    share = 0.0 if flags == LEFT else 1.0 if flags == RIGHT else 0.5
    painter.drawStaticText(
        rect.topLeft() + QPointF(share * spare.width(), spare.height() / 2), line
    )


@lru_cache(maxsize=2048)
def _typeset(text: str, family: str, pixels: int, bold: bool, room: float) -> QStaticText:
    """Return a line that is measured and set in type: the same few are written all the time."""
    font = _font(family, pixels, bold)
    fitting = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room + 1)
    line = QStaticText(fitting)
    line.setTextFormat(Qt.TextFormat.PlainText)
    line.prepare(QTransform(), font)
    return line


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
