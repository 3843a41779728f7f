"""The slim row of marks above a plot: what is drawn how."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.gui.look.theme import SMALL_SIZE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.plain import set_tool_tip

_MARK_WIDTH = 14
_GRADIENT_WIDTH = 32
_GAP = 5
_LINE_HEIGHT = 18
_ENTRY_GAP = 12
_LONGEST_LABEL = 220
_SHORTEST_LABEL = 44
_MARK_GAP = 6
_ANY_LABEL = 1 << 20


def small_font(font: QFont) -> QFont:
    """Return a font at the smaller of the two sizes."""
    small = QFont(font)
    small.setPixelSize(SMALL_SIZE)
    return small


def draw_mark(painter: QPainter, entry: LegendEntry, box: QRectF, middle: str) -> None:
    """Draw an entry's mark, centred in a box.

    Parameters
    ----------
    painter
        Pen and brush are changed.
    entry
        What to draw.
    box
        Where.
    middle
        Colour between the two ends of a gradient.
    """
    color = QColor(entry.color)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    if entry.mark == "gradient":
        _draw_gradient(painter, entry, box, middle)
    elif entry.mark == "square":
        painter.drawRoundedRect(_square(box, 10), 2, 2)
    elif entry.mark == "halves":
        _draw_halves(painter, entry, box)
    elif entry.mark == "tick":
        center = box.center()
        painter.drawRect(QRectF(center.x() - 0.75, center.y() - 4, 1.5, 8))
    elif entry.mark in ("disc", "ring"):
        if entry.mark == "ring":
            painter.setPen(QPen(color, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(_square(box, 8))
    else:
        pen = QPen(color, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        if entry.mark == "dashed":
            pen.setDashPattern([2.2, 1.4])
        painter.setPen(pen)
        y = box.center().y()
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))


def _square(box: QRectF, side: float) -> QRectF:
    corner = box.center() - QPointF(side / 2, side / 2)
    return QRectF(corner.x(), corner.y(), side, side)


def _draw_gradient(painter: QPainter, entry: LegendEntry, box: QRectF, middle: str) -> None:
    shades = QLinearGradient(box.topLeft(), box.topRight())
    shades.setColorAt(0.0, QColor(entry.color))
    if middle not in (entry.color, entry.color_end):
        shades.setColorAt(0.5, QColor(middle))
    shades.setColorAt(1.0, QColor(entry.color_end))
    painter.setBrush(shades)
    painter.drawRoundedRect(box.adjusted(0, box.height() / 2 - 4, 0, 4 - box.height() / 2), 2, 2)


def _draw_halves(painter: QPainter, entry: LegendEntry, box: QRectF) -> None:
    """Draw two squares side by side, one a colour."""
    left = _square(box, 9).translated(-5, 0)
    painter.drawRoundedRect(left, 1.5, 1.5)
    painter.setBrush(QColor(entry.color_end))
    painter.drawRoundedRect(left.translated(10, 0), 1.5, 1.5)


@guarded
class LegendRow(QWidget):
    """Marks and labels side by side; what does not fit in one line goes on in the next.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    lines
        How many lines it may take; what has no place there is in the tooltip. 0 for any number.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None, lines: int = 0) -> None:
        super().__init__(parent)
        self.setObjectName("legend")
        self.entries: tuple[LegendEntry, ...] = ()
        self._firm = 0
        self._theme = theme
        self._lines = lines
        self._laid_out: tuple[int, list[tuple[LegendEntry, QRect]]] | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_entries(
        self, entries: Sequence[LegendEntry], theme: Theme, firm: int | None = None
    ) -> None:
        """Show these entries in these colours.

        Parameters
        ----------
        entries
            What is drawn how.
        theme
            Ink.
        firm
            So many of the first keep their whole names where the lines are too short for all;
            None for every one.
        """
        firm = len(entries) if firm is None else firm
        if (tuple(entries), firm) == (self.entries, self._firm) and theme is self._theme:
            return
        self.entries, self._firm, self._theme = tuple(entries), firm, theme
        labels = ", ".join(entry.label for entry in entries)
        self.setAccessibleName(labels)
        is_plain = firm == len(entries) and not any(entry.reason for entry in entries)
        if is_plain:
            set_tool_tip(self, labels)
        else:
            self.setToolTip(_told(entries))
        self._lay_out_anew()

    def set_lines(self, lines: int) -> None:
        """Let it take so many lines."""
        if lines != self._lines:
            self._lines = lines
            self._lay_out_anew()

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        places = self._places(width)
        return (places[-1][1].bottom() + 1) if places else _LINE_HEIGHT

    def hasHeightForWidth(self) -> bool:
        """Say that narrow rows are taller."""
        return True

    def sizeHint(self) -> QSize:
        """Return the size of one line with everything in it."""
        metrics = QFontMetrics(small_font(self.font()))
        return QSize(sum(self._width(entry, metrics) for entry in self.entries), _LINE_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the height of a line; width is what there is."""
        return QSize(0, _LINE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the marks and labels, elided where even a line of their own is too short."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font(self.font()))
        for entry, place in self._places(self.width()):
            mark = _mark_width(entry)
            if entry.mark:
                box = QRectF(place.left(), place.top() + 4, mark, place.height() - 8)
                draw_mark(painter, entry, box, self._theme.neutral)
            if place.width() <= mark:
                continue
            painter.setPen(QColor(self._theme.muted))
            room = place.adjusted(mark + _GAP if entry.mark else 0, 0, 0, 0)
            text = painter.fontMetrics().elidedText(
                entry.label, Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    def _lay_out_anew(self) -> None:
        self._laid_out = None
        self.updateGeometry()
        self.update()

    def _places(self, width: int) -> list[tuple[LegendEntry, QRect]]:
        """Return what stands where: of long names their beginnings, or marks alone, or a number."""
        if self._laid_out is None or self._laid_out[0] != width:
            metrics = QFontMetrics(small_font(self.font()))
            cut = range(_LONGEST_LABEL, _SHORTEST_LABEL - 1, -8)
            tried = (self._placed(width, metrics, longest) for longest in (_ANY_LABEL, *cut, 0))
            if self._firm == len(self.entries):
                placed = next(tried)
            else:
                placed = next((p for p in tried if len(p) == len(self.entries)), [])
                placed = placed or self._counted(width, metrics)
            self._laid_out = width, placed
        return self._laid_out[1]

    def _placed(
        self, width: int, metrics: QFontMetrics, longest: int, reserved: int = 0
    ) -> list[tuple[LegendEntry, QRect]]:
        """Return where entries stand whose names are cut at a width, as many as there is room for.

        At the end of the last line some room can be reserved.
        """
        places: list[tuple[LegendEntry, QRect]] = []
        x = y = 0
        for index, entry in enumerate(self.entries):
            named = longest or index < self._firm
            wanted = self._width(entry, metrics, _ANY_LABEL if index < self._firm else longest)
            taken = wanted - (_ENTRY_GAP if named else _MARK_GAP)
            last = self._lines > 0 and y >= (self._lines - 1) * _LINE_HEIGHT
            if x and x + taken > width - (reserved if last else 0):
                x, y = 0, y + _LINE_HEIGHT
            if self._lines and y >= self._lines * _LINE_HEIGHT:
                break
            places.append((entry, QRect(x, y, min(taken, width - x), _LINE_HEIGHT)))
            x += wanted
        return places

    def _counted(self, width: int, metrics: QFontMetrics) -> list[tuple[LegendEntry, QRect]]:
        """Return as many entries as there is room for, and how many more there are."""
        room = metrics.horizontalAdvance(f"+{len(self.entries)}") + 2
        placed = self._placed(width, metrics, 0, room + _ENTRY_GAP)
        more = LegendEntry(f"+{len(self.entries) - len(placed)}", self._theme.muted, "")
        end = placed[-1][1] if placed else QRect(-_ENTRY_GAP, 0, 0, _LINE_HEIGHT)
        at = QRect(end.left() + end.width() + _ENTRY_GAP, end.top(), room, _LINE_HEIGHT)
        return [*placed, (more, at)]

    def _width(self, entry: LegendEntry, metrics: QFontMetrics, longest: int = _ANY_LABEL) -> int:
        if not longest:
            return _mark_width(entry) + _MARK_GAP
        text = min(metrics.horizontalAdvance(entry.label) + 2, longest)
        return _mark_width(entry) + _GAP + text + _ENTRY_GAP


def _told(entries: Sequence[LegendEntry]) -> str:
    """Return a tooltip with a line an entry, its mark in colour, for where their names are cut."""
    mark = {"line": "━", "dashed": "╍"}
    return "<br>".join(
        escape(entry.reason)
        or f'<span style="white-space: nowrap"><span style="color: {entry.color}">'
        f"{mark.get(entry.mark, '■')}</span> {escape(entry.label)}</span>"
        for entry in entries
    )


def _mark_width(entry: LegendEntry) -> int:
    return {
        "gradient": _GRADIENT_WIDTH,
        "line": _MARK_WIDTH,
        "dashed": _MARK_WIDTH + 2,
        "halves": 20,
    }.get(entry.mark, 10)
