"""A table of numbers, classes and words: Qt's, kept fast, and usable in pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, groupby

from PySide6.QtCore import QEvent, QModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from nnviz.gui.look.themed import Themed
from nnviz.gui.overrides import guarded
from nnviz.gui.widgets.arrows import ARROWS
from nnviz.gui.widgets.idle import READ_SECONDS, IdleTimer
from nnviz.gui.widgets.table_model import TableModel
from nnviz.gui.widgets.table_painting import CellPainter, RowHeads, TableLook, Titles
from nnviz.storage.spreadsheet import pasted

ROW = 1.4
"""Height of a row, in heights of a line of text."""

_PICTURE_MARGIN = 4
_READ, _MEASURED = 256, 500
"""Rows that are copied at a time, and of many so many at both ends whose names are measured."""

_LEAST_HEADS = 6
"""Heights of a line that names of rows have however narrow the table."""


@guarded
class DataTable(Themed, QTableView):
    """A table that refreshes what is seen ten times a second, follows a row, and copies as text."""

    chosen = Signal(int, int)
    """The person chose a cell: row and column; the column is -1 where only a row was meant."""

    settled = Signal()
    """Columns have other widths."""

    def __init__(self, model: TableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.content = model
        self.whole = False
        """Set for a picture: no scroll bars, and of rows and columns only whole ones."""
        self.row_height = ROW
        """In heights of a line of text."""
        self.paddings = (0.25, 2.0)
        """Least and most room around the texts of a column, in heights of a line."""
        self.least_words = 4.0
        """Heights of a line that columns that yield have however narrow the table."""
        self.whole_heads = False
        """Whether columns that yield give way to the names of rows, too."""
        self.selected: frozenset[int] = frozenset()
        self.marked: frozenset[int] = frozenset()
        self.starts: frozenset[int] = frozenset()
        """Rows that are chosen; columns outlined in them; the first columns of groups."""
        self._pictures: dict[int, QPixmap] = {}
        self._following = False
        self.idle = IdleTimer(self)
        self.idle.idle.connect(self.refresh)
        model.setParent(self)
        self.setModel(model)
        self._titles, self._heads = Titles(self), RowHeads(self)
        self._painter = CellPainter(self)
        self._set_up()
        self.restyle()
        model.begins.connect(self._on_begins)
        model.begun.connect(self._on_begun)
        self.selectionModel().currentChanged.connect(self._on_current)
        self.selectionModel().selectionChanged.connect(self._on_selected)
        self.clicked.connect(self._on_clicked)
        self.horizontalScrollBar().valueChanged.connect(self._titles.viewport().update)

    def _set_up(self) -> None:
        self.setHorizontalHeader(self._titles)
        self.setVerticalHeader(self._heads)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setGridStyle(Qt.PenStyle.NoPen)  # leaves a pixel between cells
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table, arrows walk in it
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    # ------------------------------------------------------------------ content

    def show_moment(self) -> None:
        """Show what is new: while moments follow each other fast, ten times a second."""
        self.idle.update()
        if self.idle.due("cells", READ_SECONDS):
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the cells in sight anew, and paint those that have changed."""
        self.content.renew()
        self._read()

    def follow(self, row: int, column: int = -1) -> None:
        """Choose a row, perhaps a cell of it, and bring it into sight; nothing is signalled.

        A row of -1 stands for none, a column of -1 for that which is current.
        """
        current = self.currentIndex()
        column = column if column >= 0 else max(current.column(), 0)
        if (row in self.selected and column == current.column()) or row == current.row() < 0:
            return
        self._following = True
        if 0 <= row < self.content.rowCount():
            self.setCurrentIndex(self.content.index(row, column))
        else:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        self._following = False
        if self.whole:
            self.settle()

    def left_out(self) -> tuple[int, int]:
        """Return how many rows and columns a picture has no room for."""
        rows, columns = range(self.content.rowCount()), range(len(self.content.columns))
        return sum(map(self.isRowHidden, rows)), sum(map(self.isColumnHidden, columns))

    def mark_columns(self, columns: frozenset[int]) -> None:
        """Outline these columns in the chosen row, and stress their titles."""
        if columns != self.marked:
            self.marked = columns
            self.viewport().update()
            self._titles.viewport().update()

    def picture(self, row: int) -> QPixmap:
        """Return the picture of a row, as high as rows are."""
        if row not in self._pictures:
            height, ratio = self._heads.defaultSectionSize(), self.devicePixelRatioF()
            made = self.content.picture(row, height - _PICTURE_MARGIN, self.theme, ratio)
            self._pictures[row] = made
        return self._pictures[row]

    def renew_pictures(self) -> None:
        """Have the pictures of rows made anew when they are next seen."""
        self._pictures.clear()
        self.viewport().update()

    def _read(self) -> None:
        area = self.viewport().rect()
        self.content.read(self._rows_in(area), self._columns_in(area))

    def _rows_in(self, area: QRect) -> list[int]:
        return _sections(self._heads, area.top(), area.bottom())

    def _columns_in(self, area: QRect) -> list[int]:
        return _sections(self._titles, area.left(), area.right())

    # ------------------------------------------------------------------ look and size

    def restyle(self) -> None:
        """Read colours and fonts anew."""
        self.look = TableLook(self.theme, self.font())
        self.settle()
        self.viewport().update()

    @property
    def row_pixels(self) -> int:
        """How high a row is."""
        return round(self.row_height * self.look.em)

    def height_in(self, width: int) -> int:
        """Return the height at which no row is hidden, in a width."""
        size, bar = self.natural_size, self.horizontalScrollBar().sizeHint().height()
        return size.height() + (bar if size.width() > width and not self.whole else 0)

    @property
    def natural_size(self) -> QSize:
        """The size at which nothing is hidden, with as little room around texts as can be."""
        widths, rows = self._widths(), self.row_pixels * self.content.rowCount()
        padding = self._paddings()[0] * sum(map(bool, widths))  # what is hidden has none
        width = sum(widths) + padding + self._heads.width()
        return QSize(width, self._titles.height() * (not self._titles.isHidden()) + rows)

    @Slot()
    def settle(self) -> None:
        """Share the width among the columns; what does not fit is scrolled."""
        columns, em = self.content.columns, self.look.em
        groups = [[*of] for _, of in groupby(range(len(columns)), lambda i: columns[i].group)]
        self.starts = frozenset(of[0] for of in groups[1:])
        self._titles.set_lines(2 if any(column.group for column in columns) else 1, em + 1)
        self._heads.setDefaultSectionSize(self.row_pixels)
        widths = self._widths()
        self._heads.setFixedWidth(self._head_width(sum(widths)))
        self._heads.viewport().update()
        self._pictures.clear()
        scrolls = self.natural_size.height() > self.height() and not self.whole
        bar = self.verticalScrollBar().sizeHint().width() if scrolls else 0
        room = self.width() - self._heads.width() - bar
        self._shorten(widths, room)
        spare = (room - sum(widths)) // max(len(widths), 1)
        least, most = self._paddings()
        padding = min(max(spare, least), most)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width + padding)
        if self.whole:
            self._leave_out([width + padding for width in widths], room)
        self.updateGeometries()
        self.refresh()
        self.settled.emit()

    def _paddings(self) -> tuple[int, int]:
        least, most = self.paddings
        em, painted = self.look.em, 2 * self.look.pad - 2  # columns have two pixels to spare
        return max(round(least * em), painted), round(most * em)

    def _head_width(self, columns: int) -> int:
        """Return what the names of rows need, or have beside columns of this width."""
        rows = self.content.rowCount()
        ends = range(min(rows, _MEASURED)), range(max(rows - _MEASURED, _MEASURED), rows)
        heads = [self.content.head(row) for end in ends for row in end]
        metrics, em = QFontMetrics(self.look.strong), self.look.em
        width = max((metrics.horizontalAdvance(head.text) for head in heads), default=0)
        if not width:
            return 0
        width += em * any(head.mark is not None for head in heads) + em // 2
        columns += self._paddings()[0] * len(self.content.columns)
        most = max(_LEAST_HEADS * em, self.width() - columns)
        return width if self.whole or self.whole_heads else min(width, most)

    def _widths(self) -> list[int]:
        """Return what every column needs, without the room around its texts."""
        body, head = QFontMetrics(self.look.body), QFontMetrics(self.look.small_strong)
        columns, em = self.content.columns, self.look.em
        widths: list[int] = []
        for place, column in enumerate(columns):
            if self.isColumnHidden(place) and not self.whole:
                widths.append(0)
                continue
            texts = max((body.horizontalAdvance(text) for text in column.least), default=0)
            width = max(head.horizontalAdvance(column.title), texts + round(column.before * em))
            widths.append(width + 2 + self.look.gap * (place in self.starts))
        for title, of in groupby(range(len(columns)), lambda i: columns[i].group):
            places = [*of]
            needed = head.horizontalAdvance(title) + 2 + self.look.gap * (places[0] in self.starts)
            missing = needed - sum(widths[i] for i in places)
            for place in places:
                widths[place] += max(0, -(-missing // len(places))) if title else 0
        return widths

    def _shorten(self, widths: list[int], room: int) -> None:
        """Take from columns that yield what there is too little room for."""
        missing = sum(widths) + self._paddings()[0] * sum(map(bool, widths)) - room
        loose = {}
        for place, column in enumerate(self.content.columns):
            if column.yields:
                keeps = self.least_words if column.keeps is None else column.keeps
                loose[place] = max(0, widths[place] - round(keeps * self.look.em))
        share = min(1.0, max(0, missing) / max(1, sum(loose.values())))
        for place, spare in loose.items():
            widths[place] -= round(share * spare)

    def _leave_out(self, widths: Sequence[int], room: int) -> None:
        """Hide the columns and rows of a picture that have no room in it."""
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        fitting = (self.height() - self._titles.height()) // self._heads.defaultSectionSize()
        first = max(0, self.currentIndex().row() + 1 - max(1, fitting))
        for row in range(self.content.rowCount()):
            self.setRowHidden(row, not first <= row < first + max(1, fitting))
        for column, right in enumerate(accumulate(widths)):
            self.setColumnHidden(column, column > 0 and right > room)

    # ------------------------------------------------------------------ events

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells that are asked for, but for the pixel that is between them."""
        area, across, down = event.rect(), self._titles, self._heads
        columns = [
            (column, across.sectionViewportPosition(column), across.sectionSize(column) - 1)
            for column in self._columns_in(area)
        ]
        painter = QPainter(self.viewport())
        painter.setFont(self.look.body)
        for row in self._rows_in(area):
            y, height = down.sectionViewportPosition(row), down.sectionSize(row) - 1
            run = self.columnSpan(row, 0)
            if run > 1:  # its first cell runs on over others
                wide = sum(map(across.sectionSize, range(run))) - 1
                rect = QRect(across.sectionViewportPosition(0), y, wide, height)
                self._painter.paint(painter, rect, row, 0)
            for column, x, width in columns:
                if run == 1 or column >= run:
                    self._painter.paint(painter, QRect(x, y, width, height), row, column)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self.settle()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Read what comes into sight; of a row all is of one moment."""
        super().scrollContentsBy(dx, dy)
        if dy:
            self.content.renew()
        self._read()

    def event(self, event: QEvent) -> bool:
        """Keep the arrows, and what copies, from the window's shortcuts."""
        if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return super().event(event)
        event.setAccepted(event.key() in ARROWS or event.matches(QKeySequence.StandardKey.Copy))
        return event.isAccepted() or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the chosen rows; the rest is Qt's: it walks, and Return activates."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.copied())
        else:
            super().keyPressEvent(event)

    def copied(self) -> str:
        """Return the chosen rows, or all, as text: tabs between columns, their titles above."""
        content, columns = self.content, range(len(self.content.columns))
        titles = (f"{column.group} {column.title}".strip() for column in content.columns)
        lines, rows = [["", *titles]], sorted(self.selected) or range(content.rowCount())
        for place, row in enumerate(rows):
            if place % _READ == 0:  # many at once: each time a network may be asked
                content.read(rows[place : place + _READ], columns)
            lines.append([content.head(row).text, *(content.cell(row, i).text for i in columns)])
        # Where numbers are read again a minus is a hyphen.
        return pasted([re.sub(r"−(?=\d)", "-", cell) for cell in line] for line in lines)

    @Slot()
    def _on_begins(self) -> None:
        """Choose no row: while rows go, Qt makes another one after the other the current one."""
        self._following = True
        self.setCurrentIndex(QModelIndex())

    @Slot()
    def _on_begun(self) -> None:
        self._following = False
        self._on_selected()  # a selection that is reset does not say so
        self.settle()

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid() and not self._following:
            self.chosen.emit(current.row(), current.column())

    @Slot()
    def _on_selected(self) -> None:
        self.selected = frozenset(index.row() for index in self.selectionModel().selectedRows())
        self.viewport().update()
        self._heads.viewport().update()

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row(), index.column())


def _sections(header: QHeaderView, first: int, last: int) -> list[int]:
    """Return the sections of a header between two of its pixels."""
    begin, end = header.visualIndexAt(first), header.visualIndexAt(last)
    seen = range(max(begin, 0), header.count() if end < 0 else end + 1)
    return [section for section in seen if not header.isSectionHidden(section)]
