"""The slim bar under the picture: what fills the neurons, which sample, how near."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QLocale,
    QObject,
    QSignalBlocker,
    QStringListModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFocusEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QSlider,
    QSpinBox,
    QWidget,
)

from nnviz.datasets.own.kinds import date_text
from nnviz.gui.look import numbers
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.units import date_orders
from nnviz.gui.network.answers import answer_text
from nnviz.gui.network.drawing import tight
from nnviz.gui.network.sample_activations import expected
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.widgets.buttons import IconButton, SegmentedControl
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.problem import Problem

_TOLD_INPUTS = 6
_ROOM_FOR_SLIDER, _ROOM_FOR_FINDER = 45, 36
"""Widths, in heights of a line, from which on there is room for them."""


@guarded
class NetworkBar(QWidget):
    """Controls of the network picture."""

    row_chosen = Signal(int)
    """A sample's row in the data set, counted from 0; people read it counted from 1."""

    fill_chosen = Signal(int)
    """How the neurons are to be filled: the position in what `set_fills` offered."""

    asked = Signal(str)
    """The name, of those offered, of a neuron or layer that is looked for."""

    left = Signal()
    """The person is done with looking for a neuron."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("network-controls")
        self._fill = SegmentedControl("network-fill", self)
        self._fill.setAccessibleName(self.tr("What fills the neurons"))
        self.slider, self.spin = QSlider(Qt.Orientation.Horizontal, self), QSpinBox(self)
        self.sentence = small(ElidedLabel(self))
        self.finder = QLineEdit(self)
        out = self.tr("Step back from the network; learning is not touched (−)")
        near = self.tr("Look closer at the network; learning is not touched (+)")
        whole = self.tr("Show the whole network; learning is not touched (F)")
        self.zoom_out = IconButton("minus", self.tr("Zoom out"), out, self, icon_side=1.1)
        self.zoom_in = IconButton("plus", self.tr("Zoom in"), near, self, icon_side=1.1)
        self.fit = IconButton("maximize", self.tr("Fit"), whole, self, icon_side=1.1)
        self._is_finding = self._revealed = False
        self._shown: tuple[Problem, int, Sequence[float] | None] | None = None
        self._parts: dict[str, QWidget] = {
            "fill": self._fill,
            "row-slider": self.slider,
            "row": self.spin,
            "sample": self.sentence,
            "find": self.finder,
            "zoom-out": self.zoom_out,
            "zoom-in": self.zoom_in,
            "fit": self.fit,
        }
        self._prepare_samples()
        self._prepare_finder()
        self._name_controls()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 0, SPACE, SPACE)
        layout.setSpacing(SPACE)
        for name, part in self._parts.items():
            part.setObjectName(f"network-{name}")
            layout.addWidget(part)
            part.setVisible(part is self.sentence)  # a picture for export has nothing to press
        layout.setStretchFactor(self.sentence, 1)

    def reveal(self) -> None:
        """Show the controls, now that there is somebody to press them."""
        self._revealed = True
        for part in self._parts.values():
            part.show()
        self.take_back()
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for; the number field stays."""
        self._make_room()

    @Slot()
    def begin_finding(self) -> None:
        """Let the person type what to look for."""
        self._is_finding = True
        self._make_room()
        self.finder.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.finder.selectAll()

    def begin(self, problem: Problem, names: Sequence[str]) -> None:
        """Offer the samples of a new run, and the names that can be looked for."""
        rows = problem.dataset.rows
        for control in (self.slider, self.spin):
            with QSignalBlocker(control):
                control.setRange(1, rows)
        self.spin.setSuffix(self.tr(" of {rows}").format(rows=numbers.count(rows)))
        self.slider.setPageStep(max(rows // 10, 1))
        self._names.setStringList(names)
        self.show_row(problem, 0)

    @Slot()
    def take_back(self) -> None:
        """Say what the sample is, in place of what was refused last."""
        if self._shown is None:
            return
        problem, row, moved = self._shown
        texts = self._sample_texts(problem, row, moved)
        if not self._revealed:  # a picture has no number field
            numbered = self.tr("Sample {number} of {rows}: {sample}")
            number, rows = numbers.count(row + 1), numbers.count(problem.dataset.rows)
            texts = [numbered.format(number=number, rows=rows, sample=text) for text in texts]
        self._say("muted", *texts, "")

    def set_fills(self, words: Sequence[str], current: int) -> None:
        """Offer ways to fill the neurons, or none, and say which it is."""
        tip = self.tr("Fill neurons with the chosen sample's values, or with a picture each")
        self._fill.fill([(word, tip) for word in words], current)
        self._make_room()

    def show_row(self, problem: Problem, row: int, moved: Sequence[float] | None = None) -> None:
        """Show which sample is chosen and what it is, or is moved to, without announcing it."""
        for control in (self.slider, self.spin):
            with QSignalBlocker(control):
                control.setValue(row + 1)
        self._shown = (problem, row, moved)
        self.take_back()

    def _sample_texts(self, problem: Problem, row: int, moved: Sequence[float] | None) -> list[str]:
        """Return what a sample is, in full and in short; or what inputs it is moved to."""
        data = problem.dataset
        answer = answer_text(problem, expected(problem, row))
        short = self.tr("actual {answer}").format(answer=answer)
        if data.image_shape:
            return [short if moved is None else self.tr("another picture")]
        values = data.inputs[row].tolist() if moved is None else moved
        dates = date_orders(problem)
        pairs = list(zip(data.feature_names, values, strict=True))
        told = ", ".join(
            self.tr("{name} {value}").format(
                name=translated(name),
                value=date_text(value, dates[place]) if place in dates else tight(value),
            )
            for place, (name, value) in enumerate(pairs[:_TOLD_INPUTS])
        )
        if data.features > _TOLD_INPUTS:
            told = self.tr("{inputs}, …").format(inputs=told)
        if moved is not None:
            return [self.tr("moved to {inputs}").format(inputs=told), self.tr("moved")]
        return [self.tr("{inputs} → {answer}").format(inputs=told, answer=answer), short]

    def _say(self, ink: str, *texts: str) -> None:
        self.sentence.set_texts(*texts)
        if self.sentence.property("ink") != ink:
            small(self.sentence, ink)
            self.sentence.style().polish(self.sentence)

    def _make_room(self) -> None:
        if self._revealed:
            lines = self.width() / em(self)
            self.slider.setVisible(lines >= _ROOM_FOR_SLIDER)
            self.finder.setVisible(lines >= _ROOM_FOR_FINDER or self._is_finding)
            self._fill.setVisible(self._fill.current >= 0)

    @Slot()
    def _ask(self) -> None:
        """Ask for the first name that has what was typed in it, or say that there is none."""
        text = self.finder.text().strip()
        self.finder.completer().setCompletionPrefix(text)
        name = self.finder.completer().currentCompletion()
        if text and name:
            self.asked.emit(name)
        elif text:
            said = self.tr("Nothing is called “{text}”: try {example}.")
            example = self._names.stringList()[-1]
            self._say("error", said.format(text=text, example=example))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Forget what was looked for once the field is left, but not for its list of names."""
        popup = Qt.FocusReason.PopupFocusReason
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() is not popup:
            self.finder.clear()
            self.take_back()
            self._is_finding = False
            self._make_room()
        return False

    @Slot(int)
    def _choose(self, number: int) -> None:
        self.row_chosen.emit(number - 1)

    def _prepare_samples(self) -> None:
        self._fill.chosen.connect(self.fill_chosen)
        # Grouped as all other numbers of the window are.
        self.spin.setLocale(QLocale(QLocale.Language.English))
        self.spin.setGroupSeparatorShown(True)
        self.spin.setProperty("plain", True)
        self.spin.setKeyboardTracking(False)
        self.slider.setFixedWidth(em(self, 6))
        self.slider.valueChanged.connect(self._choose)
        self.spin.valueChanged.connect(self._choose)

    def _prepare_finder(self) -> None:
        self.finder.setPlaceholderText(self.tr("Find neuron"))
        self.finder.setFixedWidth(em(self, 8))
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self.finder)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self.asked)
        # Qt makes the list without a parent, and so without the window's style sheet.
        names_list = QListView(self.finder)
        completer.setPopup(names_list)
        names_list.setParent(self.finder, Qt.WindowType.Popup)
        self.finder.setCompleter(completer)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.finder)
        escape.setContext(Qt.ShortcutContext.WidgetShortcut)
        escape.activated.connect(self.left)
        self.finder.returnPressed.connect(self._ask)
        self.finder.textEdited.connect(self.take_back)
        self.finder.installEventFilter(self)

    def _name_controls(self) -> None:
        row = self.tr("Choose the sample whose way through the network is shown")
        find = self.tr(
            "Type the name of a layer or a neuron, such as Hidden 1, 3, to see it alone; learning "
            "is not touched (Ctrl+F)"
        )
        for control, title, tip in (
            (self.slider, self.tr("Sample"), row),
            (self.spin, self.tr("Sample number"), row),
            (self.finder, self.tr("Find a neuron"), find),
        ):
            control.setAccessibleName(title)
            set_tool_tip(control, tip)
