"""Where values stand on a function: dots on it, and a histogram in the lane below its chart."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from nnviz.gui.look.in_place import first_of
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart, WholeView, paint_in_pixels
from nnviz.gui.plots.ranges import Array
from nnviz.gui.plots.still_plot import Moving

_STRIP, _GAP = 14, 3
LANE = _STRIP + _GAP
"""Pixels under a chart for the histogram, and some between it and what is above."""

_DOT = 7
"""Pixels across a dot."""


@guarded
class Stand(Moving, WholeView):
    """A histogram over all that a chart spans, and dots on it."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self._chart = chart
        self._counts: NDArray[np.intp] = np.empty(0, np.intp)
        self._dots: NDArray[np.floating] = np.empty((0, 2))
        self._disc, self._ink, self._rim, self._fill = QPixmap(), QBrush(), QPen(), QBrush()
        self.hide()

    def restyle(self, ink: str, rim: str, fill: str) -> None:
        """Take over colours: of dots and around them, and of the histogram."""
        self._ink, self._rim, self._fill = (
            QBrush(QColor(ink)),
            QPen(QColor(rim)),
            QBrush(QColor(fill)),
        )
        self._disc = QPixmap()
        self.update()

    def show_marks(self, counts: NDArray[np.intp], dots: NDArray[np.floating]) -> None:
        """Show counts of equal bins, shape (bins,), and points of the plane, shape (dots, 2).

        Dots beyond the chart are at its edge.
        """
        self._counts, self._dots = counts, dots
        self.show()
        self.update()

    def draw(self, painter: QPainter, *_: object) -> None:
        """Draw histogram and dots in pixels."""
        (left, right), (low, high) = self._chart.shown
        to_pixels = paint_in_pixels(self, painter)
        scale, start = (to_pixels.m11(), to_pixels.m22()), (to_pixels.dx(), to_pixels.dy())
        # The root keeps a bin of one sample visible beside one of hundreds.
        heights = np.sqrt(self._counts / max(self._counts.max(), 1)) * _STRIP
        ends = np.arange(len(heights) + 1) * ((right - left) / len(heights)) + left
        outline = np.full((2 * len(ends), 2), low * scale[1] + start[1] + LANE)
        outline[:, 0] = np.repeat(ends * scale[0] + start[0], 2)
        outline[1:-1, 1] -= np.repeat(heights, 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._fill)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawPath(pg.arrayToQPath(*outline.T))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dots = self._dots.clip((left, low), (right, high))
        if np.isnan(dots.sum()):
            dots = np.nan_to_num(dots)
        places = dots * scale + start
        if self.is_apart:
            self._put_discs(painter, places)
            return
        painter.setPen(self._rim)
        painter.setBrush(self._ink)
        for x, y in places.tolist():
            painter.drawEllipse(QPointF(x, y), _DOT / 2, _DOT / 2)

    def _put_discs(self, painter: QPainter, places: Array) -> None:
        """Put pictures of a dot at places in pixels, which is quicker than to draw each."""
        ratio, side = painter.device().devicePixelRatio(), _DOT + 1
        if self._disc.isNull() or self._disc.devicePixelRatio() != ratio:
            self._disc = self._drawn_disc(side, ratio)
        pieces = np.zeros((len(places), 10))  # as Qt's PixmapFragment has it
        pieces[:, :2], pieces[:, 4:6] = places, side * ratio
        pieces[:, 6:8], pieces[:, 9] = 1 / ratio, 1.0
        first = first_of(pieces, QPainter.PixmapFragment)
        painter.drawPixmapFragments(first, len(pieces), self._disc)

    def _drawn_disc(self, side: int, ratio: float) -> QPixmap:
        disc = QPixmap(QSize(side, side) * ratio)
        disc.setDevicePixelRatio(ratio)
        disc.fill(Qt.GlobalColor.transparent)
        painter = QPainter(disc)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._rim)
        painter.setBrush(self._ink)
        painter.drawEllipse(QPointF(side / 2, side / 2), _DOT / 2, _DOT / 2)
        painter.end()
        return disc
