"""The runs, and moments of them, that scripts/compare_pictures.py makes pictures of."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from nnviz.training.choices import starting_point
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS


@dataclass(frozen=True)
class Scene:
    """A run, and the moments of it that are pictured.

    Parameters
    ----------
    name
        Of a preset or a sample.
    epochs
        The run is that long.
    start
        Whether epoch 0 is pictured too.
    full
        Whether there are pictures in all themes and sizes, of exports, and other ways to show.
    back
        Epoch to look back to, after a second run with another rate, the first being kept; 0 for
        none.
    """

    name: str
    epochs: int
    start: bool = False
    full: bool = False
    back: int = 0

    @property
    def experiment(self) -> Experiment:
        """What is asked for."""
        named = PRESETS[self.name].experiment if self.name in PRESETS else starting_point(self.name)
        training = dataclasses.replace(named.training, epochs=self.epochs)
        return dataclasses.replace(named, training=training)


SCENES = (
    Scene("xor-2-4-1", 2000, start=True, full=True, back=150),
    Scene("house-prices", 200, full=True, back=12),
    Scene("spiral", 200, start=True),
    Scene("iris", 60, full=True),
    Scene("penguins", 40),
    Scene("letters-abc", 40, start=True),
    Scene("digits-mlp", 3),
    Scene("digits-cnn", 2, start=True, full=True),
)
