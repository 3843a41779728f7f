"""What is not drawn, said on the picture: neurons folded away, weights left out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPolygonF

from nnviz.gui.network.columns import Column
from nnviz.gui.network.labels import LINE
from nnviz.gui.network.scene import CENTER, Scene, sized, write

_MARK = 14.0
"""Room of a triangle that scrolls, beside the words."""


@dataclass(frozen=True, eq=False)
class Fold:
    """The line below a column that does not show all it has.

    Parameters
    ----------
    column
        Whose.
    text
        What it says.
    box
        Where the words stand.
    back, on
        Where to press for the neurons before and after; None where there are none.
    """

    column: Column
    text: str
    box: QRectF
    back: QRectF | None
    on: QRectF | None


def folds(scene: Scene, metrics: QFontMetricsF) -> list[Fold]:
    """Return the lines below all columns that do not show everything, in units of the layout."""
    columns = scene.layout.columns
    nearest = min(right.x - left.x for left, right in pairwise(columns)) - 2 * _MARK
    return [
        _fold(column, metrics, max(nearest, column.width)) for column in columns if column.hidden
    ]


def paint_folds(painter: QPainter, scene: Scene) -> None:
    """Say below every folded column how many neurons it has besides, and offer them."""
    painter.setFont(sized(painter.font()))
    for fold in folds(scene, QFontMetricsF(painter.font())):
        write(painter, fold.box, fold.text, scene.theme.muted, CENTER)
        if not scene.touchable:
            continue
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(scene.theme.accent))
        for box, down in ((fold.back, False), (fold.on, True)):
            if box is not None:
                painter.drawPolygon(_triangle(box, down))


def fold_at(scene: Scene, metrics: QFontMetricsF, x: float, y: float) -> tuple[int, int] | None:
    """Return (layer, 1 or −1) where a point of the layout scrolls a folded layer, or None."""
    for fold in folds(scene, metrics):
        for box, direction in ((fold.back, -1), (fold.on, 1)):
            if box is not None and box.adjusted(-3.0, -2.0, 3.0, 2.0).contains(x, y):
                return fold.column.layer, direction
        if fold.back is None and fold.box.contains(x, y):
            return fold.column.layer, 1
    return None


def _fold(column: Column, metrics: QFontMetricsF, room: float) -> Fold:
    texts = _wordings(column)
    fitting = (text for text in texts if metrics.horizontalAdvance(text) + 2.0 <= room)
    text = next(fitting, texts[-1])
    wide, foot = metrics.horizontalAdvance(text) + 2.0, column.bottom + 1.0
    box = QRectF(column.x - wide / 2, foot, wide, LINE)
    back = QRectF(box.left() - _MARK, foot, _MARK, LINE) if column.above else None
    has_more = column.above + column.shown.size < column.units
    on = QRectF(box.right(), foot, _MARK, LINE) if has_more else None
    return Fold(column, text, box, back, on)


def _wordings(column: Column) -> list[str]:
    """Return what to say, in words that need less and less room."""
    if not column.above:
        more = QCoreApplication.translate("NetworkView", "+ {count} more")
        return [text.format(count=column.hidden) for text in (more, "+{count}")]
    part = QCoreApplication.translate("NetworkView", "{first}–{last} of {units}")
    numbers = {"first": column.above + 1, "last": column.above + column.shown.size}
    return [text.format(**numbers, units=column.units) for text in (part, "{first}–{last}", "")]


def _triangle(box: QRectF, down: bool) -> QPolygonF:
    center, sign = box.center(), 1.0 if down else -1.0
    corners = ((-3.6, -2.0), (3.6, -2.0), (0.0, 2.6))
    return QPolygonF([center + QPointF(x, sign * y) for x, y in corners])
