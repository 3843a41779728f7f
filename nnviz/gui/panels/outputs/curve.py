"""The fitted curve: one input, one number predicted from it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.numbers import short
from nnviz.gui.look.texts import translated
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.plot_view import PlotView, mark_size, range_of
from nnviz.gui.panels.outputs.words import target_label, train_fit
from nnviz.gui.plots.chart import Names
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

_POINTS = 240
_FARTHEST = 50.0
"""Spans of the axis beyond which a curve goes on flat: a painter's arithmetic would overflow."""


class FittedCurve(PlotView):
    """The samples, and the network's answer at every input between them."""

    name = "curve"
    title = str(QT_TRANSLATE_NOOP("FittedCurve", "Curve"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "FittedCurve", "The network's answer for every input, drawn through the samples."
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = self.chart.add(pg.PlotCurveItem(antialias=True))
        self._line.setZValue(1.5)  # above the samples, below the chosen one
        for axis in self.chart.axes.values():
            axis.setGrid(255)
        test = self.tr("Show the samples the network never learns from.")
        self.add_switch("test", "output-curve-show-test", self.tr("Test"), test, on=True)

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say whether a number is predicted from one input."""
        return problem.dataset.features == 1 and problem.dataset.task == "regression"

    def prepare(self, problem: Problem) -> None:
        """Fix the axes to the data: they must not jump while the curve finds its way."""
        self._line.clear()
        self.points.size = mark_size(problem.dataset.rows)
        names = Names(translated(problem.dataset.feature_names[0]), target_label(problem))
        data = problem.dataset.inputs, problem.target_values
        self.set_home(range_of(data[0], 0.02), range_of(data[1], 0.08), names)

    def restyle(self) -> None:
        """Draw the samples anew, then the curve."""
        if self.problem is not None:
            rows, tested = self.shown_rows(self.problem)
            data = self.problem.dataset.inputs[rows], self.problem.target_values[rows]
            places = np.hstack(data).astype(np.float64)
            self.points.set_data(places, rows, [self.theme.second] * len(rows), tested)
            self._line.setPen(pg.mkPen(self.theme.curve, width=2))
            self.edges.restyle()
        super().restyle()

    def take(self, inspection: Inspection) -> None:
        """Draw the curve."""
        x, y = (np.asarray(values, np.float64) for values in inspection.curve(_POINTS))
        _, (low, high) = self.chart.shown
        room = _FARTHEST * (high - low)
        self._line.setData(x, np.clip(np.nan_to_num(y), low - room, high + room))
        self.edges.show_beyond(x, y, short)
        self.points.choose(self.row)

    def legend(self) -> list[LegendEntry]:
        """Return the curve and the samples of both parts."""
        network = LegendEntry(self.tr("network"), self.theme.curve, "line")
        return [network, *self.part_entries(self.theme.second, self.is_on("test"))]

    def describe(self, inspection: Inspection) -> str:
        """Return how far the curve is from the samples."""
        return self.tr(
            "After {epoch} epochs the network's curve explains the training samples with"
            " R² {r2}; it is {rmse} off in the root mean square."
        ).format(**train_fit(inspection, self.most_rows))
