"""Step through: one stage of a forward and a backward pass, in formula, numbers and matrices."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from nnviz.gui.edits import name_of
from nnviz.gui.frame import Frame, Selection, WalkPlace
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.layer_names import stage_title
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import em, strong_font
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.header import lay_out
from nnviz.gui.panels.inspectors.charts import KernelChart
from nnviz.gui.panels.inspectors.sum_table import SumTable
from nnviz.gui.panels.moment import MomentPanel
from nnviz.gui.panels.walks.charts import FULL, NARROW, MatrixChart, maps_matrix
from nnviz.gui.panels.walks.lines import formula_of, in_words, stage_lines, way_of, words_of
from nnviz.gui.plots.chart import Chart
from nnviz.gui.plots.plot import Plot
from nnviz.gui.widgets.idle import IdleTimer
from nnviz.gui.widgets.text_labels import ElidedLabel, WrappedLabel, small
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.walk import Matrix, Stage, Walk, Window

_WAYS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}
_MOST = 10
"""Rows of a matrix that are shown at most."""

_LEAST_SIDE, _MOST_SIDE = 7.5, 14
"""Of maps and kernels, in heights of a line: from three of them on a row."""

_Chart = TypeVar("_Chart", bound=Chart)


def _new_map() -> MatrixChart:
    return MatrixChart(square=True)


def _first(pool: list[_Chart], make: Callable[[], _Chart], number: int) -> list[_Chart]:
    """Return so many charts of those there are, which become more where they are too few."""
    pool += [make() for _ in range(number - len(pool))]
    return pool[:number]


@guarded
class WalkPanel(MomentPanel):
    """The stage that is looked at; before anybody steps through the passes, the first."""

    key = "walk"
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
        self.plot = Plot((), self)
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
        self._kernels: list[KernelChart] = []
        self._area, parts = QScrollArea(self), QWidget()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
        place, sample = walk.stages.index(stage), int(walk.rows[walk.column])
        said = self.tr("{number} of {count} · {stage}")
        title = stage_title(self.problem, stage)
        numbered = said.format(number=place + 1, count=len(walk.stages), stage=title)
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
        self.ways.set_message("\n".join([*way_of(walk, stage, chosen.unit), *ways]))
        self.table.setVisible(bool(products))
        self.table.show_lines(products, titled=False)
        self._fit()

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
            window = walk.window(stage.layer, chosen.unit)
            assert window is not None
            charts = self._show_window(walk, stage, chosen.unit, window)
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
        tables = iter(_first(self._tables, MatrixChart, of_maps.count(False)))
        maps = iter(_first(self._maps, _new_map, of_maps.count(True)))
        charts = [next(maps if is_map else tables) for is_map in of_maps]
        for chart, matrix in zip(charts, matrices, strict=True):
            chart.show_matrix(matrix)
        return charts

    def _show_window(self, walk: Walk, stage: Stage, unit: int, window: Window) -> list[Chart]:
        """Show what is seen from one place of a map, and what becomes of it."""
        has_kernel = window.kernel is not None
        kernels = _first(self._kernels, KernelChart, 3 * has_kernel)
        source, target, *seen = charts = _first(self._maps, _new_map, 3 - has_kernel)
        named = self.tr("given: map {number}").format(number=window.channel + 1)
        source.show_matrix(maps_matrix(named, window.picture))
        rows, columns = window.patch.shape[1:]
        source.show_window(window.top, window.left, rows, columns)
        made = walk.matrices(stage, unit, (1, 1))[-1]
        target.show_matrix(made)
        down, right = divmod(unit % made.values.size, made.values.shape[1])
        target.show_window(down, right, 1, 1)
        if window.kernel is not None:
            products = (window.patch, window.kernel, window.patch * window.kernel)
            titles = (self.tr("window x"), self.tr("kernel w"), self.tr("x · w"))
            for chart, values, title in zip(kernels, products, titles, strict=True):
                chart.show_maps(values, title)
        for chart in seen:
            chart.show_matrix(maps_matrix(self.tr("window"), window.patch[0]))
            if window.winner is not None:
                chart.show_window(*window.winner, 1, 1)
        return [*charts, *kernels]

    @Slot(object, QPointF)
    def _slide_to(self, chart: Chart | None, place: QPointF) -> None:
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._move_to(chart, place)

    @Slot(object, QPointF)
    def _move_to(self, chart: Chart | None, place: QPointF) -> None:
        """Look through the window at a place of the map that is made."""
        is_map = self._over_map and chart is self._maps[1]
        if is_map and isinstance(chart, MatrixChart) and (cell := chart.cell_at(place)):
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
        is_key = isinstance(event, QKeyEvent) and event.key() in _WAYS
        if event.type() is QEvent.Type.ShortcutOverride and is_key and self._over_map:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move a window over a map."""
        if event.key() not in _WAYS or not self._over_map or self.frame is None:
            super().keyPressEvent(event)
            return
        walk, stage, chosen = self._shown(self.frame)
        _, rows, columns = walk.layers[stage.layer].output_shape
        row, column = divmod(chosen.unit % (rows * columns), columns)
        down, right = _WAYS[event.key()]
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
