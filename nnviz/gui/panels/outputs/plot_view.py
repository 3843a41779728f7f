"""A view that is a chart: the wheel zooms, dragging moves, a double click shows all again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.marks import EdgeMarks
from nnviz.gui.plots.plot import Plot
from nnviz.gui.plots.points import Points
from nnviz.gui.plots.ranges import Range, held
from nnviz.training.problem import Problem

_MOST_ZOOM = 50.0


class PlotView(OutputView):
    """A view with two axes and a mark for every sample, which can be clicked."""

    def __init__(self, parent: QWidget | None = None, right: bool = False) -> None:
        super().__init__(parent)
        self.chart = Chart(right=right)
        self.plot = Plot([self.chart], self)
        self.plot.setObjectName(f"{self.objectName()}-plot")
        self.points, self.edges = Points(self.chart), EdgeMarks(self.chart)
        self._home: tuple[Range, Range] = (0.0, 1.0), (0.0, 1.0)
        self._zoom: list[float] | None = None
        view = self.chart.view
        view.setMouseEnabled(x=True, y=True)
        view.sigRangeChangedManually.connect(self._on_moved)
        self.plot.pressed.connect(self._on_pressed)
        self.plot.doubled.connect(self._show_all)
        for changed in (self.plot.restyled, self.plot.resized):
            changed.connect(self.restyle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)

    def set_home(self, x: Range, y: Range, names: Names, square: bool = False) -> None:
        """Set ranges and names of a new run's axes, and show all of them.

        Parameters
        ----------
        x, y
            In data units.
        names
            Of the axes.
        square
            Whether a unit is as long on both.
        """
        self._home, self.chart.square = (x, y), square
        self.chart.set_names(names)
        self._look_at(x, y)

    def shown_rows(self, problem: Problem) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Return the rows to mark, and which of them are of the test part."""
        train = problem.train.index
        tested = (
            problem.test.index if problem.test is not None and self.is_on("test") else train[:0]
        )
        return np.concatenate([train, tested]), np.arange(len(train) + len(tested)) >= len(train)

    def part_entries(self, color: str, tested: bool) -> list[LegendEntry]:
        """Return what discs are, and rings where there are any."""
        entries = [LegendEntry(self.tr("train"), color, "disc")]
        return [*entries, LegendEntry(self.tr("test"), color, "ring")] if tested else entries

    # ------------------------------------------------------------------------------- zoom

    def view_state(self) -> Mapping[str, Any]:
        """Return the part that is zoomed in on, and the switches."""
        zoom = {"zoom": self._zoom} if self._zoom is not None else {}
        return {**super().view_state(), **zoom}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Zoom in on the same part."""
        super().restore_view(state)
        if zoom := state.get("zoom"):
            self._look_at((zoom[0], zoom[1]), (zoom[2], zoom[3]))

    def _look_at(self, x: Range, y: Range) -> None:
        """Show a part; never more than all, never outside it."""
        x, y = (
            held(part, whole, (whole[1] - whole[0]) / _MOST_ZOOM)
            for part, whole in zip((x, y), self._home, strict=True)
        )
        self._zoom = None if (x, y) == self._home else [*x, *y]
        self.chart.set_ranges(x, y)
        self.chart.settle()  # a drag moves the view behind the chart's back
        self.restyle()

    @Slot()
    def _on_moved(self) -> None:
        (left, right), (low, high) = self.chart.view.viewRange()
        self._look_at((left, right), (low, high))

    @Slot()
    def _show_all(self) -> None:
        self._look_at(*self._home)

    @Slot(object, QPointF)
    def _on_pressed(self, _chart: Chart, place: QPointF) -> None:
        row = self.points.row_at(place)
        if row is not None:
            self.row_chosen.emit(row)


def mark_size(count: int) -> float:
    """Return the size of a mark, in pixels, that suits so many of them."""
    return next((size for most, size in ((12, 13.0), (120, 9.0), (600, 7.0)) if count <= most), 5.5)


def range_of(values: NDArray[np.floating], margin: float) -> Range:
    """Return the range of values with room at both ends, a share of their span."""
    low, high = float(values.min()), float(values.max())
    room = margin * (high - low) or 1.0
    return low - room, high + room
