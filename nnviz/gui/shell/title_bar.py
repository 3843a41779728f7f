"""The slim line above a panel: its title at the left, small buttons at the right."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from nnviz.gui.look.boxes import filled
from nnviz.gui.look.style import em, small_font
from nnviz.gui.look.theme import SPACE
from nnviz.gui.widgets.icon_button import IconButton
from nnviz.gui.widgets.text_labels import ElidedLabel

HEIGHT = 1.625
"""Heights of a line of text."""


class TitleBar(QFrame):
    """Title and buttons of a panel.

    Parameters
    ----------
    key, title
        Of the panel.
    movable
        Whether the panel can be taken off and closed, besides being saved as a picture.
    """

    save_wanted = Signal(str)
    """The person wants a picture of the panel of this key."""

    float_clicked = Signal()
    close_clicked = Signal()

    def __init__(
        self, key: str, title: str, movable: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._key = key
        self.setObjectName("panelHeader")
        self.setFixedHeight(em(self, HEIGHT))
        self._title = ElidedLabel(self)
        self._title.setObjectName("panelTitle")
        self._title.setFont(small_font())
        self._title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        margins = (SPACE + SPACE // 2, 0, SPACE // 2, 0)
        self._row = filled(QHBoxLayout(self), self._title, margins=margins, wide=self._title)
        self.set_title(title)
        if key != "setup":
            save = self._button("save", "image-down", self.tr("Save this panel as a picture"))
            save.clicked.connect(self._save)
        if movable:
            loose = self._button("float", "picture-in-picture-2", self.tr("Take off, or put back"))
            loose.clicked.connect(self.float_clicked)
            close = self._button("close", "x", self.tr("Close; the View menu brings it back"))
            close.clicked.connect(self.close_clicked)

    def set_title(self, title: str) -> None:
        """Show another title."""
        self._title.set_texts(title)

    def _button(self, name: str, drawing: str, tip: str) -> IconButton:
        button = IconButton(drawing, tip, tip, self)
        button.setObjectName(f"{name}-{self._key}")
        self._row.addWidget(button)
        return button

    @Slot()
    def _save(self) -> None:
        self.save_wanted.emit(self._key)
