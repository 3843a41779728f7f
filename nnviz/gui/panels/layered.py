"""What panels that show layer by layer have in common: a selector, and a canvas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nnviz.engine.layers import LayerSpec
from nnviz.gui.frame import Frame
from nnviz.gui.look.layer_names import layer_names, short_layer_names
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import Panel
from nnviz.gui.panels.chart import Chart, grid_shape
from nnviz.gui.panels.header import Header, fill_background
from nnviz.gui.panels.legend import small_font
from nnviz.gui.panels.rest import SAY_SECONDS, Rest
from nnviz.gui.panels.segments import Segments, pill_style
from nnviz.gui.panels.sheet import Sheet
from nnviz.gui.plain import show_tool_tip
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

ALL = -1
"""Stands for every layer at once."""

_SPILL = 3
"""Pixels by which what belongs to a layer's picture may stand out beside it."""


@guarded
class Canvas(QWidget):
    """The painted part of a `LayeredPanel`."""

    pointed = Signal(QPoint)
    """The pointer is here."""

    pressed = Signal(QPoint)
    """The person clicked here."""

    def __init__(self, panel: LayeredPanel) -> None:
        super().__init__(panel)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        """Return the least that can be read."""
        return QSize(160, 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let the panel paint."""
        painter = QPainter(self)
        painter.setFont(small_font(self.font()))
        panel = self.parent()  # asked for each time: a reference would keep it from going
        assert isinstance(panel, LayeredPanel)
        panel.paint_canvas(painter, self.rect())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say where the pointer is."""
        self.pointed.emit(event.position().toPoint())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say where was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(event.position().toPoint())


class LayeredPanel(Panel):
    """A picture of every layer, or of one that the person chose.

    A panel takes what it needs from an inspection (`read`) and lays one layer's charts out
    (`charts`). What stands still of them is painted once (`paint_still`), the rest of it for every
    moment (`paint_live`).

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    aspect = 1.5
    """Width over height that a layer's picture likes best."""

    least_width = 100
    """Pixels of width from which on layers stand side by side."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.layer = ALL
        self.layers: list[int] = []
        self.names: tuple[str, ...] = ()
        self.epoch = 0
        self.problem: Problem | None = None
        self._inspection: Inspection | None = None
        self._areas: dict[int, QRect] = {}
        self.rest = Rest(self)
        self.rest.rested.connect(self._on_rest)
        self.header = Header(theme, 1, self)
        self.selector = Segments(f"{self.key}-layer", self)
        self.selector.setStyleSheet(pill_style(theme, outline=False))
        self.selector.setAccessibleName(self.tr("Layer"))
        self.selector.chosen.connect(self._on_layer)
        self.header.add(self.selector)
        self.canvas = Canvas(self)
        self._sheet = Sheet()
        self.canvas.setObjectName(f"{self.key}-canvas")
        self.canvas.pointed.connect(self._on_pointed)
        self.canvas.pressed.connect(self._on_pressed)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        column.setSpacing(SPACE // 2)
        column.addWidget(self.header)
        column.addWidget(self.canvas, 1)
        fill_background(self, theme.surface)

    # ------------------------------------------------------------------- for panels to say

    def draws(self, layer: LayerSpec) -> bool:
        """Return whether there is something to show of a layer."""
        return True

    def read(self, inspection: Inspection) -> None:
        """Take from an inspection what will be painted."""
        raise NotImplementedError

    def charts(self, metrics: QFontMetrics, area: QRect, layer: int) -> Sequence[Chart]:
        """Lay a layer's charts out."""
        raise NotImplementedError

    def look(self, layer: int) -> object:
        """Return all that stands still in a layer's picture beside its charts' own looks."""
        return None

    def paint_still(self, painter: QPainter, layer: int, charts: Sequence[Chart]) -> None:
        """Paint what stands still, and lies below all else: frames and names."""
        for chart in charts:
            chart.draw_frame(painter)

    def paint_live(self, painter: QPainter, layer: int, charts: Sequence[Chart]) -> None:
        """Paint what moves."""
        raise NotImplementedError

    def explain(self, layer: int, at: QPoint) -> str:
        """Return what is at a point of the canvas, for a tooltip; empty where there is nothing."""
        return ""

    def press(self, layer: int, at: QPoint) -> None:
        """Take note of a click into a layer's picture."""

    # ------------------------------------------------------------------------- the contract

    def begin(self, problem: Problem) -> None:
        """Forget the old run and offer the new one's layers."""
        specs = problem.experiment.network.layers
        layers = [i for i, spec in enumerate(specs) if self.draws(spec)]
        self.problem, self._inspection = problem, None
        self._areas = {}  # where the old run's layers are painted means none of the new one's
        self.rest.reset()
        self.names = layer_names(specs)
        if layers != self.layers:
            self.layer = ALL
        self.layers = layers
        choices = [(self.tr("All"), self.tr("Show every layer"))]
        show, short = self.tr("Show only this layer: {name}"), short_layer_names(specs)
        choices += [(short[layer], show.format(name=self.names[layer])) for layer in layers]
        self.selector.fill(choices, self._position())
        self.selector.setVisible(len(layers) > 1)
        self._show_legend()
        self.canvas.update()

    def show_frame(self, frame: Frame) -> None:
        """Take over a new moment."""
        if frame.inspection is self._inspection:
            return
        self._inspection = frame.inspection
        self.epoch = frame.inspection.epoch
        self.rest.stir()
        self._take(frame.inspection)

    def _take(self, inspection: Inspection) -> None:
        self.read(inspection)
        if self.rest.due("description", SAY_SECONDS):
            self.setAccessibleDescription(self.description())
        self.canvas.update()

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        fill_background(self, theme.surface)
        self.selector.setStyleSheet(pill_style(theme, outline=False))
        self._show_legend()
        self.canvas.update()

    def view_state(self) -> Mapping[str, Any]:
        """Return the chosen layer."""
        return {"layer": self.layer}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over the chosen layer."""
        layer = int(state.get("layer", ALL))
        self.layer = layer if layer in self.layers else ALL
        self.selector.choose(self._position())
        self._show_legend()
        self.canvas.update()

    # ---------------------------------------------------------------------------- inside

    @property
    def ready(self) -> bool:
        """Whether there is anything to paint."""
        return self._inspection is not None

    def shown_layers(self) -> list[int]:
        """Return the layers to paint."""
        return self.layers if self.layer == ALL else [self.layer]

    def paint_canvas(self, painter: QPainter, area: QRect) -> None:
        """Paint the layers into a grid of equal cells."""
        self._areas = self._cells(area) if self.ready else {}
        metrics = painter.fontMetrics()
        charts = {layer: self.charts(metrics, cell, layer) for layer, cell in self._areas.items()}
        self._sheet.lay(self.canvas, painter, self.theme.surface, tuple(self._areas.items()))
        for layer, laid_out in charts.items():
            look = (self.look(layer), *(chart.look for chart in laid_out))
            draw = partial(self._draw_still, layer=layer, charts=laid_out)
            self._sheet.keep(layer, look, self._areas[layer].adjusted(-_SPILL, 0, _SPILL, 0), draw)
        self._sheet.paint(painter)
        for layer, laid_out in charts.items():
            self.paint_live(painter, layer, laid_out)

    def _draw_still(self, painter: QPainter, layer: int, charts: Sequence[Chart]) -> None:
        painter.setFont(small_font(self.canvas.font()))
        self.paint_still(painter, layer, charts)

    def _cells(self, area: QRect) -> dict[int, QRect]:
        """Return where each layer's picture goes."""
        shown = self.shown_layers()
        rows, columns = grid_shape(
            len(shown), area.width(), area.height(), self.aspect, self.least_width
        )
        gap = 2 * SPACE
        width = (area.width() - (columns - 1) * gap) // columns
        height = (area.height() - (rows - 1) * SPACE) // rows
        cells = {}
        for position, layer in enumerate(shown):
            row, column = divmod(position, columns)
            left, top = area.left() + column * (width + gap), area.top() + row * (height + SPACE)
            cells[layer] = QRect(left, top, width, height)
        return cells

    def _position(self) -> int:
        """Return the chosen layer's place in the selector."""
        return 0 if self.layer == ALL else self.layers.index(self.layer) + 1

    def _layer_at(self, at: QPoint) -> int | None:
        return next((layer for layer, area in self._areas.items() if area.contains(at)), None)

    def _show_legend(self) -> None:
        self.header.legend.show_entries(self.legend(), self.theme)

    @Slot()
    def _on_rest(self) -> None:
        if self._inspection is not None:
            self._take(self._inspection)

    @Slot(int)
    def _on_layer(self, position: int) -> None:
        self.layer = self.layers[position - 1] if position else ALL
        self._show_legend()
        self.setAccessibleDescription(self.description())
        self.canvas.update()

    @Slot(QPoint)
    def _on_pointed(self, at: QPoint) -> None:
        layer = self._layer_at(at)
        text = "" if layer is None else self.explain(layer, at)
        show_tool_tip(self.canvas.mapToGlobal(at), text, self.canvas)

    @Slot(QPoint)
    def _on_pressed(self, at: QPoint) -> None:
        layer = self._layer_at(at)
        if layer is not None:
            self.press(layer, at)
