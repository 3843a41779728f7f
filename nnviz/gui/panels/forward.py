"""The forward pass: z and a of every layer for every sample, and the arithmetic of one neuron."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QRect, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.frame import Frame
from nnviz.gui.look.layer_names import layer_names, short_layer_names
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.panels.forwards.columns import ALL, neuron_layers, neurons
from nnviz.gui.panels.forwards.fitting import table_and_sum
from nnviz.gui.panels.forwards.lines import sentence
from nnviz.gui.panels.forwards.numbers import exact
from nnviz.gui.panels.forwards.stepper import make_steppers
from nnviz.gui.panels.forwards.sum_view import SumView
from nnviz.gui.panels.forwards.table import SamplesTable
from nnviz.gui.panels.forwards.terms import neuron_sum
from nnviz.gui.panels.forwards.values import MOST_ROWS
from nnviz.gui.panels.header import fill_background
from nnviz.gui.panels.legend import LegendRow
from nnviz.gui.panels.segments import Segments, pill_style
from nnviz.gui.widgets.idle import SAY_SECONDS, IdleTimer
from nnviz.training.problem import Problem

SAMPLES, ARITHMETIC = "samples", "arithmetic"
MODES = (SAMPLES, ARITHMETIC)

FEW_NEURONS = 8
"""So many are shown all at once."""

LINE = 18
GAP = 4


@guarded
class ForwardPanel(Panel):
    """The numbers of a forward pass, as a table of samples or as the sum of one neuron.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    key = "forward"
    title = str(QT_TRANSLATE_NOOP("ForwardPanel", "Forward pass"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "ForwardPanel",
            "The numbers of a forward pass: z and a of every neuron for every sample. Choose a "
            "cell to see the sum it comes from, term by term.",
        )
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(self.tr("z and a of every layer, and how they come about"))
        self.mode = SAMPLES
        self.neuron = (0, 0)
        self.rest = IdleTimer(self)
        self.rest.idle.connect(self._describe)
        self._mode_is_own = False
        self._layer = ALL
        self._problem: Problem | None = None
        self._frame: Frame | None = None
        self._restored: Mapping[str, Any] | None = None
        self.modes = Segments("forward-mode", self)
        self.modes.setAccessibleName(self.tr("Way to show the forward pass"))
        self.modes.fill(self._mode_words())
        self.modes.chosen.connect(self._on_mode)
        self.layers = Segments("forward-layer", self)
        self.layers.setAccessibleName(self.tr("Layer"))
        self.layers.chosen.connect(self._on_layer)
        self.marks = LegendRow(theme, self, 1)
        self.table = SamplesTable(theme, self)
        self.table.row_chosen.connect(self.row_chosen)
        self.table.neuron_chosen.connect(self._on_neuron)
        self.table.opened.connect(self._on_opened)
        self.sum = SumView(theme, self)
        self.steppers = make_steppers(self)
        self.steppers[0].stepped.connect(self._on_step_layer)
        self.steppers[1].stepped.connect(self._on_step_unit)
        self.steppers[2].stepped.connect(self._on_step_sample)
        self.setMinimumSize(200, 160)
        self.set_theme(theme)

    def _mode_words(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Samples"), self.tr("z and a of every neuron, a row a sample.")),
            (self.tr("Arithmetic"), self.tr("How one neuron comes to its z and a, term by term.")),
        ]

    # ------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Lay out the columns of a run; keep what was chosen as far as it still exists."""
        before, self._problem, self._frame = self._problem, problem, None
        self.rest.reset()
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
        self.rest.update()
        if last is None or last.row != frame.row:
            self._show_row()
        self._draw(frame)

    def _show_row(self) -> None:
        """Name the chosen sample; only its number's width can move anything."""
        self._show_steppers()
        self.sum.title = self._sum_title()
        if self.mode == ARITHMETIC and not self.bare:
            self._arrange()

    def _draw(self, frame: Frame) -> None:
        if not self.table.isHidden():
            self.table.show_frame(frame)
        if not self.sum.isHidden():
            self._draw_sum(frame)
        self._describe()

    @Slot()
    def _describe(self) -> None:
        if self.rest.due("description", SAY_SECONDS):
            self.setAccessibleDescription(self.description())

    def _draw_sum(self, frame: Frame) -> None:
        self.sum.show_neuron(frame.inspection.problem, neuron_sum(frame, *self.neuron))

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        fill_background(self, theme.surface)
        for part in (self.modes, self.layers):
            part.setStyleSheet(pill_style(theme))
        for stepper in self.steppers:
            stepper.set_theme(theme)
        self.table.set_theme(theme)
        self.sum.set_theme(theme)
        self.marks.show_entries(self.legend(), theme)

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
            "epoch": f"{self._frame.inspection.epoch:,}",
            "sample": neuron.row + 1,
            "neuron": self._neuron_name(),
            "count": neuron.weights.size,
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
        self.marks.show_entries(self.legend(), self.theme)
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
        for stepper, (text, at, count) in zip(self.steppers, texts, strict=True):
            stepper.show_choice(text, first=at == 0, last=at == count - 1)

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
        """Put what is chosen with on top, and table, sum or both below."""
        area = self.rect().adjusted(SPACE, SPACE // 2, -SPACE, -SPACE // 2)
        self.table.whole = self.bare
        if self._problem is None:
            return
        if not self.bare:
            area = self._arrange_head(area)
        else:
            for part in (self.modes, self.layers, self.marks, *self.steppers):
                part.hide()
        self._arrange_pictures(area)

    def _arrange_head(self, area: QRect) -> QRect:
        """Place the choices; return what is left below them."""
        samples = self.mode == SAMPLES
        self.modes.setGeometry(area.left(), area.top(), self.modes.sizeHint().width(), LINE)
        for stepper in self.steppers:
            stepper.setVisible(not samples and not stepper.only)
        self.layers.setVisible(samples and self._choosable(area))
        choices: list[QWidget] = [self.layers] if samples else list(self.steppers)
        shown = [choice for choice in choices if not choice.isHidden()]
        wanted = sum(choice.sizeHint().width() + SPACE for choice in shown)
        left, top = self.modes.geometry().right() + 2 * SPACE, area.top()
        if left + wanted > area.right() + 1:
            left, top = area.left(), top + LINE + GAP
        elif samples:
            left = area.right() + 1 - wanted + SPACE
        for choice in shown:
            choice.setGeometry(left, top, choice.sizeHint().width(), LINE)
            left += choice.width() + SPACE
        self._place_marks(area, shown)
        return area.adjusted(0, top - area.top() + LINE + SPACE, 0, 0)

    def _place_marks(self, area: QRect, shown: Sequence[QWidget]) -> None:
        """Put the legend beside what can be pressed, where there is room."""
        left = self.modes.geometry().right() + 2 * SPACE
        right, wanted = area.right() + 1, self.marks.sizeHint().width()
        beside = [choice for choice in shown if choice.y() == area.top()]
        if beside and self.mode == SAMPLES:
            right = beside[0].x() - SPACE
        elif beside:
            left = beside[-1].geometry().right() + 2 * SPACE
        place = QRect(
            right - min(wanted, right - left), area.top(), min(wanted, right - left), LINE
        )
        self.marks.setGeometry(place)
        self.marks.setVisible(wanted <= right - left)

    def _choosable(self, area: QRect) -> bool:
        """Say whether one layer at a time is worth offering."""
        assert self._problem is not None
        if len(neuron_layers(self._problem)) == 1:
            return False
        many = neurons(self._problem) > FEW_NEURONS or self._layer != ALL
        return many or not self.table.fits_in(area.width(), area.height() - LINE - SPACE)

    def _arrange_pictures(self, area: QRect) -> None:
        table, below = QRect(), area
        if self.mode == SAMPLES and self._problem is not None:
            tall = self.table.natural_height(area.width())
            table, below = table_and_sum(area, tall, self.sum.natural_height(self._problem))
        self.sum.title = self._sum_title()
        for part, place in ((self.table, table), (self.sum, below)):
            part.setGeometry(place)
            appears = part.isHidden() and not place.isEmpty()
            part.setVisible(not place.isEmpty())
            if appears and self._frame is not None:
                self._draw(self._frame)

    def _sum_title(self) -> str:
        """Return which sum is shown, where no stepper says it."""
        if self.mode == ARITHMETIC and not self.bare:
            return ""
        row = self._frame.row if self._frame is not None else 0
        title = self.tr("{neuron}, for sample {sample}")
        return title.format(neuron=self._neuron_name(), sample=row + 1)
