"""Paints the table: heads, tinted cells, and what is chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

from nnviz.gui.look.theme import Theme
from nnviz.gui.panels.forwards.columns import Column, Group
from nnviz.gui.panels.forwards.look import SMALL_PAD, SWATCH, shade_of, strong, tints
from nnviz.gui.panels.forwards.places import GROUP_LINE, HEAD, Block, Place, Places
from nnviz.gui.panels.forwards.values import Values
from nnviz.gui.panels.forwards.view import View
from nnviz.gui.panels.legend import small_font
from nnviz.gui.panels.outputs.marks import stamp
from nnviz.gui.panels.sheet import Sheet

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
ELIDED = Qt.TextElideMode.ElideRight
CENTER = Qt.AlignmentFlag.AlignCenter

INNER = SMALL_PAD // 2

Seen = Sequence[tuple[Column, Place]]
_STILL = ("input", "picture", "true", "expected")
"""Kinds of columns that have nothing to do with the network."""

_TITLE_GAP = 8
_RING_RADIUS = 3.0


@dataclass(frozen=True, eq=False)
class Picture:
    """What the table shows, and how.

    Parameters
    ----------
    values
        The numbers of the rows that are seen; None before the first moment.
    first
        Which line of the table their first row is.
    lines
        Row number in the data set of every line.
    chosen
        Chosen line, −1 for none.
    neuron
        Chosen layer and unit.
    in_test
        Whether each line is a test sample.
    theme, cells
        Colours, and the font of figures.
    thumbnail
        From a row of the data set to its picture.
    """

    values: Values | None
    first: int
    lines: list[int]
    chosen: int
    neuron: tuple[int, int]
    in_test: list[bool]
    theme: Theme
    cells: QFont
    thumbnail: Callable[[int], QPixmap]

    def is_neuron(self, column: Column) -> bool:
        """Say whether a column is the chosen neuron's."""
        return column.is_neuron and (column.layer, column.unit) == self.neuron

    def looks(self, values: Values, column: Column, lines: Sequence[int]) -> list[Cell | int]:
        """Return what the cells of a column depend on: of those that stay, their samples."""
        if column.is_neuron:
            texts, shades = values.column(column)
            here = [line - self.first for line in lines]
            return [Cell(texts[i], shades[i], "", self.theme.text) for i in here]
        if column.kind in _STILL:
            return [self.lines[line] for line in lines]
        return [self.cell(values, column, line) for line in lines]

    def cell(self, values: Values, column: Column, line: int) -> Cell:
        """Return what a cell shows."""
        theme, here = self.theme, line - self.first
        if column.kind == "picture":
            return Cell("", -1, "", "", int(values.rows[here]))
        strength = values.strength(column, here)
        shade = -1 if strength is None else shade_of(strength)
        swatch, ink = "", theme.text
        if column.kind in ("decided", "true"):
            swatch = theme.class_color(values.label(column, here))
        if column.kind in ("decided", "mark"):
            right = values.right(here)
            ink = theme.error if not right else theme.positive if column.kind == "mark" else ink
        return Cell(values.text(column, here), shade, swatch, ink)


class Cell(NamedTuple):
    """What a cell shows: text, ground (one of `tints`, −1 for none), colours; or a picture."""

    text: str
    shade: int
    swatch: str
    ink: str
    pictured: int = -1


def paint_table(
    painter: QPainter, picture: Picture, places: Places, view: View, sheet: Sheet
) -> None:
    """Draw all blocks: of cells and heads what has changed, and above them what is chosen."""
    for number, block in enumerate(places.blocks):
        seen = view.columns(block)
        if sheet.changed(number, picture.neuron):
            head = QRect(0, block.top, view.area.width(), HEAD)
            sheet.draw(head, partial(_paint_head, picture=picture, block=block, view=view))
        rows = list(view.rows(block, places))
        for line, top in rows:
            box = QRect(0, top, block.start, places.row_height)
            _keep_number(sheet, picture, (number, line), box, block, view)
        height = places.row_height
        cells = [
            (column, cell, QRect(place.x - view.x, top, place.width, height))
            for column, cell, place, top in _changed(sheet, picture, number, seen, rows)
        ]
        if cells:
            inside = view.area.adjusted(block.start, block.top + HEAD, 0, 0)
            draw = partial(_paint_cells, picture=picture, cells=cells, inside=inside)
            sheet.draw(QRect(), draw)
    sheet.paint(painter)
    for block in places.blocks:
        for line, top in view.rows(block, places):
            if line == picture.chosen:
                box = QRect(0, top, block.right - view.x, places.row_height)
                _paint_choice(painter, picture, block, box, view)


def _keep_number(
    sheet: Sheet, picture: Picture, name: tuple[int, int], box: QRect, block: Block, view: View
) -> None:
    line = name[1]
    look = (line == picture.chosen, picture.in_test[line], picture.lines[line])
    if sheet.changed(name, look):
        below = view.area.adjusted(0, block.top + HEAD, 0, 0)
        draw = partial(_paint_number, picture=picture, line=line, box=box, ratio=view.ratio)
        sheet.draw(box & below, partial(_clipped, area=below, draw=draw))


def _changed(
    sheet: Sheet, picture: Picture, number: int, columns: Seen, rows: Sequence[tuple[int, int]]
) -> Iterator[tuple[Column, Cell, Place, int]]:
    """Yield the cells of a block that have changed: each with its column, and its top."""
    values, lines = picture.values, [line for line, _ in rows]
    if values is None:
        return
    for column, place in columns:
        for (line, top), look in zip(rows, picture.looks(values, column, lines), strict=True):
            if sheet.changed((number, line, place.x), look):
                cell = look if isinstance(look, Cell) else picture.cell(values, column, line)
                yield column, cell, place, top


def _clipped(painter: QPainter, area: QRect, draw: Callable[[QPainter], None]) -> None:
    painter.setClipRect(area)
    draw(painter)


def _paint_cells(
    painter: QPainter, picture: Picture, cells: Sequence[tuple[Column, Cell, QRect]], inside: QRect
) -> None:
    painter.setClipRect(inside)
    painter.setFont(picture.cells)
    grounds, surface = tints(picture.theme), QColor(picture.theme.surface)
    for column, cell, box in cells:
        if cell.shade >= 0:
            painter.fillRect(box.adjusted(0, 0, -1, -1), grounds[cell.shade])
        else:
            painter.fillRect(box, surface)
        if cell.pictured >= 0:
            _paint_thumbnail(painter, picture.thumbnail(cell.pictured), box)
            continue
        inner = box if column.kind == "mark" else box.adjusted(INNER, 0, -INNER - 1, 0)
        if cell.swatch:
            y = box.center().y() - SWATCH // 2
            painter.fillRect(inner.left(), y, SWATCH, SWATCH, QColor(cell.swatch))
            inner = inner.adjusted(SWATCH + 5, 0, 0, 0)
        painter.setPen(QColor(cell.ink))
        painter.drawText(inner, _SIDES[column.kind], cell.text)


def _paint_head(painter: QPainter, picture: Picture, block: Block, view: View) -> None:
    """Write the titles of groups, a line below each, and the titles of columns."""
    theme, small, top = picture.theme, small_font(picture.cells), block.top
    painter.save()
    painter.setClipRect(view.area.adjusted(block.start, 0, 0, 0))
    painter.fillRect(0, top, view.area.width(), HEAD, QColor(theme.surface))
    for group, place in block.titles:
        left = max(place.x - view.x, block.start + 2)
        box = QRect(left, top, place.right - view.x - left, GROUP_LINE - 2)
        _paint_title(painter, picture, group, box)
        line = QRect(left + 1, top + GROUP_LINE - 1, box.width() - 2, 1)
        painter.fillRect(line, QColor(theme.border))
    for column, place in view.columns(block):
        chosen = picture.is_neuron(column)
        painter.setFont(strong(small) if chosen else small)
        painter.setPen(QColor(theme.accent if chosen else theme.muted))
        box = QRect(place.x - view.x, top + GROUP_LINE, place.width, HEAD - GROUP_LINE)
        box = box.adjusted(2 if column.kind == "input" else INNER, 0, -INNER, 0)
        shown = painter.fontMetrics().elidedText(column.title, ELIDED, box.width())
        painter.drawText(box, _side(column), shown)
    painter.restore()


def _paint_title(painter: QPainter, picture: Picture, group: Group, box: QRect) -> None:
    small = small_font(picture.cells)
    painter.setFont(strong(small))
    painter.setPen(QColor(picture.theme.text))
    metrics = painter.fontMetrics()
    box = box.adjusted(2, 0, 0, 0)
    painter.drawText(box, LEFT, metrics.elidedText(group.title, ELIDED, box.width()))
    used = metrics.horizontalAdvance(group.title) + _TITLE_GAP
    painter.setFont(small)
    if used + painter.fontMetrics().horizontalAdvance(group.detail) <= box.width():
        painter.setPen(QColor(picture.theme.muted))
        painter.drawText(box.adjusted(used, 0, 0, 0), LEFT, group.detail)


def _paint_thumbnail(painter: QPainter, picture: QPixmap, box: QRect) -> None:
    size = picture.deviceIndependentSize()
    painter.drawPixmap(
        QPointF(box.left() + INNER, box.center().y() - size.height() / 2 + 0.5), picture
    )


def _paint_number(painter: QPainter, picture: Picture, line: int, box: QRect, ratio: float) -> None:
    """Write a sample's number, with a ring where it is a test sample."""
    theme, chosen = picture.theme, line == picture.chosen
    painter.fillRect(box, QColor(theme.surface))
    if chosen:
        painter.fillRect(box.adjusted(0, 0, 0, -1), QColor(theme.accent_soft))
    if picture.in_test[line]:
        ring = stamp(theme.second, theme.surface, _RING_RADIUS, True, ratio)
        side = ring.deviceIndependentSize().height()
        painter.drawPixmap(QPointF(box.left() + 2, box.center().y() - side / 2 + 0.5), ring)
    painter.setFont(strong(picture.cells) if chosen else picture.cells)
    painter.setPen(QColor(theme.accent if chosen else theme.muted))
    painter.drawText(box.adjusted(0, 0, -INNER, 0), RIGHT, f"{picture.lines[line] + 1}")


def _paint_choice(
    painter: QPainter, picture: Picture, block: Block, box: QRect, view: View
) -> None:
    """Outline the chosen sample, and in it the chosen neuron."""
    painter.save()
    painter.setClipRect(view.area.adjusted(0, block.top + HEAD - 1, 0, 0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(picture.theme.accent), 1.0))
    painter.drawRect(QRectF(box).adjusted(0.5, -0.5, -0.5, -0.5))
    places = [place for column, place in block.columns if picture.is_neuron(column)]
    if places:
        painter.setClipRect(view.area.adjusted(block.start, block.top + HEAD - 1, 0, 0))
        pen = QPen(QColor(picture.theme.accent), 2.0)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(_span(places, box).translated(-view.x, 0))
    painter.restore()


def _span(places: list[Place], box: QRect) -> QRectF:
    left, right = places[0].x, places[-1].right
    return QRectF(left - 0.5, box.top() - 0.5, right - left, box.height())


def _side(column: Column) -> Qt.AlignmentFlag:
    return _SIDES[column.kind]


_SIDES = defaultdict(lambda: RIGHT, decided=LEFT, true=LEFT, picture=LEFT, mark=CENTER)
