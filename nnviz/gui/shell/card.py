"""A panel with its title, as the centre of the window shows it."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from nnviz.gui.look.boxes import filled
from nnviz.gui.overrides import guarded
from nnviz.gui.shell.title_bar import TitleBar
from nnviz.gui.timeline import Timeline

LOW = 400
"""Pixels of height under which a card is low."""


@guarded
class PanelCard(QFrame):
    """The place of a panel that is always there, with a line for its title.

    It stands on top of the timeline, which is lower where the card is low.
    """

    def __init__(
        self, key: str, title: str, below: Timeline, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panelCard")
        self._below = below
        self.bar = TitleBar(key, title, movable=False, parent=self)
        self._column = filled(QVBoxLayout(self), self.bar, None, below)

    def set_widget(self, widget: QWidget) -> None:
        """Show this widget below the title."""
        self._column.takeAt(1)
        self._column.insertWidget(1, widget, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the picture its height."""
        super().resizeEvent(event)
        self._below.set_low(self.height() < LOW)
