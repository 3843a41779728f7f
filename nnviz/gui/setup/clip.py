"""How far a gradient may go: not limited, by its length, or number by number."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.gui.setup.choice import Entry
from nnviz.gui.setup.ladder import Limits, ladder
from nnviz.gui.setup.list_and_number import ListAndNumber
from nnviz.gui.setup.number import NumberField
from nnviz.training.experiment import TrainingChoice
from nnviz.training.settings import SETTINGS

_NONE, _NORM, _VALUE = "none", "clip_norm", "clip_value"
_LIMITS = Limits.within(SETTINGS["training.clip_norm"].range, ladder((1, 3), 1e-6))
_FIRST = 1.0


class ClipControl(ListAndNumber):
    """A list of ways to limit the gradient, and the limit.

    ``chosen`` carries both limits by their names, at most one of them not None. Object names of
    the parts: ``training-clip-choice``, ``training-clip-number``.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._way = _NONE
        number = NumberField(self.tr("Largest gradient"), _LIMITS)
        self.build("training-clip", self.tr("Clip gradient"), self._entries(), number)

    def show_training(self, training: TrainingChoice) -> None:
        """Show which limit there is."""
        limits = {_NORM: training.clip_norm, _VALUE: training.clip_value}
        self._way = next((way for way, limit in limits.items() if limit is not None), _NONE)
        limit = limits.get(self._way)
        self.list.show_name(self._way)
        self.number.setVisible(limit is not None)
        if limit is not None:
            self.number.show_value(limit)

    def _entries(self) -> list[Entry]:
        return [
            Entry(_NONE, self.tr("Never")),
            Entry(_NORM, self.tr("Its length"), self.tr("Shortens the whole gradient alike.")),
            Entry(_VALUE, self.tr("Each number"), self.tr("Cuts each of its numbers off.")),
        ]

    @Slot(str)
    def _choose(self, way: str) -> None:
        self._ask(way, self.number.value if self._way != _NONE else _FIRST)

    @Slot(float)
    def _choose_number(self, limit: float) -> None:
        self._ask(self._way, limit)

    def _ask(self, way: str, limit: float) -> None:
        self.chosen.emit({name: limit if name == way else None for name in (_NORM, _VALUE)})
