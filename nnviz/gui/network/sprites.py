"""Discs drawn from small pictures made beforehand, a few times as fast as drawing each."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from nnviz.engine.arrays import FloatArray

_LARGEST = 40.0
"""Radius on the screen from which on a picture of the disc costs as much as the disc."""

_MOST = 1500
"""Pictures kept."""

_Key = tuple[float, tuple[int, ...], str, float]


class Discs:
    """Draws discs.

    Parameters
    ----------
    ratio
        Pixels of the screen for one unit of the painter when it is not scaled; None to draw every
        disc exactly where it is, for a painter whose pixels are not known.
    """

    def __init__(self, ratio: float | None = None) -> None:
        self.ratio = ratio
        self.room = (math.inf, math.inf)
        """Width and height of what is painted on, in its pixels: no disc beyond is drawn."""
        self._made: dict[_Key, QPixmap] = {}

    def paint(
        self,
        painter: QPainter,
        centers: FloatArray,
        radii: FloatArray,
        colors: NDArray[np.uint8],
        pen: QPen,
    ) -> None:
        """Draw discs.

        Parameters
        ----------
        painter
            Moved and scaled evenly at most.
        centers
            Shape (discs, 2).
        radii
            In the painter's units, shape (discs,).
        colors
            Red, green, blue and alpha, shape (discs, 4).
        pen
            Of the outline; its width is in the painter's units.
        """
        transform = painter.worldTransform()
        zoom = transform.m11()
        if self.ratio is None or radii.max(initial=0.0) * zoom > _LARGEST:
            _paint_exactly(painter, centers, radii, colors, pen)
            return
        wide, ink = pen.widthF() * zoom, pen.color().name()
        halves = np.ceil((radii * zoom + wide / 2) * self.ratio) + 1.0
        move = np.array((transform.dx(), transform.dy()))
        corners = (centers * zoom + move) * self.ratio - halves[:, np.newaxis]
        inside = (corners > -2 * halves.max(initial=0.0)) & (corners < self.room)
        seen = inside.all(axis=1)
        places = (np.rint(corners[seen]) / self.ratio).tolist()
        sizes = (radii[seen] * zoom).round(2).tolist()
        painter.save()
        painter.resetTransform()
        for (x, y), size, color in zip(places, sizes, colors[seen].tolist(), strict=True):
            key = (size, (*color,), ink, wide)
            painter.drawPixmap(QPointF(x, y), self._made.get(key) or self._make(key))
        painter.restore()

    def _make(self, key: _Key) -> QPixmap:
        radius, color, outline, width = key
        ratio = self.ratio or 1.0
        half = np.ceil((radius + width / 2) * ratio) + 1.0
        if len(self._made) >= _MOST:
            self._made.clear()
        picture = QPixmap(round(2 * half), round(2 * half))
        picture.fill(Qt.GlobalColor.transparent)
        picture.setDevicePixelRatio(ratio)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(outline), width))
        painter.setBrush(QColor(*color))
        painter.drawEllipse(QPointF(half / ratio, half / ratio), radius, radius)
        painter.end()
        self._made[key] = picture
        return picture


def _paint_exactly(
    painter: QPainter,
    centers: FloatArray,
    radii: FloatArray,
    colors: NDArray[np.uint8],
    pen: QPen,
) -> None:
    painter.setPen(pen)
    for (x, y), radius, color in zip(
        centers.tolist(), radii.tolist(), colors.tolist(), strict=True
    ):
        painter.setBrush(QColor(*color))
        painter.drawEllipse(QPointF(x, y), radius, radius)
