"""Small pictures of signed numbers or of colours, painted pixel by pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from nnviz.gui.look.theme import Theme, blend, packed

_GRID_FROM = 8.0  # side of a pixel, on the screen, from which on pixels are kept apart by lines


def outline(theme: Theme) -> QPen:
    """Return the pen around neurons and pictures."""
    return QPen(QColor(blend(theme.text, theme.surface, 0.32)), 1.0)


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
    paint_pixels(painter, theme, rects, strengths, smooth=not zoom)
    paint_frames(painter, theme, rects, strengths.shape[1:3], zoom)


def to_pixels(theme: Theme, strengths: NDArray[Any]) -> NDArray[np.uint32]:
    """Return signed strengths, or colours, as `paint_pictures` takes them, as Qt's ``RGB32``."""
    if strengths.ndim == 4:
        return packed(strengths)
    pixels = theme.diverging_pixels(strengths)
    if np.isnan(strengths.min(initial=0.0)):
        pixels[np.isnan(strengths)] = QColor(theme.surface).rgb()
    return np.ascontiguousarray(pixels)


def paint_pixels(
    painter: QPainter, theme: Theme, rects: list[QRectF], strengths: NDArray[Any], smooth: bool
) -> None:
    """Draw what `paint_pictures` does, without anything around or between the pixels."""
    rows, across = strengths.shape[1:3]
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    for rect, picture in zip(rects, to_pixels(theme, strengths), strict=True):
        image = QImage(picture.data, across, rows, 4 * across, QImage.Format.Format_RGB32)
        painter.drawImage(rect, image)


def paint_frames(
    painter: QPainter, theme: Theme, rects: list[QRectF], grid: tuple[int, ...], zoom: float
) -> None:
    """Draw what `paint_pictures` does around and between pixels, so many down and across."""
    rows, across = grid
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
