"""The widget that charts are in: one, or a grid of small ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import pyqtgraph as pg
from pyqtgraph.graphicsItems.ViewBox.ViewBox import ChildGroup
from pyqtgraph.GraphicsScene import GraphicsScene
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsGridLayout, QGraphicsScene, QGraphicsView, QWidget

from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.themed import Themed
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart
from nnviz.gui.plots.line import Line
from nnviz.gui.widgets.idle import IdleTimer

for _part in (GraphicsScene, pg.ViewBox, ChildGroup, pg.InfiniteLine):
    guarded(_part)  # pyqtgraph's own classes that plots use as they are


@guarded
class Plot(Themed, pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph has no types
    """Charts in a grid, in the theme of the palette; it begins with some side by side."""

    pointed = Signal(object, QPointF)
    """The pointer is over this chart (None beside all), at this place in pixels of the plot."""

    resized = Signal()
    """It has another size, and so may its charts."""

    restyled = Signal()
    """Its charts have other colours or fonts; the palette comes to a plot after its panel."""

    pressed = Signal(object, QPointF)
    """The person clicked into this chart with the left button."""

    doubled = Signal()
    """The person clicked twice."""

    def __init__(self, charts: Sequence[Chart] = (), parent: QWidget | None = None) -> None:
        self.charts: tuple[Chart, ...] = ()
        self._kept = pg.AxisItem.CacheMode.NoCache
        self._widened: dict[object, QPen] = {}
        super().__init__(parent)
        self.enableMouse(False)
        self.setAntialiasing(True)
        # Cutting out what changed takes five times as long as painting all of it.
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        # Qt's tree of places keeps what is gone where a place has changed before Qt was told of it,
        # as pyqtgraph's do, and then reads freed memory. Charts have few items and need none.
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumSize(120, 60)
        self._ground = pg.GraphicsWidget()
        self._layout = QGraphicsGridLayout(self._ground)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setVerticalSpacing(SPACE // 2)
        self._layout.setHorizontalSpacing(2 * SPACE)
        self.setCentralItem(self._ground)
        self.idle = IdleTimer(self)
        self.scene().sigMouseClicked.connect(self._on_clicked)
        self.arrange([charts])

    def arrange(self, rows: Sequence[Sequence[Chart | None]]) -> None:
        """Show charts in rows of equal heights; None leaves a place free.

        Others are hidden and stay, to be shown another time: what has been taken out of Qt's scene
        can end the program when it goes later.
        """
        layout = self._layout
        while layout.count():
            layout.removeAt(0)
        self._take([chart for row in rows for chart in row if chart is not None])
        for across in range(max(len(rows), layout.rowCount())):
            layout.setRowStretchFactor(across, int(across < len(rows)))
        for down in range(max((*map(len, rows), layout.columnCount()))):
            layout.setColumnStretchFactor(down, int(any(down < len(row) for row in rows)))
        for across, row in enumerate(rows):
            for down, one in enumerate(row):
                if one is not None:
                    layout.addItem(one, across, down)
        self._layout.activate()  # first, for whoever hears of it draws into the room there is
        self.restyle()

    def place(self, boxes: Mapping[Chart, QRectF]) -> None:
        """Show charts in boxes of pixels; others are kept hidden."""
        if self._layout.count():
            self.arrange(())
        for chart, box in boxes.items():
            chart.setPos(box.topLeft())
            chart.resize(box.size())
        if (charts := [*boxes]) != [*self.charts]:
            self._take(charts)
            self.restyle()

    def _take(self, charts: Sequence[Chart]) -> None:
        for chart in set(self.charts) - set(charts):
            chart.hide()
        for chart in charts:
            chart.setParentItem(self._ground)
            chart.show()
        self.charts = tuple(charts)
        self._cache(self._kept)  # not by whether it is visible: so is what is painted unseen

    def restyle(self) -> None:
        """Take over colours and fonts."""
        theme, font = self.theme, small_font()
        self.setBackground(theme.surface)
        for chart in self.charts:
            chart.restyle(theme, font)
        self.restyled.emit()

    def titles_at(self, place: QPoint) -> Iterator[str]:
        """Yield the names of what is at a place in pixels: an axis, else the chart."""
        for chart in self.charts:
            if chart.sceneBoundingRect().contains(QPointF(place)):
                yield from chart.titles_at(QPointF(place))

    def chart_at(self, place: QPointF) -> Chart | None:
        """Return the chart whose view is at a place."""
        return next((chart for chart in self.charts if chart.box.contains(place)), None)

    # -------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the charts their places."""
        size = self.size()
        self._fill(event)
        self.resized.emit()
        if self.size() != size:
            # Who heard it made room for something else; of that Qt tells nothing in a resize.
            self._fill(event)

    def _fill(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.charts:
            self._layout.activate()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lay out what waits for it: a plot that is painted unseen gets no second chance."""
        self._layout.activate()
        kept = self._kept
        if is_enlarged := kept is not pg.AxisItem.CacheMode.NoCache and self.is_enlarged():
            self._cache(pg.AxisItem.CacheMode.NoCache)
        super().paintEvent(event)
        if is_enlarged:
            self._cache(kept)

    def is_enlarged(self) -> bool:
        """Return whether, while it is painted, that is for more pixels than the screen has."""
        painter = QPainter(self.viewport())
        scale = painter.deviceTransform().m11()
        painter.end()
        return scale != self.devicePixelRatioF()

    def showEvent(self, event: QShowEvent) -> None:
        """Keep what is still as pixels on the screen; pictures are drawn at any resolution."""
        super().showEvent(event)
        self._cache(pg.AxisItem.CacheMode.DeviceCoordinateCache)

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget the pixels."""
        super().hideEvent(event)
        self._cache(pg.AxisItem.CacheMode.NoCache)

    def close(self) -> bool:
        """Close it as any widget; pyqtgraph would delete what is in it, parents before parts."""
        return QGraphicsView.close(self)

    def draw_outlines(self) -> None:
        """Draw marks and ground as outlines, not as pixels that are kept: for paper."""
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self._cache(pg.AxisItem.CacheMode.NoCache)
        for item in self.items():
            if isinstance(item, pg.ScatterPlotItem):
                item.setExportMode(True, {"antialias": True})

    def widen_pens(self, density: float) -> None:
        """Let lines of a pixel be as wide as in the window, where a point has so many pixels.

        Nothing is kept as pixels from then on: a panel that lets a plot be seen while it is laid
        out for a picture has it take that for the screen.
        """
        self._cache(pg.AxisItem.CacheMode.NoCache)
        for item in self.items():
            if isinstance(item, pg.PlotCurveItem | pg.InfiniteLine):
                pen = pg.mkPen(item.pen if isinstance(item, pg.InfiniteLine) else item.opts["pen"])
                if pen == self._widened.get(item):
                    continue  # it is drawn again
                if pen.isCosmetic() and not (isinstance(item, Line) and pen.widthF() > 1.0):
                    pen.setWidthF(density * max(pen.widthF(), 1.0))
                    item.setPen(pen)
                    self._widened[item] = pen

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say where the pointer is."""
        super().mouseMoveEvent(event)
        self.pointed.emit(self.chart_at(event.position()), event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Say so."""
        super().mouseDoubleClickEvent(event)
        self.doubled.emit()

    @Slot(object)
    def _on_clicked(self, event: MouseClickEvent) -> None:
        place = event.scenePos()
        chart = self.chart_at(place)
        if chart is not None and event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(chart, QPointF(place))

    def _cache(self, mode: pg.AxisItem.CacheMode) -> None:
        self._kept = mode
        for chart in self.charts:
            for item in chart.still:
                item.setCacheMode(mode)


def columns_for(count: int, width: float, height: float, aspect: float, least: float) -> int:
    """Return how many of `count` charts stand side by side, their shape nearest to `aspect`.

    Where each is at least `least` pixels wide, all stand in one row: side by side they compare.
    """
    if width / count >= least:
        return count

    def badness(columns: int) -> float:
        rows = -(-count // columns)
        shape = (width / columns) / max(1.0, height / rows)
        return abs(math.log(max(shape, 1e-9) / aspect)) + 0.25 * (rows * columns - count)

    return min(range(1, count + 1), key=badness)
