"""Draws a neuron's arithmetic: a line a term, with its numbers and a bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.forwards.columns import neuron_layers
from nnviz.gui.panels.forwards.curve import has_curve, paint_curve
from nnviz.gui.panels.forwards.lines import MOST_TERMS, Line, line_count, step_lines, sum_lines
from nnviz.gui.panels.forwards.look import body_font, strong
from nnviz.gui.panels.forwards.terms import NeuronSum
from nnviz.gui.panels.forwards.writing import Writer
from nnviz.gui.panels.legend import small_font
from nnviz.gui.panels.sheet import Sheet
from nnviz.training.problem import Problem

LEAST_LINE, BEST_LINE, TALLEST_LINE = 17, 20, 26
FEW_TERMS, USUAL_TERMS = 3, 6
_OTHER_LINES = 8
"""Title, formula, titles of columns, z, a, and two of the step with the gap above."""

STEP_GAP = 0.5
"""Of a line, above what the last step did."""

LEAST_CURVE, MOST_CURVE = QSize(180, 110), QSize(480, 380)


@guarded
class SumView(QWidget):
    """z and a of one neuron for one sample, written out.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._sheet = Sheet()
        self.title = ""
        """Written above everything where it is not empty."""
        self.neuron: NeuronSum | None = None
        self.problem: Problem | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setObjectName("forward-sum")
        self.setAccessibleName(self.tr("The arithmetic of one neuron"))

    def show_neuron(self, problem: Problem, neuron: NeuronSum | None) -> None:
        """Show another neuron, sample or moment; None for nothing yet."""
        self.problem, self.neuron = problem, neuron
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        self.update()

    def lines(self) -> list[Line]:
        """Return the lines there is room for: fewer terms, and no step, where it is short."""
        if self.problem is None or self.neuron is None:
            return []
        room = self.height() / LEAST_LINE - bool(self.title) - STEP_GAP
        step = step_lines(self.problem, self.neuron)
        least = line_count(self.neuron, FEW_TERMS)
        if least + len(step) > room:
            step = []
        spare = max(0, int(room) - least - len(step))
        most = min(FEW_TERMS + spare, MOST_TERMS)
        return [*sum_lines(self.problem, self.neuron, most), *step]

    def natural_height(self, problem: Problem) -> int:
        """Return the height at which the usual terms of any neuron have room."""
        most = 0
        for layer, spec in neuron_layers(problem).items():
            inputs = math.prod(problem.shapes[layer])
            terms = min(inputs, USUAL_TERMS + 1) + 2 * spec.use_bias
            most = max(most, terms + ACTIVATIONS[spec.activation].couples_units)
        return (most + _OTHER_LINES) * BEST_LINE

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(420, 14 * BEST_LINE)

    # ------------------------------------------------------------------ drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw title, lines, and the activation where there is room for it."""
        painter = QPainter(self)
        lines = self.lines()
        if not lines or self.neuron is None:
            painter.fillRect(self.rect(), QColor(self.theme.surface))
            return
        writer = Writer(lines, self.width(), self.font(), self.theme)
        height = self._line_height(len(lines) + bool(self.title) + STEP_GAP, writer.columns.end)
        rows = self._rows(lines, height)
        self._paint_ground(painter, writer, lines, rows)
        for line, row in zip(lines, rows, strict=True):
            writer.paint_live(painter, line, row)
        area = self._curve_area(writer.columns.end, round(rows[-1].bottom()))
        if not area.isEmpty() and has_curve(self.neuron):
            paint_curve(painter, area, self.neuron, self.theme, small_font(self.font()))

    def _rows(self, lines: Sequence[Line], height: int) -> list[QRectF]:
        """Return where each line is."""
        y, rows = height if self.title else 0, []
        for number, line in enumerate(lines):
            if line.kind == "heading" and number:
                y += round(STEP_GAP * height)
            rows.append(QRectF(0, y, self.width(), height))
            y += height
        return rows

    def _paint_ground(
        self, painter: QPainter, writer: Writer, lines: Sequence[Line], rows: Sequence[QRectF]
    ) -> None:
        """Paint what stays as it is from moment to moment: symbols, names and signs."""
        self._sheet.lay(self, painter, self.theme.surface, (writer.columns, self.title, rows))
        if self.title:
            title = QRect(0, 0, self.width(), round(rows[0].height()))
            self._sheet.keep("title", None, title, partial(self._paint_title, box=QRectF(title)))
        for number, (line, row) in enumerate(zip(lines, rows, strict=True)):
            draw = partial(writer.paint_still, line=line, row=row)
            self._sheet.keep(number, writer.look(line), row.toRect(), draw)
        self._sheet.paint(painter)

    def _line_height(self, count: float, end: float) -> int:
        """Return the height of a line: as the room allows, a curve below the lines included."""
        taken = BEST_LINE * count + 2 * SPACE + LEAST_CURVE.height()
        if self._curve_area(end, self.height()).isEmpty() and taken <= self.height():
            return BEST_LINE
        return int(min(max(self.height() / count, LEAST_LINE), TALLEST_LINE))

    def _paint_title(self, painter: QPainter, box: QRectF) -> None:
        painter.setFont(strong(body_font(self.font())))
        painter.setPen(QColor(self.theme.text))
        shown = painter.fontMetrics().elidedText(
            self.title, Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)

    def _curve_area(self, end: float, bottom: int) -> QRectF:
        """Return where the curve goes, beside the lines or below them; empty where it cannot."""
        start = end + 4 * SPACE
        if self.width() - start >= LEAST_CURVE.width() and self.height() >= LEAST_CURVE.height():
            wide = min(self.width() - start, MOST_CURVE.width())
            return QRectF(start, 0, wide, min(self.height(), MOST_CURVE.height()))
        top = bottom + 2 * SPACE
        if self.height() - top >= LEAST_CURVE.height():
            wide = min(self.width(), MOST_CURVE.width())
            return QRectF(0, top, wide, min(self.height() - top, MOST_CURVE.height()))
        return QRectF()
