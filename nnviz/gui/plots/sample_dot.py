"""A dot where a sample is in a chart, and the way to it over a function's chart."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart, WholeView, paint_in_pixels
from nnviz.gui.plots.still_plot import Moving

_RADIUS = 4.5
"""Pixels from the middle of the dot to the middle of its rim."""


@guarded
class SampleDot(Moving, WholeView):
    """A dot, where it `leads` with dashes from the bottom of the chart and on to its left."""

    def __init__(self, chart: Chart, leads: bool = False) -> None:
        super().__init__()
        self._chart, self._leads = chart, leads
        self._at, self._text = QPointF(), ""
        self.hide()

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        self._dashes, self._font = QPen(QColor(theme.second), 1), font
        self._dashes.setDashPattern([4, 3])
        self._ink, self._ground = QColor(theme.text), QColor(theme.surface)
        self.update()

    def show_at(self, x: float, y: float, text: str = "") -> None:
        """Stand at another point of the plane, below a text or none."""
        self._at, self._text = QPointF(x, y), text
        self.show()
        self.update()

    def draw(self, painter: QPainter, *_: object) -> None:
        """Draw it in pixels."""
        left, low = (ends[0] for ends in self._chart.shown)
        to_pixels = paint_in_pixels(self, painter)
        at = to_pixels.map(self._at)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._leads:
            ends = QPointF(self._at.x(), low), QPointF(left, self._at.y())
            begin, end = map(to_pixels.map, ends)
            painter.setPen(self._dashes)
            painter.drawPolyline([begin, at, end])
        painter.setPen(self._ground)
        painter.setBrush(self._ink)
        painter.drawEllipse(at, _RADIUS, _RADIUS)
        if self._text:
            self._write(painter, at)

    def _write(self, painter: QPainter, at: QPointF) -> None:
        box, flags = self._chart.box, Qt.TextFlag.TextWordWrap
        metrics, room = QFontMetricsF(self._font), QRectF(0, 0, box.width() - 2, box.height())
        place = metrics.boundingRect(room, flags, self._text).adjusted(-1, -1, 1, 1)
        x = max(min(at.x() - place.width() / 2, box.right() - place.width()), box.left())
        y = at.y() - 1.2 * place.height()
        place.moveTo(round(x), round(y if y >= box.top() else at.y()))
        painter.fillRect(place, self._ground)
        painter.setFont(self._font)
        painter.setPen(self._ink)
        painter.drawText(place.adjusted(1, 1, 1, 1), flags, self._text)
