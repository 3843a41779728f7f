"""The forward pass: z and a of every layer for every sample, and the arithmetic of one neuron."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from nnviz.engine.layers import Dense
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.numbers import count, exact
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.units import sample_number
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.forwards.lines import sentence
from nnviz.gui.panels.forwards.stepper import Stepper
from nnviz.gui.panels.forwards.sum_view import SumView
from nnviz.gui.panels.forwards.terms import NeuronSum
from nnviz.gui.panels.forwards.what_if import WhatIf, can_move
from nnviz.gui.panels.header import flow, lay_out, layer_choices
from nnviz.gui.panels.moment import MomentPanel
from nnviz.gui.panels.samples.columns import (
    ALL,
    MOST_ROWS,
    columns_of,
    neuron_layers,
    neuron_name,
)
from nnviz.gui.panels.samples.model import SamplesModel
from nnviz.gui.plain import Label
from nnviz.gui.plots.legend import LegendRow
from nnviz.gui.widgets.buttons import SegmentedControl
from nnviz.gui.widgets.data_table import ROW, DataTable
from nnviz.gui.widgets.idle import IdleTimer
from nnviz.gui.widgets.text_labels import small
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

SAMPLES, ARITHMETIC, WHAT_IF = "samples", "arithmetic", "what-if"
MODES = (SAMPLES, ARITHMETIC, WHAT_IF)

PICTURE_ROW = 2.2
"""Height of a row with a picture, in heights of a line."""

FEW_NEURONS = 8
"""So many are shown all at once."""

_SUM = 17
"""Height of a sum below the table, in heights of a line."""


@guarded
class ForwardPanel(MomentPanel):
    """The numbers of a forward pass, as a table of samples or as the sum of one neuron."""

    key = "forward"
    title = str(QT_TRANSLATE_NOOP("ForwardPanel", "Forward pass"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "ForwardPanel",
            "The numbers of a forward pass: z and a of every neuron for every sample. Choose a "
            "cell to see the sum it comes from, term by term.",
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("z and a of every layer, and how they come about"))
        self.mode, self.neuron = SAMPLES, (0, 0)
        self.watch(IdleTimer(self))
        self._mode_is_own = False
        self._layer = ALL
        self._offers: tuple[Problem, str] | None = None
        self._listed: int | None = None
        self._make_controls()
        self.samples = SamplesModel()
        self.table, self.sum = DataTable(self.samples, self), SumView(self)
        self.table.setObjectName("forward-table")
        self.table.setAccessibleName(self.tr("z and a of every layer, sample by sample"))
        self.table.chosen.connect(self._on_chosen)
        self.table.activated.connect(self._on_opened)
        self.table.settled.connect(self._show_note)
        self.note = small(Label(parent=self))
        self.what_if = WhatIf(self)
        self.what_if.moved.connect(self.move_wanted)
        column = lay_out(self, self._bar)
        column.addWidget(self.what_if, 100)
        column.addWidget(self.table, 100)
        column.addWidget(self.note)
        column.addWidget(self.sum, 100)
        column.addStretch(1)
        self.setMinimumSize(200, 160)

    def _make_controls(self) -> None:
        """Make the bar with what is chosen with, and the legend at its right."""
        self._bar = QWidget(self)
        self.modes = SegmentedControl("forward-mode", self)
        self.modes.setAccessibleName(self.tr("Way to show the forward pass"))
        tip = self.tr("Move the sample's inputs and watch the answer; the data stay.")
        self._modes: tuple[str, ...] = MODES
        self._mode_words = [
            (self.tr("Samples"), self.tr("z and a of every neuron, a row a sample.")),
            (self.tr("Arithmetic"), self.tr("How a neuron comes to its z and a, term by term")),
            (self.tr("What if"), tip),
        ]
        self.modes.chosen.connect(self._on_mode)
        self.layers = SegmentedControl("forward-layer", self)
        self.layers.setAccessibleName(self.tr("Layer"))
        self.layers.chosen.connect(self._on_layer)
        previous, following = self.tr("The neuron before"), self.tr("The next neuron")
        self.units = Stepper("forward-step-neuron", previous, following, self)
        self.units.stepped.connect(self._on_step_unit)
        previous = self.tr("The sample before: it is chosen everywhere")
        following = self.tr("The next sample: it is chosen everywhere")
        self.rows = Stepper("forward-step-sample", previous, following, self)
        self.rows.stepped.connect(self._on_step_sample)
        self._controls, self._choices = QBoxLayout(flow(across=True)), QHBoxLayout()
        for part in (self.layers, self.units, self.rows):
            self._choices.addWidget(part)
        self._choices.addStretch(1)
        self._controls.addWidget(self.modes, 0, Qt.AlignmentFlag.AlignLeft)
        self._controls.addLayout(self._choices)
        self.marks = LegendRow(self, 1)
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.addLayout(self._controls)
        right, top = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignTop
        bar.addWidget(self.marks, 1, right | top)

    # ------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Lay out the columns of a run; keep what was chosen as far as it still exists."""
        before = self.problem
        super().begin(problem)
        specs, built = problem.experiment.network.layers, neuron_layers(problem)
        layer, unit = self.neuron
        if layer not in built or unit >= built[layer].units:
            self.neuron = (min(built), 0)
        if before is None or before.experiment.network.layers != specs:
            few = sum(spec.units for spec in built.values()) <= FEW_NEURONS
            self._layer = ALL if few else min(built)
        if not self._mode_is_own:
            self.mode = SAMPLES if problem.dataset.rows <= MOST_ROWS else ARITHMETIC
        moves = can_move(problem) and not self.bare  # a picture has nothing to press
        self._modes = MODES if moves else MODES[:2]
        self.mode = self.mode if self.mode in self._modes else ARITHMETIC
        self.modes.fill(self._mode_words[: len(self._modes)])
        if moves:
            self.what_if.begin(problem)
        self.table.idle.reset()
        self.table.whole = self.bare
        self.table.row_height = ROW if problem.dataset.image_shape is None else PICTURE_ROW
        self.sum.show_neuron(None)
        self._listed = None
        self._show_choices()

    def differs(self, last: Frame, frame: Frame) -> bool:
        """Return whether there is something else to see; follow the neuron that is chosen."""
        chosen = frame.selection
        if chosen is not None and chosen != last.selection and chosen.layer in self._built():
            self.neuron = (chosen.layer, chosen.unit)
            self._show_choices()
        return super().differs(last, frame)

    def take(self, inspection: Inspection) -> None:
        """Draw a moment where there is something to be seen of it."""
        assert self.frame is not None
        row = self.frame.row
        if self.mode != SAMPLES:
            self._show_steppers()
        if self.mode == WHAT_IF:
            self.what_if.show_moment(inspection, row)
        if not self.table.isHidden():
            if self.samples.take(inspection, row):
                self.table.settle()
            self.table.follow(self.samples.line_of(row))
            self.table.show_moment()
        self._draw_sum()

    def _draw_sum(self) -> None:
        if self.frame is not None and not self.sum.isHidden():
            self.sum.show_neuron(NeuronSum(self.frame, *self.neuron))

    def legend(self) -> list[LegendEntry]:
        """Return what colours mean."""
        theme = self.theme
        if self.mode == WHAT_IF:
            return []
        if self.mode == ARITHMETIC:
            return [
                LegendEntry(self.tr("adds to z"), theme.positive, "square"),
                LegendEntry(self.tr("takes from z"), theme.negative, "square"),
            ]
        signs = self.tr("below zero … above")
        entries = [LegendEntry(signs, theme.negative, "gradient", theme.positive)]
        if self.problem is not None and self.problem.held_out.size:
            entries.append(LegendEntry(self.tr("held-out sample"), theme.second, "ring"))
        return entries

    def description(self) -> str:
        """Return the chosen neuron's numbers for the chosen sample, in a sentence."""
        if self.frame is None:
            return self.tr("z and a of every layer, sample by sample.")
        neuron = NeuronSum(self.frame, *self.neuron)
        return sentence(neuron, summed=self.mode == ARITHMETIC).format(
            epoch=count(self.frame.inspection.epoch),
            sample=sample_number(self.frame.inspection, neuron.row),
            neuron=neuron_name(self.frame.inspection.problem, *self.neuron),
            count=count(neuron.weights.size),
            z=exact(neuron.z),
            a=exact(neuron.a),
            bias=exact(neuron.bias or 0.0),
            activation=translated(neuron.activation.title),
        )

    def view_state(self) -> Mapping[str, Any]:
        """Return the mode, the layer whose columns are shown and the chosen neuron."""
        return {"mode": self.mode, "layer": self._layer, "neuron": list(self.neuron)}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over mode, layer and neuron, as far as this run has them."""
        built = self._built()
        if state.get("mode") in self._modes:
            self.mode, self._mode_is_own = str(state["mode"]), True
        if int(state.get("layer", self._layer)) in (ALL, *built):
            self._layer = int(state.get("layer", self._layer))
        layer, unit = state.get("neuron", self.neuron)
        if layer in built and 0 <= unit < built[layer].units:
            self.neuron = (int(layer), int(unit))
        self._show_choices()

    # ------------------------------------------------------------------ choosing

    def _offered(self) -> list[int]:
        """Return the layers among which one chooses: a sum is of one of them."""
        return [*self._built()] if self.mode != SAMPLES else [ALL, *self._built()]

    def _built(self) -> dict[int, Dense]:
        return neuron_layers(self.problem) if self.problem is not None else {}

    def _show_layers(self, problem: Problem) -> None:
        """Offer layers, anew only where they are others: who walks with keys keeps the focus."""
        if self._offers != (problem, self.mode):
            self._offers = (problem, self.mode)
            choices = layer_choices(problem.experiment.network.layers, [*self._built()])
            every = self.tr("All"), self.tr("Show the columns of every layer")
            self.layers.fill(choices if self.mode != SAMPLES else [every, *choices])
        shown = self.neuron[0] if self.mode != SAMPLES else self._layer
        self.layers.choose(self._offered().index(shown))

    def _show_choices(self) -> None:
        """Show what is chosen in every part that shows it, as soon as there is a run."""
        if self.problem is None:
            return
        self.modes.choose(MODES.index(self.mode))
        self._show_layers(self.problem)
        self._show_steppers()
        self.marks.show_entries(self.legend())
        if self._listed != self._layer:
            self._listed = self._layer
            self.samples.show_problem(self.problem, columns_of(self.problem, self._layer))
        sources, table = self.samples.sources, self.table
        table.mark_columns(frozenset(i for i, s in enumerate(sources) if s.neuron == self.neuron))
        self._arrange()
        self.redraw()
        if table.marked and table.currentIndex().column() not in table.marked:
            table.follow(table.currentIndex().row(), min(table.marked))

    def _show_steppers(self) -> None:
        assert self.problem is not None
        layer, unit = self.neuron
        units, rows = self._built()[layer].units, self.problem.dataset.rows
        row = self.frame.row if self.frame is not None else 0
        number = count(row + 1) if self.frame is None else sample_number(self.frame.inspection, row)
        self.units.show_choice(self.tr("neuron {number}").format(number=unit + 1), unit, units)
        self.rows.show_choice(self.tr("sample {number}").format(number=number), row, rows)

    @Slot(int)
    def _on_mode(self, position: int) -> None:
        self.mode, self._mode_is_own = MODES[position], True
        self._show_choices()

    @Slot()
    def _on_opened(self) -> None:
        self._on_mode(MODES.index(ARITHMETIC))

    @Slot(int)
    def _on_layer(self, position: int) -> None:
        layer = self._offered()[position]
        if self.mode == ARITHMETIC:
            self.neuron = (layer, 0)
        else:
            self._layer = layer
        self._show_choices()

    @Slot(int, int)
    def _on_chosen(self, row: int, column: int) -> None:
        neuron = self.samples.sources[column].neuron if column >= 0 else None
        if neuron is not None:
            self.neuron = neuron
            self._show_choices()
            self.selected.emit(Selection(*neuron))
        self.row_chosen.emit(int(self.samples.rows[row]))

    @Slot(int)
    def _on_step_unit(self, step: int) -> None:
        self.neuron = (self.neuron[0], self.neuron[1] + step)
        self._show_choices()

    @Slot(int)
    def _on_step_sample(self, step: int) -> None:
        if self.frame is not None:
            self.row_chosen.emit(self.frame.row + step)

    # ------------------------------------------------------------------ arrangement

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange everything anew."""
        super().resizeEvent(event)
        if self.problem is not None:
            self._arrange()
        self._draw_sum()

    def _arrange(self) -> None:
        """Show table, sum or, where there is room, both, and what they are chosen with."""
        samples, width = self.mode == SAMPLES, self.width() - 2 * SPACE
        moves = self.mode == WHAT_IF
        self.layers.setVisible(len(self._offered()) > 1 and not moves)
        self.units.setVisible(self.mode == ARITHMETIC)
        self.rows.setVisible(not samples)
        self.what_if.setVisible(moves)
        self._bar.setVisible(not self.bare)
        self._choices.invalidate()  # Qt tells a layout within a layout only once it is shown
        modes, choices = self.modes.sizeHint().width(), self._choices.sizeHint().width()
        across = modes + SPACE + choices <= width
        self._controls.setDirection(flow(across))
        taken = modes + SPACE + choices if across else max(modes, choices)
        self.marks.setVisible(taken + SPACE + self.marks.sizeHint().width() <= width)
        self.table.setMaximumHeight(self.table.height_in(width) + 2)
        both = samples and self.table.maximumHeight() + em(self, _SUM) <= self.height()
        self.table.setVisible(samples)
        self.note.setVisible(self.bare and samples)
        self.sum.setVisible(both or self.mode == ARITHMETIC)

    @Slot()
    def _show_note(self) -> None:
        """Say what a picture leaves out."""
        self.note.setText(self.samples.note(*self.table.left_out()) if self.bare else "")
