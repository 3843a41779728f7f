"""Paints cells and headers of a table, several times faster than Qt with a style sheet does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QStaticText,
)
from PySide6.QtWidgets import QHeaderView, QWidget

from nnviz.gui.look.style import em, small_font
from nnviz.gui.look.theme import Theme, blend, theme_of
from nnviz.gui.overrides import guarded
from nnviz.gui.widgets.table_model import CENTER, LEFT, RIGHT, Mark

if TYPE_CHECKING:
    from nnviz.gui.widgets.data_table import DataTable

_PAD, _GAP = 0.2, 0.5
"""Heights of a line: beside a text; before a group of columns."""

_BARS = 3.5
"""Heights of a line that a histogram in a cell is wide."""

_TINT = 0.5
"""Share of a value's colour in a cell: figures must stay readable on it."""

_OVERHANG = 2
"""Pixels that a text may reach into the room around it before it is shortened."""

_MOST_TEXTS = 8192
_HALVES = {LEFT: 0, CENTER: 1, RIGHT: 2}
"""How many halves of the room that a text leaves are before it."""


class TableLook:
    """Colours, fonts and sizes of a table in a theme, and the texts laid out in them."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        self.theme, self.body, self.small = theme, font, small_font()
        self.strong, self.small_strong = QFont(font), small_font()
        for strong in (self.strong, self.small_strong):
            strong.setWeight(QFont.Weight.DemiBold)
        self.inks = {name: QColor(ink) for name, ink in vars(theme).items() if ink[0] == "#"}
        self.tints = _tints(theme)
        self._metrics = QFontMetrics(font), QFontMetrics(self.strong)
        self.em = self._metrics[False].height()
        self.pad, self.gap = round(_PAD * self.em), round(_GAP * self.em)
        self._texts: dict[tuple[str, int, bool], tuple[QStaticText, int]] = {}

    def text(self, text: str, room: int, strong: bool) -> tuple[QStaticText, int]:
        """Return a text laid out, elided where there is too little room, and what that leaves."""
        key = text, room, strong
        found = self._texts.get(key)
        if found is None:
            if len(self._texts) > _MOST_TEXTS:
                self._texts.clear()
            metrics = self._metrics[strong]
            width = metrics.horizontalAdvance(text)
            if width > room + _OVERHANG:
                text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
                text = text if len(text) > 1 else ""  # dots alone say nothing
                width = metrics.horizontalAdvance(text)
            made = QStaticText(text)
            made.setTextFormat(Qt.TextFormat.PlainText)
            found = self._texts[key] = made, room - width
        return found

    def draw_mark(self, painter: QPainter, mark: Mark, room: QRect) -> int:
        """Draw a mark at the left of a room; return how wide it is with the gap after it."""
        many = {"class": self.theme.class_color, "run": self.theme.reference_color}
        name, place = mark.color, mark.place
        color = QColor(many[name](place)) if name in many else self.inks[name]
        size, middle = round(0.6 * self.em), room.center().y() + 1
        if mark.shape == "square":
            painter.fillRect(room.x(), middle - size // 2, size, size, color)
            return size + 2 * self.pad
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 2.5 if mark.shape == "line" else 1.6))
        if mark.shape == "line":
            painter.drawLine(room.x(), middle, room.x() + size, middle)
        else:
            painter.drawEllipse(QPointF(room.x() + size / 2, middle), size / 3, size / 3)
        painter.restore()
        return size + 2 * self.pad


@lru_cache(maxsize=2)
def _tints(theme: Theme) -> tuple[QColor, ...]:
    """Return 256 grounds of cells, from -1 to 1."""
    colors = theme.diverging(np.linspace(-1.0, 1.0, 256))[:, :3].tolist()
    hexes = ("#{:02x}{:02x}{:02x}".format(*color) for color in colors)
    return tuple(QColor(blend(color, theme.surface, _TINT)) for color in hexes)


class CellPainter:
    """Paints a cell: wash, mark or picture, text, and the outline of what is chosen.

    It is no delegate: for one, Qt takes longer to prepare a cell than it takes to paint it.
    """

    def __init__(self, table: DataTable) -> None:
        self._table = table

    def paint(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        """Draw a cell."""
        table, look = self._table, self._table.look
        cell = table.content.cell(row, column)
        x, y, width, height = cast("tuple[int, int, int, int]", rect.getRect())
        if column in table.starts:
            x, width = x + look.gap, width - look.gap
        is_chosen, is_washed = row in table.selected, cell.shade >= 0
        if is_chosen:
            wide = rect.width() + (not is_washed)
            painter.fillRect(rect.x(), y, wide, height, look.inks["accent_soft"])
        if is_washed:
            painter.fillRect(x, y, width, height, look.tints[cell.shade])
        else:
            painter.fillRect(x, y + height, width + 1, 1, look.inks["grid"])
        x, room = x + look.pad, width - 2 * look.pad
        if cell.pictured:
            picture = table.picture(row)
            drop = (height - picture.deviceIndependentSize().height()) / 2
            painter.drawPixmap(QPointF(x, y + drop), picture)
            taken = round(picture.deviceIndependentSize().width()) + look.gap
            x, room = x + taken, room - taken
        elif cell.bar is not None:
            self._paint_bar(painter, cell.bar, rect)
        elif cell.mark is not None:
            taken = look.draw_mark(painter, cell.mark, QRect(x, y, room, height))
            x, room = x + taken, room - taken
        if cell.text:
            laid_out, spare = look.text(cell.text, room, cell.strong)
            painter.setPen(look.inks[cell.ink])
            if cell.strong:
                painter.setFont(look.strong)
            x += spare * _HALVES[table.content.columns[column].side] // 2
            painter.drawStaticText(x, y + (height - look.em) // 2, laid_out)
            if cell.strong:
                painter.setFont(look.body)
        if cell.ruled:
            painter.fillRect(rect.x(), y, rect.width() + 1, 1, look.inks["border"])
        if is_chosen:
            self._outline(painter, rect, column)

    def _paint_bar(self, painter: QPainter, share: float, rect: QRect) -> None:
        """Draw an amount from the middle of a cell: to the right above zero, to the left below."""
        look, middle = self._table.look, rect.center().x()
        length, thick = round(share * (rect.width() / 2 - look.pad)), look.em // 2
        painter.fillRect(middle, rect.y(), 1, rect.height(), look.inks["border"])
        ink = look.inks["positive" if share > 0 else "negative"]
        left = middle + 1 if length > 0 else middle + length
        painter.fillRect(left, rect.center().y() - thick // 2, abs(length), thick, ink)

    def _outline(self, painter: QPainter, rect: QRect, column: int) -> None:
        """Draw the lines above and below a cell of a chosen row, and around those marked."""
        marked, accent = self._table.marked, self._table.look.inks["accent"]
        line, wide = (2 if column in marked else 1), rect.width() + 1  # over the pixel between
        for top in (rect.y(), rect.bottom() + 1 - line):
            painter.fillRect(rect.x(), top, wide, line, accent)
        for x, beside in ((rect.x(), column - 1), (rect.right(), column + 1)):
            if column in marked and beside not in marked:
                painter.fillRect(x, rect.y(), 2, rect.height(), accent)


@guarded
class Titles(QHeaderView):
    """The titles of columns, and in a line above them those of groups.

    A group's title stays in sight as long as one of its columns is.
    """

    def __init__(self, table: DataTable) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._table, self._line = table, 0
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(1)

    def set_lines(self, lines: int, height: int) -> None:
        """Have one line of a height, or two with groups."""
        self._line = height
        self.setFixedHeight(lines * height + 2)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw the title of a column."""
        look, column = self._table.look, self._table.content.columns[section]
        gap = look.gap if section in self._table.starts else 0
        is_marked = section in self._table.marked
        painter.fillRect(rect, look.inks["surface"])
        painter.setFont(look.small_strong if is_marked else look.small)
        painter.setPen(look.inks["accent" if is_marked else "muted"])
        room = rect.adjusted(look.pad + gap, rect.height() - self._line - 2, -look.pad, 0)
        _write(painter, room, column.side, column.title)
        painter.fillRect(rect.adjusted(gap, rect.height() - 1, 0, 0), look.inks["border"])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the titles of groups over those of columns."""
        super().paintEvent(event)
        columns, painter = self._table.content.columns, QPainter(self.viewport())
        for title, of in groupby(range(len(columns)), lambda i: columns[i].group):
            shown = [i for i in of if not self.isSectionHidden(i)]
            if title and shown:
                gap = self._table.look.gap if shown[0] in self._table.starts else 0
                left = max(self.sectionViewportPosition(shown[0]) + gap, 0)
                right = self.sectionViewportPosition(shown[-1]) + self.sectionSize(shown[-1])
                room = QRect(left, 0, right - left - 1, self._line)
                self._paint_group(painter, room, title, columns[shown[0]].detail)

    def _paint_group(self, painter: QPainter, room: QRect, title: str, detail: str) -> None:
        look = self._table.look
        painter.fillRect(room.adjusted(0, room.height() - 1, 0, 0), look.inks["border"])
        inner = room.adjusted(look.pad, 0, -look.pad, 0)
        painter.setFont(look.small_strong)
        painter.setPen(look.inks["text"])
        used = _write(painter, inner, LEFT, title) + look.gap
        painter.setFont(look.small)
        painter.setPen(look.inks["muted"])
        if used + painter.fontMetrics().horizontalAdvance(detail) <= inner.width():
            _write(painter, inner.adjusted(used, 0, 0, 0), LEFT, detail)


@guarded
class RowHeads(QHeaderView):
    """What rows are called; a click chooses the row and no cell of it."""

    def __init__(self, table: DataTable) -> None:
        super().__init__(Qt.Orientation.Vertical, table)
        self._table = table
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(1)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw the mark and the name of a row."""
        look, head = self._table.look, self._table.content.head(section)
        is_chosen = section in self._table.selected
        painter.fillRect(rect, look.inks["accent_soft" if is_chosen else "surface"])
        painter.fillRect(rect.adjusted(0, rect.height() - 1, 0, 0), look.inks["grid"])
        room = rect.adjusted(2, 0, -look.pad, 0)
        if head.mark is not None:
            room.adjust(look.draw_mark(painter, head.mark, room), 0, 0, 0)
        painter.setFont(look.strong if is_chosen else look.body)
        painter.setPen(look.inks["accent" if is_chosen else head.ink])
        _write(painter, room, self._table.content.head_side, head.text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row."""
        row = self.logicalIndexAt(event.position().toPoint())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._table.chosen.emit(row, -1)


def _write(painter: QPainter, room: QRect, side: Qt.AlignmentFlag, text: str) -> int:
    """Write a text, elided where it is too long; return how wide it is."""
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, side, shown)
    return metrics.horizontalAdvance(shown)


def bars(counts: Sequence[int], view: QWidget) -> QPixmap:
    """Return a histogram as high as a line of text, for the decoration of a cell."""
    theme, ratio = theme_of(), view.devicePixelRatioF()
    width, height = em(view, _BARS), em(view, 1.0)
    picture = QPixmap(QSize(width, height) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(blend(theme.positive, theme.surface, 0.75)))
    step, most = width / max(len(counts), 8), max(counts, default=0)
    for number, one in enumerate(counts):
        high = max(height * one / most, 1.0) if one else 0.0
        painter.drawRect(QRectF(number * step, height - high, max(step - 1, 1), high))
    painter.end()
    return picture
