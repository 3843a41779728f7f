"""A panel with its header, as the centre of the window shows it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.shell.panel_header import PanelButtons, PanelHeader
from nnviz.gui.timeline import Timeline

LOW = 400
"""Pixels of height under which a card is low."""


@guarded
class PanelCard(QFrame):
    """The place of a panel that is always there, with a line for its title.

    Parameters
    ----------
    key, title
        Of the panel.
    theme
        Ink of the icons.
    """

    save_wanted = Signal(str)
    """The person wants a picture of the panel of this key."""

    def __init__(self, key: str, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panelCard")
        self.key = key
        self.buttons = PanelButtons(key, theme, movable=False)
        self.buttons.save_clicked.connect(self._save)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(PanelHeader(key, title, self.buttons, self))
        self._column.addStretch()
        self._below: Timeline | None = None

    def hold(self, widget: QWidget) -> None:
        """Show this widget below the header."""
        self._column.takeAt(1)
        self._column.insertWidget(1, widget, 1)

    def hold_below(self, widget: Timeline) -> None:
        """Show this one at the bottom, lower where the card is low."""
        self._below = widget
        self._column.insertWidget(2, widget)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the picture its height."""
        super().resizeEvent(event)
        if self._below is not None:
            self._below.set_low(self.height() < LOW)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in another theme's ink."""
        self.buttons.set_theme(theme)

    @Slot()
    def _save(self) -> None:
        self.save_wanted.emit(self.key)
