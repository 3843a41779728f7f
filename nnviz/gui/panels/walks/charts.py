"""The charts of a stage: matrices with their numbers, and pictures with a window over them."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QGraphicsRectItem

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.layer_names import shape_title
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import Theme
from nnviz.gui.panels.inspectors.charts import CellsChart
from nnviz.gui.plots.chart import Names
from nnviz.training.setting import raised
from nnviz.training.walk import Matrix

NARROW = 2.0
"""Width from which on a cell has a number in it, in heights of a line."""

FULL, _WIDE = 2.4, 2.9
"""Widths from which on its number has three digits, and where there is room."""

_LEAST_DECADE = -1
"""Of the largest number that is written as it is; what is smaller has a common power of ten."""

_HIGH, _TITLE, _LEAST_HIGH = 1.3, 1.7, 2.2
"""Heights of a cell, of a title with what is free below, and of all cells at least."""


class MatrixChart(CellsChart):
    """A matrix as cells with its numbers, and its name and shape above."""

    def __init__(self, square: bool = False) -> None:
        super().__init__(square, NARROW)
        self._window = self.add(QGraphicsRectItem())
        self._window.hide()
        self._values: FloatArray = np.zeros((1, 1))

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self._window.setPen(pg.mkPen(theme.accent, width=2.5))

    def show_matrix(self, matrix: Matrix) -> None:
        """Show a matrix, and of which rows and columns it is where it has more. `fit` a table."""
        self._values = values = matrix.values
        self._window.hide()
        note, ranges = shape_title(matrix.shape), (matrix.rows, matrix.columns)
        if len(matrix.shape) == 2 and values.shape != matrix.shape:
            parts = [" … ".join({count(i + 1): 0 for i in (r[0], r[-1])}) for r in ranges]
            said = QCoreApplication.translate("WalkPanel", "{rows}, {columns} of {shape}")
            note = said.format(rows=parts[0], columns=parts[1], shape=note)
        decade = math.floor(math.log10(float(np.abs(values).max()) or 1.0))
        title = matrix.name
        if decade < _LEAST_DECADE and len(matrix.shape) == 2:
            self._values = values = values / 10.0**decade
            title = f"{title} = 10⁻{raised(-decade).strip('⁽⁾')} ·"
        self.set_names(Names(title=title, note=note))
        if self.square:  # else `fit` does both, in the room there is
            self.set_ranges((0.0, values.shape[1]), (0.0, values.shape[0]))
            self.show_values(values)

    def fit(self, room: float) -> QSizeF:
        """Make cells wide enough for numbers, as far as there is room; return the chart's size."""
        rows, columns = self._values.shape
        metrics = QFontMetricsF(small_font())  # of plots, which a new chart has not yet
        line = math.ceil(metrics.height())
        cell = min(_WIDE * line, room / columns)
        self.show_values(self._values, digits=3 if cell >= FULL * line else 2)
        words = f"{self.names.title}  {self.names.note}"
        least = metrics.horizontalAdvance(words) + line
        wide = min(max(columns * cell, least), room)
        high = max(_HIGH * rows, _LEAST_HIGH)
        self.set_ranges((0.0, wide / cell), (rows - high / _HIGH, rows))
        return QSizeF(wide, (high + _TITLE) * line)

    def show_window(self, top: int, left: int, rows: int, columns: int) -> None:
        """Mark cells, of which some may be outside the picture."""
        box = QRectF(left, len(self._values) - top - rows, columns, rows)
        self._window.setRect(box)
        self._window.show()

    def cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """Return the row and column at a place of the plot, or None beside all."""
        point, (rows, columns) = self.value(place), self._values.shape
        row, column = int(rows - point.y() // 1 - 1), int(point.x() // 1)
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None


def maps_matrix(name: str, picture: FloatArray) -> Matrix:
    """Return one map of shape (rows, columns) as a matrix."""
    rows, columns = map(range, picture.shape)
    return Matrix(name, picture, picture.shape, rows, columns)
