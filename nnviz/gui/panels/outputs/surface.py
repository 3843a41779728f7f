"""The decision surface: the plane coloured by the network's answer, with the samples on it."""

from __future__ import annotations

from math import isqrt

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QRectF
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.texts import translated
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.colors import AnswerColors, finer
from nnviz.gui.panels.outputs.plot_view import PlotView, mark_size
from nnviz.gui.panels.outputs.words import target_label, train_fit, train_score
from nnviz.gui.plots.chart import Names
from nnviz.gui.plots.heat_map import ColorBar, HeatMap
from nnviz.training.evaluation import rows_within
from nnviz.training.inspection import QUICK_WORK, Inspection, plane_limits
from nnviz.training.problem import Problem

FINE, COARSE, COARSEST = 64, 40, 16
"""Grid points a side; fewer where the network is so large that the finer grid costs frames."""

_MANY_PARAMETERS = 1500
_FINER = 3
_ROOMY = 6.0
"""Marks smaller than this need a darker outline to be told from their ground."""


class DecisionSurface(PlotView):
    """What the network answers at every point of the plane."""

    name = "surface"
    title = str(QT_TRANSLATE_NOOP("DecisionSurface", "Surface"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "DecisionSurface", "The answer at every point of the plane: see where a border runs."
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, right=True)
        self._ground, self._bar = HeatMap(gaps=False, smooth=True), ColorBar(self.chart)
        self._ground.setZValue(-1)
        self.chart.add(self._ground)
        self._colors: AnswerColors | None = None
        self._area = QRectF()
        test = self.tr("Show the samples the network never learns from.")
        self.add_switch("test", "output-show-test", self.tr("Test"), test, on=True)
        decide = self.tr("Show the decision instead of shades: every point gets its class' colour.")
        self.add_switch("discretise", "output-discretise", self.tr("Decide"), decide)

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say whether samples are points of a plane."""
        return problem.dataset.is_planar

    def prepare(self, problem: Problem) -> None:
        """Set the axes to the plane's margins."""
        names = [translated(name) for name in problem.dataset.feature_names]
        low, high = plane_limits(problem)
        self._area = QRectF(*low.tolist(), *(high - low).tolist())
        self._colors = None
        self._ground.clear()
        self.points.size = mark_size(problem.dataset.rows)
        self.chart.axes["right"].setVisible(problem.dataset.task == "regression")
        # Only where both axes measure the same thing does a circle have to look round.
        same_unit = problem.dataset.feature_names == ("x", "y")
        x, y = zip(low.tolist(), high.tolist(), strict=True)
        self.set_home(x, y, Names(names[0], names[1]), same_unit)

    def restyle(self) -> None:
        """Give ground and samples the colours there are now."""
        if self.problem is not None:
            self._colors = AnswerColors(self.problem, self.theme)
            self._place_samples(self.problem, self._colors)
        super().restyle()

    def take(self, inspection: Inspection) -> None:
        """Colour the grid; its outer points lie on the outer edges of the plane."""
        if self._colors is None:
            return
        values = inspection.plane(self._resolution(inspection)).values
        decides = self.is_on("discretise")
        if decides:
            values = finer(values, _FINER)
        half = np.array([self._area.width(), self._area.height()]) / (2 * (values.shape[-1] - 1))
        area = self._area.adjusted(-half[0], -half[1], half[0], half[1])
        colors = self._colors.ground(values, decides)
        self._ground.set_cells(np.ascontiguousarray(colors[::-1]), area=area)
        self.points.choose(self.row)

    def _place_samples(self, problem: Problem, colors: AnswerColors) -> None:
        rows, tested = self.shown_rows(problem)
        truth = problem.dataset.targets[rows].astype(np.float64).ravel()
        symbols, outlines = ["o"], None
        if colors.is_class:
            symbols = [self.theme.class_symbol(int(label)) for label in truth]
        else:
            ink = self.theme.surface if self.points.size > _ROOMY else self.theme.second
            outlines = ink, self.theme.text
            axis = self.chart.axes["right"]
            axis.setRange(colors.low, colors.high)
            self._bar.set_colors(colors.table[0], self.theme.border)
        places = problem.dataset.inputs[rows].astype(np.float64)
        self.points.set_data(places, rows, colors.of_values(truth), tested, symbols, outlines)

    def _resolution(self, inspection: Inspection) -> int:
        """Return the grid points a side: of a large network few while it moves."""
        side = FINE if inspection.snapshot.parameters.size <= _MANY_PARAMETERS else COARSE
        if not self.moving:
            return side
        return max(COARSEST, min(side, isqrt(rows_within(inspection.problem, QUICK_WORK))))

    def legend(self) -> list[LegendEntry]:
        """Return classes (or the colour scale), and what discs and rings are."""
        if self.problem is None:
            return []
        return [
            *self._color_entries(self.problem),
            *self.part_entries(self.theme.muted, self.is_on("test")),
        ]

    def _color_entries(self, problem: Problem) -> list[LegendEntry]:
        theme = self.theme
        if problem.dataset.task == "regression":
            ends = AnswerColors(problem, theme).ends
            return [LegendEntry(target_label(problem), ends[0], "gradient", ends[1])]
        symbols = (theme.class_symbol(i).replace("o", "square") for i in range(10))
        names = map(translated, problem.dataset.class_names)
        return [
            LegendEntry(name, theme.class_color(label), symbol)
            for label, (name, symbol) in enumerate(zip(names, symbols, strict=False))
        ]

    def describe(self, inspection: Inspection) -> str:
        """Return how many points lie on ground of their own colour."""
        if inspection.problem.dataset.task == "classification":
            return self.tr(
                "After {epoch} epochs {right} of {total} training points lie where the network"
                " answers with their own class."
            ).format(**train_score(inspection, self.most_rows))
        return self.tr(
            "After {epoch} epochs the network's answer over the plane fits the training points"
            " with R² {r2}, {rmse} off in the root mean square."
        ).format(**train_fit(inspection, self.most_rows))
