"""The decision surface: the plane coloured by the network's answer, with the samples on it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QRectF
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.color_scales import color_scales
from nnviz.gui.look.layer_names import unit_name
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import translated
from nnviz.gui.look.units import date_inputs, is_date_target
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.header import flow
from nnviz.gui.panels.outputs.base import PlotView
from nnviz.gui.panels.outputs.colors import AnswerColors, Colors, finer, truth_entries
from nnviz.gui.panels.outputs.table import PredictionTable
from nnviz.gui.plots.chart import Names
from nnviz.gui.plots.heat_map import ColorBar, MovingMap
from nnviz.training.evaluation import evaluator_of, plane_limits
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

_FINER = 3
_FEW_ROWS = 8
"""So few samples have their table beside the surface, where there is room for both."""

_LEAST = 12
"""Side of a surface that has its table beside it, in heights of a line."""


class DecisionSurface(PlotView):
    """What the network answers at every point of the plane; a handful of samples as a table too."""

    name = "surface"
    title = str(QT_TRANSLATE_NOOP("DecisionSurface", "Surface"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "DecisionSurface", "The answer at every point of the plane: see where a border runs."
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, right=True)
        self._shades, self._bar = MovingMap(gaps=False, smooth=True), ColorBar(self.chart)
        self._shades.setZValue(-1)
        self.chart.moving.append(self.chart.add(self._shades))
        self._colors: AnswerColors | None = None
        self.table = PredictionTable(self)
        self.table.row_chosen.connect(self.row_chosen)
        self.body.addWidget(self.table)
        test = self.tr("Show the samples the network never learns from.")
        self.add_switch("test", self.tr("Test"), test, on=True)
        decide = self.tr("Show the decision instead of shades: every point gets its class' colour.")
        self.add_switch("discretise", self.tr("Decide"), decide)
        self.let_edit()

    def moved_to(self, inspection: Inspection) -> tuple[float, float] | None:
        """Return the place on the plane."""
        if inspection.moved is None:
            return None
        x, y = inspection.moved[1]
        return x, y

    def prepare(self, problem: Problem) -> None:
        """Set the axes to the plane's margins."""
        names = [translated(name) for name in problem.dataset.feature_names]
        self._colors = None
        self._shades.clear()
        self.chart.axes["right"].setVisible(problem.dataset.task == "regression")
        # Only where both axes measure the same thing does a circle have to look round.
        self.chart.square = problem.dataset.feature_names == ("x", "y")
        right = ["right"] * is_date_target(problem)
        self.chart.set_dates(*date_inputs(problem, "bottom", "left"), *right)
        self.table.bare = self.bare
        self.table.begin(problem)
        x, y = np.stack(plane_limits(problem), axis=1).tolist()
        self.set_home(tuple(x), tuple(y), Names(*names))

    def _place_table(self, problem: Problem) -> None:
        """Show the table of a handful of samples where the surface keeps enough room."""
        area, table, least = self.body.geometry(), self.table.sizeHint(), em(self, _LEAST)
        beside = area.width() > area.height() + table.width()
        self.body.setDirection(flow(beside))
        self.body.setStretch(1, int(beside))  # half of the width, but no more height than it needs
        has_room = beside or area.height() - table.height() >= least
        self.table.setVisible(has_room and problem.dataset.rows <= _FEW_ROWS)

    def take(self, inspection: Inspection) -> None:
        """Colour the grid; its outer points lie on the outer edges of the plane."""
        if self._colors is None:
            return
        colors = self._ground_of(inspection)
        (left, right), (low, high) = self.home
        self._shades.set_points(colors[..., :3], QRectF(left, low, right - left, high - low))
        if not self.table.isHidden():
            self.table.show_moment(inspection, self.row)

    def _ground_of(self, inspection: Inspection) -> Colors:
        """Return the colours of the network's answers, or of the neuron's that is pointed at."""
        assert self._colors is not None
        neuron, decides = self.hovered, self.is_on("discretise")
        self._bar.setVisible(neuron is None)
        if neuron is not None:
            problem, side = inspection.problem, inspection.seen(moving=True).plane_side
            scales = evaluator_of(problem).once("scales", lambda: color_scales(problem))
            planes = inspection.unit_planes(neuron.layer, side)
            return self.theme.diverging(scales[neuron.layer + 1].apply(planes)[neuron.unit])
        values = inspection.plane().values
        return self._colors.ground(finer(values, _FINER) if decides else values, decides)

    def mark(self, problem: Problem) -> None:
        """Give ground and samples the colours there are now, and the table a place."""
        self._place_table(problem)
        for axis in self.chart.axes.values():
            axis.setTickPen(None)  # of which an end would be seen on the ground
        colors = self._colors = AnswerColors(problem, self.theme)
        rows, tested = self.shown_rows(problem)
        if not colors.is_class:
            self.chart.axes["right"].setRange(colors.low, colors.high)
            self._bar.set_colors(colors.table[0], self.theme.border)
        places = problem.dataset.inputs[rows].astype(np.float64)
        colors.mark(self.points, places, rows, tested)

    def legend(self) -> list[LegendEntry]:
        """Return classes (or the colour scale), and what discs and rings are."""
        if self.problem is None:
            return []
        theme, parts = self.theme, self.part_entries(self.theme.muted, self.is_on("test"))
        if self.hovered is not None:
            name = unit_name(self.problem, self.hovered.layer + 1, self.hovered.unit)
            return [LegendEntry(name, theme.negative, "gradient", theme.positive), *parts]
        return [*truth_entries(self.problem, theme), *parts]
