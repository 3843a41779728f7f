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
from nnviz.gui.plots.plot import columns_for

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
        return next((i for i, box in enumerate(self._boxes()) if box.contains(place)), None)

    def _boxes(self) -> list[QRectF]:
        """Return where the pictures are, in pixels of the chart."""
        (many, rows, columns), room, line = self.pictures.shape, self.view.geometry(), 0.0
        across = columns_for(many, room.width(), room.height(), columns / rows, math.inf)
        wide, high = room.width() / across, room.height() / math.ceil(many / across)
        if wide >= _NAMED * self.line_height:
            line = self.line_height
        size = max(0.1, min((wide - _GAP) / columns, (high - _GAP - line) / rows))
        step_x, step_y = size * columns + _GAP, size * rows + _GAP + line
        left = room.center().x() - (across * step_x - _GAP) / 2
        corners = (divmod(number, across) for number in range(many))
        return [
            QRectF(left + x * step_x, room.top() + y * step_y, size * columns, size * rows)
            for y, x in corners
        ]

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw pictures and names."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self.font_used)
        pixels = self.theme.diverging_pixels(self.pictures, self.largest)
        many, rows, columns = self.pictures.shape
        boxes = self._boxes() if many else []
        for number, box in enumerate(boxes):
            data = np.ascontiguousarray(pixels[number]).data
            image = QImage(data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
            painter.drawImage(box, image)
            chosen = number == self._chosen
            pen = QPen(QColor(self.theme.accent), 3) if chosen else QPen(QColor(self.theme.border))
            painter.setPen(pen)
            painter.drawRect(box)
            if box.width() + _GAP >= _NAMED * self.line_height:
                painter.setPen(QColor(self.theme.text))
                below = QRectF(box.left(), box.bottom(), box.width(), self.line_height)
                name = painter.fontMetrics().elidedText(
                    self._names[number], Qt.TextElideMode.ElideRight, int(box.width())
                )
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, name)
