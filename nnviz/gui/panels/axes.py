"""An axis of a plot: round ticks, a quiet grid, and its name where it is read first."""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QGraphicsSceneWheelEvent, QStyleOptionGraphicsItem, QWidget

from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.ticks import Ticks, linear_ticks, log_ticks, number

NAME_HEIGHT = 17
"""Height of the line above the plot that has the names of the vertical axes."""

_TEXT_GAP = 6
_WIDTH_STEP = 8


@guarded
class Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis that draws itself; of pyqtgraph's it keeps the link to the view.

    Names of vertical axes stand above them, written horizontally: nobody tilts the head, and a
    small panel keeps them. Its width is known before it is painted, so a plot that was never on
    screen is right at the first painting. The right axis has a range of its own, given to it by
    `setRange`, and no wheel or drag changes it.

    Parameters
    ----------
    side
        ``"left"``, ``"right"`` or ``"bottom"``.
    """

    name = ""
    log = False
    least_step = 0.0
    gridded = False
    baseline = False
    named = True
    name_room = 1e9
    on_change: Callable[[], None] = staticmethod(lambda: None)
    text: Callable[[float, float], str] = staticmethod(number)
    _ticks = Ticks()
    _font: QFont | None = None
    _ink = _name_ink = _grid = _line = QColor()

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.enableAutoSIPrefix(False)
        self.label.hide()

    def set_look(self, theme: Theme, font: QFont) -> None:
        """Take colours and font."""
        self._ink = QColor(theme.muted)
        self._name_ink = QColor(theme.text)
        self._grid, self._line = QColor(theme.grid), QColor(theme.border)
        self._font = font
        self.place_ticks()

    def place_ticks(self) -> None:
        """Choose the ticks for the range and length there are, and take the room they need."""
        if self._font is None:
            return
        low, high = self.range
        along = self._length()
        if self.orientation == "bottom":
            widest = QFontMetrics(self._font).horizontalAdvance(self.text(high, high - low or 1))
            most = int(along / max(48, widest + 24))
        else:
            most = int(along / max(26.0, 18.0 + along / 14.0))
        if self.log:
            self._ticks = log_ticks(low, high, max(2, most))
        else:
            self._ticks = linear_ticks(low, high, max(1, most), self.least_step, self.text)
        self._adjustSize()
        self.on_change()

    def setRange(self, mn: float, mx: float) -> None:
        """Span another range."""
        super().setRange(mn, mx)
        self.place_ticks()

    def linkedViewChanged(self, view: pg.ViewBox, *range_: object) -> None:
        """Follow the view."""
        if self.orientation != "right":
            super().linkedViewChanged(view, *range_)

    def wheelEvent(self, event: QGraphicsSceneWheelEvent) -> None:
        """Zoom along this axis alone."""
        if self.orientation == "right":
            event.ignore()
        else:
            super().wheelEvent(event)

    def mouseDragEvent(self, event: MouseDragEvent) -> None:
        """Pan along this axis alone."""
        if self.orientation == "right":
            event.ignore()
        else:
            super().mouseDragEvent(event)

    def resizeEvent(self, event: object = None) -> None:
        """Choose ticks anew for another length."""
        self.place_ticks()

    def boundingRect(self) -> QRectF:
        """Return the whole plot: the grid and the name lie outside the axis' own strip."""
        parent = self.parentItem()
        own: QRectF = self.mapRectFromParent(self.geometry())
        return own if parent is None else self.mapRectFromParent(parent.boundingRect()) | own

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem | None = None,
        widget: QWidget | None = None,
    ) -> None:
        """Draw grid, labels and name."""
        if self._font is None or self.linkedView() is None:
            return
        painter.setFont(self._font)
        if self.orientation == "bottom":
            self._paint_bottom(painter)
        else:
            self._paint_side(painter)

    def _length(self) -> float:
        size = self.size()
        return float(size.width() if self.orientation == "bottom" else size.height())

    def _updateWidth(self) -> None:
        if self._font is None:
            return
        metrics = QFontMetrics(self._font)
        widest = max((metrics.horizontalAdvance(label) for label in self._ticks.labels), default=0)
        # Steps, and no going back by one: an axis that breathes while numbers change is restless.
        wanted = -(-(widest + _TEXT_GAP) // _WIDTH_STEP) * _WIDTH_STEP if self.isVisible() else 0
        if wanted > self.minimumWidth() or wanted < self.minimumWidth() - _WIDTH_STEP:
            self.setMinimumWidth(wanted)
            self.setMaximumWidth(wanted)

    def _updateHeight(self) -> None:
        if self._font is None:
            return
        line = QFontMetrics(self._font).height()
        height = line + 4 + (line if self.named and self.name else 0)
        self.setMinimumHeight(height)
        self.setMaximumHeight(height)

    def _place(self, value: float) -> float:
        low, high = self.range
        share = float((value - low) / (high - low))
        return (share if self.orientation == "bottom" else 1 - share) * self._length()

    def _view_box(self) -> QRectF:
        view = self.linkedView()
        box: QRectF = view.mapRectToItem(self, view.boundingRect())
        return box

    def _paint_side(self, painter: QPainter) -> None:
        view, width = self._view_box(), self.size().width()
        left = self.orientation == "left"
        flags = Qt.AlignmentFlag.AlignVCenter | (
            Qt.AlignmentFlag.AlignRight if left else Qt.AlignmentFlag.AlignLeft
        )
        for value, label in zip(self._ticks.places, self._ticks.labels, strict=True):
            y = self._place(value)
            if self.gridded:
                zero = value == 0 and not self.log
                painter.setPen(QPen(self._line if zero else self._grid, 1))
                level = round(y) + 0.5
                painter.drawLine(QLineF(view.left(), level, view.right(), level))
            painter.setPen(self._ink)
            box = QRectF(0 if left else _TEXT_GAP, y - 10, width - _TEXT_GAP, 20)
            painter.drawText(box, flags, label)
        if self.named and self.name:
            self._paint_side_name(painter, left, view)

    def _paint_side_name(self, painter: QPainter, left: bool, view: QRectF) -> None:
        painter.setPen(self._name_ink if left else self._ink)
        right = self.size().width()
        start = 0.0 if left else right - self.name_room
        box = QRectF(start, view.top() - NAME_HEIGHT - 6, self.name_room, NAME_HEIGHT)
        side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
        name = painter.fontMetrics().elidedText(
            self.name, Qt.TextElideMode.ElideRight, int(self.name_room)
        )
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_bottom(self, painter: QPainter) -> None:
        size, metrics = self.size(), painter.fontMetrics()
        if self.baseline:
            painter.setPen(QPen(self._line, 1))
            painter.drawLine(QLineF(0, 0.5, size.width(), 0.5))
        edges = self.boundingRect()
        painter.setPen(self._ink)
        for value, label in zip(self._ticks.places, self._ticks.labels, strict=True):
            width = metrics.horizontalAdvance(label)
            x = min(max(edges.left(), self._place(value) - width / 2), edges.right() - width)
            painter.drawText(QPointF(x, 4 + metrics.ascent()), label)
        if self.named and self.name:
            box = QRectF(0, 4 + metrics.height() - 1, size.width(), metrics.height())
            painter.setPen(self._name_ink)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, self.name)
