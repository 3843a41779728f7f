"""What stands in a chart beside its data: levels, the epoch shown, what lies outside."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pyqtgraph as pg

from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart
from nnviz.gui.plots.ranges import Array


@guarded
class Tag(pg.TextItem):  # type: ignore[misc]  # pyqtgraph has no types
    """A short text at a point of a chart's plane, upright and of one size at any zoom."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self._chart = chart
        self.setParentItem(chart)
        self.setZValue(5)
        self.textItem.document().setDocumentMargin(1)
        self.hide()

    def restyle(self, color: str, fill: str = "") -> None:
        """Take over colours, and the chart's font."""
        self.setColor(color)
        self.fill = pg.mkBrush(fill or None)
        self.setFont(self._chart.font_used)

    def show_at(self, text: str, x: float, y: float, anchor: tuple[float, float]) -> None:
        """Say something at a point: its part `anchor` (0 left or top, 1 right or bottom) is there.

        Where it would stand out of the view it is moved inside, in several lines if it is wider;
        hidden if the point is outside.
        """
        box, place = self._chart.box, self._chart.place(x, y)
        self.setVisible(bool(text) and box.adjusted(-1, -1, 1, 1).contains(place))
        if not self.isVisible():
            return
        if text != self.toPlainText():
            self.setPlainText(text)
        if self.textItem.textWidth() > 0:
            self.textItem.setTextWidth(-1)
        if self.textItem.boundingRect().width() > box.width():
            self.textItem.setTextWidth(box.width())
        size = self.textItem.boundingRect()
        left = min(place.x() - anchor[0] * size.width(), box.right() - size.width())
        top = place.y() - anchor[1] * size.height()
        top = top if top >= box.top() else place.y()
        at = self._chart.mapFromScene(max(left, box.left()), min(top, box.bottom() - size.height()))
        self.setPos(round(at.x()), round(at.y()))


class LevelLine:
    """A dotted line at a value of the left axis, with a label above its right end."""

    def __init__(self, chart: Chart, level: float, text: str) -> None:
        self.level, self._chart, self._text = level, chart, text
        self.line, self.tag = chart.add(pg.InfiniteLine(angle=0)), Tag(chart)
        self.line.setZValue(-3)

    def restyle(self) -> None:
        """Take over colours and font."""
        self.line.setPen(pg.mkPen(self._chart.theme.muted, dash=[2, 3]))
        self.tag.restyle(self._chart.theme.muted)

    def place(self, log: bool) -> None:
        """Stand at the level of a linear axis, or of a logarithmic one."""
        height = self.level if not log else math.log10(self.level) if self.level > 0 else -math.inf
        self.line.setVisible(math.isfinite(height))
        if math.isfinite(height):
            self.line.setValue(self._chart.crisp(0, height).y())
        right = self._chart.shown[0][1] - 4 * self._chart.pixel.width()
        self.tag.show_at(self._text, right, height, (1.0, 1.0))

    def remove(self) -> None:
        """Leave the chart."""
        self._chart.view.removeItem(self.line)
        self.tag.scene().removeItem(self.tag)


class EpochMark:
    """A vertical line with a small flag at its top that names it."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._line, self._flag = chart.add(pg.InfiniteLine(angle=90)), Tag(chart)
        self._line.setZValue(1)
        self._line.hide()

    def restyle(self) -> None:
        """Take over colours and font."""
        theme = self._chart.theme
        self._line.setPen(theme.accent)
        self._flag.restyle(theme.accent_text, theme.accent)

    def show_at(self, x: float | None, text: str = "") -> None:
        """Stand at an x; None for nowhere."""
        self._line.setVisible(x is not None)
        self._flag.hide()
        if x is not None:
            self._line.setValue(self._chart.crisp(x, 0).x())
            self._flag.show_at(text, x, self._chart.shown[1][1], (0.0, 0.0))


class EdgeMarks:
    """An arrow with a number at the upper and lower edge, where data go on beyond it."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._above, self._below = Tag(chart), Tag(chart)

    def restyle(self) -> None:
        """Take over colours and font."""
        for tag in (self._above, self._below):
            tag.restyle(self._chart.theme.text, self._chart.theme.surface)

    @property
    def texts(self) -> tuple[str, str]:
        """What is said at the upper and at the lower edge."""
        above, below = (
            str(tag.toPlainText()) if tag.isVisible() else "" for tag in (self._above, self._below)
        )
        return above, below

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
