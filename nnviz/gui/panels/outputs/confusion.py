"""The confusion matrix: which classes the network takes for which."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QPointF, QRect, QRectF, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme, blend, rgb
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.facts import score
from nnviz.gui.panels.outputs.words import percent, score_text
from nnviz.gui.panels.segments import Pill
from nnviz.gui.panels.sheet import Sheet
from nnviz.gui.plain import show_tool_tip
from nnviz.training.inspection import Inspection
from nnviz.training.problem import PartName, Problem

LARGEST_CELL = 120.0
ROOM_FOR_SHARE = 44.0
STRONGEST = 0.9
SMALLEST = 8
"""Pixels of a number in the cells of ten classes on a small panel."""

GAP = 6.0


class _Cell(NamedTuple):
    """What a cell says: samples, their share of the row, and which cell it is."""

    samples: int
    share: float
    right: bool
    chosen: bool


@guarded
class ConfusionMatrix(OutputView):
    """Counts of true class (down) against decided class (across), shaded by share of the row."""

    name = "confusion"
    title = str(QT_TRANSLATE_NOOP("ConfusionMatrix", "Confusion"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "ConfusionMatrix", "Which classes are taken for which: right answers on the diagonal."
        )
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.counts: NDArray[np.intp] = np.zeros((2, 2), dtype=np.intp)
        self.names: tuple[str, ...] = ("", "")
        self._sheet = Sheet()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.on_test = Pill(
            self.tr("Test"), self.tr("Count the samples the network never learns from."), self
        )
        self.on_test.setObjectName("output-confusion-test")
        self.on_test.hide()  # until the panel gives it a place
        self.on_test.toggled.connect(self._switched)

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say whether there are classes."""
        return problem.dataset.task == "classification"

    def switches(self) -> list[QAbstractButton]:
        """Return the switch between the parts, where there are two."""
        return [self.on_test] if self.problem is not None and self.problem.test else []

    @property
    def part(self) -> PartName:
        """The part that is counted."""
        return "test" if self.switches() and self.on_test.isChecked() else "train"

    def prepare(self, problem: Problem) -> None:
        """Take the names of the classes; nothing is counted yet."""
        self.names = tuple(translated(name) for name in problem.dataset.class_names)
        self.counts = np.zeros((len(self.names), len(self.names)), dtype=np.intp)

    def take(self, inspection: Inspection) -> None:
        """Count."""
        self.counts = inspection.confusion(self.part, self.most_rows)

    @Slot(bool)
    def _switched(self, _on: bool) -> None:
        if self.inspection is not None:
            self.take(self.inspection)
        self.update()
        self.marks_changed.emit()

    # ------------------------------------------------------------------ drawing

    def shares(self) -> NDArray[np.float64]:
        """Return counts as shares of their row, 0 where a row is empty."""
        totals = self.counts.sum(axis=1, keepdims=True)
        return np.asarray(self.counts / np.maximum(totals, 1))

    def grid(self) -> QRectF:
        """Return the square of the cells on the widget."""
        line = QFontMetricsF(self.small_font()).height()
        left = self._name_room() + GAP + 4
        area = QRectF(self.rect()).adjusted(left, 2 * line + 8, -8, -6)
        count = len(self.names)
        side = max(4.0, np.floor(min(area.width(), area.height()) / count))
        side = min(side, LARGEST_CELL) * count
        spare = (area.width() - side) / 2
        x = area.left() + max(0.0, spare - left / 2 if spare > left / 2 else spare / 2)
        return QRectF(round(x), round(area.top() + max(0.0, area.height() - side) / 3), side, side)

    def _name_room(self) -> float:
        metrics = QFontMetricsF(self.small_font())
        widest = max(metrics.horizontalAdvance(name) for name in self.names)
        return float(min(widest, max(40.0, self.width() * 0.28)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw cells, names and what the two sides are."""
        painter = QPainter(self)
        painter.setFont(self.small_font())
        grid = self.grid()
        side = grid.width() / len(self.names)
        strong = self._strong_font(side)
        self._sheet.lay(self, painter, self.theme.surface, (grid, self.names, strong.pixelSize()))
        line = QFontMetricsF(self.small_font()).height()
        above = QRectF(grid.left(), grid.top() - 2 * line - 4, max(grid.width(), 120.0), line)
        count = int(self.counts.sum()) if self.partial else 0
        draw = partial(self._paint_above, box=above, count=count)
        self._sheet.keep("above", count, above.toRect(), draw)
        self._sheet.keep("names", None, QRect(), partial(self._paint_names, grid=grid))
        shares, chosen = self.shares().tolist(), self._chosen_cell()
        for true, counts in enumerate(self.counts.tolist()):
            for decided, count in enumerate(counts):
                cell = _Cell(
                    count, shares[true][decided], true == decided, chosen == (true, decided)
                )
                place = QRectF(grid.left() + decided * side, grid.top() + true * side, side, side)
                draw = partial(self._paint_cell, cell=cell, place=place, strong=strong)
                self._sheet.keep((true, decided), cell, place.toAlignedRect(), draw)
        self._sheet.paint(painter)
        painter.end()

    def _paint_cell(self, painter: QPainter, cell: _Cell, place: QRectF, strong: QFont) -> None:
        inner = place.adjusted(1, 1, -1, -1)
        ground = self.ground(cell.share, cell.right)
        painter.fillRect(inner, QColor(ground))
        if cell.chosen:
            painter.setPen(QPen(QColor(self.theme.text), 2.0))
            painter.drawRect(inner.adjusted(1, 1, -1, -1))
        if cell.samples:
            painter.setPen(QColor(self._ink(ground)))
            painter.setFont(strong)
            self._paint_count(painter, inner, cell.samples, cell.share)
        else:
            painter.setPen(QColor(self.theme.muted))
            painter.setFont(self.small_font())
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, "0")

    def _strong_font(self, side: float) -> QFont:
        """Return the font of counts: as large as the largest of them allows."""
        font = self.font() if side >= ROOM_FOR_SHARE else self.small_font()
        font.setWeight(QFont.Weight.DemiBold)
        wide = QFontMetricsF(font).horizontalAdvance(f"{self.counts.max()}")
        if wide > side - 4:
            font.setPixelSize(max(SMALLEST, int(font.pixelSize() * (side - 4) / wide)))
        return font

    def _paint_count(self, painter: QPainter, cell: QRectF, count: int, share: float) -> None:
        if cell.height() + 2 < ROOM_FOR_SHARE:
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, f"{count}")
            return
        middle = cell.height() / 2
        upper = cell.adjusted(0, 0, 0, 3 - middle)
        bottom = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        painter.drawText(upper, bottom, f"{count}")
        painter.setFont(self.small_font())
        lower = cell.adjusted(0, middle + 3, 0, 0)
        painter.drawText(lower, Qt.AlignmentFlag.AlignHCenter, percent(share))

    def ground(self, share: float, right: bool) -> str:
        """Return a cell's colour: blue where answers are right, orange where they are wrong."""
        if share == 0.0:
            return blend(self.theme.neutral, self.theme.surface, 0.45)
        strong = self.theme.positive if right else self.theme.negative
        return blend(strong, self.theme.surface, 0.14 + (STRONGEST - 0.14) * share)

    def _ink(self, ground: str) -> str:
        """Return the theme's ink or its ground, whichever is read better on a cell."""
        ours = (self.theme.text, self.theme.surface)
        return max(ours, key=lambda ink: abs(_luminance(ink) - _luminance(ground)))

    def _paint_names(self, painter: QPainter, grid: QRectF) -> None:
        metrics = QFontMetricsF(self.small_font())
        line, side = metrics.height(), grid.width() / len(self.names)
        painter.setFont(self.small_font())
        room = self._name_room()
        elide = Qt.TextElideMode.ElideRight
        painter.setPen(QColor(self.theme.muted))
        for i, name in enumerate(self.names):
            above = QRectF(grid.left() + i * side, grid.top() - line - 3, side, line)
            painter.drawText(
                above, Qt.AlignmentFlag.AlignHCenter, metrics.elidedText(name, elide, side - 2)
            )
            beside = QRectF(grid.left() - GAP - room, grid.top() + i * side, room, side)
            painter.drawText(
                beside,
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                metrics.elidedText(name, elide, room),
            )
        painter.setPen(QColor(self.theme.text))
        corner = QRectF(grid.left() - GAP - 80, grid.top() - line - 3, 80, line)
        painter.drawText(corner, Qt.AlignmentFlag.AlignRight, self.tr("true ↓"))

    def _paint_above(self, painter: QPainter, box: QRectF, count: int) -> None:
        """Say which side is which, and how many samples are counted where it is not all."""
        painter.setFont(self.small_font())
        painter.setPen(QColor(self.theme.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, self.tr("decided →"))
        if count:
            painter.setPen(QColor(self.theme.muted))
            said = self.tr("the first {count} samples").format(count=count)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, said)

    def _chosen_cell(self) -> tuple[int, int] | None:
        """Return the cell the chosen sample is counted in."""
        outputs = (
            self.inspection.outputs(self.part, self.most_rows)
            if self.inspection is not None
            else None
        )
        if outputs is None or self.problem is None:
            return None
        place = np.flatnonzero(outputs.index == self.row)
        if not place.size:
            return None
        return int(self.problem.labels[self.row]), int(outputs.labels[place[0]])

    # ------------------------------------------------------------------ mouse

    def cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """Return the true and the decided class of the cell at a place."""
        grid = self.grid()
        if not grid.contains(place):
            return None
        side = grid.width() / len(self.names)
        last = len(self.names) - 1
        true = min(int((place.y() - grid.top()) / side), last)
        return true, min(int((place.x() - grid.left()) / side), last)

    def rows_in(self, true: int, decided: int) -> NDArray[np.intp]:
        """Return the rows that a cell counts."""
        outputs = (
            self.inspection.outputs(self.part, self.most_rows)
            if self.inspection is not None
            else None
        )
        if outputs is None or self.problem is None:
            return np.empty(0, dtype=np.intp)
        truth = self.problem.labels[outputs.index]
        return np.asarray(outputs.index[(truth == true) & (outputs.labels == decided)])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose a sample of the cell; the next one with every click."""
        cell = self.cell_at(event.position())
        rows = self.rows_in(*cell) if cell else np.empty(0, dtype=np.intp)
        if rows.size:
            later = rows[rows > self.row]
            self.row_chosen.emit(int(later[0] if later.size else rows[0]))

    def event(self, event: QEvent) -> bool:
        """Say what a cell counts when the pointer rests on it."""
        if not isinstance(event, QHelpEvent):
            return super().event(event)
        cell = self.cell_at(QPointF(event.pos()))
        show_tool_tip(event.globalPos(), self.cell_text(*cell) if cell else "", self)
        return True

    def cell_text(self, true: int, decided: int) -> str:
        """Return a sentence about a cell."""
        return self.tr(
            "{count} of {total} samples of “{true}” are taken for “{decided}” ({share})."
        ).format(
            count=int(self.counts[true, decided]),
            total=int(self.counts[true].sum()),
            true=self.names[true],
            decided=self.names[decided],
            share=percent(float(self.shares()[true, decided])),
        )

    # ------------------------------------------------------------------ words

    def legend(self) -> list[LegendEntry]:
        """Return what the two hues mean."""
        which = self.tr("test samples") if self.part == "test" else self.tr("training samples")
        return [
            LegendEntry(self.tr("right"), self.theme.positive, "square"),
            LegendEntry(self.tr("wrong"), self.theme.negative, "square"),
            LegendEntry(which, self.theme.muted, "ring" if self.part == "test" else "disc"),
        ]

    def headline(self) -> str:
        """Return the share of right answers."""
        return score_text(self.inspection, self.most_rows) if self.inspection is not None else ""

    def description(self) -> str:
        """Return how many answers lie on the diagonal."""
        found = (
            score(self.inspection, self.part, self.most_rows)
            if self.inspection is not None
            else None
        )
        if found is None or self.inspection is None:
            return self.tr("Counts of true and decided classes, before the network has answered.")
        sentence = (
            self.tr("After {epoch} epochs {right} of {total} test samples get their own class.")
            if self.part == "test"
            else self.tr(
                "After {epoch} epochs {right} of {total} training samples get their own class."
            )
        )
        return sentence.format(epoch=self.inspection.epoch, right=found.right, total=found.total)

    def view_state(self) -> Mapping[str, Any]:
        """Return which part is counted."""
        return {"test": self.on_test.isChecked()}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Count the same part."""
        self.on_test.setChecked(bool(state.get("test", False)))


def _luminance(color: str) -> float:
    red, green, blue = rgb(color)
    return 0.299 * red + 0.587 * green + 0.114 * blue
