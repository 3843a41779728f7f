"""Which part of the table is seen, and what is where in it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect

from nnviz.gui.panels.forwards.columns import Column
from nnviz.gui.panels.forwards.places import HEAD, Block, Place, Places


@dataclass(frozen=True)
class View:
    """What is seen of the table.

    Parameters
    ----------
    x, y
        How far it is scrolled.
    area
        The viewport.
    ratio
        Device pixels in a device-independent one.
    first, last
        The first line that is seen, and one past the last.
    """

    x: int
    y: int
    area: QRect
    ratio: float
    first: int
    last: int

    def rows(self, block: Block, places: Places) -> Iterator[tuple[int, int]]:
        """Yield line and top of every row that is seen in a block."""
        for line in range(self.first, self.last):
            # What does not scroll begins with its first line, whichever that is.
            place = line if places.scrolls else line - self.first
            yield line, block.top + HEAD + place * places.row_height - self.y

    def columns(self, block: Block) -> list[tuple[Column, Place]]:
        """Return the columns of a block that are seen."""
        left, right = self.x + block.start, self.x + self.area.width()
        columns = block.columns
        first = bisect_right(columns, left, key=_right)
        return list(columns[first : bisect_left(columns, right, key=_left)])


def _left(column: tuple[Column, Place]) -> int:
    return column[1].x


def _right(column: tuple[Column, Place]) -> int:
    return column[1].right


def cell_at(places: Places, view: View, at: QPoint) -> tuple[int, Column | None]:
    """Return line and column at a point; −1 and None where there is none."""
    for block in places.blocks:
        height = HEAD + places.rows * places.row_height
        inside = at.y() >= block.top if places.scrolls else 0 <= at.y() - block.top < height
        if inside:
            return _line_at(places, view, block, at), _column_at(view, block, at)
    return -1, None


def _line_at(places: Places, view: View, block: Block, at: QPoint) -> int:
    if at.y() < block.top + HEAD or at.x() + view.x >= block.right:
        return -1
    tops = view.rows(block, places)
    return next((line for line, top in tops if top <= at.y() < top + places.row_height), -1)


def _column_at(view: View, block: Block, at: QPoint) -> Column | None:
    if at.x() < block.start:
        return None
    x = at.x() + view.x
    return next((column for column, place in block.columns if place.x <= x < place.right), None)
