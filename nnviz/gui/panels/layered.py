"""What panels that show layer by layer have in common: a selector, and a canvas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from nnviz.gui.frame import Frame
from nnviz.gui.panels.base import Panel
from nnviz.gui.panels.chart import grid_shape
from nnviz.gui.panels.header import Header, fill_background
from nnviz.gui.panels.layers import layer_name, short_layer_name
from nnviz.gui.panels.legend import small_font
from nnviz.gui.panels.segments import Segments, pill_style
from nnviz.gui.theme import SPACE, Theme
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

ALL = -1
"""Stands for every layer at once."""


class Canvas(QWidget):
    """The painted part of a `LayeredPanel`."""

    pointed = Signal(QPoint)
    """The pointer is here."""

    pressed = Signal(QPoint)
    """The person clicked here."""

    def __init__(self, panel: LayeredPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        """Return the least that can be read."""
        return QSize(160, 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let the panel paint."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._panel.theme.surface))
        painter.setFont(small_font(self.font()))
        self._panel.paint_canvas(painter, self.rect())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say where the pointer is."""
        self.pointed.emit(event.position().toPoint())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say where was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(event.position().toPoint())


class LayeredPanel(Panel):
    """A picture of every layer, or of one that the person chose.

    A panel takes what it needs from an inspection (`read`), and paints one layer (`paint_layer`).

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
        self.layers = 0
        self.epoch = 0
        self.problem: Problem | None = None
        self._inspection: Inspection | None = None
        self._areas: dict[int, QRect] = {}
        self.header = Header(theme, 1, self)
        self.selector = Segments(f"{self.key}-layer", self)
        self.selector.setStyleSheet(pill_style(theme, outline=False))
        self.selector.setAccessibleName(self.tr("Layer"))
        self.selector.chosen.connect(self._on_layer)
        self.header.add(self.selector)
        self.canvas = Canvas(self)
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

    def read(self, inspection: Inspection) -> None:
        """Take from an inspection what will be painted."""
        raise NotImplementedError

    def paint_layer(self, painter: QPainter, area: QRect, layer: int) -> None:
        """Paint a layer's picture, its title included."""
        raise NotImplementedError

    def explain(self, layer: int, at: QPoint) -> str:
        """Return what is at a point of the canvas, for a tooltip; empty where there is nothing."""
        return ""

    def press(self, layer: int, at: QPoint) -> None:
        """Take note of a click into a layer's picture."""

    # ------------------------------------------------------------------------- the contract

    def begin(self, problem: Problem) -> None:
        """Forget the old run and offer the new one's layers."""
        layers = len(problem.experiment.network.layers)
        self.problem, self._inspection = problem, None
        if layers != self.layers:
            self.layer = ALL
        self.layers = layers
        choices = [(self.tr("All"), self.tr("Show every layer"))]
        show = self.tr("Show only this layer: {name}")
        for layer in range(layers):
            tip = show.format(name=layer_name(layer, layers))
            choices.append((short_layer_name(layer, layers), tip))
        self.selector.fill(choices, self.layer + 1)
        self.selector.setVisible(layers > 1)
        self._show_legend()
        self.canvas.update()

    def show_frame(self, frame: Frame) -> None:
        """Take over a new moment."""
        if frame.inspection is self._inspection:
            return
        self._inspection = frame.inspection
        self.epoch = frame.inspection.epoch
        self.read(frame.inspection)
        self._show_legend()
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
        self.layer = layer if ALL <= layer < self.layers else ALL
        self.selector.choose(self.layer + 1)
        self._show_legend()
        self.canvas.update()

    # ---------------------------------------------------------------------------- inside

    @property
    def ready(self) -> bool:
        """Whether there is anything to paint."""
        return self._inspection is not None

    def shown_layers(self) -> list[int]:
        """Return the layers to paint."""
        return list(range(self.layers)) if self.layer == ALL else [self.layer]

    def paint_canvas(self, painter: QPainter, area: QRect) -> None:
        """Paint the layers into a grid of equal cells."""
        self._areas = {}
        if not self.ready:
            return
        shown = self.shown_layers()
        rows, columns = grid_shape(
            len(shown), area.width(), area.height(), self.aspect, self.least_width
        )
        gap = 2 * SPACE
        width = (area.width() - (columns - 1) * gap) // columns
        height = (area.height() - (rows - 1) * SPACE) // rows
        for position, layer in enumerate(shown):
            row, column = divmod(position, columns)
            left, top = area.left() + column * (width + gap), area.top() + row * (height + SPACE)
            self._areas[layer] = QRect(left, top, width, height)
            self.paint_layer(painter, self._areas[layer], layer)

    def _layer_at(self, at: QPoint) -> int | None:
        return next((layer for layer, area in self._areas.items() if area.contains(at)), None)

    def _show_legend(self) -> None:
        self.header.legend.show_entries(self.legend(), self.theme)

    @Slot(int)
    def _on_layer(self, position: int) -> None:
        self.layer = position - 1
        self._show_legend()
        self.setAccessibleDescription(self.description())
        self.canvas.update()

    @Slot(QPoint)
    def _on_pointed(self, at: QPoint) -> None:
        layer = self._layer_at(at)
        text = "" if layer is None else self.explain(layer, at)
        QToolTip.showText(self.canvas.mapToGlobal(at), text, self.canvas)

    @Slot(QPoint)
    def _on_pressed(self, at: QPoint) -> None:
        layer = self._layer_at(at)
        if layer is not None:
            self.press(layer, at)
