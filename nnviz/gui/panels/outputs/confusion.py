"""The confusion matrix: which classes the network takes for which."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPointF, Qt, Slot
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QGraphicsRectItem, QWidget

from nnviz.gui.look.numbers import count, share_text
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import rgb
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.words import scores_text
from nnviz.gui.plain import Label, set_tool_tip, show_tool_tip
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.heat_map import MovingMap
from nnviz.gui.plots.still_plot import StillPlot
from nnviz.gui.widgets.idle import READ_SECONDS
from nnviz.gui.widgets.text_labels import small
from nnviz.storage.spreadsheet import pasted
from nnviz.training.answers import Outputs
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

_EMPTY, _FAINTEST, _STRONGEST = 0.45, 0.14, 0.9
"""Shares of its hue in a cell without samples, and of few and of all those of a row."""

_DARK = 0.55
"""Share of its hue from which on a cell is written on in the colour of the surface."""

_SMALLEST = 8
"""Pixels of a number in the cells of ten classes on a small panel."""

_ROOM_FOR_SCORES = 12
"""Least height of matrix and scores, in heights of a line."""

_ROOM_FOR_SHARE = 3.3
"""Size of a cell with count and share, in heights of a line."""


@guarded
class ConfusionMatrix(OutputView):
    """Counts of true class (down) against decided class (across), shaded by share of the row."""

    name = "confusion"
    title = str(QT_TRANSLATE_NOOP("ConfusionMatrix", "Confusion"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "ConfusionMatrix",
            "Which classes are taken for which: right answers on the diagonal. Click a cell for its"
            " samples.",
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart = Chart(square=True)
        self.plot = StillPlot([self.chart])
        self.set_content(self.plot)
        self.counts: NDArray[np.intp] = np.zeros((2, 2), dtype=np.intp)
        """Samples by true class (down) and decided class (across)."""
        self.names: tuple[str, ...] = ("", "")
        self._cells, self._frame = self.chart.add(MovingMap()), self.chart.add(QGraphicsRectItem())
        self.chart.moving.append(self._cells)
        self.plot.pointed.connect(self._on_pointed)
        self.plot.pressed.connect(self._on_pressed)
        self.scores = small(Label(parent=self), "text")
        self.scores.setObjectName("output-confusion-scores")
        self.scores.setWordWrap(True)
        tip = self.tr(
            "Precision: of the samples taken for a class, the share that belongs to it. Recall: of"
            " those that belong to it, the share that is found. F1: their harmonic mean. AUC: how"
            " often a sample of the class is ranked above one of another."
        )
        set_tool_tip(self.scores, tip)
        self.body.addWidget(self.scores)
        self.plot.idle.idle.connect(self._write_scores)
        copy = QShortcut(QKeySequence.StandardKey.Copy, self)
        copy.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        copy.activated.connect(self._copy)
        test = self.tr("Count the samples the network never learns from.")
        self.add_switch("test", self.tr("Test"), test)

    def prepare(self, problem: Problem) -> None:
        """Take the names of the classes; nothing is counted yet."""
        self.names = tuple(translated(name) for name in problem.dataset.class_names)
        many = len(self.names)
        self.counts = np.zeros((many, many), dtype=np.intp)
        self.chart.axes["bottom"].set_names(self.names)
        self.chart.axes["left"].set_names(self.names[::-1])
        ends = -0.5, many - 0.5  # so that the middle of a cell is where its name is
        self.chart.set_ranges(ends, ends)
        self.chart.settle()
        self.plot.idle.reset()
        self._cells.hide()  # they are those of the run before

    def take(self, inspection: Inspection) -> None:
        """Count, and colour the cells: blue where answers are right, orange where they are not."""
        counts = self.counts = inspection.confusion(self.part)
        note = self.tr("the first {count} samples").format(count=count(int(counts.sum())))
        decided, true = self.tr("predicted class"), self.tr("actual class")
        self.chart.set_names(Names(decided, true, note if inspection.estimated else ""))
        theme, totals = self.theme, counts.sum(axis=1)
        shares = counts / np.maximum(totals, 1)[:, np.newaxis]
        strength = np.where(counts, _FAINTEST + (_STRONGEST - _FAINTEST) * shares, _EMPTY)
        large = 1 / self.chart.pixel.height() >= _ROOM_FOR_SHARE * self.chart.line_height

        def text(row: int, column: int) -> tuple[str, str]:
            samples = int(counts[row, column])
            if not samples:
                return count(0), theme.muted
            share = f"\n{share_text(samples, int(totals[row]))}" if large else ""
            ink = theme.surface if strength[row, column] > _DARK else theme.text
            return count(samples) + share, ink

        self._fit_font()
        self._cells.set_cells(self._grounds(strength), text, self.chart.view.viewRect())
        self._cells.show()
        self._mark_chosen()
        self.plot.idle.update()
        if self.plot.idle.due("scores", READ_SECONDS):
            self._write_scores()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave what room there is to the matrix."""
        super().resizeEvent(event)
        self.scores.setVisible(self.height() >= em(self, _ROOM_FOR_SCORES))

    @Slot()
    def _copy(self) -> None:
        """Put the counts into the clipboard: actual classes down, predicted ones across."""
        lines = [["", *self.names]]
        lines += [
            [name, *map(str, row)]
            for name, row in zip(self.names, self.counts.tolist(), strict=True)
        ]
        QGuiApplication.clipboard().setText(pasted(lines))

    @Slot()
    def _write_scores(self) -> None:
        if self.inspection is not None:
            self.scores.setText(scores_text(self.inspection, self.part))

    def _grounds(self, strength: NDArray[np.floating]) -> NDArray[np.uint8]:
        """Return the colours of the cells, by the shares they have of their hues."""
        theme = self.theme
        right, wrong, neutral, surface = (
            np.array(rgb(color))
            for color in (theme.positive, theme.negative, theme.neutral, theme.surface)
        )
        hues = np.where(np.eye(len(strength), dtype=bool)[..., np.newaxis], right, wrong)
        hues[self.counts == 0] = neutral
        colors = surface + strength[..., np.newaxis] * (hues - surface)
        return np.asarray(np.rint(colors), np.uint8)

    def _fit_font(self) -> None:
        """Let the largest count fit its cell, if need be by smaller figures."""
        font, room = QFont(self.chart.font_used), 1 / self.chart.pixel.width() - 2
        wide = QFontMetricsF(font).horizontalAdvance(count(int(self.counts.max())))
        font.setPixelSize(max(_SMALLEST, int(font.pixelSize() * min(1.0, room / wide))))
        self._cells.room = 0.0
        self._cells.restyle(self.theme, font)

    def _mark_chosen(self) -> None:
        """Frame the cell the chosen sample is counted in."""
        outputs, pixel, last = self._outputs(), self.chart.pixel, len(self.names) - 1
        found = [] if outputs is None else outputs.labels[outputs.index == self.row].tolist()
        self._frame.setVisible(bool(found))
        if found and self.problem is not None:
            left, bottom = found[0] - 0.5, last - self.problem.labels[self.row] - 0.5
            across, up = 2 * pixel.width(), 2 * pixel.height()
            self._frame.setRect(left + across, bottom + up, 1 - 2 * across, 1 - 2 * up)
            self._frame.setPen(pg.mkPen(self.theme.text, width=2))

    def cell_at(self, place: QPointF) -> tuple[int, int]:
        """Return the true and the decided class of the cell at a place in pixels of the plot."""
        at, last = self.chart.value(place), len(self.names) - 1
        true, decided = last - round(at.y()), round(at.x())
        return min(max(true, 0), last), min(max(decided, 0), last)

    def _outputs(self) -> Outputs | None:
        return self.inspection.outputs(self.part) if self.inspection is not None else None

    def rows_in(self, true: int, decided: int) -> NDArray[np.intp]:
        """Return the rows that a cell counts."""
        outputs = self._outputs()
        if outputs is None or self.problem is None:
            return np.empty(0, dtype=np.intp)
        truth = self.problem.labels[outputs.index]
        return np.asarray(outputs.index[(truth == true) & (outputs.labels == decided)])

    @Slot(object, QPointF)
    def _on_pressed(self, _chart: Chart, place: QPointF) -> None:
        """Show the pictures of the cell; of other samples choose the next with every click."""
        true, decided = self.cell_at(place)
        rows = self.rows_in(true, decided)
        if rows.size and self.problem is not None and self.problem.dataset.image_shape is not None:
            asked = {"actual": str(true), "answer": str(decided), "order": "worst"}
            self.page_wanted.emit({"test": self.is_on("test"), **asked})
        elif rows.size:
            later = rows[rows > self.row]
            self.row_chosen.emit(int(later[0] if later.size else rows[0]))

    @Slot(object, QPointF)
    def _on_pointed(self, chart: Chart | None, place: QPointF) -> None:
        text = self.cell_text(*self.cell_at(place)) if chart is not None else ""
        show_tool_tip(self.plot.mapToGlobal(place.toPoint()), text, self.plot)

    def cell_text(self, true: int, decided: int) -> str:
        """Return a sentence about a cell."""
        found, total = int(self.counts[true, decided]), int(self.counts[true].sum())
        return self.tr(
            "{count} of {total} samples of “{true}” are taken for “{decided}” ({share})."
        ).format(
            count=count(found),
            total=count(total),
            true=self.names[true],
            decided=self.names[decided],
            share=share_text(found, total),
        )

    def legend(self) -> list[LegendEntry]:
        """Return what the two hues mean."""
        names = {"test": self.tr("test samples"), "validation": self.tr("validation samples")}
        which = names.get(self.part, self.tr("training samples"))
        return [
            LegendEntry(self.tr("right"), self.theme.positive, "square"),
            LegendEntry(self.tr("wrong"), self.theme.negative, "square"),
            LegendEntry(which, self.theme.muted, "disc" if self.part == "train" else "ring"),
        ]
