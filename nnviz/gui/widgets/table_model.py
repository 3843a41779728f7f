"""What a table shows, cell by cell: read only where it is seen, and told only where it changes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPixmap, QStandardItemModel

from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import literal

_Role = Qt.ItemDataRole
_Index = QModelIndex | QPersistentModelIndex

LEFT, RIGHT, CENTER = (
    side | Qt.AlignmentFlag.AlignVCenter
    for side in (
        Qt.AlignmentFlag.AlignLeft,
        Qt.AlignmentFlag.AlignRight,
        Qt.AlignmentFlag.AlignHCenter,
    )
)


class Mark(NamedTuple):
    """A small sign before a text: ``"square"``, ``"line"`` or ``"ring"``.

    The colour is the name of one of the theme's; ``"class"`` and ``"run"`` have many, by place.
    """

    shape: str
    color: str
    place: int = 0


class Cell(NamedTuple):
    """What a cell shows; colours by the names they have in a theme.

    The shade is one of `shade_of`, -1 for no wash. A bar goes from the middle of the cell, -1 to 1.
    A ruled cell has a line above it, a pictured one shows the model's `picture`.
    """

    text: str = ""
    shade: int = -1
    ink: str = "text"
    mark: Mark | None = None
    strong: bool = False
    ruled: bool = False
    pictured: bool = False
    bar: float | None = None


@dataclass(frozen=True)
class TableColumn:
    """A column.

    Parameters
    ----------
    title, tip
        What stands above it, and what that means; both translated.
    group, detail
        Title of the columns it is one of, and what more there is to say where there is room.
    side
        Of its texts: `LEFT`, `RIGHT` or `CENTER`.
    least
        Texts that always have room.
    before
        Room for a mark or picture before the text, in heights of a line.
    yields, keeps
        Whether its texts are shortened where the table is too narrow for all columns, and which
        width it keeps, in heights of a line; None for as much as others of the table.
    """

    title: str
    tip: str = ""
    group: str = ""
    detail: str = ""
    side: Qt.AlignmentFlag = RIGHT
    least: tuple[str, ...] = ()
    before: float = 0.0
    yields: bool = False
    keeps: float | None = None


def shade_of(strength: float) -> int:
    """Return which of 256 washes a value has: 0 at -1 and below, 255 at 1 and above.

    What is no number has none of either sign.
    """
    inside = 0.0 if math.isnan(strength) else min(max(strength, -1.0), 1.0)
    return round((inside + 1.0) * 127.5)


@guarded
class TableModel(QStandardItemModel):
    """Cells that are made when they are first asked for, and anew after `renew`.

    Subclasses say what is in them (`fill`), what stands before a row (`head`) and what is told of
    a cell (`tip`). There are no items: Qt's own model only answers how many rows and columns there
    are, which a table asks twice a cell.
    """

    begins = Signal()
    """Columns and rows are about to be others."""

    begun = Signal()
    """There are other columns and rows."""

    columns: Sequence[TableColumn] = ()
    head_side = RIGHT
    """Of what stands before rows."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: dict[tuple[int, int], Cell] = {}
        self._fresh: set[tuple[int, int]] = set()

    def begin(self, columns: Sequence[TableColumn], rows: int) -> None:
        """Have other columns and rows."""
        self.begins.emit()
        self.clear()
        self._cells.clear()
        self._fresh.clear()
        self.columns = columns
        self.setColumnCount(len(columns))
        self.setRowCount(rows)
        self.begun.emit()

    def fill(self, column: int, rows: Sequence[int]) -> Sequence[Cell]:
        """Return the cells of a column in some rows, as they are at the newest moment."""
        raise NotImplementedError

    def head(self, row: int) -> Cell:
        """Return what stands before a row."""
        return Cell(f"{row + 1}")

    def head_tip(self, row: int) -> str:
        """Return what is told of a row where its name is."""
        return ""

    def tip(self, row: int, column: int) -> str:
        """Return what is told of a cell."""
        return self.cell(row, column).text

    def picture(self, row: int, height: int, theme: Theme, ratio: float) -> QPixmap:
        """Return the picture of a row, in a height and resolution."""
        raise NotImplementedError

    def cell(self, row: int, column: int) -> Cell:
        """Return what a cell shows."""
        place = row, column
        if place not in self._fresh:
            self._cells[place] = self.fill(column, (row,))[0]
            self._fresh.add(place)
        return self._cells[place]

    def renew(self) -> None:
        """Take note that what was read is of an earlier moment."""
        self._fresh.clear()

    def read(self, rows: Sequence[int], columns: Iterable[int]) -> None:
        """Read these cells, those of one column at a time, and tell where some have changed."""
        cells, fresh = self._cells, self._fresh
        changed = list[tuple[int, int]]()
        for column in columns:
            stale = [row for row in rows if (row, column) not in fresh]
            for row, cell in zip(stale, self.fill(column, stale) if stale else (), strict=True):
                place = row, column
                if cells.get(place) != cell:
                    cells[place] = cell
                    changed.append(place)
                fresh.add(place)
        if changed:
            down, across = zip(*changed, strict=True)
            first, last = (self.index(f(down), f(across)) for f in (min, max))
            self.dataChanged.emit(first, last)

    # ------------------------------------------------------------------ Qt's questions

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        """Return titles, and what they mean."""
        if orientation == Qt.Orientation.Vertical:
            if section >= self.rowCount():
                return None
            if role == _Role.ToolTipRole:
                return literal(self.head_tip(section))
            is_text = role in (_Role.DisplayRole, _Role.AccessibleTextRole)
            return self.head(section).text if is_text else None
        if section >= len(self.columns):
            return None
        column = self.columns[section]
        return {
            _Role.DisplayRole: column.title,
            _Role.AccessibleTextRole: f"{column.group} {column.title or column.tip}".strip(),
            _Role.ToolTipRole: literal(column.tip),
            _Role.TextAlignmentRole: column.side,
        }.get(_Role(role))

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Return the text of a cell, its side, and what is told of it."""
        row, column = index.row(), index.column()
        if role == _Role.ToolTipRole:
            return literal(self.tip(row, column))
        if role == _Role.TextAlignmentRole:
            return self.columns[column].side
        if role == _Role.AccessibleTextRole:
            told = self.tr("{what}: {value}")
            what = self.headerData(column, Qt.Orientation.Horizontal, role)
            return told.format(what=what, value=self.cell(row, column).text)
        return self.cell(row, column).text if role == _Role.DisplayRole else None
