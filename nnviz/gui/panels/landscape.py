"""The loss landscape: the loss over two directions of the weights, and the run's way across it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from nnviz.errors import NnvizError
from nnviz.gui.edits import name_of
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import count, short
from nnviz.gui.look.texts import message
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.header import Header, lay_out
from nnviz.gui.panels.landscape_plot import Landscape, LandscapePlot, ends_of
from nnviz.gui.panels.moment import MomentPanel
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.slices import Slices, Work, calculated
from nnviz.gui.widgets.buttons import SegmentedControl, SmallButton
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.backward import place_of
from nnviz.training.inspection import Inspection
from nnviz.training.landscape import (
    LandscapeRow,
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

RUN, RANDOM, WEIGHTS = range(3)


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

    header: Header

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The loss over two directions of the weights"))
        self.landscape: Landscape | None = None
        self._pool = Pool()
        self._jobs: Jobs[LandscapeRow, Vector] | None = None
        self._chosen: list[Selection] = []
        self.selector = SegmentedControl("landscape-directions", self)
        self.button = SmallButton(self.tr("Draw"), "", self)
        self.button.setObjectName("landscape-draw")
        self.said = small(ElidedLabel(self), "text")
        self.said.setObjectName("landscape-said")
        self.header = Header(0, self)
        self.plot = LandscapePlot(self)
        self.plot.setObjectName("landscape-plot")
        self.work = Work(self)
        """Works out the landscape."""
        self._set_up()

    def _set_up(self) -> None:
        self.selector.setAccessibleName(self.tr("Directions of the landscape"))
        run = self.tr("The two directions in which this run moved most.")
        by_chance = self.tr("Two random directions, as long in each filter as its own weights.")
        weights = self.tr("The two weights that were clicked last in the picture of the network.")
        words = self.tr("Run"), self.tr("Random"), self.tr("Weights")
        self.selector.fill([*zip(words, (run, by_chance, weights), strict=True)])
        self.selector.chosen.connect(self._on_chosen)
        self.button.clicked.connect(self._on_button)
        for changed in (self.plot.resized, self.plot.restyled):
            changed.connect(self._show)
        self.work.ended.connect(self._say)
        self.work.failed.connect(self._on_failed)
        self.watch(self.plot.idle)
        app = QApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(self._pool.close)
        self.destroyed.connect(self._pool.close)
        row = filled(QHBoxLayout(), self.selector, self.button, None, spacing=SPACE)
        column = lay_out(self, row, self.said, self.header)
        column.addWidget(self.plot, 100)
        column.addStretch(1)
        self._show()

    # ------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Forget the landscape of another run."""
        super().begin(problem)
        self.work.cancel()
        self.landscape, self._chosen = None, []
        for control in (self.selector, self.button):
            control.setVisible(not self.bare)
        self._show()

    def show_frame(self, frame: Frame) -> None:
        """Note the weights that are clicked, and move the mark."""
        chosen = frame.selection
        if chosen is not None and chosen.source is not None and chosen not in self._chosen[-1:]:
            self._chosen = [*self._chosen[-1:], chosen]
        super().show_frame(frame)

    def take(self, inspection: Inspection) -> None:
        """Mark where the network that is shown is in the plane."""
        self.plot.mark(inspection.snapshot.parameters)

    def legend(self) -> list[LegendEntry]:
        """Return what heights, line and marks are."""
        theme = self.theme
        low, high = ends_of(theme)
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

    @Slot()
    def draw(self) -> None:
        """Work out the landscape around the network that is shown; an earlier wish is dropped."""
        self.work.cancel()
        frame, problem = self.frame, self.problem
        if frame is None or problem is None:
            return
        made = self._plane(problem, frame)
        if made is None:
            text = self.tr("There are no two directions to go in yet: train it first.")
            if self.selector.current == WEIGHTS:
                text = self.tr("Click two weights in the picture of the network first.")
            self.said.set_texts(text)
            return
        plane, names, shift = made
        path = [one.parameters for one in frame.checkpoints if one.epoch <= frame.inspection.epoch]
        self.landscape = Landscape(
            plane, names, shift, frame.inspection.epoch,
            np.full((plane.betas.size, plane.alphas.size), np.nan),
            np.array([plane.place_of(point) for point in path]).reshape(-1, 2) + shift,
        )  # fmt: skip
        self._jobs = None
        self.work.start(self._working_out(list(rows_of(problem.experiment, plane))))
        self._show()

    def _working_out(self, rows: Sequence[LandscapeRow]) -> Slices[str]:
        def take(came: Sequence[tuple[int, Vector]], jobs: Jobs[LandscapeRow, Vector]) -> None:
            assert self.landscape is not None
            losses, self._jobs = self.landscape.losses.copy(), jobs
            for place, row in came:
                losses[rows[place].beta] = row
            self.landscape = replace(self.landscape, losses=losses)
            self._show() if came else self._say()

        yield from calculated(self._pool, losses_along, rows, take)
        return ""

    @Slot()
    def _on_chosen(self) -> None:
        if self.landscape is not None:
            self.draw()

    @Slot()
    def _on_button(self) -> None:
        self.work.cancel() if self.work.busy else self.draw()

    @Slot(object)
    def _on_failed(self, error: NnvizError) -> None:
        self.said.set_texts(message(error))

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
        network, chosen = problem.blank_network(), self._chosen
        if len(chosen) < 2:
            return None
        one, other = (place_of(network, w.layer, w.unit, w.source or 0) for w in chosen)
        reach = max(WEIGHT_REACH, 1.5 * float(np.abs(parameters[[one, other]]).max()))
        first, second = (name_of(problem, weight) for weight in chosen)
        plane = weights_plane(parameters, one, other, reach, SIDE)
        return plane, (first, second), (float(parameters[one]), float(parameters[other]))

    # ------------------------------------------------------------------ drawing

    @Slot()
    def _show(self) -> None:
        """Draw what is known of the landscape, in the colours there are now."""
        landscape = self.landscape
        self.show_legend()
        self.header.setVisible(landscape is not None and not self.bare)
        self.plot.setVisible(landscape is not None)
        self.plot.show_landscape(landscape)
        if self.frame is not None:
            self.take(self.frame.inspection)
        self._say()

    @Slot()
    def _say(self) -> None:
        """Say how far it is, or around which network it was drawn, and what the button does."""
        text = self.tr("Draw")
        said = self.tr("Press Draw: the loss around the network that is shown.")
        tip = self.tr("Work out the loss around the network that is shown.")
        if self.work.busy:
            done, left = (self._jobs.done, self._jobs.seconds_left) if self._jobs else (0, None)
            text, tip = self.tr("Stop"), self.tr("Want no more of it.")
            said = self.tr("{done} of {total} rows")
            if left is not None:
                said = self.tr("{done} of {total} rows, {seconds} s left")
            said = said.format(done=done, total=SIDE, seconds=count(round(left or 0.0)))
        elif self.landscape is not None:
            said = self.tr("around epoch {epoch}").format(epoch=count(self.landscape.epoch))
        self.said.set_texts(said)
        self.button.setText(text)
        set_tool_tip(self.button, tip)
