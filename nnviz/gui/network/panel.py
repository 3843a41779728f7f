"""The network panel: the heart of the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import QT_TRANSLATE_NOOP, Signal, Slot
from PySide6.QtGui import QKeySequence, QPalette, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnviz.engine.layers import Conv2D, Dense, shape_text
from nnviz.gui.frame import Frame
from nnviz.gui.look import numbers
from nnviz.gui.look.layer_names import column_titles, input_titles, output_titles, stage_title
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.units import sample_number
from nnviz.gui.network.answers import answer_text
from nnviz.gui.network.bar import NetworkBar
from nnviz.gui.network.figures import figure_texts
from nnviz.gui.network.sample_activations import SampleActivations, expected
from nnviz.gui.network.view_state import ChosenView, Fill
from nnviz.gui.network.widget import NetworkWidget
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.plots.legend import LegendRow
from nnviz.gui.widgets.idle import READ_SECONDS, SAY_SECONDS
from nnviz.training.evaluation import takes_long
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot
from nnviz.training.walk import Stage


@guarded
class NetworkPanel(Panel):
    """Neurons and weighted edges, live.

    Neurons show what they do to the chosen sample, or over the whole plane; edges show sign and
    size of the weights; the mouse explains each.
    """

    key: ClassVar[str] = "network"
    title: ClassVar[str] = str(QT_TRANSLATE_NOOP("NetworkPanel", "Network"))
    explanation: ClassVar[str] = str(
        QT_TRANSLATE_NOOP(
            "NetworkPanel",
            "Neurons and weights. Blue is positive, orange negative, and a thicker line is a "
            "larger weight. Rest the pointer on a neuron or a weight to read its numbers; click it "
            "for all its arithmetic.",
        )
    )

    weight_typed = Signal(str)
    """The person begins to type a value for the chosen weight: a character, or "" for none yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Network"))
        self.network = NetworkWidget(self)
        self.setFocusProxy(self.network)
        self.legend_row = LegendRow(self, lines=1)
        self.legend_row.setObjectName("network-legend")
        self.legend_row.hide()  # until somebody looks: a picture for export has its own
        self.bar = NetworkBar(self)
        self._problem: Problem | None = None
        self._shown: SampleActivations | None = None
        self._frame: Frame | None = None
        self._before: Snapshot | None = None
        self._stage: tuple[object, object, object, object, Stage] | None = None
        self._wishes: dict[str, Fill] = {}
        self._places: dict[str, tuple[int, int | None]] = {}
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Light)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(SPACE + SPACE // 2, SPACE // 2, SPACE, 0)
        row.addWidget(self.legend_row)
        layout.addLayout(row)
        layout.addWidget(self.network, 1)
        layout.addWidget(self.bar)
        bar, network = self.bar, self.network
        bar.row_chosen.connect(self._choose_row)
        bar.fill_chosen.connect(self._choose_fill)
        bar.zoom_in.clicked.connect(network.zoom_in)
        bar.zoom_out.clicked.connect(network.zoom_out)
        bar.fit.clicked.connect(network.fit)
        bar.asked.connect(self._find)
        bar.left.connect(network.setFocus)
        network.selected.connect(self.selected)
        network.edit_wanted.connect(self.edit_wanted)
        network.weight_typed.connect(self.weight_typed)
        network.hovered.connect(self.hovered)
        network.idle.idle.connect(self._tell_figures)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setObjectName("network-find-shortcut")
        find.activated.connect(bar.begin_finding)

    def begin(self, problem: Problem) -> None:
        """Show the network of a new run, its neurons still empty."""
        self._problem, self._shown, self._stage, self._frame = problem, None, None, None
        self._show_fill(problem)
        self.network.begin(problem)
        self._places = self._named_places(problem)
        self.bar.begin(problem, list(self._places))
        if self.legend_row.entries:
            self.legend_row.show_entries(self._brief_legend())

    def show_frame(self, frame: Frame) -> None:
        """Show a moment and what is chosen; nothing is done when all is shown already."""
        self._show_stage(frame) if frame.walk else self._show(frame.inspection, frame.row)
        if frame.walk is None and self._stage is not None:
            self._stage = None
            self.network.show_walk(None)
            self._show_legend()
            if self._problem is not None:
                self._show_fill(self._problem)
        last, self._frame = self._frame, frame
        if last is None or last.inspection is not frame.inspection:
            self._before = last.inspection.snapshot if last else self._before
            is_large = takes_long(frame.inspection.problem)
            if self.network.idle.due("figures", SAY_SECONDS if is_large else READ_SECONDS):
                self._tell_figures()
        if frame.selection != self.network.view.selection:
            self.network.look(selection=frame.selection)

    def _show_stage(self, frame: Frame) -> None:
        """Show the stage that is looked at, of the sample or of one of the mini-batch."""
        key = (frame.walk, frame.inspection, frame.row, frame.checkpoint)
        if frame.walk is None or (self._stage is not None and self._stage[:-1] == key):
            return
        if self._stage is None:
            self.bar.set_fills((), 0)  # numbers fill the neurons
        walk = frame.walked()
        self._stage = (*key, walk.at(frame.walk.stage))
        self._show(frame.inspection, int(walk.rows[walk.column]))
        self.network.show_walk(walk, frame.walk.stage)
        self._show_legend()

    def restyle(self) -> None:
        """Show the legend in other colours."""
        super().restyle()
        self._show_legend()

    def _show_legend(self) -> None:
        if self.legend_row.entries:
            self.legend_row.show_entries(self._brief_legend())

    def legend(self) -> list[LegendEntry]:
        """Return what lines, colours and dots mean."""
        return [replace(e, label=e.reason or e.label, reason="") for e in self._brief_legend()]

    def _brief_legend(self) -> list[LegendEntry]:
        """Return the legend in few words, as above the picture; their tooltips say the rest."""
        theme = self.theme
        positive = self.tr("positive weight; the thicker, the larger in its layer")
        neuron = self.tr("neuron, − to +")
        value = self.tr("value of a neuron, from negative to positive")
        bias = self.tr("bias, at a neuron's lower left")
        if self._stage is not None and self._stage[-1].kind in ("delta", "gradient", "update"):
            slopes = self.tr("δ = ∂L/∂z of a neuron, from negative to positive")
            return [
                LegendEntry(self.tr("∂L/∂w above zero"), theme.positive),
                LegendEntry(self.tr("∂L/∂w below zero"), theme.negative, "dashed"),
                LegendEntry(
                    self.tr("δ, − to +"), theme.negative, "gradient", theme.positive, slopes
                ),
                LegendEntry("∂L/∂b", theme.positive, "disc"),
            ]
        network = self._problem.experiment.network if self._problem is not None else None
        marks = []
        if network is not None and network.frozen:
            marks.append(LegendEntry(self.tr("frozen"), theme.accent, "flake"))
        if network is not None and any(getattr(layer, "off", ()) for layer in network.layers):
            marks.append(LegendEntry(self.tr("switched off"), theme.muted, "cross"))
        return [
            LegendEntry(self.tr("positive weight"), theme.positive, reason=positive),
            LegendEntry(self.tr("negative weight"), theme.negative, "dashed"),
            LegendEntry(neuron, theme.negative, "gradient", theme.positive, value),
            LegendEntry(self.tr("bias"), theme.positive, "disc", reason=bias),
            *marks,
        ]

    def description(self) -> str:
        """Return the network's shape, its age, and its answer for the chosen sample."""
        problem, shown = self._problem, self._shown
        if problem is None:
            return self.tr("There is no network yet.")
        shape = "-".join(map(shape_text, problem.shapes))
        if shown is None:
            return self.tr("A network {shape} before training.").format(shape=shape)
        sentence = self.tr(
            "A network {shape} after {epoch} epochs: for sample {number} it predicts {predicted},"
            " and {expected} is expected."
        )
        if self._stage is not None:
            sentence = self.tr(
                "A network {shape} after {epoch} epochs, step by step for sample {number}: {stage}."
            )
        return sentence.format(
            shape=shape,
            epoch=numbers.count(shown.inspection.epoch),
            number=sample_number(shown.inspection, shown.row),
            predicted=answer_text(problem, shown.predicted()),
            expected=answer_text(problem, expected(problem, shown.row)),
            stage=stage_title(problem, self._stage[-1]) if self._stage else "",
        )

    def view_state(self) -> Mapping[str, Any]:
        """Return what fills the neurons, and what part is seen of which network."""
        shapes = self._problem.shapes if self._problem else None
        seen = {"view": self.network.view, "shapes": shapes, "before": self._before}
        return {"fills": dict(self._wishes), **seen}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Look as another instance does, whatever the sizes of both."""
        self._wishes.update(state.get("fills", {}))
        self._before = state.get("before")
        if self._problem is None or state.get("shapes") == self._problem.shapes:
            view = state.get("view", ChosenView())
            self.network.look(**{**vars(view), "hovered": None})
        if self._problem is not None:
            self._show_fill(self._problem)

    def showEvent(self, event: QShowEvent) -> None:
        """Give the picture its controls, which one made for export does not need."""
        super().showEvent(event)
        if not self.bare:
            self.legend_row.show_entries(self._brief_legend())
            self.legend_row.show()
            self.bar.reveal()
            self.network.touchable = True
            self.network.look()

    def _show(self, inspection: Inspection, row: int) -> None:
        before = self._shown
        same_row = before is not None and before.row == row
        same_row &= before is not None and before.inspection.moved == inspection.moved
        if self._problem is None or (same_row and before and before.inspection is inspection):
            return
        self._shown = SampleActivations(inspection, row)
        self.network.show_moment(self._shown)
        if not same_row:
            self.bar.show_row(self._problem, row, inspection.moved and inspection.moved[1])

    @Slot()
    def _tell_figures(self) -> None:
        """Say how each layer fares: quickly told while moments follow each other, exact at rest."""
        if self._frame is not None:
            texts = figure_texts(self._frame, self._before, self.network.idle.moving)
            self.network.show_figures(texts)

    def _named_places(self, problem: Problem) -> dict[str, tuple[int, int | None]]:
        """Return layer and neuron (or map) by name, first the layers: "Hidden 1", "Output, b"."""
        names: dict[int, Sequence[str]] = {0: input_titles(problem)}
        if problem.outputs > 1:
            names[len(problem.shapes) - 1] = output_titles(problem)
        titles = column_titles(problem)
        places: dict[str, tuple[int, int | None]] = {t: (i, None) for i, t in enumerate(titles)}
        for layer, (title, column) in enumerate(zip(titles, self.network.columns, strict=True)):
            for number, name in enumerate(names.get(layer, range(1, column.units + 1))):
                places[f"{title}, {name}"] = (layer, number)
        return places

    @Slot(int)
    def _choose_row(self, row: int) -> None:
        if self._shown is not None:
            self._show(self._shown.inspection, row)
        self.row_chosen.emit(row)

    @Slot(str)
    def _find(self, name: str) -> None:
        """Bring what has a name into view."""
        layer, number = self._places[name]
        if number is None:
            self.network.expand_layer(layer)
        else:
            self.network.focus_on((layer, self.network.columns[layer].middle_unit(number)))
        self.network.setFocus()

    @Slot(int)
    def _choose_fill(self, place: int) -> None:
        kind = _picture_kind(self._problem) if self._problem else None
        if kind is not None:
            self._wishes[kind] = kind if place else "sample"
            self.network.look(fill=self._wishes[kind])

    def _show_fill(self, problem: Problem) -> None:
        """Fill the neurons as was chosen for pictures of this kind, and offer to choose."""
        kind, fill, words = _picture_kind(problem), "sample", tuple[str, ...]()
        if kind is not None:
            fill = self._wishes.get(kind, "plane" if kind == "plane" else "sample")
            picture = self.tr("Plane") if kind == "plane" else self.tr("Weights")
            words = (self.tr("Sample"), picture)
        self.bar.set_fills(words, int(fill != "sample"))
        self.network.look(fill=fill)


def _picture_kind(problem: Problem) -> Fill | None:
    """Return what picture a neuron can hold: the plane, or its weights on an image."""
    if problem.dataset.is_planar:
        return "plane"
    first = problem.experiment.network.layers[0]
    has_pictures = problem.dataset.image_shape and isinstance(first, Dense | Conv2D)
    return "weights" if has_pictures else None
