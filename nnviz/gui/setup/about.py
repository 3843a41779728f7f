"""What is open, in words: what there is to learn from it, what was measured, where it is from."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnviz.datasets.catalog import CATALOG
from nnviz.gui.look.texts import translated
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.widgets.collapsible_section import CollapsibleSection
from nnviz.gui.widgets.text_labels import WrappedLabel
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS


class About(CollapsibleSection):
    """The words a tutorial or a sample comes with; all but the first can be folded away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("section-about", "", strong=True, parent=parent)
        set_tool_tip(self.button, self.tr("Show or hide what was measured and where it is from."))
        self.description = WrappedLabel("text")
        self.description.setObjectName("about-description")
        self.note = WrappedLabel("muted")
        self.note.setObjectName("about-note")
        self.head.addWidget(self.description)
        self.rows.addWidget(self.note)

    def show_experiment(self, experiment: Experiment) -> None:
        """Tell of the preset, or where settings are the person's own, of the sample."""
        preset = PRESETS.get(experiment.preset)
        spec = CATALOG[experiment.data.sample]
        title, description, note = (
            (preset.title, preset.description, preset.note)
            if preset is not None
            else (spec.title, spec.description, spec.origin)
        )
        self.button.set_title(translated(title))
        self.description.set_message(translated(description))
        self.note.set_message(translated(note))
