"""The slim row of marks above a plot: what is drawn how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.gui.look.style import small_font
from nnviz.gui.look.themed import Themed
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip

_MARK_WIDTHS = {"gradient": 32, "line": 14, "dashed": 16, "halves": 20}
_GAP, _ENTRY_GAP = 5, 12


@dataclass(frozen=True)
class LegendEntry:
    """One line of a legend: how something is drawn, and what it is.

    Parameters
    ----------
    label
        What it is, already translated.
    color
        ``#rrggbb``.
    mark
        ``"line"``, ``"dashed"``, ``"disc"``, ``"ring"``, ``"square"``, ``"frame"``, ``"tick"``,
        one of pyqtgraph's symbols,
        ``"halves"``: a square of ``color`` beside one of ``color_end``, or ``"gradient"``: a
        diverging bar from ``color`` to ``color_end``; empty for none.
    color_end
        Second colour of halves and of a gradient.
    reason
        What the tooltip says in place of the label, where that is only a word.
    """

    label: str
    color: str
    mark: str = "line"
    color_end: str = ""
    reason: str = ""


def draw_mark(painter: QPainter, entry: LegendEntry, box: QRectF, middle: str) -> None:
    """Draw an entry's mark, centred in a box; `middle` is the colour halfway along a gradient."""
    center, color = box.center(), QColor(entry.color)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    if entry.mark == "gradient":
        shades = QLinearGradient(box.topLeft(), box.topRight())
        shades.setColorAt(0.0, color)
        if middle not in (entry.color, entry.color_end):
            shades.setColorAt(0.5, QColor(middle))
        shades.setColorAt(1.0, QColor(entry.color_end))
        painter.setBrush(shades)
        painter.drawRoundedRect(QRectF(box.left(), center.y() - 4, box.width(), 8), 2, 2)
    elif entry.mark == "square":
        painter.drawRoundedRect(QRectF(center.x() - 5, center.y() - 5, 10, 10), 2, 2)
    elif entry.mark == "frame":
        painter.setPen(QPen(color, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(center.x() - 4.5, center.y() - 4.5, 9, 9))
    elif (symbol := _symbol(entry.mark)) is not None:
        painter.drawPath(QTransform.fromTranslate(*center.toTuple()).scale(9, 9).map(symbol))
    elif entry.mark == "halves":
        for shift, half in ((-9.5, entry.color), (0.5, entry.color_end)):
            painter.setBrush(QColor(half))
            painter.drawRoundedRect(QRectF(center.x() + shift, center.y() - 4.5, 9, 9), 1.5, 1.5)
    elif entry.mark == "tick":
        painter.drawRect(QRectF(center.x() - 0.75, center.y() - 4, 1.5, 8))
    elif entry.mark in ("disc", "ring"):
        if entry.mark == "ring":
            painter.setPen(QPen(color, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(center, 4.0, 4.0)
    elif entry.mark:
        pen = QPen(color, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        if entry.mark == "dashed":
            pen.setDashPattern([2.2, 1.4])
        painter.setPen(pen)
        painter.drawLine(QPointF(box.left(), center.y()), QPointF(box.right(), center.y()))


@guarded
class LegendRow(Themed, QWidget):
    """Marks and names side by side; what does not fit in one line goes on in the next.

    Names give way evenly, from the longest, where the lines are too short for all; what has no
    place even so is counted at the end. The tool tip tells everything.

    Parameters
    ----------
    parent
        Qt parent.
    lines
        How many lines it may take; 0 for any number.
    """

    def __init__(self, parent: QWidget | None = None, lines: int = 0) -> None:
        super().__init__(parent)
        self.setObjectName("legend")
        self.entries: tuple[LegendEntry, ...] = ()
        self._firm, self._lines = 0, lines
        self._laid_out: tuple[int, list[tuple[LegendEntry, QRect]]] | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_entries(self, entries: Sequence[LegendEntry], firm: int | None = None) -> None:
        """Show these entries.

        Parameters
        ----------
        entries
            What is drawn how.
        firm
            So many of the first keep their whole names; None for every one.
        """
        firm = len(entries) if firm is None else firm
        if (tuple(entries), firm) == (self.entries, self._firm):
            return
        self.entries, self._firm = tuple(entries), firm
        labels = ", ".join(entry.label for entry in entries)
        self.setAccessibleName(labels)
        is_plain = firm == len(entries) and not any(entry.reason for entry in entries)
        if is_plain:
            set_tool_tip(self, labels)
        else:
            self.setToolTip(_told(entries))
        self.restyle()

    def set_lines(self, lines: int) -> None:
        """Let it take so many lines."""
        if lines != self._lines:
            self._lines = lines
            self.restyle()

    def restyle(self) -> None:
        """Lay out anew."""
        self._laid_out = None
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        places = self.places(width)
        return places[-1][1].bottom() + 1 if places else self._line()

    def hasHeightForWidth(self) -> bool:
        """Say that narrow rows are taller."""
        return True

    def sizeHint(self) -> QSize:
        """Return the size of one line with everything in it."""
        return QSize(sum(self._width(e) + _ENTRY_GAP for e in self.entries), self._line())

    def minimumSizeHint(self) -> QSize:
        """Return the height of a line; width is what there is."""
        return QSize(0, self._line())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw marks and names, elided where their place is too short."""
        painter, theme = QPainter(self), self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font())
        for entry, place in self.places(self.width()):
            mark = _mark_width(entry)
            if entry.mark:
                box = QRectF(place.left(), place.top() + 4, mark, place.height() - 8)
                draw_mark(painter, entry, box, theme.neutral)
            room = place.adjusted(mark + _GAP if entry.mark else 0, 0, 0, 0)
            painter.setPen(QColor(theme.muted))
            text = painter.fontMetrics().elidedText(
                entry.label, Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    def places(self, width: int) -> list[tuple[LegendEntry, QRect]]:
        """Return what stands where in a row so wide; at its end perhaps how many more there are."""
        if self._laid_out is None or self._laid_out[0] != width:
            longest, shortest = 16 * self._line(), 3 * self._line()
            placed = self._placed(width, longest)
            if len(placed) < len(self.entries):
                # As short as half of what they would like on average: one try is enough.
                lines = max(1, self._lines)
                loose = max(1, len(self.entries) - self._firm)
                taken = sum(self._width(e) + _ENTRY_GAP for e in self.entries[: self._firm])
                each = (lines * width - taken) // loose - _ENTRY_GAP - 20
                placed = self._placed(width, max(shortest, min(longest, each)))
            if len(placed) < len(self.entries):
                placed = self._counted(width, shortest)
            self._laid_out = width, placed
        return self._laid_out[1]

    def _placed(
        self, width: int, longest: int, reserved: int = 0
    ) -> list[tuple[LegendEntry, QRect]]:
        """Return the entries there is room for, names no longer than this.

        At the end of the last line some room can be reserved.
        """
        placed: list[tuple[LegendEntry, QRect]] = []
        x, y, line = 0, 0, self._line()
        for index, entry in enumerate(self.entries):
            wanted = self._width(entry, None if index < self._firm else longest)
            last = self._lines > 0 and y >= (self._lines - 1) * line
            if x and x + wanted > width - (reserved if last else 0):
                x, y = 0, y + line
            if self._lines and y >= self._lines * line:
                break
            placed.append((entry, QRect(x, y, min(wanted, width - x), line)))
            x += wanted + _ENTRY_GAP
        return placed

    def _counted(self, width: int, longest: int) -> list[tuple[LegendEntry, QRect]]:
        """Return as many entries as there is room for, and how many more there are."""
        room = self._metrics().horizontalAdvance(f"+{len(self.entries)}") + 2
        placed = self._placed(width, longest, room + _ENTRY_GAP)
        more = LegendEntry(f"+{len(self.entries) - len(placed)}", "", "")
        end = placed[-1][1] if placed else QRect(-_ENTRY_GAP, 0, 0, self._line())
        left = min(end.left() + end.width() + _ENTRY_GAP, width - room)
        return [*placed, (more, QRect(left, end.top(), room, self._line()))]

    def _width(self, entry: LegendEntry, longest: int | None = None) -> int:
        text = self._metrics().horizontalAdvance(entry.label) + 2
        return _mark_width(entry) + _GAP + (text if longest is None else min(text, longest))

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(small_font())

    def _line(self) -> int:
        return self._metrics().height() + 4


def _symbol(mark: str) -> QPainterPath | None:
    """Return the outline of one of pyqtgraph's symbols, one pixel wide."""
    # The plotting library loads after the first paint.
    from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols

    outline: QPainterPath | None = Symbols.get(mark)
    return outline


def _told(entries: Sequence[LegendEntry]) -> str:
    """Return a tool tip with a line an entry, for where their names are cut."""
    mark = {"line": "━", "dashed": "╍"}
    return "<br>".join(
        escape(entry.reason)
        or f'<span style="white-space: nowrap"><span style="color: {entry.color}">'
        f"{mark.get(entry.mark, '■')}</span> {escape(entry.label)}</span>"
        for entry in entries
    )


def _mark_width(entry: LegendEntry) -> int:
    return _MARK_WIDTHS.get(entry.mark, 10)
