"""Finds the type size and the spacing in which the table fits its room best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QFont

from nnviz.gui.look.theme import SPACE
from nnviz.gui.panels.forwards.columns import Group
from nnviz.gui.panels.forwards.look import PAD, SMALL_PAD, body_font, start_width, widths_of
from nnviz.gui.panels.forwards.places import ROW, Places, Room, lay_out, lay_out_whole
from nnviz.gui.panels.legend import small_font
from nnviz.training.problem import Problem

PICTURE_ROW = 34
NOTE = 18
"""Below a picture, for what it leaves out."""

UNBOUNDED = 1 << 20


@dataclass(frozen=True, eq=False)
class Content:
    """What is to be laid out.

    Parameters
    ----------
    problem
        The data.
    groups
        Columns to show.
    lines
        Row numbers in the data set.
    font
        Family of the figures.
    whole
        Whether nothing can be scrolled.
    """

    problem: Problem
    groups: Sequence[Group]
    lines: Sequence[int]
    font: QFont
    whole: bool

    @property
    def row_height(self) -> int:
        """The least a row needs."""
        return ROW if self.problem.dataset.image_shape is None else PICTURE_ROW

    def fit(self, size: QSize) -> tuple[Places, QFont]:
        """Return the table and the font of its figures: the larger where all is in one line."""
        body, small = body_font(self.font), small_font(self.font)
        for font, pad in ((body, PAD), (small, SMALL_PAD), (small, PAD)):
            places = self._lay_out(size, font, pad)
            small_enough = len(places.blocks) == 1 or font is small
            if small_enough and not places.scrolls and places.width <= size.width():
                break
        return places, font

    def natural_height(self, width: int) -> int:
        """Return the height at which nothing is hidden, in a width."""
        places, _ = self.fit(QSize(width, UNBOUNDED))
        extra = places.row_height - self.row_height
        return places.height - extra * places.rows * len(places.blocks)

    def _lay_out(self, size: QSize, font: QFont, pad: int) -> Places:
        widths = widths_of(self.problem, self.groups, font, self.row_height, pad)
        start = start_width(self.problem, max(self.lines, default=0) + 1, font)
        height = size.height() - (NOTE if self.whole else 0)
        room = Room(size.width(), height, start, self.row_height)
        place = lay_out_whole if self.whole else lay_out
        return place(self.groups, widths, len(self.lines), room)


def table_and_sum(area: QRect, table: int, total: int) -> tuple[QRect, QRect]:
    """Return where table and sum go, of these natural heights, one below the other.

    The sum's part is empty where there is no room; what is to spare lengthens the table a bit.
    """
    spare = area.height() - table - total - 2 * SPACE
    if spare < 0:
        return area, QRect()
    table += min(spare, table // 4)
    below = area.adjusted(0, table + 2 * SPACE, 0, 0)
    return QRect(area.left(), area.top(), area.width(), table), below
