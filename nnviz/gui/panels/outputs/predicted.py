"""Predicted against actual: on the ideal line every answer would be right."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.numbers import count, short
from nnviz.gui.look.texts import translated
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.plot_view import PlotView, mark_size, range_of
from nnviz.gui.panels.outputs.words import train_fit
from nnviz.gui.plots.chart import Names
from nnviz.training.inspection import Inspection, Outputs
from nnviz.training.problem import PartName, Problem

_PARTS: tuple[PartName, ...] = ("train", "test")


class PredictedActual(PlotView):
    """One mark a sample: across what is true, up what the network says.

    The axes span the range of the targets and stay, so that pictures of different epochs can be
    laid side by side. Answers beyond it lie on the edge.
    """

    name = "predicted"
    title = str(QT_TRANSLATE_NOOP("PredictedActual", "Predicted"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "PredictedActual", "Predicted against actual: on the diagonal every answer is right."
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ideal = self.chart.add(pg.PlotCurveItem(antialias=True))
        for axis in self.chart.axes.values():
            axis.setGrid(255)
        self._rows: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._outside = 0

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say whether a number is predicted."""
        return problem.dataset.task == "regression"

    @classmethod
    def leads(cls, problem: Problem) -> bool:
        """Come first where the plane's two axes are measured in different things."""
        return problem.dataset.is_planar and problem.dataset.feature_names != ("x", "y")

    def prepare(self, problem: Problem) -> None:
        """Fix both axes to the range of the targets."""
        self.points.size = mark_size(problem.dataset.rows)
        name = translated(problem.dataset.target_name)
        unit = translated(problem.dataset.target_unit)
        actual = self.tr("actual {name} ({unit})") if unit else self.tr("actual {name}")
        predicted = self.tr("predicted {name} ({unit})") if unit else self.tr("predicted {name}")
        names = Names(actual.format(name=name, unit=unit), predicted.format(name=name, unit=unit))
        both = range_of(problem.target_values, 0.06)
        self._ideal.setData(np.array(both), np.array(both))
        self.set_home(both, both, names, square=True)

    def restyle(self) -> None:
        """Take over colours."""
        if self.problem is not None:
            self._rows = self._rows[:0]  # the marks are made anew
            self._ideal.setPen(pg.mkPen(self.theme.second, width=1.5))
            self.edges.restyle()
        super().restyle()

    def take(self, inspection: Inspection) -> None:
        """Place the marks; answers out of range go to the edge they left by."""
        found = [inspection.outputs(part, self.most_rows) for part in _PARTS]
        parts = [part for part in found if part is not None]
        rows = np.concatenate([part.index for part in parts])
        answers = np.concatenate([part.values[:, 0] for part in parts]).astype(np.float64)
        truth = inspection.problem.target_values[rows, 0].astype(np.float64)
        low, high = self._home[1]
        edge = self.points.size / 2 * self.chart.pixel.height()
        places = np.stack([truth, np.clip(np.nan_to_num(answers), low + edge, high - edge)], axis=1)
        self._outside = int(np.count_nonzero(~((answers >= low) & (answers <= high))))
        if np.array_equal(rows, self._rows):
            self.points.move(places)
        else:
            self._rows = rows
            self._set_marks(places, parts)
        self.edges.show_beyond(truth, answers, short)
        self.points.choose(self.row)

    def _set_marks(self, places: NDArray[np.float64], parts: list[Outputs]) -> None:
        """Make the marks; test above train."""
        tested = np.repeat([False, True][: len(parts)], [len(part.index) for part in parts])
        self.points.set_data(places, self._rows, [self.theme.curve] * len(tested), tested)

    def legend(self) -> list[LegendEntry]:
        """Return the ideal line and the marks of both parts."""
        ideal = LegendEntry(self.tr("ideal"), self.theme.second, "line")
        tested = self.problem is not None and self.problem.test is not None
        return [ideal, *self.part_entries(self.theme.curve, tested)]

    def describe(self, inspection: Inspection) -> str:
        """Return how well predictions and truth agree."""
        return self.tr(
            "After {epoch} epochs the predictions of {rows} training samples have R² {r2} and a"
            " root mean squared error of {rmse}; {outside} answers lie beyond the axes and are"
            " drawn on their edge."
        ).format(
            rows=count(inspection.problem.train.rows),
            outside=count(self._outside),
            **train_fit(inspection, self.most_rows),
        )
