"""The network panel: the heart of the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import QT_TRANSLATE_NOOP, QSignalBlocker, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnviz.engine.layers import Conv2D, Dense, shape_text
from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.network.answers import answer_text
from nnviz.gui.network.bar import NetworkBar
from nnviz.gui.network.canvas import NetworkCanvas
from nnviz.gui.network.finding import Directory, Missing
from nnviz.gui.network.labels import column_titles, input_titles, output_titles
from nnviz.gui.network.reading import expected, predicted, read
from nnviz.gui.network.scene import Fill
from nnviz.gui.network.sheet import Folding
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.panels.legend import LegendRow
from nnviz.gui.plain import set_tool_tip
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem


@guarded
class NetworkView(Panel):
    """Neurons and weighted edges, live.

    Neurons show what they do to the chosen sample, or over the whole plane; edges show sign and
    size of the weights; the mouse explains each.
    """

    key: ClassVar[str] = "network"
    title: ClassVar[str] = str(QT_TRANSLATE_NOOP("NetworkView", "Network"))
    explanation: ClassVar[str] = str(
        QT_TRANSLATE_NOOP(
            "NetworkView",
            "Neurons and weights. Blue is positive, orange negative, and a thicker line is a "
            "larger weight. Rest the pointer on a neuron to see its arithmetic.",
        )
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(self.tr("Network"))
        self.canvas = NetworkCanvas(theme, self)
        self.canvas.setAccessibleName(self.tr("Picture of the network"))
        self.marks = LegendRow(theme, self, lines=1)
        self.marks.setObjectName("network-legend")
        self.marks.hide()  # until somebody looks: a picture for export has its own
        self.bar = NetworkBar(theme, self)
        self._problem: Problem | None = None
        self._inspection: Inspection | None = None
        self._row = 0
        self._wishes: dict[str, Fill] = {}
        self.setAutoFillBackground(True)
        self._colour_background()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(SPACE + SPACE // 2, SPACE // 2, SPACE, 0)
        row.addWidget(self.marks)
        layout.addLayout(row)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.bar)
        self.bar.row_chosen.connect(self._choose_row)
        self.bar.switch.toggled.connect(self._switch_fill)
        self.bar.zoom_in.clicked.connect(self.canvas.zoom_in)
        self.bar.zoom_out.clicked.connect(self.canvas.zoom_out)
        self.bar.fit.clicked.connect(self.canvas.fit)
        self.bar.layers.clicked.connect(self._offer_layers)
        self.bar.layers.chosen.connect(self._open_layer)
        self.bar.finder.wondered.connect(self._offer_neurons)
        self.bar.finder.asked.connect(self._find)
        self.bar.finder.left.connect(self._leave_finder)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setObjectName("network-find-shortcut")
        find.activated.connect(self.bar.begin_finding)

    # ------------------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Show the network of a new run, its neurons still empty."""
        self._problem, self._inspection, self._row = problem, None, 0
        self.bar.take_back()
        self.bar.set_rows(problem.dataset.rows)
        self.bar.set_fills(self._words(problem))
        self.canvas.set_problem(problem, self._fill(problem))
        self._set_switch(problem)
        self.bar.show_row(problem, 0)

    def show_frame(self, frame: Frame) -> None:
        """Show a moment and the chosen sample; nothing is done when both are shown already."""
        self._show(frame.inspection, frame.row)

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        self._colour_background()
        self._show_marks()
        self.canvas.set_theme(theme)
        self.bar.set_theme(theme)

    def legend(self) -> list[LegendEntry]:
        """Return what lines, colours and dots mean."""
        theme = self.theme
        return [
            LegendEntry(
                self.tr("positive weight; the thicker, the larger in its layer"), theme.positive
            ),
            LegendEntry(self.tr("negative weight"), theme.negative, "dashed"),
            LegendEntry(
                self.tr("value of a neuron, from negative to positive"),
                theme.negative,
                "gradient",
                theme.positive,
            ),
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
        reading = read(inspection, self._row)
        sentence = self.tr(
            "A network {shape} after {epoch} epochs: for sample {number} it predicts {predicted},"
            " and {expected} is expected."
        )
        return sentence.format(
            shape=shape,
            epoch=inspection.epoch,
            number=self._row + 1,
            predicted=answer_text(problem, predicted(problem, reading)),
            expected=answer_text(problem, expected(problem, self._row)),
        )

    def view_state(self) -> Mapping[str, Any]:
        """Return what fills the neurons, and what part is seen, in shares of the picture."""
        canvas = self.canvas
        x, y = canvas.offset
        return {
            "fills": dict(self._wishes),
            "zoom": canvas.camera.zoom,
            "x": x,
            "y": y,
            "focus": canvas.focus,
            "opened": canvas.folding.opened,
            "first": dict(canvas.folding.first),
        }

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Look as another instance does, whatever the sizes of both."""
        wishes = state.get("fills", {})
        pictures: tuple[Fill, ...] = ("plane", "weights")
        for kind in pictures:
            if kind in wishes:
                self._wishes[kind] = kind if wishes[kind] == kind else "sample"
        if self._problem is not None:
            self._set_switch(self._problem)
            self.canvas.set_fill(self._fill(self._problem))
        self.canvas.set_folding(Folding(dict(state.get("first", {})), state.get("opened")))
        place = (float(state.get(key, 0.0)) for key in ("x", "y"))
        self.canvas.look_at(float(state.get("zoom", 1.0)), *place)
        focus = state.get("focus")
        self.canvas.set_focus((int(focus[0]), int(focus[1])) if focus else None)

    def showEvent(self, event: QShowEvent) -> None:
        """Give the picture its controls, which one made for export does not need."""
        super().showEvent(event)
        if not self.bare:
            self._show_marks()
            self.marks.show()
            self.bar.reveal()
            self.canvas.set_touchable(True)

    # --------------------------------------------------------------------------------- the inside

    def _show(self, inspection: Inspection, row: int) -> None:
        if self._problem is None or (inspection is self._inspection and row == self._row):
            return
        self._inspection, self._row = inspection, row
        self.canvas.set_reading(read(inspection, row))
        self.bar.show_row(self._problem, row)

    def _show_marks(self) -> None:
        """Say above the picture what `legend` says, in fewer words; the rest is in its tooltip."""
        words = (
            self.tr("positive weight"),
            self.tr("negative weight"),
            self.tr("neuron, − to +"),
            self.tr("bias"),
        )
        full = self.legend()
        self.marks.show_entries(
            [replace(entry, label=word) for entry, word in zip(full, words, strict=True)],
            self.theme,
        )
        tip = self.tr("|w| between two layers is the weight of the thickest line there")
        set_tool_tip(self.marks, "\n".join([*(entry.label for entry in full), tip]))

    @Slot(int)
    def _choose_row(self, row: int) -> None:
        if self._inspection is not None:
            self._show(self._inspection, row)
        self.row_chosen.emit(row)

    @Slot(int)
    def _open_layer(self, layer: int) -> None:
        if layer < 0:
            self.canvas.fit()
        else:
            self.canvas.open_layer(layer)
        self.canvas.setFocus()

    @Slot(str)
    def _find(self, text: str) -> None:
        """Bring what is asked for into view, or say why that cannot be."""
        directory = self._directory()
        if directory is None:
            return
        found = directory.find(text, self.canvas.current_layer)
        if isinstance(found, Missing):
            self.bar.refuse(self._refusal(directory, found, text))
            return
        self.bar.take_back()
        if found.number is None:
            self.canvas.open_layer(found.layer)
        else:
            self.canvas.focus_on(found.layer, self.canvas.unit_of(found.layer, found.number))
        self.canvas.setFocus()

    @Slot()
    def _leave_finder(self) -> None:
        self.canvas.setFocus()

    def _refusal(self, directory: Directory, missing: Missing, text: str) -> str:
        if missing.layer is None:
            said = self.tr("Nothing is called “{text}”: try {example}.")
            return said.format(text=text, example=f"{directory.titles[-1]}, 1")
        said = self.tr("{layer} has {count} to choose from: 1 to {count}.")
        return said.format(
            layer=directory.titles[missing.layer], count=directory.counts[missing.layer]
        )

    def _directory(self) -> Directory | None:
        scene = self.canvas.scene
        if scene is None:
            return None
        counts = tuple(column.units for column in scene.layout.columns)
        names = {0: input_titles(scene.problem)}
        if scene.problem.outputs > 1:
            names[len(counts) - 1] = output_titles(scene.problem)
        return Directory(column_titles(scene.problem), counts, names)

    @Slot()
    def _offer_layers(self) -> None:
        directory = self._directory()
        if directory is not None:
            self.bar.layers.open_menu(directory.titles)

    @Slot(str)
    def _offer_neurons(self, text: str) -> None:
        directory = self._directory()
        if directory is not None:
            self.bar.finder.offer(directory.meant(text, self.canvas.current_layer))

    @Slot(bool)
    def _switch_fill(self, picture: bool) -> None:
        kind = self._picture_kind(self._problem) if self._problem else None
        if self._problem is not None and kind is not None:
            self._wishes[kind] = kind if picture else "sample"
            self.canvas.set_fill(self._fill(self._problem))

    def _picture_kind(self, problem: Problem) -> Fill | None:
        """Return what picture a neuron can hold: the plane, or its weights on an image."""
        if problem.dataset.is_planar:
            return "plane"
        first = problem.experiment.network.layers[0]
        has_pictures = problem.dataset.image_shape and isinstance(first, Dense | Conv2D)
        return "weights" if has_pictures else None

    def _fill(self, problem: Problem) -> Fill:
        kind = self._picture_kind(problem)
        if kind is None:
            return "sample"
        return self._wishes.get(kind, "plane" if kind == "plane" else "sample")

    def _words(self, problem: Problem) -> tuple[str, str] | None:
        kind = self._picture_kind(problem)
        if kind is None:
            return None
        return self.tr("Sample"), self.tr("Plane") if kind == "plane" else self.tr("Weights")

    def _set_switch(self, problem: Problem) -> None:
        with QSignalBlocker(self.bar.switch):
            self.bar.switch.setChecked(self._fill(problem) != "sample")
        self.bar.switch.update()

    def _colour_background(self) -> None:
        palette = self.palette()
        palette.setColor(self.backgroundRole(), self.theme.surface)
        self.setPalette(palette)
