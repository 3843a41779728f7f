"""A chart of small pictures with their names below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart
from nnviz.gui.widgets.pixels import paint_pictures

_GAP = 4
"""Pixels between pictures."""

_NAMED = 1.8
"""Width of a picture from which on it has its name below, in heights of a line."""


@guarded
class TilesChart(Chart):
    """Pictures of numbers or colours, one of which may be chosen, as large as all of them fit."""

    def __init__(self) -> None:
        super().__init__()
        self.labelled = frozenset()
        for axis in self.axes.values():
            axis.hide()
        self.pictures: NDArray[Any] = np.zeros((0, 1, 1))
        """What is drawn, as `paint_pictures` takes it."""
        self._names: Sequence[str] = ()
        self._chosen = -1

    def show_pictures(self, pictures: NDArray[Any], names: Sequence[str], chosen: int) -> None:
        """Show pictures, as `paint_pictures` takes them, and mark one; -1 for none."""
        self.pictures, self._names, self._chosen = pictures, names, chosen
        self.update()

    def picture_at(self, at: QPointF) -> int | None:
        """Return the number of the picture at a point of the plane, or None beside all."""
        place = self.mapFromScene(self.place(at.x(), at.y()))
        return next((i for i, box in enumerate(self._boxes()[0]) if box.contains(place)), None)

    def _boxes(self) -> tuple[list[QRectF], int]:
        """Return where the pictures are, in pixels of the chart, and the height of their names.

        Names are left out where pictures would be too small with them.
        """
        (many, rows, columns), room = self.pictures.shape[:3], self.view.geometry()

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
        if not len(self.pictures):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)  # in a PDF, not as JPEG
        painter.setFont(self.font_used)
        boxes, line = self._boxes()
        paint_pictures(painter, self.theme, boxes, self.pictures)
        if self._chosen >= 0:
            painter.setPen(QPen(QColor(self.theme.accent), 3))
            painter.drawRect(boxes[self._chosen])
        painter.setPen(QColor(self.theme.text))
        for name, box in zip(self._names, boxes if line else (), strict=False):
            below = QRectF(box.left(), box.bottom(), box.width(), line)
            text = painter.fontMetrics().elidedText(
                name, Qt.TextElideMode.ElideRight, int(box.width())
            )
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)
