"""What the neurons answer: a histogram and a heat map of neurons × samples for every layer."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dropout, Flatten, LayerSpec
from nnviz.engine.network import LayerTrace
from nnviz.gui.frame import Frame
from nnviz.gui.panels.base import LegendEntry
from nnviz.gui.panels.bins import Histogram, histogram
from nnviz.gui.panels.chart import AxisScale, Chart, scale, y_gutter
from nnviz.gui.panels.layered import ALL, LayeredPanel
from nnviz.gui.panels.ticks import Ticks, linear_ticks, number, percent, step_up
from nnviz.gui.theme import SPACE, Theme, blend
from nnviz.training.inspection import ACTIVATION_ROWS, Inspection
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

_Array = NDArray[np.floating]


def sorted_rows(problem: Problem) -> NDArray[np.intp]:
    """Return the order of the drawn samples: by class, or by target."""
    index = problem.train.index[:ACTIVATION_ROWS]
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
        self.histograms: list[Histogram] = []
        self.values: list[_Array] = []
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
        self._order = sorted_rows(problem)
        self._rows = problem.train.index[:ACTIVATION_ROWS][self._order]
        self._ranges = [
            own_range(ACTIVATIONS[layer.activation].output_range)
            for layer in problem.experiment.network.layers
        ]
        self.histograms, self.values = [], []
        super().begin(problem)

    def show_frame(self, frame: Frame) -> None:
        """Take over a new moment and the chosen sample."""
        if frame.row != self._chosen:
            self._chosen = frame.row
            self.canvas.update()
        super().show_frame(frame)

    def read(self, inspection: Inspection) -> None:
        """Take the activations, samples in order, and count them."""
        traces = inspection.activations()
        self.values = [neurons_of(trace)[self._order] for trace in traces]
        self._ranges = [
            widened(limits, trace.a) for limits, trace in zip(self._ranges, traces, strict=True)
        ]
        self.histograms = [
            histogram(trace.a, *limits, BINS)
            for trace, limits in zip(traces, self._ranges, strict=True)
        ]

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

    def paint_layer(self, painter: QPainter, area: QRect, layer: int) -> None:
        """Paint a layer's heat map, and its histogram beside or below it if there is room."""
        if area.height() < _LEAST_FOR_TWO:
            alone = self._heat_chart(painter, area, layer, None)
            self._boxes[layer] = alone.box
            self._paint_heat(alone, layer)
            return
        heat, bars = self._charts(painter, area, layer)
        self._boxes[layer] = heat.box
        self._paint_heat(heat, layer)
        counts = self.histograms[layer]
        bars.draw_frame()
        bars.draw_bars(counts, self._bar_colors(layer), counts.shares)

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

    def _charts(self, painter: QPainter, area: QRect, layer: int) -> tuple[Chart, Chart]:
        """Return the frames of heat map and histogram, side by side where one layer has room."""
        if self.layer != ALL and area.width() > 1.3 * area.height():
            half = (area.width() - 2 * SPACE) * 6 // 10
            heat = QRect(area.left(), area.top(), half, area.height())
            rest = area.adjusted(half + 2 * SPACE, 0, 0, 0)
            return (
                self._heat_chart(painter, heat, layer, None),
                self._bar_chart(painter, rest, layer, " ", None),
            )
        half = (area.height() - SPACE // 2) * 55 // 100
        heat = QRect(area.left(), area.top(), area.width(), half)
        rest = area.adjusted(0, half + SPACE // 2, 0, 0)
        widest = Ticks((0.0,), (percent(1.0, 0.01),))
        gutter = _NO_LABELS if area.width() < _NARROW else y_gutter(painter.fontMetrics(), widest)
        return (
            self._heat_chart(painter, heat, layer, gutter),
            self._bar_chart(painter, rest, layer, "", gutter),
        )

    def _heat_chart(self, painter: QPainter, area: QRect, layer: int, gutter: int | None) -> Chart:
        samples, neurons = self.values[layer].shape
        small = area.height() < _SMALL
        steps = linear_ticks(1, max(neurons, 1.5), max(1, area.height() // 40), 1.0)
        # Neurons are counted from the top, as in the picture of the network.
        places = tuple(neurons - place + 0.5 for place in steps.places)
        ticks = Ticks() if gutter == _NO_LABELS else Ticks(places, steps.labels)
        title = self._neurons_name(layer, neurons, ticks)
        y = AxisScale(0, neurons, "" if small else title, ticks)
        x = AxisScale(0, samples, "" if small else self._samples_name(samples, area.width()))
        return Chart(painter, area, self.theme, self.names[layer], x, y, gutter=gutter, lane=_LANE)

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
        self, painter: QPainter, area: QRect, layer: int, title: str, gutter: int | None
    ) -> Chart:
        low, high = self._ranges[layer]
        top = step_up(1.02 * float(self.histograms[layer].shares.max()))
        ticks = linear_ticks(0.0, top, max(2, area.height() // 50), 0.0, percent)
        small, bare = area.height() < _SMALL, gutter == _NO_LABELS
        y = AxisScale(0.0, top, "" if small else self.tr("share"), Ticks() if bare else ticks)
        x = scale(low, high, "" if small else self.tr("activation"), 2 if bare else 4)
        return Chart(painter, area, self.theme, title, x, y, gutter=gutter)

    def _bar_colors(self, layer: int) -> list[str]:
        counts = self.histograms[layer]
        middles = (counts.edges[1:] + counts.edges[:-1]) / 2
        theme = self.theme
        return [
            blend(theme.positive if m >= 0 else theme.negative, theme.surface, 0.85)
            for m in middles
        ]

    def _paint_heat(self, chart: Chart, layer: int) -> None:
        values = self.values[layer]
        chart.draw_heat(self.theme.diverging(values.T, self.largest(layer)))
        chart.draw_frame(gridded=False)
        samples, neurons = values.shape
        cell = chart.cell(0, 0, neurons, samples)
        if cell.width() >= _WRITTEN[0] and cell.height() >= _WRITTEN[1]:
            self._write_values(chart, layer)
        self._draw_lane(chart, samples)

    def _write_values(self, chart: Chart, layer: int) -> None:
        values, largest = self.values[layer], self.largest(layer) or 1.0
        samples, neurons = values.shape
        for neuron in range(neurons):
            for sample in range(samples):
                value = float(values[sample, neuron])
                strong = abs(value) > 0.55 * largest
                ink = self.theme.surface if strong else self.theme.text
                chart.painter.setPen(QColor(ink))
                chart.painter.drawText(
                    chart.cell(neuron, sample, neurons, samples),
                    Qt.AlignmentFlag.AlignCenter,
                    number(round(value, 2), 0.01),
                )

    def _draw_lane(self, chart: Chart, samples: int) -> None:
        """Draw, under the heat map, each sample's class, and where the chosen sample is."""
        painter, top = chart.painter, chart.box.bottom() + 2
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
