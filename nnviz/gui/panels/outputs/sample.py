"""One picture and what the network takes it for."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGraphicsRectItem, QVBoxLayout, QWidget

from nnviz.gui.look.numbers import count, fixed
from nnviz.gui.look.texts import translated
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.picture import picture_of
from nnviz.gui.plots.bars import Bars
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.heat_map import HeatMap
from nnviz.gui.plots.plot import Plot
from nnviz.gui.widgets.toggle_button import SmallButton
from nnviz.training.inspection import Inspection
from nnviz.training.problem import PartName, Problem

_PARTS: tuple[PartName, ...] = ("train", "test")
_WIDE = 1.25
"""Width over height from which on picture and bars stand side by side."""

_TALLEST_BAR = 3.0
"""Of a class' line, in heights of a line of text."""


@guarded
class SampleImage(OutputView):
    """The chosen sample as a picture, and a bar for every class."""

    name = "sample"
    title = str(QT_TRANSLATE_NOOP("SampleImage", "Sample"))
    hint = str(
        QT_TRANSLATE_NOOP("SampleImage", "The chosen picture and what the network takes it for.")
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outputs: NDArray[np.floating] = np.empty(0)
        self.decided = -1
        self.names: tuple[str, ...] = ()
        self.picture, self.shares = Chart(square=True), Chart(right=True)
        self.picture.labelled = frozenset()
        self.shares.labelled = frozenset({"left", "right"})
        self._cells = self.picture.add(HeatMap(gaps=False))
        self._tracks, self._bars = (self.shares.add(Bars(sideways=True)) for _ in range(2))
        self._frame = self.shares.add(QGraphicsRectItem())
        self.plot = Plot([self.picture], self)
        self.plot.setObjectName("output-sample-plot")
        self.plot.resized.connect(self._arrange)
        self.plot.restyled.connect(self.restyle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self._make_buttons()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _make_buttons(self) -> None:
        only_wrong = self.tr("Go through the samples that the network takes for another class.")
        self.add_switch("only_wrong", "output-sample-wrong", self.tr("Wrong"), only_wrong)
        for key, text, tip, go in (
            ("back", "‹", self.tr("Go to the sample before (left arrow)."), self.go_back),
            ("on", "›", self.tr("Go to the next sample (right)."), self.go_on),
        ):
            button = SmallButton(text, tip, self)
            button.setObjectName(f"output-sample-{key}")
            button.setAccessibleName(tip)
            button.clicked.connect(go)
            self.add_button(key, button)

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say whether samples are pictures of classes."""
        shape, task = problem.dataset.image_shape, problem.dataset.task
        return shape is not None and task == "classification"

    def prepare(self, problem: Problem) -> None:
        """Name the classes and forget the last sample."""
        self.outputs, self.decided = np.empty(0), -1
        self.names = tuple(translated(name) for name in problem.dataset.class_names)
        height, width = problem.dataset.image_shape or (1, 1)
        self.picture.set_ranges((0.0, width), (0.0, height))
        self.shares.set_ranges((0.0, 1.0), (-0.5, len(self.names) - 0.5))
        self.shares.axes["left"].set_names(self.names[::-1])
        self.shares.axes["right"].setRange(-0.5, len(self.names) - 0.5)

    def take(self, inspection: Inspection) -> None:
        """Draw the chosen sample and the answer to it."""
        answer = inspection.sample_trace(self.row)[-1].a
        self.outputs, self.decided = answer[0], int(inspection.problem.decide(answer)[0])
        theme, labels = self.theme, range(len(self.names))
        self.picture.set_names(Names(self.verdict()))
        self._cells.set_cells(picture_of(inspection.problem, self.row, theme))
        self._set_bars(self._tracks, [1.0 for _ in labels], [theme.grid for _ in labels])
        colors = [theme.class_color(label) for label in labels]
        self._set_bars(self._bars, [self.share(label) for label in labels], colors)
        values = [fixed(self._output_of(label), 0.001) for label in labels]
        self.shares.axes["right"].set_names(values[::-1])
        self._frame.setRect(0, len(labels) - 1.4 - self._truth(), 1, 0.8)
        self._frame.setPen(pg.mkPen(theme.text, width=1.5))
        self.picture.view.setBorder(theme.border)
        self.shares.settle()

    def _set_bars(self, bars: Bars, shares: list[float], colors: list[str]) -> None:
        """Show bars, the first class uppermost, with gaps between them that are empty bars."""
        many = len(shares)
        edges = np.stack([np.arange(many) - 0.4, np.arange(many) + 0.4], axis=1).ravel()
        heights = np.zeros(2 * many - 1)
        heights[::2] = shares[::-1]
        tints = np.repeat(colors[::-1], 2)[:-1].tolist()
        bars.set_data(edges, heights, tints)

    @Slot()
    def _arrange(self) -> None:
        """Put the bars beside the picture where there is the width, else below it."""
        wide = self.plot.width() > _WIDE * self.plot.height()
        line = self.picture.line_height
        self.shares.setMaximumHeight(_TALLEST_BAR * line * max(1, len(self.names)))
        self.plot.arrange(
            [[self.picture, self.shares]] if wide else [[self.picture], [self.shares]]
        )

    # ---------------------------------------------------------------- going through samples

    @Slot()
    def go_on(self) -> None:
        """Choose the next sample."""
        self._go(+1)

    @Slot()
    def go_back(self) -> None:
        """Choose the sample before."""
        self._go(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go through the samples."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: +1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._go(step)

    def _go(self, step: int) -> None:
        rows = self.rows()
        if not rows.size:
            return
        ahead = rows[rows > self.row] if step > 0 else rows[rows < self.row][::-1]
        self.row_chosen.emit(int(ahead[0] if ahead.size else rows[0 if step > 0 else -1]))

    def rows(self) -> NDArray[np.intp]:
        """Return the rows to go through: all, or those the network has wrong."""
        if self.problem is None:
            return np.empty(0, dtype=np.intp)
        if self.inspection is None or not self.is_on("only_wrong"):
            return np.arange(self.problem.dataset.rows)
        found = [self.inspection.outputs(part) for part in _PARTS]
        wrong = [o.index[o.labels != self.problem.labels[o.index]] for o in found if o is not None]
        return np.sort(np.concatenate(wrong))

    # ------------------------------------------------------------------------------ words

    def _truth(self) -> int:
        return int(self.problem.dataset.targets[self.row]) if self.problem is not None else -1

    def _lowest(self) -> float:
        return -1.0 if self.problem is not None and self.problem.plus_minus else 0.0

    def _output_of(self, label: int) -> float:
        """Return the output that speaks for a class; a single output speaks for the second."""
        if len(self.outputs) > 1:
            return float(self.outputs[label])
        output = float(self.outputs[0])
        return output if label == 1 else 1.0 + self._lowest() - output

    def share(self, label: int) -> float:
        """Return how full a class' bar is, 0 to 1."""
        low = self._lowest()
        return min(max((self._output_of(label) - low) / (1.0 - low), 0.0), 1.0)

    def verdict(self) -> str:
        """Return what the network says of the sample, and what it is."""
        if self.decided < 0:
            return ""
        if self.decided == self._truth():
            return self.tr("decided {decided} ✓").format(decided=self.names[self.decided])
        return self.tr("decided {decided} ✗, expected {true}").format(
            decided=self.names[self.decided], true=self.names[self._truth()]
        )

    def legend(self) -> list[LegendEntry]:
        """Return what the frame around a bar says."""
        return [LegendEntry(self.tr("true class"), self.theme.text, "frame")]

    def describe(self, inspection: Inspection) -> str:
        """Return what the network takes the sample for."""
        return self.tr(
            "After {epoch} epochs the network takes sample {row} for “{decided}” with an output"
            " of {value}; it is “{true}”."
        ).format(
            epoch=count(inspection.epoch),
            row=count(self.row + 1),
            decided=self.names[self.decided],
            value=fixed(self._output_of(self.decided), 0.001),
            true=self.names[self._truth()],
        )
