"""What stands in a chart beside its data: levels, the epoch shown, what lies outside."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QFont

from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart
from nnviz.gui.plots.ranges import Array


@guarded
class Tag(pg.TextItem):  # type: ignore[misc]  # pyqtgraph has no types
    """A short text at a point of a chart's plane, upright and of one size at any zoom.

    In the chart's font; ink and ground are names of colours of its theme, the margin is in pixels.
    """

    def __init__(
        self, chart: Chart, ink: str = "text", ground: str = "surface", margin: float = 1
    ) -> None:
        super().__init__()
        self._chart, self._ink, self._ground = chart, ink, ground
        self._worn: tuple[Theme, QFont] | None = None
        self.setParentItem(chart)
        self.setZValue(5)
        self.textItem.document().setDocumentMargin(margin)
        self.hide()

    def show_at(self, text: str, x: float, y: float, anchor: tuple[float, float]) -> None:
        """Say something at a point: its part `anchor` (0 left or top, 1 right or bottom) is there.

        Where it would stand out of the view it is moved inside, in several lines if it is wider;
        hidden if the point is outside.
        """
        if not text:
            self.hide()
            return
        box, place = self._chart.box, self._chart.place(x, y)
        self.setVisible(box.adjusted(-1, -1, 1, 1).contains(place))
        if not self.isVisible():
            return
        self.prepareGeometryChange()  # pyqtgraph does not tell that a text takes another place
        self._wear(self._chart.theme, self._chart.font_used)
        if text != self.toPlainText():
            self.setPlainText(text)
        if self.textItem.textWidth() >= 0:  # 0 where there was no room at all
            self.textItem.setTextWidth(-1)
        if self.textItem.boundingRect().width() > box.width():
            self.textItem.setTextWidth(box.width())
        size = self.textItem.boundingRect()
        left = min(place.x() - anchor[0] * size.width(), box.right() - size.width())
        top = place.y() - anchor[1] * size.height()
        top = top if top >= box.top() else place.y()
        at = self._chart.mapFromScene(max(left, box.left()), min(top, box.bottom() - size.height()))
        self.setPos(round(at.x()), round(at.y()))

    def _wear(self, theme: Theme, font: QFont) -> None:
        if (theme, font) != self._worn:
            self._worn = theme, font
            self.setColor(getattr(theme, self._ink))
            self.fill = pg.mkBrush(getattr(theme, self._ground, None))
            self.setFont(font)


class LabelledLine:
    """A line across a chart with a text at its end: at a level of the left axis, or at an epoch."""

    def __init__(self, chart: Chart, is_level: bool) -> None:
        self._chart, self._is_level = chart, is_level
        self.line = chart.add(pg.InfiniteLine(angle=0 if is_level else 90))
        self.tag = Tag(chart, "muted", "") if is_level else Tag(chart, "accent_text", "accent")
        self._theme: Theme | None = None
        self._state: object = None
        self.line.setZValue(-3 if is_level else 1)
        if is_level:  # curves are in front of it, as of all that stands still
            self.tag.setZValue(-3)
        self.line.hide()

    def show_at(self, place: float, text: str) -> None:
        """Stand at a height of the plane or at an x; what is not finite is nowhere."""
        chart, theme = self._chart, self._chart.theme
        state = place, text, chart.shown, chart.box, theme, chart.font_used
        if state == self._state:
            return
        self._state = state
        if theme is not self._theme:
            self._theme = theme
            dotted = pg.mkPen(theme.muted, dash=[2, 3])
            self.line.setPen(dotted if self._is_level else theme.accent)
        self.line.setVisible(math.isfinite(place))
        if not math.isfinite(place):
            self.tag.hide()
        elif self._is_level:
            self.line.setValue(chart.crisp(0, place).y())
            right = chart.shown[0][1] - 4 * chart.pixel.width()
            self.tag.show_at(text, right, place, (1.0, 1.0))
        else:
            self.line.setValue(chart.crisp(place, 0).x())
            self.tag.show_at(text, place, chart.shown[1][1], (0.0, 0.0))

    def remove(self) -> None:
        """Leave the chart."""
        self._chart.view.removeItem(self.line)
        self.tag.scene().removeItem(self.tag)


class EdgeMarks:
    """An arrow with a number at the upper and lower edge, where data go on beyond it."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._above, self._below = Tag(chart), Tag(chart)

    @property
    def are_shown(self) -> bool:
        """Whether there is any."""
        return bool(self._above.isVisible() or self._below.isVisible())

    def hide(self) -> None:
        """Say nothing."""
        self._above.hide()
        self._below.hide()

    def show_beyond(self, x: Array, y: Array, text: Callable[[float], str]) -> None:
        """Say how far points go beyond the chart; `text` writes their heights."""
        (left, right), (low, high) = self._chart.shown
        seen = (x >= left) & (x <= right) & np.isfinite(y)
        x, y = x[seen], y[seen]
        tiny = 1e-9 * (high - low)
        for tag, arrow, edge, sign in ((self._above, "▲", high, 1), (self._below, "▼", low, -1)):
            farthest = int(np.argmax(sign * y)) if y.size else 0
            if y.size and sign * (y[farthest] - edge) > tiny:
                said, at = f"{arrow} {text(float(y[farthest]))}", float(x[farthest])
                tag.show_at(said, at, edge, (0.5, 0.0 if sign > 0 else 1.0))
            else:
                tag.hide()
