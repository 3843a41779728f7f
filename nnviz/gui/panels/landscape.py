"""The loss landscape: the loss over two directions of the weights, and the run's way across it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QT_TRANSLATE_NOOP, QRectF, QTimer, Slot
from PySide6.QtGui import QHideEvent, QTransform
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from nnviz.errors import NnvizError
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.layer_names import short_layer_names
from nnviz.gui.look.numbers import count, short
from nnviz.gui.look.texts import message, translated
from nnviz.gui.look.theme import blend, rgb
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.header import lay_out
from nnviz.gui.panels.moment import MomentPanel
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.heat_map import ColorBar, HeatMap
from nnviz.gui.plots.legend import LegendRow
from nnviz.gui.plots.plot import Plot
from nnviz.gui.widgets.buttons import SegmentedControl, SmallButton
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.backward import parameter_place
from nnviz.training.inspection import Inspection
from nnviz.training.landscape import (
    ParameterPlane,
    Vector,
    losses_along,
    path_plane,
    random_plane,
    rows_of,
    weights_plane,
)
from nnviz.training.pool import Jobs, Pool
from nnviz.training.problem import Problem

SIDE = 31
"""Points each way."""

REACH, WEIGHT_REACH = 1.0, 2.0
"""How far random directions are followed, in lengths of each filter; and weights, at least."""

LEVELS = 9
"""Lines of equal loss."""

TINY = 1e-12
"""Smaller losses are drawn like this one: there is no logarithm of 0."""

_POLL_MS = 50

RUN, RANDOM, WEIGHTS = range(3)


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


@guarded
class LandscapePanel(MomentPanel):
    """Heights of the loss around the network that is shown, worked out when they are asked for."""

    key = "landscape"
    title = str(QT_TRANSLATE_NOOP("LandscapePanel", "Loss landscape"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "LandscapePanel",
            "The training loss around the network that is shown, over two directions of its "
            "weights: those the run went in, two random ones, or two weights. Training walks "
            "downhill on it.",
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The loss over two directions of the weights"))
        self.landscape: Landscape | None = None
        self._pool, self._jobs = Pool(), None
        self._jobs: Jobs[Any, Vector] | None
        self._rows: list[int] = []
        self._chosen: list[Selection] = []
        self.selector = SegmentedControl("landscape-directions", self)
        self.button = SmallButton(self.tr("Draw"), "", self)
        self.button.setObjectName("landscape-draw")
        self.said = small(ElidedLabel(self), "text")
        self.said.setObjectName("landscape-said")
        self.legend_row = LegendRow(self)
        self.chart = Chart(right=True)
        self.plot = Plot([self.chart], self)
        self.plot.setObjectName("landscape-plot")
        self._timer = QTimer(self)
        self._make_picture()
        self._set_up()

    def _make_picture(self) -> None:
        self._ground, self._bar = HeatMap(gaps=False, smooth=True), ColorBar(self.chart)
        self.chart.add(self._ground)
        self._lines = [self.chart.add(pg.IsocurveItem(axisOrder="row-major")) for _ in range(LEVELS)]
        self._way = self.chart.add(pg.PlotCurveItem(antialias=True))
        self._stops = self.chart.add(pg.ScatterPlotItem(pxMode=True, antialias=True))
        self._here = self.chart.add(pg.ScatterPlotItem(pxMode=True, antialias=True))
        self._ground.setZValue(-1)

    def _set_up(self) -> None:
        self.selector.setAccessibleName(self.tr("Directions of the landscape"))
        self.selector.fill(
            [
                (self.tr("Run"), self.tr("The two directions in which this run moved most.")),
                (
                    self.tr("Random"),
                    self.tr("Two random directions, as long in each filter as its own weights."),
                ),
                (
                    self.tr("Weights"),
                    self.tr("The two weights that were clicked last in the picture of the network,"
                            " or else those that moved most."),
                ),
            ]
        )  # fmt: skip
        self.selector.chosen.connect(self.draw)
        self.button.clicked.connect(self._on_button)
        for changed in (self.plot.resized, self.plot.restyled):
            changed.connect(self._show)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._collect)
        self.watch(self.plot.idle)
        app = QApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(self._pool.close)
        self.destroyed.connect(self._pool.close)
        row = filled(QHBoxLayout(), self.selector, self.button, self.said, wide=self.said)
        column = lay_out(self, row, self.legend_row)
        column.addWidget(self.plot, 1)
        self.setMinimumSize(200, 160)
        self._show()

    # ------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Forget the landscape of another run."""
        super().begin(problem)
        self.cancel()
        self.landscape, self._chosen = None, []
        for control in (self.selector, self.button):
            control.setVisible(not self.bare)
        self.legend_row.setVisible(not self.bare)
        self._show()

    def show_frame(self, frame: Frame) -> None:
        """Note the weights that are clicked, and move the mark."""
        chosen = frame.selection
        if chosen is not None and chosen.source is not None and chosen not in self._chosen[-1:]:
            self._chosen = [*self._chosen[-1:], chosen]
        super().show_frame(frame)

    def take(self, inspection: Inspection) -> None:
        """Mark where the network that is shown is in the plane."""
        if self.landscape is None:
            return
        place = self.landscape.plane.place_of(inspection.snapshot.parameters)
        x, y = np.add(place, self.landscape.shift)
        theme = self.theme
        self._here.setData(
            [x], [y], symbol="o", size=10, pen=pg.mkPen(theme.surface, width=2),
            brush=pg.mkBrush(theme.text),
        )  # fmt: skip
        self._say()

    def restyle(self) -> None:
        """Take over colours."""
        super().restyle()
        self._show()

    def legend(self) -> list[LegendEntry]:
        """Return what heights, line and marks are."""
        theme = self.theme
        low, high = _ends(theme)
        return [
            LegendEntry(self.tr("train loss"), low, "gradient", high),
            LegendEntry(self.tr("way of the run"), theme.text, "line"),
            LegendEntry(self.tr("its start"), theme.text, "ring"),
            LegendEntry(self.tr("network shown"), theme.text, "disc"),
        ]

    def description(self) -> str:
        """Return between which losses the landscape lies, and around which network."""
        if self.landscape is None:
            return self.tr("No landscape has been drawn.")
        known = self.landscape.losses[np.isfinite(self.landscape.losses)]
        if not known.size:
            return self.tr("The landscape is being worked out.")
        return self.tr("Around epoch {epoch} the train loss is between {low} and {high}.").format(
            epoch=count(self.landscape.epoch), low=short(known.min()), high=short(known.max())
        )

    def view_state(self) -> Mapping[str, Any]:
        """Return the directions, and the landscape itself: another instance works out nothing."""
        return {"directions": self.selector.current, "landscape": self.landscape}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Show the same landscape."""
        self.selector.choose(int(state.get("directions", RUN)))
        self.landscape = state.get("landscape")
        self._show()

    # ------------------------------------------------------------------ working it out

    @property
    def working(self) -> bool:
        """Whether a landscape is being worked out."""
        return self._jobs is not None

    @Slot()
    def draw(self) -> None:
        """Work out the landscape around the network that is shown; an earlier wish is dropped."""
        self.cancel()
        frame, problem = self.frame, self.problem
        if frame is None or problem is None:
            return
        made = self._plane(problem, frame)
        if made is None:
            self.said.set_text(self.tr("The run has not gone anywhere yet: train it first."))
            return
        plane, names, shift = made
        path = [one.parameters for one in frame.checkpoints if one.epoch <= frame.inspection.epoch]
        self.landscape = Landscape(
            plane, names, shift, frame.inspection.epoch,
            np.full((plane.betas.size, plane.alphas.size), np.nan),
            np.array([plane.place_of(point) for point in path]).reshape(-1, 2) + shift,
        )  # fmt: skip
        rows = list(rows_of(problem.experiment, plane))
        self._rows = [row.beta for row in rows]
        try:
            self._jobs = self._pool.start(losses_along, rows)
        except NnvizError as error:
            self.said.set_text(message(error))
            return
        self._timer.start()
        self._show()

    @Slot()
    def cancel(self) -> None:
        """Want no more of it; what is known stays."""
        self._timer.stop()
        self._jobs = None
        self._pool.close()
        self._show_button()

    @Slot()
    def _on_button(self) -> None:
        if self.working:
            self.cancel()
            self._say()
        else:
            self.draw()

    @Slot()
    def _collect(self) -> None:
        jobs, landscape = self._jobs, self.landscape
        if jobs is None or landscape is None:
            return
        try:
            came = jobs.collect()
        except NnvizError as error:
            self.cancel()
            self.said.set_text(message(error))
            return
        if came:
            losses = landscape.losses.copy()
            for place, row in came:
                losses[self._rows[place]] = row
            self.landscape = replace(landscape, losses=losses)
        if jobs.finished:
            self.cancel()
        if came or jobs.finished:
            self._show()
        else:
            self._say()

    def _plane(
        self, problem: Problem, frame: Frame
    ) -> tuple[ParameterPlane, tuple[str, str], tuple[float, float]] | None:
        """Return the plane that is asked for, its names and what is added to α and β."""
        epoch, parameters = frame.inspection.epoch, frame.inspection.snapshot.parameters
        path = [one.parameters for one in frame.checkpoints if one.epoch < epoch] + [parameters]
        if self.selector.current == RANDOM:
            names = self.tr("first random direction"), self.tr("second random direction")
            return random_plane(problem, parameters, 0, REACH, SIDE), names, (0.0, 0.0)
        if self.selector.current == RUN:
            plane = path_plane(path, SIDE)
            names = self.tr("direction the run moved most in"), self.tr("second such direction")
            return None if plane is None else (plane, names, (0.0, 0.0))
        chosen = [place for place in map(self._place_of, self._chosen) if place is not None]
        moved = np.argsort(-np.ptp(np.array(path), axis=0), kind="stable").tolist()
        one, other = [*chosen, *(place for place in moved if place not in chosen)][:2]
        reach = max(WEIGHT_REACH, 1.5 * float(np.abs(parameters[[one, other]]).max()))
        plane = weights_plane(parameters, one, other, reach, SIDE)
        names = self._name_of(problem, one), self._name_of(problem, other)
        return plane, names, (float(parameters[one]), float(parameters[other]))

    # ------------------------------------------------------------------ drawing

    @Slot()
    def _show(self) -> None:
        """Draw what is known of the landscape, in the colours there are now."""
        self.legend_row.show_entries(self.legend())
        self._show_button()
        landscape = self.landscape
        for item in (self._ground, self._way, self._stops, self._here, *self._lines):
            item.setVisible(landscape is not None)
        if landscape is not None:
            self._show_ground(landscape)
            self._show_way(landscape)
        if self.frame is not None:
            self.take(self.frame.inspection)
        self._say()

    def _show_ground(self, landscape: Landscape) -> None:
        """Draw heights by logarithms, which show a valley and the hills around it."""
        area, theme = landscape.area, self.theme
        self.chart.set_names(Names(*landscape.names))
        self.chart.set_ranges((area.left(), area.right()), (area.top(), area.bottom()))
        heights = np.log10(np.maximum(landscape.losses, TINY))
        known = heights[np.isfinite(heights)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        high = max(high, low + 1e-3)
        table = np.array([rgb(blend(*_ends(theme)[::-1], i / 255)) for i in range(256)], np.uint8)
        shade = np.nan_to_num((heights - low) / (high - low), nan=0.0, posinf=1.0)
        cells = np.dstack([table[np.clip(shade * 255, 0, 255).astype(np.intp)], np.full(shade.shape, 255, np.uint8)])
        cells[np.isnan(heights)] = 0
        columns, rows = landscape.plane.alphas.size, landscape.plane.betas.size
        half_x, half_y = area.width() / (columns - 1) / 2, area.height() / (rows - 1) / 2
        self._ground.set_cells(
            np.ascontiguousarray(cells[::-1]), area=area.adjusted(-half_x, -half_y, half_x, half_y)
        )
        self._show_lines(landscape, heights, (low, high))
        right = self.chart.axes["right"]
        right.setLogMode(x=False, y=True)
        right.setRange(low, high)
        self._bar.set_colors(table, theme.border)

    def _show_lines(self, landscape: Landscape, heights: Vector, ends: tuple[float, float]) -> None:
        """Draw lines of equal loss, once all of it is known."""
        area, whole = landscape.area, bool(np.isfinite(heights).all())
        columns, rows = landscape.plane.alphas.size, landscape.plane.betas.size
        place = QTransform()
        place.translate(area.left(), area.top())
        place.scale(area.width() / (columns - 1), area.height() / (rows - 1))
        place.translate(-0.5, -0.5)
        levels = np.linspace(*ends, LEVELS + 2)[1:-1]
        for line, level in zip(self._lines, levels, strict=True):
            line.setVisible(whole)
            if whole:
                line.setPen(pg.mkPen(blend(self.theme.text, _ends(self.theme)[0], 0.25), width=1))
                line.setData(heights, level)
                line.setTransform(place)

    def _show_way(self, landscape: Landscape) -> None:
        x, y = landscape.way.T
        ink, ground = self.theme.text, self.theme.surface
        self._way.setData(x, y)
        self._way.setPen(pg.mkPen(ink, width=1.5))
        self._stops.setData(
            x[:1], y[:1], symbol="o", size=9, pen=pg.mkPen(ink, width=1.6), brush=pg.mkBrush(ground)
        )

    def _show_button(self) -> None:
        working = self._jobs is not None
        self.button.setText(self.tr("Stop") if working else self.tr("Draw"))
        tip = self.tr("Work out the loss around the network that is shown.")
        set_tool_tip(self.button, self.tr("Want no more of it.") if working else tip)

    @Slot()
    def _say(self) -> None:
        """Say how far it is, or around which network it was drawn."""
        landscape, jobs = self.landscape, self._jobs
        if landscape is None:
            self.said.set_text(self.tr("Press Draw: the loss around the network that is shown."))
        elif jobs is not None:
            left = jobs.seconds_left
            said = self.tr("{done} of {total} rows") if left is None else self.tr(
                "{done} of {total} rows, {seconds} s left"
            )
            self.said.set_text(
                said.format(done=jobs.done, total=jobs.total, seconds=count(round(left or 0.0)))
            )
        else:
            self.said.set_text(self.tr("around epoch {epoch}").format(epoch=count(landscape.epoch)))


def _ends(theme: Theme) -> tuple[str, str]:
    """Return the colours of the lowest and the highest loss."""
    return theme.surface, blend(theme.curve, theme.text, 0.75)
