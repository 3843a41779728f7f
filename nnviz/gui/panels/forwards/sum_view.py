"""A neuron's arithmetic: a line a term, with its numbers and a bar, and where z lies on f."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from nnviz.engine.activations import Activation
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import short
from nnviz.gui.look.style import em, strong_font
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.activation_chart import FunctionChart
from nnviz.gui.panels.forwards.lines import SumLine, formula, step_lines, sum_lines
from nnviz.gui.panels.forwards.terms import NeuronSum
from nnviz.gui.panels.header import flow
from nnviz.gui.panels.samples.columns import neuron_name
from nnviz.gui.plain import Label
from nnviz.gui.plots.chart import Names
from nnviz.gui.plots.marks import Tag
from nnviz.gui.plots.plot import Plot
from nnviz.gui.widgets.data_table import DataTable
from nnviz.gui.widgets.idle import READ_SECONDS
from nnviz.gui.widgets.table_model import CENTER, LEFT, Cell, TableColumn, TableModel
from nnviz.gui.widgets.text_labels import ElidedLabel, small

_tr = partial(QCoreApplication.translate, "ForwardPanel")

FEW_TERMS, MOST_TERMS = 2, 12
_ABOVE, _STEP, _CURVE = 3, 3, 6
"""Rows as high as title, formula and titles of columns, as the last step, as the least curve."""

_BAR, _ROW, _BOLDER = 3.5, 1.2, 0.2
_LEAST_CURVE, _MOST_CURVE = 11, (30, 24)
"""Width, width and height, in heights of a line."""

_COLUMNS = SumLine._fields[:-1]
_BOLD, _MUTED = ("label", "result"), ("name", "operator", "equals")
_LEAST = "0.000"


class SumModel(TableModel):
    """The lines of a neuron's arithmetic."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[SumLine] = ()
        self._widest = {"left": "", "right": "", "result": ""}

    def show_lines(self, lines: Sequence[SumLine]) -> bool:
        """Show lines; return whether they are of another neuron or have need of more room."""
        # Words across the columns may change with the numbers in them; no column asks how.
        alike = list(map(_column_label, lines)) == list(map(_column_label, self.lines))
        self.lines, before = lines, self._widest
        widest = {
            side: max([_LEAST, *(getattr(line, side) for line in lines)], key=len)
            for side in before
        }
        if alike and all(len(widest[side]) <= len(before[side]) for side in before):
            return False
        self._widest = widest
        symbols = tuple(line.label for line in lines if not _is_spanned(line))
        names = tuple(line.name for line in lines)
        more, tip = "−   +", self.tr("How much it adds to z")
        columns = [
            TableColumn("", side=LEFT, least=symbols),
            TableColumn("", side=LEFT, least=names, yields=True, keeps=0.0),
            TableColumn(self.tr("weight"), least=(widest["left"],)),
            TableColumn("", side=CENTER, least=("×",)),
            TableColumn(self.tr("input"), least=(widest["right"],)),
            TableColumn("", side=CENTER, least=("=",)),
            TableColumn(self.tr("product"), least=(widest["result"],), before=_BOLDER),
            TableColumn(more, tip, side=CENTER, before=_BAR, yields=True),
        ]
        self.begin(columns, len(lines))
        return True

    def head(self, row: int) -> Cell:
        """Return nothing: a line's symbol is a column."""
        return Cell()

    def fill(self, column: int, rows: Sequence[int]) -> Sequence[Cell]:
        """Return the cells of a column."""
        return [self._cell(self.lines[row], _COLUMNS[column]) for row in rows]

    def _cell(self, line: SumLine, column: str) -> Cell:
        if column == "amount":
            largest = max((abs(one.amount) for one in self.lines if one.amount), default=1.0)
            share = None if line.amount is None else line.amount / largest
            return Cell(bar=share if share is None or math.isfinite(share) else 0.0)
        is_muted = column in _MUTED or (line.kind == "note" and column == "label")
        return Cell(
            getattr(line, column),
            ink="muted" if is_muted else "text",
            strong=column in _BOLD and line.kind in ("total", "answer"),
            ruled=line.kind == "total",
        )


def _column_label(line: SumLine) -> str | None:
    return None if _is_spanned(line) else line.label


def _is_spanned(line: SumLine) -> bool:
    """Say whether a line is no product, but words that begin where symbols do."""
    return line.kind in ("note", "answer") and not line.operator


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
        self.model = SumModel()
        self.table = DataTable(self.model, self)
        self.table.idle.idle.connect(self._write)
        self.table.settled.connect(self._fit)
        self.table.setObjectName("forward-sum-table")
        self.table.setAccessibleName(self.tr("The terms of the sum"))
        self.table.setSelectionMode(DataTable.SelectionMode.NoSelection)
        self.table.setSizeAdjustPolicy(DataTable.SizeAdjustPolicy.AdjustToContents)
        self.table.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)
        self.table.row_height = _ROW
        self.table.least_words = 2.0
        self.table.paddings = (0.25, 0.35)
        self.step = small(Label(parent=self), "text")
        self.step.setWordWrap(True)
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
            self.model.show_lines(())
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
        chart = next(iter(self._curve.charts), None)
        if not isinstance(chart, WayChart) or chart.activation is not neuron.activation:
            chart = WayChart(neuron.activation)
            self._curve.arrange([[chart]])
        chart.show_way(neuron.z, neuron.a)

    @Slot()
    def _write(self) -> None:
        """Write the newest numbers: as many terms as there is room for, and the last step."""
        neuron = self._neuron
        if neuron is None:
            return
        title = self.tr("{neuron}, for sample {sample}")
        name = neuron_name(neuron.problem, neuron.layer, neuron.unit)
        self._title.set_texts(title.format(neuron=name, sample=neuron.row + 1))
        self._formula.set_texts(formula(neuron))
        self.step.setText("\n".join(step_lines(neuron)))
        room = self.height() // self.table.row_pixels - _ABOVE
        few = len(sum_lines(neuron, FEW_TERMS))
        self._formula.setVisible(room >= few)
        self.step.setVisible(room >= few + _STEP)
        room -= _STEP * (room >= few + _STEP)
        lines = sum_lines(neuron, min(FEW_TERMS + max(0, room - few), MOST_TERMS))
        if self.model.show_lines(lines):
            self.table.clearSpans()
            for row in (row for row, line in enumerate(lines) if _is_spanned(line)):
                wide = _COLUMNS.index("result") if lines[row].result else len(_COLUMNS)
                self.table.setSpan(row, 0, 1, wide)
        self.table.refresh()
        beside = self.width() - self.table.width() >= em(self, _LEAST_CURVE)
        self._row.setDirection(flow(beside))
        fits = beside or room - len(lines) >= _CURVE  # softmax has none: a follows from other z too
        self._curve.setVisible(fits and not neuron.activation.couples_units)

    @Slot()
    def _fit(self) -> None:
        """Give the lines the room they need."""
        width = min(self.table.natural_size.width(), self.width())
        self.table.setFixedWidth(width)
        self.table.setMaximumHeight(self.table.height_in(width) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write as many terms as have room."""
        super().resizeEvent(event)
        self._fit()
        self._write()
