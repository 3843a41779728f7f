"""The forward pass: z and a of every layer for every sample, and what if a sample were another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from nnviz.engine.layers import Dense
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.layer_names import unit_name
from nnviz.gui.look.numbers import count, exact
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.units import sample_number
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.header import Header, lay_out, layer_choices
from nnviz.gui.panels.moment import MomentPanel
from nnviz.gui.panels.samples.columns import ALL, columns_of, neuron_layers
from nnviz.gui.panels.samples.model import SamplesModel
from nnviz.gui.panels.what_if import WhatIf, can_move
from nnviz.gui.plain import Label
from nnviz.gui.widgets.buttons import SegmentedControl, ToggleButton
from nnviz.gui.widgets.data_table import ROW, DataTable
from nnviz.gui.widgets.idle import IdleTimer
from nnviz.gui.widgets.text_labels import small
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

SAMPLES, WHAT_IF = MODES = ("samples", "what-if")

PICTURE_ROW = 2.2
"""Height of a row with a picture, in heights of a line."""

FEW_NEURONS = 8
"""So many are shown all at once."""


@guarded
class ForwardPanel(MomentPanel):
    """The numbers of a forward pass as a table of samples, or one sample whose inputs one moves."""

    key = "forward"
    is_read = True
    title = str(QT_TRANSLATE_NOOP("ForwardPanel", "Forward pass"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "ForwardPanel",
            "The numbers of a forward pass: z and a of every neuron for every sample. Choose a "
            "cell, and the inspector has the sum it comes from; a double click brings it to the "
            "front. “What if” moves a sample's inputs.",
        )
    )

    header: Header

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("z and a of every layer, and how they come about"))
        self.mode, self.neuron = SAMPLES, (0, 0)
        self.watch(IdleTimer(self))
        self._layer = ALL
        self._listed: int | None = None
        self.header = Header(1, self)
        self.layers = SegmentedControl("forward-layer", self, outlined=False)
        self.layers.setAccessibleName(self.tr("Layer"))
        self.layers.chosen.connect(self._on_layer)
        tip = self.tr("Move the sample's inputs and watch the answer; the data stay.")
        self.switch = ToggleButton(self.tr("What if"), tip, self)
        self.switch.setObjectName("forward-mode")
        self.switch.clicked.connect(self._on_switch)
        self.header.add(self.layers)
        self.header.add(self.switch)
        self.samples = SamplesModel()
        self.table = DataTable(self.samples, self)
        self.table.setObjectName("forward-table")
        self.table.setAccessibleName(self.tr("z and a of every layer, sample by sample"))
        self.table.chosen.connect(self._on_chosen)
        self.table.activated.connect(self._on_opened)
        self.table.settled.connect(self._show_note)
        self.note = small(Label(parent=self))
        self.what_if = WhatIf(self)
        self.what_if.moved.connect(self.move_wanted)
        column = lay_out(self, self.header)
        column.addWidget(self.what_if, 100)
        column.addWidget(self.table, 100)
        column.addWidget(self.note)
        column.addStretch(1)
        self.setMinimumSize(200, 160)

    # ------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Lay out the columns of a run; keep what was chosen as far as it still exists."""
        before = self.problem
        super().begin(problem)
        specs, built = problem.experiment.network.layers, neuron_layers(problem)
        if not _has(built, *self.neuron):
            self.neuron = (min(built), 0)
        if before is None or before.experiment.network.layers != specs:
            few = sum(spec.units for spec in built.values()) <= FEW_NEURONS
            self._layer = ALL if few else min(built)
            every = self.tr("All"), self.tr("Show the columns of every layer")
            self.layers.fill([every, *layer_choices(specs, [*built])])
        moves = can_move(problem) and not self.bare  # a picture has nothing to press
        self.mode = self.mode if moves else SAMPLES
        self.switch.setVisible(moves)
        if moves:
            self.what_if.begin(problem)
        self.table.idle.reset()
        self.table.whole = self.bare
        self.table.row_height = ROW if problem.dataset.image_shape is None else PICTURE_ROW
        self._listed = None
        self._show_choices()

    def show_frame(self, frame: Frame) -> None:
        """Follow the neuron that is chosen."""
        chosen, last = frame.selection, self.frame
        super().show_frame(frame)
        if chosen is None or (last is not None and chosen == last.selection):
            return
        if chosen.layer in self._built():
            self.neuron = (chosen.layer, chosen.unit)
            self._show_choices()

    def take(self, inspection: Inspection) -> None:
        """Draw a moment where there is something to be seen of it."""
        assert self.frame is not None
        row = self.frame.row
        if self.mode == WHAT_IF:
            self.what_if.show_moment(inspection, row)
            return
        if self.samples.take(inspection, row):
            self.table.settle()
        self.table.follow(self.samples.line_of(row))
        self.table.show_moment()

    def legend(self) -> list[LegendEntry]:
        """Return what colours mean."""
        theme = self.theme
        if self.mode == WHAT_IF:
            return []
        entries = [LegendEntry(self.tr("− to +"), theme.negative, "gradient", theme.positive)]
        if self.problem is not None and self.problem.held_out.size:
            entries.append(LegendEntry(self.tr("held-out sample"), theme.second, "ring"))
        return entries

    def description(self) -> str:
        """Return the chosen neuron's numbers for the chosen sample, in a sentence."""
        if self.frame is None:
            return self.tr("z and a of every layer, sample by sample.")
        inspection, row, (layer, unit) = self.frame.inspection, self.frame.row, self.neuron
        trace = inspection.sample_trace(row)[layer]
        return self.tr(
            "z and a of every layer after {epoch} epochs, a row a sample; for sample {sample}"
            " {neuron} has z = {z} and a = {a}."
        ).format(
            epoch=count(inspection.epoch),
            sample=sample_number(inspection, row),
            neuron=unit_name(inspection.problem, layer + 1, unit),
            z=exact(float(trace.z[0, unit])),
            a=exact(float(trace.a[0, unit])),
        )

    def view_state(self) -> Mapping[str, Any]:
        """Return the mode, the layer whose columns are shown and the chosen neuron."""
        return {"mode": self.mode, "layer": self._layer, "neuron": list(self.neuron)}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over mode, layer and neuron, as far as this run has them."""
        built = self._built()
        if state.get("mode") in (MODES if not self.switch.isHidden() else MODES[:1]):
            self.mode = str(state["mode"])
        if int(state.get("layer", self._layer)) in (ALL, *built):
            self._layer = int(state.get("layer", self._layer))
        layer, unit = state.get("neuron", self.neuron)
        if _has(built, layer, unit):
            self.neuron = (int(layer), int(unit))
        self._show_choices()

    # ------------------------------------------------------------------ choosing

    def _built(self) -> dict[int, Dense]:
        return neuron_layers(self.problem) if self.problem is not None else {}

    def _show_choices(self) -> None:
        """Show what is chosen in every part that shows it, as soon as there is a run."""
        if self.problem is None:
            return
        built, samples, table = [*self._built()], self.mode == SAMPLES, self.table
        self.switch.setChecked(not samples)
        self.layers.choose([ALL, *built].index(self._layer))
        self.layers.setVisible(samples and len(built) > 1)
        self.show_legend()
        self.header.setVisible(not self.bare)
        if self._listed != self._layer:
            self._listed = self._layer
            self.samples.show_problem(self.problem, columns_of(self.problem, self._layer))
        sources = self.samples.sources
        table.mark_columns(frozenset(i for i, s in enumerate(sources) if s.neuron == self.neuron))
        table.setVisible(samples)
        self.note.setVisible(self.bare)
        self.what_if.setVisible(not samples)
        self._fit()
        self.redraw()
        if table.marked and table.currentIndex().column() not in table.marked:
            table.follow(table.currentIndex().row(), min(table.marked))

    @Slot(bool)
    def _on_switch(self, pressed: bool) -> None:
        self.mode = MODES[pressed]
        self._show_choices()

    @Slot()
    def _on_opened(self) -> None:
        self.panel_wanted.emit("inspector")

    @Slot(int)
    def _on_layer(self, position: int) -> None:
        self._layer = [ALL, *self._built()][position]
        self._show_choices()

    @Slot(int, int)
    def _on_chosen(self, row: int, column: int) -> None:
        neuron = self.samples.sources[column].neuron if column >= 0 else None
        if neuron is not None:
            self.neuron = neuron
            self._show_choices()
            self.selected.emit(Selection(*neuron))
        self.row_chosen.emit(int(self.samples.rows[row]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the table the height of its rows."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.table.setMaximumHeight(self.table.height_in(self.width() - 2 * SPACE) + 2)

    @Slot()
    def _show_note(self) -> None:
        """Say what a picture leaves out."""
        self.note.setText(self.samples.note(*self.table.left_out()) if self.bare else "")


def _has(built: Mapping[int, Dense], layer: int, unit: int) -> bool:
    return layer in built and 0 <= unit < built[layer].units
