"""Charts of activation functions, and of where the layers at hand stand on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont

from nnviz.engine.activations import Activation
from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.numbers import count, fixed
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme, blend
from nnviz.gui.plots.bars import histogram
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.line import Line
from nnviz.gui.plots.stand import LANE, Stand
from nnviz.training.inspection import Inspection
from nnviz.training.layer_choices import has_field

_tr = partial(QCoreApplication.translate, "GalleryPanel")

LOW, HIGH = -5.0, 5.0
"""Range of z that is drawn."""

BINS = 50
_Z = np.linspace(LOW, HIGH, 401)
_MOST_DOTS, _MOST_NAMED = 64, 2
_MOVING_COUNTED = 2**15
_UNBOUNDED = (-1.5, 5.4)
_MARGIN = 0.22


def values_at(activation: Activation, z: NDArray[np.float64]) -> tuple[FloatArray, FloatArray]:
    """Return f(z) and f′(z) for z of shape (n,).

    Softmax needs a whole layer: it is the first share of softmax([z, 0, 0]), and its derivative
    by its own z.
    """
    if not activation.couples_units:
        return activation(z), activation.slope(z)
    layer = np.zeros((3, z.size))
    layer[0] = z
    return activation(layer)[0], activation.slope(layer)[0]


def formula_of(activation: Activation) -> str:
    """Return "f(z) = …"."""
    return _tr("f(z) = {formula}").format(formula=translated(activation.formula))


def strip_color(theme: Theme) -> str:
    """Return the colour of histograms of current z."""
    return blend(theme.curve, theme.surface, 0.45)


class Marks(NamedTuple):
    """What layers feed an activation at a moment.

    A histogram of all z in `BINS` bins from `LOW` to `HIGH`, and (z, a) of the chosen sample, one
    a unit (the first 64 of a layer), shape (n, 2).
    """

    counts: NDArray[np.intp]
    dots: NDArray[np.floating]


def marks_of(inspection: Inspection, row: int, moving: bool = False) -> dict[str, Marks]:
    """Return the marks of all activations that layers have, by their names; the row is chosen.

    While they move, few are counted of the z of very many units, and stand for all.
    """
    choice = inspection.problem.experiment.network.layers
    traces, sample = inspection.activations(), inspection.sample_trace(row)
    counts: dict[str, NDArray[np.intp]] = {}
    dots: dict[str, list[NDArray[np.floating]]] = {}
    for layer, trace, one in zip(choice, traces, sample, strict=True):
        if has_field(layer, "activation"):
            name = layer.activation
            each = 1 + trace.z.size // _MOVING_COUNTED if moving else 1
            found = each * histogram(trace.z[:, ::each], LOW, HIGH, BINS).counts
            counts[name] = counts[name] + found if name in counts else found
            dots.setdefault(name, []).append(np.array((one.z[0], one.a[0]))[:, :_MOST_DOTS])
    return {name: Marks(counts[name], np.concatenate(dots[name], axis=1).T) for name in counts}


class FunctionChart(Chart):
    """The curve of an activation."""

    def __init__(self, activation: Activation) -> None:
        super().__init__()
        self.activation = activation
        for axis in self.axes.values():
            axis.setGrid(255)
        self.function = self.add(Line(antialias=True))
        self.function.setData(_Z, values_at(activation, _Z)[0])
        self.still.append(self.function)
        self.span_values()

    def span_values(self, lane: float = 0.0) -> None:
        """Span what the function can be, with some room around it and a lane below."""
        low, high = self.activation.output_range
        if np.isfinite(low) and np.isfinite(high):
            low, high = min(low, 0.0), max(high, 1.0)
            room = _MARGIN * (high - low)
            low, high = low - room, high + room
        else:
            low, high = _UNBOUNDED
        self.set_ranges((LOW, HIGH), (low, high), lane=lane)

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self.function.setPen(pg.mkPen(theme.curve, width=1.8))


class ActivationChart(FunctionChart):
    """Function and derivative, dots of the chosen sample, and below them where z lie.

    One that is not small, among many, has a z to try: both values there, and the tangent whose
    slope f′ is.
    """

    def __init__(self, activation: Activation, small: bool = True) -> None:
        super().__init__(activation)
        self.small = small
        self.axes["left"].write = self._write
        self._slope = self.add(Line(antialias=True))
        self._slope.setData(_Z, values_at(activation, _Z)[1])
        self._slope.setZValue(-1)
        self.still.append(self._slope)
        self._stand = self.add(Stand(self))
        self.moving += [self._stand] * small
        self._tangent = self.add(Line(antialias=True))
        self.line = self.add(pg.InfiniteLine(angle=90, movable=True, bounds=(LOW, HIGH)))
        self._values = self.add(pg.ScatterPlotItem(size=10, antialias=True))
        for item in (self._tangent, self.line, self._values):
            item.setVisible(not small)

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self._slope.setPen(pg.mkPen(theme.second, width=1.8, dash=[4, 3]))
        self._stand.restyle(theme.text, theme.surface, strip_color(theme))
        self._tangent.setPen(pg.mkPen(theme.text, width=1.5))
        self.line.setPen(pg.mkPen(theme.accent))
        self.line.setHoverPen(pg.mkPen(theme.accent, width=2))
        self._values.setPen(pg.mkPen(theme.text, width=2))
        self._values.setBrush(pg.mkBrush(theme.surface))

    def show_layers(self, layers: Sequence[str]) -> None:
        """Say which layers use the function, by their names; there are no marks yet."""
        activation, note = self.activation, ", ".join(layers)
        if len(layers) > _MOST_NAMED:
            note = _tr("{count} layers").format(count=count(len(layers)))
        z = _tr("z of softmax([z, 0, 0])") if activation.couples_units else _tr("z")
        left = formula_of(activation) if self.small else ""
        self.set_names(Names(z, left, "", translated(activation.title), note))
        self.span_values(LANE if layers else 0.0)
        self._stand.hide()

    def show_marks(self, marks: Marks) -> None:
        """Move the marks."""
        self._stand.show_marks(*marks)

    def try_z(self, z: float) -> tuple[float, float]:
        """Show the function and its derivative at a z; return both."""
        function, slope = (float(values[0]) for values in values_at(self.activation, np.array([z])))
        self.line.setValue(z)
        self._tangent.setData([z - 1, z + 1], [function - slope, function + slope])
        self._values.setData(x=[z, z], y=[slope, function])
        return function, slope

    def _write(self, value: float, step: float) -> str:
        """Return a number for the left axis; none beside the histogram."""
        return fixed(value, step) if value > self.shown[1][0] else ""
