"""The picture of a loss landscape: heights, lines of equal loss, and the way of the run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtWidgets import QWidget

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.theme import Theme, blend
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.dot import Dot
from nnviz.gui.plots.heat_map import ColorBar, HeatMap
from nnviz.gui.plots.line import Line
from nnviz.gui.plots.still_plot import StillPlot
from nnviz.training.landscape import ParameterPlane, Vector

LEVELS = 9
"""Lines of equal loss."""

TINY = 1e-12
"""Smaller losses are drawn like this one: there is no logarithm of 0."""


@dataclass(frozen=True, eq=False)
class Landscape:
    """What is drawn.

    Parameters
    ----------
    plane, names
        Where the loss was looked at, and the names of the two directions.
    shift
        What α and β are called on the axes: added to them, the values of two weights.
    epoch
        Whose network is at the origin.
    losses
        Shape (rows, columns); NaN where it is not known yet.
    way
        The run's checkpoints up to that epoch, α and β of each, shape (checkpoints, 2).
    """

    plane: ParameterPlane
    names: tuple[str, str]
    shift: tuple[float, float]
    epoch: int
    losses: Vector
    way: Vector

    @property
    def area(self) -> QRectF:
        """The rectangle whose outer points are the outer points of the plane."""
        x, y = self.plane.alphas + self.shift[0], self.plane.betas + self.shift[1]
        return QRectF(x[0], y[0], x[-1] - x[0], y[-1] - y[0])


class LandscapePlot(StillPlot):
    """Draws a landscape."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.chart = Chart(right=True)
        self.landscape: Landscape | None = None
        super().__init__([self.chart], parent)
        self._heat, self._bar = HeatMap(gaps=False, smooth=True), ColorBar(self.chart)
        self.chart.add(self._heat)
        self._lines = [pg.IsocurveItem(axisOrder="row-major") for _ in range(LEVELS)]
        for line in self._lines:
            line.setParentItem(self._heat)  # whose cells are its coordinates
        self._way = self.chart.add(Line(antialias=True))
        self._start = self.chart.add(pg.ScatterPlotItem(pxMode=True, antialias=True))
        self._here = self.chart.add(Dot(5.0))
        self.chart.moving.append(self._here)
        self._heat.setZValue(-1)

    def show_landscape(self, landscape: Landscape | None) -> None:
        """Draw what is known of a landscape, in the colours there are now; or know none."""
        self.landscape = landscape
        if landscape is not None:
            self._show_ground(landscape)
            self._show_way(landscape)
            self._forget()  # and not only when the scene tells of it

    def mark(self, parameters: FloatArray) -> None:
        """Mark the point of the plane that is nearest to some parameters."""
        if self.landscape is None:
            return
        x, y = np.add(self.landscape.plane.place_of(parameters), self.landscape.shift)
        self._here.rim = pg.mkPen(self.theme.surface, width=2)
        self._here.brush = pg.mkBrush(self.theme.text)
        self._here.show_at(x, y)

    def _show_ground(self, landscape: Landscape) -> None:
        """Draw heights by logarithms, which show a valley and the hills around it."""
        area, theme = landscape.area, self.theme
        loss = QCoreApplication.translate("LandscapePanel", "train loss")
        self.chart.set_names(Names(*landscape.names, loss))
        heights = np.log10(np.maximum(landscape.losses, TINY))
        known = heights[np.isfinite(heights)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        high = max(high, low + 1e-3)
        table = pg.ColorMap(None, list(ends_of(theme))).getLookupTable(nPts=256, alpha=True)
        shade = np.nan_to_num((heights - low) / (high - low), nan=0.0, posinf=1.0)
        cells = table[np.clip(shade * 255, 0, 255).astype(np.intp)]
        cells[np.isnan(heights)] = 0
        self._heat.set_points(cells, area)
        self._show_lines(heights, (low, high))
        self.chart.axes["right"].setLogMode(x=False, y=True)
        x, y = (area.left(), area.right()), (area.top(), area.bottom())
        self.chart.set_ranges(x, y, right=(low, high))
        self._bar.set_colors(table, theme.border)

    def _show_lines(self, heights: Vector, ends: tuple[float, float]) -> None:
        """Draw lines of equal loss, once all of it is known; the first row is at the top."""
        whole = bool(np.isfinite(heights).all())
        pen = pg.mkPen(blend(self.theme.text, ends_of(self.theme)[0], 0.25), width=1)
        for line, level in zip(self._lines, np.linspace(*ends, LEVELS + 2)[1:-1], strict=True):
            line.setVisible(whole)
            if whole:
                line.setPen(pen)
                line.setData(heights[::-1], level)

    def _show_way(self, landscape: Landscape) -> None:
        x, y = landscape.way.T
        ink, ground = self.theme.text, self.theme.surface
        self._way.setData(x, y)
        self._way.setPen(pg.mkPen(ink, width=1.5))
        self._start.setData(
            x[:1], y[:1], symbol="o", size=9, pen=pg.mkPen(ink, width=1.6), brush=pg.mkBrush(ground)
        )


def ends_of(theme: Theme) -> tuple[str, str]:
    """Return the colours of the lowest and the highest loss."""
    return theme.surface, blend(theme.curve, theme.text, 0.75)
