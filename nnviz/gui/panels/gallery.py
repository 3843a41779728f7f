"""The activation gallery: every function and its derivative, and where the layers stand on them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPointF, Qt, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSlider, QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.layer_names import layer_names
from nnviz.gui.look.numbers import count, fixed, percent
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import translated
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.activation_chart import (
    HIGH,
    LOW,
    ActivationChart,
    Marks,
    formula_of,
    marks_of,
    strip_color,
)
from nnviz.gui.panels.header import lay_out
from nnviz.gui.panels.layered import in_rows
from nnviz.gui.panels.moment import MomentPanel
from nnviz.gui.plain import set_tool_tip, show_tool_tip
from nnviz.gui.plots.legend import LegendRow
from nnviz.gui.plots.ranges import standard_deviation
from nnviz.gui.plots.still_plot import StillPlot
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.inspection import Inspection
from nnviz.training.layer_choices import has_field
from nnviz.training.problem import Problem

_ALL = ""
"""Stands for every function at once."""

_PER_UNIT = 100
"""Slider steps in a unit of z."""

_ASPECT, _LEAST = 1.15, 8.0
"""Width over height that charts like best, and their least width and height in heights of a line.
"""

_FREE = 0.07
"""What a place without a chart counts, beside the logarithm of how far charts are from that."""


@guarded
class GalleryPanel(MomentPanel):
    """Small multiples of every activation; one can be enlarged."""

    key = "gallery"
    title = str(QT_TRANSLATE_NOOP("GalleryPanel", "Gallery"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "GalleryPanel",
            "Every activation function with its derivative, and where the neurons stand on it.",
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Every activation function and its derivative"))
        self._charts: dict[str, ActivationChart] = {}
        self._enlarged: dict[str, ActivationChart] = {}
        self._large: ActivationChart | None = None
        self._names: Sequence[str] = ()
        self._used: dict[str, list[int]] = {}
        self._marks: dict[str, Marks] = {}
        self._seen: Inspection | None = None
        self.function = ChoiceBox(parent=self)
        self.function.setObjectName("gallery-function")
        self.function.setAccessibleName(self.tr("Function to enlarge"))
        set_tool_tip(self.function, self.tr("Enlarge a function, to read its values."))
        self.function.fill(
            [Entry(_ALL, self.tr("All functions"))]
            + [Entry(a.name, translated(a.title), formula_of(a)) for a in ACTIVATIONS.values()]
        )
        self.function.chosen.connect(self.enlarge)
        self.legend_row = LegendRow(self)
        self.reading = small(ElidedLabel(self), "text")
        self.reading.setObjectName("gallery-reading")
        self.plot = StillPlot((), self)
        self.plot.setObjectName("gallery-plot")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("gallery-z")
        self._set_up()

    def _set_up(self) -> None:
        self.slider.setAccessibleName(self.tr("z, the neuron's weighted sum"))
        tip = self.tr("Change z and read what the neuron answers, and how strongly it can learn.")
        set_tool_tip(self.slider, tip)
        self.slider.setRange(round(LOW * _PER_UNIT), round(HIGH * _PER_UNIT))
        self.slider.setValue(_PER_UNIT)
        self.slider.valueChanged.connect(self._read)
        self.plot.pointed.connect(self._on_pointed)
        self.plot.pressed.connect(self._on_pressed)
        self.watch(self.plot.idle)
        self.scroll_area = QScrollArea(self)
        self.scroll_area.setObjectName("gallery-scroll")
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setWidget(self.plot)
        for part in (self.scroll_area, self.scroll_area.viewport(), self.plot):
            # The style sheet makes this role transparent, that of the panel tells the theme.
            part.setBackgroundRole(QPalette.ColorRole.Window)
        self.function.setMaximumWidth(em(self, 9))
        row = filled(QHBoxLayout(), self.function, None, wide=self.function)
        column = lay_out(self, row, self.legend_row, self.reading)
        column.addWidget(self.scroll_area, 1)
        column.addWidget(self.slider)
        self.setMinimumSize(200, 160)

    # ------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Mark the functions that the layers of this run use."""
        super().begin(problem)
        self._seen, self._marks, self._used = None, {}, {}
        self._names = layer_names(problem.experiment.network.layers)
        for place, layer in enumerate(problem.experiment.network.layers):
            if has_field(layer, "activation"):
                self._used.setdefault(layer.activation, []).append(place)
        if not self._charts:
            self._charts = {name: ActivationChart(a) for name, a in ACTIVATIONS.items()}
        self._begin_charts()

    def take(self, inspection: Inspection) -> None:
        """Move the marks to the newest z."""
        assert self.frame is not None
        self._seen = inspection
        self._marks = marks_of(inspection, self.frame.row, self.idle.moving)
        self._show_marks()

    def legend(self) -> list[LegendEntry]:
        """Return function, derivative, and the marks of the current layers."""
        theme, function, slope = self.theme, self.tr("f(z)"), self.tr("f′(z)")
        if self._large is not None:
            activation = self._large.activation
            formula = translated(activation.derivative_formula)
            function = formula_of(activation)
            slope = self.tr("f′(z) = {formula}").format(formula=formula)
        return [
            LegendEntry(function, theme.curve, "line"),
            LegendEntry(slope, theme.second, "dashed"),
            LegendEntry(self.tr("current z"), strip_color(theme), "square"),
            LegendEntry(self.tr("chosen sample"), theme.text, "disc"),
        ]

    def description(self) -> str:
        """Return where the layers stand on their activations, or what the close-up reads."""
        if self._large is not None:
            said = self.tr("{title} at z = {z}: the value is {function}, the slope {slope}.")
            return said.format(
                title=translated(self._large.activation.title), **self._read_values(self._large)
            )
        many = count(len(ACTIVATIONS))
        if self._seen is None or not self._used:
            said = self.tr("{count} activation functions and their derivatives for z from −5 to 5.")
            return said.format(count=many)
        place = min(layers[0] for layers in self._used.values())
        z = self._seen.activations()[place].z
        return self.tr(
            "{count} activation functions and their derivatives; the z of layer {layer} have mean"
            " {mean} and deviation {deviation}, {beyond} of them beyond ±5."
        ).format(
            count=many,
            layer=self._names[place],
            mean=fixed(float(z.mean()), 0.01),
            deviation=fixed(standard_deviation(z), 0.01),
            beyond=percent(np.count_nonzero(np.abs(z) > HIGH) / z.size),
        )

    def view_state(self) -> Mapping[str, Any]:
        """Return which function is enlarged, and the z that is tried."""
        name = self._large.activation.name if self._large is not None else _ALL
        return {"enlarged": name, "z": self.z}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Enlarge the same function at the same z."""
        self.slider.setValue(round(float(state.get("z", 1.0)) * _PER_UNIT))
        self.enlarge(str(state.get("enlarged", _ALL)))

    # ------------------------------------------------------------------ enlarging

    @property
    def z(self) -> float:
        """The z that is tried."""
        return self.slider.value() / _PER_UNIT

    @Slot(str)
    def enlarge(self, name: str) -> None:
        """Show one activation large; those of no such name are shown all."""
        self._large = None
        if name in ACTIVATIONS:
            if name not in self._enlarged:
                self._enlarged[name] = ActivationChart(ACTIVATIONS[name], small=False)
                self._enlarged[name].line.sigPositionChanged.connect(self._on_dragged)
            self._large = self._enlarged[name]
        self.function.show_value(name if self._large is not None else _ALL)
        self._begin_charts()

    @Slot()
    def _read(self) -> None:
        """Show the reading at the slider's z."""
        if self._large is not None:
            said = self.tr("z = {z}   f(z) = {function}   f′(z) = {slope}")
            self.reading.set_texts(said.format(**self._read_values(self._large)))
            self.slider.setAccessibleDescription(self.description())

    def _read_values(self, chart: ActivationChart) -> dict[str, str]:
        function, slope = (fixed(value, 1e-4) for value in chart.try_z(self.z))
        return {"z": fixed(self.z, 0.01), "function": function, "slope": slope}

    @Slot()
    def _on_dragged(self) -> None:
        if self._large is not None:
            self.slider.setValue(round(float(self._large.line.value()) * _PER_UNIT))

    @Slot(object, QPointF)
    def _on_pressed(self, chart: ActivationChart, place: QPointF) -> None:
        """Enlarge a function, or try the z there."""
        if self._large is None:
            self.enlarge(chart.activation.name)
            self.slider.setFocus()
        else:
            self.slider.setValue(round(chart.value(place).x() * _PER_UNIT))

    @Slot(object, QPointF)
    def _on_pointed(self, chart: ActivationChart | None, place: QPointF) -> None:
        text = ""
        if chart is not None and self._large is None:
            said = self.tr("{formula}. Click to enlarge and read values.")
            text = said.format(formula=formula_of(chart.activation))
        show_tool_tip(self.plot.mapToGlobal(place.toPoint()), text, self.plot)

    # ------------------------------------------------------------------ arrangement

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find out anew how many charts stand side by side."""
        super().resizeEvent(event)
        self._arrange()

    def _shown(self) -> list[ActivationChart]:
        return [self._large] if self._large is not None else list(self._charts.values())

    def _begin_charts(self) -> None:
        """Show other charts, or charts of other layers."""
        for chart in self._shown():
            used = self._used.get(chart.activation.name, ())
            chart.show_layers([self._names[place] for place in used])
        self._arrange()
        self._show_marks()

    def show_legend(self) -> None:
        """Show what is drawn how; in little room only which curve is which."""
        self.legend_row.show_entries(self.legend()[: 4 if self._large is None else 2])

    def _arrange(self) -> None:
        """Show what is to be seen in as many columns as suit the room."""
        charts, room = self._shown(), self.scroll_area.size()
        for part in (self.reading, self.slider):
            part.setVisible(self._large is not None and not (self.bare and part is self.slider))
        self.show_legend()
        if not charts:
            return
        least, many = em(self, _LEAST), len(charts)
        lowest = 1 if self.bare else least  # a picture is not scrolled

        def badness(columns: int) -> float:
            rows = -(-many // columns)
            shape = room.width() / columns / max(room.height() / rows, lowest)
            return abs(math.log(max(shape, 0.01) / _ASPECT)) + _FREE * (rows * columns - many)

        columns = min(range(1, max(1, min(many, room.width() // least)) + 1), key=badness)
        rows = in_rows(charts, columns)
        self.plot.setMinimumHeight(0 if self.bare else len(rows) * least)
        self.plot.arrange(rows)
        self._read()

    def _show_marks(self) -> None:
        for chart in self.plot.charts:
            if chart.activation.name in self._marks:
                chart.show_marks(self._marks[chart.activation.name])
