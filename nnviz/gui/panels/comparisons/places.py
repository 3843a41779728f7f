"""Where the columns of the table of runs stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from PySide6.QtGui import QFont, QFontMetrics

from nnviz.gui.panels.comparisons.columns import RunColumn
from nnviz.gui.panels.forwards.look import body_font, strong
from nnviz.gui.panels.legend import small_font

HEAD_LINE = 16
HEAD = 2 * HEAD_LINE + 4
"""Height of the two lines above the columns."""

ROW, SMALL_ROW = 22, 20
MARK = 16
"""Room of the line in a run's colour, before its name."""

GAP, SMALL_GAP = 14, 10
"""Between columns, as a rule and where room is short; settings and figures stand twice as far
apart."""

WIDEST_SETTING = 132
SETTING_SHARE = 0.24
"""Of a narrow table: a long word leaves room for the settings beside it."""

CUT_NAME, LEAST_NAME, WIDEST_NAME = 72, 84, 300
"""Of the names. In a narrow table, in which columns are scrolled, they may be cut: the settings
that they are made of have columns of their own."""

STAR = 8
"""Room for what hangs out of the last column."""

END = 24
"""Room at the right for the button that forgets a run."""


@dataclass(frozen=True)
class Place:
    """A column in sight: which one, and from where to where."""

    index: int
    left: int
    right: int


@dataclass(frozen=True, eq=False)
class Places:
    """The table laid out.

    Parameters
    ----------
    font
        Of the cells.
    row
        Height of a line.
    name
        Width of the part that is never scrolled: mark and name.
    gaps, widths
        Of each column: the room before it, and its own.
    headline
        Index of the column that is in sight even before it is scrolled to; -1 for none.
    """

    font: QFont
    row: int = ROW
    name: int = 0
    gaps: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()
    headline: int = -1

    @property
    def width(self) -> int:
        """Of everything."""
        return self.name + sum(self.gaps) + sum(self.widths)

    def seen(self, first: int, width: int) -> list[Place]:
        """Return the columns in sight when so many are scrolled away: whole ones, at least one."""
        found: list[Place] = []
        x = self.name
        for index in range(first, len(self.widths)):
            x += self.gaps[0 if index == first else index]
            reserved = self._reserved(index)
            if found and x + self.widths[index] + reserved > width:
                break
            found.append(Place(index, x, x + self.widths[index]))
            x += self.widths[index]
        return self._with_headline(found, width)

    def _reserved(self, index: int) -> int:
        """Return the room that the headline needs after a column before it."""
        if index >= self.headline:
            return 0
        return self.gaps[self.headline] + self.widths[self.headline]

    def _with_headline(self, found: list[Place], width: int) -> list[Place]:
        """Return columns in sight, the headline at their end where it would come later."""
        if not found or found[-1].index >= self.headline:
            return found
        left = found[-1].right + self.gaps[self.headline]
        right = left + self.widths[self.headline]
        return found if right > width else [*found, Place(self.headline, left, right)]

    def most_scrolled(self, width: int) -> int:
        """Return how many columns have to be scrolled away to see the last one."""
        last = len(self.widths) - 1
        firsts = range(len(self.widths))
        return next((first for first in firsts if self.seen(first, width)[-1].index == last), 0)


def lay_out(columns: Sequence[RunColumn], names: Sequence[str], font: QFont, room: int) -> Places:
    """Return places in a width: the larger type where all can be read in it.

    Parameters
    ----------
    columns, names
        What is to be read.
    font
        Of the window.
    room
        Width of all.
    """
    whole = lay_out_whole(columns, names, font)
    if whole.width <= room:
        return whole
    small, widest = small_font(font), min(WIDEST_SETTING, round(SETTING_SHARE * room))
    gaps, widths = _gaps(columns, SMALL_GAP), _widths(columns, small, widest)
    wanted = _name_width(names, small)
    places = Places(small, SMALL_ROW, min(wanted, CUT_NAME), gaps, widths, _headline(columns))
    seen = places.seen(0, room)
    spare = max(0, room - seen[-1].right) if seen else 0
    return replace(places, name=min(wanted, places.name + spare))


def lay_out_whole(columns: Sequence[RunColumn], names: Sequence[str], font: QFont) -> Places:
    """Return places for a picture: everything has the room it would like."""
    body = body_font(font)
    gaps, widths = _gaps(columns, GAP), _widths(columns, body, None)
    return Places(body, ROW, _name_width(names, body), gaps, widths, _headline(columns))


def _headline(columns: Sequence[RunColumn]) -> int:
    return next((place for place, column in enumerate(columns) if column.is_headline), -1)


def _gaps(columns: Sequence[RunColumn], gap: int) -> tuple[int, ...]:
    kinds = [column.is_figure for column in columns]
    between = (gap if one == other else 2 * gap for one, other in pairwise(kinds))
    return (gap, *between) if kinds else ()


def _widths(columns: Sequence[RunColumn], font: QFont, widest: int | None) -> tuple[int, ...]:
    return tuple(_column_width(column, font, widest) for column in columns)


def _column_width(column: RunColumn, font: QFont, widest: int | None) -> int:
    title = QFontMetrics(small_font(font)).horizontalAdvance(column.title) + 2
    width = max(title, *(_width(text, font) for text in (*column.texts, *column.least)))
    return width if widest is None or column.is_figure else min(width, max(title, widest))


def _name_width(names: Sequence[str], font: QFont) -> int:
    widest = max((_width(name, font) for name in names), default=0)
    return max(LEAST_NAME, MARK + min(widest, WIDEST_NAME))


def _width(text: str, font: QFont) -> int:
    # As wide as in bold, so that nothing moves when a run becomes the best.
    return QFontMetrics(strong(font)).horizontalAdvance(text) + 2
