"""The forward pass: z and a of every layer for every sample, and the arithmetic of one neuron."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from nnviz.gui.frame import Frame
from nnviz.gui.look.layer_names import layer_names, short_layer_names
from nnviz.gui.look.numbers import count, exact
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.panels.forwards.columns import ALL, neuron_layers, neurons
from nnviz.gui.panels.forwards.lines import sentence
from nnviz.gui.panels.forwards.samples import MOST_ROWS, SamplesTable
from nnviz.gui.panels.forwards.stepper import make_steppers
from nnviz.gui.panels.forwards.sum_view import SumView
from nnviz.gui.panels.forwards.terms import neuron_sum
from nnviz.gui.panels.header import lie_on_surface
from nnviz.gui.plain import Label
from nnviz.gui.plots.legend import LegendRow
from nnviz.gui.widgets.idle import SAY_SECONDS, IdleTimer
from nnviz.gui.widgets.segmented_control import SegmentedControl
from nnviz.gui.widgets.text_labels import small
from nnviz.training.problem import Problem

SAMPLES, ARITHMETIC = "samples", "arithmetic"
MODES = (SAMPLES, ARITHMETIC)

FEW_NEURONS = 8
"""So many are shown all at once."""

_UNBOUNDED = (1 << 24) - 1
"""Qt's name for no greatest height."""


@guarded
class ForwardPanel(Panel):
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
        lie_on_surface(self)
        self.setAccessibleName(self.tr("z and a of every layer, and how they come about"))
        self.mode, self.neuron = SAMPLES, (0, 0)
        self.idle = IdleTimer(self)
        self.idle.idle.connect(self._describe)
        self._mode_is_own = False
        self._layer = ALL
        self._problem: Problem | None = None
        self._frame: Frame | None = None
        self._restored: Mapping[str, Any] | None = None
        self.modes = SegmentedControl("forward-mode", self)
        self.modes.setAccessibleName(self.tr("Way to show the forward pass"))
        self.modes.fill(self._mode_words())
        self.modes.chosen.connect(self._on_mode)
        self.layers = SegmentedControl("forward-layer", self)
        self.layers.setAccessibleName(self.tr("Layer"))
        self.layers.chosen.connect(self._on_layer)
        self.marks = LegendRow(self, 1)
        self.marks.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.table, self.sum = SamplesTable(self), SumView(self)
        self.table.row_chosen.connect(self.row_chosen)
        self.table.neuron_chosen.connect(self._on_neuron)
        self.table.activated.connect(self._on_opened)
        self.table.settled.connect(self._show_note)
        self.note = small(Label(parent=self))
        self.steppers = make_steppers(self)
        self.steppers[0].stepped.connect(self._on_step_layer)
        self.steppers[1].stepped.connect(self._on_step_unit)
        self.steppers[2].stepped.connect(self._on_step_sample)
        self._lay_out()
        self.setMinimumSize(200, 160)

    def _lay_out(self) -> None:
        """Put what is chosen with on top, in a line or two, and table and sum below."""
        self._choices = QWidget(self)
        choices = QHBoxLayout(self._choices)
        choices.setContentsMargins(0, 0, 0, 0)
        for part in (self.layers, *self.steppers):
            choices.addWidget(part)
        choices.addStretch(1)
        self._top, self._second = QHBoxLayout(), QHBoxLayout()
        self._top.setSpacing(2 * SPACE)
        self._top.addWidget(self.modes)
        self._top.addStretch(1)
        self._top.addWidget(self.marks)
        self._second.addWidget(self._choices)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        column.setSpacing(SPACE // 2)
        column.addLayout(self._top)
        column.addLayout(self._second)
        column.addWidget(self.table, 1)
        column.addWidget(self.note)
        column.addWidget(self.sum, 1)

    def _mode_words(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Samples"), self.tr("z and a of every neuron, a row a sample.")),
            (self.tr("Arithmetic"), self.tr("How one neuron comes to its z and a, term by term.")),
        ]

    # ------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Lay out the columns of a run; keep what was chosen as far as it still exists."""
        before, self._problem, self._frame = self._problem, problem, None
        self.idle.reset()
        specs, built = problem.experiment.network.layers, neuron_layers(problem)
        layer, unit = self.neuron
        if layer not in built or unit >= built[layer].units:
            self.neuron = (min(built), 0)
        alike = before is not None and before.experiment.network.layers == specs
        if not alike:
            self._layer = ALL if neurons(problem) <= FEW_NEURONS else min(built)
        if not self._mode_is_own:
            self.mode = SAMPLES if problem.dataset.rows <= MOST_ROWS else ARITHMETIC
        self._offer_layers(problem)
        self.table.whole = self.bare
        self.table.begin(problem)
        self.sum.show_neuron(problem, None)
        self._show_choices()
        if self._restored is not None:
            self._apply(self._restored)
            self._restored = None

    def show_frame(self, frame: Frame) -> None:
        """Draw a moment; nothing is done when neither the parameters nor the row are new."""
        last, self._frame = self._frame, frame
        if last and last.inspection is frame.inspection and last.row == frame.row:
            return
        self.idle.update()
        if last is None or last.row != frame.row:
            self._show_row()
        self._draw(frame)

    def _show_row(self) -> None:
        self._show_steppers()
        self.sum.set_title(self._sum_title())

    def _draw(self, frame: Frame) -> None:
        if not self.table.isHidden():
            self.table.show_frame(frame)
        if not self.sum.isHidden():
            self._draw_sum(frame)
        self._describe()

    @Slot()
    def _describe(self) -> None:
        if self.idle.due("description", SAY_SECONDS):
            self.setAccessibleDescription(self.description())

    def _draw_sum(self, frame: Frame) -> None:
        self.sum.show_neuron(frame.inspection.problem, neuron_sum(frame, *self.neuron))

    def legend(self) -> list[LegendEntry]:
        """Return what colours mean."""
        theme = self.theme
        signs = LegendEntry(
            self.tr("below zero … above"), theme.negative, "gradient", theme.positive
        )
        if self.mode == ARITHMETIC:
            return [
                LegendEntry(self.tr("adds to z"), theme.positive, "square"),
                LegendEntry(self.tr("takes from z"), theme.negative, "square"),
            ]
        if self._problem is None or self._problem.test is None:
            return [signs]
        return [signs, LegendEntry(self.tr("test sample"), theme.second, "ring")]

    def description(self) -> str:
        """Return the chosen neuron's numbers for the chosen sample, in a sentence."""
        if self._frame is None or self._problem is None:
            return self.tr("z and a of every layer, sample by sample.")
        neuron = neuron_sum(self._frame, *self.neuron)
        shown = {
            "epoch": count(self._frame.inspection.epoch),
            "sample": count(neuron.row + 1),
            "neuron": self._neuron_name(),
            "count": count(neuron.weights.size),
            "z": exact(neuron.z),
            "a": exact(neuron.a),
            "bias": exact(neuron.bias or 0.0),
            "activation": translated(neuron.activation.title),
        }
        return sentence(neuron, summed=self.mode == ARITHMETIC).format(**shown)

    def view_state(self) -> Mapping[str, Any]:
        """Return the mode, the layer whose columns are shown and the chosen neuron."""
        return {"mode": self.mode, "layer": self._layer, "neuron": list(self.neuron)}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over mode, layer and neuron, now or as soon as there is a problem."""
        if self._problem is None:
            self._restored = state
        else:
            self._apply(state)

    # ------------------------------------------------------------------ choosing

    def _apply(self, state: Mapping[str, Any]) -> None:
        assert self._problem is not None
        built = neuron_layers(self._problem)
        if state.get("mode") in MODES:
            self.mode, self._mode_is_own = str(state["mode"]), True
        if int(state.get("layer", self._layer)) in (ALL, *built):
            self._layer = int(state.get("layer", self._layer))
        layer, unit = state.get("neuron", self.neuron)
        if layer in built and 0 <= unit < built[layer].units:
            self.neuron = (int(layer), int(unit))
        self._show_choices()

    def _offer_layers(self, problem: Problem) -> None:
        specs = problem.experiment.network.layers
        names, short = layer_names(specs), short_layer_names(specs)
        show = self.tr("Show the columns of this layer: {name}")
        choices = [(self.tr("All"), self.tr("Show the columns of every layer"))]
        for layer in neuron_layers(problem):
            choices.append((short[layer], show.format(name=names[layer])))
        self.layers.fill(choices, self._position())

    def _places(self) -> list[int]:
        """Return what the selector offers, in its order."""
        return [ALL, *(neuron_layers(self._problem) if self._problem else ())]

    def _position(self) -> int:
        return self._places().index(self._layer)

    def _show_choices(self) -> None:
        """Show what is chosen, in every part that shows it."""
        self.modes.choose(MODES.index(self.mode))
        self.layers.choose(self._position())
        self.table.show_layer(self._layer)
        self.table.choose_neuron(self.neuron)
        self.marks.show_entries(self.legend())
        self._show_steppers()
        self._arrange()
        if self._frame is not None:
            self._draw(self._frame)

    def _show_steppers(self) -> None:
        if self._problem is None:
            return
        built, (layer, unit) = neuron_layers(self._problem), self.neuron
        place = list(built).index(layer)
        name = layer_names(self._problem.experiment.network.layers)[layer]
        row = self._frame.row if self._frame is not None else 0
        rows, units = self._problem.dataset.rows, built[layer].units
        texts = (
            (name, place, len(built)),
            (self.tr("neuron {number}").format(number=unit + 1), unit, units),
            (self.tr("sample {number}").format(number=row + 1), row, rows),
        )
        for stepper, (text, at, many) in zip(self.steppers, texts, strict=True):
            stepper.show_choice(text, at, many)

    def _neuron_name(self) -> str:
        assert self._problem is not None
        specs, (layer, unit) = self._problem.experiment.network.layers, self.neuron
        name = layer_names(specs)[layer]
        if neuron_layers(self._problem)[layer].units == 1:
            return name
        return self.tr("{layer}, neuron {number}").format(layer=name, number=unit + 1)

    @Slot(int)
    def _on_mode(self, position: int) -> None:
        self.mode, self._mode_is_own = MODES[position], True
        self._show_choices()

    @Slot()
    def _on_opened(self) -> None:
        self._on_mode(MODES.index(ARITHMETIC))

    @Slot(int)
    def _on_layer(self, position: int) -> None:
        self._layer = self._places()[position]
        self._show_choices()

    @Slot(int, int)
    def _on_neuron(self, layer: int, unit: int) -> None:
        self.neuron = (layer, unit)
        self._show_choices()

    @Slot(int)
    def _on_step_layer(self, step: int) -> None:
        assert self._problem is not None
        layers = list(neuron_layers(self._problem))
        self._on_neuron(layers[layers.index(self.neuron[0]) + step], 0)

    @Slot(int)
    def _on_step_unit(self, step: int) -> None:
        self._on_neuron(self.neuron[0], self.neuron[1] + step)

    @Slot(int)
    def _on_step_sample(self, step: int) -> None:
        if self._frame is not None:
            self.row_chosen.emit(self._frame.row + step)

    # ------------------------------------------------------------------ arrangement

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange everything anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Show table, sum or both, and what they are chosen with."""
        if self._problem is None:
            return
        samples = self.mode == SAMPLES
        self.layers.setVisible(samples and self._choosable())
        for stepper in self.steppers:
            stepper.setVisible(stepper.several and not samples)
        self._choices.setVisible(not self.bare and (not samples or not self.layers.isHidden()))
        self.modes.setVisible(not self.bare)
        modes, room = self.modes.sizeHint().width() + 4 * SPACE, self.width() - 2 * SPACE
        beside = modes + self._choices.sizeHint().width()
        self._second.removeWidget(self._choices)
        if beside <= room:
            self._top.insertWidget(1, self._choices)
        else:
            self._second.addWidget(self._choices)
        taken = beside if beside <= room and not self._choices.isHidden() else modes
        self.marks.setVisible(not self.bare and taken + self.marks.sizeHint().width() <= room)
        self._share_height(samples)
        self.sum.set_title(self._sum_title())

    def _share_height(self, samples: bool) -> None:
        """Show the sum below the table where both have their room."""
        assert self._problem is not None
        table = self.table.height_in(self.width() - 2 * SPACE)
        total = self.sum.natural_height(self._problem)
        both = samples and self.height() >= table + total + 2 * SPACE + self.modes.height()
        appears = self.table.isHidden() if samples else self.sum.isHidden()
        appears |= both and self.sum.isHidden()
        self.table.setVisible(samples)
        self.table.setMaximumHeight(table + 2 if both else _UNBOUNDED)
        self.sum.setVisible(both or not samples)
        self.note.setVisible(self.bare and samples)
        if appears and self._frame is not None:
            self._draw(self._frame)

    def _choosable(self) -> bool:
        """Say whether one layer at a time is worth offering."""
        assert self._problem is not None
        if len(neuron_layers(self._problem)) == 1:
            return False
        many = neurons(self._problem) > FEW_NEURONS or self._layer != ALL
        return many or self.table.natural_size.width() > self.width() - 2 * SPACE

    @Slot()
    def _show_note(self) -> None:
        self.note.setText(self.table.note() if self.bare else "")

    def _sum_title(self) -> str:
        """Return which sum is shown, where no stepper says it."""
        if self.mode == ARITHMETIC and not self.bare:
            return ""
        row = self._frame.row if self._frame is not None else 0
        title = self.tr("{neuron}, for sample {sample}")
        return title.format(neuron=self._neuron_name(), sample=row + 1)
