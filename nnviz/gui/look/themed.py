"""What widgets that draw for themselves share: the theme they are drawn in, read from Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.theme import Theme, theme_of

# No widget itself when it runs: PySide would make two of a class that inherits from two.
if TYPE_CHECKING:
    _Widget = QWidget
else:
    _Widget = object


class Themed(_Widget):
    """A widget that draws in the theme of its palette, wherever the palette comes from.

    To be named before the widget's own class: ``class Picture(Themed, QWidget)``. Subclasses that
    keep colours override `restyle`; those that read `theme` whenever they paint need not.
    """

    @property
    def theme(self) -> Theme:
        """The colours to draw with."""
        return theme_of(self)

    def restyle(self) -> None:
        """Read colours and fonts anew: the palette, the style or the font has changed."""
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the application's look."""
        super().changeEvent(event)
        changes = QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange
        if event.type() in changes:
            self.restyle()
