"""Writes the lines of a neuron's arithmetic in columns, with a bar for every amount."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from nnviz.gui.look.theme import Theme
from nnviz.gui.panels.forwards.lines import Line
from nnviz.gui.panels.forwards.look import body_font, strong
from nnviz.gui.panels.legend import small_font

SHORTEST_BAR, LONGEST_BAR = 36, 200
BAR = 8
GAP = 10
NAME_GAP = 6
LONGEST_NAME = 96

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter
ELIDED = Qt.TextElideMode.ElideRight


@dataclass(frozen=True)
class Columns:
    """Right edges of the columns, in pixels, and where bars are.

    Parameters
    ----------
    label, left, right, result
        Right edges: of symbols and names, and of the three numbers.
    bar, bar_width
        Left edge of the bars, and what they have at most.
    step
        Right edge of the lines of the last step, which have columns of their own.
    """

    label: float
    left: float
    right: float
    result: float
    bar: float
    bar_width: float
    step: float

    @property
    def end(self) -> float:
        """Where everything ends."""
        bars = self.bar + self.bar_width if self.bar_width >= SHORTEST_BAR else 0.0
        return max(bars, self.result, self.step)


@lru_cache(maxsize=16)
def ruler(font: str) -> Callable[[str], float]:
    """Return what measures texts in a font; what it has measured it remembers."""
    described = QFont()
    described.fromString(font)
    return lru_cache(maxsize=4096)(QFontMetrics(described).horizontalAdvance)


class Writer:
    """Writes lines into a width.

    Parameters
    ----------
    lines
        All of them: columns are as wide as the widest needs.
    width
        Pixels there are.
    font, theme
        Family and colours.
    """

    def __init__(self, lines: Sequence[Line], width: float, font: QFont, theme: Theme) -> None:
        self.theme = theme
        self.body, self.small = body_font(font), small_font(font)
        self._strong = strong(self.body)
        self._numbers, self._words = ruler(self.body.toString()), ruler(self.small.toString())
        self._symbols = ruler(self._strong.toString())
        self._sign = self._numbers("×") + GAP
        self.largest = max(
            (abs(n) for n in (line.amount for line in lines) if n is not None), default=0.0
        )
        self.columns = self._columns(lines, width)

    def _columns(self, lines: Sequence[Line], width: float) -> Columns:
        terms = [line for line in lines if line.operator]
        label = max((self._label_width(line) for line in terms), default=0.0)
        left, right, result = (
            max(
                (
                    self._width(line, side)
                    for line in lines
                    if line.kind != "step" or side == "result"
                ),
                default=0.0,
            )
            for side in ("left", "right", "result")
        )
        natural = label + GAP + left + self._sign + right + self._sign + result
        sums = [self._line_width(line) for line in lines if line.kind != "step"]
        end = min(max(natural, *sums), width)
        steps = [self._line_width(line) for line in lines if line.kind == "step"]
        middle = end - result - self._sign
        start = end + 2 * GAP
        return Columns(
            max(end - natural + label, 0.0),
            middle - right - self._sign,
            middle,
            end,
            start,
            min(width - start - 1, LONGEST_BAR),
            min(max(end, *steps), width) if steps else end,
        )

    def _width(self, line: Line, side: str) -> float:
        measure = self._words if line.kind == "columns" else self._numbers
        return measure(getattr(line, side))

    def _label_width(self, line: Line) -> float:
        name = 0 if line.kind == "step" else self._words(line.name)
        name = min(name, LONGEST_NAME)
        symbol = self._symbols(line.label)
        return symbol + (NAME_GAP + name + 2 if name else 0)

    def _line_width(self, line: Line) -> float:
        """Return what a line needs that does not keep to the columns."""
        if line.operator or line.kind in ("heading", "columns", "note"):
            return 0.0
        left = self._width(line, "left") + NAME_GAP if line.left else 0.0
        return self._label_width(line) + GAP + left + self._width(line, "result") + 4

    # ------------------------------------------------------------------ painting

    def look(self, line: Line) -> object:
        """Return what `paint_still` depends on, beside the columns."""
        return line.kind, line.label, line.name, line.operator, self._label_end(line)

    def paint_still(self, painter: QPainter, line: Line, row: QRectF) -> None:
        """Write what is called something, and the signs between numbers."""
        if line.kind in ("heading", "note") and not line.name:
            ink = self.theme.text if line.kind == "heading" else self.theme.muted
            self._write(painter, row, line.label, self.small, ink)
            return
        if line.kind == "total":
            painter.fillRect(
                QRectF(0, row.top(), self.columns.result, 1), QColor(self.theme.border)
            )
        self._paint_label(painter, line, row)
        if line.kind == "columns":
            self._paint_numbers(painter, line, row)
        if line.operator:
            painter.setFont(self.body)
            painter.setPen(QColor(self.theme.muted))
            columns = self.columns
            for edge, sign in ((columns.left, line.operator), (columns.right, "=")):
                painter.drawText(QRectF(edge, row.top(), self._sign, row.height()), CENTER, sign)

    def paint_live(self, painter: QPainter, line: Line, row: QRectF) -> None:
        """Write the numbers, and draw the bar."""
        if line.kind in ("heading", "note") and not line.name:
            return
        if line.kind != "columns":
            self._paint_numbers(painter, line, row)
        if self.columns.bar_width >= SHORTEST_BAR:
            self._paint_bar(painter, line, row)

    def _paint_numbers(self, painter: QPainter, line: Line, row: QRectF) -> None:
        self._paint_result(painter, line, row)
        if line.kind == "step":
            self._paint_step(painter, line, row)
        else:
            self._number(painter, line, row, self.columns.left, line.left, self.body)
            self._number(painter, line, row, self.columns.right, line.right, self.body)

    def _label_end(self, line: Line) -> float:
        """Return where the symbol, and what it stands for, have to end."""
        end = self.columns.label if line.operator else self._result_start(line) - GAP
        if line.kind == "step":
            end -= self._width(line, "left") + NAME_GAP
        return end

    def _paint_label(self, painter: QPainter, line: Line, row: QRectF) -> None:
        """Write the symbol, and what it stands for as far as there is room."""
        end = row.width() if line.kind == "note" else self._label_end(line)
        font = self._strong if line.kind in ("total", "answer") else self.body
        box = QRectF(row.left(), row.top(), end, row.height())
        used = self._write(painter, box, line.label, font, self.theme.text)
        box.setLeft(box.left() + used + NAME_GAP)
        whole = self._words(line.name) <= box.width()
        if line.name and (whole or line.kind == "term"):
            self._write(painter, box, line.name, self.small, self.theme.muted)

    def _result_start(self, line: Line) -> float:
        return self._end(line) - self._width(line, "result")

    def _end(self, line: Line) -> float:
        return self.columns.step if line.kind == "step" else self.columns.result

    def _paint_result(self, painter: QPainter, line: Line, row: QRectF) -> None:
        font = self._strong if line.kind in ("total", "answer") else self.body
        self._number(painter, line, row, self._end(line), line.result, font)

    def _paint_step(self, painter: QPainter, line: Line, row: QRectF) -> None:
        box = QRectF(0, row.top(), self._result_start(line) - NAME_GAP, row.height())
        painter.setFont(self.body)
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(box, RIGHT, line.left)

    def _number(
        self, painter: QPainter, line: Line, row: QRectF, end: float, text: str, font: QFont
    ) -> None:
        if not text:
            return
        heads = line.kind == "columns"
        painter.setFont(self.small if heads else font)
        painter.setPen(QColor(self.theme.muted if heads else self.theme.text))
        painter.drawText(QRectF(0, row.top(), end, row.height()), RIGHT, text)

    def _paint_bar(self, painter: QPainter, line: Line, row: QRectF) -> None:
        """Draw an amount from the middle: to the right above zero, to the left below."""
        columns = self.columns
        middle = round(columns.bar + columns.bar_width / 2)
        if line.kind == "columns":
            painter.setFont(self.small)
            painter.setPen(QColor(self.theme.muted))
            box = QRectF(middle - 24, row.top(), 49, row.height())
            painter.drawText(box, CENTER, "−   +")
        if line.amount is None:
            return
        painter.fillRect(QRectF(middle, row.top(), 1, row.height()), QColor(self.theme.border))
        share = line.amount / self.largest if 0 < self.largest < float("inf") else 0.0
        length = share * (columns.bar_width / 2 - 1) if share == share else 0.0
        color = QColor(self.theme.positive if length > 0 else self.theme.negative)
        start = middle + 1 if length > 0 else middle + length
        y = round(row.center().y() - BAR / 2)
        painter.fillRect(QRectF(start, y, abs(length), BAR), color)

    def _write(self, painter: QPainter, box: QRectF, text: str, font: QFont, ink: str) -> float:
        """Write a text, elided where it is too long; return how much room it took."""
        painter.setFont(font)
        painter.setPen(QColor(ink))
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(text, ELIDED, max(0, int(box.width())))
        painter.drawText(box, LEFT, shown)
        return float(metrics.horizontalAdvance(shown))
