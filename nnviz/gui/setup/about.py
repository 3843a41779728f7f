"""What is open, in words: what there is to learn from it, what was measured, where it is from."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from nnviz.gui.edits import change_told
from nnviz.gui.frame import Frame
from nnviz.gui.look.texts import phrase, translated
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.widgets.collapsible_section import CollapsibleSection
from nnviz.gui.widgets.text_labels import WrappedLabel
from nnviz.training.comparison import differences
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem


class About(CollapsibleSection):
    """The words a tutorial or a sample comes with; its notes can be folded away."""

    wanted = Signal(object)
    """The person wants this Experiment: the tutorial's own."""

    _preset = ""
    _experiment: Experiment | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("section-about", "", strong=True, parent=parent)
        set_tool_tip(self.button, self.tr("Show or hide what was measured and where it is from."))
        self.description = WrappedLabel("text", name="about-description")
        self.source = WrappedLabel("muted", name="about-source")
        self.note = WrappedLabel("muted", name="about-note")
        self.changes = WrappedLabel("text", name="about-changes")
        self.back = QPushButton(self.tr("Back to the tutorial"), self)
        self.back.setObjectName("about-back")
        self.back.setAccessibleName(self.back.text())
        self.back.hide()
        set_tool_tip(self.back, self.tr("Set again what the tutorial sets, and start anew."))
        self.back.clicked.connect(self._go_back)
        for part in (self.description, self.source, self.changes, self.back):
            self.head.addWidget(part)
        self.rows.addWidget(self.note)

    def begin(self, problem: Problem) -> None:
        """Wait for the run's first frame."""

    def show_frame(self, frame: Frame) -> None:
        """Tell of the edits of a run too."""
        if frame.experiment is not None and frame.experiment != self._experiment:
            self.show_experiment(frame.experiment)

    def show_experiment(self, experiment: Experiment) -> None:
        """Tell of the preset and what was changed of it; or of the sample."""
        self._experiment, self._preset = experiment, experiment.preset
        preset = PRESETS.get(experiment.preset)
        spec = experiment.data.spec
        title, description, note = (
            (preset.title, preset.description, preset.note)
            if preset is not None
            else (spec.title, spec.description, spec.origin)
        )
        self.button.set_title(translated(title))
        self.description.set_message(translated(description))
        self.source.set_message("" if preset is None else phrase(preset.source))
        self.note.set_message(translated(note))
        changed = [] if preset is None else differences(preset.experiment, experiment)
        text = self.tr("Changed: {changes}.").format(changes="; ".join(map(change_told, changed)))
        self.changes.set_message(text if changed else "")
        self.back.setVisible(bool(changed))

    @Slot()
    def _go_back(self) -> None:
        self.wanted.emit(PRESETS[self._preset].experiment)
