"""What panels that show layer by layer have in common: a selector, and charts of every layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QPointF, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from nnviz.engine.layers import LayerSpec
from nnviz.gui.look.layer_names import layer_names
from nnviz.gui.look.theme import Theme, blend
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.header import Header, lay_out, layer_choices
from nnviz.gui.panels.moment import MomentPanel
from nnviz.gui.plain import show_tool_tip
from nnviz.gui.plots.bars import Bars
from nnviz.gui.plots.chart import Chart
from nnviz.gui.plots.plot import columns_for
from nnviz.gui.plots.still_plot import StillPlot
from nnviz.gui.widgets.buttons import SegmentedControl
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

ALL = -1
"""Stands for every layer at once."""

_LEAST_WIDTH = 60
"""Pixels of width from which on layers stand side by side."""


class LayerChart(Chart):
    """A small chart of a layer, whose left axis has room for a text: so that they are aligned."""

    layer = ALL

    def __init__(self, widest: str = "") -> None:
        super().__init__()
        self.small = True
        self._widest = widest

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        self.least_gutter = max(1, int(self.axes["left"].width_of(self._widest)))


class HistogramChart(LayerChart):
    """Bars over a grid, below zero in another colour than above; `strength` is that of colours."""

    def __init__(self, widest: str = "", strength: float = 1.0) -> None:
        super().__init__(widest)
        self.axes["left"].setGrid(255)
        self.bars, self._strength = self.add(Bars()), strength
        self.moving.append(self.bars)

    def restyle(self, theme: Theme, font: QFont) -> None:
        """Take over colours and font."""
        super().restyle(theme, font)
        colors = (blend(c, theme.surface, self._strength) for c in (theme.negative, theme.positive))
        self.bars.restyle(*colors, theme.muted, theme.text)


@guarded
class LayeredPanel(MomentPanel):
    """A picture of every layer, or of one that the person chose.

    A panel takes what it needs from an inspection (`read`), makes a layer's charts when they are
    first shown (`make`), and gives them what they draw (`draw`).
    """

    aspect = 1.5
    """Width over height that a layer's charts like best."""

    header: Header
    layer = ALL
    layers: Sequence[int] = ()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self._charts: dict[int, Sequence[LayerChart]] = {}
        self._placed: list[list[Chart | None]] = []
        self.header = Header(1, self)
        self.selector = SegmentedControl(f"{self.key}-layer", self, outlined=False)
        self.selector.setAccessibleName(self.tr("Layer"))
        self.selector.chosen.connect(self._on_layer)
        self.header.add(self.selector)
        self.plot = StillPlot((), self)
        self.plot.setObjectName(f"{self.key}-plot")
        self.plot.pointed.connect(self._on_pointed)
        self.plot.pressed.connect(self._on_pressed)
        self.plot.resized.connect(self._arrange)
        self.plot.restyled.connect(self._draw_all)
        self.watch(self.plot.idle)
        lay_out(self, self.header).addWidget(self.plot, 1)

    # ------------------------------------------------------------------- for panels to say

    def draws(self, layer: LayerSpec) -> bool:
        """Return whether there is something to show of a layer."""
        return True

    def read(self, inspection: Inspection) -> None:
        """Take from an inspection what will be drawn."""
        raise NotImplementedError

    def make(self, layer: int) -> Sequence[LayerChart]:
        """Return new charts for a layer."""
        raise NotImplementedError

    def grid(self, layers: Sequence[int], columns: int) -> list[list[Chart | None]]:
        """Return where the charts of these layers stand, a layer a column."""
        return in_rows([self.charts(layer)[0] for layer in layers], columns)

    def name(self, layer: int) -> None:
        """Write what stands around a layer's charts, which have other places or colours."""

    def draw(self, layer: int) -> None:
        """Give a layer's charts what they draw now."""
        raise NotImplementedError

    def explain(self, chart: LayerChart, at: QPointF) -> str:
        """Return what is at a point of a chart's plane, for a tool tip; empty for nothing."""
        return ""

    def press(self, chart: LayerChart, at: QPointF) -> None:
        """Take note of a click at a point of a chart's plane."""

    # ------------------------------------------------------------------------- the contract

    def begin(self, problem: Problem) -> None:
        """Forget the old run and offer the new one's layers."""
        specs = problem.experiment.network.layers
        layers = [i for i, spec in enumerate(specs) if self.draws(spec)]
        super().begin(problem)
        self.names = layer_names(specs)
        if layers != self.layers:
            self.layer = ALL
        self.layers = layers
        self._placed = []
        self.plot.arrange([])
        every = self.tr("All"), self.tr("Show every layer")
        self.selector.fill([every, *layer_choices(specs, layers)], self._position())
        self.selector.setVisible(len(layers) > 1)
        self.show_legend()

    def take(self, inspection: Inspection) -> None:
        """Draw a moment; the first one makes the charts."""
        self.read(inspection)
        if self._placed:
            for layer in self.shown_layers():
                self.draw(layer)
        else:
            self._arrange()

    def view_state(self) -> Mapping[str, Any]:
        """Return the chosen layer."""
        return {"layer": self.layer}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over the chosen layer."""
        layer = int(state.get("layer", ALL))
        self._choose(layer if layer in self.layers else ALL)

    # ---------------------------------------------------------------------------- inside

    @property
    def epoch(self) -> int:
        """The epoch shown, 0 before there is any."""
        return self.frame.inspection.epoch if self.frame is not None else 0

    def shown_layers(self) -> Sequence[int]:
        """Return the layers to draw."""
        return self.layers if self.layer == ALL else [self.layer]

    def charts(self, layer: int) -> Sequence[LayerChart]:
        """Return a layer's charts, which are made when they are first asked for."""
        if layer not in self._charts:
            self._charts[layer] = self.make(layer)
            for chart in self._charts[layer]:
                chart.layer = layer
        return self._charts[layer]

    @Slot()
    def _draw_all(self) -> None:
        for layer in self.shown_layers() if self._placed else ():
            self.name(layer)
            self.draw(layer)

    @Slot()
    def _arrange(self) -> None:
        if self.frame is None or not self.layers:
            return
        layers, room = self.shown_layers(), self.plot.size()
        columns = columns_for(len(layers), room.width(), room.height(), self.aspect, _LEAST_WIDTH)
        rows = self.grid(layers, columns)
        if rows != self._placed:
            self._placed = rows
            self.plot.arrange(rows)  # which has all drawn, in its colours
        else:
            self._draw_all()

    def _position(self) -> int:
        """Return the chosen layer's place in the selector."""
        return 0 if self.layer == ALL else self.layers.index(self.layer) + 1

    @Slot(int)
    def _on_layer(self, position: int) -> None:
        self._choose(self.layers[position - 1] if position else ALL)

    def _choose(self, layer: int) -> None:
        self.layer = layer
        self.selector.choose(self._position())
        self.show_legend()
        self.setAccessibleDescription(self.description())
        self._arrange()

    @Slot(object, QPointF)
    def _on_pointed(self, chart: LayerChart | None, place: QPointF) -> None:
        text = self.explain(chart, chart.value(place)) if chart is not None else ""
        show_tool_tip(self.plot.mapToGlobal(place.toPoint()), text, self.plot)

    @Slot(object, QPointF)
    def _on_pressed(self, chart: LayerChart, place: QPointF) -> None:
        self.press(chart, chart.value(place))


def in_rows(charts: Sequence[Chart], columns: int) -> list[list[Chart | None]]:
    """Return charts in rows of so many; the last may have free places."""
    filled: list[Chart | None] = [*charts, *[None] * (-len(charts) % columns)]
    return [filled[start : start + columns] for start in range(0, len(filled), columns)]
