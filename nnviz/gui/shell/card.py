"""A panel with its title, as the centre of the window shows it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from nnviz.gui.look.boxes import filled
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label
from nnviz.gui.shell.title_bar import TitleBar
from nnviz.gui.timeline import Timeline
from nnviz.gui.widgets.text_labels import small

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
        self._waiting = small(Label(self.tr("Loading…"), self))
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = filled(QVBoxLayout(self), self.bar, self._waiting, below, wide=self._waiting)

    def put_above(self, row: QWidget) -> None:
        """Show a row between the title and the widget."""
        self._column.insertWidget(1, row)

    def set_widget(self, widget: QWidget) -> None:
        """Show this widget below the title, in place of the word that it is loading."""
        self._column.replaceWidget(self._waiting, widget)
        self._waiting.deleteLater()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the picture its height."""
        super().resizeEvent(event)
        self._below.set_low(self.height() < LOW)
