"""The card that explains a neuron or a weight: beside it, or in a corner as long as it stays."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.style import strong_font
from nnviz.gui.look.themed import Themed
from nnviz.gui.network.drawing import CENTER, RIGHT, ink_on, small_font, tight, write
from nnviz.gui.network.explanations import MOST_ROWS, Explanation
from nnviz.gui.network.pixels import paint_pictures
from nnviz.gui.network.sample_activations import largest_of
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label

_AWAY, _EDGE = 16.0, 8.0
"""Pixels between a card and what it speaks of, and between a card and the picture's side."""

_PICTURE_GAP = 5.0
_PICTURES_A_ROW = 8
_WRITTEN, _WRITTEN_COLUMNS = 36.0, 5
"""Side of a kernel's pixel that has its number in it, and the most columns such a kernel has."""

_SHARP = 3
"""Pixels a point of a kernel's picture: enough for any screen and for paper."""


@guarded
class NetworkCard(Themed, QFrame):
    """Shows an `Explanation` on a picture; the mouse passes through it."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.explanation: Explanation | None = None
        self._picture = parent
        self._title, self._kernel = Label("", self), Label("", self)
        self._rows = [(Label("", self), Label("", self)) for _ in range(MOST_ROWS)]
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 8, 10, 9)
        grid.setVerticalSpacing(3)
        grid.setHorizontalSpacing(18)
        grid.addWidget(self._title, 0, 0, 1, 2)
        for place, (label, value) in enumerate(self._rows, start=1):
            grid.addWidget(label, place, 0)
            grid.addWidget(value, place, 1)
            value.setAlignment(RIGHT)
        grid.addWidget(self._kernel, MOST_ROWS + 1, 0, 1, 2)
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
        self._title.setText(explanation.title)
        self._title.setFont(strong_font())
        font, inks = small_font(self.font()), (self.theme.muted, self.theme.positive)
        for i, labels in enumerate(self._rows):
            row = explanation.rows[i] if i < len(explanation.rows) else None
            for label, text in zip(
                labels, (row.label, row.value) if row else ("", ""), strict=True
            ):
                label.setFont(font)
                label.setText(text)
                label.setVisible(row is not None)
            ink = self.theme.negative if row and row.sign < 0 else inks[row.sign if row else 0]
            palette = labels[0].palette()
            palette.setColor(labels[0].foregroundRole(), QColor(ink))
            labels[0].setPalette(palette)
        self._kernel.setVisible(explanation.pictures is not None)
        if explanation.pictures is not None:
            self._kernel.setPixmap(_kernel_picture(explanation.pictures, self))
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

    def put_in_corner(self, things: list[FloatArray], foot: float) -> None:
        """Lie in the corner, above a note `foot` pixels high, where it hides least.

        Of each column, and last of what it speaks of, `things` has the nodes, shape (nodes, 2).
        """
        size = np.array((self.width(), self.height()))
        right, low = self._picture.width() - size[0] - _EDGE, self._picture.height() - size[1]
        corners = [(x, y) for y in (low - foot, _EDGE) for x in (_EDGE, max(right, _EDGE))]

        def hidden(corner: tuple[float, float]) -> float:
            shares = [
                ((points > corner) & (points < corner + size)).all(axis=1).mean()
                for points in things
            ]
            return float(sum(shares) + len(things) * shares[-1])

        self.move(*(round(max(part, _EDGE)) for part in min(corners, key=hidden)))

    def restyle(self) -> None:
        """Write and draw in other colours."""
        self.explain(self.explanation)


def _kernel_picture(kernels: FloatArray, widget: Themed) -> QPixmap:
    """Return a kernel, channel by channel in rows; with its numbers where it has one channel."""
    channels, rows, columns = kernels.shape
    is_written = channels == 1 and columns <= _WRITTEN_COLUMNS
    pixel = _WRITTEN if is_written else max(8.0, 24.0 / max(rows, columns))
    size = QSizeF(pixel * columns, pixel * rows)
    wide, high = size.width() + _PICTURE_GAP, size.height() + _PICTURE_GAP
    places = [divmod(i, _PICTURES_A_ROW) for i in range(channels)]
    rects = [QRectF(QPointF(right * wide + 1, down * high + 1), size) for down, right in places]
    across, down = min(channels, _PICTURES_A_ROW), places[-1][0] + 1
    made = QPixmap((QSizeF(across * wide, down * high) * _SHARP).toSize())
    made.setDevicePixelRatio(_SHARP)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setFont(small_font(widget.font()))
    strengths = kernels / (largest_of(kernels) or 1.0)
    paint_pictures(painter, widget.theme, rects, strengths)
    if is_written:
        colors = widget.theme.diverging(strengths[0])
        for row, column in np.ndindex(rows, columns):
            box = QRectF(column * pixel + 1, row * pixel + 1, pixel, pixel)
            ink = ink_on(QColor(*colors[row, column].tolist()), widget.theme)
            write(painter, box, tight(float(kernels[0, row, column])), ink, CENTER)
    painter.end()
    return made
