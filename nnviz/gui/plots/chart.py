"""One chart: a view with axes around it, and their names where nobody tilts the head."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsWidget

from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import LIGHT, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.plots.axis import NumberAxis
from nnviz.gui.plots.ranges import Range

_LEFT, _RIGHT, _CENTER = (
    Qt.AlignmentFlag.AlignLeft,
    Qt.AlignmentFlag.AlignRight,
    Qt.AlignmentFlag.AlignHCenter,
)


@dataclass(frozen=True)
class Names:
    """What stands around a chart, translated; what is empty takes no room.

    At the axes, units included; and in a line above the title, with a note where there is room.
    """

    bottom: str = ""
    left: str = ""
    right: str = ""
    title: str = ""
    note: str = ""


@guarded
class NameRow(QGraphicsWidget):
    """A line of text with a left and a right end, or a middle; elided where there is no room."""

    def __init__(self, parent: QGraphicsWidget) -> None:
        super().__init__(parent)
        self._texts: tuple[tuple[str, str, Qt.AlignmentFlag], ...] = ()
        self._font = QFont()

    def show_texts(self, font: QFont, *texts: tuple[str, str, Qt.AlignmentFlag]) -> None:
        """Show texts, each with its colour and side; the first has precedence."""
        shown = tuple(text for text in texts if text[0])
        if (shown, font) != (self._texts, self._font):
            self._texts, self._font = shown, font
            self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the texts."""
        painter.setFont(self._font)
        metrics, box, cut = QFontMetricsF(self._font), self.rect(), list[str]()
        for text, color, side in self._texts:
            painter.setPen(QColor(color))
            elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, side | Qt.AlignmentFlag.AlignTop, elided)
            cut += [text] * (elided != text)
            taken = metrics.horizontalAdvance(elided) + metrics.height()
            box = box.adjusted(*((0, 0, -taken, 0) if side == _RIGHT else (taken, 0, 0, 0)))
            if box.width() < 2 * metrics.height():
                break
        set_tool_tip(self, "\n".join(cut))


@guarded
class Chart(pg.GraphicsWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """A view, its axes and names. Ranges are set, never found: finding them costs a third.

    Made of a bare view and axes: pyqtgraph's PlotItem costs 8 ms for a menu that is never shown.

    Parameters
    ----------
    right
        Whether it has a second vertical axis. What belongs to it is drawn in the same view, at
        the heights that `on_right` tells.
    square
        Whether a unit is as long on both axes; the view is then in the middle of its room.
    """

    def __init__(self, right: bool = False, square: bool = False) -> None:
        super().__init__()
        self.square = square
        """Whether a unit is as long on both axes."""
        self.names = Names()
        self.theme, self.font_used = LIGHT, small_font()
        self.line_height = _line_height(self.font_used)
        """The height of a line of its text, in whole pixels: what sizes are multiples of."""
        self.labelled = frozenset(("left", "bottom", "right"))
        """The sides with numbers, where there is room for any."""
        self.least_gutter = 1
        """Pixels that the left axis has at least, so that charts below one another are aligned."""
        self.small = False
        """Whether it is one of many: then what names its axes is quieter."""
        self.view = pg.ViewBox(parent=self, enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self.view.disableAutoRange()
        sides = ("left", "bottom", "right") if right else ("left", "bottom")
        self.axes = {side: NumberAxis(side) for side in sides}
        self._x: Range = (0.0, 1.0)
        self._y: Range = (0.0, 1.0)
        self._right: Range | None = None
        self._lane = 0.0
        self._drawn = QRectF()
        self._title, self._above, self._below = (NameRow(self) for _ in range(3))
        self.still: list[pg.GraphicsObject] = [self._title, self._above, self._below]
        """What seldom changes: kept as pixels while it is on the screen."""
        self.moving: list[pg.GraphicsObject] = []
        """What changes at every moment, of the kind `Moving`, for a `StillPlot` to draw."""
        self._grid = grid = QGraphicsGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        for row, item in enumerate((self._title, self._above)):
            grid.addItem(item, row, 0, 1, 3)
        grid.addItem(self.view, 2, 1)
        grid.addItem(self._below, 4, 0, 1, 3)
        for (side, axis), (row, column) in zip(
            self.axes.items(), ((2, 0), (3, 1), (2, 2)), strict=False
        ):
            axis.setParentItem(self)
            axis.setZValue(-200)  # a grid is behind the data
            grid.addItem(axis, row, column)
            if side != "right":
                axis.linkToView(self.view)
        self.still.extend(self.axes.values())
        grid.setColumnStretchFactor(1, 1)
        grid.setRowStretchFactor(2, 1)
        self.setLayout(grid)
        # Sizes of its own: charts side by side stay equal whatever stands at their axes.
        self.setMinimumSize(1, 1)
        self.setPreferredSize(1, 1)

    def add(self, item: pg.GraphicsObject) -> pg.GraphicsObject:
        """Put an item into the view and return it."""
        self.view.addItem(item, ignoreBounds=True)
        return item

    def set_names(self, names: Names) -> None:
        """Name axes and chart."""
        if names != self.names:
            self.names = names
            self.settle()

    def set_dates(self, *sides: str) -> None:
        """Write the days from 1970-01-01 as dates at these sides, and numbers at the others."""
        changed = {side for side, axis in self.axes.items() if axis.is_dates != (side in sides)}
        for side in changed:
            self.axes[side].is_dates = side in sides
            self.axes[side].update()
        if changed:
            self.settle()

    def set_ranges(self, x: Range, y: Range, right: Range | None = None, lane: float = 0.0) -> None:
        """Span these ranges; below the vertical one a lane of some pixels stays free for marks."""
        if (x, y, right, lane) != (self._x, self._y, self._right, self._lane):
            self._x, self._y, self._right, self._lane = x, y, right, lane
            if right is not None:
                self.axes["right"].setRange(*right)
            self.settle()

    @property
    def shown(self) -> tuple[Range, Range]:
        """What the view spans, without the lane."""
        return self._x, self._y

    @property
    def box(self) -> QRectF:
        """The place of the view, in pixels of the plot."""
        # Not the view's own, which is half a pixel larger.
        box: QRectF = self.mapRectToScene(self.view.geometry())
        return box

    def titles_at(self, place: QPointF) -> Iterator[str]:
        """Yield what names a place in pixels of the plot: its axis, then the chart's title."""
        box, names = self.box, self.names
        if place.y() < box.top() and place.y() >= self._above.sceneBoundingRect().top():
            yield names.right if names.right and place.x() > box.center().x() else names.left
        elif place.y() > box.bottom():
            yield names.bottom
        elif place.x() < box.left():
            yield names.left
        elif place.x() > box.right():
            yield names.right
        yield names.title

    @property
    def narrow(self) -> bool:
        """Whether it is too narrow for numbers at its left axis."""
        return bool(self.size().width() < 7 * self.line_height)

    @property
    def pixel(self) -> QSizeF:
        """How much of the axes a pixel spans."""
        (left, right), (low, high) = self.view.viewRange()
        size = self.view.size()
        return QSizeF((right - left) / max(size.width(), 1), (high - low) / max(size.height(), 1))

    def place(self, x: float, y: float) -> QPointF:
        """Return where a point of the plane is, in pixels of the plot."""
        place: QPointF = self.view.mapViewToScene(QPointF(x, y))
        return place

    def crisp(self, x: float, y: float) -> QPointF:
        """Return the point nearest to one of the plane that is in the middle of a pixel."""
        place, pixel = self.place(x, y), self.pixel
        right, down = (math.floor(p) + 0.5 - p for p in (place.x(), place.y()))
        return QPointF(x + right * pixel.width(), y - down * pixel.height())

    def value(self, place: QPointF) -> QPointF:
        """Return which point of the plane is at a place, in pixels of the plot."""
        self.view.updateMatrix()
        value: QPointF = self.view.mapSceneToView(place)
        return value

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take colours and the font of numbers and names."""
        self.theme, self.font_used, self.line_height = theme, font, _line_height(font)
        for axis in self.axes.values():
            axis.restyle(theme, font)
        self.settle()

    def resizeEvent(self, event: object) -> None:
        """Find room for names and numbers anew."""
        super().resizeEvent(event)
        self.settle()

    def settle(self) -> None:
        """Give axes and names their room, then the view its range; little does when all is so."""
        width, height = self.size().width(), self.size().height()
        if width <= 1 or height <= 1:  # as it is made: it will be settled when it is laid out
            return
        line, names = self.line_height, self.names
        named, numbered = height >= 6 * line, height >= 3.6 * line
        left = names.left if named else ""
        right = names.right if named else ""
        theme, font = self.theme, self.font_used
        self._title.show_texts(
            font, (names.title, theme.text, _LEFT), (names.note, theme.muted, _RIGHT)
        )
        quiet = theme.muted if self.small else theme.text
        self._above.show_texts(font, (left, quiet, _LEFT), (right, theme.muted, _RIGHT))
        self._below.show_texts(font, (names.bottom if named else "", quiet, _CENTER))
        half = line // 2 - 1 if numbered and not left else 2
        above, below = line + 8 if left or right else half, line if named and names.bottom else 0
        rows = ((0, line + 2 if names.title else 0), (1, above), (4, below))
        for row, room in rows:
            self._grid.setRowFixedHeight(row, room)
        self._settle_axes(height - sum(room for _, room in rows), numbered)
        x, (low, high) = self._x, self._y
        self._grid.activate()
        pixels = max(self.view.size().height(), self._lane + 1.0)
        below = self._lane / (pixels - self._lane) * (high - low)
        self.view.setRange(xRange=x, yRange=(low - below, high), padding=0, disableAutoRange=False)
        if self.view.geometry() != self._drawn:
            self._drawn = self.view.geometry()
            for item in self.still:  # Qt would move old pixels and add what is missing
                mode = item.cacheMode()
                item.setCacheMode(item.CacheMode.NoCache)
                item.setCacheMode(mode)

    def _settle_axes(self, height: float, numbered: bool) -> None:
        shown = {side for side, axis in self.axes.items() if numbered and axis.isVisible()}
        shown &= self.labelled - ({"left"} if self.narrow else set())
        for side, axis in self.axes.items():
            if axis.style["showValues"] != (side in shown):
                axis.setStyle(showValues=side in shown)
        bottom, beyond, left, right = self.axes["bottom"], 0.0, 0.0, 0.0
        across = bottom.room(0, self._x) if "bottom" in shown else 2
        if "left" in shown:
            left = max(self.axes["left"].room(height - across, self._y), self.least_gutter)
        if "right" in shown:
            right = self.axes["right"].room(height - across, self._right or (0.0, 1.0))
        if "bottom" in shown:
            beyond = math.ceil(bottom.overhang(self.size().width() - left - right, self._x))
        bottom.setHeight(across)
        self.axes["left"].setWidth(max(left, beyond, 1.0))
        if "right" in self.axes:
            self.axes["right"].setWidth(right)
        margin = 2.0 if right else max(beyond, 2.0)
        wide, high = self.size().width() - max(left, beyond, 1.0) - right - margin, height - across
        spare_x = spare_y = 0.0
        if self.square:
            spans = self._x[1] - self._x[0], self._y[1] - self._y[0]
            unit = min(wide / spans[0], high / spans[1])
            spare_x, spare_y = wide - unit * spans[0], high - unit * spans[1]
        self._grid.setContentsMargins(
            spare_x / 2, spare_y / 4, margin + spare_x / 2, spare_y * 0.75
        )


@guarded
class WholeView(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """What may be anywhere in a chart: nothing that it draws needs new geometry."""

    def boundingRect(self) -> QRectF:
        """Return the whole view."""
        view = self.getViewBox()
        return QRectF() if view is None else view.viewRect()

    def viewRangeChanged(self, *_: object) -> None:
        """Take over the new view."""
        self.prepareGeometryChange()


def _line_height(font: QFont) -> int:
    return math.ceil(QFontMetricsF(font).height())


def paint_in_pixels(item: pg.GraphicsObject, painter: QPainter) -> QTransform:
    """Let a painter go on in pixels of the plot; return the way to them from the item's plane."""
    to_pixels: QTransform = item.sceneTransform()
    painter.setTransform(to_pixels.inverted()[0] * painter.transform())
    return to_pixels
