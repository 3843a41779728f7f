"""Which epoch is shown, of how many: a line of text that never asks the layout for room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.gui.figures import count
from nnviz.gui.style import small_font
from nnviz.gui.theme import SPACE, Theme


class EpochLabel(QWidget):
    """The epoch shown, and while that is an earlier one, the newest too.

    Parameters
    ----------
    theme
        Colours.
    parent
        Qt parent.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setObjectName("timeline-epoch")
        self.setToolTip(self.tr("The epoch that all panels show, of those trained so far."))
        self.setFont(small_font())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.text = ""
        self._past = False
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
        text = self._sentence(shown, newest)
        if text != self.text or self._past != (shown is not None):
            self.text, self._past = text, shown is not None
            self.setAccessibleName(text)
            self.update()
        self._keep_room(len(str(largest)))

    def be_brief(self, brief: bool) -> None:
        """Leave the words out where there is little room."""
        if brief != self._brief:
            self._brief = brief
            self._keep_room(self._digits, again=True)

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the longest text."""
        number = int("8" * self._digits or "8")
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._sentence(number, number)) + 2, 3 * SPACE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write it."""
        painter = QPainter(self)
        painter.setPen(QColor(self.theme.accent if self._past else self.theme.muted))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), self.text)

    def _sentence(self, shown: int | None, newest: int) -> str:
        if shown is None:
            text = "{newest}" if self._brief else self.tr("epoch {newest}")
        else:
            brief = self.tr("{shown} / {newest}")
            text = brief if self._brief else self.tr("epoch {shown} of {newest}")
        return text.format(shown=count(shown or 0), newest=count(newest))

    def _keep_room(self, digits: int, again: bool = False) -> None:
        if digits != self._digits or again:
            self._digits = digits
            self.setFixedSize(self.sizeHint())
