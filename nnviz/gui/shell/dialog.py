"""A window over the main one: something to read, and a button that closes it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from nnviz.gui.look.boxes import filled
from nnviz.gui.look.theme import SPACE


class ReadingDialog(QDialog):
    """Shows widgets below each other until it is closed.

    Parameters
    ----------
    name
        Object name.
    title
        Translated.
    widgets
        From top to bottom; the buttons come below.
    """

    def __init__(self, name: str, title: str, widgets: Sequence[QWidget], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.rejected.connect(self.reject)
        margins = (3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        parts = (*widgets, self.buttons)
        filled(QVBoxLayout(self), *parts, margins=margins, spacing=2 * SPACE)
