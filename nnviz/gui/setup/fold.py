"""A part of a form that can be folded away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.buttons import ROW_GAP, FoldButton


class Fold(QWidget):
    """A button that heads a body and shows or hides it.

    Parameters
    ----------
    name
        Object name of the button.
    title
        Translated.
    strong
        Whether it is a section.
    unfolded
        Whether it is open at first.
    """

    def __init__(
        self,
        name: str,
        title: str,
        theme: Theme,
        strong: bool = False,
        unfolded: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.button = FoldButton(title, theme, strong)
        self.button.setObjectName(name)
        self.button.setChecked(unfolded)
        set_tool_tip(self.button, self.tr("Show or hide these settings; they hold either way."))
        self.body = QWidget()
        self.rows = QVBoxLayout(self.body)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(ROW_GAP)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.button)
        layout.addWidget(self.body)
        self.body.setVisible(unfolded)
        self.button.toggled.connect(self.body.setVisible)

    def unfold(self) -> None:
        """Show the body."""
        self.button.setChecked(True)
