"""Where the cells of the table are: in one line of columns, or in several below each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nnviz.gui.panels.forwards.columns import Column, Group

HEAD = 34
GROUP_LINE = 17
"""Of the head: the group's line, and below it that of the columns."""

ROW = 22
TALLEST_ROW = 28
GROUP_GAP = 8
BLOCK_GAP = 8
MOST_EXTRA = 0.6
"""A column may grow by this share of its width where there is room."""

Widths = Mapping[Column, int]


@dataclass(frozen=True)
class Place:
    """A column, or a group's title, and where it is."""

    x: int
    width: int

    @property
    def right(self) -> int:
        """One past its last pixel."""
        return self.x + self.width


@dataclass(frozen=True)
class Block:
    """Columns side by side, with the titles of their groups.

    Parameters
    ----------
    top
        Of the head.
    start
        Pixels at the left that hold the samples' numbers.
    columns
        Each with its place, from left to right.
    titles
        Each group that has a part here, and the place of that part.
    """

    top: int
    start: int
    columns: tuple[tuple[Column, Place], ...]
    titles: tuple[tuple[Group, Place], ...]

    @property
    def right(self) -> int:
        """One past the last pixel."""
        return self.columns[-1][1].right


@dataclass(frozen=True)
class Places:
    """The whole table.

    Parameters
    ----------
    blocks
        From top to bottom.
    rows
        Rows shown in each block.
    row_height
        Of every row.
    missing
        Columns for which there was no room at all.
    scrolls
        Whether it is larger than its area.
    """

    blocks: tuple[Block, ...]
    rows: int
    row_height: int
    missing: int = 0
    scrolls: bool = False

    @property
    def width(self) -> int:
        """Pixels from the left to the end of the longest block."""
        return max(block.right for block in self.blocks) + 2

    @property
    def height(self) -> int:
        """Pixels of all blocks."""
        return self.blocks[-1].top + HEAD + self.rows * self.row_height + 2


@dataclass(frozen=True)
class Room:
    """What there is to fill.

    Parameters
    ----------
    width, height
        Pixels.
    start
        Pixels at the left that hold the samples' numbers.
    row_height
        The least a row needs.
    """

    width: int
    height: int
    start: int
    row_height: int = ROW


def lay_out(groups: Sequence[Group], widths: Widths, rows: int, room: Room) -> Places:
    """Return the table: as a whole where that fits, else as something that scrolls."""
    one = [[(group, group.columns) for group in groups]]
    if _line_width(one[0], widths, room.start) <= room.width:
        return _place(one, widths, rows, room)
    lines = _break(groups, widths, room)
    if _height(len(lines), rows, room.row_height) <= room.height:
        return _place(lines, widths, rows, room)
    return Places(
        (_block(one[0], widths, room.start, 0.0, 0),), rows, room.row_height, scrolls=True
    )


def lay_out_whole(groups: Sequence[Group], widths: Widths, rows: int, room: Room) -> Places:
    """Return as much of the table as fits without scrolling: at least a row, columns first."""
    lines = _break(groups, widths, room)
    least = HEAD + room.row_height + BLOCK_GAP
    kept = lines[: max(1, (room.height + BLOCK_GAP) // least)]
    gone = sum(len(columns) for line in lines[len(kept) :] for _, columns in line)
    free = (room.height + BLOCK_GAP) // len(kept) - HEAD - BLOCK_GAP
    fitting = max(1, min(rows, free // room.row_height))
    placed = _place(kept, widths, fitting, room)
    return Places(placed.blocks, fitting, placed.row_height, gone)


_Line = list[tuple[Group, tuple[Column, ...]]]


def _break(groups: Sequence[Group], widths: Widths, room: Room) -> list[_Line]:
    """Return lines of groups; only a group longer than a line is broken itself."""
    lines: list[_Line] = [[]]
    for group in groups:
        whole = (group, group.columns)
        if _line_width([*lines[-1], whole], widths, room.start) <= room.width:
            lines[-1].append(whole)
        elif _line_width([whole], widths, room.start) <= room.width:
            lines.append([whole])
        else:
            for part in _parts(group, widths, room):
                if _line_width([*lines[-1], part], widths, room.start) > room.width:
                    lines.append([])
                lines[-1].append(part)
    return [line for line in lines if line]


def _parts(group: Group, widths: Widths, room: Room) -> Iterator[tuple[Group, tuple[Column, ...]]]:
    """Yield the columns of a group in lines of equal length; z and a of a neuron stay together."""
    step = 2 if group.columns[0].is_neuron else 1
    units = [group.columns[i : i + step] for i in range(0, len(group.columns), step)]
    wide = max(sum(widths[column] for column in unit) for unit in units)
    most = max(1, (room.width - room.start) // wide)
    lines = -(-len(units) // most)
    each = -(-len(units) // lines)
    for start in range(0, len(units), each):
        yield group, tuple(column for unit in units[start : start + each] for column in unit)


def _line_width(line: _Line, widths: Widths, start: int) -> int:
    columns = sum(widths[column] for _, columns in line for column in columns)
    return start + columns + GROUP_GAP * len(line)


def _height(lines: int, rows: int, row_height: int) -> int:
    return lines * (HEAD + rows * row_height + BLOCK_GAP) - BLOCK_GAP + 2


def _place(lines: list[_Line], widths: Widths, rows: int, room: Room) -> Places:
    """Place every line, columns and rows a little larger where there is room."""
    extra = min(_spare(line, widths, room) for line in lines)
    spare = (room.height - _height(len(lines), rows, room.row_height)) // (len(lines) * rows or 1)
    height = min(room.row_height + max(0, spare), max(TALLEST_ROW, room.row_height))
    step = HEAD + rows * height + BLOCK_GAP
    blocks = tuple(
        _block(line, widths, room.start, extra, number * step) for number, line in enumerate(lines)
    )
    return Places(blocks, rows, height, scrolls=_height(len(lines), rows, height) > room.height)


def _spare(line: _Line, widths: Widths, room: Room) -> float:
    """Return by what share of their widths a line's columns can grow."""
    natural = sum(widths[column] for _, columns in line for column in columns)
    free = room.width - _line_width(line, widths, room.start)
    return min(MOST_EXTRA, max(0.0, (free - 2) / natural))


def _block(line: _Line, widths: Widths, start: int, extra: float, top: int) -> Block:
    columns: list[tuple[Column, Place]] = []
    titles: list[tuple[Group, Place]] = []
    x = start
    for group, members in line:
        x += GROUP_GAP
        first = x
        for column in members:
            width = int(widths[column] * (1 + extra))
            columns.append((column, Place(x, width)))
            x += width
        titles.append((group, Place(first, x - first)))
    return Block(top, start, tuple(columns), tuple(titles))
