"""A panel with its header, as the centre of the window shows it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from nnviz.gui.panel_header import PanelButtons, PanelHeader
from nnviz.gui.theme import Theme


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

    def hold(self, widget: QWidget) -> None:
        """Show this widget below the header."""
        self._column.takeAt(1)
        self._column.addWidget(widget, 1)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in another theme's ink."""
        self.buttons.set_theme(theme)

    @Slot()
    def _save(self) -> None:
        self.save_wanted.emit(self.key)
