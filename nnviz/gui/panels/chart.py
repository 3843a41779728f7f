"""Painting of small charts side by side: a frame with round ticks, bars, and a heat map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen, QPolygonF

from nnviz.gui.panels.bins import Histogram
from nnviz.gui.panels.ticks import Ticks, linear_ticks
from nnviz.gui.theme import Theme

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
    return AxisScale(low, high, name, linear_ticks(low, high, int(pixels), 1.0 if whole else 0.0))


class Chart:
    """A frame: title above, axis names, ticks; what is drawn inside uses `box`.

    Parameters
    ----------
    painter
        Its font is the small one.
    area
        Where the whole chart goes.
    theme
        Colours.
    title, note
        Above the frame, at the left and at the right.
    x, y
        The axes.
    gutter
        Room for the labels of the y axis; None for what they need.
    lane
        Room, in pixels, kept free between the frame and the labels below it.
    """

    def __init__(
        self,
        painter: QPainter,
        area: QRect,
        theme: Theme,
        title: str,
        x: AxisScale,
        y: AxisScale,
        note: str = "",
        gutter: int | None = None,
        lane: int = 0,
    ) -> None:
        if area.height() < BARE:
            x, y = replace(x, ticks=Ticks()), replace(y, ticks=Ticks())
        self.painter, self.theme, self.x, self.y = painter, theme, x, y
        self.area, self.title, self.note, self.lane = area, title, note, lane
        metrics = painter.fontMetrics()
        widest = y_gutter(metrics, y.ticks) if gutter is None else gutter
        top = _LINE + 3 if title or note else 0
        top += _LINE if y.name else 0
        top += 6 if y.ticks.labels else 0  # half a label stands out above the frame
        bottom = (_LINE if x.ticks.labels else 0) + (_LINE if x.name else 0) + 2 + lane
        self.box = area.adjusted(widest, top, -2, -bottom)

    def draw_frame(self, gridded: bool = True) -> None:
        """Draw titles, names, ticks and a quiet grid."""
        painter, box, theme = self.painter, self.box, self.theme
        self._draw_heading()
        for value, label in zip(self.y.ticks.places, self.y.ticks.labels, strict=True):
            y = box.bottom() + 1 - self.y.share(value) * box.height()
            if gridded:
                painter.setPen(QColor(theme.border if value == 0 else theme.grid))
                painter.drawLine(QLineF(box.left(), round(y), box.right() + 1, round(y)))
            painter.setPen(QColor(theme.muted))
            place = QRectF(self.area.left(), y - 8, box.left() - self.area.left() - _TICK_GAP, 16)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, label
            )
        self._draw_x_labels()

    def draw_bars(
        self, bars: Histogram, colors: Sequence[str], heights: NDArray[np.float64]
    ) -> None:
        """Draw a bar a bin, a pixel apart; `heights` in the units of the y axis."""
        edges = np.rint(self._xs(bars.edges)).astype(int)
        base = self.box.bottom() + 1
        tops = np.rint(base - np.array([self.y.share(h) for h in heights]) * self.box.height())
        gap = 1 if len(edges) > 1 and edges[1] - edges[0] > 3 else 0
        for i, color in enumerate(colors):
            # A bin that holds anything shows, however little.
            height = max(int(base - tops[i]), 1) if heights[i] > 0 else 0
            width = max(1, int(edges[i + 1] - edges[i]) - gap)
            self.painter.fillRect(int(edges[i]), base - height, width, height, QColor(color))

    def draw_steps(self, bars: Histogram, heights: NDArray[np.float64], color: str) -> None:
        """Draw the outline of a histogram."""
        xs = np.repeat(self._xs(bars.edges), 2)
        shares = np.array([self.y.share(h) for h in heights])
        levels = self.box.bottom() + 1 - np.rint(shares * self.box.height())
        ys = np.concatenate(
            ([self.box.bottom() + 1], np.repeat(levels, 2), [self.box.bottom() + 1])
        )
        self.painter.setPen(QPen(QColor(color), 1))
        self.painter.drawPolyline(
            QPolygonF([QPointF(round(x) + 0.5, y + 0.5) for x, y in zip(xs, ys, strict=True)])
        )

    def draw_rug(self, values: NDArray[np.floating], color: str) -> None:
        """Draw a short stroke at each value, hanging from the axis into the lane below it."""
        base = self.box.bottom() + 2
        places = np.unique(np.rint(self._xs(np.asarray(values, dtype=float)).clip(-1e6, 1e6)))
        self.painter.setPen(QPen(QColor(color), 1.01))
        self.painter.drawLines([QLineF(x, base, x, base + self.lane - 1) for x in places])

    def draw_heat(self, colors: NDArray[np.uint8]) -> None:
        """Draw cells in these colours, shape (rows, columns, 4); the first row is at the top."""
        rows, columns = colors.shape[:2]
        # The image only borrows the array, which therefore outlives it here.
        pixels = np.ascontiguousarray(colors)
        image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
        self.painter.drawImage(self.box, image)
        self.painter.setPen(QPen(QColor(self.theme.surface), 1))
        box = self.box
        if columns <= _SPARSE:
            xs = [box.left() + box.width() * i / columns for i in range(1, columns)]
            self.painter.drawLines(
                [QLineF(x, box.top(), x, box.bottom() + 1) for x in map(round, xs)]
            )
        if rows <= _SPARSE:
            ys = [box.top() + box.height() * i / rows for i in range(1, rows)]
            self.painter.drawLines(
                [QLineF(box.left(), y, box.right() + 1, y) for y in map(round, ys)]
            )

    def cell(self, row: int, column: int, rows: int, columns: int) -> QRectF:
        """Return the place of a cell of a heat map."""
        width, height = self.box.width() / columns, self.box.height() / rows
        return QRectF(
            self.box.left() + column * width, self.box.top() + row * height, width, height
        )

    def _xs(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        span = self.x.high - self.x.low or 1.0
        return self.box.left() + (values - self.x.low) / span * self.box.width()

    def _draw_heading(self) -> None:
        painter, area, theme = self.painter, self.area, self.theme
        line = QRect(area.left(), area.top(), area.width(), _LINE)
        taken = painter.fontMetrics().horizontalAdvance(self.title) + 12
        painter.setPen(QColor(theme.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self.title)
        painter.setPen(QColor(theme.muted))
        if painter.fontMetrics().horizontalAdvance(self.note) + taken <= area.width():
            side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(line.adjusted(0, 0, -2, 0), side, self.note)
        if self.y.name:
            shift = _LINE if self.title or self.note else 0
            painter.drawText(line.translated(0, shift), Qt.AlignmentFlag.AlignVCenter, self.y.name)

    def _draw_x_labels(self) -> None:
        painter, box, metrics = self.painter, self.box, self.painter.fontMetrics()
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
