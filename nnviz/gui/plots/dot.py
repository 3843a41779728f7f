"""A dot in a chart, and the way to one over a function's chart."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QTransform

from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart, WholeView, paint_in_pixels
from nnviz.gui.plots.still_plot import Moving


@guarded
class Dot(Moving, WholeView):
    """A dot of a few pixels, to the middle of its rim; in front of lines, and none at first."""

    def __init__(self, radius: float = 4.5) -> None:
        super().__init__()
        self.at, self._radius = QPointF(), radius
        self.brush, self.rim = QBrush(), QPen(Qt.PenStyle.NoPen)
        self.setZValue(2)
        self.hide()

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Be one that says where a sample is."""
        self.brush, self.rim = QBrush(QColor(theme.text)), QPen(QColor(theme.surface))
        self.update()

    def show_at(self, x: float, y: float) -> None:
        """Stand at another point of the plane."""
        self.at = QPointF(x, y)
        self.show()
        self.update()

    def draw(self, painter: QPainter, *_: object) -> None:
        """Draw it in pixels."""
        to_pixels = paint_in_pixels(self, painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._put(painter, to_pixels)

    def _put(self, painter: QPainter, to_pixels: QTransform) -> None:
        painter.setPen(self.rim)
        painter.setBrush(self.brush)
        painter.drawEllipse(to_pixels.map(self.at), self._radius, self._radius)


@guarded
class LedDot(Dot):
    """A dot to which dashes lead from the bottom of a chart, and on to its left; with a text."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self._chart, self.text = chart, ""

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self._dashes, self._font = QPen(QColor(theme.second), 1), font
        self._dashes.setDashPattern([4, 3])

    def _put(self, painter: QPainter, to_pixels: QTransform) -> None:
        left, low = (ends[0] for ends in self._chart.shown)
        ends = QPointF(self.at.x(), low), self.at, QPointF(left, self.at.y())
        way = list(map(to_pixels.map, ends))
        painter.setPen(self._dashes)
        painter.drawPolyline(way)
        super()._put(painter, to_pixels)
        if self.text:
            self._write(painter, way[1])

    def _write(self, painter: QPainter, at: QPointF) -> None:
        box, flags = self._chart.box, Qt.TextFlag.TextWordWrap
        metrics, room = QFontMetricsF(self._font), QRectF(0, 0, box.width() - 2, box.height())
        place = metrics.boundingRect(room, flags, self.text).adjusted(-1, -1, 1, 1)
        x = max(min(at.x() - place.width() / 2, box.right() - place.width()), box.left())
        y = at.y() - 1.2 * place.height()
        place.moveTo(round(x), round(y if y >= box.top() else at.y()))
        painter.fillRect(place, self.rim.color())
        painter.setFont(self._font)
        painter.setPen(self.brush.color())
        painter.drawText(place.adjusted(1, 1, 1, 1), flags, self.text)
