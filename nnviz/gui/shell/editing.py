"""Where a person changes things, in Setup and in the inspector: brought to the front, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from nnviz.errors import NnvizError
from nnviz.gui.frame import Selection
from nnviz.gui.run.recording import Recording
from nnviz.gui.shell.docks import Docks
from nnviz.gui.shell.status import StatusLine

if TYPE_CHECKING:  # they load after the first paint
    from nnviz.gui.panels.inspector import InspectorPanel
    from nnviz.gui.setup.setup_panel import SetupPanel


class Editing(QObject):
    """Has a refusal said in one place: where it was asked for, or else in the status line."""

    def __init__(
        self, docks: Docks, status: StatusLine, recording: Recording, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._docks, self._status, self._recording = docks, status, recording
        self.setup: SetupPanel | None = None
        self.inspector: InspectorPanel | None = None

    @Slot(object)
    def show_refusal(self, error: NnvizError) -> None:
        """Say why an Experiment cannot be."""
        seen = self.setup is not None and self.setup.isVisible()
        (self.setup if self.setup and seen else self._status).show_refusal(error)

    @Slot(object)
    def show_edit_refusal(self, error: NnvizError) -> None:
        """Say why an edit of the run cannot be."""
        if str(error.values.get("field", "")).startswith("training."):
            self.show_refusal(error)
        elif self.inspector is not None and self.inspector.isVisible():
            self.inspector.show_refusal(error)
        else:
            self._status.show_refusal(error)

    @Slot(object)
    def show_inspector(self, selection: Selection | None) -> None:
        """Bring the inspector to the front when somebody begins to look closely."""
        frame = self._recording.frame
        if selection is not None and frame is not None and frame.selection is None:
            self._docks.bring_to_front("inspector")

    @Slot(str)
    def type_weight(self, text: str) -> None:
        """Have the inspector go on with the number that was begun over the network's picture."""
        self._docks.bring_to_front("inspector")
        inspector, frame = self.inspector, self._recording.frame
        if inspector is None or frame is None:
            return
        if inspector.problem is not frame.inspection.problem:  # its turn is yet to come
            inspector.begin(frame.inspection.problem)
        inspector.show_frame(frame)  # the weight may be chosen just now
        inspector.begin_typing(text)
