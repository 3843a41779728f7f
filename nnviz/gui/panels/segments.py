"""Small pressable things of a panel's header: a row of choices, and a switch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from nnviz.gui.look.theme import SMALL_SIZE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip


def pill_style(theme: Theme, outline: bool = True) -> str:
    """Return the style sheet of small buttons that stay pressed, with an outline or without."""
    border = theme.border if outline else "transparent"
    return (
        f"QToolButton {{ border: 1px solid {border}; border-radius: 4px; padding: 1px;"
        f" margin: 0; background: transparent; color: {theme.muted};"
        f" font-size: {SMALL_SIZE}px; font-weight: 400; }}"
        f"QToolButton:hover {{ color: {theme.text}; background: {theme.accent_soft}; }}"
        f"QToolButton:checked {{ color: {theme.accent}; background: {theme.accent_soft};"
        f" border-color: {theme.accent_soft}; }}"
        f"QToolButton:focus {{ border-color: {theme.accent}; }}"
    )


_AIR = 4
"""Pixels at either side of a pill's text, where there is room."""


@guarded
class Pill(QToolButton):
    """A small button that stays pressed.

    Parameters
    ----------
    text, tip
        What it says, and what it does.
    parent
        Qt parent.
    """

    def __init__(self, text: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        set_tool_tip(self, tip)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFixedHeight(18)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Return room for the text and some air around it."""
        return super().sizeHint() + QSize(2 * _AIR, 0)

    def minimumSizeHint(self) -> QSize:
        """Return room for the text alone: of ten layers all can be chosen where it is narrow."""
        return super().sizeHint()


class Segments(QWidget):
    """One choice out of a few, side by side.

    Parameters
    ----------
    name
        Object name; the buttons are called ``name-0``, ``name-1``, ….
    parent
        Qt parent.
    """

    chosen = Signal(int)
    """The person chose: the position of the choice."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(1)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._on_clicked)

    @property
    def current(self) -> int:
        """Position of the choice, -1 before there is any."""
        return self._group.checkedId()

    def fill(self, choices: Sequence[tuple[str, str]], current: int = 0) -> None:
        """Offer choices, each a short text and a tooltip."""
        for button in self._group.buttons():
            self._forget(button)
        for position, (text, tip) in enumerate(choices):
            button = Pill(text, tip, self)
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

    def _forget(self, button: QAbstractButton) -> None:
        self._group.removeButton(button)
        self._row.removeWidget(button)
        button.hide()
        button.deleteLater()

    @Slot(int)
    def _on_clicked(self, position: int) -> None:
        self.chosen.emit(position)
