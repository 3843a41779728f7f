"""What every view of the output panel is: one picture of the network's answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QVBoxLayout, QWidget

from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import em
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.themed import Themed
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.header import Header
from nnviz.gui.panels.outputs.point_editor import PointEditor
from nnviz.gui.panels.outputs.words import headlines
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.line import Line
from nnviz.gui.plots.marks import EdgeMarks
from nnviz.gui.plots.plot import Plot
from nnviz.gui.plots.points import Points
from nnviz.gui.plots.ranges import Ends, Range, held
from nnviz.gui.plots.still_plot import StillPlot
from nnviz.gui.widgets.buttons import ToggleButton
from nnviz.gui.widgets.choice_box import ViewChoice
from nnviz.training.inspection import Inspection
from nnviz.training.problem import PartName, Problem

_CHOICE = 7
"""Width of a list beside the legend, in heights of a line."""


@guarded
class OutputView(Themed, QWidget):
    """One way to show what a network answers, below its legend and its switches.

    A view gets ready for a run (`prepare`), and draws a moment of it (`take`), again whenever a
    switch is pressed or colours or its size change.
    """

    name: ClassVar[str]
    """Stable name: in view states and object names."""

    title: ClassVar[str]
    """English word on the selector; marked for translation in the context of the class."""

    hint: ClassVar[str]
    """English tooltip on the selector: what one learns from this view."""

    row_chosen = Signal(int)
    """The person clicked a sample: its row in the data set."""

    edit_wanted = Signal(object)
    """The person edits the data: a PointEdit."""

    page_wanted = Signal(object)
    """The person wants to see some of the pictures: the view state of the page that shows them."""

    move_wanted = Signal(object)
    """The person moves the chosen sample for a look: its inputs in the data's own units."""

    action_wanted = Signal(str)
    """The person wants what an action of the window does: its key."""

    bare = False
    """Set for a picture, in which nothing can be pressed or scrolled."""

    problem: Problem | None = None
    inspection: Inspection | None = None
    row = -1
    hovered: Selection | None = None
    """The neuron whose answers are shown in place of the network's, or None."""
    frame: Frame | None = None
    """What the panel shows; `inspection` may be a quick view of its moment."""
    ends: Ends | None = None
    """Set for an animation: how far axes reach."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"output-{self.name}")
        self.setAccessibleName(self.words()[1])
        self.header = Header(0, self)
        self._buttons: dict[str, QAbstractButton] = {}
        self._choices: dict[str, ViewChoice] = {}
        self.body: QBoxLayout = QVBoxLayout()
        self.body.setSpacing(SPACE)
        self.column = filled(QVBoxLayout(self), self.header, spacing=SPACE // 2)
        self.column.addLayout(self.body, 1)

    def set_content(self, content: QWidget) -> None:
        """Have a picture below the legend."""
        self.body.addWidget(content, 1)
        if isinstance(content, Plot):
            content.setObjectName(f"{self.objectName()}-plot")
            content.restyled.connect(self.restyle)
            content.resized.connect(self.restyle)

    @classmethod
    def words(cls) -> tuple[str, str]:
        """Return title and hint in the language of the window."""
        title, hint = (QCoreApplication.translate(cls.__name__, t) for t in (cls.title, cls.hint))
        return title, hint

    # ------------------------------------------------------------------- for views to say

    def prepare(self, problem: Problem) -> None:
        """Get ready for a new run: axes, names, places of points."""
        raise NotImplementedError

    def take(self, inspection: Inspection) -> None:
        """Draw a moment, with the chosen row."""
        raise NotImplementedError

    def legend(self) -> list[LegendEntry]:
        """Return what the picture's marks mean."""
        return []

    def describe(self, inspection: Inspection) -> str:
        """Return one sentence that says in words what is seen: how right the answers are."""
        said = QCoreApplication.translate("OutputView", "After {epoch} epochs, {figures}.")
        return said.format(epoch=count(inspection.epoch), figures=headlines(inspection)[0])

    # ------------------------------------------------------------------------- the contract

    def begin(self, problem: Problem) -> None:
        """Prepare for a new run."""
        self.problem, self.inspection, self.row = problem, None, -1
        if "test" in self._buttons:
            self._buttons["test"].setVisible(self._has_held_out())
        self.prepare(problem)
        self._show_legend()

    def show_moment(
        self, inspection: Inspection, row: int, hovered: Selection | None = None
    ) -> None:
        """Draw a moment and the chosen row; where it can, what a neuron answers."""
        if hovered is not None and not hovered.fits(inspection.problem):
            hovered = None
        others, self.hovered = self.hovered != hovered, hovered
        self.inspection, self.row = inspection, row
        if others:
            self._show_legend()
        self.take(inspection)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave three quarters of the height to the picture."""
        super().resizeEvent(event)
        self.header.legend.set_lines(max(1, self.height() // em(self, 4)))

    @Slot()
    def restyle(self) -> None:
        """Draw in the colours and the size there are now."""
        super().restyle()
        self._show_legend()
        if self.inspection is not None:
            self.take(self.inspection)

    def _show_legend(self) -> None:
        if self.problem is not None:
            entries = self.legend()
            self.header.legend.show_entries(entries)
            self.header.setVisible(bool(entries or self._buttons) and not self.bare)

    # ---------------------------------------------------------------------------- switches

    def add_switch(self, key: str, text: str, tip: str, on: bool = False) -> None:
        """Add a switch; ``"test"`` is only there where there is a test part."""
        switch = ToggleButton(text, tip, self)
        switch.setChecked(on)
        switch.toggled.connect(self.restyle)
        self.add_button(key, switch)

    def add_button(self, key: str, button: QAbstractButton) -> None:
        """Add a button at the right of the legend."""
        button.setObjectName(f"{self.objectName()}-{key}")
        self._buttons[key] = button
        self.header.add(button)

    def add_choice(self, key: str, title: str, tip: str) -> ViewChoice:
        """Add a list of names at the right of the legend, for the view to fill."""
        box = ViewChoice(f"{self.objectName()}-{key}", title, self, _CHOICE, tip)
        self._choices[key] = box
        box.chosen.connect(self.restyle)
        self.header.add(box)
        return box

    def is_on(self, key: str) -> bool:
        """Say whether a switch is there and pressed."""
        return self._buttons[key].isChecked() and (key != "test" or self._has_held_out())

    @property
    def part(self) -> PartName:
        """The part that is shown, where the switch decides between two."""
        if self.problem is None or not self.is_on("test"):
            return "train"
        return "validation" if self.problem.test is None else "test"

    def _has_held_out(self) -> bool:
        return self.problem is not None and self.problem.held_out.size > 0

    def view_state(self) -> Mapping[str, Any]:
        """Return the person's settings of this view."""
        switches = {key: b.isChecked() for key, b in self._buttons.items() if b.isCheckable()}
        return {**switches, **{key: box.name for key, box in self._choices.items()}}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over what `view_state` of another instance returned."""
        for key, button in self._buttons.items():
            if key in state:
                button.setChecked(bool(state[key]))
        for key, box in self._choices.items():
            if state.get(key) in box.names():
                box.show_value(state[key])
                self.restyle()


class PlotView(OutputView):
    """A view with two axes and a mark for every sample, which can be clicked.

    The wheel zooms, dragging moves, a double click shows all again. One with a right side has a
    second vertical axis.
    """

    most_zoom = 50.0
    """How many times as large as in the whole things can be seen."""

    editor: PointEditor | None = None
    """Of a view whose points are where the data are."""

    def __init__(self, parent: QWidget | None = None, right: bool = False) -> None:
        super().__init__(parent)
        self.chart = Chart(right=right)
        self.plot = StillPlot([self.chart])
        self.set_content(self.plot)
        self.points, self.edges = Points(self.chart), EdgeMarks(self.chart)
        self.home: tuple[Range, Range] = self.chart.shown
        """All there is to see, in data units."""
        view = self.chart.view
        view.setMouseEnabled(x=True, y=True)
        view.sigRangeChangedManually.connect(self._on_moved)
        self.plot.pressed.connect(self._on_pressed)
        self.plot.doubled.connect(self._show_all)

    def mark(self, problem: Problem) -> None:
        """Place the samples, in the colours there are now."""
        raise NotImplementedError

    def begin(self, problem: Problem) -> None:
        """Prepare for a new run."""
        self.points.size = mark_size(problem.dataset.rows)
        stays = self.editor is not None and self.editor.switch.isChecked()
        part = self.chart.shown if stays and self.chart.shown != self.home else None
        super().begin(problem)
        if part is not None:  # who edits points goes on looking at the same ones
            self._look_at(*part)
        if self.editor is not None:
            self.editor.begin(problem)

    def let_edit(self, upward: bool = False) -> None:
        """Let a hand edit the points; where the vertical axis is the target, that too."""
        self.editor = PointEditor(self, upward)
        self.editor.wanted.connect(self.edit_wanted)

    def moved_to(self, inspection: Inspection) -> tuple[float, float] | None:
        """Return where the chosen sample is moved to for a look, or None."""
        return None

    def show_moment(
        self, inspection: Inspection, row: int, hovered: Selection | None = None
    ) -> None:
        """Draw a moment; the chosen mark is another one only with another row or place."""
        before = self.inspection.moved if self.inspection is not None else None
        others = row != self.row or inspection.moved or before
        super().show_moment(inspection, row, hovered)
        if others:
            self.points.choose(row, self.moved_to(inspection))

    def restyle(self) -> None:
        """Place the samples anew, then draw the moment."""
        if self.problem is not None:
            self.mark(self.problem)
            place = self.moved_to(self.inspection) if self.inspection is not None else None
            self.points.choose(self.row, place)
        super().restyle()

    def set_home(self, x: Range, y: Range, names: Names) -> None:
        """Set ranges (in data units) and names of a new run's axes, and show all of them."""
        self.home = x, y
        self.chart.set_names(names)
        self._look_at(x, y)

    def shown_rows(self, problem: Problem) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Return the rows to mark, and which of them are held out."""
        train = problem.train.index
        tested = problem.held_out if self.is_on("test") else train[:0]
        return np.concatenate([train, tested]), np.arange(len(train) + len(tested)) >= len(train)

    def part_entries(self, color: str, tested: bool) -> list[LegendEntry]:
        """Return what discs are, and rings where there are any."""
        entries = [LegendEntry(self.tr("train"), color, "disc")]
        if not tested or self.problem is None:
            return entries
        both = self.problem.validation is not None
        name = self.tr("validation, test") if both else self.tr("test")
        return [*entries, LegendEntry(name, color, "ring")]

    def view_state(self) -> Mapping[str, Any]:
        """Return the part that is zoomed in on, and the switches."""
        x, y = self.chart.shown
        zoom = {"zoom": [*x, *y]} if (x, y) != self.home else {}
        return {**super().view_state(), **zoom}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Zoom in on the same part."""
        super().restore_view(state)
        if zoom := state.get("zoom"):
            self._look_at((zoom[0], zoom[1]), (zoom[2], zoom[3]))

    def _look_at(self, *part: Range) -> None:
        """Show a part; never more than all, never outside it."""
        x, y = (
            held(one, whole, (whole[1] - whole[0]) / self.most_zoom)
            for one, whole in zip(part, self.home, strict=True)
        )
        self.chart.set_ranges(x, y)
        self.chart.settle()  # a drag moves the view behind the chart's back
        self.restyle()

    @Slot()
    def _on_moved(self) -> None:
        x, y = self.chart.view.viewRange()
        self._look_at(tuple(x), tuple(y))

    @Slot()
    def _show_all(self) -> None:
        self._look_at(*self.home)

    @Slot(object, QPointF)
    def _on_pressed(self, _chart: Chart, place: QPointF) -> None:
        row = self.points.row_at(place)
        if row is not None:
            self.row_chosen.emit(row)


class LineView(PlotView):
    """A line among the samples, over a grid."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = self.chart.add(Line(antialias=True))
        for axis in self.chart.axes.values():
            axis.setGrid(255)


def mark_size(count: int) -> float:
    """Return the size of a mark, in pixels, that suits so many of them."""
    return next((size for most, size in ((12, 13.0), (120, 9.0), (600, 7.0)) if count <= most), 5.5)


def range_of(values: NDArray[np.floating], margin: float) -> Range:
    """Return the range of values with room at both ends, a share of their span."""
    low, high = float(values.min()), float(values.max())
    room = margin * (high - low) or 1.0
    return low - room, high + room
