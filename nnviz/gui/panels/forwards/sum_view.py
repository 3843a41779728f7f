"""Draws a neuron's arithmetic: a line a term, with its numbers and a bar."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.gui.panels.forwards.lines import MOST_TERMS, Line, step_lines, sum_lines
from nnviz.gui.panels.forwards.look import body_font, strong
from nnviz.gui.panels.forwards.terms import NeuronSum
from nnviz.gui.panels.legend import small_font
from nnviz.gui.theme import Theme
from nnviz.training.problem import Problem

LEAST_LINE, BEST_LINE, TALLEST_LINE = 17, 20, 24
FEW_TERMS, USUAL_TERMS = 3, 6
_OTHER_LINES = 7
"""Title, formula, titles of columns, z, a, and two of the step."""

SHORTEST_BAR, LONGEST_BAR = 36, 320
BAR = 8
GAP = 10
NAME_GAP = 6
LONGEST_NAME = 90

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter
ELIDED = Qt.TextElideMode.ElideRight


@dataclass(frozen=True)
class Columns:
    """Right edges of the columns of numbers, and where bars are."""

    label: float
    left: float
    right: float
    result: float
    bar: QRectF


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
        self.title = ""
        """Written above everything where it is not empty."""
        self.neuron: NeuronSum | None = None
        self.problem: Problem | None = None
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
        room = self.height() // LEAST_LINE - bool(self.title)
        step = step_lines(self.problem, self.neuron)
        least = sum_lines(self.problem, self.neuron, FEW_TERMS)
        if len(least) + len(step) > room:
            step = []
        spare = max(0, room - len(least) - len(step))
        most = min(FEW_TERMS + spare, MOST_TERMS)
        return [*sum_lines(self.problem, self.neuron, most), *step]

    def natural_height(self, problem: Problem) -> int:
        """Return the height at which the usual terms of any neuron have room."""
        inputs = problem.train.inputs.shape[1] - 1
        most = 0
        for spec in problem.experiment.network.layers:
            terms = min(inputs, USUAL_TERMS + 1) + 2 * spec.use_bias
            most = max(most, terms + ACTIVATIONS[spec.activation].couples_units)
            inputs = spec.units
        return (most + _OTHER_LINES) * BEST_LINE

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(420, 14 * BEST_LINE)

    # ------------------------------------------------------------------ drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw title and lines."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.surface))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lines = self.lines()
        if not lines:
            return
        count = len(lines) + bool(self.title)
        height = min(max(self.height() // count, LEAST_LINE), TALLEST_LINE)
        columns = self._columns(lines)
        y = 0
        if self.title:
            painter.setFont(strong(body_font(self.font())))
            painter.setPen(QColor(self.theme.text))
            self._write(painter, QRectF(0, y, self.width(), height), LEFT, self.title)
            y += height
        largest = max((abs(line.amount) for line in lines if line.amount is not None), default=0.0)
        for line in lines:
            self._paint_line(painter, line, QRectF(0, y, self.width(), height), columns, largest)
            y += height

    def _columns(self, lines: list[Line]) -> Columns:
        """Return columns wide enough for every line, and what is left for the bars."""
        body, small = self._fonts()
        numbers, words = QFontMetrics(body), QFontMetrics(small)
        terms = [line for line in lines if line.kind in ("term", "answer", "columns", "total")]
        label = max((self._label_width(t) for t in terms if t.operator), default=30.0)
        sides = []
        for side in ("left", "right", "result"):
            wide = 0
            for line in terms:
                metrics = words if line.kind == "columns" else numbers
                wide = max(wide, metrics.horizontalAdvance(getattr(line, side)))
            sides.append(wide)
        sign = numbers.horizontalAdvance(" × ") + GAP / 2
        left = label + GAP + sides[0]
        right = left + sign + sides[1]
        result = right + sign + sides[2]
        start = result + 2 * GAP
        bar = QRectF(start, 0, min(self.width() - start - 1, LONGEST_BAR), 0)
        return Columns(label, left, right, result, bar)

    def _label_width(self, line: Line) -> float:
        body, small = self._fonts()
        name = min(QFontMetrics(small).horizontalAdvance(line.name), LONGEST_NAME)
        symbol = QFontMetrics(strong(body)).horizontalAdvance(line.label)
        return symbol + (NAME_GAP + name if line.name else 0)

    def _fonts(self) -> tuple[QFont, QFont]:
        return body_font(self.font()), small_font(self.font())

    def _paint_line(
        self, painter: QPainter, line: Line, row: QRectF, columns: Columns, largest: float
    ) -> None:
        body, small = self._fonts()
        theme = self.theme
        if line.kind == "total":
            painter.fillRect(QRectF(0, row.top(), columns.result, 1), QColor(theme.border))
        if line.kind in ("heading", "note") and not line.name:
            painter.setFont(small)
            painter.setPen(QColor(theme.text if line.kind == "heading" else theme.muted))
            self._write(painter, row, LEFT, line.label)
            return
        self._paint_label(painter, line, row, columns)
        if line.kind == "columns":
            painter.setFont(small)
            painter.setPen(QColor(theme.muted))
        else:
            painter.setFont(body)
            painter.setPen(QColor(theme.text))
        self._paint_numbers(painter, line, row, columns)
        if line.amount is not None and columns.bar.width() >= SHORTEST_BAR:
            self._paint_bar(painter, line.amount, row, columns.bar, largest)

    def _paint_label(self, painter: QPainter, line: Line, row: QRectF, columns: Columns) -> None:
        """Write the symbol, and what it stands for as far as there is room."""
        body, small = self._fonts()
        beside = columns.label if line.operator else columns.result
        if line.result and not line.operator:
            beside -= QFontMetrics(body).horizontalAdvance(line.result) + GAP
        if line.kind == "note":
            beside = row.width()
        bold = line.kind in ("total", "answer")
        painter.setFont(strong(body) if bold else body)
        painter.setPen(QColor(self.theme.text))
        box = QRectF(row.left(), row.top(), beside, row.height())
        if line.kind == "step" and line.left:
            box.setWidth(columns.label)
        symbol = self._write(painter, box, LEFT, line.label)
        box.setLeft(box.left() + symbol + NAME_GAP)
        painter.setFont(small)
        painter.setPen(QColor(self.theme.muted))
        if line.name and box.width() > 20:
            self._write(painter, box, LEFT, line.name)

    def _paint_numbers(self, painter: QPainter, line: Line, row: QRectF, columns: Columns) -> None:
        def column(start: float, end: float) -> QRectF:
            return QRectF(start, row.top(), end - start, row.height())

        if line.kind in ("total", "answer"):
            painter.setFont(strong(painter.font()))
        painter.drawText(column(0, columns.result), RIGHT, line.result)
        if line.kind in ("total", "answer"):
            painter.setFont(self._fonts()[0])
        if line.kind == "step":
            used = painter.fontMetrics().horizontalAdvance(line.result) + NAME_GAP
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(column(0, columns.result - used), RIGHT, line.left)
            return
        painter.drawText(column(0, columns.left), RIGHT, line.left)
        painter.drawText(column(0, columns.right), RIGHT, line.right)
        if line.operator:
            painter.setPen(QColor(self.theme.muted))
            between = columns.right - painter.fontMetrics().horizontalAdvance(line.right)
            widest = columns.left + QFontMetrics(painter.font()).horizontalAdvance(" × ") + GAP / 2
            painter.drawText(column(columns.left, min(between, widest)), CENTER, line.operator)
            after = columns.result - painter.fontMetrics().horizontalAdvance(line.result)
            widest = columns.right + QFontMetrics(painter.font()).horizontalAdvance(" × ") + GAP / 2
            painter.drawText(column(columns.right, min(after, widest)), CENTER, "=")

    def _paint_bar(
        self, painter: QPainter, amount: float, row: QRectF, bar: QRectF, largest: float
    ) -> None:
        """Draw an amount from the middle: to the right above zero, to the left below."""
        middle, y = round(bar.center().x()), round(row.center().y() - BAR / 2)
        painter.fillRect(QRectF(middle, row.top(), 1, row.height()), QColor(self.theme.border))
        share = amount / largest if largest > 0 and amount == amount else 0.0
        length = share * (bar.width() / 2 - 1)
        color = QColor(self.theme.positive if amount > 0 else self.theme.negative)
        start = middle + 1 if length > 0 else middle + length
        painter.fillRect(QRectF(start, y, abs(length), BAR), color)

    def _write(self, painter: QPainter, box: QRectF, side: Qt.AlignmentFlag, text: str) -> float:
        """Write a text, elided where it is too long; return how much room it took."""
        shown = painter.fontMetrics().elidedText(text, ELIDED, int(box.width()))
        painter.drawText(box, side, shown)
        return float(painter.fontMetrics().horizontalAdvance(shown))
