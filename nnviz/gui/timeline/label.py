"""Which epoch is shown, of how many: a line of text that never asks the layout for room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip


@guarded
class EpochLabel(QWidget):
    """The epoch shown, and while that is an earlier one, the newest too.

    Parameters
    ----------
    theme
        Colours.
    parent
        Qt parent.
    """

    digits_changed = Signal()
    """It needs more room than before, or less."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setObjectName("timeline-epoch")
        set_tool_tip(self, self.tr("The epoch that all panels show, of those trained so far."))
        self.setFont(small_font())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._epochs: tuple[int | None, int] = (None, -1)
        self._brief = False
        self._digits = 0
        self.show_epoch(None, 0, 1)

    def show_epoch(self, shown: int | None, newest: int, largest: int) -> None:
        """Say which epoch is shown.

        Parameters
        ----------
        shown
            An earlier epoch, or None for the newest.
        newest
            The newest.
        largest
            Room is kept for two numbers of as many digits as this has.
        """
        if (shown, newest) != self._epochs:
            self._epochs = (shown, newest)
            self.setAccessibleName(self._sentence(shown, newest, False))
            self.update()
        if len(str(largest)) != self._digits:
            self._digits = len(str(largest))
            self.setFixedSize(self.sizeHint())
            self.digits_changed.emit()

    def be_brief(self, brief: bool) -> None:
        """Leave the words out where there is little room."""
        if brief != self._brief:
            self._brief = brief
            self.setFixedSize(self.sizeHint())
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the longest text."""
        number = int("8" * self._digits)
        longest = self._sentence(number, number, self._brief)
        return QSize(QFontMetrics(self.font()).horizontalAdvance(longest) + 2, 3 * SPACE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write it."""
        painter = QPainter(self)
        shown, newest = self._epochs
        painter.setPen(QColor(self.theme.muted if shown is None else self.theme.accent))
        text = self._sentence(shown, newest, self._brief)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), text)

    def _sentence(self, shown: int | None, newest: int, brief: bool) -> str:
        if shown is None:
            text = "{newest}" if brief else self.tr("epoch {newest}")
        else:
            short = self.tr("{shown} / {newest}")
            text = short if brief else self.tr("epoch {shown} of {newest}")
        return text.format(shown=count(shown or 0), newest=count(newest))
