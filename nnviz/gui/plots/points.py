"""Points of a plane: one mark a row of the data, of which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QBrush, QPen

from nnviz.gui.look.theme import Theme
from nnviz.gui.plots.chart import Chart
from nnviz.gui.plots.ranges import Array

REACH = 12.0
"""How far from a mark, in pixels, a click still means it."""


class Points:
    """Marks in a chart: discs of train, rings of test, a larger ring around the chosen one.

    Their size is in pixels.
    """

    def __init__(self, chart: Chart, size: float = 8.0) -> None:
        self._chart, self.size = chart, size
        self._places = np.empty((0, 2))
        self._rows = np.empty(0, dtype=np.intp)
        self._ring = np.empty((0, 2))
        self._marks = chart.add(pg.ScatterPlotItem(pxMode=True, antialias=True))
        self._chosen = chart.add(pg.ScatterPlotItem(pxMode=True, antialias=True))
        for z, item in ((1, self._marks), (2, self._chosen)):
            item.setZValue(z)
            item.setAcceptedMouseButtons(item.acceptedMouseButtons().NoButton)

    def set_data(
        self,
        places: Array,
        rows: NDArray[np.intp],
        colors: Sequence[str],
        rings: NDArray[np.bool_],
        symbols: Sequence[str] = ("o",),
        outlines: tuple[str, str] | None = None,
    ) -> None:
        """Show points, shape (points, 2), each of a row of the data and in a colour.

        Rings are only outlined, being of the test part. Symbols are pyqtgraph's names of marks: one
        a point, or one for all. Where colours tell values, and so may be as pale as the ground,
        they fill all marks, and `outlines` are those of filled marks and of rings.
        """
        theme = self._chart.theme
        self._places, self._rows = places, rows
        disc, ring = outlines or (theme.surface, "")
        edge, hollow = pg.mkPen(disc, width=1), pg.mkBrush(theme.surface)
        looks: dict[tuple[str, bool], tuple[QPen, QBrush]] = {}
        for color in set(colors):
            fill = pg.mkBrush(color)
            looks[color, False] = edge, fill
            looks[color, True] = pg.mkPen(ring or color, width=1.6), fill if ring else hollow
        shown = [looks[look] for look in zip(colors, rings.tolist(), strict=True)]
        self._marks.setData(
            pos=places,
            symbol=list(symbols) if len(symbols) == len(places) else symbols[0],
            size=self.size,
            pen=[pen for pen, _ in shown],
            brush=[brush for _, brush in shown],
        )

    def move(self, places: Array) -> None:
        """Let the same points be elsewhere, which is much faster than to set them anew."""
        marks, self._places = self._marks, places
        marks.data["x"], marks.data["y"] = places.T
        marks.prepareGeometryChange()
        marks.bounds = [None, None]  # it keeps what its points span
        marks.invalidate()

    def drag(self, row: int, x: float, y: float) -> None:
        """Let the point of a row be elsewhere, and mark it."""
        places = self._places.copy()
        places[self._rows == row] = x, y
        self.move(places)
        self.choose(row)

    def choose(self, row: int, place: tuple[float, float] | None = None) -> None:
        """Mark the point of a row of the data, if it is there; or a place to which it is moved."""
        self._ring = self._places[self._rows == row] if place is None else np.array([place])
        theme: Theme = self._chart.theme
        pen, size = pg.mkPen(theme.text, width=2), self.size + 7
        self._chosen.setData(pos=self._ring, symbol="o", size=size, pen=pen, brush=None)

    @property
    def has_ring(self) -> bool:
        """Whether the chosen point is there."""
        return len(self._ring) > 0

    def is_on_ring(self, place: QPointF) -> bool:
        """Return whether a place, in pixels of the plot, is on the mark of the chosen point."""
        return self.has_ring and float(self._away(self._ring, place)[0]) <= self.size

    def row_at(self, place: QPointF, closely: bool = False) -> int | None:
        """Return the row of the point nearest to a place, in pixels of the plot; None if far.

        Closely, it has to be on the very mark.
        """
        if not len(self._places):
            return None
        distances, reach = self._away(self._places, place), self.size / 2 + 1 if closely else REACH
        nearest = int(distances.argmin())
        return int(self._rows[nearest]) if distances[nearest] <= reach else None

    def _away(self, points: Array, place: QPointF) -> Array:
        """Return how far points, shape (points, 2), are from a place, in pixels: (points,)."""
        pixel, at = self._chart.pixel, self._chart.value(place)
        away = (points - (at.x(), at.y())) / (pixel.width(), pixel.height())
        return np.hypot(away[:, 0], away[:, 1])
