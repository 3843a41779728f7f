"""A neuron's arithmetic: a line a term, with its numbers and a bar, and where z lies on f."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.gui.look.numbers import short
from nnviz.gui.look.style import em, strong_font
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.forwards.columns import neuron_layers
from nnviz.gui.panels.forwards.lines import MOST_TERMS, SumLine, formula, step_lines, sum_lines
from nnviz.gui.panels.forwards.terms import NeuronSum
from nnviz.gui.panels.galleries.shapes import HIGH, LOW, shape_of
from nnviz.gui.plain import Label
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.marks import Tag
from nnviz.gui.plots.plot import Plot
from nnviz.gui.widgets.data_table import DataTable
from nnviz.gui.widgets.idle import READ_SECONDS
from nnviz.gui.widgets.table_model import CENTER, LEFT, Cell, TableColumn, TableModel
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.problem import Problem

FEW_TERMS, USUAL_TERMS = 3, 6
_ROWS, _LINES = 3, 5
"""Beside terms: titles of columns, z and a; title, formula, and three of the step with a gap."""

_BAR, _ROW = 5.0, 1.25
_LEAST_CURVE, _MOST_CURVE = (11, 7), (30, 24)
"""Widths and heights, in heights of a line."""

_SYMBOL, _NAME, _LEFT, _OPERATOR, _RIGHT, _EQUALS, _RESULT, _AMOUNT = range(8)
_LEAST = "0.000"


class SumModel(TableModel):
    """The lines of a neuron's arithmetic."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[SumLine] = ()
        self._least = [""] * 3

    def show_lines(self, lines: Sequence[SumLine]) -> bool:
        """Show lines; return whether they are of another neuron or have need of more room."""
        alike = [(line.kind, line.label) for line in lines] == [
            (line.kind, line.label) for line in self.lines
        ]
        texts = [[getattr(line, side) for line in lines] for side in ("left", "right", "result")]
        least = [max([_LEAST, *column], key=len) for column in texts]
        self.lines = lines
        if alike and all(len(a) <= len(b) for a, b in zip(least, self._least, strict=True)):
            return False
        self._least = least
        left, right, result = ((text,) for text in least)
        symbols = tuple(line.label for line in lines if not _is_spanned(line))
        names = tuple(line.name for line in lines)
        columns = [
            TableColumn("", side=LEFT, least=symbols),
            TableColumn("", side=LEFT, least=names, yields=True),
            TableColumn(self.tr("weight"), least=left),
            TableColumn("", side=CENTER, least=("×",)),
            TableColumn(self.tr("input"), least=right),
            TableColumn("", side=CENTER, least=("=",)),
            TableColumn(self.tr("product"), least=result),
            TableColumn("−   +", self.tr("How much it adds to z"), side=CENTER, before=_BAR),
        ]
        self.begin(columns, len(lines))
        return True

    def head(self, row: int) -> Cell:
        """Return nothing: a line's symbol is a column."""
        return Cell()

    def fill(self, column: int, rows: Sequence[int]) -> Sequence[Cell]:
        """Return the cells of a column."""
        largest = max((abs(line.amount) for line in self.lines if line.amount), default=1.0)
        return [self._cell(self.lines[row], column, largest) for row in rows]

    def _cell(self, line: SumLine, column: int, largest: float) -> Cell:
        strong, ruled = line.kind in ("total", "answer"), line.kind == "total"
        if column == _AMOUNT:
            share = None if line.amount is None else line.amount / largest
            return Cell(bar=share if share is None or math.isfinite(share) else 0.0)
        text, ink, is_strong = {
            _SYMBOL: (line.label, "muted" if line.kind == "note" else "text", strong),
            _NAME: (line.name, "muted", False),
            _LEFT: (line.left, "text", False),
            _OPERATOR: (line.operator, "muted", False),
            _RIGHT: (line.right, "text", False),
            _EQUALS: ("=" if line.operator else "", "muted", False),
            _RESULT: (line.result, "text", strong),
        }[column]
        return Cell(text, ink=ink, strong=is_strong, ruled=ruled)


def _is_spanned(line: SumLine) -> bool:
    """Say whether a line is no product, but words that begin where symbols do."""
    return line.kind in ("note", "answer") and not line.operator


class ActivationCurve:
    """f with the way from z up to the curve and over to a, in a chart."""

    def __init__(self) -> None:
        self.chart = Chart()
        self.plot = Plot([self.chart])
        self.plot.setObjectName("forward-curve")
        self._function, self._way = (
            self.chart.add(pg.PlotCurveItem(antialias=True)) for _ in range(2)
        )
        for axis in self.chart.axes.values():
            axis.setGrid(255)
        self._point = self.chart.add(pg.ScatterPlotItem(size=9, antialias=True))
        self._outside = Tag(self.chart)
        self._neuron: NeuronSum | None = None
        self.plot.restyled.connect(self.restyle)
        self.plot.setAccessibleName(self.plot.tr("The activation at z"))

    def show_neuron(self, neuron: NeuronSum) -> None:
        """Show another neuron, sample or moment."""
        before, self._neuron = self._neuron, neuron
        if before is None or before.activation is not neuron.activation:
            shape = shape_of(neuron.activation.name)
            self._function.setData(*shape.function.T)
            self.chart.set_ranges((LOW, HIGH), (shape.low, shape.high))
            title = translated(neuron.activation.title)
            self.chart.set_names(Names("z", "a = f(z)", title=title))
        (left, right), (low, high) = self.chart.shown
        z, a = np.nan_to_num([neuron.z, neuron.a])
        x, y = float(np.clip(z, left, right)), float(np.clip(a, low, high))
        self._way.setData([x, x, left], [low, y, y])
        self._point.setData([x], [y])
        said = self.plot.tr("▶ z = {z}") if z > right else self.plot.tr("◀ z = {z}")
        self._outside.show_at(
            said.format(z=short(neuron.z)) if not left <= z <= right else "", x, y, (0.5, 1.2)
        )

    @Slot()
    def restyle(self) -> None:
        """Take over colours and font."""
        theme = self.chart.theme
        self._function.setPen(pg.mkPen(theme.curve, width=1.8))
        self._way.setPen(pg.mkPen(theme.second, dash=[4, 3]))
        self._point.setPen(pg.mkPen(theme.surface))
        self._point.setBrush(pg.mkBrush(theme.text))
        self._outside.restyle(theme.text, theme.surface)


@guarded
class SumView(QWidget):
    """z and a of one neuron for one sample, written out; below that the last step of training."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("forward-sum")
        self.setAccessibleName(self.tr("The arithmetic of one neuron"))
        self.neuron: NeuronSum | None = None
        self._problem: Problem | None = None
        self.title, self._formula = ElidedLabel(self), small(ElidedLabel(self), "text")
        self.title.setFont(strong_font())
        self.model, self._curve = SumModel(), ActivationCurve()
        self.table = DataTable(self.model, self)
        self.table.idle.idle.connect(self._write)
        self.table.setObjectName("forward-sum-table")
        self.table.setAccessibleName(self.tr("The terms of the sum"))
        self.table.setSelectionMode(DataTable.SelectionMode.NoSelection)
        self.table.row_height = _ROW
        self.table.least_words = 2.5
        self.table.paddings = (0.35, 0.35)
        self.step = small(Label(parent=self), "text")
        self.step.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._words = QVBoxLayout()
        for part in (self.title, self._formula, self.table, self.step):
            self._words.addWidget(part)
        self._words.addStretch(1)
        self._words.setSpacing(2)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2 * SPACE)
        self._row.addLayout(self._words)
        self._row.addWidget(self._curve.plot, 1)
        self._row.addStretch()

    def set_title(self, title: str) -> None:
        """Say which sum it is, where nothing else does."""
        self.title.set_texts(title)
        self.title.setVisible(bool(title))

    def show_neuron(self, problem: Problem, neuron: NeuronSum | None) -> None:
        """Show another neuron, sample or moment; None for nothing yet."""
        before, self._problem, self.neuron = self.neuron, problem, neuron
        if neuron is None:
            self.table.idle.reset()
            self.model.show_lines(())
            return
        self.table.idle.update()
        is_same = before is not None and before.place == neuron.place
        if self.table.idle.due("lines", READ_SECONDS) or not is_same:
            self._write()
        if not neuron.activation.couples_units:  # else a follows from other z, too
            self._curve.show_neuron(neuron)

    @Slot()
    def _write(self) -> None:
        """Write the newest numbers: as many terms as there is room for, and the last step."""
        if self._problem is None or self.neuron is None:
            return
        steps = step_lines(self._problem, self.neuron)
        room = (self.height() - self._others()) / self.table.row_pixels
        room -= len(sum_lines(self._problem, self.neuron, FEW_TERMS))
        taken = (len(steps) * em(self) + SPACE) / self.table.row_pixels
        most = min(FEW_TERMS + max(0, int(room - taken * (room >= taken))), MOST_TERMS)
        before = self.step.isHidden(), self.step.text().count("\n")
        self.step.setVisible(room >= taken)
        self.step.setText("\n".join(steps))
        self._formula.set_texts(formula(self.neuron))
        others = self.model.show_lines(sum_lines(self._problem, self.neuron, most))
        if others or before != (self.step.isHidden(), len(steps) - 1):
            self._arrange()
        self.table.refresh()

    def natural_height(self, problem: Problem) -> int:
        """Return the height at which the usual terms of any neuron have room."""
        most = 0
        for layer, spec in neuron_layers(problem).items():
            terms = min(math.prod(problem.shapes[layer]), USUAL_TERMS + 1) + spec.use_bias
            most = max(most, terms + ACTIVATIONS[spec.activation].couples_units)
        return (most + _ROWS) * self.table.row_pixels + _LINES * em(self)

    def _others(self) -> int:
        """Return the height of what stands above the lines."""
        labels = [self.title] * (not self.title.isHidden()) + [self._formula]
        return (
            sum(label.sizeHint().height() for label in labels) + self.table.row_pixels + 2 * SPACE
        )

    def _room(self) -> QBoxLayout.Direction | None:
        """Return on which side of the words there is room for the curve."""
        wide, high = (em(self, count) for count in _LEAST_CURVE)
        size = self.table.natural_size
        if self.width() - size.width() - 2 * SPACE >= wide and self.height() >= high:
            return QBoxLayout.Direction.LeftToRight
        words = self._others() + size.height() + SPACE
        words += 0 if self.step.isHidden() else self.step.sizeHint().height()
        if self.height() - words >= high:
            return QBoxLayout.Direction.TopToBottom
        return None

    def _arrange(self) -> None:
        """Give the lines the room they need, and the curve what is left."""
        self.table.clearSpans()
        for row, line in enumerate(self.model.lines):
            if _is_spanned(line):
                self.table.setSpan(row, _SYMBOL, 1, _RESULT)
        self.table.setColumnHidden(_AMOUNT, False)
        self.table.setColumnHidden(_AMOUNT, self.table.natural_size.width() > self.width())
        size = self.table.natural_size
        self.table.setFixedSize(
            min(size.width(), self.width()), self.table.height_in(self.width()) + 2
        )
        self.table.settle()
        direction = self._room()
        if direction is not None:
            self._row.setDirection(direction)
        has_curve = self.neuron is not None and not self.neuron.activation.couples_units
        self._curve.plot.setVisible(has_curve and direction is not None)
        self._curve.plot.setMaximumSize(*(em(self, count) for count in _MOST_CURVE))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write as many terms as have room."""
        super().resizeEvent(event)
        self.model.lines = ()  # the same terms are arranged anew
        self._write()
