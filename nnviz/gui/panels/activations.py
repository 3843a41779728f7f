"""What the neurons answer: a histogram and a heat map of neurons × samples for every layer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dropout, Flatten, LayerSpec
from nnviz.engine.network import LayerTrace
from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import SPACE, Theme, blend
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.bins import Histogram, histogram
from nnviz.gui.panels.chart import AxisScale, Chart, scale, ticks_for, y_gutter
from nnviz.gui.panels.layered import ALL, LayeredPanel
from nnviz.gui.panels.ticks import Ticks, number, percent, step_up
from nnviz.training.inspection import ACTIVATION_ROWS, Inspection, quick_rows
from nnviz.training.problem import Problem

BINS = 30
_LANE = 8
"""Pixels under a heat map for the strip of classes and the mark of the chosen sample."""

_LEAST_FOR_TWO = 78
"""A layer's place lower than this, in pixels, shows the heat map alone."""

_NARROW = 100
"""A chart narrower than this, in pixels, gives up the labels of its vertical axis."""

_NO_LABELS = 1
"""Room, in pixels, left of a chart without such labels."""

_SMALL = 72
"""A chart lower than this, in pixels, gives up the names of its axes."""

_ROOM_FOR_ORDER = 118
"""A chart narrower than this, in pixels, does not say in which order its samples are."""

_WRITTEN = (36, 15)
"""A cell at least this wide and high, in pixels, has its number written in it."""

_WIDEST = Ticks((0.0,), (percent(1.0, 0.01),))
"""As wide as a histogram's labels can be."""

_Array = NDArray[np.floating]


def sorted_rows(problem: Problem, most: int = ACTIVATION_ROWS) -> NDArray[np.intp]:
    """Return the order of the drawn samples: by class, or by target."""
    index = problem.train.index[:most]
    return np.argsort(problem.dataset.targets[index].ravel(), kind="stable")


class ActivationsPanel(LayeredPanel):
    """Which neurons fire for which samples; dead and saturated ones show at a glance.

    Of a layer of pictures the heat map shows each channel's mean, for a line a pixel would be too
    fine to see; the histogram counts every pixel.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    key = "activations"
    title = str(QT_TRANSLATE_NOOP("ActivationsPanel", "Activations"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "ActivationsPanel",
            "What the neurons of each layer answer to all samples. Many neurons stuck at one end "
            "learn no more.",
        )
    )
    aspect = 1.2
    least_width = 60

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(self.tr("Activations of every layer's neurons"))
        self.histograms: dict[int, Histogram] = {}
        self.values: dict[int, _Array] = {}
        """Of every layer that is drawn: activations, shape (samples, neurons)."""
        self._order: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._rows: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._ranges: list[tuple[float, float]] = []
        self._chosen = -1
        self._boxes: dict[int, QRect] = {}

    def draws(self, layer: LayerSpec) -> bool:
        """Return whether a layer makes numbers of its own; the others hand on what they get."""
        return not isinstance(layer, Dropout | Flatten)

    def begin(self, problem: Problem) -> None:
        """Sort the new run's samples and start from the activations' own ranges."""
        self._sort(problem, ACTIVATION_ROWS)
        self._ranges = [
            own_range(ACTIVATIONS[layer.activation].output_range)
            for layer in problem.experiment.network.layers
        ]
        self.histograms, self.values = {}, {}
        super().begin(problem)

    def show_frame(self, frame: Frame) -> None:
        """Take over a new moment and the chosen sample."""
        if frame.row != self._chosen:
            self._chosen = frame.row
            self.canvas.update()
        super().show_frame(frame)

    def read(self, inspection: Inspection) -> None:
        """Take the activations, samples in order, and count them.

        Of a network so large that even these few samples would take long, fewer while it moves.
        """
        problem, most = inspection.problem, ACTIVATION_ROWS
        if self.rest.moving:
            most = min(most, quick_rows(problem))
        if len(self._order) != min(most, problem.train.rows):
            self._sort(problem, most)
        traces, ranges = inspection.activations(most), list(self._ranges)
        for layer in self.layers:
            trace = traces[layer]
            self.values[layer] = neurons_of(trace).T.take(self._order, axis=1).T
            ranges[layer] = widened(ranges[layer], trace.a)
            self.histograms[layer] = histogram(trace.a, *ranges[layer], BINS)
        if ranges != self._ranges or most != ACTIVATION_ROWS:
            self._ranges = ranges
            self._show_legend()

    def _sort(self, problem: Problem, most: int) -> None:
        self._order = sorted_rows(problem, most)
        self._rows = problem.train.index[:most][self._order]

    def largest(self, layer: int) -> float:
        """Return the activation that has the full colour."""
        low, high = self._ranges[layer]
        return max(abs(low), abs(high))

    def legend(self) -> list[LegendEntry]:
        """Return the colour bar: from the lowest to the highest activation shown."""
        theme = self.theme
        if not self._ranges:
            return []
        shown = self.shown_layers()
        low = min(self._ranges[layer][0] for layer in shown)
        label = self._range_words(low < 0)
        start = theme.negative if low < 0 else theme.neutral
        return [LegendEntry(label, start, "gradient", theme.positive)]

    def _range_words(self, signed: bool) -> str:
        """Return the ends of the colour bar; in a picture, which has no tab, of what they are."""
        shown = self.shown_layers()
        largest = self.largest(shown[0])
        if len({self.largest(layer) for layer in shown}) > 1:
            if signed:
                return self.tr("activation, by layer") if self.bare else self.tr("by layer")
            return (
                self.tr("activation, from 0, by layer")
                if self.bare
                else self.tr("from 0, by layer")
            )
        if signed:
            text = (
                self.tr("activation −{end} to {end}") if self.bare else self.tr("−{end} to {end}")
            )
        else:
            text = self.tr("activation 0 to {end}") if self.bare else self.tr("0 to {end}")
        return text.format(end=_trim(number(largest, largest / 100)))

    def description(self) -> str:
        """Return mean and share of silent activations of the shown layer in a sentence."""
        if not self.values:
            return self.tr("No activations have been seen yet.")
        layer = self.shown_layers()[0]
        values = self.values[layer]
        return self.tr(
            "After epoch {epoch} the activations of layer {layer} have a mean of {mean} over"
            " {samples} samples, and {silent} of them are 0."
        ).format(
            epoch=number(self.epoch, 1.0),
            layer=self.names[layer],
            mean=number(float(values.mean()), 0.001),
            samples=len(values),
            silent=percent(float((values == 0).mean()), 0.001),
        )

    def charts(self, metrics: QFontMetrics, area: QRect, layer: int) -> Sequence[Chart]:
        """Return the frame of a layer's heat map, and of its histogram if there is room."""
        if area.height() < _LEAST_FOR_TWO:
            return (self._heat_chart(metrics, area, layer, None),)
        return self._two_charts(metrics, area, layer)

    def look(self, layer: int) -> object:
        """Return which sample is marked, and among how many."""
        return self._chosen, len(self._rows)

    def paint_still(self, painter: QPainter, layer: int, charts: Sequence[Chart]) -> None:
        """Paint frames, the samples' classes and the mark of the chosen one."""
        super().paint_still(painter, layer, charts)
        self._draw_lane(painter, charts[0], len(self._rows))

    def paint_live(self, painter: QPainter, layer: int, charts: Sequence[Chart]) -> None:
        """Paint a layer's heat map and the bars of its histogram."""
        self._boxes[layer] = charts[0].box
        self._paint_heat(painter, charts[0], layer)
        for bars in charts[1:]:
            counts = self.histograms[layer]
            bars.draw_bars(painter, counts, self._bar_colors(), counts.shares)

    def explain(self, layer: int, at: QPoint) -> str:
        """Say neuron, sample and activation under the pointer."""
        cell = self._cell_at(layer, at)
        if cell is None:
            return ""
        neuron, sample = cell
        said = self.tr("neuron {neuron}, sample {sample}: {value}")
        if self._of_pictures(layer):
            said = self.tr("channel {neuron}, sample {sample}: mean {value}")
        return said.format(
            neuron=neuron + 1,
            sample=int(self._rows[sample]) + 1,
            value=f"{float(self.values[layer][sample, neuron]):.4g}",
        )

    def press(self, layer: int, at: QPoint) -> None:
        """Choose the sample of the column that was clicked."""
        cell = self._cell_at(layer, at)
        if cell is not None:
            self.row_chosen.emit(int(self._rows[cell[1]]))

    def _cell_at(self, layer: int, at: QPoint) -> tuple[int, int] | None:
        box = self._boxes.get(layer)
        if box is None or not box.contains(at):
            return None
        samples, neurons = self.values[layer].shape
        return (
            int((at.y() - box.top()) / box.height() * neurons),
            int((at.x() - box.left()) / box.width() * samples),
        )

    def _two_charts(self, metrics: QFontMetrics, area: QRect, layer: int) -> tuple[Chart, Chart]:
        """Return the frames of heat map and histogram, side by side where one layer has room."""
        if self.layer != ALL and area.width() > 1.3 * area.height():
            half = (area.width() - 2 * SPACE) * 6 // 10
            heat = QRect(area.left(), area.top(), half, area.height())
            rest = area.adjusted(half + 2 * SPACE, 0, 0, 0)
            return (
                self._heat_chart(metrics, heat, layer, None),
                self._bar_chart(metrics, rest, layer, " ", None),
            )
        half = (area.height() - SPACE // 2) * 55 // 100
        heat = QRect(area.left(), area.top(), area.width(), half)
        rest = area.adjusted(0, half + SPACE // 2, 0, 0)
        gutter = _NO_LABELS if area.width() < _NARROW else y_gutter(metrics, _WIDEST)
        return (
            self._heat_chart(metrics, heat, layer, gutter),
            self._bar_chart(metrics, rest, layer, "", gutter),
        )

    def _heat_chart(
        self, metrics: QFontMetrics, area: QRect, layer: int, gutter: int | None
    ) -> Chart:
        samples, neurons = self.values[layer].shape
        small = area.height() < _SMALL
        steps = ticks_for(1, max(neurons, 1.5), max(1, area.height() // 40), 1.0)
        # Neurons are counted from the top, as in the picture of the network.
        places = tuple(neurons - place + 0.5 for place in steps.places)
        ticks = Ticks() if gutter == _NO_LABELS else Ticks(places, steps.labels)
        title = self._neurons_name(layer, neurons, ticks)
        y = AxisScale(0, neurons, "" if small else title, ticks)
        x = AxisScale(0, samples, "" if small else self._samples_name(samples, area.width()))
        name, gridded = self.names[layer], False
        return Chart(metrics, area, self.theme, name, x, y, gutter, _LANE, gridded)

    def _of_pictures(self, layer: int) -> bool:
        return self.problem is not None and len(self.problem.shapes[layer + 1]) > 1

    def _neurons_name(self, layer: int, neurons: int, ticks: Ticks) -> str:
        """Return the axis' name; where nothing counts the neurons, with their number."""
        if self._of_pictures(layer):
            if ticks.labels:
                return self.tr("channel mean")
            return self.tr("{count} means").format(count=neurons)
        if ticks.labels:
            return self.tr("neuron")
        name = self.tr("1 neuron") if neurons == 1 else self.tr("{count} neurons")
        return name.format(count=neurons)

    def _samples_name(self, samples: int, width: int) -> str:
        if width < _NARROW:
            return self.tr("samples")
        if width < _ROOM_FOR_ORDER:
            return self.tr("{count} samples").format(count=samples)
        if self.problem is not None and self.problem.dataset.task == "classification":
            return self.tr("{count} samples, by class").format(count=samples)
        return self.tr("{count} samples, by target").format(count=samples)

    def _bar_chart(
        self, metrics: QFontMetrics, area: QRect, layer: int, title: str, gutter: int | None
    ) -> Chart:
        low, high = self._ranges[layer]
        top = step_up(1.02 * float(self.histograms[layer].shares.max()))
        ticks = ticks_for(0.0, top, max(2, area.height() // 50), 0.0, percent)
        small, bare = area.height() < _SMALL, gutter == _NO_LABELS
        y = AxisScale(0.0, top, "" if small else self.tr("share"), Ticks() if bare else ticks)
        x = scale(low, high, "" if small else self.tr("activation"), 2 if bare else 4)
        return Chart(metrics, area, self.theme, title, x, y, gutter=gutter)

    def _bar_colors(self) -> tuple[str, str]:
        theme = self.theme
        below, above = (
            blend(sign, theme.surface, 0.85) for sign in (theme.negative, theme.positive)
        )
        return below, above

    def _paint_heat(self, painter: QPainter, chart: Chart, layer: int) -> None:
        values = self.values[layer]
        chart.draw_heat(painter, self.theme.diverging_pixels(values.T, self.largest(layer)))
        samples, neurons = values.shape
        cell = chart.cell(0, 0, neurons, samples)
        if cell.width() >= _WRITTEN[0] and cell.height() >= _WRITTEN[1]:
            self._write_values(painter, chart, layer)

    def _write_values(self, painter: QPainter, chart: Chart, layer: int) -> None:
        values, largest = self.values[layer], self.largest(layer) or 1.0
        samples, neurons = values.shape
        inks = QColor(self.theme.text), QColor(self.theme.surface)
        for neuron, row in enumerate(values.T.tolist()):
            for sample, value in enumerate(row):
                painter.setPen(inks[abs(value) > 0.55 * largest])
                painter.drawText(
                    chart.cell(neuron, sample, neurons, samples),
                    Qt.AlignmentFlag.AlignCenter,
                    number(round(value, 2), 0.01),
                )

    def _draw_lane(self, painter: QPainter, chart: Chart, samples: int) -> None:
        """Draw, under the heat map, each sample's class, and where the chosen sample is."""
        top = chart.box.bottom() + 2
        if self.problem is not None and self.problem.dataset.task == "classification":
            labels = self.problem.labels[self._rows]
            for label in np.unique(labels):
                first, last = np.searchsorted(labels, [label, label + 1])
                left = chart.cell(0, int(first), 1, samples).left()
                right = chart.cell(0, int(last) - 1, 1, samples).right()
                color = QColor(self.theme.class_color(int(label)))
                painter.fillRect(QRectF(left, top, right - left - 1, 3), color)
        found = np.flatnonzero(self._rows == self._chosen)
        if found.size:
            x = chart.cell(0, int(found[0]), 1, samples).center().x()
            tip = QPolygonF([QPointF(x, top), QPointF(x - 4, top + 7), QPointF(x + 4, top + 7)])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self.theme.surface), 1))
            painter.setBrush(QColor(self.theme.text))
            painter.drawPolygon(tip)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def neurons_of(trace: LayerTrace) -> _Array:
    """Return what the heat map shows, shape (rows, neurons): of pictures each channel's mean."""
    if len(trace.shape) == 1:
        return trace.a
    return np.asarray(trace.maps.mean(axis=(2, 3)))


def own_range(output_range: tuple[float, float]) -> tuple[float, float]:
    """Return an activation's range, with a start where it has no end."""
    low, high = output_range
    return (
        low if math.isfinite(low) else -1.0,
        high if math.isfinite(high) else 1.0,
    )


def widened(limits: tuple[float, float], values: _Array) -> tuple[float, float]:
    """Return limits moved out to round numbers where values lie beyond them."""
    low, high = limits
    least, most = float(values.min()), float(values.max())
    return (
        -step_up(-least) if least < low else low,
        step_up(most) if most > high else high,
    )


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
