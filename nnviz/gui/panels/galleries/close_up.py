"""The close-up: one activation with axes, and a z to try."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSlider, QWidget

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.galleries.drawing import paint_curves, paint_dots, paint_strip
from nnviz.gui.panels.galleries.shapes import (
    HIGH,
    LOW,
    LayerMarks,
    shape_of,
    values_at,
)
from nnviz.gui.panels.legend import draw_mark, small_font
from nnviz.gui.panels.outputs.marks import paint_chosen, paint_marks
from nnviz.gui.panels.outputs.scales import Axes, Scale, lay_out, paint_axes
from nnviz.gui.panels.outputs.words import fixed
from nnviz.gui.panels.segments import Pill, pill_style
from nnviz.gui.plain import set_tool_tip

STRIP = 16.0
MOST_STRIPS = 3
SLIDER = 20
PER_UNIT = 100
"""Slider steps in a unit of z."""


@guarded
class CloseUp(QWidget):
    """One function, large; dragging in the picture or the slider moves z.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    left = Signal()
    """The person wants to see all functions again."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.activation: Activation = next(iter(ACTIVATIONS.values()))
        self.marks: Sequence[LayerMarks] = ()
        self.setObjectName("gallery-close-up")
        self.back = Pill(self.tr("‹ All functions"), self.tr("Show all activations again."), self)
        self.back.setCheckable(False)
        self.back.setObjectName("gallery-back")
        self.back.clicked.connect(self.left)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("gallery-z")
        self.slider.setAccessibleName(self.tr("z, the neuron's weighted sum"))
        set_tool_tip(
            self.slider,
            self.tr("Change z and read what the neuron answers, and how strongly it can learn."),
        )
        self.slider.setRange(round(LOW * PER_UNIT), round(HIGH * PER_UNIT))
        self.slider.setValue(PER_UNIT)
        self.slider.valueChanged.connect(self._on_moved)
        self.set_theme(theme)

    @property
    def z(self) -> float:
        """The z that is tried."""
        return self.slider.value() / PER_UNIT

    def show_activation(self, activation: Activation) -> None:
        """Enlarge this one."""
        self.activation = activation
        self.setAccessibleName(translated(activation.title))
        self.update()

    def set_marks(self, marks: Sequence[LayerMarks]) -> None:
        """Move the marks of the current layers."""
        self.marks = marks
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        self.back.setStyleSheet(pill_style(theme))
        self.update()

    def reading(self) -> tuple[float, float]:
        """Return f(z) and f′(z)."""
        function, slope = values_at(self.activation, np.array([self.z]))
        return float(function[0]), float(slope[0])

    def words(self) -> str:
        """Return the reading as people say it."""
        function, slope = self.reading()
        return self.tr("z = {z}   f(z) = {function}   f′(z) = {slope}").format(
            z=fixed(self.z, 2), function=fixed(function, 4), slope=fixed(slope, 4)
        )

    # ------------------------------------------------------------------ arrangement

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put button and slider in their places."""
        super().resizeEvent(event)
        self.back.setGeometry(0, 0, self.back.sizeHint().width(), 18)
        rect = self.axes().rect
        self.slider.setGeometry(
            round(rect.left()) - 8, self.height() - SLIDER, round(rect.width()) + 16, SLIDER
        )

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(480, 360)

    def axes(self) -> Axes:
        """Return the axes as they lie on the widget now."""
        shape = shape_of(self.activation.name)
        strips = min(len(self.marks), MOST_STRIPS) * (STRIP + 3)
        area = QRectF(self.rect()).adjusted(0, self._head(), -SPACE, -SLIDER - strips - 2)
        x, y = Scale(LOW, HIGH, self.tr("z")), Scale(shape.low, shape.high, "")
        return lay_out(x, y, area, small_font(self.font()))

    def _head(self) -> float:
        """Return the height of everything above the picture."""
        return 26.0 + len(self.lines()) * (QFontMetricsF(small_font(self.font())).height() + 1)

    # ------------------------------------------------------------------ drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw words, axes, curves, marks and the reading."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.surface))
        axes, font = self.axes(), small_font(self.font())
        self._paint_words(painter, font)
        paint_axes(painter, axes, self.theme, font, grid=True)
        paint_curves(painter, axes, shape_of(self.activation.name), self.theme, 2.0)
        paint_dots(painter, axes, self.marks, self.theme)
        self._paint_reading(painter, axes)
        self._paint_strips(painter, axes, font)
        painter.end()

    def _paint_words(self, painter: QPainter, font: QFont) -> None:
        strong = QFont(self.font())
        strong.setWeight(QFont.Weight.DemiBold)
        line = QFontMetricsF(font).height()
        row = QRectF(self.back.geometry()).adjusted(self.back.width() + SPACE, 0, self.width(), 0)
        painter.setFont(strong)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, translated(self.activation.title))
        painter.setFont(font)
        row = QRectF(2, 8, self.width() - 4, line + 2)
        for entry in self.entries():
            row.translate(0, line + 1)
            box = QRectF(row.left(), row.top(), 18, row.height())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_mark(painter, entry, box, self.theme.neutral)
            painter.setPen(QColor(self.theme.muted))
            room = row.adjusted(24, 0, 0, 0)
            text = QFontMetricsF(font).elidedText(
                entry.label, Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for text in self.lines()[2:]:
            row.translate(0, line + 1)
            painter.setPen(QColor(self.theme.text if text == self.words() else self.theme.muted))
            shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, row.width())
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, shown)

    def lines(self) -> list[str]:
        """Return the lines above the picture: both formulas, a note where due, the reading."""
        lines = [entry.label for entry in self.entries()]
        if self.activation.couples_units:
            lines.append(self.tr("Drawn: first of softmax([z, 0, 0]); dots: real outputs"))
        return [*lines, self.words()]

    def entries(self) -> list[LegendEntry]:
        """Return function and derivative with their formulas."""
        formula = self.tr("f(z) = {formula}").format(formula=translated(self.activation.formula))
        slope = self.tr("f′(z) = {formula}").format(
            formula=translated(self.activation.derivative_formula)
        )
        return [
            LegendEntry(formula, self.theme.curve, "line"),
            LegendEntry(slope, self.theme.second, "dashed"),
        ]

    def _paint_reading(self, painter: QPainter, axes: Axes) -> None:
        """Draw the tried z: a line, both values on it, and the tangent whose slope f′ is."""
        function, slope = self.reading()
        theme, z = self.theme, self.z
        points = np.array(
            [[z, function], [z, slope], [z - 1, function - slope], [z + 1, function + slope]]
        )
        places = axes.to_pixels(points)
        on, _, start, end = (QPointF(x, y) for x, y in places.tolist())
        painter.save()
        painter.setClipRect(axes.rect.adjusted(-8, -8, 8, 8))
        painter.setPen(QPen(QColor(theme.accent), 1.0))
        at = round(on.x()) + 0.5
        painter.drawLine(QLineF(at, axes.rect.top(), at, axes.rect.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.text), 1.5))
        painter.drawLine(QLineF(start, end))
        paint_marks(painter, places[1:2], [theme.second], theme, 4.0, ring=True)
        paint_marks(painter, places[:1], [theme.accent], theme, 4.0, ring=False)
        paint_chosen(painter, on, theme, 2.5)
        painter.restore()

    def _paint_strips(self, painter: QPainter, axes: Axes, font: QFont) -> None:
        """Draw a histogram of z for each layer that uses the function, below the axis."""
        painter.setFont(font)
        top = self.height() - SLIDER - min(len(self.marks), MOST_STRIPS) * (STRIP + 3)
        for mark in self.marks[:MOST_STRIPS]:
            box = QRectF(axes.rect.left(), top, axes.rect.width(), STRIP)
            paint_strip(painter, box, mark.counts, self.theme)
            painter.setPen(QColor(self.theme.muted))
            text = self.tr("L{number}").format(number=mark.number)
            beside = QRectF(0, top, box.left() - 4, STRIP)
            painter.drawText(
                beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text
            )
            top += STRIP + 3

    # ------------------------------------------------------------------ trying a z

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Try the z under the pointer."""
        self._try(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Try the z under the pointer, as long as a button is held."""
        self._try(event.position())

    def _try(self, place: QPointF) -> None:
        axes = self.axes()
        if axes.rect.top() <= place.y():
            self.slider.setValue(round(axes.to_data(place)[0] * PER_UNIT))

    @Slot(int)
    def _on_moved(self, _value: int) -> None:
        self.slider.setAccessibleDescription(self.words())
        self.update()
