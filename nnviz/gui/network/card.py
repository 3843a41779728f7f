"""The card that explains a neuron or a weight: beside it, or in a corner as long as it stays."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.style import strong_font
from nnviz.gui.look.theme import Theme
from nnviz.gui.look.themed import Themed
from nnviz.gui.network.drawing import CENTER, ink_on, small_font, tight, write
from nnviz.gui.network.explanations import Explanation, Row
from nnviz.gui.network.pixels import paint_pictures
from nnviz.gui.network.sample_activations import largest_of
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label

_AWAY, _EDGE = 16.0, 8.0
"""Pixels between a card and what it speaks of, and between a card and the picture's side."""

_STROKE, _STROKE_WIDTH = QSizeF(12.0, 10.0), 2.5
_PICTURE_GAP = 5.0
_PICTURES_A_ROW = 8
_WRITTEN, _WRITTEN_COLUMNS = 36.0, 5
"""Side of a kernel's pixel that has its number in it, and the most columns such a kernel has."""

_SHARP = 3
"""Pixels a point of the small pictures: enough for any screen and for paper."""


@guarded
class NetworkCard(Themed, QFrame):
    """Shows an `Explanation`; the mouse passes through it.

    Parameters
    ----------
    name
        Object name.
    parent
        The picture it lies on.
    """

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("networkCard", True)
        self.explanation: Explanation | None = None
        self._picture = parent
        self._shape: tuple[object, ...] = ()
        self._labels: list[tuple[Label, Label]] = []
        self._body = QWidget(self)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.addWidget(self._body)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def explain(self, explanation: Explanation | None) -> None:
        """Say something, or with None nothing."""
        before, self.explanation = self.explanation, explanation
        if explanation is not None:
            shape = (*(row.sign for row in explanation.rows), self.theme, self.font().key())
            if shape != self._shape:
                self._shape = shape
                self._build(explanation)
            self._show(explanation)
            # Figures that change while the network learns do not make it shrink and grow.
            same = before is not None and before.title == explanation.title
            self.setMinimumWidth(self.width() if same else 0)
            self.adjustSize()
        self.setVisible(explanation is not None)

    def put_beside(self, point: QPointF) -> None:
        """Lie right below a point, or on its other side."""
        room, x, y = self._room(), point.x() + _AWAY, point.y() + _AWAY
        if x + self.width() > room.right():
            x = point.x() - _AWAY - self.width()
        self._put(x, min(y, room.bottom() - self.height()))

    def put_in_corner(self, keep_free: QPointF, foot: float) -> None:
        """Lie in the lower left corner, above a note, or in the other where that hides a point."""
        room = self._room().adjusted(0.0, 0.0, 0.0, -foot)
        corner = QRectF(room.left(), room.bottom() - self.height(), self.width(), self.height())
        if corner.adjusted(-_EDGE, -_EDGE, _EDGE, _EDGE).contains(keep_free):
            corner.moveRight(room.right())
        self._put(corner.left(), corner.top())

    def restyle(self) -> None:
        """Draw marks and pictures in other colours."""
        self.explain(self.explanation)

    def _room(self) -> QRectF:
        return QRectF(self._picture.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)

    def _put(self, x: float, y: float) -> None:
        self.move(round(max(x, _EDGE)), round(max(y, _EDGE)))
        self.raise_()

    def _build(self, explanation: Explanation) -> None:
        """Make labels for the title, for so many lines with their marks, and for pictures."""
        self._body.hide()
        self._body.deleteLater()
        self._body = QWidget(self)
        self._outer.addWidget(self._body)
        grid = QGridLayout(self._body)
        grid.setContentsMargins(10, 8, 10, 9)
        grid.setVerticalSpacing(3)
        self._labels = []
        font, muted = small_font(self.font()), QPalette.ColorRole.PlaceholderText
        for place, sign in enumerate((0, *(row.sign for row in explanation.rows), 0)):
            label, value = Label("", self._body), Label("", self._body)
            self._labels.append((label, value))
            if sign:
                mark = Label("", self._body)
                mark.setPixmap(_stroke(sign, self.theme))
                grid.addWidget(mark, place, 0)
            elif place:
                label.setForegroundRole(muted)
            # Without a mark the words begin at the card's side.
            grid.addWidget(label, place, 1 if sign else 0, 1, 1 if sign else 2 if place else 3)
            if place:
                grid.addWidget(value, place, 2, Qt.AlignmentFlag.AlignRight)
            else:
                value.hide()
            label.setFont(font if place else strong_font())
            value.setFont(font)
        grid.setColumnStretch(1, 1)
        self._body.show()

    def _show(self, explanation: Explanation) -> None:
        rows = (Row(explanation.title), *explanation.rows)
        for row, (label, value) in zip(rows, self._labels, strict=False):
            label.setText(row.label)
            value.setText(row.value)
        foot, _ = self._labels[-1]
        foot.setVisible(explanation.pictures is not None)
        if explanation.pictures is not None:
            foot.setPixmap(_kernel_picture(explanation.pictures, self))


def _canvas(size: QSizeF) -> QPixmap:
    """Return an empty picture."""
    made = QPixmap((size * _SHARP).toSize())
    made.setDevicePixelRatio(_SHARP)
    made.fill(Qt.GlobalColor.transparent)
    return made


def _stroke(sign: int, theme: Theme) -> QPixmap:
    """Return the piece of an edge that shows a weight's sign."""
    made = _canvas(_STROKE)
    pen = QPen(QColor(theme.positive if sign > 0 else theme.negative), _STROKE_WIDTH)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if sign < 0:
        pen.setDashPattern([1.6, 1.0])
    painter = QPainter(made)
    painter.setPen(pen)
    y = _STROKE.height() / 2
    painter.drawLine(QPointF(0.0, y), QPointF(_STROKE.width() - 1.0, y))
    painter.end()
    return made


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
    made = _canvas(QSizeF(across * wide, down * high))
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
