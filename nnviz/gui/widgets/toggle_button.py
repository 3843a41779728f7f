"""Small buttons for the row above a picture: one that does something, one that stays pressed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from nnviz.gui.look.style import small_font
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip

_AIR, _EDGES = 4, 6
"""Pixels at either side of the text, where there is room; those it needs, both sides together."""


@guarded
class SmallButton(QToolButton):
    """A button with a word on it, as high as a line of small text.

    Parameters
    ----------
    text, tip
        What it says, and what it does; both translated.
    outlined
        Whether it has an outline at rest, too.
    """

    def __init__(
        self, text: str, tip: str, parent: QWidget | None = None, outlined: bool = True
    ) -> None:
        super().__init__(parent)
        self.setFont(small_font())
        self.setText(text)
        self.setAccessibleName(text)
        set_tool_tip(self, tip)
        self.setProperty("small", True)
        self.setProperty("outlined", outlined)
        self.setFixedHeight(self.fontMetrics().height() + 4)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Return room for the text and some air around it."""
        return super().sizeHint() + QSize(2 * _AIR, 0)

    def minimumSizeHint(self) -> QSize:
        """Return room for the text alone: of ten layers all can be chosen where it is narrow."""
        text = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(text + _EDGES, super().sizeHint().height())


class ToggleButton(SmallButton):
    """A small button that stays pressed."""

    def __init__(
        self, text: str, tip: str, parent: QWidget | None = None, outlined: bool = True
    ) -> None:
        super().__init__(text, tip, parent, outlined)
        self.setCheckable(True)
