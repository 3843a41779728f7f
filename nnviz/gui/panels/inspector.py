"""The inspector: all the arithmetic of one neuron or one weight, forward and backward."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, QModelIndex, QPointF, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.errors import NnvizError
from nnviz.gui.edits import name_of, state_told
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import count, exact
from nnviz.gui.look.style import em, strong_font
from nnviz.gui.look.texts import message
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.units import sample_number
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.header import Header, flow, lay_out
from nnviz.gui.panels.inspectors.charts import KernelChart, MapChart, RunChart, WayChart, kernel_of
from nnviz.gui.panels.inspectors.controls import EditControls
from nnviz.gui.panels.inspectors.lines import (
    MOST_TERMS,
    formula,
    neuron_lines,
    symbol_of,
    weight_lines,
)
from nnviz.gui.panels.inspectors.sum_table import SumTable
from nnviz.gui.panels.inspectors.terms import NeuronSum
from nnviz.gui.panels.moment import MomentPanel
from nnviz.gui.panels.walks.lines import made_lines
from nnviz.gui.panels.walks.windows import LayerCharts
from nnviz.gui.plots.chart import Chart
from nnviz.gui.plots.still_plot import StillPlot
from nnviz.gui.widgets.buttons import SmallButton
from nnviz.gui.widgets.idle import READ_SECONDS
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.backward import BIAS
from nnviz.training.inspection import Inspection
from nnviz.training.layer_choices import has_field
from nnviz.training.problem import Problem
from nnviz.training.walk import walk_of

_LEAST_PLOT, _MOST_PLOT, _BESIDE, _ROOMY = 7, 16, 14, 22
_LEAST_BELOW, _LEAST_ROWS, _LEAST_TWO, _HEADING = 17, 14, 26, 3
"""Heights of a line: of charts at least and at most, their width beside the lines, the height from
which on there is a legend, those from which on charts are below the lines (one, one of two rows,
and both), and that of name and formula."""


@guarded
class InspectorPanel(MomentPanel):
    """The chosen neuron or weight; where none is chosen, the first output."""

    key = "inspector"
    is_read = True
    title = str(QT_TRANSLATE_NOOP("InspectorPanel", "Inspector"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "InspectorPanel",
            "One neuron or one weight with all its arithmetic: the sum, the gradient and its "
            "factors, and what the next update will do. Click one in the picture of the network, "
            "or a weight in the neuron's own lines. Type a weight's value, or change the neuron "
            "and its layer by the buttons.",
        )
    )

    header: Header

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("One neuron or weight, and how its numbers come about"))
        self.header = Header(1, self)
        self.back = SmallButton("‹", self.tr("Back to the neuron (Backspace)."), self)
        self.back.setObjectName("inspector-back")
        self.back.setAccessibleName(self.tr("Back to the neuron"))
        self.back.clicked.connect(self._go_back)
        self.name, self._formula = ElidedLabel(self), small(ElidedLabel(self), "text")
        self.name.setObjectName("inspector-name")
        self.name.setFont(strong_font())
        self.table = SumTable("inspector-lines", self, selects=True)
        self.table.setAccessibleName(self.tr("The arithmetic, line by line"))
        self.table.clicked.connect(self._on_line)
        self.table.activated.connect(self._on_line)
        self.controls = EditControls(self)
        self.controls.wanted.connect(self.edit_wanted)
        self.table.doubleClicked.connect(self._begin_typing)
        self.table.settled.connect(self._fit)
        self.plot = StillPlot((), self)
        self.plot.setObjectName("inspector-plot")
        self.plot.setMinimumHeight(em(self, _LEAST_PLOT))
        self.plot.setAccessibleName(self.tr("What the neuron or weight is like"))
        for changed in (self.plot.restyled, self.plot.resized):
            changed.connect(self._draw_charts)
        self.watch(self.table.idle)
        self.plot.pressed.connect(self._on_pressed)
        self._of_layer = LayerCharts()
        self._rows: list[Sequence[Chart | None]] = []
        """Charts below one another; where there is little room, the last alone."""
        self._placed: list[Sequence[Chart | None]] = []
        self._drawn: Selection | None = None
        self._made: dict[Activation | type[Chart], Chart] = {}
        """Charts by what they draw, made when they are first needed."""
        heading = filled(QHBoxLayout(), self.back, self.name, spacing=SPACE // 2, wide=self.name)
        column = lay_out(self, self.header, heading, self.controls, self._formula)
        words = filled(QVBoxLayout(), self.table, None)
        self._row = filled(QBoxLayout(flow(True)), words, self.plot, spacing=SPACE)
        self._row.setStretch(1, 1)
        column.addLayout(self._row, 1)
        self.setMinimumSize(200, 160)

    # ------------------------------------------------------------------ the contract

    @property
    def chosen(self) -> Selection:
        """The neuron or weight that is looked at."""
        assert self.problem is not None
        selection = self.frame.selection if self.frame is not None else None
        if selection is not None and selection.fits(self.problem):
            return selection
        return Selection(len(self.problem.units) - 1, 0)

    def begin(self, problem: Problem) -> None:
        """Forget the old run."""
        super().begin(problem)
        self.controls.setVisible(not self.bare)
        if self.bare:
            self.table.show_all()
        self._drawn = None

    def differs(self, last: Frame, frame: Frame) -> bool:
        """Return whether there is something else to see."""
        return (
            super().differs(last, frame)
            or last.selection != frame.selection
            or last.checkpoints[-1:] != frame.checkpoints[-1:]
        )

    def take(self, inspection: Inspection) -> None:
        """Show the chosen neuron or weight at a moment."""
        assert self.frame is not None
        if self.chosen != self._drawn:
            self._choose_charts()
            self.idle.reset()
        is_due = self.idle.due("lines", READ_SECONDS)
        if is_due:
            self._write(self.frame)
        if is_due or self.chosen.source is None:  # all of a run is seldom drawn
            self._draw_charts()

    def legend(self) -> list[LegendEntry]:
        """Return what colours mean."""
        theme = self.theme
        if self.problem is None or self.chosen.source is None:
            return [
                LegendEntry(self.tr("adds to z"), theme.positive, "square"),
                LegendEntry(self.tr("takes from z"), theme.negative, "square"),
            ]
        symbol = symbol_of(self.chosen)
        return [
            LegendEntry(self.tr("{symbol} of the run").format(symbol=symbol), theme.curve),
            LegendEntry(f"∂L/∂{symbol}", theme.second, "dashed"),
        ]

    def description(self) -> str:
        """Return the numbers of what is chosen, in a sentence."""
        if self.problem is None or self.frame is None:
            return self.tr("There is no neuron to look at yet.")
        chosen, inspection, row = self.chosen, self.frame.inspection, self.frame.row
        passes = inspection.sample_backward(row)
        said = self.tr(
            "After {epoch} epochs {name} is {value}, and its gradient for sample {sample} is"
            " {gradient}."
        )
        if chosen.source is not None:
            place = chosen.layer, chosen.unit, chosen.source
            value, gradient = passes.parameter(*place), passes.gradient(*place)
        elif chosen.layer < 0:
            upstream = passes.upstream(-1)
            assert upstream is not None
            value = float(inspection.sample_inputs(row)[chosen.unit])
            gradient = float(upstream[chosen.unit, 0])
        else:
            said = self.tr(
                "After {epoch} epochs {name} answers a = {value} to sample {sample}, and"
                " δ = ∂L/∂z is {gradient}."
            )
            built = passes.network.layers[chosen.layer]
            value, gradient = float(built.a[chosen.unit, 0]), float(built.delta[chosen.unit, 0])
        return said.format(
            epoch=count(inspection.epoch),
            name=name_of(self.problem, chosen),
            value=exact(value),
            sample=sample_number(inspection, row),
            gradient=exact(gradient),
        )

    # ------------------------------------------------------------------ inside

    def _write(self, frame: Frame) -> None:
        """Write the newest numbers."""
        assert self.problem is not None
        chosen, title = self.chosen, name_of(self.problem, self.chosen)
        is_neuron, texts = chosen.source is None, [title]
        if is_neuron:
            said = self.tr("{neuron}, for sample {sample}")
            texts.insert(
                0, said.format(neuron=title, sample=sample_number(frame.inspection, frame.row))
            )
        if state := state_told(self.problem, chosen):
            said = self.tr("{name} — {state}")
            texts = [said.format(name=text, state=state) for text in texts]
        self.name.set_texts(*texts)
        if not self.bare:
            self.controls.show_chosen(frame.inspection, chosen)
        self._formula.set_texts(*self._formulas(frame))
        if is_neuron:
            # While numbers change, their lines stay in their places.
            sources = [line.source for line in self.table.model_.lines if self.idle.moving]
            kept = [source for source in sources if source is not None and source != BIAS]
            lines = neuron_lines(frame, chosen, kept=kept)
            walk = walk_of(frame.inspection, frame.row, None)
            lines[1:1] = made_lines(walk, chosen.layer, chosen.unit)
        else:
            lines = weight_lines(frame, chosen, exactly=not self.idle.moving)
        if self.bare and (missing := len(lines) - self._room()) > 0:  # nobody can scroll in it
            if is_neuron:
                lines = neuron_lines(frame, chosen, max(MOST_TERMS - missing, 1))
            lines = lines[: self._room()]
        self.table.show_lines(lines, titled=any(line.source is not None for line in lines))

    def _room(self) -> int:
        """Return how many lines have room in a picture, besides the titles above them."""
        below = self._row.direction() == flow(across=False) and not self.plot.isHidden()
        taken = em(self, _HEADING) + below * (self.plot.minimumHeight() + SPACE)
        return max((self.height() - taken) // self.table.row_pixels - 1, 1)

    def _formulas(self, frame: Frame) -> tuple[str, ...]:
        """Return the formula of what is chosen, and shorter ones where there is less room."""
        chosen, inspection = self.chosen, frame.inspection
        if chosen.source is not None:
            symbol, a = symbol_of(chosen), "aₖ" if chosen.layer else "xₖ"
            if symbol == "b":
                return ("∂L/∂b = δ = f′(z) · ∂L/∂a",)
            if len(inspection.problem.shapes[chosen.layer + 1]) == 3:
                return (self.tr("∂L/∂w = Σ x · δ over all places of the map"), "∂L/∂w = Σ x · δ")
            return (f"∂L/∂w = {a} · f′(zⱼ) · ∂L/∂aⱼ = {a} · δⱼ", f"∂L/∂w = {a} · δⱼ")
        if chosen.layer < 0 or not inspection.weights(chosen.layer).size:
            return ("",)
        summed = formula(NeuronSum(frame, chosen.layer, chosen.unit))
        return (f"{summed},  a = f(z)", summed)

    def _choose_charts(self) -> None:
        """Make the charts that what is chosen has."""
        chosen = self.chosen
        self.back.setVisible(chosen.source is not None and not self.bare)
        self.show_legend()
        activation, kinds = self._activation(), list[Activation | type[Chart]]()
        if chosen.source is not None:
            kinds = [RunChart]
        elif self.problem is not None:
            if activation is not None and not activation.couples_units:
                kinds.append(activation)
            if self.problem.dataset.is_planar:
                kinds.append(MapChart)
            elif self._has_kernel():
                kinds.append(KernelChart)
        for kind in kinds:
            if kind not in self._made:
                self._made[kind] = WayChart(kind) if isinstance(kind, Activation) else kind()
        self._rows = self._draw_rows() or [[self._made[kind] for kind in kinds]]
        self._placed = []
        self._fit()
        self._drawn = chosen

    def _draw_rows(self) -> list[Sequence[Chart | None]]:
        """Draw what is in rows of charts, of which the last says most; return them."""
        frame, chosen = self.frame, self.chosen
        if frame is None or chosen.source is not None or chosen.layer < 0:
            return []
        return self._of_layer.draw(frame, chosen)

    def _activation(self) -> Activation | None:
        """Return the activation of the chosen neuron, where its layer has one to choose."""
        assert self.problem is not None
        if self.chosen.layer < 0:
            return None
        spec = self.problem.experiment.network.layers[self.chosen.layer]
        return ACTIVATIONS[spec.activation] if has_field(spec, "activation") else None

    def _has_kernel(self) -> bool:
        return self.frame is not None and kernel_of(self.frame.inspection, self.chosen) is not None

    @Slot()
    def _draw_charts(self) -> None:
        frame, chosen = self.frame, self.chosen if self.problem is not None else None
        if frame is None or chosen is None or chosen != self._drawn or self._draw_rows():
            return  # until the charts of what is chosen are there
        for chart in self.plot.charts:
            if isinstance(chart, WayChart):
                trace = frame.inspection.sample_trace(frame.row)[chosen.layer]
                chart.show_way(float(trace.z[0, chosen.unit]), float(trace.a[0, chosen.unit]))
            elif isinstance(chart, MapChart):
                chart.show_neuron(frame, chosen, self.idle.moving)
            elif isinstance(chart, KernelChart):
                kernel = kernel_of(frame.inspection, chosen)
                assert kernel is not None
                chart.show_kernel(kernel)
            elif isinstance(chart, RunChart):
                chart.show_run(frame, chosen, symbol_of(chosen))

    @Slot(object, QPointF)
    def _on_pressed(self, chart: Chart, place: QPointF) -> None:
        """Look at the place of the map that was clicked."""
        cell = self._of_layer.cell_at(chart, place)
        if self.problem is not None and cell is not None:
            chosen, (_, rows, columns) = self.chosen, self.problem.shapes[self.chosen.layer + 1]
            first = chosen.unit - chosen.unit % (rows * columns)
            self.selected.emit(Selection(chosen.layer, first + cell[0] * columns + cell[1]))

    @Slot(QModelIndex)
    def _on_line(self, index: QModelIndex) -> None:
        """Look at the weight whose line it is."""
        source = self.table.model_.lines[index.row()].source
        if source is not None:
            self.selected.emit(Selection(self.chosen.layer, self.chosen.unit, source))

    @Slot(str)
    def begin_typing(self, text: str) -> None:
        """Have the value of the chosen weight typed, beginning with a text."""
        self.controls.begin_typing(text)

    @Slot()
    def _begin_typing(self) -> None:
        self.controls.begin_typing("")

    def show_refusal(self, error: NnvizError) -> None:
        """Say why what was asked for cannot be."""
        self.controls.show_refusal(message(error))

    @Slot()
    def _go_back(self) -> None:
        if self.problem is not None and self.chosen.source is not None:
            self.selected.emit(Selection(self.chosen.layer, self.chosen.unit))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Backspace goes from a weight to its neuron, Escape looks at nothing closely."""
        if event.key() == Qt.Key.Key_Backspace:
            self._go_back()
        elif event.key() == Qt.Key.Key_Escape:
            self.selected.emit(None)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange everything anew."""
        super().resizeEvent(event)
        self._fit()
        if self.bare and self.frame is not None:
            self._write(self.frame)

    def sizeHint(self) -> QSize:
        """Ask for room for some lines and charts."""
        return QSize(em(self, 24), em(self, 30))

    @Slot()
    def _fit(self) -> None:
        """Put charts beside the lines where there is the width, else below them."""
        width = self.width() - 2 * SPACE
        self.table.fit(width)
        self.header.setVisible(not self.bare and self.height() >= em(self, _ROOMY))
        self.controls.set_low(self.height() < em(self, _ROOMY))
        beside = width - self.table.width() >= em(self, _BESIDE)
        self._row.setDirection(flow(beside))
        # Where there are rows of charts they say more than the lines.
        least = _LEAST_ROWS if len(self._rows) > 1 else _LEAST_BELOW
        roomy = beside or self.height() >= em(self, least)
        rows = self._rows if self.height() >= em(self, _LEAST_TWO) else self._rows[-1:]
        if rows != self._placed:
            self._placed = rows
            self.plot.arrange(rows)
        self.plot.setMinimumHeight(em(self, _LEAST_PLOT * len(rows)))
        self.plot.setVisible(roomy and bool(self.plot.charts))
        self.plot.setMaximumHeight(em(self, 2 * _MOST_PLOT if beside else _MOST_PLOT))
