"""The confusion matrix: which classes the network takes for which."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPointF, Slot
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QGraphicsRectItem, QVBoxLayout, QWidget

from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import rgb
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.words import share_text, train_score
from nnviz.gui.plain import show_tool_tip
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.heat_map import HeatMap
from nnviz.gui.plots.plot import Plot
from nnviz.training.inspection import Inspection, Outputs
from nnviz.training.problem import PartName, Problem

_EMPTY, _FAINTEST, _STRONGEST = 0.45, 0.14, 0.9
"""Shares of its hue in a cell without samples, and of few and of all those of a row."""

_LUMINANCE = np.array([0.299, 0.587, 0.114])
_SMALLEST = 8
"""Pixels of a number in the cells of ten classes on a small panel."""

_ROOM_FOR_SHARE = 3.3
"""Size of a cell with count and share, in heights of a line."""


class ConfusionMatrix(OutputView):
    """Counts of true class (down) against decided class (across), shaded by share of the row."""

    name = "confusion"
    title = str(QT_TRANSLATE_NOOP("ConfusionMatrix", "Confusion"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "ConfusionMatrix", "Which classes are taken for which: right answers on the diagonal."
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: NDArray[np.intp] = np.zeros((2, 2), dtype=np.intp)
        """Samples by true class (down) and decided class (across)."""
        self.names: tuple[str, ...] = ("", "")
        self.chart = Chart(square=True)
        self.plot = Plot([self.chart], self)
        self.plot.setObjectName("output-confusion-plot")
        self._cells, self._frame = self.chart.add(HeatMap()), self.chart.add(QGraphicsRectItem())
        self.plot.pointed.connect(self._on_pointed)
        self.plot.pressed.connect(self._on_pressed)
        for changed in (self.plot.restyled, self.plot.resized):
            changed.connect(self.restyle)
        test = self.tr("Count the samples the network never learns from.")
        self.add_switch("test", "output-confusion-test", self.tr("Test"), test)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say whether there are classes."""
        return problem.dataset.task == "classification"

    @property
    def part(self) -> PartName:
        """The part that is counted."""
        return "test" if self.is_on("test") else "train"

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
        self._cells.hide()  # they are those of the run before

    def take(self, inspection: Inspection) -> None:
        """Count, and colour the cells."""
        self.counts = inspection.confusion(self.part, self.most_rows)
        note = self.tr("the first {count} samples").format(count=count(int(self.counts.sum())))
        decided, true = self.tr("decided class"), self.tr("true class")
        self.chart.set_names(Names(decided, true, note if self.partial else ""))
        self._fit_font()
        colors, dark = self._grounds()
        large = 1 / self.chart.pixel.height() >= _ROOM_FOR_SHARE * self.chart.line_height
        counts, inks = self.counts, (self.theme.surface, self.theme.text)
        totals = counts.sum(axis=1).tolist()

        def text(row: int, column: int) -> tuple[str, str]:
            samples, ink = int(counts[row, column]), inks[int(dark[row, column])]
            if not samples:
                return count(0), self.theme.muted
            share = f"\n{share_text(samples, totals[row])}" if large else ""
            return count(samples) + share, ink

        self._cells.set_cells(colors, text, self.chart.view.viewRect())
        self._cells.show()
        self._mark_chosen()

    def _grounds(self) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Return the colours of the cells, and on which of them the theme's ink is read better.

        Blue where answers are right and orange where they are wrong, stronger with the share of
        the row; shape (classes, classes, 3).
        """
        theme, empty = self.theme, self.counts == 0
        shares = self.counts / np.maximum(self.counts.sum(axis=1, keepdims=True), 1)
        right, wrong, neutral, surface, ink = (
            np.array(rgb(color), dtype=float)
            for color in (theme.positive, theme.negative, theme.neutral, theme.surface, theme.text)
        )
        hues = np.where(np.eye(len(shares), dtype=bool)[..., np.newaxis], right, wrong)
        hues[empty] = neutral
        strength = np.where(empty, _EMPTY, _FAINTEST + (_STRONGEST - _FAINTEST) * shares)
        colors = surface + strength[..., np.newaxis] * (hues - surface)
        bright, of_ink, of_surface = (c @ _LUMINANCE for c in (colors, ink, surface))
        return np.rint(colors).astype(np.uint8), abs(of_ink - bright) > abs(of_surface - bright)

    def _fit_font(self) -> None:
        """Let the largest count fit its cell, if need be by smaller figures."""
        font, room = QFont(self.chart.font_used), 1 / self.chart.pixel.width() - 2
        wide = QFontMetricsF(font).horizontalAdvance(count(int(self.counts.max())))
        font.setPixelSize(max(_SMALLEST, int(font.pixelSize() * min(1.0, room / wide))))
        self._cells.room = 0.0
        self._cells.restyle(self.theme, font)

    def _mark_chosen(self) -> None:
        """Frame the cell the chosen sample is counted in."""
        outputs = self._outputs()
        found = outputs is not None and bool((outputs.index == self.row).any())
        self._frame.setVisible(found)
        if found and outputs is not None and self.problem is not None:
            true = int(self.problem.labels[self.row])
            decided, pixel = int(outputs.labels[outputs.index == self.row][0]), self.chart.pixel
            across, up = 2 * pixel.width(), 2 * pixel.height()
            bottom = len(self.names) - 1.5 - true
            self._frame.setRect(decided - 0.5 + across, bottom + up, 1 - 2 * across, 1 - 2 * up)
            self._frame.setPen(pg.mkPen(self.theme.text, width=2))

    # ------------------------------------------------------------------------------ mouse

    def _outputs(self) -> Outputs | None:
        return self.inspection.outputs(self.part, self.most_rows) if self.inspection else None

    def cell_at(self, place: QPointF) -> tuple[int, int]:
        """Return the true and the decided class of the cell at a place in pixels of the plot."""
        at, last = self.chart.value(place), len(self.names) - 1
        true, decided = last - round(at.y()), round(at.x())
        return min(max(true, 0), last), min(max(decided, 0), last)

    def rows_in(self, true: int, decided: int) -> NDArray[np.intp]:
        """Return the rows that a cell counts."""
        outputs = self._outputs()
        if outputs is None or self.problem is None:
            return np.empty(0, dtype=np.intp)
        truth = self.problem.labels[outputs.index]
        return np.asarray(outputs.index[(truth == true) & (outputs.labels == decided)])

    @Slot(object, QPointF)
    def _on_pressed(self, _chart: Chart, place: QPointF) -> None:
        """Choose a sample of the cell; the next one with every click."""
        rows = self.rows_in(*self.cell_at(place))
        if rows.size:
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

    # ------------------------------------------------------------------------------ words

    def legend(self) -> list[LegendEntry]:
        """Return what the two hues mean."""
        which = self.tr("test samples") if self.part == "test" else self.tr("training samples")
        return [
            LegendEntry(self.tr("right"), self.theme.positive, "square"),
            LegendEntry(self.tr("wrong"), self.theme.negative, "square"),
            LegendEntry(which, self.theme.muted, "ring" if self.part == "test" else "disc"),
        ]

    def describe(self, inspection: Inspection) -> str:
        """Return how many answers lie on the diagonal."""
        test = self.tr("After {epoch} epochs {right} of {total} test samples get their own class.")
        train = self.tr(
            "After {epoch} epochs {right} of {total} training samples get their own class."
        )
        words = train_score(inspection, self.most_rows, self.part)
        return (test if self.part == "test" else train).format(**words)
