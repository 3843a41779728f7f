"""A chart of small pictures with their names below, all with one scale of colours."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from nnviz.engine.arrays import FloatArray
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart

_GAP = 4
"""Pixels between pictures."""

_NAMED = 1.8
"""Width of a picture from which on it has its name below, in heights of a line."""


@guarded
class TilesChart(Chart):
    """Pictures of signed numbers, one of which may be chosen, as large as all of them fit."""

    def __init__(self) -> None:
        super().__init__()
        self.labelled = frozenset()
        for axis in self.axes.values():
            axis.hide()
        self.pictures: FloatArray = np.zeros((0, 1, 1))
        """Numbers that are drawn, shape (pictures, rows, columns)."""
        self.largest = 1.0
        """The size of a number that has the full colour; beyond it the colour stays."""
        self._names: Sequence[str] = ()
        self._chosen = -1

    def show_pictures(
        self, pictures: FloatArray, largest: float, names: Sequence[str], chosen: int
    ) -> None:
        """Show numbers, shape (pictures, rows, columns), and mark a picture; -1 for none."""
        self.pictures, self.largest, self._names, self._chosen = pictures, largest, names, chosen
        self.update()

    def picture_at(self, at: QPointF) -> int | None:
        """Return the number of the picture at a point of the plane, or None beside all."""
        place = self.mapFromScene(self.place(at.x(), at.y()))
        return next((i for i, box in enumerate(self._boxes()[0]) if box.contains(place)), None)

    def _boxes(self) -> tuple[list[QRectF], int]:
        """Return where the pictures are, in pixels of the chart, and the height of their names.

        Names are left out where pictures would be too small with them.
        """
        (many, rows, columns), room = self.pictures.shape, self.view.geometry()

        def size(across: int, line: int) -> float:
            wide, high = room.width() / across, room.height() / math.ceil(many / across)
            return float(min((wide - _GAP) / columns, (high - _GAP - line) / rows))

        for line in (self.line_height, 0):
            pixel, across = max((size(n, line), n) for n in range(1, many + 1))
            if pixel * columns >= _NAMED * line:
                break
        wide, high = max(pixel, 0.1) * columns, max(pixel, 0.1) * rows
        left = room.center().x() - (across * (wide + _GAP) - _GAP) / 2
        corners = (divmod(number, across) for number in range(many))
        return [
            QRectF(left + x * (wide + _GAP), room.top() + y * (high + _GAP + line), wide, high)
            for y, x in corners
        ], line

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw pictures and names."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)  # in a PDF, not as JPEG
        painter.setFont(self.font_used)
        pixels = self.theme.diverging_pixels(self.pictures, self.largest)
        many, rows, columns = self.pictures.shape
        boxes, line = self._boxes() if many else ([], 0)
        for number, box in enumerate(boxes):
            data = np.ascontiguousarray(pixels[number]).data
            image = QImage(data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
            painter.drawImage(box, image)
            chosen = number == self._chosen
            pen = QPen(QColor(self.theme.accent), 3) if chosen else QPen(QColor(self.theme.border))
            painter.setPen(pen)
            painter.drawRect(box)
            if line:
                painter.setPen(QColor(self.theme.text))
                below = QRectF(box.left(), box.bottom(), box.width(), line)
                name = painter.fontMetrics().elidedText(
                    self._names[number], Qt.TextElideMode.ElideRight, int(box.width())
                )
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, name)
