"""A button that is only an icon, in the ink of the theme."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractButton, QToolButton, QWidget

from nnviz.gui.look.icons import picture
from nnviz.gui.look.style import FIELD_HEIGHT, em
from nnviz.gui.look.theme import theme_of
from nnviz.gui.look.themed import Themed
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip


def set_icon(button: QAbstractButton, name: str) -> None:
    """Give a button an icon in the ink of its theme; drawn only where it has another one.

    Qt tells of a new palette often, as whenever a widget is put into a layout.
    """
    theme, side = theme_of(button), button.iconSize().width()
    drawn = f"{name} {theme.name} {side}"
    if button.property("drawn") != drawn:
        button.setProperty("drawn", drawn)
        button.setIcon(QIcon(picture(name, theme.muted, side, button.devicePixelRatioF())))


@guarded
class IconButton(Themed, QToolButton):
    """A tool button whose icon follows the theme.

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
        self._icon_name = icon_name
        self.setProperty("bare", True)
        self.setAccessibleName(text)
        set_tool_tip(self, tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(em(self, width), em(self, FIELD_HEIGHT))
        side = em(self, icon_side)
        self.setIconSize(QSize(side, side))
        self.restyle()

    def minimumSizeHint(self) -> QSize:
        """Ask for no more than the icon."""
        return self.iconSize()

    def restyle(self) -> None:
        """Draw the icon in the theme's ink."""
        set_icon(self, self._icon_name)
