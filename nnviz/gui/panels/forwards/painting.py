"""Paints the table: heads, tinted cells, and what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

from nnviz.gui.panels.forwards.columns import Column, Group
from nnviz.gui.panels.forwards.look import SMALL_PAD, SWATCH, strong, tint
from nnviz.gui.panels.forwards.places import GROUP_LINE, HEAD, Block, Place, Places
from nnviz.gui.panels.forwards.values import Values
from nnviz.gui.panels.forwards.view import View
from nnviz.gui.panels.legend import small_font
from nnviz.gui.panels.outputs.marks import stamp
from nnviz.gui.theme import Theme

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
ELIDED = Qt.TextElideMode.ElideRight
CENTER = Qt.AlignmentFlag.AlignCenter

INNER = SMALL_PAD // 2

Seen = Sequence[tuple[Column, Place]]
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


def paint_table(painter: QPainter, picture: Picture, places: Places, view: View) -> None:
    """Draw all blocks: cells first, then what stays in its place when they scroll."""
    for block in places.blocks:
        painter.save()
        painter.setClipRect(view.area.adjusted(0, block.top + HEAD, 0, 0))
        rows, seen = list(view.rows(block, places)), view.columns(block)
        painter.translate(-view.x, 0)
        for line, top in rows:
            _paint_row(painter, picture, seen, line, top, places.row_height)
        painter.translate(view.x, 0)
        for line, top in rows:
            box = QRect(0, top, block.start, places.row_height)
            _paint_number(painter, picture, line, box, view.ratio)
        painter.restore()
        for line, top in rows:
            if line == picture.chosen:
                box = QRect(0, top, block.right - view.x, places.row_height)
                _paint_choice(painter, picture, block, box, view)
        _paint_head(painter, picture, block, view)


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


def _paint_row(
    painter: QPainter, picture: Picture, columns: Seen, line: int, top: int, height: int
) -> None:
    """Draw the cells of a line."""
    values = picture.values
    if values is None:
        return
    painter.setFont(picture.cells)
    theme, here = picture.theme, line - picture.first
    for column, place in columns:
        box = QRect(place.x, top, place.width, height)
        strength = values.strength(column, here)
        if strength is not None:
            painter.fillRect(box.adjusted(0, 0, -1, -1), tint(theme, strength))
        elif column.kind == "picture":
            _paint_thumbnail(painter, picture.thumbnail(int(values.rows[here])), box)
            continue
        inner = _paint_swatch(painter, picture, column, here, box)
        painter.setPen(QColor(_ink(picture, column, here)))
        painter.drawText(inner, _side(column), values.text(column, here))


def _paint_thumbnail(painter: QPainter, picture: QPixmap, box: QRect) -> None:
    size = picture.deviceIndependentSize()
    painter.drawPixmap(
        QPointF(box.left() + INNER, box.center().y() - size.height() / 2 + 0.5), picture
    )


def _paint_swatch(
    painter: QPainter, picture: Picture, column: Column, here: int, box: QRect
) -> QRect:
    """Draw the colour of a class; return where its name goes."""
    if column.kind == "mark":
        return box
    inner = box.adjusted(INNER, 0, -INNER - 1, 0)
    if column.kind not in ("decided", "true") or picture.values is None:
        return inner
    color = picture.theme.class_color(picture.values.label(column, here))
    y = box.center().y() - SWATCH // 2
    painter.fillRect(inner.left(), y, SWATCH, SWATCH, QColor(color))
    return inner.adjusted(SWATCH + 5, 0, 0, 0)


def _ink(picture: Picture, column: Column, here: int) -> str:
    theme, values = picture.theme, picture.values
    if values is None or column.kind not in ("mark", "decided"):
        return theme.text
    if values.right(here):
        return theme.positive if column.kind == "mark" else theme.text
    return theme.error


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
    if column.kind in ("decided", "true", "picture"):
        return LEFT
    return CENTER if column.kind == "mark" else RIGHT
