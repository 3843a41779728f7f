"""A painted plot: what stands still is drawn once, what moves is drawn every frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.marks import paint_chosen
from nnviz.gui.panels.outputs.scales import Axes, Scale, lay_out, paint_axes

REACH = 12.0
"""How far from a mark, in pixels, a click still means it."""

MOST_ZOOM = 50.0
NO_POINTS = np.empty((0, 2))
NO_ROWS = np.empty(0, dtype=np.intp)


@guarded
class Chart(OutputView):
    """A view with two axes; wheel zooms, dragging moves, a double click fits all again.

    Subclasses call `set_scales` in `prepare`, and draw in `paint_live` (every frame) and
    `paint_still` (once, until `redraw_still`).
    """

    grid: ClassVar[bool] = False

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, theme=theme)
        self.square = False
        self.right_room = 0.0
        self.mark_radius = 4.0
        self.home: tuple[Scale, Scale] = (Scale(0.0, 1.0), Scale(0.0, 1.0))
        self._scales = self.home
        self._zoomed: list[float] | None = None
        self._still: QPixmap | None = None
        self._laid_out: tuple[object, Axes] = (None, Axes(*self.home, QRectF()))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._pressed: QPointF | None = None
        self._dragged = False
        self.setMinimumSize(120, 100)

    # ------------------------------------------------------------------ for subclasses

    def set_scales(self, x: Scale, y: Scale, square: bool = False) -> None:
        """Set the ranges of a new run, and show all of them."""
        self.home = self._scales = (x, y)
        self._zoomed = None
        self.square = square
        self.redraw_still()

    def redraw_still(self) -> None:
        """Draw what stands still anew: its colours, places or switches changed."""
        self._still = None
        self.update()

    def paint_live(self, painter: QPainter, axes: Axes) -> None:
        """Draw what moves, below all that stands still."""

    def paint_still(self, painter: QPainter, axes: Axes) -> None:
        """Draw what stands still inside the axes."""

    def paint_on_top(self, painter: QPainter, axes: Axes) -> None:
        """Draw what moves and belongs above the rest; not clipped to the axes."""

    def points(self) -> tuple[NDArray[np.floating], NDArray[np.intp]]:
        """Return the marks that can be clicked: places (n, 2) in data units, and their rows."""
        return NO_POINTS, NO_ROWS

    # ------------------------------------------------------------------ drawing

    def axes(self) -> Axes:
        """Return the axes as they lie on the widget now."""
        key = (self._scales, self.size().toTuple(), self.square, self.right_room, self.font().key())
        if key != self._laid_out[0]:
            area = QRectF(self.rect()).adjusted(4, 4, -4, -2)
            x, y = self._scales
            axes = lay_out(x, y, area, self.small_font(), self.square, self.right_room)
            self._laid_out = (key, axes)
        return self._laid_out[1]

    def place_of(self, row: int) -> QPointF | None:
        """Return where a row's mark is on the widget; None when it has none in view."""
        places, rows = self.points()
        found = np.flatnonzero(rows == row)
        axes = self.axes()
        if not found.size:
            return None
        x, y = axes.to_pixels(places[found[:1]])[0].tolist()
        place = QPointF(x, y)
        return place if axes.rect.adjusted(-2, -2, 2, 2).contains(place) else None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, moving parts, standing parts, chosen sample."""
        axes = self.axes()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.surface))
        if self.grid:
            self._draw_frame(painter, axes)
        painter.save()
        painter.setClipRect(axes.rect)
        self.paint_live(painter, axes)
        painter.restore()
        painter.drawPixmap(0, 0, self._standing(axes, painter.deviceTransform().m11()))
        place = self.place_of(self.row)
        if place is not None:
            paint_chosen(painter, place, self.theme, self.mark_radius)
        self.paint_on_top(painter, axes)
        painter.end()

    def _standing(self, axes: Axes, ratio: float) -> QPixmap:
        size = self.size() * ratio
        if self._still is not None and self._still.size() == size:
            return self._still
        self._still = QPixmap(size)
        self._still.setDevicePixelRatio(ratio)
        self._still.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._still)
        if not self.grid:
            self._draw_frame(painter, axes)
        painter.setClipRect(axes.rect.adjusted(-1, -1, 1, 1))
        self.paint_still(painter, axes)
        painter.end()
        return self._still

    def _draw_frame(self, painter: QPainter, axes: Axes) -> None:
        paint_axes(painter, axes, self.theme, self.small_font(), self.grid)

    def recolor(self) -> None:
        """Draw what stands still in the new colours."""
        self.redraw_still()

    # ------------------------------------------------------------------ mouse

    def row_at(self, place: QPointF) -> int | None:
        """Return the row whose mark is nearest to a place, if within reach."""
        places, rows = self.points()
        if not rows.size:
            return None
        away = np.hypot(*(self.axes().to_pixels(places) - (place.x(), place.y())).T)
        nearest = int(away.argmin())
        return int(rows[nearest]) if away[nearest] <= REACH else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        self._pressed = event.position()
        self._dragged = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture when it is zoomed in."""
        if self._pressed is None or self._zoomed is None:
            return
        moved = event.position() - self._pressed
        if not self._dragged and moved.manhattanLength() < QApplication.startDragDistance():
            return
        axes = self.axes()
        across = -moved.x() / axes.rect.width() * axes.x.span
        up = moved.y() / axes.rect.height() * axes.y.span
        self._dragged, self._pressed = True, event.position()
        self._look_at(axes.x.low + across, axes.x.high + across, axes.y.low + up, axes.y.high + up)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End of a click on a sample: say which."""
        pressed, self._pressed = self._pressed, None
        row = self.row_at(event.position()) if pressed and not self._dragged else None
        if row is not None:
            self.row_chosen.emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all again."""
        self._pressed = None
        self._zoomed, self._scales = None, self.home
        self.redraw_still()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the place under the pointer."""
        axes = self.axes()
        if not axes.rect.contains(event.position()):
            event.ignore()
            return
        factor = 0.85 ** (event.angleDelta().y() / 120)
        x, y = axes.to_data(event.position())
        self._look_at(
            x + (axes.x.low - x) * factor,
            x + (axes.x.high - x) * factor,
            y + (axes.y.low - y) * factor,
            y + (axes.y.high - y) * factor,
        )
        event.accept()

    def _look_at(self, left: float, right: float, bottom: float, top: float) -> None:
        """Show a part; never more than all, never outside it."""
        home_x, home_y = self.home
        left, right = _within(left, right, home_x)
        bottom, top = _within(bottom, top, home_y)
        whole = right - left >= home_x.span and top - bottom >= home_y.span
        self._zoomed = None if whole else [left, right, bottom, top]
        self._scales = (Scale(left, right, home_x.label), Scale(bottom, top, home_y.label))
        self.redraw_still()

    # ------------------------------------------------------------------ state

    def view_state(self) -> Mapping[str, Any]:
        """Return the part that is zoomed in on."""
        return {"zoom": self._zoomed} if self._zoomed else {}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Zoom in on the same part."""
        zoom = state.get("zoom")
        if zoom:
            self._look_at(*zoom)


def _within(low: float, high: float, home: Scale) -> tuple[float, float]:
    span = min(max(high - low, home.span / MOST_ZOOM), home.span)
    low = min(max(low, home.low), home.high - span)
    return low, low + span
