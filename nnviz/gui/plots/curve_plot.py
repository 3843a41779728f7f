"""Curves over epochs: round ranges, exact readings at any zoom, kept runs behind."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.gui.look.numbers import count, short
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.curve import Curve, RunCurves, Series, Spans, bounds_of, spans_of
from nnviz.gui.plots.marks import EdgeMarks, LabelledLine, Tag
from nnviz.gui.plots.ranges import (
    Array,
    Bounds,
    Range,
    around,
    decades,
    from_zero,
    held,
    log_or_gap,
    spread,
    step_up,
)
from nnviz.gui.plots.reading import Reading, ReadingCard, card_rows, nearest, values_at
from nnviz.gui.plots.still_plot import StillPlot
from nnviz.training.condensing import exact_row
from nnviz.training.history import Column

MARGIN = 0.012
"""Room at both ends of the abscissa, as a share of it, so that no mark is cut in half."""

LEAST_EPOCHS = 4.0
"""Closer than this there is nothing more to see."""

_ZERO = -400.0
"""Stands for the logarithm of zero: ten to it is 0."""

_PRINT = 4
"""Pixels, in one of the window's, that a picture made for print may have."""


@guarded
class CurvePlot(StillPlot):
    """Curves over epochs, with round axes, exact readings and a range that changes in steps.

    The wheel zooms into epochs, and beside the left axis into its values; drag pans, double click
    goes back to everything, a click chooses the epoch; arrow keys walk the reading, Enter chooses
    its epoch.
    """

    read = Signal(object)
    """The `Reading` under the pointer, or None."""

    epoch_chosen = Signal(object)
    """The person clicked at this epoch of the run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.chart = Chart(right=True)
        self.curves: dict[str, Curve] = {}
        self.runs: tuple[RunCurves, ...] = ()
        self.headings: tuple[str, ...] = ()
        self.fit: Callable[[Bounds], Range] = from_zero
        self.headline: Callable[[float], str] = count
        self.epochs: Column | None = None
        self.x_end = math.inf
        self.log = False
        self.reading: Reading | None = None
        self._past: float | None = None
        self._zoom: tuple[Range, Range] | None = None
        self._levels: list[tuple[float, str, LabelledLine]] = []
        self._clicked: float | None = None
        self._hint_text = ""
        super().__init__((self.chart,), parent)
        self._epoch, self._edges = LabelledLine(self.chart, False), EdgeMarks(self.chart)
        self._card, self._hint = ReadingCard(self.chart), Tag(self.chart, "muted", "")
        self._cross = self.chart.add(pg.InfiniteLine(angle=90))
        self._cross.hide()
        self.chart.axes["bottom"].least_step = 1.0
        self.chart.axes["left"].setGrid(255)
        self.chart.view.setMouseEnabled(x=True, y=True)
        self.chart.view.sigRangeChangedManually.connect(self._on_moved)
        self._click = QTimer(self, singleShot=True)
        self._click.timeout.connect(self._on_single_click)
        self.pressed.connect(self._on_pressed)
        for changed in (self.resized, self.restyled, self.idle.idle):
            changed.connect(self.redraw)
        self.redraw()

    # ------------------------------------------------------------------------- what it shows

    def set_series(self, series: Sequence[Series], x_end: float = math.inf) -> None:
        """Begin anew with these curves and no data; `x_end` is where the abscissa will end."""
        self._click.stop()
        self._take_out(self.curves.values())
        self.curves = {one.key: Curve(one) for one in series}
        self._put_in(self.curves.values())
        moving = [item for curve in self.curves.values() for item in curve.items]
        self.chart.moving = sorted(moving, key=lambda item: item.zValue())
        self.epochs, self.x_end, self._past, self._zoom = None, x_end, None, None
        self.chart.axes["right"].setVisible(any(one.right for one in series))
        self.idle.reset()
        self.redraw()

    def set_looks(self, series: Sequence[Series]) -> None:
        """Give the same curves other colours or names."""
        for one in series:
            self.curves[one.key].series = one
        self.redraw()

    def set_runs(self, runs: Sequence[RunCurves], headings: Sequence[str]) -> None:
        """Draw these kept runs, all there are, behind the run's own curves.

        The headings say what their curves are, in the order of their values in the reading.
        """
        before, self.runs, self.headings = self._run_curves(), tuple(runs), tuple(headings)
        now = self._run_curves()
        self._take_out(curve for curve in before if curve not in now)
        self._put_in(curve for curve in now if curve not in before)
        self.redraw()

    def set_levels(self, levels: Sequence[tuple[float, str]]) -> None:
        """Draw dotted lines at values of the left axis, each with a label."""
        for _, _, line in self._levels:
            line.remove()
        self._levels = [(*level, LabelledLine(self.chart, True)) for level in levels]
        self.redraw()

    def set_hint(self, text: str) -> None:
        """Say this in the middle as long as there is nothing to draw."""
        self._hint_text = text
        self.redraw()

    def set_names(self, names: Names) -> None:
        """Name the axes, units included."""
        self.chart.set_names(names)

    def set_log(self, log: bool) -> None:
        """Make the left axis logarithmic, or linear again; a zoom is given up."""
        self.log = log
        self.chart.axes["left"].setLogMode(x=False, y=log)
        self.set_zoom(None)

    def feed(self, x: Column, columns: Mapping[str, Column], past: float | None = None) -> None:
        """Show columns, by the key of the curve, that begin with those of the last call.

        They are drawn against the epochs `x`; `past` is that shown elsewhere, if not the newest.
        """
        self.epochs, self._past = x, past
        for key, curve in self.curves.items():
            curve.feed(x, columns[key])
        self.idle.update()
        self.redraw()

    @property
    def keeps(self) -> bool:
        """Whether nothing that stands still is in front of the curves: then it is kept."""
        in_front = self._past is not None or self.reading is not None or self._edges.are_shown
        return super().keeps and not in_front

    @property
    def zoom(self) -> tuple[Range, Range] | None:
        """The part of the plane the person chose (log10 of values on a log axis), if any."""
        return self._zoom

    def set_zoom(self, zoom: tuple[Range, Range] | None) -> None:
        """Show this part of the plane, or everything."""
        self._zoom = zoom
        self.redraw()

    def points(self, key: str) -> tuple[Array, Array]:
        """Return what is drawn of a curve: at most a few points a pixel; log10 on a log axis."""
        curve = self.curves[key]
        spans = dict(self._with_spans(self.chart.shown[0]))[curve]
        return curve.points(spans, self.log and not curve.series.right)

    # ------------------------------------------------------------------------------- drawing

    @Slot()
    def redraw(self) -> None:
        """Draw what there is: cheaply while it moves, with care while it is idle."""
        bounds = self._bounds()
        x, y = self._zoom or (self._whole_x(), self._whole_y(bounds))
        self.chart.set_ranges(x, y, from_zero(self._bounds(right=True)))
        careful = not self.idle.moving
        for curve, spans in self._with_spans(self.chart.shown[0]):
            curve.draw(self.chart, spans, self.log, self._past, careful)
        for level, text, line in self._levels:
            line.show_at(float(log_or_gap(np.array(level))) if self.log else level, text)
        past = self._past
        self._epoch.show_at(*((math.nan, "") if past is None else (past, self.headline(past))))
        self._mark_edges(bounds)
        self._show_hint()
        if self.reading is not None:
            self._show_reading(self.reading.x)

    def _mark_edges(self, bounds: Bounds) -> None:
        low, high = self.chart.shown[1]
        ends = np.array((bounds.low, bounds.high))
        least, most = log_or_gap(ends) if self.log else ends
        if low <= least and most <= high:
            self._edges.hide()
            return
        drawn = [curve.drawn for curve in self._lefts()] or [(np.empty(0), np.empty(0))]
        x, y = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
        self._edges.show_beyond(x, np.where(np.isneginf(y), _ZERO, y), self._value_text)

    def _show_hint(self) -> None:
        (left, right), (low, high) = self.chart.shown
        text = self._hint_text if all(curve.is_empty for curve in self._lefts()) else ""
        self._hint.show_at(text, (left + right) / 2, (low + high) / 2, (0.5, 0.5))

    def _value_text(self, height: float) -> str:
        write = next((curve.series.text for curve in self._lefts()), short)
        return write(10.0**height if self.log else height)

    def _lefts(self) -> list[Curve]:
        return [curve for curve in self.curves.values() if not curve.series.right]

    @property
    def pixels(self) -> float:
        """How many there are across, of the finest screen or paper it may be drawn on."""
        finer = self.devicePixelRatioF() if self.isVisible() else _PRINT
        return max(self.chart.box.width(), 1.0) * finer

    def _with_spans(self, epochs: Range) -> Iterator[tuple[Curve, Spans]]:
        """Yield curves, those of kept runs first, and what of each is drawn in a span of epochs."""
        pixels = self.pixels
        for x, curves in (*((run.x, run.curves) for run in self.runs), (self.epochs, self.curves)):
            spans = () if x is None else spans_of(x, epochs, pixels)
            yield from ((curve, spans) for curve in curves.values())

    def _put_in(self, curves: Iterable[Curve]) -> None:
        for item in (item for curve in curves for item in curve.items):
            self.chart.add(item)

    def _take_out(self, curves: Iterable[Curve]) -> None:
        for item in (item for curve in curves for item in curve.items):
            self.chart.view.removeItem(item)

    def _run_curves(self) -> list[Curve]:
        return [curve for run in self.runs for curve in run.curves.values()]

    def _whole_x(self) -> Range:
        newest = max((x[-1] for x in self._abscissae()), default=0.0)
        # A run that goes on beyond its end moves in steps too: axes are dear.
        beyond = self.idle.moving and self.epochs and self.epochs[-1] > self.x_end
        end = step_up(max(10.0, newest))
        end = max(end if beyond else min(end, self.x_end), newest, 1.0)
        return -MARGIN * end, (1 + MARGIN) * end

    def _whole_y(self, bounds: Bounds) -> Range:
        return decades(bounds) if self.log else self.fit(bounds)

    def _bounds(self, right: bool = False) -> Bounds:
        curves = [curve for curve in self.curves.values() if curve.series.right == right]
        if right:
            return bounds_of(curves, [])
        return bounds_of(curves + self._run_curves(), [level for level, *_ in self._levels])

    # ------------------------------------------------------------------------------- reading

    def reading_at(self, x: float) -> Reading | None:
        """Return the numbers of the epoch nearest to `x`, straight from the columns."""
        there = [nearest(epochs, x) for epochs in self._abscissae()]
        if not there:
            return None
        epoch = min(there, key=lambda one: abs(one - x))
        runs = {run.slot: values_at(epoch, run.curves) for run in self.runs}
        return Reading(epoch, values_at(epoch, self.curves), runs)

    def _abscissae(self) -> list[Column]:
        own = [] if self.epochs is None else [self.epochs]
        return [x for x in (*own, *(run.x for run in self.runs)) if len(x)]

    def _show_reading(self, x: float | None) -> None:
        self.reading = reading = None if x is None else self.reading_at(x)
        self._cross.setVisible(reading is not None)
        self._card.setVisible(reading is not None)
        if reading is not None:
            self._cross.setPen(self.theme.muted)
            self._cross.setValue(self.chart.crisp(reading.x, 0).x())
            rows = card_rows(reading, self.curves, self.runs, self.headings)
            self._card.show_rows(reading.x, self.headline(reading.x), rows)
        self.read.emit(reading)

    # -------------------------------------------------------------------------------- events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the curves under the pointer."""
        self.chart.view.updateMatrix()  # a drag goes by it, and only painting would renew it
        super().mouseMoveEvent(event)
        self._read_at(event.position())

    def _read_at(self, place: QPointF) -> None:
        inside = self.chart.box.contains(place)
        if inside or self.reading is not None:
            self._show_reading(self.chart.value(place).x() if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Put the reading away."""
        super().leaveEvent(event)
        self._show_reading(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look closer at epochs, or from farther; beside the left axis, at its values."""
        if self.epochs is None or not event.angleDelta().y():
            event.ignore()
            return
        place, at = event.position(), self.chart.value(event.position()).x()
        beside = place.x() < self.chart.box.left()
        self.chart.view.setMouseEnabled(x=not beside, y=beside)
        super().wheelEvent(event)
        self.chart.view.setMouseEnabled(x=True, y=True)
        if self._zoom is not None and not beside:
            # Other numbers at the axis may have moved the view from under the pointer.
            (left, right), values = self._zoom
            lack = at - self.chart.value(place).x()
            self.set_zoom((held((left + lack, right + lack), self._whole_x(), 0.0), values))
        self._read_at(event.position())

    @Slot(object)
    def _on_moved(self, axes: Sequence[bool]) -> None:
        """Show what the wheel or a drag has moved to; of epochs alone, what their values need."""
        self.idle.update()
        (left, right), (low, high) = self.chart.view.viewRange()
        whole = self._whole_x()
        epochs = held((left, right), whole, LEAST_EPOCHS)
        values: Range | None = spread((low, high))
        if list(axes) == [True, False]:
            drawn = self._with_spans(epochs)
            lefts = ((curve, spans) for curve, spans in drawn if not curve.series.right)
            values = around(curve.points(spans, self.log)[1] for curve, spans in lefts)
            values = None if epochs == whole else values
        self.set_zoom(None if values is None else (epochs, values))
        self.chart.settle()  # the view was moved behind the chart's back

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show everything again."""
        self._click.stop()
        self.set_zoom(None)
        self._read_at(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk the reading with the arrow keys; 0 shows everything, Escape ends reading."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        epochs = self.epochs or None
        if event.key() in steps and epochs is not None:
            now = self.reading.x if self.reading is not None else epochs[-1]
            step = steps[Qt.Key(event.key())]
            row = min(max(epochs.place(nearest(epochs, now)) + step, 0), len(epochs) - 1)
            self._show_reading(epochs[exact_row(epochs, row, step)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.reading is not None:
            self._choose(self.reading.x)
        elif event.key() == Qt.Key.Key_0:
            self.set_zoom(None)
        elif event.key() == Qt.Key.Key_Escape and self.reading is not None:
            self._show_reading(None)
        else:
            event.ignore()

    @Slot(object, QPointF)
    def _on_pressed(self, chart: Chart, place: QPointF) -> None:
        self._clicked = chart.value(place).x()
        # Only where a double click means something must one wait whether it is one.
        self._click.start(0 if self._zoom is None else QApplication.doubleClickInterval())

    @Slot()
    def _on_single_click(self) -> None:
        if self._clicked is not None:
            self._choose(self._clicked)

    def _choose(self, x: float) -> None:
        if self.epochs:
            self.epoch_chosen.emit(int(nearest(self.epochs, x)))
