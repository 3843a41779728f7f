"""What every view of the output panel is: one picture of the network's answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QWidget

from nnviz.gui.frame import Frame
from nnviz.gui.look.themed import Themed
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.words import all_rows, fit_text, score_text
from nnviz.gui.widgets.toggle_button import ToggleButton
from nnviz.training.inspection import OUTPUT_ROWS, Inspection, quick_rows
from nnviz.training.problem import Problem


@guarded
class OutputView(Themed, QWidget):
    """One way to show what a network answers.

    A view gets ready for a run (`prepare`), and draws a moment of it (`take`), again whenever a
    switch is pressed or the colours change.
    """

    name: ClassVar[str]
    """Stable name: in view states and object names."""

    title: ClassVar[str]
    """English word on the selector; marked for translation in the context of the class."""

    hint: ClassVar[str]
    """English tooltip on the selector: what one learns from this view."""

    row_chosen = Signal(int)
    """The person clicked a sample: its row in the data set."""

    marks_changed = Signal()
    """A switch of the view changed what its legend has to say."""

    bare = False
    """Set for a picture, in which nothing can be pressed or scrolled."""

    problem: Problem | None = None
    inspection: Inspection | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = -1
        self.moving = False
        """Set while moments follow each other fast; a large network then answers for fewer rows."""
        self._taken = False
        self._buttons: dict[str, QAbstractButton] = {}
        self.setObjectName(f"output-{self.name}")
        self.setAccessibleName(self.words()[1])

    @classmethod
    def words(cls) -> tuple[str, str]:
        """Return title and hint in the language of the window."""
        title, hint = (QCoreApplication.translate(cls.__name__, t) for t in (cls.title, cls.hint))
        return title, hint

    # ------------------------------------------------------------------- for views to say

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say whether this view has something to show for a problem."""
        raise NotImplementedError

    @classmethod
    def leads(cls, problem: Problem) -> bool:
        """Say whether this is the view to open a problem with, ahead of the table's order."""
        return False

    def prepare(self, problem: Problem) -> None:
        """Get ready for a new run: axes, names, places of points."""

    def take(self, inspection: Inspection) -> None:
        """Draw a moment, with the chosen row."""

    def legend(self) -> list[LegendEntry]:
        """Return what the picture's marks mean."""
        return []

    def describe(self, inspection: Inspection) -> str:
        """Return one sentence that says in words what is seen."""
        raise NotImplementedError

    # ------------------------------------------------------------------------- the contract

    def begin(self, problem: Problem) -> None:
        """Prepare for a new run."""
        self.problem, self.inspection, self.row = problem, None, -1
        self.prepare(problem)

    def show_frame(self, frame: Frame) -> None:
        """Draw a moment; nothing is done when neither parameters, row nor haste are new."""
        if (frame.inspection, frame.row, self.moving) == (self.inspection, self.row, self._taken):
            return
        self.inspection = frame.inspection
        self.row, self._taken = frame.row, self.moving
        self.take(frame.inspection)

    def restyle(self) -> None:
        """Draw in the colours there are now."""
        super().restyle()
        if self.inspection is not None:
            self.take(self.inspection)

    @property
    def most_rows(self) -> int:
        """How many rows of each part are answered for at most."""
        if not self.moving or self.problem is None:
            return OUTPUT_ROWS
        return quick_rows(self.problem)

    @property
    def partial(self) -> bool:
        """Whether figures come from fewer rows than they do at rest."""
        return self.problem is not None and self.most_rows < all_rows(self.problem)

    def headline(self) -> str:
        """Return the figures that sum the picture up: right answers, or the fit."""
        if self.inspection is None:
            return ""
        regresses = self.inspection.problem.dataset.task == "regression"
        return (fit_text if regresses else score_text)(self.inspection, self.most_rows)

    def description(self) -> str:
        """Return one sentence that says in words what is seen."""
        if self.inspection is None:
            return QCoreApplication.translate("OutputView", "The network has not answered yet.")
        return self.describe(self.inspection)

    # ---------------------------------------------------------------------------- switches

    def add_switch(self, key: str, name: str, text: str, tip: str, on: bool = False) -> None:
        """Add a switch.

        Parameters
        ----------
        key
            In view states; ``"test"`` is only there where there is a test part.
        name
            Object name.
        text, tip
            What it says and what it does, translated.
        on
            Whether it is pressed at first.
        """
        switch = ToggleButton(text, tip, self)
        switch.setObjectName(name)
        switch.setChecked(on)
        switch.toggled.connect(self._on_switched)
        self.add_button(key, switch)

    def add_button(self, key: str, button: QAbstractButton) -> None:
        """Add a button to those that the panel shows with this view."""
        button.hide()  # until the panel gives it a place
        self._buttons[key] = button

    def buttons(self) -> list[QAbstractButton]:
        """Return what can be pressed with this problem; the panel finds a place for it."""
        has_test = self.problem is not None and self.problem.test is not None
        return [b for key, b in self._buttons.items() if has_test or key != "test"]

    def is_on(self, key: str) -> bool:
        """Say whether a switch is there and pressed."""
        button = self._buttons[key]
        return button.isChecked() and button in self.buttons()

    def view_state(self) -> Mapping[str, Any]:
        """Return the person's settings of this view."""
        return {key: b.isChecked() for key, b in self._buttons.items() if b.isCheckable()}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over what `view_state` of another instance returned."""
        for key, button in self._buttons.items():
            if key in state:
                button.setChecked(bool(state[key]))

    @Slot()
    def _on_switched(self) -> None:
        self.restyle()
        self.marks_changed.emit()
