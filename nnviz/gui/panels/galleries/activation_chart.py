"""A chart of one activation and its derivative, and of where the layers stand on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont

from nnviz.engine.activations import Activation
from nnviz.gui.look.numbers import count, fixed
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme, blend
from nnviz.gui.panels.galleries.shapes import HIGH, LOW, LayerMarks, pooled, shape_of, values_at
from nnviz.gui.plots.chart import Chart, Names

_STRIP = 14
"""Pixels under the chart for a histogram of current z."""

_MOST_STRIPS, _MOST_NAMED = 3, 3
_DASHES = [4, 3]


class ActivationChart(Chart):
    """Function and derivative, dots of the chosen sample, and below them where z lie.

    Parameters
    ----------
    activation
        What it shows.
    """

    small = True

    def __init__(self, activation: Activation) -> None:
        super().__init__()
        self.small = type(self).small
        self.activation, self.shape_drawn = activation, shape_of(activation.name)
        self.layers: Sequence[int] = ()
        self._marks: Sequence[LayerMarks] = ()
        for axis in self.axes.values():
            axis.setGrid(255)
        self.axes["left"].write = self._write
        self._slope, self._function = (self.add(pg.PlotCurveItem(antialias=True)) for _ in range(2))
        self._slope.setData(*self.shape_drawn.slope.T)
        self._function.setData(*self.shape_drawn.function.T)
        self.still += [self._slope, self._function]
        self._dots = self.add(pg.ScatterPlotItem(size=7, pxMode=True, antialias=True))
        self._strips = [self.add(pg.PlotCurveItem(antialias=False)) for _ in range(_MOST_STRIPS)]
        self.show_layers(())

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        width = 1.7 if self.small else 2.0
        self._function.setPen(pg.mkPen(theme.curve, width=width))
        self._slope.setPen(pg.mkPen(theme.second, width=width, dash=_DASHES))
        self._dots.setPen(pg.mkPen(theme.surface))
        self._dots.setBrush(pg.mkBrush(theme.text))
        for strip in self._strips:
            strip.setPen(None)
            strip.setBrush(pg.mkBrush(strip_color(theme)))

    def show_layers(self, layers: Sequence[int]) -> None:
        """Say which layers, counted from 1, use the function; there are no marks yet."""
        self.layers, self._marks = layers, ()
        activation = self.activation
        note = self._note(layers)
        z = _tr("z of softmax([z, 0, 0])") if activation.couples_units else _tr("z")
        left = formula_of(activation) if self.small else ""
        self.set_names(Names(z, left, "", translated(activation.title), note))
        strips = min(len(layers), 1 if self.small else _MOST_STRIPS)
        shape = self.shape_drawn
        self.set_ranges((LOW, HIGH), (shape.low, shape.high), lane=float(strips * (_STRIP + 3)))
        self.draw()

    def show_marks(self, marks: Sequence[LayerMarks]) -> None:
        """Move the marks."""
        if marks or self._marks:
            self._marks = marks
            self.draw()

    def draw(self) -> None:
        """Draw dots and strips where they are with the chart's present size."""
        (left, right), (low, high) = self.shown
        dots = np.concatenate([np.empty((0, 2)), *(mark.dots for mark in self._marks)])
        self._dots.setData(pos=np.clip(np.nan_to_num(dots), (left, low), (right, high)))
        found = [mark.counts for mark in self._marks[:_MOST_STRIPS]]
        if self.small and found:
            found = [pooled(self._marks)]
        pixel = self.pixel.height()
        for place, strip in enumerate(self._strips):
            strip.setVisible(place < len(found))
            if place < len(found):
                base = low - (place + 1) * (_STRIP + 3) * pixel
                counts = found[place].counts
                # The root keeps a bin of one sample visible beside one of hundreds.
                heights = np.sqrt(counts / max(int(counts.max()), 1)) * _STRIP * pixel
                strip.setData(found[place].edges, base + heights, stepMode="center", fillLevel=base)

    def _write(self, value: float, step: float) -> str:
        """Return a number for the left axis; none beside the strips."""
        return fixed(value, step) if value > self.shape_drawn.low else ""

    def _note(self, layers: Sequence[int]) -> str:
        """Return which layers use the function, as short as it goes."""
        if len(layers) > _MOST_NAMED:
            return _tr("{count} layers").format(count=count(len(layers)))
        numbers = ", ".join(map(str, layers))
        text = _tr("layer {numbers}") if len(layers) == 1 else _tr("layers {numbers}")
        return text.format(numbers=numbers) if layers else ""


class CloseUpChart(ActivationChart):
    """A large chart with a z to try: both values there, and the tangent whose slope f′ is."""

    small = False

    def __init__(self, activation: Activation) -> None:
        super().__init__(activation)
        self._tangent = self.add(pg.PlotCurveItem(antialias=True))
        self.line = self.add(pg.InfiniteLine(angle=90, movable=True, bounds=(LOW, HIGH)))
        self._values = self.add(pg.ScatterPlotItem(size=10, pxMode=True, antialias=True))

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self._tangent.setPen(pg.mkPen(theme.text, width=1.5))
        self.line.setPen(pg.mkPen(theme.accent))
        self.line.setHoverPen(pg.mkPen(theme.accent, width=2))
        self._values.setPen(pg.mkPen(theme.text, width=2))
        self._values.setBrush(pg.mkBrush(theme.surface))

    def try_z(self, z: float) -> None:
        """Read the function and its derivative at a z."""
        function, slope = reading(self.activation, z)
        self.line.setValue(z)
        self._tangent.setData([z - 1, z + 1], [function - slope, function + slope])
        self._values.setData(x=[z, z], y=[slope, function])


def reading(activation: Activation, z: float) -> tuple[float, float]:
    """Return f(z) and f′(z)."""
    function, slope = values_at(activation, np.array([z]))
    return float(function[0]), float(slope[0])


def formula_of(activation: Activation) -> str:
    """Return "f(z) = …"."""
    return _tr("f(z) = {formula}").format(formula=translated(activation.formula))


def strip_color(theme: Theme) -> str:
    """Return the colour of histograms of current z."""
    return blend(theme.curve, theme.surface, 0.45)


def _tr(text: str) -> str:
    return QCoreApplication.translate("GalleryPanel", text)
