"""The network panel: the heart of the window."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import QT_TRANSLATE_NOOP, QSignalBlocker, Slot
from PySide6.QtGui import QKeySequence, QPalette, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnviz.engine.layers import Conv2D, Dense, shape_text
from nnviz.gui.frame import Frame
from nnviz.gui.look import numbers
from nnviz.gui.look.theme import SPACE
from nnviz.gui.network.answers import answer_text
from nnviz.gui.network.bar import NetworkBar
from nnviz.gui.network.captions import column_titles, input_titles, output_titles
from nnviz.gui.network.layout import VisibleRange
from nnviz.gui.network.neuron_index import NeuronIndex
from nnviz.gui.network.sample_activations import SampleActivations, expected
from nnviz.gui.network.view_state import Fill
from nnviz.gui.network.widget import NetworkWidget
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.plots.legend import LegendRow
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem


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
            "larger weight. Rest the pointer on a neuron to see its arithmetic.",
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Network"))
        self.network = NetworkWidget(self)
        self.legend_row = LegendRow(self, lines=1)
        self.legend_row.setObjectName("network-legend")
        self.legend_row.hide()  # until somebody looks: a picture for export has its own
        self.bar = NetworkBar(self)
        self._problem: Problem | None = None
        self._inspection: Inspection | None = None
        self._row = 0
        self._wishes: dict[str, Fill] = {}
        self._index = NeuronIndex((), (), {})
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
        self._connect()

    def _connect(self) -> None:
        bar, network = self.bar, self.network
        bar.row_chosen.connect(self._choose_row)
        bar.picture_chosen.connect(self._choose_fill)
        bar.zoom_in.clicked.connect(network.zoom_in)
        bar.zoom_out.clicked.connect(network.zoom_out)
        bar.fit.clicked.connect(network.fit)
        bar.asked.connect(self._find)
        bar.left.connect(self._leave_finder)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setObjectName("network-find-shortcut")
        find.activated.connect(bar.begin_finding)

    # ------------------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Show the network of a new run, its neurons still empty."""
        self._problem, self._inspection, self._row = problem, None, 0
        self.network.begin(problem, self._fill(problem))
        names = {0: input_titles(problem)}
        if problem.outputs > 1:
            names[len(problem.shapes) - 1] = output_titles(problem)
        counts = [column.units for column in self.network.columns]
        self._index = NeuronIndex(column_titles(problem), counts, names)
        self.bar.offer(self._index.names)
        self.bar.set_rows(problem.dataset.rows)
        self._show_fills(problem)
        self.bar.show_row(problem, 0)

    def show_frame(self, frame: Frame) -> None:
        """Show a moment and the chosen sample; nothing is done when both are shown already."""
        self._show(frame.inspection, frame.row)

    def restyle(self) -> None:
        """Show the legend in other colours."""
        super().restyle()
        if self.legend_row.entries:
            self._show_legend()

    def legend(self) -> list[LegendEntry]:
        """Return what lines, colours and dots mean."""
        theme = self.theme
        positive = self.tr("positive weight; the thicker, the larger in its layer")
        value = self.tr("value of a neuron, from negative to positive")
        return [
            LegendEntry(positive, theme.positive),
            LegendEntry(self.tr("negative weight"), theme.negative, "dashed"),
            LegendEntry(value, theme.negative, "gradient", theme.positive),
            LegendEntry(self.tr("bias, at a neuron's lower left"), theme.positive, "disc"),
        ]

    def description(self) -> str:
        """Return the network's shape, its age, and its answer for the chosen sample."""
        problem, inspection = self._problem, self._inspection
        if problem is None:
            return self.tr("There is no network yet.")
        shape = "-".join(map(shape_text, problem.shapes))
        if inspection is None:
            return self.tr("A network {shape} before training.").format(shape=shape)
        sentence = self.tr(
            "A network {shape} after {epoch} epochs: for sample {number} it predicts {predicted},"
            " and {expected} is expected."
        )
        return sentence.format(
            shape=shape,
            epoch=numbers.count(inspection.epoch),
            number=numbers.count(self._row + 1),
            predicted=answer_text(problem, SampleActivations(inspection, self._row).predicted()),
            expected=answer_text(problem, expected(problem, self._row)),
        )

    def view_state(self) -> Mapping[str, Any]:
        """Return what fills the neurons, and what part is seen, in shares of the picture."""
        view = self.network.view
        return {
            "fills": dict(self._wishes),
            "zoom": view.zoom,
            "x": view.x,
            "y": view.y,
            "focus": view.focus,
            "opened": view.visible_range.expanded_layer,
            "first": dict(view.visible_range.first),
        }

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Look as another instance does, whatever the sizes of both."""
        self._wishes.update(state.get("fills", {}))
        focus, opened = state.get("focus"), state.get("opened")
        if self._problem is not None:  # what was chosen may be of another network
            sizes = dict(enumerate(map(math.prod, self._problem.shapes)))
            focus = focus if focus and int(focus[1]) < sizes.get(int(focus[0]), 0) else None
            opened = opened if opened in sizes else None
        self.network.look(
            zoom=float(state.get("zoom", 1.0)),
            x=float(state.get("x", 0.0)),
            y=float(state.get("y", 0.0)),
            visible_range=VisibleRange(dict(state.get("first", {})), opened),
            focus=(int(focus[0]), int(focus[1])) if focus else None,
        )
        if self._problem is not None:
            self._show_fills(self._problem)
            self.network.look(fill=self._fill(self._problem))

    def showEvent(self, event: QShowEvent) -> None:
        """Give the picture its controls, which one made for export does not need."""
        super().showEvent(event)
        if not self.bare:
            self._show_legend()
            self.legend_row.show()
            self.bar.reveal()
            self.network.look(touchable=True)

    # --------------------------------------------------------------------------------- the inside

    def _show(self, inspection: Inspection, row: int) -> None:
        if self._problem is None or (inspection is self._inspection and row == self._row):
            return
        self._inspection, self._row = inspection, row
        self.network.show_moment(SampleActivations(inspection, row))
        self.bar.show_row(self._problem, row)

    def _show_legend(self) -> None:
        """Say above the picture what `legend` says, in fewer words; the rest is in its tooltip."""
        words = (
            self.tr("positive weight"),
            self.tr("negative weight"),
            self.tr("neuron, − to +"),
            self.tr("bias"),
        )
        full = self.legend()
        short = [
            replace(e, label=word, reason=e.label) for e, word in zip(full, words, strict=True)
        ]
        self.legend_row.show_entries(short)

    @Slot(int)
    def _choose_row(self, row: int) -> None:
        if self._inspection is not None:
            self._show(self._inspection, row)
        self.row_chosen.emit(row)

    @Slot(str)
    def _find(self, text: str) -> None:
        """Bring what is asked for into view, or say why that cannot be."""
        found = self._index.find(text)
        if found is None:
            said = self.tr("Nothing is called “{text}”: try {example}.")
            self.bar.refuse(said.format(text=text, example=self._index.names[-1]))
            return
        layer, number = found
        if number is None:
            self.network.expand_layer(layer)
        else:
            self.network.focus_on((layer, self.network.columns[layer].middle_unit(number)))
        self.network.setFocus()

    @Slot()
    def _leave_finder(self) -> None:
        self.network.setFocus()

    @Slot(bool)
    def _choose_fill(self, picture: bool) -> None:
        kind = _picture_kind(self._problem) if self._problem else None
        if self._problem is not None and kind is not None:
            self._wishes[kind] = kind if picture else "sample"
            self.network.look(fill=self._fill(self._problem))

    def _fill(self, problem: Problem) -> Fill:
        kind = _picture_kind(problem)
        if kind is None:
            return "sample"
        return self._wishes.get(kind, "plane" if kind == "plane" else "sample")

    def _show_fills(self, problem: Problem) -> None:
        kind = _picture_kind(problem)
        picture = self.tr("Plane") if kind == "plane" else self.tr("Weights")
        with QSignalBlocker(self.bar):
            words = (self.tr("Sample"), picture) if kind else None
            self.bar.set_fills(words, self._fill(problem) != "sample")


def _picture_kind(problem: Problem) -> Fill | None:
    """Return what picture a neuron can hold: the plane, or its weights on an image."""
    if problem.dataset.is_planar:
        return "plane"
    first = problem.experiment.network.layers[0]
    has_pictures = problem.dataset.image_shape and isinstance(first, Dense | Conv2D)
    return "weights" if has_pictures else None
