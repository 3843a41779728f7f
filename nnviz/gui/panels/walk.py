"""Step through: one stage of a forward and a backward pass, in formula, numbers and matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from nnviz.gui.edits import name_of
from nnviz.gui.frame import Frame, Selection, WalkPlace
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.layer_names import numbered_stage, stage_title
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import em, strong_font
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.header import lay_out
from nnviz.gui.panels.inspectors.sum_table import SumTable
from nnviz.gui.panels.moment import MomentPanel
from nnviz.gui.panels.walks.charts import FULL, NARROW, MatrixChart
from nnviz.gui.panels.walks.lines import formula_of, in_words, stage_lines, words_of
from nnviz.gui.panels.walks.windows import WindowCharts, charts_for, new_map
from nnviz.gui.plots.chart import Chart
from nnviz.gui.plots.still_plot import StillPlot
from nnviz.gui.widgets.arrows import ARROWS, claims_arrow
from nnviz.gui.widgets.idle import IdleTimer
from nnviz.gui.widgets.text_labels import ElidedLabel, WrappedLabel, small
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.walk import Matrix, Stage, Walk

_MOST = 10
"""Rows of a matrix that are shown at most."""

_LEAST_SIDE, _MOST_SIDE = 7.5, 14
"""Of maps and kernels, in heights of a line: from three of them on a row."""


@guarded
class WalkPanel(MomentPanel):
    """The stage that is looked at; before anybody steps through the passes, the first."""

    key = "walk"
    is_read = True
    title = str(QT_TRANSLATE_NOOP("WalkPanel", "Step through"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "WalkPanel",
            "One stage of the forward and the backward pass at a time: its formula, the same with "
            "numbers, and its matrices. Step through in the Network menu begins it; click a map "
            "to move a convolution's window.",
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("One stage of the passes, with its numbers"))
        self.heading, self.formula = ElidedLabel(self), WrappedLabel("text", self, "walk-formula")
        self.heading.setObjectName("walk-stage")
        self.heading.setFont(strong_font())
        self.about, self.name = WrappedLabel("muted", self), small(ElidedLabel(self), "text")
        self.ways = WrappedLabel("text", self, "walk-ways")
        self.table = SumTable("walk-lines", self)
        self.table.paddings = (0.2, 0.2)
        self.table.setAccessibleName(self.tr("The same with numbers, line by line"))
        self.plot = StillPlot((), self)
        self.plot.setObjectName("walk-plot")
        self.plot.setAccessibleName(self.tr("The matrices and maps of the stage"))
        self.plot.restyled.connect(self._draw)
        self.plot.resized.connect(self._fit)
        self.plot.pressed.connect(self._move_to)
        self.plot.pointed.connect(self._slide_to)
        self.plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.watch(IdleTimer(self))
        self._over_map = False
        self._tables, self._maps = list[MatrixChart](), list[MatrixChart]()
        self._windows = WindowCharts()
        self._area, parts = QScrollArea(self), QWidget()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Lines are smaller where it is narrow: a bar that came and went would do so for ever.
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        shown = (self.heading, self.about, self.formula, self.name, self.table, self.ways)
        filled(QVBoxLayout(parts), *shown, self.plot, spacing=SPACE // 2, wide=self.plot)
        self._area.setWidget(parts)
        lay_out(self, self._area)
        self.setMinimumSize(200, 160)

    # ------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Forget the old run; a picture has no scroll bars."""
        super().begin(problem)
        if self.bare:
            self.table.show_all()

    def differs(self, last: Frame, frame: Frame) -> bool:
        """Return whether there is something else to see."""
        return (
            super().differs(last, frame)
            or (last.walk, last.selection) != (frame.walk, frame.selection)
            or last.checkpoint is not frame.checkpoint
        )

    def take(self, inspection: Inspection) -> None:
        """Show the stage."""
        assert self.frame is not None
        assert self.problem is not None
        walk, stage, chosen = self._shown(self.frame)
        sample, (numbered, title) = int(walk.rows[walk.column]), numbered_stage(walk, stage)
        if not self.heading.accessibleName().endswith(title):
            self._area.verticalScrollBar().setValue(0)
        # How many there are is known where the next step is.
        self.heading.set_texts(*([] if self.idle.moving else [numbered]), title)
        about = self.tr("Sample {sample} alone, as the network predicts it.")
        if stage.kind == "update":
            about = self.tr("The update that sample {sample} alone would make.")
        if walk.is_batch and stage.kind in ("gradient", "update"):
            about = self.tr("The next mini-batch of {count}, as training will do it, as a whole.")
        elif walk.is_batch:
            about = self.tr(
                "The next mini-batch of {count}, as training will do it; the numbers are of"
                " sample {sample}."
            )
        self.about.set_message(
            about.format(sample=count(sample + 1), count=count(walk.passes.rows))
        )
        self.formula.set_message(formula_of(walk, stage))
        self.name.set_texts(name_of(self.problem, chosen))
        self.name.setVisible(stage.kind != "loss")
        lines = stage_lines(self.frame, walk, stage, chosen)
        ways, products = words_of(lines), [line for line in lines if not in_words(line)]
        self.ways.set_message("\n".join(ways))
        self.table.setVisible(bool(products))
        if self.table.show_lines(products, titled=False) or not self.idle.moving:
            self._fit()
        else:
            self._draw()

    def _shown(self, frame: Frame) -> tuple[Walk, Stage, Selection]:
        """Return the stage that is looked at, and the neuron or weight whose numbers it has."""
        walk, chosen = frame.walked(self.idle.moving), frame.selection or Selection(-2, 0)
        stage = walk.at((frame.walk or WalkPlace()).stage)
        is_chosen = chosen.layer == stage.layer
        unit, source = walk.unit(stage, chosen.layer, chosen.unit), None
        if stage.kind in ("gradient", "update") and walk.layers[stage.layer].weights.size:
            source = walk.source(stage.layer, unit, chosen.source if is_chosen else None)
        return walk, stage, Selection(stage.layer, unit, source)

    def legend(self) -> list[LegendEntry]:
        """Return what colours mean."""
        signs = self.tr("below zero … above")
        return [LegendEntry(signs, self.theme.negative, "gradient", self.theme.positive)]

    def description(self) -> str:
        """Return the stage and its formula, in a sentence."""
        if self.frame is None or self.problem is None:
            return self.tr("There is nothing to step through yet.")
        walk, stage, _ = self._shown(self.frame)
        said = self.tr("After {epoch} epochs, {stage}: {formula}.")
        return said.format(
            epoch=count(self.frame.inspection.epoch),
            stage=stage_title(self.problem, stage),
            formula=formula_of(walk, stage),
        )

    # ------------------------------------------------------------------ charts

    @Slot()
    def _draw(self) -> None:
        if self.frame is None:
            return
        walk, stage, chosen = self._shown(self.frame)
        self._over_map = walk.has_window(stage)
        width, line = self.plot.width(), self.name.fontMetrics().height()
        charts: Sequence[Chart]
        if self._over_map:
            rows = self._windows.show(walk, stage.layer, chosen.unit)
            charts = [chart for row in rows for chart in row if chart is not None]
        else:
            rooms = [(_MOST, max(int(width / (each * line)), 1)) for each in (NARROW, FULL)]
            some = [walk.matrices(stage, chosen.unit, room) for room in rooms]
            # What does not fit even so has wide cells.
            matrices = [one if one.has_all_columns else two for one, two in zip(*some, strict=True)]
            charts = self._show_matrices(matrices)
        across = 3 if width >= 3 * _LEAST_SIDE * line + 4 * SPACE else 2
        side = min((width - 2 * SPACE * (across - 1)) / across, _MOST_SIDE * line)
        boxes, x, y, bottom = dict[Chart, QRectF](), 0.0, 0.0, 0.0
        for chart in charts:
            is_table = isinstance(chart, MatrixChart) and not chart.square
            size = chart.fit(width) if is_table else QSizeF(side, side + line)
            if x + size.width() > width + 1:
                x, y = 0.0, bottom + SPACE
            boxes[chart] = QRectF(QPointF(x, y), size)
            x, bottom = x + size.width() + 2 * SPACE, max(bottom, y + size.height())
        self.plot.place(boxes)
        self.plot.setMinimumHeight(math.ceil(bottom))  # which may draw all anew, in another width

    def _show_matrices(self, matrices: Sequence[Matrix]) -> list[MatrixChart]:
        of_maps = [len(matrix.shape) == 3 for matrix in matrices]
        tables = iter(charts_for(self._tables, MatrixChart, of_maps.count(False)))
        maps = iter(charts_for(self._maps, new_map, of_maps.count(True)))
        charts = [next(maps if is_map else tables) for is_map in of_maps]
        for chart, matrix in zip(charts, matrices, strict=True):
            chart.show_matrix(matrix)
        return charts

    @Slot(object, QPointF)
    def _slide_to(self, chart: Chart | None, place: QPointF) -> None:
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._move_to(chart, place)

    @Slot(object, QPointF)
    def _move_to(self, chart: Chart | None, place: QPointF) -> None:
        """Look through the window at a place of the map that is made."""
        if self._over_map and (cell := self._windows.cell_at(chart, place)):
            self._look_at(*cell)

    def _look_at(self, row: int, column: int) -> None:
        assert self.frame is not None
        walk, stage, chosen = self._shown(self.frame)
        shape = walk.layers[stage.layer].output_shape
        if len(shape) == 3 and 0 <= row < shape[1] and 0 <= column < shape[2]:
            first = chosen.unit - chosen.unit % math.prod(shape[1:])
            self.selected.emit(Selection(stage.layer, first + row * shape[2] + column))

    def event(self, event: QEvent) -> bool:
        """Keep the arrows from the window's shortcuts while they move a window over a map."""
        overrides = event.type() is QEvent.Type.ShortcutOverride
        return claims_arrow(event, overrides and self._over_map) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move a window over a map, or else scroll."""
        if event.key() not in ARROWS or not self._over_map or self.frame is None:
            self._area.verticalScrollBar().event(event)
            return
        walk, stage, chosen = self._shown(self.frame)
        _, rows, columns = walk.layers[stage.layer].output_shape
        row, column = divmod(chosen.unit % (rows * columns), columns)
        right, down = ARROWS[event.key()]
        self._look_at(row + down, column + right)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange everything anew."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """Ask for room for some lines and charts."""
        return QSize(em(self, 24), em(self, 30))

    @Slot()
    def _fit(self) -> None:
        self.table.fit(self._area.viewport().width())
        self.table.setMinimumHeight(self.table.maximumHeight())
        self._draw()
