"""pyqtgraph's axis with the window's numbers, as wide as they need before it is first painted."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from nnviz.gui.look.numbers import fixed
from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.plots.dates import date_ticks
from nnviz.gui.plots.ranges import Range, Ticks, Write, linear_ticks, log_ticks

_LONGEST_NAME = 9
"""Of a name beside a vertical axis, in heights of a line."""
_TWO = 1.4
"""Heights of a line from which on two numbers have room above one another."""


@guarded
class NumberAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis at the left, right or bottom, with round ticks and no strokes.

    A vertical one can have a grid.
    """

    write: Write = staticmethod(fixed)
    """Writes a tick's number."""
    least_step = 0.0
    """Ticks are never closer, in units of the axis."""
    counted_from: float | None = None
    """If set, it counts downwards from its top: place p is written as this minus p."""
    names: Sequence[str] = ()
    """What stands at 0, 1, … instead of numbers, if anything, shortened to their distance."""
    is_dates = False
    """Whether values are days from 1970-01-01, which are written as dates."""
    gap = 6
    """Pixels between a vertical axis and its numbers."""

    def __init__(self, side: str) -> None:
        self._metrics = QFontMetricsF(QFont())
        super().__init__(side, maxTickLength=0)
        self.is_vertical = side != "bottom"
        self.enableAutoSIPrefix(False)
        self.setStyle(
            tickLength=0, autoExpandTextSpace=False, hideOverlappingLabels=False, maxTickLevel=0
        )
        self.set_gap(self.gap)

    def set_names(self, names: Sequence[str]) -> None:
        """Write these names; the chart has to settle where they are longer than before."""
        if names != self.names:
            self.names = names
            set_tool_tip(self, "\n".join(names))
            self.update()

    def set_gap(self, gap: int) -> None:
        """Leave so many pixels beside the axis free, if it is a vertical one."""
        self.gap = gap
        self.setStyle(tickTextOffset=gap if self.is_vertical else 3)

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take colours and font."""
        self._metrics = QFontMetricsF(font)
        self.setStyle(tickFont=font)
        self.setPen(theme.border if self.logMode and not self.is_vertical else None)
        self.setTickPen(theme.grid)
        self.setTextPen(theme.muted)

    def ticks(self, length: float, span: Range | None = None) -> Ticks:
        """Return the ticks of an axis of so many pixels, with its range or another."""
        low, high = span or self.range
        line = self._metrics.height()
        if self.names:
            return self._named(length)
        if self.is_vertical:
            most = int(length / max(1.9 * line, 1.3 * line + length / 14))
            most = max(most, 2 if length > _TWO * line else 1)
            needed = line
        else:
            longest = "0000-00-00" if self.is_dates else self.write(high, (high - low) / 5 or 1)
            widest = self._metrics.horizontalAdvance(longest)
            most = int(length / max(3.4 * line, widest + 1.7 * line))
            most = max(most, min(2, int(length / (widest + 0.8 * line))))
            needed = widest + 0.5 * line
        if self.logMode:
            return log_ticks(low, high, max(2, most))
        if self.counted_from is None:
            asked = low, high, max(1, most)
            if self.is_dates:
                ticks = date_ticks(*asked)
            else:
                ticks = linear_ticks(*asked, self.least_step, self.write)
            between = len(ticks.places) - 1
            if between > 1 and not self.is_vertical:
                length *= (ticks.places[-1] - ticks.places[0]) / (high - low)
            if between > max(1, length / needed):  # or they would touch
                ticks = Ticks(ticks.places[::between], ticks.labels[::between])
            return ticks
        start = self.counted_from
        counted = linear_ticks(1.0, max(start, 1.5), max(1, most), 1.0, self.write)
        return Ticks(tuple(start - place + 0.5 for place in counted.places), counted.labels)

    def room(self, length: float, span: Range) -> int:
        """Return the pixels that labels of an axis of this length and range need across it.

        In steps, for an axis that breathes while numbers change is restless.
        """
        if not self.is_vertical:
            return int(self._metrics.height()) + 4
        return max(map(self.width_of, self.ticks(length, span).labels), default=0)

    def width_of(self, label: str) -> int:
        """Return the pixels that this label needs across a vertical axis."""
        return 8 * math.ceil((self._metrics.horizontalAdvance(label) + self.gap) / 8)

    def overhang(self, length: float, span: Range) -> float:
        """Return by how much a label may stand out beyond an end of the axis."""
        labels = self.ticks(length, span).labels
        ends = (*labels[:1], *labels[-1:])
        return max(map(self._metrics.horizontalAdvance, ends), default=0.0) / 2

    def _named(self, length: float) -> Ticks:
        """Return the names, each as long as it may be; not all where they would touch."""
        line, pitch = self._metrics.height(), length / len(self.names)
        widest = max(map(self._metrics.horizontalAdvance, self.names))
        needed = 0.8 * line if self.is_vertical else min(widest + 2, 1.2 * line)
        stride = max(1, math.ceil(needed / max(pitch, 1.0)))
        each = _LONGEST_NAME * line if self.is_vertical else stride * pitch - 2
        first = (len(self.names) - 1) % stride if self.is_vertical else 0  # that at the top
        places, elide = range(first, len(self.names), stride), Qt.TextElideMode.ElideRight
        names = tuple(self._metrics.elidedText(self.names[i], elide, each) for i in places)
        return Ticks(tuple(map(float, places)), names)

    # ----------------------------------------------------------------------- pyqtgraph's hooks

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return one level of ticks."""
        return [(1.0, list(self.ticks(self._length()).places))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return what is written at these ticks."""
        return list(self.ticks(self._length()).labels)

    def _updateLabel(self) -> None:
        """Keep pyqtgraph from setting a label: names stand elsewhere, and it takes a while."""

    def boundingRect(self) -> QRectF:
        """Return pyqtgraph's, with room for half a label at either end.

        And with some in the other direction: pyqtgraph leaves labels out that are but a fraction
        of a pixel too large.
        """
        line = self._metrics.height()
        across = line if self.is_vertical else 4 * line
        rect: QRectF = super().boundingRect()
        return rect.adjusted(-across, -line, across, line)

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw directly: a recorded picture would forget that figures are equally wide."""
        specs = self.generateDrawSpecs(painter)
        if specs is not None:
            self.drawPicture(painter, *specs)

    def _length(self) -> float:
        size = self.size()
        return float(size.height() if self.is_vertical else size.width())
