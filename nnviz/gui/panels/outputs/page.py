"""A page of samples that are pictures: which are right, which are wrong, and how wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QT_TRANSLATE_NOOP,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QWidget

from nnviz.gui.frame import Selection
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.layer_names import unit_name
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import em, small_font
from nnviz.gui.look.texts import class_titles, part_name, translated
from nnviz.gui.look.theme import LIGHT, SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.order import SampleOrder
from nnviz.gui.panels.samples.columns import RIGHT, WRONG
from nnviz.gui.panels.samples.picture import thumbnail
from nnviz.gui.plain import literal
from nnviz.gui.widgets.arrows import claims_arrow
from nnviz.gui.widgets.buttons import IconButton
from nnviz.gui.widgets.choice_box import ViewChoice
from nnviz.gui.widgets.idle import IdleTimer
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.ranking import samples_in_order

_ASKED = 32
"""Of so many samples beside one another the network is asked at once."""

_TELL_SECONDS = 0.5
"""While moments follow each other, answers are renewed no more often."""

_FEW = 12
"""So many samples have large pictures."""

_TALL, _TALLEST, _WIDEST = 4.2, 9.0, 6.0
"""Heights of pictures and of those of a few samples, and the most width of what is written below
one, in heights of a line."""

_Role = Qt.ItemDataRole
_TOLD = _Role.ToolTipRole, _Role.AccessibleTextRole
_Index = QModelIndex | QPersistentModelIndex


@guarded
class PageModel(QAbstractListModel):
    """Rows of the data set in any order, and what the network says of those that are seen."""

    inspection: Inspection | None = None
    look: tuple[Theme, int, float] = (LIGHT, 1, 1.0)
    """Theme, height in pixels, and pixels of the screen in each of these."""
    cell = QSize()
    """Room for a picture and the line below it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows = np.empty(0, dtype=np.intp)
        """The rows of the data set that are listed."""
        self._said: dict[int, int] = {}
        self.pictures: dict[int, QIcon] = {}

    def show_rows(self, rows: NDArray[np.intp]) -> None:
        """List these rows of the data set."""
        if not np.array_equal(rows, self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def take(self, inspection: Inspection) -> None:
        """Say what the network says at another moment."""
        self.inspection = inspection
        self._said.clear()
        if self.rows.size:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many are listed."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Return a picture, what is written below it, in which colour, and what is told of it."""
        if self.inspection is None:
            return None
        problem, row = self.inspection.problem, int(self.rows[index.row()])
        if role == _Role.DecorationRole:
            return self._picture(problem, row)
        if role == _Role.SizeHintRole:  # else the line would have no more than the picture's width
            return self.cell
        if role not in (*_TOLD, _Role.DisplayRole, _Role.ForegroundRole):
            return None
        actual, said = int(problem.dataset.targets[row]), self._answer(problem, index.row())
        if role == _Role.ForegroundRole:
            return QColor(self.look[0].text if said == actual else self.look[0].error)
        text = "{right} {actual}" if said == actual else "{wrong} {actual} → {said}"
        if role in _TOLD:
            text = self.tr("sample {row}: predicted {said} {right}")
        if role in _TOLD and said != actual:
            text = self.tr("sample {row}: predicted {said} {wrong}, actual {actual}")
        names = [translated(problem.dataset.class_names[label]) for label in (actual, said)]
        figures = {"row": count(row + 1), "right": RIGHT, "wrong": WRONG}
        text = text.format(actual=names[0], said=names[1], **figures)
        return literal(text) if role == _Role.ToolTipRole else text

    def _answer(self, problem: Problem, place: int) -> int:
        """Return the predicted class; those around it are asked for as well."""
        row, start = int(self.rows[place]), place // _ASKED * _ASKED
        if row not in self._said and self.inspection is not None:
            rows = self.rows[start : start + _ASKED]
            outputs = self.inspection.trace(problem.dataset.inputs[rows])[-1].a
            self._said.update(zip(rows.tolist(), problem.decide(outputs).tolist(), strict=True))
        return self._said[row]

    def _picture(self, problem: Problem, row: int) -> QIcon:
        if row not in self.pictures:
            shown = thumbnail(problem, problem.dataset.inputs[row], *self.look)
            icon = self.pictures[row] = QIcon(shown)
            icon.addPixmap(shown, QIcon.Mode.Selected)  # Qt would make another, in its own colour
        return self.pictures[row]


@guarded
class PictureGrid(QListView):
    """Pictures side by side, as many as fit, with a line of text below each."""

    def __init__(self, model: PageModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFont(small_font())
        self.setModel(model)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def event(self, event: QEvent) -> bool:
        """Keep the arrows from the window's shortcuts."""
        is_shortcut = event.type() is QEvent.Type.ShortcutOverride
        return claims_arrow(event, is_shortcut) or super().event(event)


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
        self.order = SampleOrder("page")
        self._offered: Selection | None = None
        self.idle = IdleTimer(self)
        self.idle.idle.connect(self._show)
        names = {"actual": self.tr("Actual class"), "answer": self.tr("Predicted class")}
        names["order"] = self.tr("Order")
        self.boxes = {key: ViewChoice(f"output-page-{key}", names[key], self) for key in names}
        for box in self.boxes.values():
            box.chosen.connect(self._show)
        self.everything = IconButton("x", self.tr("Show all"), self.tr("Show all samples."), self)
        self.everything.setObjectName("output-page-all")
        self.everything.clicked.connect(self._show_all)
        self.filters = QWidget(self)
        parts = *self.boxes.values(), self.everything
        filled(QHBoxLayout(self.filters), *parts, spacing=SPACE // 2)
        self.body.addWidget(self.filters)
        self.set_content(self.grid)
        self.grid.setObjectName("output-page-grid")
        self.grid.setAccessibleName(self.tr("Pictures of the samples"))
        self.grid.selectionModel().currentChanged.connect(self._on_current)
        test = self.tr("Show the samples the network never learns from.")
        self.add_switch("test", self.tr("Test"), test)

    def prepare(self, problem: Problem) -> None:
        """Offer the classes; forget the samples of the run before."""
        self.filters.setHidden(self.bare)
        self.order.reset()
        self.model.inspection = None
        self.model.pictures.clear()
        self.model.show_rows(self.model.rows[:0])
        self.idle.reset()
        neuron = self._offered
        self._offer(problem, neuron if neuron is not None and neuron.fits(problem) else None)

    def _offer(self, problem: Problem, neuron: Selection | None) -> None:
        """Offer classes, answers, and orders: that of a neuron where one is selected."""
        self._offered = neuron
        actual, answer = self.tr("actual {name}"), self.tr("→ {name}")
        orders = {"": self.tr("data order"), "uncertain": self.tr("uncertain first")}
        orders["worst"] = self.tr("worst first")
        orders["excites"] = self.tr("excites a selected neuron")
        if neuron is not None:
            name = unit_name(problem, neuron.layer + 1, neuron.unit)
            orders["excites"] = self.tr("excites {name}").format(name=name)
        classes = {"": self.tr("all classes")}
        answers = {"": self.tr("all answers"), "right": self.tr("right"), "wrong": self.tr("wrong")}
        for label, name in class_titles(problem.dataset).items():
            classes[label], answers[label] = actual.format(name=name), answer.format(name=name)
        offers = {"actual": classes, "answer": answers, "order": orders}
        for key, offered in offers.items():
            self.boxes[key].offer(offered)
        order = self.boxes["order"]
        order.item("excites").setEnabled(neuron is not None)
        if neuron is None and order.name == "excites":
            order.show_value("")

    def take(self, inspection: Inspection) -> None:
        """Show what is said of the samples; their order stays while moments follow each other."""
        self.idle.update()
        self._show()

    @Slot()
    def _show(self) -> None:
        if self.frame is None or self.inspection is None:
            return
        if self.frame.selection != self._offered:
            self._offer(self.inspection.problem, self.frame.selection)
        names = tuple(box.name for box in self.boxes.values())
        neuron = self.frame.selection if names[-1] == "excites" else None
        place = None if neuron is None else (neuron.layer, neuron.unit)
        asked: tuple[Any, ...] = (self.part, *names, place)
        if self.model.inspection is not self.inspection and self.idle.due("said", _TELL_SECONDS):
            self.model.take(self.inspection)
        self.order.ask(asked, self.frame.inspection, self.idle.moving)
        if self.order.waits:
            rows = self.order.found(
                lambda moment: samples_in_order(moment, *asked), any(names[1:]), self.inspection
            )
            self.model.show_rows(self.model.rows if rows is None else rows)
            self.everything.setVisible(any(names[:2]))
            self._dress()
            self._show_legend()
        found = np.flatnonzero(self.model.rows == self.row)
        # What is in order anew stays where it is.
        self.grid.setAutoScroll(not self.order.is_renewed)
        self.grid.setCurrentIndex(self.model.index(int(found[0]) if found.size else -1, 0))
        self.grid.setAutoScroll(True)
        if self.order.is_other:
            self.grid.scrollToTop()

    @Slot()
    def _show_all(self) -> None:
        self.restore_view({"actual": "", "answer": ""})
        self._show()

    @Slot(QModelIndex)
    def _on_current(self, current: QModelIndex) -> None:
        if current.isValid() and self.model.rows[current.row()] != self.row:
            self.row_chosen.emit(int(self.model.rows[current.row()]))

    def view_state(self) -> Mapping[str, Any]:
        """Return what is asked for."""
        return {**super().view_state(), **{key: box.name for key, box in self.boxes.items()}}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Ask for the same."""
        for key, box in self.boxes.items():
            box.show_value(str(state.get(key, box.name)))
        super().restore_view(state)

    def restyle(self) -> None:
        """Take over colours and fonts."""
        self._dress()
        super().restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._dress()

    def _dress(self) -> None:
        """Give pictures the colours there are now, and share the room among as many as fit.

        An export has only whole rows, and none to scroll.
        """
        if self.problem is None:
            return
        tall = em(self.grid, _TALLEST if self.problem.rows.size <= _FEW else _TALL)
        look = self.theme, tall, self.devicePixelRatioF()
        if look != self.model.look:
            self.model.look = look
            self.model.pictures.clear()
        first = thumbnail(self.problem, self.problem.dataset.inputs[0], *look)
        picture = first.deviceIndependentSize().toSize()
        longest = max(map(translated, self.problem.dataset.class_names), key=len)
        words = QFontMetrics(self.grid.font()).horizontalAdvance(f"{WRONG} {longest} → {longest}")
        wide = max(picture.width(), min(words, em(self.grid, _WIDEST)))
        wide, high = wide + SPACE, picture.height() + em(self.grid, 1.0) + SPACE + 2
        bar = 0 if self.bare else self.grid.verticalScrollBar().sizeHint().width()
        room = max(1, self.width() - bar - 2)
        self.grid.setIconSize(picture)
        self.grid.verticalScrollBar().setSingleStep(high // 3)  # a row for each notch of a wheel
        self.grid.setGridSize(QSize(room // max(1, room // wide), high))
        self.model.cell = self.grid.gridSize() - QSize(4, 4)
        if self.bare:
            self.grid.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.grid.setMaximumHeight(max(1, self.height() // high) * high)

    def legend(self) -> list[LegendEntry]:
        """Return how many samples are shown, and how a wrong answer is written."""
        texts = [self.tr("{part}: {shown} of {total}")]
        if not any(box.name for key, box in self.boxes.items() if key != "order"):
            texts = [self.tr("{part}: {total}")]
        if self.bare:  # where no boxes say it
            texts += [box.currentText() for box in self.boxes.values() if box.name]
        total = 0 if self.problem is None else self.problem.judged[self.part].rows
        shown = "…" if self.order.waits else count(self.model.rowCount())
        said = ", ".join(texts).format(part=part_name(self.part), shown=shown, total=count(total))
        mark = "disc" if self.part == "train" else "ring"
        wrong = self.tr("{mark} actual → predicted").format(mark=WRONG)
        return [LegendEntry(said, self.theme.muted, mark), LegendEntry(wrong, "", "")]
