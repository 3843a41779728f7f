"""What every view of the output panel is: one picture of the network's answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractButton, QWidget

from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import Theme
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.legend import small_font
from nnviz.gui.panels.outputs.facts import all_rows
from nnviz.training.inspection import OUTPUT_ROWS, Inspection, quick_rows
from nnviz.training.problem import Problem


class OutputView(QWidget):
    """One way to show what a network answers.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
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

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.problem: Problem | None = None
        self.inspection: Inspection | None = None
        self.row = -1
        self.hurried = False
        """Set while moments follow each other fast; a large network then answers for fewer rows."""
        self._taken = False
        self.setObjectName(f"output-{self.name}")
        self.setAccessibleName(self.words()[1])

    @classmethod
    def words(cls) -> tuple[str, str]:
        """Return title and hint in the language of the window."""
        texts = (QCoreApplication.translate(cls.__name__, t) for t in (cls.title, cls.hint))
        title, hint = texts
        return title, hint

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say whether this view has something to show for a problem."""
        raise NotImplementedError

    @classmethod
    def leads(cls, problem: Problem) -> bool:
        """Say whether this is the view to open a problem with, ahead of the table's order."""
        return False

    def switches(self) -> list[QAbstractButton]:
        """Return the view's own switches; the panel puts them below the picture."""
        return []

    def begin(self, problem: Problem) -> None:
        """Prepare for a new run: axes, names, places of points."""
        self.problem = problem
        self.inspection = None
        self.row = -1
        self.prepare(problem)
        self.update()

    @property
    def most_rows(self) -> int:
        """How many rows of each part are answered for at most."""
        if not self.hurried or self.problem is None:
            return OUTPUT_ROWS
        return quick_rows(self.problem)

    @property
    def partial(self) -> bool:
        """Whether figures come from fewer rows than they do at rest."""
        return self.problem is not None and self.most_rows < all_rows(self.problem)

    def show_frame(self, frame: Frame) -> None:
        """Draw a moment; nothing is done when neither parameters, row nor haste are new."""
        known = (self.inspection, self.row, self._taken)
        if (frame.inspection, frame.row, self.hurried) == known:
            return
        self.inspection = frame.inspection
        self.row, self._taken = frame.row, self.hurried
        self.take(frame.inspection)
        self.redraw()

    def set_theme(self, theme: Theme) -> None:
        """Change colours at once."""
        self.theme = theme
        self.recolor()
        self.update()

    def prepare(self, problem: Problem) -> None:
        """Do what `begin` asks of this view."""

    def take(self, inspection: Inspection) -> None:
        """Compute what the picture needs from a new moment or a new row."""

    def redraw(self) -> None:
        """Ask for what a new moment or row changes to be painted."""
        self.update()

    def recolor(self) -> None:
        """Redo whatever holds colours; `theme` is the new one."""

    def legend(self) -> list[LegendEntry]:
        """Return what the picture's marks mean."""
        return []

    def headline(self) -> str:
        """Return the figures that sum the picture up, a few words."""
        return ""

    def description(self) -> str:
        """Return one sentence that says in words what is seen."""
        raise NotImplementedError

    def view_state(self) -> Mapping[str, Any]:
        """Return the person's settings of this view."""
        return {}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over what `view_state` of another instance returned."""

    def small_font(self) -> QFont:
        """Return the font of ticks and labels."""
        return small_font(self.font())
