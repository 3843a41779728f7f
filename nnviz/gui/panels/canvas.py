"""What curves are drawn on: axes and a view, painted again only where something has changed.

pyqtgraph lays out the axes and turns wheel and drags into ranges. Painting is in layers: axes, grid
and whatever else changes seldom are kept as a picture, and so are the curves once they rest.
"""

from __future__ import annotations

import pyqtgraph as pg
from pyqtgraph.graphicsItems.ViewBox.ViewBox import ChildGroup
from pyqtgraph.GraphicsScene import GraphicsScene
from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.axes import NAME_HEIGHT, Axis
from nnviz.gui.panels.legend import small_font
from nnviz.gui.panels.lines import Framing
from nnviz.gui.panels.series import Range
from nnviz.gui.widgets.idle import IdleTimer

NAMELESS_HEIGHT = 110
"""A plot lower than this, in pixels, gives up the names of its axes."""

_SETTLINGS = 3

for _part in (GraphicsScene, pg.PlotItem, pg.ViewBox, ChildGroup, pg.LabelItem, pg.ButtonItem):
    guarded(_part)  # what pyqtgraph makes a plot of, beside the classes that are derived from here


@guarded
class Canvas(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Axes around a view, and layers to paint on.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        axes = {side: Axis(side) for side in ("left", "bottom", "right")}
        super().__init__(parent, axisItems=axes, enableMenu=False)
        self.axes = axes
        self.theme = theme
        self.log = False
        self.fine = True
        self.repaints = 0
        """How often axes have been drawn, for those who want to know what painting costs."""
        self._ranges: tuple[Range, Range, Range] | None = None
        self._axes_picture: QPixmap | None = None
        self._whole_picture: QPixmap | None = None
        self._settled = False
        self._scale = 1.0
        self.rest = IdleTimer(self)
        self.rest.idle.connect(self._on_rest)
        self._set_up_view()

    # --------------------------------------------------------------------- what a plot paints

    def paint_behind(self, painter: QPainter) -> None:
        """Paint what belongs above the grid and seldom changes."""

    def paint_curves(self, painter: QPainter, fine: bool) -> None:
        """Paint what is new in every frame; with care if there is time."""

    def paint_before(self, painter: QPainter) -> None:
        """Paint what follows the pointer."""

    # ---------------------------------------------------------------------------- for a plot

    def set_names(self, x: str, left: str, right: str = "") -> None:
        """Name the axes, units included."""
        for side, name in (("bottom", x), ("left", left), ("right", right)):
            self.axes[side].name = name
        self.unsettle()

    def set_look(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        self.setBackground(theme.surface)
        for axis in self.axes.values():
            axis.set_look(theme, small_font(self.font()))
        self.unsettle()

    def show_ranges(self, x: Range, y: Range, right: Range) -> None:
        """Let the axes span these ranges."""
        if self._ranges == (x, y, right):
            return
        self._ranges = x, y, right
        self.plotItem.vb.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=False)
        self.axes["right"].setRange(*right)
        self.stale()

    def framing(self, right: bool = False) -> Framing:
        """Return how numbers of the left axis, or of the right one, become places."""
        (x, y), box = self.plotItem.vb.viewRange(), self.view_box()
        x, y = tuple(x), tuple(self.axes["right"].range if right else y)
        place = (box.left(), box.top(), max(box.width(), 1.0), max(box.height(), 1.0))
        return Framing(x, y, *place, log=self.log and not right, scale=self._scale)

    def view_box(self) -> QRectF:
        """Return the place of the view, in pixels of this widget."""
        box: QRectF = self.plotItem.vb.sceneBoundingRect()
        return box

    def unsettle(self) -> None:
        """Lay out axes anew before the next painting."""
        self._settled = False
        self.stale()

    def stale(self) -> None:
        """Paint everything anew, axes included."""
        self._axes_picture = None
        self.moved()

    def moved(self) -> None:
        """Paint the curves anew."""
        self._whole_picture = None
        self.viewport().update()

    def hurry(self) -> None:
        """Draw fast until things rest; what nobody watches has all the time it needs."""
        self.fine = not self.rest.update()
        self.moved()

    # -------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay out axes and view at once: a plot that is painted unseen gets no second chance."""
        super().resizeEvent(event)
        if hasattr(self, "_settled"):  # pyqtgraph resizes while it is being made
            self.unsettle()
            self.settle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the layers: from pictures of them on the screen, else for the device at hand."""
        self.settle()
        with QPainter(self.viewport()) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            # More than the screen's where a picture is made for print.
            self._scale = painter.deviceTransform().m11()
            if self.isVisible() and self._scale == self.viewport().devicePixelRatioF():
                self._paint_from_pictures(painter)
            else:
                self._paint_axes(painter)
                self.paint_curves(painter, True)
            self.paint_before(painter)

    def settle(self) -> None:
        """Bring axes and view into their places, if anything has changed."""
        for _ in range(_SETTLINGS):  # the width of an axis changes the view, and so the ticks
            if self._settled and self.plotItem.layout.isActivated():
                return
            self._lay_out()
            self._settled = True

    # -------------------------------------------------------------------------------- inside

    def _set_up_view(self) -> None:
        item = self.plotItem
        item.hideButtons()
        item.vb.disableAutoRange()
        item.vb.setDefaultPadding(0)
        item.showAxis("right")
        self.axes["left"].gridded = True
        self.axes["bottom"].least_step = 1.0
        for axis in self.axes.values():
            axis.on_change = self.stale
        item.vb.sigResized.connect(self._on_view_resized)

    @Slot()
    def _on_view_resized(self) -> None:
        self.stale()

    @Slot()
    def _on_rest(self) -> None:
        self.fine = True
        self.moved()

    def _lay_out(self) -> None:
        named = self.height() >= NAMELESS_HEIGHT
        for axis in self.axes.values():
            axis.named = named
        right = 0 if self.axes["right"].isVisible() else 10
        self.plotItem.layout.setContentsMargins(0, NAME_HEIGHT + 8 if named else 6, right, 0)
        self.axes["bottom"]._adjustSize()
        self.plotItem.layout.activate()
        self._share_name_room()

    def _share_name_room(self) -> None:
        width, right = self.width() - 8.0, self.axes["right"]
        metrics = QFontMetrics(small_font(self.font()))
        taken = metrics.horizontalAdvance(right.name) + 16 if right.isVisible() else 0
        right.name_room = min(taken, width / 2)
        self.axes["left"].name_room = max(0.0, width - right.name_room)

    def _paint_from_pictures(self, painter: QPainter) -> None:
        if self._axes_picture is None or self._axes_picture.devicePixelRatio() != self._scale:
            self._axes_picture = self._picture()
            with QPainter(self._axes_picture) as inner:
                self._paint_axes(inner)
        if not self.fine:
            painter.drawPixmap(0, 0, self._axes_picture)
            self.paint_curves(painter, False)
            return
        if self._whole_picture is None:
            self._whole_picture = self._axes_picture.copy()
            with QPainter(self._whole_picture) as inner:
                inner.setRenderHint(QPainter.RenderHint.Antialiasing)
                self.paint_curves(inner, True)
        painter.drawPixmap(0, 0, self._whole_picture)

    def _picture(self) -> QPixmap:
        picture = QPixmap(self.viewport().size() * self._scale)
        picture.setDevicePixelRatio(self._scale)
        return picture

    def _paint_axes(self, painter: QPainter) -> None:
        # Not by the scene: of a plot that was never shown it paints nothing.
        self.repaints += 1
        painter.fillRect(self.viewport().rect(), QColor(self.theme.surface))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for axis in self.axes.values():
            if axis.isVisible():
                painter.save()
                painter.translate(axis.scenePos())
                axis.paint(painter)
                painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_behind(painter)
