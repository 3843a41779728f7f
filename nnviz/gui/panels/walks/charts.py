"""The charts of a stage: matrices with their numbers, and pictures with a window over them."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGraphicsRectItem

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.layer_names import shape_title
from nnviz.gui.look.numbers import count
from nnviz.gui.look.theme import Theme
from nnviz.gui.panels.inspectors.charts import CellsChart
from nnviz.gui.plots.chart import Names
from nnviz.training.walk import Matrix

CELL = 2.9
"""Width of a cell with a number in it, in heights of a line."""

_GAP = 0.4
"""Height of what stays free below, in cells."""


class MatrixChart(CellsChart):
    """A matrix as cells with its numbers, and its name and shape above."""

    def __init__(self, square: bool = False) -> None:
        super().__init__(square, CELL)
        self._window = self.add(QGraphicsRectItem())
        self._window.hide()
        self._values: FloatArray = np.zeros((1, 1))

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self._window.setPen(pg.mkPen(theme.accent, width=2.5))

    def show_matrix(self, matrix: Matrix, room: tuple[int, int] | None = None) -> None:
        """Show a matrix in the upper left of room for so many rows and columns."""
        self._values = values = matrix.values
        self._window.hide()
        rows, columns = room or values.shape
        note = shape_title(matrix.shape)
        for seen, whole in zip((matrix.rows, matrix.columns), matrix.shape, strict=False):
            if len(matrix.shape) == 2 and len(seen) < whole:
                said = QCoreApplication.translate(
                    "WalkPanel", "{shape}: {first} … {last} of {count}"
                )
                numbers = (count(n) for n in (seen.start + 1, seen.stop, whole))
                names = ("first", "last", "count")
                note = said.format(shape=note, **dict(zip(names, numbers, strict=True)))
                break
        self.set_names(Names(title=matrix.name, note=note))
        self.set_ranges((0.0, columns), (values.shape[0] - rows - _GAP, values.shape[0]))
        self.show_values(values)

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
