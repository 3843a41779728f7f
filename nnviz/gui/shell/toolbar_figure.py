"""Figures that change many times a second: they keep their place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import NOTHING
from nnviz.gui.look.style import FIGURE_SIZE, mark, small_font, strong_font
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.gui.widgets.text_labels import ElidedLabel


class ToolbarFigure(QWidget):
    """A large figure under a small caption, as wide as its widest value.

    Parameters
    ----------
    name
        Object name.
    caption, tip
        What it is, and in a sentence what it means.
    widest
        The value that takes the most room; the figure never needs more, so nothing moves.
    """

    def __init__(
        self, name: str, caption: str, tip: str, widest: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        set_tool_tip(self, tip)
        self._caption = ElidedLabel(self)
        self._caption.set_texts(caption)
        self._caption.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._caption.setObjectName("figureCaption")
        self._caption.setFont(small_font())
        self._value = Label(NOTHING, self)
        self._value.setObjectName("figureValue")
        self._value.setFont(strong_font(FIGURE_SIZE))
        width = QFontMetrics(self._value.font()).horizontalAdvance(widest)
        # Of a fixed size: else every new value would have the whole window laid out again.
        self._value.setFixedSize(width, self._value.sizeHint().height())
        column = filled(QVBoxLayout(self), self._caption, self._value)
        column.setAlignment(self._value, Qt.AlignmentFlag.AlignLeft)  # captions may be wider

    @property
    def text(self) -> str:
        """What it shows."""
        return self._value.text()

    def set_text(self, *texts: str) -> None:
        """Show another value: the first of these that has room."""
        text = next((t for t in texts if self._has_room(t)), texts[-1])
        if text != self._value.text():
            self._value.setText(text)
            self._name()

    def _has_room(self, text: str) -> bool:
        return QFontMetrics(self._value.font()).horizontalAdvance(text) <= self._value.width()

    def set_caption(self, caption: str) -> None:
        """Say that it is something else."""
        if caption != self._caption.accessibleName():
            self._caption.set_texts(caption)
            self._name()

    def set_past(self, past: bool) -> None:
        """Say that the value is an earlier epoch's, by the colour of the caption."""
        mark(self._caption, "past", past)

    def _name(self) -> None:
        text = self.tr("{caption}: {value}")
        self.setAccessibleName(text.format(caption=self._caption.accessibleName(), value=self.text))
