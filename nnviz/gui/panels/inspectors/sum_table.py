"""The table that a piece of arithmetic is written in."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.gui.look.style import em, small_font
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.inspectors.lines import SumLine
from nnviz.gui.widgets.data_table import DataTable
from nnviz.gui.widgets.table_model import CENTER, LEFT, Cell, TableColumn, TableModel

_BAR, _ROW = 3.5, 1.2
"""Width of bars and height of rows, in heights of a line."""

_LEAST_NAMES, _LEAST_LABELS = 1.2, 2.5
"""Of names and bars, and of what stands before them, in heights of a line."""

_ROOMY = 16
"""Width from which on text is not small, in heights of a line."""

_BOLDER = 0.4
"""Room that a result of many digits takes more where it is bold."""

_COLUMNS = SumLine._fields[:8]
_EXTRAS = _COLUMNS.index("amount"), _COLUMNS.index("name")
"""Columns that long numbers may leave no room for, the last to go first."""

_BOLD, _MUTED = ("label", "result"), ("name", "operator", "equals")
_LEAST = "0.000"


class SumModel(TableModel):
    """The lines of a neuron's arithmetic."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[SumLine] = ()
        self._widest = {"left": "", "right": "", "result": ""}
        self._titled = True

    def show_lines(self, lines: Sequence[SumLine], titled: bool = True) -> bool:
        """Show lines; return whether they are of another sum or have need of more room.

        Those of weights, inputs and products are titled so.
        """
        # Words across the columns may change with the numbers in them; no column asks how.
        alike = list(map(_column_label, lines)) == list(map(_column_label, self.lines))
        alike, self._titled = alike and titled == self._titled, titled
        before = self._widest if alike else dict.fromkeys(self._widest, _LEAST)
        widest = {
            side: max([least, *(getattr(line, side) for line in lines)], key=len)
            for side, least in before.items()
        }
        self.lines, self._widest = lines, widest
        if alike and widest == before:
            return False
        symbols = tuple(line.label for line in lines if not _is_spanned(line))
        names = tuple(line.name for line in lines)
        more, tip = "−   +", self.tr("How much it adds to z")
        titles = (self.tr("weight"), self.tr("input"), self.tr("product")) if titled else 3 * ("",)
        columns = [
            TableColumn("", side=LEFT, least=symbols, yields=not titled),
            TableColumn("", side=LEFT, least=names, yields=True),
            TableColumn(titles[0], least=(widest["left"],)),
            TableColumn("", side=CENTER, least=("×",)),
            TableColumn(titles[1], least=(widest["right"],)),
            TableColumn("", side=CENTER, least=("=",)),
            TableColumn(titles[2], least=(widest["result"],), before=_BOLDER),
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


@guarded
class SumTable(DataTable):
    """The lines of some arithmetic, as wide as they need; what is no product runs on across.

    It is called ``name``, and chosen from where `selects`.
    """

    def __init__(self, name: str, parent: QWidget, selects: bool = False) -> None:
        self.model_ = SumModel()
        super().__init__(self.model_, parent)
        self.setObjectName(name)
        self.scrolls_down = selects
        """Whether there may be more lines than there is room for."""
        if not selects:
            self.setSelectionMode(self.SelectionMode.NoSelection)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)
        self.row_height = _ROW
        self.paddings = (0.2 if selects else 0.25, 0.35)

    def show_lines(self, lines: Sequence[SumLine], titled: bool = True) -> bool:
        """Show lines; see `SumModel.show_lines`."""
        self.horizontalHeader().setVisible(titled)
        self.least_words = _LEAST_NAMES if titled else _LEAST_LABELS
        needs_room = self.model_.show_lines(lines, titled)
        if needs_room:
            self.clearSpans()
            for place in _EXTRAS:
                self.setColumnHidden(place, not titled)
            for row in (row for row, line in enumerate(lines) if _is_spanned(line)):
                wide = _COLUMNS.index("result") if lines[row].result else len(_COLUMNS)
                self.setSpan(row, 0, 1, wide)
            self.settle()
        self.refresh()
        return needs_room

    def sizeHint(self) -> QSize:
        """Ask for all lines: Qt would lay out anew whenever one of their numbers changes."""
        bar = self.horizontalScrollBar()
        return self.viewportSizeHint() + QSize(0, bar.isVisibleTo(self) * bar.sizeHint().height())

    def show_all(self) -> None:
        """Be part of a picture, which has no scroll bars."""
        self.scrolls_down = False
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def fit(self, room: int) -> None:
        """Take the size that all lines need, in so much width; in little, in small and nameless."""
        panel = self.parentWidget()
        assert panel is not None
        font = small_font() if room < em(panel, _ROOMY) else panel.font()
        if self.font() != font:
            self.setFont(font)
            # What a child takes over from it are not the font's features: even figures among them.
            self.viewport().setFont(font)
        for place in _EXTRAS:
            self.setColumnHidden(place, True)
        spare, least = room - self.natural_size.width(), 2 * _LEAST_NAMES * self.look.em
        titled = not self.horizontalHeader().isHidden()
        for number, place in enumerate(_EXTRAS, 1):
            self.setColumnHidden(place, not titled or spare < number * least)
        size, bar = self.natural_size, self.verticalScrollBar().sizeHint().width()
        width = min(size.width() + bar * self.scrolls_down, room)
        self.setFixedWidth(width)
        self.setMaximumHeight(self.height_in(width) + 2)


def _column_label(line: SumLine) -> str | None:
    return None if _is_spanned(line) else line.label


def _is_spanned(line: SumLine) -> bool:
    """Say whether a line is no product, but words that begin where symbols do."""
    return line.kind != "term" and not line.operator
