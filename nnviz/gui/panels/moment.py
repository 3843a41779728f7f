"""What panels have in common that show one moment of a run, not its history."""

from __future__ import annotations

from PySide6.QtCore import Slot

from nnviz.gui.frame import Frame
from nnviz.gui.panel import Panel
from nnviz.gui.panels.header import Header
from nnviz.gui.widgets.idle import SAY_SECONDS, IdleTimer
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem


class MomentPanel(Panel):
    """A picture that is drawn anew (`take`) when its moment or the chosen row is another one.

    While it moves it is drawn by some of the rows, at rest by all.
    """

    problem: Problem | None = None
    frame: Frame | None = None
    idle: IdleTimer
    header: Header | None = None

    def watch(self, idle: IdleTimer) -> None:
        """Have this timer say when the picture is at rest."""
        self.idle = idle
        idle.idle.connect(self.redraw)

    def show_legend(self) -> None:
        """Show in the header what the marks mean."""
        if self.header is not None and self.problem is not None:
            self.header.legend.show_entries(self.legend())

    def restyle(self) -> None:
        """Take over colours and fonts."""
        super().restyle()
        self.show_legend()

    def take(self, inspection: Inspection) -> None:
        """Draw a moment as it is to be seen, with the frame's row."""
        raise NotImplementedError

    def differs(self, last: Frame, frame: Frame) -> bool:
        """Return whether a frame has something else to see than the last."""
        return last.inspection is not frame.inspection or last.row != frame.row

    def begin(self, problem: Problem) -> None:
        """Forget the old run."""
        self.problem, self.frame = problem, None
        self.idle.reset()

    def show_frame(self, frame: Frame) -> None:
        """Draw a moment; nothing is done when there is nothing else to see."""
        last, self.frame = self.frame, frame
        if last is None or self.differs(last, frame):
            self.idle.update()
            self.redraw()

    @Slot()
    def redraw(self) -> None:
        """Draw what there is, and now and then tell it to screen readers."""
        if self.frame is not None:
            self.take(self.frame.inspection.seen(self.idle.moving))
            if self.idle.due("description", SAY_SECONDS):
                self.setAccessibleDescription(self.description())
