"""The plot that panels share: curves over epochs, drawn cheaply while they grow."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsSimpleTextItem, QWidget

from nnviz.gui.panels.axes import NAME_HEIGHT, Axis
from nnviz.gui.panels.envelope import Array, outline
from nnviz.gui.panels.legend import small_font
from nnviz.gui.panels.readout import Readout, ReadoutLine
from nnviz.gui.panels.series import Bounds, Line, Range, Reading, Series, decades, from_zero
from nnviz.gui.panels.ticks import exact, log_or_gap, step_up
from nnviz.gui.theme import Theme

REST_MS = 250
"""Milliseconds without new data after which curves are drawn at their best."""

MARGIN = 0.012
"""Room at both ends of the abscissa, as a share of it, so that no mark is cut in half."""

NAMELESS_HEIGHT = 110
"""A plot lower than this, in pixels, gives up the names of its axes."""


class Plot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Curves over epochs, with round axes, exact readings and a range that changes in steps.

    Wheel zooms, drag pans, double click goes back to everything; arrow keys walk the reading.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    read = Signal(object)
    """The `Reading` under the pointer, or None."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        axes = {side: Axis(side) for side in ("left", "bottom", "right")}
        super().__init__(parent, axisItems=axes, enableMenu=False)
        self.axes = axes
        for axis in axes.values():
            axis.setZValue(-1000)  # the grid belongs under the curves
        self.theme = theme
        self.log = False
        self.fit: Callable[[Bounds], Range] = from_zero
        self.lines: dict[str, Line] = {}
        self.x: Array = np.empty(0)
        self.columns: Mapping[str, Array] = {}
        self.x_end = math.inf
        self.headline: Callable[[float], str] = exact
        self._zoom: tuple[Range, Range] | None = None
        self._references: list[tuple[float, str]] = []
        self._reference_items: list[pg.InfiniteLine] = []
        self._reading_x: float | None = None
        self._fine = True
        self._set_up_views()
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._on_rest)
        self.set_theme(theme)

    # ------------------------------------------------------------------------- what it shows

    def set_names(self, x: str, left: str, right: str = "") -> None:
        """Name the axes, units included."""
        for side, name in (("bottom", x), ("left", left), ("right", right)):
            self.axes[side].name = name
        self._share_name_room()

    def set_series(self, series: Sequence[Series], x_end: float = math.inf) -> None:
        """Begin anew with these curves and no data; `x_end` is where the abscissa will end."""
        for line in self.lines.values():
            self._view_of(line).removeItem(line.item)
        self.lines = {one.key: Line(one) for one in series}
        for line in self.lines.values():
            self._view_of(line).addItem(line.item, ignoreBounds=True)
        self.x, self.columns, self.x_end = np.empty(0), {}, x_end
        self._zoom = None
        self.axes["right"].setVisible(any(one.right for one in series))
        self._style()
        self._fit_ranges()

    def set_series_looks(self, series: Sequence[Series]) -> None:
        """Give the same curves other colours or names."""
        for one in series:
            self.lines[one.key].series = one
        self._style()

    def set_references(self, references: Sequence[tuple[float, str]]) -> None:
        """Draw horizontal lines at values of the left axis, each with a label."""
        self._references = list(references)
        self._draw_references()

    def set_hint(self, text: str) -> None:
        """Say this in the middle as long as there is nothing to draw."""
        self._hint.setText(text)
        self._settle()

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        font = small_font(self.font())
        self.setBackground(theme.surface)
        for axis in self.axes.values():
            axis.set_look(theme, font)
        self._readout.set_look(theme, font)
        self._hint.setFont(font)
        self._hint.setBrush(QColor(theme.muted))
        self._cross.setPen(pg.mkPen(theme.muted, width=1))
        self._share_name_room()
        self._style()
        self._draw_references()

    def set_log(self, log: bool) -> None:
        """Make the left axis logarithmic, or linear again; a zoom is given up."""
        self.log = self.axes["left"].log = log
        self._zoom = None
        self.axes["bottom"].baseline = log
        self._draw_references()
        self._redraw()

    def feed(self, x: Array, columns: Mapping[str, Array]) -> None:
        """Show columns that begin with those of the last call, against `x`."""
        self.x, self.columns = x, columns
        for key, line in self.lines.items():
            line.envelope.update(columns[key])
        self._hurry()
        self._redraw()
        if self._reading_x is not None:
            self._show_reading(self._reading_x)

    @property
    def zoom(self) -> tuple[Range, Range] | None:
        """The part of the plane the person chose (log10 of values on a log axis), if any."""
        return self._zoom

    def set_zoom(self, zoom: tuple[Range, Range] | None) -> None:
        """Show this part of the plane, or everything."""
        self._zoom = zoom
        self._redraw()

    # ------------------------------------------------------------------------------- reading

    def reading_at(self, x: float) -> Reading | None:
        """Return the numbers of the epoch nearest to `x`, straight from the columns."""
        if not len(self.x):
            return None
        right = min(int(np.searchsorted(self.x, x)), len(self.x) - 1)
        nearer_left = right > 0 and x - self.x[right - 1] < self.x[right] - x
        row = right - 1 if nearer_left else right
        values = {key: float(self.columns[key][row]) for key in self.lines}
        return Reading(float(self.x[row]), values)

    def _show_reading(self, x: float) -> None:
        reading = self.reading_at(x)
        if reading is None:
            self._hide_reading()
            return
        view = self.plotItem.vb
        self._reading_x = x
        self._cross.setPos(reading.x)
        self._cross.show()
        lines = [
            ReadoutLine(line.series.entry, line.series.text(reading.values[key]))
            for key, line in self.lines.items()
            if math.isfinite(reading.values[key])
        ]
        at = view.mapViewToScene(QPointF(reading.x, 0))
        inside = view.sceneBoundingRect()
        self._readout.show_lines(self.headline(reading.x), lines, at, inside)
        self.read.emit(reading)

    def _hide_reading(self) -> None:
        self._reading_x = None
        self._cross.hide()
        self._readout.hide()
        self.read.emit(None)

    # -------------------------------------------------------------------------------- events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the curves under the pointer."""
        super().mouseMoveEvent(event)
        view, at = self.plotItem.vb, self.mapToScene(event.position().toPoint())
        if view.sceneBoundingRect().contains(at):
            self._show_reading(view.mapSceneToView(at).x())
        else:
            self._hide_reading()

    def leaveEvent(self, event: QEvent) -> None:
        """Put the reading away."""
        super().leaveEvent(event)
        self._hide_reading()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show everything again."""
        self.set_zoom(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk the reading with the arrow keys; 0 shows everything, Escape ends reading."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps and len(self.x):
            now = self._reading_x if self._reading_x is not None else float(self.x[-1])
            row = int(np.abs(self.x - now).argmin()) + steps[Qt.Key(event.key())]
            self._show_reading(float(self.x[min(max(row, 0), len(self.x) - 1)]))
        elif event.key() == Qt.Key.Key_0:
            self.set_zoom(None)
        elif event.key() == Qt.Key.Key_Escape and self._reading_x is not None:
            self._hide_reading()
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Settle axes and views at once: a plot that is painted unseen gets no second chance."""
        super().resizeEvent(event)
        if getattr(self, "_second", None) is not None:
            self._settle()
            self._style()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, everything being in its place."""
        self._settle()
        super().paintEvent(event)

    # ------------------------------------------------------------------------------- inside

    def _set_up_views(self) -> None:
        item = self.plotItem
        item.hideButtons()
        item.vb.disableAutoRange()
        item.vb.setDefaultPadding(0)
        item.showAxis("right")
        self.axes["left"].gridded = True
        self.axes["bottom"].least_step = 1.0
        self._second = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0)
        # Not in the constructor: a view born inside a scene misses its call before painting.
        self._second.setParentItem(item)
        self._second.disableAutoRange()
        self._second.setZValue(item.vb.zValue() - 1)
        self.axes["right"].linkToView(self._second)
        self._second.setXLink(item.vb)
        self._second.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        item.vb.sigResized.connect(self._on_view_resized)
        item.vb.sigRangeChangedManually.connect(self._on_zoomed)
        self._readout = Readout(item)
        self._hint = QGraphicsSimpleTextItem(item)
        self._hint.setZValue(20)
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.hide()
        item.vb.addItem(self._cross, ignoreBounds=True)

    def _view_of(self, line: Line) -> pg.ViewBox:
        return self._second if line.series.right else self.plotItem.vb

    @Slot()
    def _on_view_resized(self) -> None:
        self._second.setGeometry(self.plotItem.vb.geometry())

    @Slot()
    def _on_zoomed(self) -> None:
        (x, y) = self.plotItem.vb.viewRange()
        self._zoom = ((x[0], x[1]), (y[0], y[1]))
        self._redraw()

    @Slot()
    def _on_rest(self) -> None:
        self._fine = True
        self._style()

    def _hurry(self) -> None:
        """Draw fast until the data rest; a plot that nobody watches has all the time it needs."""
        if not self.isVisible():
            return
        self._rest.start()
        self._fine = False

    def _style(self) -> None:
        for line in self.lines.values():
            view = self._view_of(line)
            (left, right), (low, high) = view.viewRange()
            across, up = view.width() / (right - left), view.height() / (high - low)
            line.style(across, up, view.width(), self._fine)

    def _settle(self) -> None:
        named = self.height() >= NAMELESS_HEIGHT
        for axis in self.axes.values():
            axis.named = named
        right = 0 if self.axes["right"].isVisible() else 10
        self.plotItem.layout.setContentsMargins(0, NAME_HEIGHT + 8 if named else 6, right, 0)
        self.axes["bottom"]._adjustSize()
        self.plotItem.layout.activate()
        self._on_view_resized()
        self._share_name_room()
        middle = self.plotItem.vb.sceneBoundingRect().center()
        self._hint.setPos(middle - self._hint.boundingRect().center())
        self._hint.setVisible(not any(line.visible for line in self.lines.values()))

    def _share_name_room(self) -> None:
        width, right = self.width() - 8.0, self.axes["right"]
        metrics = QFontMetrics(small_font(self.font()))
        taken = metrics.horizontalAdvance(right.name) + 16 if right.isVisible() else 0
        right.name_room = min(taken, width / 2)
        self.axes["left"].name_room = max(0.0, width - right.name_room)

    def _redraw(self) -> None:
        self._fit_ranges()
        for key, line in self.lines.items():
            x, y = self._points(line, self.columns[key]) if self.columns else (self.x, self.x)
            line.draw(x, log_or_gap(y) if self.log and not line.series.right else y)
        self._style()

    def _points(self, line: Line, column: Array) -> tuple[Array, Array]:
        if self._zoom is None:
            return line.envelope.points(self.x)
        low, high = self._zoom[0]
        first = max(0, int(np.searchsorted(self.x, low)) - 1)
        last = int(np.searchsorted(self.x, high)) + 1
        return outline(self.x[first:last], column[first:last])

    def _fit_ranges(self) -> None:
        right = self._bounds(True)
        self._second.setYRange(*from_zero(right), padding=0)
        if self._zoom is not None:
            x, y = self._zoom
        else:
            x, y = self._whole_x(), self._whole_y()
        self.plotItem.vb.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=False)

    def _whole_x(self) -> Range:
        newest = float(self.x[-1]) if len(self.x) else 0.0
        end = step_up(max(10.0, newest))
        end = max(min(end, self.x_end), newest, 1.0)
        return -MARGIN * end, (1 + MARGIN) * end

    def _whole_y(self) -> Range:
        bounds = self._bounds(False)
        return decades(bounds) if self.log else self.fit(bounds)

    def _bounds(self, right: bool) -> Bounds:
        lines = [line.envelope for line in self.lines.values() if line.series.right == right]
        levels = [] if right else [value for value, _ in self._references]
        return Bounds(
            min([*(e.low for e in lines if math.isfinite(e.low)), *levels], default=0.0),
            max([*(e.high for e in lines if math.isfinite(e.high)), *levels], default=0.0),
            min(
                [*(e.low_positive for e in lines), *(v for v in levels if v > 0)], default=math.inf
            ),
        )

    def _draw_references(self) -> None:
        for item in self._reference_items:
            self.plotItem.vb.removeItem(item)
        self._reference_items = [self._reference(*pair) for pair in self._references]
        for item in self._reference_items:
            self.plotItem.vb.addItem(item, ignoreBounds=True)

    def _reference(self, value: float, text: str) -> pg.InfiniteLine:
        place = math.log10(value) if self.log and value > 0 else value
        pen = pg.mkPen(self.theme.muted, width=1, dash=[2, 3])
        options = {"position": 0.98, "anchors": [(1, 1), (1, 1)], "color": self.theme.muted}
        item = pg.InfiniteLine(
            place, angle=0, pen=pen, movable=False, label=text, labelOpts=options
        )
        item.label.setFont(small_font(self.font()))
        item.setZValue(1)
        return item
