"""What is open, in words: what there is to learn from it, what was measured, where it is from."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnviz.datasets.catalog import CATALOG
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.fold import Fold
from nnviz.gui.setup.themed import Sentence
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS


class About(Fold):
    """The words a tutorial or a sample comes with; they can be folded away.

    Parameters
    ----------
    theme
        Colours.
    parent
        Qt parent.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("section-about", "", theme, strong=True, unfolded=True, parent=parent)
        set_tool_tip(self.button, self.tr("Show or hide these words."))
        self.lead = Sentence(theme, ink="text")
        self.lead.setObjectName("about-description")
        self.rest = Sentence(theme, ink="muted")
        self.rest.setObjectName("about-note")
        self.rows.addWidget(self.lead)
        self.rows.addWidget(self.rest)

    def show_experiment(self, experiment: Experiment) -> None:
        """Tell of the preset, or where settings are the person's own, of the sample."""
        preset = PRESETS.get(experiment.preset)
        spec = CATALOG[experiment.data.sample]
        title, lead, rest = (
            (preset.title, preset.description, preset.note)
            if preset is not None
            else (spec.title, spec.description, spec.origin)
        )
        self.button.setText(translated(title))
        self.button.setAccessibleName(translated(title))
        self.lead.say(translated(lead))
        self.rest.say(translated(rest))
