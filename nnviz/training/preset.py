"""What a preset is, and the tutorials' systems that presets rebuild."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nnviz.training.experiment import Experiment
from nnviz.training.setting import Phrase

SYSTEMS: dict[str, str] = {
    "T1": "house prices",
    "T2": "letters A, B, C",
    "T3": "XOR, smallest",
    "T4": "the family of models",
    "T5": "convolutional network",
    "T7": "forward pass",
    "T8": "XOR, standard",
    "T9": "binary classification",
    "T11": "what goes wrong",
    "T12": "one neuron by hand",
}
"""What the tutorials build: the topic under which a reader finds it, by its number."""


@dataclass(frozen=True)
class Preset:
    """One entry of the Tutorials menu.

    Parameters
    ----------
    key
        Stable name for files, the command line and object names, such as ``"xor-2-4-1"``.
    title, description
        As menus show it, and what there is to learn from it; English, the window translates.
    experiment
        Everything it sets; ``experiment.preset`` is the key.
    system
        The tutorials' system it rebuilds: a key of `SYSTEMS`.
    note
        What was measured, and where the settings differ from the published ones.
    part
        Which of the things that the tutorials tell under this topic; "" where it is all of it.
    view
        The view of the output panel that it is about, with its switches, as that panel restores it.
    """

    key: str
    title: str
    description: str
    experiment: Experiment
    system: str
    note: str = ""
    part: str = ""
    view: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        marked = dataclasses.replace(self.experiment, preset=self.key)
        object.__setattr__(self, "experiment", marked)

    @property
    def source(self) -> Phrase:
        """Where a reader of the tutorials finds it."""
        words = {"system": self.system, "topic": SYSTEMS[self.system], "part": self.part}
        if not self.part:
            return Phrase("From the tutorials, {system}: {topic}.", words)
        return Phrase("From the tutorials, {system}: {topic}; {part}.", words)
