"""A small choice with a next and a previous one."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from nnviz.gui.look import numbers
from nnviz.gui.look.boxes import filled
from nnviz.gui.widgets.buttons import SmallButton
from nnviz.gui.widgets.text_labels import ElidedLabel, small


class Stepper(QWidget):
    """‹ what is chosen ›, between buttons ``name-previous`` and ``name-next`` with tool tips."""

    stepped = Signal(int)
    """The person wants the next (1) or the previous one (−1)."""

    def __init__(self, name: str, previous: str, following: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._back, self._on = SmallButton("‹", previous), SmallButton("›", following)
        self._label = small(ElidedLabel(), "text")
        self._label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        filled(QHBoxLayout(self), self._back, self._label, self._on, spacing=3)
        for button, end, tip in ((self._back, "previous", previous), (self._on, "next", following)):
            button.setEnabled(False)  # until there is something to choose
            button.setAutoRepeat(True)
            button.setObjectName(f"{name}-{end}")
            button.setAccessibleName(tip)
            button.clicked.connect(self._on_clicked)

    def show_choice(self, text: str, place: int, count: int) -> None:
        """Say what is chosen, and the how manyth of how many it is."""
        self._back.setEnabled(place > 0)
        self._on.setEnabled(place < count - 1)
        number = numbers.count(place + 1)
        self._label.setMinimumWidth(self._label.fontMetrics().horizontalAdvance(number) + 2)
        self._label.set_texts(text, number)
        self.setAccessibleName(text)

    @Slot()
    def _on_clicked(self) -> None:
        self.stepped.emit(1 if self.sender() is self._on else -1)
