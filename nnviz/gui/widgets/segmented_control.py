"""One choice out of a few, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from nnviz.gui.look.style import flush
from nnviz.gui.widgets.toggle_button import ToggleButton


class SegmentedControl(QWidget):
    """Toggle buttons of which one is pressed.

    Parameters
    ----------
    name
        Object name; the buttons are called ``name-0``, ``name-1``, ….
    outlined
        Whether each button has an outline.
    """

    chosen = Signal(int)
    """The person chose: the position of the choice."""

    def __init__(self, name: str, parent: QWidget | None = None, outlined: bool = True) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._outlined = outlined
        self._row = flush(QHBoxLayout(self), 1)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)

    @property
    def current(self) -> int:
        """Position of the choice, -1 before there is any."""
        return self._group.checkedId()

    def fill(self, choices: Sequence[tuple[str, str]], current: int = 0) -> None:
        """Offer choices, each a short text and a tool tip, in place of those before."""
        for old in self._group.buttons():
            self._group.removeButton(old)
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        for position, (text, tip) in enumerate(choices):
            button = ToggleButton(text, tip, self, self._outlined)
            button.setObjectName(f"{self.objectName()}-{position}")
            button.setAccessibleName(tip)
            self._group.addButton(button, position)
            self._row.addWidget(button)
            button.show()  # the layout would only do so later, and count no room for it until then
        self.choose(current)

    def choose(self, position: int) -> None:
        """Select a choice; nothing is signalled."""
        button = self._group.button(position)
        if button is not None:
            button.setChecked(True)
