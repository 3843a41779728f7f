"""What every panel is: a picture of a run, drawn from frames alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from nnviz.gui.frame import Frame
from nnviz.gui.look.themed import Themed
from nnviz.gui.plots.legend import LegendEntry as LegendEntry
from nnviz.gui.plots.ranges import Ends
from nnviz.training.problem import Problem


class Panel(Themed, QWidget):
    """A live picture of a run.

    A panel sees problems, frames and its own settings, never the session, worker, window or
    trainer. It is called only while it is visible, at most once a frame, and ten times a second
    if it `is_read`; a panel just shown is given the newest frame at once. Export builds a second
    instance, gives it the same calls and the same `view_state`, and paints that at the size asked.
    """

    key: ClassVar[str]
    """Stable name: object name of the dock, file name of the export."""

    title: ClassVar[str]
    """English title in the dock's tab; marked for translation in the context of the class."""

    has_growing_axes: ClassVar[bool] = False
    """Whether axes follow what is drawn: an animation then looks at all its moments before."""

    explanation: ClassVar[str]
    """What there is to see, in a sentence or two for the help window; marked like the title."""

    is_read: ClassVar[bool] = False
    """Whether it is text, which nobody can read if it changes at every frame, and no picture."""

    bare = False
    """Set for a picture: nothing that can be pressed is drawn, nor a legend; pictures have their
    own below."""

    ends: Ends | None = None
    """Set for an animation, whose axes stand still: how far they reach; see `farthest`."""

    row_chosen = Signal(int)
    """The person clicked a sample: its row in the data set."""

    selected = Signal(object)
    """The person chose a neuron or a weight to look at closely: a Selection, or None for none."""

    edit_wanted = Signal(object)
    """The person wants to change the run by hand: an Edit."""

    panel_wanted = Signal(str)
    """The person wants to see more of what was chosen in another panel: its key."""

    hovered = Signal(object)
    """The pointer is on a neuron: a Selection, or None for none."""

    epoch_chosen = Signal(object)
    """The person clicked an epoch, to look at that one."""

    move_wanted = Signal(object)
    """The person asks what the network would answer, if the chosen sample had other inputs: a tuple
    in the data's own units, or None for those it has."""

    action_wanted = Signal(str)
    """The person wants what an action of the window does: its key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"panel-{self.key}")

    def title_for(self, problem: Problem) -> str:
        """Return the title with this problem, translated."""
        return self.tr(self.title)

    def begin(self, problem: Problem) -> None:
        """Prepare for a new run of this problem: axes, names, legends; forget the old one."""
        raise NotImplementedError

    def show_frame(self, frame: Frame) -> None:
        """Draw a moment. Cheap: this is called up to 60 times a second."""
        raise NotImplementedError

    def legend(self) -> list[LegendEntry]:
        """Return what the picture's marks mean, for the panel's own legend and for exports."""
        raise NotImplementedError

    def description(self) -> str:
        """Return one sentence that says in words what is seen, for screen readers and captions."""
        raise NotImplementedError

    def view_state(self) -> Mapping[str, Any]:
        """Return the person's own settings of this panel: zoom, log scale, chosen layer."""
        return {}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over what `view_state` of another instance returned, as far as this run has it."""
