"""A neuron's arithmetic: a line a term, with its numbers and a bar, and where z lies on f."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from nnviz.engine.activations import Activation
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import short
from nnviz.gui.look.style import em, strong_font
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.look.units import sample_number
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.activation_chart import FunctionChart
from nnviz.gui.panels.forwards.lines import formula, step_lines, sum_lines
from nnviz.gui.panels.forwards.sum_table import SumTable
from nnviz.gui.panels.forwards.terms import NeuronSum
from nnviz.gui.panels.header import flow
from nnviz.gui.panels.samples.columns import neuron_name
from nnviz.gui.plain import Label
from nnviz.gui.plots.chart import Names
from nnviz.gui.plots.marks import Tag
from nnviz.gui.plots.plot import Plot
from nnviz.gui.widgets.idle import READ_SECONDS
from nnviz.gui.widgets.text_labels import ElidedLabel, small

_tr = partial(QCoreApplication.translate, "ForwardPanel")

FEW_TERMS, MOST_TERMS = 2, 12
_ABOVE, _STEP, _CURVE = 3, 3, 6
"""Rows as high as title, formula and titles of columns, as the last step, as the least curve."""

_LEAST_CURVE, _MOST_CURVE = 11, (30, 24)
"""Width, width and height, in heights of a line."""


class WayChart(FunctionChart):
    """f with the way from z up to the curve and over to a."""

    def __init__(self, activation: Activation) -> None:
        super().__init__(activation)
        self.set_names(Names("z", "a = f(z)", title=translated(activation.title)))
        self._way = self.add(pg.PlotCurveItem(antialias=True))
        self._point = self.add(pg.ScatterPlotItem(size=9, antialias=True))
        self._outside = Tag(self)

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self._way.setPen(pg.mkPen(theme.second, dash=[4, 3]))
        self._point.setPen(pg.mkPen(theme.surface))
        self._point.setBrush(pg.mkBrush(theme.text))

    def show_way(self, z: float, a: float) -> None:
        """Lead from another z to its a; what lies outside is marked at the edge."""
        (left, right), (low, high) = self.shown
        x, y = np.clip(np.nan_to_num([z, a]), (left, low), (right, high)).tolist()
        self._way.setData([x, x, left], [low, y, y])
        self._point.setData([x], [y])
        said = _tr("▶ z = {z}") if z > right else _tr("◀ z = {z}")
        text = "" if left <= z <= right else said.format(z=short(z))
        self._outside.show_at(text, x, y, (0.5, 1.2))


@guarded
class SumView(QWidget):
    """z and a of one neuron for one sample, written out; below that the last step of training."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("forward-sum")
        self.setAccessibleName(self.tr("The arithmetic of one neuron"))
        self._neuron: NeuronSum | None = None
        self._title, self._formula = ElidedLabel(self), small(ElidedLabel(self), "text")
        self._title.setFont(strong_font())
        self.table = SumTable("forward-sum-table", self)
        self.table.idle.idle.connect(self._write)
        self.table.settled.connect(self._fit)
        self.table.setAccessibleName(self.tr("The terms of the sum"))
        self.step = small(Label(parent=self), "text")
        self.step.setWordWrap(True)
        self._ways: dict[str, WayChart] = {}
        self._curve = Plot((), self)
        self._curve.setObjectName("forward-curve")
        self._curve.setAccessibleName(self.tr("The activation at z"))
        self._curve.resized.connect(self._draw_curve)
        self._curve.setMaximumSize(*(em(self, count) for count in _MOST_CURVE))
        parts = self._title, self._formula, self.table, self.step
        words, row = filled(QVBoxLayout(), *parts, None, spacing=2), QBoxLayout(flow(True), self)
        self._row = filled(row, words, self._curve, None, spacing=2 * SPACE, wide=self._curve)

    def show_neuron(self, neuron: NeuronSum | None) -> None:
        """Show another neuron, sample or moment; None for nothing yet."""
        before, self._neuron = self._neuron, neuron
        if neuron is None:
            self.table.idle.reset()
            self.table.model_.show_lines(())
            return
        self.table.idle.update()
        is_same = before is not None and before.place == neuron.place
        if self.table.idle.due("lines", READ_SECONDS) or not is_same:
            self._write()
        self._draw_curve()

    @Slot()
    def _draw_curve(self) -> None:
        neuron = self._neuron
        if neuron is None or self._curve.isHidden():
            return
        name = neuron.activation.name
        if name not in self._ways:
            self._ways[name] = WayChart(neuron.activation)
        chart = self._ways[name]
        if chart not in self._curve.charts:
            self._curve.arrange([[chart]], keep=True)
        chart.show_way(neuron.z, neuron.a)

    @Slot()
    def _write(self) -> None:
        """Write the newest numbers: as many terms as there is room for, and the last step."""
        neuron = self._neuron
        if neuron is None:
            return
        title = self.tr("{neuron}, for sample {sample}")
        name = neuron_name(neuron.problem, neuron.layer, neuron.unit)
        sample = sample_number(neuron.frame.inspection, neuron.row)
        self._title.set_texts(title.format(neuron=name, sample=sample))
        self._formula.set_texts(formula(neuron))
        self.step.setText("\n".join(step_lines(neuron)))
        room = self.height() // self.table.row_pixels - _ABOVE
        few = len(sum_lines(neuron, FEW_TERMS))
        self._formula.setVisible(room >= few)
        self.step.setVisible(room >= few + _STEP)
        room -= _STEP * (room >= few + _STEP)
        lines = sum_lines(neuron, min(FEW_TERMS + max(0, room - few), MOST_TERMS))
        self.table.show_lines(lines)
        beside = self.width() - self.table.width() >= em(self, _LEAST_CURVE)
        self._row.setDirection(flow(beside))
        fits = beside or room - len(lines) >= _CURVE  # softmax has none: a follows from other z too
        self._curve.setVisible(fits and not neuron.activation.couples_units)

    @Slot()
    def _fit(self) -> None:
        """Give the lines the room they need."""
        self.table.fit(self.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write as many terms as have room."""
        super().resizeEvent(event)
        self._fit()
        self._write()
