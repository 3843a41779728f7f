"""The plot that panels share: curves over epochs, drawn cheaply while they grow."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.gui.look.theme import Theme, blend
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.canvas import Canvas
from nnviz.gui.panels.envelope import Array
from nnviz.gui.panels.legend import small_font
from nnviz.gui.panels.lines import GhostCurves, Line, bounds_of
from nnviz.gui.panels.marks import (
    FLAG_HEIGHT,
    Reference,
    paint_cross,
    paint_epoch,
    paint_hint,
    paint_references,
)
from nnviz.gui.panels.readout import Readout, ReadoutLine
from nnviz.gui.panels.series import Bounds, Range, Reading, Series, decades, from_zero
from nnviz.gui.panels.ticks import exact, step_up
from nnviz.gui.panels.zooming import LEAST_EPOCHS, around, held, spread, zoomed
from nnviz.training.columns import Column

MARGIN = 0.012
"""Room at both ends of the abscissa, as a share of it, so that no mark is cut in half."""

_PALE = 0.4


@guarded
class Plot(Canvas):
    """Curves over epochs, with round axes, exact readings and a range that changes in steps.

    The wheel zooms into epochs, and beside the left axis into its values; drag pans, double click
    goes back to everything, a click chooses the epoch; arrow keys walk the reading, Enter chooses
    its epoch.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    read = Signal(object)
    """The `Reading` under the pointer, or None."""

    epoch_chosen = Signal(int)
    """The person clicked at this epoch of the run."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.fit: Callable[[Bounds], Range] = from_zero
        self.lines: dict[str, Line] = {}
        self.ghosts: tuple[GhostCurves, ...] = ()
        self.headings: tuple[str, ...] = ()
        self.x: Column | None = None
        self.x_end = math.inf
        self.headline: Callable[[float], str] = exact
        self.past: float | None = None
        self.readout = Readout()
        self._zoom: tuple[Range, Range] | None = None
        self._references: list[Reference] = []
        self._reading: Reading | None = None
        self._hint = ""
        self._clicked: float | None = None
        self._click = QTimer(self, singleShot=True)
        self._click.timeout.connect(self._on_single_click)
        self.scene().sigMouseClicked.connect(self._on_clicked)
        self.plotItem.vb.sigRangeChangedManually.connect(self._on_zoomed)
        self.set_theme(theme)

    # ------------------------------------------------------------------------- what it shows

    def set_series(self, series: Sequence[Series], x_end: float = math.inf) -> None:
        """Begin anew with these curves and no data; `x_end` is where the abscissa will end."""
        self.rest.reset()
        self._click.stop()  # it meant an epoch of the curves before
        self.lines = {one.key: Line(one) for one in series}
        self.x, self.x_end, self.past = None, x_end, None
        self._zoom = None
        self.axes["right"].setVisible(any(one.right for one in series))
        self.unsettle()
        self._fit_ranges()

    def set_series_looks(self, series: Sequence[Series]) -> None:
        """Give the same curves other colours or names."""
        for one in series:
            self.lines[one.key].series = one
        self.moved()

    def set_ghosts(self, ghosts: Sequence[GhostCurves], headings: Sequence[str]) -> None:
        """Draw these kept runs behind the run's own curves.

        Parameters
        ----------
        ghosts
            All there are.
        headings
            What their curves are, in the order of their values in the readout.
        """
        self.ghosts, self.headings = tuple(ghosts), tuple(headings)
        self.stale()
        self._fit_ranges()

    def set_references(self, references: Sequence[Reference]) -> None:
        """Draw horizontal lines at values of the left axis, each with a label."""
        self._references = list(references)
        self.stale()

    def set_hint(self, text: str) -> None:
        """Say this in the middle as long as there is nothing to draw."""
        self._hint = text
        self.moved()

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.set_look(theme)
        self.readout.set_look(theme, small_font(self.font()))

    def set_log(self, log: bool) -> None:
        """Make the left axis logarithmic, or linear again; a zoom is given up."""
        self.log = self.axes["left"].log = log
        self.axes["bottom"].baseline = log
        self._ranges = None  # the same numbers would mean something else
        self.set_zoom(None)

    def feed(self, x: Column, columns: Mapping[str, Column], past: float | None = None) -> None:
        """Show columns that begin with those of the last call, against `x`.

        Parameters
        ----------
        x
            Epochs.
        columns
            By the key of the curve.
        past
            The epoch shown elsewhere, if it is not the newest.
        """
        self.x, self.past = x, past
        for key, line in self.lines.items():
            line.feed(x, columns[key])
        self._fit_ranges()
        self.hurry()
        if self._reading is not None:
            self._show_reading(self._reading.x)

    @property
    def zoom(self) -> tuple[Range, Range] | None:
        """The part of the plane the person chose (log10 of values on a log axis), if any."""
        return self._zoom

    def set_zoom(self, zoom: tuple[Range, Range] | None) -> None:
        """Show this part of the plane, or everything."""
        self._zoom = zoom
        self._fit_ranges()

    def points(self, key: str) -> tuple[Array, Array]:
        """Return what is drawn of a curve: at most a few points a pixel; log10 on a log axis."""
        line = self.lines[key]
        return line.points(self.framing(line.series.right))

    # ------------------------------------------------------------------------------- reading

    def reading_at(self, x: float) -> Reading | None:
        """Return the numbers of the epoch nearest to `x`, straight from the columns."""
        there = [_nearest(epochs, x) for epochs in self._abscissae()]
        if not there:
            return None
        epoch = min(there, key=lambda one: abs(one - x))
        ghosts = {
            ghost.slot: {key: line.value_at(epoch) for key, line in ghost.lines.items()}
            for ghost in self.ghosts
        }
        return Reading(epoch, {k: line.value_at(epoch) for k, line in self.lines.items()}, ghosts)

    def _abscissae(self) -> list[Column]:
        own = [] if self.x is None else [self.x]
        return [x for x in (*own, *(ghost.x for ghost in self.ghosts)) if len(x)]

    def _show_reading(self, x: float) -> None:
        self._reading = reading = self.reading_at(x)
        if reading is None:
            self._hide_reading()
            return
        framing = self.framing()
        at = QPointF(framing.place(reading.x), framing.top)
        lines = list(self._readout_lines(reading))
        # The flag at the epoch shown stays in sight.
        inside = framing.box.adjusted(0, 0 if self.past is None else FLAG_HEIGHT, 0, 0)
        self.readout.show_lines(self.headline(reading.x), lines, at, inside, self.height())
        self.viewport().update()
        self.read.emit(reading)

    def _readout_lines(self, reading: Reading) -> Iterator[ReadoutLine]:
        for key, line in self.lines.items():
            if math.isfinite(value := reading.values[key]):
                yield ReadoutLine(line.series.entry, (line.series.text(value),))
        told = [ghost for ghost in self.ghosts if _any_finite(reading.ghosts[ghost.slot])]
        if told:
            yield ReadoutLine(None, self.headings)
        for ghost in told:
            values = reading.ghosts[ghost.slot].items()
            texts = (ghost.lines[k].series.text(v) if math.isfinite(v) else "–" for k, v in values)
            yield ReadoutLine(ghost.entry, tuple(texts))

    def _read_at(self, at: QPointF) -> None:
        framing = self.framing()
        if framing.box.contains(at):
            self._show_reading(framing.value(at.x()))
        elif self._reading is not None:
            self._hide_reading()

    def _hide_reading(self) -> None:
        self._reading = None
        self.readout.hide()
        self.viewport().update()
        self.read.emit(None)

    # ------------------------------------------------------------------------------ painting

    def paint_behind(self, painter: QPainter) -> None:
        """Paint levels to compare with, and kept runs."""
        framing, font = self.framing(), small_font(self.font())
        paint_references(painter, framing, self._references, self.theme, font)
        painter.save()
        painter.setClipRect(framing.box)
        for ghost in reversed(self.ghosts):
            for line in ghost.lines.values():
                line.paint(painter, framing, True, line.series.entry.color)
        painter.restore()

    def paint_curves(self, painter: QPainter, fine: bool) -> None:
        """Paint the run's curves, and a dot on each at the epoch that is told in words."""
        left, right = self.framing(), self.framing(right=True)
        painter.save()
        painter.setClipRect(left.box)
        ordered = sorted(self.lines.values(), key=lambda line: not line.series.right)
        for line in ordered:
            color, framing = line.series.entry.color, right if line.series.right else left
            if self.past is None:
                line.paint(painter, framing, fine, color)
            else:
                pale = blend(color, self.theme.surface, _PALE)
                line.paint_apart(painter, framing, fine, (self.past, pale))
        painter.restore()
        if self.past is not None:
            look = (self.theme.accent, self.theme, small_font(self.font()))
            paint_epoch(painter, left, self.past, self.headline(self.past), look)
        for line in ordered:
            line.paint_dot(painter, right if line.series.right else left, self.past)
        if self._hint and not any(line.visible(self.log) for line in self.lines.values()):
            paint_hint(painter, left, self._hint, self.theme, small_font(self.font()))

    def paint_before(self, painter: QPainter) -> None:
        """Paint the reading."""
        if self._reading is not None:
            paint_cross(painter, self.framing(), self._reading.x, self.theme)
            self.readout.paint(painter)

    # -------------------------------------------------------------------------------- events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the curves under the pointer."""
        # A drag goes by the view's matrix, which only the scene's own painting would renew.
        self.plotItem.vb.updateMatrix()
        super().mouseMoveEvent(event)
        self._read_at(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look closer at epochs, or from farther; beside the left axis, at its values."""
        if self.x is None or not (turned := event.angleDelta().y()):
            event.ignore()
            return
        framing, at = self.framing(), event.position()
        if at.x() >= framing.left:
            self._look_at(zoomed(framing.x, framing.value(at.x()), turned))
        else:
            share = (framing.top + framing.height - at.y()) / framing.height
            value = framing.y[0] + share * (framing.y[1] - framing.y[0])
            self.set_zoom((framing.x, spread(zoomed(framing.y, value, turned))))
        self.hurry()
        self._read_at(at)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Put the reading away."""
        super().leaveEvent(event)
        self._hide_reading()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show everything again."""
        self._click.stop()
        self.set_zoom(None)
        self._read_at(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk the reading with the arrow keys; 0 shows everything, Escape ends reading."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        epochs = self.x if self.x is not None and len(self.x) else None
        if event.key() in steps and epochs is not None:
            now = self._reading.x if self._reading is not None else epochs[-1]
            row = epochs.place(_nearest(epochs, now)) + steps[Qt.Key(event.key())]
            self._show_reading(epochs[min(max(row, 0), len(epochs) - 1)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._reading is not None:
            self._choose(self._reading.x)
        elif event.key() == Qt.Key.Key_0:
            self.set_zoom(None)
        elif event.key() == Qt.Key.Key_Escape and self._reading is not None:
            self._hide_reading()
        else:
            event.ignore()

    @Slot(object)
    def _on_clicked(self, event: MouseClickEvent) -> None:
        framing, at = self.framing(), event.scenePos()
        if event.button() != Qt.MouseButton.LeftButton or not framing.box.contains(at):
            return
        self._clicked = framing.value(at.x())
        # Only where a double click means something must one wait whether it is one.
        waits = self._zoom is not None
        self._click.start(QApplication.doubleClickInterval() if waits else 0)

    @Slot()
    def _on_single_click(self) -> None:
        if self._clicked is not None:
            self._choose(self._clicked)

    def _choose(self, x: float) -> None:
        if self.x is not None and len(self.x):
            self.epoch_chosen.emit(int(_nearest(self.x, x)))

    @Slot()
    def _on_zoomed(self) -> None:
        (x, y) = self.plotItem.vb.viewRange()
        self._zoom = held((x[0], x[1]), self._whole_x(), LEAST_EPOCHS), (y[0], y[1])
        self._ranges = None  # set by the view itself
        self.hurry()
        self._fit_ranges()

    # -------------------------------------------------------------------------------- ranges

    def _look_at(self, epochs: Range) -> None:
        """Show these epochs, and of the left axis what their values need."""
        whole = self._whole_x()
        epochs = held(epochs, whole, LEAST_EPOCHS)
        lines = [line for line in self.lines.values() if not line.series.right]
        lines += self._ghost_lines()
        framing = replace(self.framing(), x=epochs)
        values = around(line.points(framing)[1] for line in lines)
        everything = epochs == whole or values is None
        self.set_zoom(None if everything else (epochs, values or framing.y))

    def _fit_ranges(self) -> None:
        x, y = self._zoom or (self._whole_x(), self._whole_y())
        self.show_ranges(x, y, from_zero(self._bounds(True)))

    def _ghost_lines(self) -> list[Line]:
        return [line for ghost in self.ghosts for line in ghost.lines.values()]

    def _whole_x(self) -> Range:
        newest = max((x[-1] for x in self._abscissae()), default=0.0)
        end = step_up(max(10.0, newest))
        end = max(min(end, self.x_end), newest, 1.0)
        return -MARGIN * end, (1 + MARGIN) * end

    def _whole_y(self) -> Range:
        bounds = self._bounds(False)
        return decades(bounds) if self.log else self.fit(bounds)

    def _bounds(self, right: bool) -> Bounds:
        lines = [line for line in self.lines.values() if line.series.right == right]
        levels = [] if right else [value for value, _ in self._references]
        if not right:
            lines += self._ghost_lines()
        return bounds_of(lines, levels)


def _nearest(x: Column, value: float) -> float:
    """Return the number nearest to a value, the smaller of two; `x` ascends and is not empty."""
    after = min(x.place(value), len(x) - 1)
    before = max(after - 1, 0)
    return x[before] if value - x[before] <= x[after] - value else x[after]


def _any_finite(values: Mapping[str, float]) -> bool:
    return any(map(math.isfinite, values.values()))
