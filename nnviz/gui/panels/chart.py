"""Painting of small charts side by side: a frame with round ticks, bars, and a heat map."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen, QPolygonF

from nnviz.gui.look.theme import Theme
from nnviz.gui.panels.bins import Histogram
from nnviz.gui.panels.ticks import Ticks, linear_ticks, number

BARE = 50
"""A chart lower than this, in pixels, has no room for numbers at its axes."""

_TICK_GAP = 5
_LINE = 14
_SPARSE = 16
"""Up to so many rows or columns a heat map leaves gaps between its cells."""


@dataclass(frozen=True)
class AxisScale:
    """One axis of a small chart: range, name, and what its ticks say."""

    low: float
    high: float
    name: str = ""
    ticks: Ticks = field(default_factory=Ticks)

    def share(self, value: float) -> float:
        """Return where a value lies, 0 at the low end and 1 at the high end."""
        return (value - self.low) / (self.high - self.low) if self.high > self.low else 0.0


def scale(low: float, high: float, name: str, pixels: float, whole: bool = False) -> AxisScale:
    """Return an axis with as many round ticks as fit."""
    return AxisScale(low, high, name, ticks_for(low, high, int(pixels), 1.0 if whole else 0.0))


@lru_cache(maxsize=512)
def ticks_for(
    low: float,
    high: float,
    most: int,
    least: float = 0.0,
    text: Callable[[float, float], str] = number,
) -> Ticks:
    """Return `linear_ticks`, remembered: axes change far more seldom than they are drawn."""
    return linear_ticks(low, high, most, least, text)


class Chart:
    """A frame: title above, axis names, ticks; what is drawn inside uses `box`.

    Parameters
    ----------
    metrics
        Of the small font, which painters must have when they come here.
    area
        Where the whole chart goes.
    theme
        Colours.
    title
        Above the frame, at the left.
    x, y
        The axes.
    gutter
        Room for the labels of the y axis; None for what they need.
    lane
        Room, in pixels, kept free between the frame and the labels below it.
    gridded
        Whether there are lines at the ticks of the y axis.
    """

    def __init__(
        self,
        metrics: QFontMetrics,
        area: QRect,
        theme: Theme,
        title: str,
        x: AxisScale,
        y: AxisScale,
        gutter: int | None = None,
        lane: int = 0,
        gridded: bool = True,
    ) -> None:
        if area.height() < BARE:
            x, y = replace(x, ticks=Ticks()), replace(y, ticks=Ticks())
        self.theme, self.x, self.y = theme, x, y
        self.area, self.title, self.lane, self.gridded = area, title, lane, gridded
        widest = y_gutter(metrics, y.ticks) if gutter is None else gutter
        top = _LINE + 3 if title else 0
        top += _LINE if y.name else 0
        top += 6 if y.ticks.labels else 0  # half a label stands out above the frame
        bottom = (_LINE if x.ticks.labels else 0) + (_LINE if x.name else 0) + 2 + lane
        self.box = area.adjusted(widest, top, -2, -bottom)

    @property
    def look(self) -> tuple[object, ...]:
        """What `draw_frame` draws: charts of the same look are the same picture."""
        area, box = self.area.getRect(), self.box.getRect()
        return self.theme, area, box, self.title, self.x, self.y, self.lane, self.gridded

    def draw_frame(self, painter: QPainter) -> None:
        """Draw titles, names, ticks and a quiet grid: all that stands still."""
        box, theme = self.box, self.theme
        self._draw_heading(painter)
        for value, label in zip(self.y.ticks.places, self.y.ticks.labels, strict=True):
            y = box.bottom() + 1 - self.y.share(value) * box.height()
            if self.gridded:
                painter.setPen(QColor(theme.border if value == 0 else theme.grid))
                painter.drawLine(QLineF(box.left(), round(y), box.right() + 1, round(y)))
            painter.setPen(QColor(theme.muted))
            place = QRectF(self.area.left(), y - 8, box.left() - self.area.left() - _TICK_GAP, 16)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, label
            )
        self._draw_x_labels(painter)

    def draw_note(self, painter: QPainter, note: str) -> None:
        """Write a few words at the right end of the title's line, where there is room."""
        metrics = painter.fontMetrics()
        taken = metrics.horizontalAdvance(self.title) + 12
        if metrics.horizontalAdvance(note) + taken <= self.area.width():
            painter.setPen(QColor(self.theme.muted))
            side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(self._title_line().adjusted(0, 0, -2, 0), side, note)

    def draw_bars(
        self,
        painter: QPainter,
        bars: Histogram,
        colors: tuple[str, str],
        heights: NDArray[np.float64],
    ) -> None:
        """Draw a bar a bin, a pixel apart.

        Parameters
        ----------
        painter
            Where.
        bars
            Its bins.
        colors
            Of bins whose middle is below zero, and of the others.
        heights
            In the units of the y axis.
        """
        ends = bars.edges
        edges = np.rint(self._xs(ends)).astype(int)
        base = self.box.bottom() + 1
        gap = 1 if len(edges) > 1 and edges[1] - edges[0] > 3 else 0
        widths = np.maximum(np.diff(edges) - gap, 1)
        tops = np.rint(base - self._shares(heights) * self.box.height()).astype(int)
        tall = np.maximum(base - tops, 1)  # a bin that holds anything shows, however little
        painter.setPen(Qt.PenStyle.NoPen)
        below = ends[1:] + ends[:-1] < 0
        for color, side in zip(colors, (below, ~below), strict=True):
            bins = np.flatnonzero(side & (heights > 0))
            drawn = (edges[bins], base - tall[bins], widths[bins], tall[bins])
            painter.setBrush(QColor(color))
            painter.drawRects(list(map(QRect, *(numbers.tolist() for numbers in drawn))))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def outline(self, bars: Histogram, heights: NDArray[np.float64]) -> QPolygonF:
        """Return the outline of a histogram, for `draw_steps`."""
        xs = np.rint(np.repeat(self._xs(bars.edges), 2)) + 0.5
        floor = float(self.box.bottom() + 1)
        levels = floor - np.rint(self._shares(heights) * self.box.height())
        ys = np.concatenate(([floor], np.repeat(levels, 2), [floor])) + 0.5
        return QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])

    def draw_steps(self, painter: QPainter, outline: QPolygonF, color: str) -> None:
        """Draw the outline of a histogram."""
        painter.setPen(QPen(QColor(color), 1))
        painter.drawPolyline(outline)

    def draw_rug(self, painter: QPainter, values: NDArray[np.floating], color: str) -> None:
        """Draw a short stroke at each value, hanging from the axis into the lane below it."""
        base = self.box.bottom() + 2
        places = np.rint(self._xs(np.asarray(values, dtype=float)).clip(-1e6, 1e6))
        painter.setPen(QPen(QColor(color), 1.01))
        strokes = [QLineF(x, base, x, base + self.lane - 1) for x in sorted(set(places.tolist()))]
        painter.drawLines(strokes)

    def draw_heat(self, painter: QPainter, pixels: NDArray[np.uint32]) -> None:
        """Draw cells in these colours, shape (rows, columns), as ``Format_RGB32`` has them.

        The first row is at the top.
        """
        rows, columns = pixels.shape
        # The image only borrows the array, which therefore outlives it here.
        pixels = np.ascontiguousarray(pixels)
        image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
        painter.drawImage(self.box, image)
        box, gaps = self.box, []
        if columns <= _SPARSE:
            xs = [round(box.left() + box.width() * i / columns) for i in range(1, columns)]
            gaps += [QLineF(x, box.top(), x, box.bottom() + 1) for x in xs]
        if rows <= _SPARSE:
            ys = [round(box.top() + box.height() * i / rows) for i in range(1, rows)]
            gaps += [QLineF(box.left(), y, box.right() + 1, y) for y in ys]
        painter.setPen(QPen(QColor(self.theme.surface), 1))
        painter.drawLines(gaps)

    def cell(self, row: int, column: int, rows: int, columns: int) -> QRectF:
        """Return the place of a cell of a heat map."""
        width, height = self.box.width() / columns, self.box.height() / rows
        return QRectF(
            self.box.left() + column * width, self.box.top() + row * height, width, height
        )

    def _xs(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        span = self.x.high - self.x.low or 1.0
        return self.box.left() + (values - self.x.low) / span * self.box.width()

    def _shares(self, heights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `AxisScale.share` of the y axis for all heights at once."""
        low, high = self.y.low, self.y.high
        return (heights - low) / (high - low) if high > low else np.zeros_like(heights)

    def _title_line(self) -> QRect:
        return QRect(self.area.left(), self.area.top(), self.area.width(), _LINE)

    def _draw_heading(self, painter: QPainter) -> None:
        line = self._title_line()
        painter.setPen(QColor(self.theme.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self.title)
        painter.setPen(QColor(self.theme.muted))
        if self.y.name:
            shift = _LINE if self.title else 0
            painter.drawText(line.translated(0, shift), Qt.AlignmentFlag.AlignVCenter, self.y.name)

    def _draw_x_labels(self, painter: QPainter) -> None:
        box, metrics = self.box, painter.fontMetrics()
        painter.setPen(QColor(self.theme.muted))
        taken = -1e9
        for value, label in zip(self.x.ticks.places, self.x.ticks.labels, strict=True):
            width = metrics.horizontalAdvance(label)
            x = box.left() + self.x.share(value) * box.width() - width / 2
            x = min(max(x, self.area.left()), self.area.right() - width)
            if x > taken:
                painter.drawText(QPointF(x, box.bottom() + 3 + self.lane + metrics.ascent()), label)
                taken = x + width + 6
        if self.x.name:
            top = box.bottom() + 2 + self.lane + (_LINE if self.x.ticks.labels else 0)
            room = QRect(self.area.left(), top, self.area.width(), _LINE)
            name = metrics.elidedText(self.x.name, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, name)


def y_gutter(metrics: QFontMetrics, ticks: Ticks) -> int:
    """Return the room that the labels of a y axis need."""
    widest = max((metrics.horizontalAdvance(label) for label in ticks.labels), default=0)
    return -(-(widest + _TICK_GAP + 2) // 4) * 4 if widest else 0


def grid_shape(
    count: int, width: int, height: int, aspect: float = 1.5, least: float = math.inf
) -> tuple[int, int]:
    """Return rows and columns for `count` charts whose shape is nearest to `aspect`.

    Where each is at least `least` pixels wide, all stand in one row: side by side they compare.
    """
    if width / count >= least:
        return 1, count

    def badness(columns: int) -> float:
        rows = -(-count // columns)
        shape = (width / columns) / max(1.0, height / rows)
        empty = rows * columns - count
        return float(abs(np.log(shape / aspect)) + 0.25 * empty)

    columns = min(range(1, count + 1), key=badness)
    return -(-count // columns), columns
