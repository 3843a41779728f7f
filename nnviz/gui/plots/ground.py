"""The ground of a chart: colours that run into one another, below all that stands still in it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import paint_in_pixels
from nnviz.gui.plots.still_plot import Moving

_WHOLE = 1.5
"""Widths of a chart up to which its ground is made as large as it is seen; not if zoomed in on."""


@guarded
class Ground(Moving, pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Colours of a grid of points, and between them what is in between."""

    is_below = True

    def __init__(self) -> None:
        super().__init__()
        self._area, self._pixels, self._image = QRectF(), np.empty((0, 0), np.uint32), QImage()

    def clear(self) -> None:
        """Show nothing."""
        self._image = QImage()
        self.update()

    def set_points(self, colors: NDArray[np.uint8], area: QRectF) -> None:
        """Show colours of points, shape (rows, columns, 3 or 4), the lowest row first.

        The outer ones lie on the area's edges.
        """
        rows, columns = colors.shape[:2]
        x, y = area.width() / (columns - 1) / 2, area.height() / (rows - 1) / 2
        if (wide := area.adjusted(-x, -y, x, y)) != self._area:
            self.prepareGeometryChange()
            self._area = wide
        # Such pixels are copied; of others Qt makes them in threads, which are waited for.
        pixels = colors[::-1, :, :3] @ np.array([1 << 16, 1 << 8, 1], np.uint32)
        self._pixels = pixels | np.uint32(0xFF000000)
        kind = QImage.Format.Format_RGB32
        self._image = QImage(self._pixels.data, columns, rows, 4 * columns, kind)
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the area and half a point around it."""
        return self._area

    def draw(self, painter: QPainter, *_: object) -> None:
        """Draw the colours in pixels: on a screen made as large as they are seen beforehand."""
        if self._image.isNull():
            return
        box = paint_in_pixels(self, painter).mapRect(self._area)
        if not self.is_apart or box.width() > _WHOLE * self.getViewBox().width():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)  # no JPEG in a PDF
            painter.drawImage(box, self._image)
            return
        ratio = painter.device().devicePixelRatio()
        size, mode = (box.size() * ratio).toSize(), Qt.TransformationMode.SmoothTransformation
        seen = self._image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
        seen.setDevicePixelRatio(ratio)
        painter.drawImage(box.topLeft().toPoint(), seen)
