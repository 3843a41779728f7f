"""A plot that keeps what stands still in it as a picture, and draws only what moves anew."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart
from nnviz.gui.plots.plot import Plot


class Moving:
    """What changes at every moment, mixed into an item of pyqtgraph's that a chart has in `moving`.

    On a screen its `StillPlot` draws it over what stands still, or below; anywhere else it is an
    item like others.
    """

    is_below = False
    """Whether it is below what stands still."""

    def draw(self, painter: QPainter, *others: object) -> None:
        """Paint it, in the plane of its chart."""
        super().paint(painter, *others)  # type: ignore[misc]  # the item has it

    def paint(self, painter: QPainter, *others: object) -> None:
        """Draw it where it is an item like others."""
        if not self.is_apart:
            self.draw(painter, *others)

    @property
    def is_apart(self) -> bool:
        """Whether its plot draws it for itself."""
        plot = self.getViewWidget()  # type: ignore[attr-defined]  # the item has it
        return isinstance(plot, StillPlot) and plot.keeps

    def update(self, *others: Any) -> None:
        """Have it drawn again, and nothing else where it is drawn for itself."""
        plot = self.getViewWidget()  # type: ignore[attr-defined]  # the item has it
        if not (isinstance(plot, StillPlot) and plot.draw_again()):
            super().update(*others)  # type: ignore[misc]  # the item has it


@guarded
class StillPlot(Plot):
    """A plot whose charts stay as they are but for what is `moving` in them."""

    _picture: QPixmap | None = None
    _pictured: object = None
    _asked = False
    """Whether it is to be drawn again and has not been yet."""

    def __init__(self, charts: Sequence[Chart] = (), parent: QWidget | None = None) -> None:
        super().__init__(charts, parent)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.scene().changed.connect(self._forget)

    @property
    def keeps(self) -> bool:
        """Whether it keeps a picture of what stands still: on a screen, if anything moves."""
        on_screen = self._kept is not pg.AxisItem.CacheMode.NoCache
        return on_screen and any(chart.moving for chart in self.charts)

    def restyle(self) -> None:
        """Take over colours and fonts: the picture is of those before."""
        self._picture = None
        super().restyle()

    def draw_again(self) -> bool:
        """Have all that moves drawn again, in one box, for several are slow; say if it is apart."""
        if not self._asked and self.keeps:
            self._asked = True
            seen = (_box(c.view) for c in self.charts if any(i.isVisible() for i in c.moving))
            self.viewport().update(reduce(QRectF.united, seen, QRectF()).toAlignedRect())
        return self._asked

    @Slot()
    def _forget(self) -> None:
        self._picture = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture of what stands still, and what moves below and above it."""
        self._asked = False
        if not self.keeps or self.is_enlarged():
            super().paintEvent(event)
            return
        below = [i for chart in self.charts for i in chart.moving if i.is_below and i.isVisible()]
        # Of a plot that ends within a pixel of the screen, Qt asks for all of the pixel.
        has_ground = not below and self.devicePixelRatioF() % 1 == 0
        still, seen = self._still(has_ground), QRectF(event.rect())
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not has_ground:
            painter.fillRect(seen.adjusted(-1, -1, 1, 1), self.backgroundBrush())
            self._draw_moving(painter, seen, is_below=True)
        painter.drawPixmap(0, 0, still)
        self._draw_moving(painter, seen, is_below=False)
        painter.end()

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """Leave out the ground, which is below what moves."""
        if not self.keeps:
            super().drawBackground(painter, rect)

    def _still(self, has_ground: bool) -> QPixmap:
        """Return the picture of what stands still, drawn anew if something has changed."""
        place, ratio = self.viewport().rect(), self.devicePixelRatioF()
        # Of what has changed in the scene it is told later than a picture may be asked for.
        charts = [(chart.names, chart.shown) for chart in self.charts]
        pictured = place.size() * ratio, has_ground, charts
        if self._picture is None or self._pictured != pictured:
            self._layout.activate()
            picture = QPixmap(place.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            ground = self.backgroundBrush().color()
            picture.fill(ground if has_ground else Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.render(painter, QRectF(place), place)  # type: ignore[call-overload]  # not QWidget's
            painter.end()
            self._picture, self._pictured = picture, pictured
        return self._picture

    def _draw_moving(self, painter: QPainter, seen: QRectF, is_below: bool) -> None:
        for chart in self.charts:
            items = [i for i in chart.moving if i.is_below is is_below and i.isVisible()]
            if not items or not (box := _box(chart.view)).intersects(seen):
                continue
            painter.save()
            painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
            for item in items:
                painter.save()
                painter.setTransform(item.sceneTransform(), True)
                item.draw(painter)
                painter.restore()
            painter.restore()


def _box(view: pg.ViewBox) -> QRectF:
    """Return the place that what is in a view is cut to, in pixels of the plot."""
    box: QRectF = view.mapRectToScene(view.boundingRect())
    return box
