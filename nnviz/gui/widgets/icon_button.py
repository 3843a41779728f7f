"""A button that is only an icon, in the ink of the theme."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from nnviz.gui.look.icons import icon
from nnviz.gui.look.style import FIELD_HEIGHT, em
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip


@guarded
class IconButton(QToolButton):
    """A tool button without words.

    It takes the focus when clicked, so that a number being typed elsewhere is entered first.

    Parameters
    ----------
    icon_name
        File name in ``resources/icons`` without its ending.
    text, tip
        Accessible name and tool tip, translated.
    width, icon_side
        Heights of a line of text.
    """

    def __init__(
        self,
        icon_name: str,
        text: str,
        tip: str,
        parent: QWidget | None = None,
        width: float = 1.5,
        icon_side: float = 0.9,
    ) -> None:
        super().__init__(parent)
        self.setIcon(icon(icon_name, "muted"))
        self.setProperty("bare", True)
        self.setAccessibleName(text)
        set_tool_tip(self, tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(em(self, width), em(self, FIELD_HEIGHT))
        side = em(self, icon_side)
        self.setIconSize(QSize(side, side))

    def minimumSizeHint(self) -> QSize:
        """Ask for no more than the icon."""
        return self.iconSize()
