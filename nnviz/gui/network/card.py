"""The card that explains the neuron or weight under the mouse, beside it."""

from __future__ import annotations

from html import escape

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.style import small_font, strong_font
from nnviz.gui.look.theme import Theme
from nnviz.gui.look.themed import Themed
from nnviz.gui.network.drawing import CENTER, ink_on, paint_pictures, tight, write
from nnviz.gui.network.explanations import Explanation
from nnviz.gui.network.sample_activations import largest_of
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label

_AWAY, _EDGE = 16.0, 8.0
"""Pixels between a card and what it speaks of, and between a card and the picture's side."""

_PICTURE_GAP = 5.0
_PICTURES_A_ROW = 8
_WRITTEN, _WRITTEN_COLUMNS = 3.2, 5
"""Lines' heights of a kernel's pixel that has its number in it, and the most columns of such."""

_SHARP = 3  # pixels a point of a kernel's picture: enough for any screen and for paper


@guarded
class NetworkCard(Themed, QFrame):
    """Shows an `Explanation` on a picture; the mouse passes through it."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.explanation: Explanation | None = None
        self._picture = parent
        self._text, self._kernel = Label("", self), Label("", self)
        self._text.setTextFormat(Qt.TextFormat.RichText)  # every name in it is escaped
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 9)
        column.addWidget(self._text)
        column.addWidget(self._kernel)
        self.setObjectName(name)
        self.setProperty("networkCard", True)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def explain(self, explanation: Explanation | None) -> None:
        """Say something, or with None nothing."""
        before, self.explanation = self.explanation, explanation
        self.setVisible(explanation is not None)
        if explanation is None:
            return
        self._text.setFont(small_font())
        self._text.setText(_html(explanation, self.theme))
        self._kernel.setVisible(explanation.pictures is not None)
        if explanation.pictures is not None:
            self._kernel.setPixmap(_kernel_picture(explanation.pictures, self.theme))
        # Figures that change while the network learns do not make it shrink and grow.
        same = before is not None and before.title == explanation.title
        self.setMinimumWidth(self.width() if same else 0)
        self.adjustSize()

    def put_beside(self, point: QPointF) -> None:
        """Lie right below a point, or on its other side."""
        x, y = point.x() + _AWAY, point.y() + _AWAY
        if x + self.width() > self._picture.width():
            x = point.x() - _AWAY - self.width()
        y = min(y, self._picture.height() - self.height() - _EDGE)
        self.move(round(max(x, _EDGE)), round(max(y, _EDGE)))
        self.raise_()

    def restyle(self) -> None:
        """Write and draw in other colours."""
        self.explain(self.explanation)


def _html(explanation: Explanation, theme: Theme) -> str:
    """Return the text of a card: a title, and rows of two columns."""
    title = f'<td colspan="2" style="font-size: {strong_font().pixelSize()}px; font-weight: 600">'
    inks = {-1: theme.negative, 0: theme.muted, 1: theme.positive}
    rows = (
        f'<tr><td style="color: {inks[row.sign]}; padding-top: 3px">{escape(row.label)}</td>'
        f'<td align="right" style="padding: 3px 0 0 18px">{escape(row.value)}</td></tr>'
        for row in explanation.rows
    )
    return (
        '<table cellspacing="0" style="white-space: nowrap">'
        f"<tr>{title}{escape(explanation.title)}</td></tr>{''.join(rows)}</table>"
    )


def _kernel_picture(kernels: FloatArray, theme: Theme) -> QPixmap:
    """Return a kernel, channel by channel in rows; with its numbers where it has one channel."""
    channels, rows, columns = kernels.shape
    is_written = channels == 1 and columns <= _WRITTEN_COLUMNS
    written = _WRITTEN * small_font().pixelSize()
    pixel = written if is_written else max(8.0, 24.0 / max(rows, columns))
    size = QSizeF(pixel * columns, pixel * rows)
    wide, high = size.width() + _PICTURE_GAP, size.height() + _PICTURE_GAP
    places = [divmod(i, _PICTURES_A_ROW) for i in range(channels)]
    rects = [QRectF(QPointF(right * wide + 1, down * high + 1), size) for down, right in places]
    across, down = min(channels, _PICTURES_A_ROW), places[-1][0] + 1
    made = QPixmap((QSizeF(across * wide, down * high) * _SHARP).toSize())
    made.setDevicePixelRatio(_SHARP)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setFont(small_font())
    strengths = kernels / (largest_of(kernels) or 1.0)
    paint_pictures(painter, theme, rects, strengths)
    if is_written:
        colors = theme.diverging(strengths[0])
        for row, column in np.ndindex(rows, columns):
            box = QRectF(column * pixel + 1, row * pixel + 1, pixel, pixel)
            ink = ink_on(QColor(*colors[row, column].tolist()), theme)
            write(painter, box, tight(float(kernels[0, row, column])), ink, CENTER)
    painter.end()
    return made
