"""A page of samples that are pictures: which are right, which are wrong, and how wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QWidget

from nnviz.gui.frame import Selection
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.layer_names import unit_name
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import em, small_font
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.samples.columns import WRONG
from nnviz.gui.panels.samples.page_model import PageModel
from nnviz.gui.widgets.buttons import IconButton
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.data_table import WALKS
from nnviz.gui.widgets.idle import IdleTimer
from nnviz.training.inspection import Inspection, Outputs
from nnviz.training.problem import PartName, Problem

_TELL_SECONDS = 0.5
"""While moments follow each other, what the network says is told anew no more often."""

_FEW = 12
"""So many samples have large pictures."""

_TALL, _TALLEST = 4.2, 9.0
"""Heights of pictures, and of those of a few samples, in heights of a line of small text."""

_WIDEST_WORDS = 9.0
"""Heights of a line that what is written below a picture has at most."""


@guarded
class PictureGrid(QListView):
    """Pictures side by side, as many as fit, with a line of text below each."""

    chosen = Signal(int)
    """The person chose a picture: its place on the page."""

    left = Signal()
    """The pointer is no longer on the page."""

    whole = False
    """Set for a picture: nothing is scrolled, and of rows there are only whole ones."""

    cell = QSize(1, 1)
    """The least room for a picture and its line."""

    def __init__(self, model: PageModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._following = False
        self.setFont(small_font())
        self.setModel(model)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.selectionModel().currentChanged.connect(self._on_current)

    def set_cells(self, picture: QSize, words: int) -> None:
        """Have room for pictures of a size, in pixels, and for lines that wide."""
        wide = max(picture.width(), min(words, em(self, _WIDEST_WORDS)))
        self.cell = QSize(wide + SPACE, picture.height() + em(self, 1.0) + SPACE + 2)
        self.setIconSize(picture)
        self._share()

    def follow(self, place: int) -> None:
        """Mark a picture and bring it into sight, -1 for none; nothing is signalled."""
        if place != self.currentIndex().row():
            self._following = True
            self.setCurrentIndex(self.model().index(place, 0))
            self._following = False

    def in_sight(self) -> range:
        """Return the places on the page that are in sight."""
        cell, above = self.gridSize(), self.verticalScrollBar().value()
        across = max(1, self.viewport().width() // cell.width())
        first, last = (y // cell.height() for y in (above, above + self.viewport().height()))
        return range(first * across, min((last + 1) * across, self.model().rowCount()))

    def _share(self) -> None:
        """Share the width among the columns."""
        bar = 0 if self.whole else self.verticalScrollBar().sizeHint().width()
        room = max(1, self.width() - bar - 2)
        self.setGridSize(QSize(room // max(1, room // self.cell.width()), self.cell.height()))
        self.verticalScrollBar().setSingleStep(self.cell.height() // 3)
        if self.whole:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setViewportMargins(0, 0, 0, self.height() % self.cell.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        self._share()
        super().resizeEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Say that the pointer is elsewhere."""
        super().leaveEvent(event)
        self.left.emit()

    def event(self, event: QEvent) -> bool:
        """Keep the arrows from the window's shortcuts."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.setAccepted(event.key() in WALKS)
            return event.isAccepted() or super().event(event)
        return super().event(event)

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid() and not self._following:
            self.chosen.emit(current.row())


@guarded
class SamplePage(OutputView):
    """Pictures of many samples, those that are asked for in the order that is asked for."""

    name = "page"
    title = str(QT_TRANSLATE_NOOP("SamplePage", "Pictures"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "SamplePage", "Many samples at once: those that are wrong, or uncertain, or of a class."
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = PageModel(self)
        self.grid = PictureGrid(self.model, self)
        self.asked = {"actual": "", "answer": "", "order": ""}
        """What is to be seen: a class and an answer by their names in the boxes, "" for all, and in
        which order."""
        self.total = 0
        """How many samples there are to choose from."""
        self._arranged: tuple[object, ...] = ()
        self._moment: Inspection | None = None
        self._told: Inspection | None = None
        self._offered: Selection | None = None
        self.idle = IdleTimer(self)
        self.idle.idle.connect(self._show)
        names = self.tr("Actual class"), self.tr("Predicted class"), self.tr("Order")
        self.boxes = {
            key: self._box(key, name) for key, name in zip(self.asked, names, strict=True)
        }
        self.header.legend.set_lines(1)  # the room is the pictures'
        self.filters = QWidget(self)
        self.body.addWidget(self.filters)
        self.everything = IconButton("x", self.tr("Show all"), self.tr("Show all samples."), self)
        self.everything.setObjectName("output-page-all")
        self.everything.clicked.connect(self._show_all)
        parts = *self.boxes.values(), self.everything
        filled(QHBoxLayout(self.filters), *parts, spacing=SPACE // 2)
        self.set_content(self.grid)
        self.grid.setObjectName("output-page-grid")
        self.grid.setAccessibleName(self.tr("Pictures of the samples"))
        self.grid.chosen.connect(self._on_chosen)
        self.grid.left.connect(self._show)
        self.grid.verticalScrollBar().valueChanged.connect(self._tell)
        test = self.tr("Show the samples the network never learns from.")
        self.add_switch("test", self.tr("Test"), test)

    def _box(self, key: str, name: str) -> ChoiceBox:
        box = ChoiceBox(parent=self)
        box.setObjectName(f"output-page-{key}")
        box.setAccessibleName(name)
        box.chosen.connect(self._on_asked)
        return box

    # ------------------------------------------------------------------ what there is to see

    def prepare(self, problem: Problem) -> None:
        """Offer the classes; forget the samples of the run before."""
        self.filters.setHidden(self.bare)
        self.grid.whole = self.bare
        self.model.show_problem(problem)
        self._arranged, self._moment, self._told, self.total = (), None, None, 0
        self.idle.reset()
        names = [*enumerate(map(translated, problem.dataset.class_names))]
        actual, answer = self.tr("actual {name}"), self.tr("predicted {name}")
        self.boxes["actual"].fill([Entry("", self.tr("all classes"))])
        self.boxes["answer"].fill(
            [
                Entry("", self.tr("all answers")),
                Entry("right", self.tr("right")),
                Entry("wrong", self.tr("wrong")),
            ]
        )
        for label, name in names:
            self.boxes["actual"].add(Entry(str(label), actual.format(name=name)))
            self.boxes["answer"].add(Entry(str(label), answer.format(name=name)))
        for key in ("actual", "answer"):
            if self.asked[key] not in self.boxes[key].names():
                self.asked[key] = ""
        self._offer_orders(None)
        self._dress()

    def _offer_orders(self, neuron: Selection | None) -> None:
        """Offer the ways to order samples; that of a neuron where one is selected."""
        self._offered = neuron
        tip = self.tr("Those come first whose two largest outputs are nearly the same.")
        box = self.boxes["order"]
        box.fill(
            [
                Entry("", self.tr("data order")),
                Entry("uncertain", self.tr("uncertain first"), tip),
                Entry("worst", self.tr("worst first"), self.tr("The largest loss comes first.")),
            ]
        )
        if neuron is not None and self.problem is not None:
            name = unit_name(self.problem, neuron.layer + 1, neuron.unit)
            tip = self.tr("The largest activation of the selected neuron or map comes first.")
            box.add(Entry("excites", self.tr("excites {name} most").format(name=name), tip))

    def take(self, inspection: Inspection) -> None:
        """Show what the network says of the samples.

        Which are there, and in what order, stays while moments follow each other and while the
        pointer is on the page, until something else is asked for.
        """
        self.idle.update()
        self._show()

    @Slot()
    def _show(self) -> None:
        inspection = self.inspection
        if inspection is None:
            return
        if self.selection != self._offered:
            self._offer_orders(self.selection)
        order = self.asked["order"] if self.asked["order"] in self.boxes["order"].names() else ""
        for key, name in {**self.asked, "order": order}.items():
            self.boxes[key].show_value(name)
        neuron = self.selection if order == "excites" else None
        arranged = self.part, self.asked["actual"], self.asked["answer"], order, neuron
        stays = self.idle.moving or inspection.estimated or self.grid.underMouse()
        if arranged != self._arranged or (inspection is not self._moment and not stays):
            self._arranged, self._moment, self._told = arranged, inspection, inspection
            self._arrange(inspection, order)
        elif inspection is not self._told and self.idle.due("answers", _TELL_SECONDS):
            self._told = inspection
            self.model.forget()
            self._tell()
        self.grid.follow(self.model.place_of(self.row))

    def _arrange(self, inspection: Inspection, order: str) -> None:
        """Put the samples that are asked for onto the page, in order."""
        outputs = inspection.outputs(self.part)
        assert outputs is not None
        labels, answer = inspection.problem.labels[outputs.index], self.asked["answer"]
        kept = np.full(labels.shape, True)
        if self.asked["actual"]:
            kept &= labels == int(self.asked["actual"])
        if answer.isdigit():
            kept &= outputs.labels == int(answer)
        elif answer:
            kept &= (outputs.labels == labels) == (answer == "right")
        places = np.flatnonzero(kept)
        places = places[np.argsort(self._ranks(inspection, outputs, order)[places], kind="stable")]
        self.total = len(outputs.index)
        self.model.forget()
        self.model.tell(outputs.index, outputs.labels)
        self.model.show_rows(outputs.index[places])
        self.everything.setVisible(bool(self.asked["actual"] or answer))
        self._show_legend()

    def _ranks(self, inspection: Inspection, outputs: Outputs, order: str) -> NDArray[np.number]:
        """Return a number for each sample; those with the smallest come first."""
        found, values = None, outputs.values
        if order == "uncertain" and values.shape[1] == 1:
            return np.abs(values[:, 0] - inspection.problem.decision_threshold)
        if order == "uncertain":
            second, best = np.partition(values, -2, axis=1)[:, -2:].T
            return np.asarray(best - second)
        if order == "worst":
            found = inspection.losses(self.part)
        elif order == "excites" and self.selection is not None:
            found = inspection.excitations(self.part, self.selection.layer, self.selection.unit)
        return outputs.index if found is None else np.asarray(-found)

    @Slot()
    def _tell(self) -> None:
        """Ask the network about the samples in sight of which is not known what it says."""
        if self.inspection is None:
            return
        rows = [row for row in self.model.rows[self.grid.in_sight()] if not self.model.knows(row)]
        if rows:
            problem = self.inspection.problem
            outputs = self.inspection.trace(problem.dataset.inputs[rows])[-1].a
            self.model.tell(rows, problem.decide(outputs))

    # ------------------------------------------------------------------ what is asked for

    @Slot(str)
    def _on_asked(self, name: str) -> None:
        key = next(key for key, box in self.boxes.items() if box is self.sender())
        self.asked[key] = name
        self._show()

    @Slot()
    def _show_all(self) -> None:
        self.asked.update(actual="", answer="")
        self._show()

    @Slot(int)
    def _on_chosen(self, place: int) -> None:
        self.row_chosen.emit(int(self.model.rows[place]))

    def view_state(self) -> Mapping[str, Any]:
        """Return what is asked for."""
        return {**super().view_state(), **self.asked}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Ask for the same."""
        self.asked.update({key: str(state[key]) for key in self.asked if key in state})
        super().restore_view(state)
        self._show()

    # ------------------------------------------------------------------ what it looks like

    def restyle(self) -> None:
        """Take over colours and fonts."""
        self._dress()
        super().restyle()

    def _dress(self) -> None:
        if self.problem is None:
            return
        tall = _TALLEST if self.problem.rows.size <= _FEW else _TALL
        height, ratio = em(self.grid, tall), self.devicePixelRatioF()
        picture = self.model.dress(self.theme, height, ratio)
        longest = max(map(translated, self.problem.dataset.class_names), key=len)
        words = self.model.caption_of(longest, longest)
        self.grid.set_cells(picture, QFontMetrics(self.grid.font()).horizontalAdvance(words))

    def legend(self) -> list[LegendEntry]:
        """Return how many samples are shown, and how a wrong answer is written."""
        part, rows = self.part, 0 if self.problem is None else self.problem.parts[self.part].rows
        texts = {
            "train": self.tr("{shown} of {total} training samples"),
            "validation": self.tr("{shown} of {total} validation samples"),
            "test": self.tr("{shown} of {total} test samples"),
        }
        figures = {"shown": count(self.model.rowCount()), "total": count(self.total)}
        reason = self.tr("Of {rows} samples of this part {total} are judged, always the same.")
        reason = reason.format(rows=count(rows), **figures) if self.total < rows else ""
        mark = "disc" if part == "train" else "ring"
        wrong = self.tr("{mark} actual → predicted").format(mark=WRONG)
        return [
            LegendEntry(texts[part].format(**figures), self.theme.muted, mark, reason=reason),
            LegendEntry(wrong, self.theme.error, ""),
        ]

    def describe(self, inspection: Inspection, part: PartName = "train") -> str:
        """Return how right the answers are, and which samples are shown."""
        asked = ", ".join(box.currentText() for box in self.boxes.values())
        return self.tr("{right} Shown are {shown}: {asked}.").format(
            right=super().describe(inspection, self.part),
            shown=self.legend()[0].label,
            asked=asked,
        )
