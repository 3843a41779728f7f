"""Numbers that are predicted: the fitted curve over one input, and predicted against actual."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.numbers import count, short
from nnviz.gui.look.texts import translated
from nnviz.gui.look.units import date_inputs, is_date_target, target_label, target_text
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import LineView, range_of
from nnviz.gui.plots.chart import Names
from nnviz.gui.plots.ranges import Array, Range, farthest, step_up
from nnviz.training.inspection import Inspection
from nnviz.training.problem import PARTS, Problem

_POINTS = 240
_FARTHEST = 50.0
"""Spans of the axis beyond which a curve goes on flat: a painter's arithmetic would overflow."""


class FittedCurve(LineView):
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
        self._line.setZValue(1.5)  # above the samples, below the chosen one
        test = self.tr("Show the samples the network never learns from.")
        self.add_switch("test", self.tr("Test"), test, on=True)
        self.let_edit(upward=True)

    def moved_to(self, inspection: Inspection) -> tuple[float, float] | None:
        """Return the place on the curve."""
        if inspection.moved is None:
            return None
        answer = inspection.problem.decode_outputs(inspection.sample_trace(self.row)[-1].a)
        return inspection.moved[1][0], float(answer[0, 0])

    def prepare(self, problem: Problem) -> None:
        """Fix the axes to the data: they must not jump while the curve finds its way."""
        self._line.clear()
        names = Names(translated(problem.dataset.feature_names[0]), target_label(problem))
        data = problem.dataset.inputs, problem.target_values
        self.chart.set_dates(*date_inputs(problem, "bottom"), *["left"] * is_date_target(problem))
        self.set_home(range_of(data[0], 0.02), range_of(data[1], 0.08), names)

    def mark(self, problem: Problem) -> None:
        """Place the samples by what is true of them."""
        rows, tested = self.shown_rows(problem)
        data = problem.dataset.inputs[rows], problem.target_values[rows]
        places = np.hstack(data).astype(np.float64)
        self.points.set_data(places, rows, [self.theme.second] * len(rows), tested)
        self._line.setPen(pg.mkPen(self.theme.curve, width=2))

    def take(self, inspection: Inspection) -> None:
        """Draw the curve."""
        x, y = (np.asarray(values, np.float64) for values in inspection.curve(_POINTS))
        _, (low, high) = self.chart.shown
        room = _FARTHEST * (high - low)
        self._line.setData(x, np.clip(np.nan_to_num(y), low - room, high + room))
        self.edges.show_beyond(x, y, partial(target_text, inspection.problem))

    def legend(self) -> list[LegendEntry]:
        """Return the curve and the samples of both parts."""
        network = LegendEntry(self.tr("network"), self.theme.curve, "line")
        return [network, *self.part_entries(self.theme.second, self.is_on("test"))]


class PredictedActual(LineView):
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
        self.chart.square = True
        self._rows: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._outside = 0

    def prepare(self, problem: Problem) -> None:
        """Fix both axes to the range of the targets."""
        label = target_label(problem)
        actual, predicted = self.tr("actual {label}"), self.tr("predicted {label}")
        both = range_of(problem.target_values, 0.06)
        self.chart.set_dates(*["bottom", "left"] * is_date_target(problem))
        self._line.setData(np.array(both), np.array(both))
        self.set_home(both, both, Names(actual.format(label=label), predicted.format(label=label)))

    def places(self, truth: Array, answers: Array) -> Array:
        """Return where the marks of answers belong, shape (rows, 2)."""
        return np.stack([truth, answers], axis=1)

    def height_text(self, problem: Problem, height: float) -> str:
        """Return how high a mark is, in words."""
        return target_text(problem, height)

    def mark(self, problem: Problem) -> None:
        """Have the marks made anew with the next moment."""
        self._rows = self._rows[:0]
        self._line.setPen(pg.mkPen(self.theme.second, width=1.5))

    def take(self, inspection: Inspection) -> None:
        """Place the marks; answers out of range go to the edge they left by."""
        found = [inspection.outputs(part) for part in PARTS]
        parts = [part for part in found if part is not None]  # the training part first
        rows = np.concatenate([part.index for part in parts])
        answers = np.concatenate([part.values[:, 0] for part in parts]).astype(np.float64)
        truth = inspection.problem.target_values[rows, 0]
        places = self.places(truth, answers)
        (left, right), (low, high) = self.home
        inside = (places >= (left, low)) & (places <= (right, high))
        self._outside = int(np.count_nonzero(~inside.all(axis=1)))
        x, y = places.T
        self.edges.show_beyond(x, y, partial(self.height_text, inspection.problem))
        pixel, size = self.chart.pixel, self.points.size / 2
        edge = size * np.array([pixel.width(), pixel.height()])
        places = np.clip(np.nan_to_num(places), (left, low) + edge, (right, high) - edge)
        if np.array_equal(rows, self._rows):
            self.points.move(places)
        else:
            self._rows = rows
            tested = np.arange(len(rows)) >= len(parts[0].index)
            self.points.set_data(places, rows, [self.theme.curve] * len(rows), tested)
        self.points.choose(self.row)

    def legend(self) -> list[LegendEntry]:
        """Return the ideal line and the marks of both parts."""
        ideal = LegendEntry(self.tr("ideal"), self.theme.second, "line")
        tested = self.problem is not None and self.problem.held_out.size > 0
        return [ideal, *self.part_entries(self.theme.curve, tested)]

    def describe(self, inspection: Inspection) -> str:
        """Return how well predictions and truth agree, and how many cannot be placed."""
        return self.tr(
            "{fit} {outside} answers lie beyond the axes and are drawn on their edge."
        ).format(fit=super().describe(inspection), outside=count(self._outside))


class Residuals(PredictedActual):
    """One mark a sample: across what the network says, up how much is missing to what is true.

    What is said spans the range of the targets; what is missing, as much as there is.
    """

    name = "residuals"
    title = str(QT_TRANSLATE_NOOP("Residuals", "Residuals"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "Residuals",
            "Actual minus predicted, over what is predicted: a pattern is something not learned.",
        )
    )
    most_zoom = 5000.0  # of all that may be missing, of which little is once it has learned

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart.square = False

    def prepare(self, problem: Problem) -> None:
        """Fix the lower axis to the range of the targets."""
        label, said = target_label(problem), range_of(problem.target_values, 0.06)
        predicted = self.tr("predicted {label}").format(label=label)
        label = target_label(problem, difference=True)
        residual = self.tr("residual: actual − predicted {label}").format(label=label)
        self.chart.set_dates(*["bottom"] * is_date_target(problem))
        self._line.setData(np.array(said), np.zeros(2))
        self.set_home(said, self._span(said, said[1] - said[0]), Names(predicted, residual))

    def places(self, truth: Array, answers: Array) -> Array:
        """Return where the marks belong, once the left axis has room for all that is missing."""
        residuals, zoomed = truth - answers, self.chart.shown != self.home
        finite = np.abs(residuals[np.isfinite(residuals)])
        most = farthest(self.ends, self.name, float(finite.max(initial=0.0)))
        self.home = self.home[0], self._span(self.home[0], most)
        if not zoomed:
            self.chart.set_ranges(*self.home)
        return np.stack([answers, residuals], axis=1)

    def height_text(self, problem: Problem, height: float) -> str:
        """Return what is missing, which of dates are days."""
        return short(height)

    @staticmethod
    def _span(said: Range, most: float) -> Range:
        """Return a round range around zero, never wider than twice the targets' own."""
        high = min(step_up(1.06 * most), step_up(said[1] - said[0])) if most else 1.0
        return -high, high
