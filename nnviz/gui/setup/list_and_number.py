"""A list of ways, and beside it the number that some of them need."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnviz.gui.look.theme import SPACE
from nnviz.gui.setup.choice import ChoiceBox, Entry
from nnviz.gui.setup.number import NumberField

_NUMBER_WIDTH = 62


class ListAndNumber(QWidget):
    """The control itself; who derives from it says what a choice means.

    Object names of the parts are the name with ``-choice`` and ``-number``.
    """

    chosen = Signal(object)
    """What is asked for now."""

    def build(self, name: str, title: str, entries: Sequence[Entry], number: NumberField) -> None:
        """Put list and number side by side, the number hidden at first."""
        self.list = ChoiceBox(entries)
        self.list.setObjectName(f"{name}-choice")
        self.list.setAccessibleName(title)
        self.number = number
        self.number.setObjectName(f"{name}-number")
        self.number.set_plain()
        self.number.setFixedWidth(_NUMBER_WIDTH)
        self.number.hide()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE // 2)
        line.addWidget(self.list)
        line.addWidget(self.number)
        self.setFocusProxy(self.list)
        self.list.chosen.connect(self._choose)
        self.number.committed.connect(self._choose_number)

    @Slot(str)
    def _choose(self, name: str) -> None:
        """Take a way from the list."""
        raise NotImplementedError

    @Slot(float)
    def _choose_number(self, value: float) -> None:
        """Take the number."""
        raise NotImplementedError
