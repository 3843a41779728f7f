"""The small tools that all painters of the picture share: lines of text, numbers, ink, pictures."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from nnviz.gui.look import numbers
from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import Theme, blend, rgb

tr = partial(QCoreApplication.translate, "NetworkPanel")
"""Translates what is written on the picture."""

_LINE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip
LEFT = int(_LINE | Qt.AlignmentFlag.AlignLeft)
RIGHT = int(_LINE | Qt.AlignmentFlag.AlignRight)
CENTER = int(_LINE | Qt.AlignmentFlag.AlignHCenter)

_FLAKE = 5.0  # radius
_GRID_FROM = 8.0  # side of a pixel, on the screen, from which on pixels are kept apart by lines


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


def outline(theme: Theme) -> QPen:
    """Return the pen around neurons and pictures."""
    return QPen(QColor(blend(theme.text, theme.surface, 0.32)), 1.0)


def paint_flake(painter: QPainter, at: QPointF, theme: Theme) -> None:
    """Draw the mark of what is frozen: a snowflake on a small disc."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.surface))
    painter.drawEllipse(at, _FLAKE + 2.0, _FLAKE + 2.0)
    painter.setPen(QPen(QColor(theme.accent), 1.5))
    for angle in (30.0, 90.0, 150.0):
        arm = QLineF.fromPolar(_FLAKE, angle)
        painter.drawLine(at - arm.p2(), at + arm.p2())


def paint_pictures(
    painter: QPainter,
    theme: Theme,
    rects: list[QRectF],
    strengths: NDArray[Any],
    zoom: float = 1.0,
) -> None:
    """Draw signed strengths, or colours, as pixels: each is a square.

    The rectangles are all of one size, the strengths from −1 to 1 of the shape (pictures, rows,
    columns), and nothing is drawn where they are NaN; colours are bytes, with a last axis of red,
    green and blue. `zoom` is how many pixels of the screen a unit of the painter is, or 0 for a
    smooth picture of no pixels.
    """
    rows, across = strengths.shape[1:3]
    if strengths.ndim == 4:
        pixels = strengths @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    else:
        pixels = theme.diverging_pixels(strengths)
        pixels[np.isnan(strengths)] = QColor(theme.surface).rgb()
    pixels = np.ascontiguousarray(pixels)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not zoom)
    for rect, picture in zip(rects, pixels, strict=True):
        image = QImage(picture.data, across, rows, 4 * across, QImage.Format.Format_RGB32)
        painter.drawImage(rect, image)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if min(rects[0].width() / across, rects[0].height() / rows) * zoom >= _GRID_FROM:
        painter.setPen(QPen(QColor(theme.surface), 0.8))
        painter.drawLines([line for rect in rects for line in _grid(rect, rows, across)])
    painter.setPen(outline(theme))
    painter.drawRects([rect.adjusted(-0.5, -0.5, 0.5, 0.5) for rect in rects])  # around the pixels


def _grid(rect: QRectF, rows: int, across: int) -> list[QLineF]:
    """Return the lines that keep the pixels of a picture apart."""
    left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
    x = [left + i * rect.width() / across for i in range(1, across)]
    y = [top + i * rect.height() / rows for i in range(1, rows)]
    return [QLineF(i, top, i, bottom) for i in x] + [QLineF(left, i, right, i) for i in y]
