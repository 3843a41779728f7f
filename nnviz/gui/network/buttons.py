"""The small controls that lie on the picture, drawn in its colours."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from nnviz.gui.look.theme import SMALL_SIZE, Theme
from nnviz.gui.network.scene import CENTER, sized
from nnviz.gui.overrides import guarded

Glyph = Literal["in", "out", "fit", "layers"]

_SIDE = 26
_FIT = ((-5, -2, -5, -5), (-5, -5, -2, -5), (2, -5, 5, -5), (5, -5, 5, -2))


@guarded
class CornerButton(QAbstractButton):
    """A small square button with a drawn sign.

    Parameters
    ----------
    glyph
        Plus, minus, the corners of a frame, or columns.
    theme
        Colours.
    parent
        Qt parent.
    """

    def __init__(self, glyph: Glyph, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self._glyph = glyph
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Return a size on the grid."""
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame and sign."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_frame(painter, self, self.theme)
        painter.setPen(
            QPen(QColor(self.theme.text if self.underMouse() else self.theme.muted), 1.6)
        )
        painter.translate(self.width() / 2, self.height() / 2)
        painter.drawLines([QLineF(*line) for line in _glyph_lines(self._glyph)])


@guarded
class FillSwitch(QAbstractButton):
    """Two words side by side, one of them chosen; checked means the right one.

    Parameters
    ----------
    theme
        Colours.
    parent
        Qt parent.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._words = ("", "")

    def set_words(self, left: str, right: str) -> None:
        """Name the two choices."""
        self._words = (left, right)
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for both words, each as wide as the wider."""
        return QSize(2 * self._half() + 4, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame, the mark under the chosen word, and both words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_frame(painter, self, self.theme)
        half = (self.width() - 4) / 2
        painter.setFont(sized(self.font(), SMALL_SIZE))
        for i, word in enumerate(self._words):
            box = QRectF(2 + i * half, 2, half, self.height() - 4)
            chosen = self.isChecked() == bool(i)
            if chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self.theme.accent_soft))
                painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
            painter.setPen(QColor(self.theme.accent if chosen else self.theme.muted))
            painter.drawText(box, int(CENTER), word)

    def _half(self) -> int:
        metrics = self.fontMetrics()
        return max((metrics.horizontalAdvance(word) for word in self._words), default=0) + 16


def _paint_frame(painter: QPainter, button: QAbstractButton, theme: Theme) -> None:
    focused = button.hasFocus()
    painter.setPen(QPen(QColor(theme.accent if focused else theme.border), 1.5 if focused else 1.0))
    painter.setBrush(QColor(theme.accent_soft if button.isDown() else theme.raised))
    painter.drawRoundedRect(QRectF(button.rect()).adjusted(0.75, 0.75, -0.75, -0.75), 5, 5)


def _glyph_lines(glyph: Glyph) -> list[tuple[float, float, float, float]]:
    if glyph == "fit":
        return [*_FIT, *((x0, -y0, x1, -y1) for x0, y0, x1, y1 in _FIT)]
    if glyph == "layers":
        return [(x, -high, x, high) for x, high in ((-4.5, 2.0), (0.0, 5.0), (4.5, 3.5))]
    across = (-4.5, 0.0, 4.5, 0.0)
    return [across, (0.0, -4.5, 0.0, 4.5)] if glyph == "in" else [across]
