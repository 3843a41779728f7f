"""A card of the gallery: one activation, its derivative, and where the layers stand on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from nnviz.engine.activations import Activation
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.galleries.drawing import paint_cross, paint_curves, paint_dots, paint_strip
from nnviz.gui.panels.galleries.shapes import HIGH, LOW, LayerMarks, pooled, shape_of
from nnviz.gui.panels.legend import small_font
from nnviz.gui.panels.outputs.scales import Axes, Scale
from nnviz.gui.plain import set_tool_tip

STRIP = 14.0
RADIUS = 6.0
MOST_NAMED = 3


@guarded
class ActivationCard(QAbstractButton):
    """A small picture of one function that opens its close-up.

    Parameters
    ----------
    activation
        What it shows.
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    def __init__(self, activation: Activation, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.activation = activation
        self.theme = theme
        self.layers: tuple[int, ...] = ()
        self.marks: Sequence[LayerMarks] = ()
        self._still: QPixmap | None = None
        self.title = translated(activation.title)
        self.formula = self.tr("f(z) = {formula}").format(formula=translated(activation.formula))
        self.setText(self.title)
        self.setObjectName(f"gallery-{activation.name}")
        self.setAccessibleName(f"{self.title}: {self.formula}")
        set_tool_tip(
            self,
            self.tr("{formula}. Click to enlarge and read values.").format(formula=self.formula),
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Return the size at which everything can be read."""
        return QSize(160, 140)

    def set_layers(self, layers: tuple[int, ...]) -> None:
        """Say which layers use this function."""
        if layers != self.layers:
            self.layers, self._still = layers, None
            self.update()

    def set_marks(self, marks: Sequence[LayerMarks]) -> None:
        """Move the marks; nothing is redrawn where there were none and are none."""
        if marks or self.marks:
            self.marks = marks
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme, self._still = theme, None
        self.update()

    # ------------------------------------------------------------------ drawing

    def axes(self) -> Axes:
        """Return the axes as they lie on the card now."""
        line = QFontMetricsF(small_font(self.font())).height()
        shape = shape_of(self.activation.name)
        box = QRectF(self.rect()).adjusted(SPACE + 16, 2 * line + SPACE + 8, -SPACE, -SPACE)
        box.setBottom(box.bottom() - line - (STRIP + 2 if self.layers else 0.0))
        return Axes(Scale(LOW, HIGH), Scale(shape.low, shape.high), QRectF(box.toAlignedRect()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what stands still from memory, then strip and dots."""
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._standing(painter.deviceTransform().m11()))
        axes = self.axes()
        if self.marks:
            box = QRectF(axes.rect.left(), axes.rect.bottom() + 2, axes.rect.width(), STRIP)
            paint_strip(painter, box, pooled(self.marks), self.theme)
            paint_dots(painter, axes, self.marks, self.theme)
        if self.underMouse() or self.hasFocus():
            self._paint_border(painter, self.theme.accent, 1.0)
        painter.end()

    def _standing(self, ratio: float) -> QPixmap:
        size = self.size() * ratio
        if self._still is None or self._still.size() != size:
            self._still = QPixmap(size)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(QColor(self.theme.surface))
            painter = QPainter(self._still)
            self._paint_still(painter)
            painter.end()
        return self._still

    def _paint_still(self, painter: QPainter) -> None:
        axes = self.axes()
        used = bool(self.layers)
        self._paint_border(painter, self.theme.accent if used else self.theme.border, 1.0)
        self._paint_words(painter)
        paint_cross(painter, axes, self.theme)
        self._paint_numbers(painter, axes)
        paint_curves(painter, axes, shape_of(self.activation.name), self.theme, 1.8)
        if self.activation.couples_units:
            painter.setPen(QColor(self.theme.muted))
            note = self.tr("first of [z, 0, 0]")
            painter.drawText(axes.rect.adjusted(2, 0, 0, 0), Qt.AlignmentFlag.AlignTop, note)

    def _paint_border(self, painter: QPainter, color: str, width: float) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(color), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.restore()

    def _paint_words(self, painter: QPainter) -> None:
        small = small_font(self.font())
        line = QFontMetricsF(small).height()
        row = QRectF(SPACE, SPACE - 2, self.width() - 2 * SPACE, line + 2)
        elide = Qt.TextElideMode.ElideRight
        strong = QFont(self.font())
        strong.setWeight(QFont.Weight.DemiBold)
        chip = self._chip()
        room = row.width()
        if chip:
            painter.setFont(small)
            painter.setPen(QColor(self.theme.accent))
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, chip)
            room -= QFontMetricsF(small).horizontalAdvance(chip) + SPACE
        painter.setFont(strong)
        painter.setPen(QColor(self.theme.text))
        title = QFontMetricsF(strong).elidedText(self.title, elide, room)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, title)
        painter.setFont(small)
        painter.setPen(QColor(self.theme.muted))
        row.translate(0, line + 3)
        formula = QFontMetricsF(small).elidedText(self.formula, elide, row.width())
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, formula)

    def _chip(self) -> str:
        """Return which layers use the function, as short as it goes."""
        if not self.layers:
            return ""
        if len(self.layers) == 1:
            return self.tr("layer {number}").format(number=self.layers[0])
        if len(self.layers) > MOST_NAMED:
            return self.tr("{count} layers").format(count=len(self.layers))
        return self.tr("layers {numbers}").format(numbers=", ".join(map(str, self.layers)))

    def _paint_numbers(self, painter: QPainter, axes: Axes) -> None:
        """Write the few numbers that give the curves a scale."""
        font = small_font(self.font())
        painter.setFont(font)
        painter.setPen(QColor(self.theme.muted))
        line, rect = QFontMetricsF(font).height(), axes.rect
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, text in ((-1, "−1"), (0, "0"), (1, "1"), (5, "5")):
            if not axes.y.low <= value <= axes.y.high:
                continue
            y = rect.bottom() - (value - axes.y.low) / axes.y.span * rect.height()
            crowded = rect.height() / axes.y.span < line and value not in (0, 5)
            if not crowded:
                painter.drawText(QRectF(rect.left() - 26, y - line / 2, 22, line), right, text)
        below = rect.bottom() + 1 + (STRIP + 2 if self.layers else 0.0)
        for value, text in ((-5, "−5"), (0, self.tr("z = 0")), (5, "5")):
            at = QPointF(rect.left() + (value - LOW) / (HIGH - LOW) * rect.width(), below)
            box = QRectF(at.x() - 30, at.y(), 60, line)
            box.moveRight(min(box.right(), rect.right() + 22 + SPACE))
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, text)
