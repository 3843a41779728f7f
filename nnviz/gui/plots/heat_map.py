"""A heat map: an image of cells, with gaps and numbers where they are large enough."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QLinearGradient, QPainter, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from nnviz.gui.look.theme import LIGHT, Theme, packed
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart, Names, paint_in_pixels
from nnviz.gui.plots.still_plot import Moving

_SPARSE = 16
"""Up to so many rows or columns there are gaps between the cells."""

_BAR_GAP, _BAR = 10, 10
"""Pixels between a chart and the scale of its colours, and across that."""


@guarded
class HeatMap(pg.ImageItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Cells of width and height 1, the first row at the top: row r spans rows - 1 - r upwards.

    With gaps, cells that are few and large are apart; smooth colours run into one another.
    """

    def __init__(self, gaps: bool = True, smooth: bool = False) -> None:
        super().__init__(axisOrder="row-major")
        self._gaps, self._smooth = gaps, smooth
        self.room = 2.6
        """Width of a cell from which on there is a text in it, in heights of a line."""
        self._theme, self._font = LIGHT, QFont()
        self._line = QFontMetricsF(self._font).height()
        self._texts: Callable[[int, int], tuple[str, str]] | None = None
        self._spanned: tuple[object, ...] = ()
        self.image: NDArray[np.uint32] | None
        self._picture = QImage()

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        self._theme, self._font, self._line = theme, font, QFontMetricsF(font).height()
        self.update()

    def set_cells(
        self,
        colors: NDArray[np.unsignedinteger],
        texts: Callable[[int, int], tuple[str, str]] | None = None,
        area: QRectF | None = None,
    ) -> None:
        """Show cells in these colours, shape (rows, columns, 3 or 4), or (rows, columns) of pixels.

        Pixels are numbers 0xffrrggbb, of which nothing has to be made before they are drawn.

        `texts` tells what is written in a cell (row, column) that is large enough, and in which
        colour. The cells span the area; without it each is 1 wide and high.
        """
        rows, columns = colors.shape[:2]
        self._texts = texts
        if self.image is None or self.image.shape != (rows, columns):
            self.prepareGeometryChange()
        self.image = np.ascontiguousarray(packed(colors) if colors.ndim == 3 else colors)
        kinds = QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32
        kind = kinds[colors.shape[2:] == (4,)]
        self._picture = QImage(self.image.data, columns, rows, 4 * columns, kind)
        self.update()
        spanned = area or QRectF(0, 0, columns, rows)
        if (rows, columns, spanned) != self._spanned:
            self._spanned = rows, columns, spanned
            # The first row is at the top, where values of the axis are highest.
            self.setRect(spanned.left(), spanned.bottom(), spanned.width(), -spanned.height())

    def set_points(self, colors: NDArray[np.uint8], area: QRectF) -> None:
        """Show colours of points, the lowest row first: the outer ones lie on the area's edges."""
        rows, columns = colors.shape[:2]
        x, y = area.width() / (columns - 1) / 2, area.height() / (rows - 1) / 2
        self.set_cells(colors[::-1], area=area.adjusted(-x, -y, x, y))

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the cells, then gaps and numbers in pixels."""
        if self.image is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._smooth)
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)  # in a PDF, not as JPEG
        whole, (rows, columns) = self.boundingRect(), self.image.shape[:2]
        painter.drawImage(whole, self._picture)
        box = self.sceneTransform().mapRect(whole)
        gaps = _gap_lines(box.getRect(), rows, columns) if self._gaps else []
        cell = QSizeF(box.width() / columns, box.height() / rows)
        is_written = self._texts is not None and (
            cell.width() >= self.room * self._line and cell.height() >= 1.1 * self._line
        )
        if not gaps and not is_written:
            return
        painter.save()
        paint_in_pixels(self, painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if gaps:
            painter.setPen(QPen(QColor(self._theme.surface), 1))
            painter.drawLines(gaps)
        if is_written:
            self._draw_texts(painter, box.topLeft(), cell)
        painter.restore()

    def _draw_texts(self, painter: QPainter, start: QPointF, cell: QSizeF) -> None:
        assert self._texts is not None and self.image is not None
        painter.setFont(self._font)
        for row, column in np.ndindex(self.image.shape[:2]):
            text, color = self._texts(row, column)
            corner = start + QPointF(column * cell.width(), row * cell.height())
            painter.setPen(QColor(color))
            painter.drawText(QRectF(corner, cell), Qt.AlignmentFlag.AlignCenter, text)


@lru_cache(maxsize=32)
def _gap_lines(box: tuple[float, ...], rows: int, columns: int) -> list[QLineF]:
    """Return the lines between few rows and columns in a box of left, top, width and height."""
    left, top, width, height = box
    across = range(1, columns) if columns <= _SPARSE else ()
    down = range(1, rows) if rows <= _SPARSE else ()
    xs = [round(left + width * i / columns) for i in across]
    ys = [round(top + height * i / rows) for i in down]
    return [QLineF(x, top, x, top + height) for x in xs] + [
        QLineF(left, y, left + width, y) for y in ys
    ]


@guarded
class MovingMap(Moving, HeatMap):
    """A heat map that is another one at every moment, below what stands still."""

    is_below = True


class PixelChart(Chart):
    """A picture without axes, with a frame around some of its pixels."""

    def __init__(self) -> None:
        super().__init__(square=True)
        self.labelled = frozenset()
        self.cells, self._frame = self.add(HeatMap(gaps=False)), self.add(QGraphicsRectItem())

    def show_pixels(
        self,
        colors: NDArray[np.uint8],
        names: Names,
        frame: QRectF | None = None,
        shape: tuple[int, int] | None = None,
    ) -> None:
        """Show colours, shape (rows, columns, 3 or 4), and frame some, counted from the top.

        They are as large as so many rows and columns, else as their own.
        """
        (rows, columns), frame = shape or colors.shape[:2], frame or QRectF()
        self.set_names(names)
        self.set_ranges((0.0, columns), (0.0, rows))
        self.view.setBorder(self.theme.border)
        self.cells.set_cells(colors, area=QRectF(0, 0, columns, rows))
        self._frame.setPen(pg.mkPen(self.theme.accent, width=2))
        self._frame.setRect(frame.left(), rows - frame.bottom(), frame.width(), frame.height())
        self._frame.setVisible(not frame.isEmpty())


class ColorBar(QGraphicsRectItem):
    """The scale of colours, between a chart and its right axis, which tells the values."""

    def __init__(self, chart: Chart) -> None:
        self._axis = chart.axes["right"]
        super().__init__(self._axis)
        self._axis.set_gap(_BAR_GAP + _BAR + 4)
        self._axis.heightChanged.connect(self._fit)

    def set_colors(self, colors: NDArray[np.uint8], border: str) -> None:
        """Show colours from the lowest to the highest, shape (colors, 3 or 4), in a frame."""
        last = len(colors) - 1
        shades = QLinearGradient(0, 1, 0, 0)
        shades.setCoordinateMode(QLinearGradient.CoordinateMode.ObjectMode)
        stops = [(i / last, QColor(*map(int, colors[i][:3]))) for i in range(0, last + 1, 5)]
        shades.setStops(stops)
        self.setBrush(shades)
        self.setPen(pg.mkPen(border))
        self._fit()

    def _fit(self) -> None:
        self.setRect(_BAR_GAP + 0.5, 0.5, _BAR, self._axis.size().height() - 0.5)
