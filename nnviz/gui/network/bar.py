"""The slim bar under the picture: what fills the neurons, which sample, how near."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLocale, QObject, QRectF, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from nnviz.gui.look import numbers
from nnviz.gui.look.icons import icon, icon_size
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.themed import Themed
from nnviz.gui.network.answers import answer_text
from nnviz.gui.network.drawing import small_font, tight, write
from nnviz.gui.network.sample_activations import expected
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.training.problem import Problem

_TOLD_INPUTS = 6
_ROOM_FOR_SLIDER, _ROOM_FOR_FINDER = 45, 36
"""Widths, in heights of a line, from which on there is room for them."""

_LEAST_WORDS = 7
"""Width, in heights of a line, below which the beginning of a sentence says nothing."""


@guarded
class _Sentence(Themed, Label):
    """One line of small text that gives way before it widens its window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.is_refusal = False

    def say(self, text: str, is_refusal: bool = False) -> None:
        """Show a text; all of it is in the tooltip too."""
        self.is_refusal = is_refusal
        self.setText(text)
        set_tool_tip(self, text)
        self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write as much as there is room for."""
        painter, theme = QPainter(self), self.theme
        painter.setFont(small_font(self.font()))
        metrics = painter.fontMetrics()
        wide = metrics.horizontalAdvance(self.text())
        if min(wide, _LEAST_WORDS * metrics.height()) <= self.width():
            ink = theme.error if self.is_refusal else theme.muted
            write(painter, QRectF(self.rect()), self.text(), ink)


@guarded
class NetworkBar(Themed, QWidget):
    """Controls of the network picture."""

    row_chosen = Signal(int)
    """A sample's row in the data set, counted from 0; people read it counted from 1."""

    picture_chosen = Signal(bool)
    """Whether neurons are to be filled with a picture each."""

    asked = Signal(str)
    """The name of a neuron or layer that is looked for."""

    left = Signal()
    """The person is done with looking for a neuron."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("network-bar")
        self._fill = QFrame(self)
        self.sample_fill, self.picture_fill = QToolButton(self._fill), QToolButton(self._fill)
        self.slider, self.spin = QSlider(Qt.Orientation.Horizontal, self), QSpinBox(self)
        self.sentence = _Sentence(self)
        self.finder = QLineEdit(self)
        self._zooms = QToolButton(self), QToolButton(self), QToolButton(self)
        self.zoom_out, self.zoom_in, self.fit = self._zooms
        self._has_fills = self._has_room = self._revealed = False
        self._shown: tuple[Problem, int] | None = None
        self._prepare_samples()
        self._prepare_finder()
        self._name_controls()
        self._lay_out()
        self.restyle()
        for part in (self._fill, self.slider, self.spin, self.finder, *self._zooms):
            part.hide()  # until the bar is shown: a picture for export has nothing to press

    def reveal(self) -> None:
        """Show the controls, now that there is somebody to press them."""
        self._revealed = True
        for control in (self.spin, *self._zooms):
            control.show()
        self.take_back()
        self._make_room()

    def restyle(self) -> None:
        """Tint the icons."""
        for button, sign in zip(self._zooms, ("minus", "plus", "maximize"), strict=True):
            button.setIcon(icon(sign, self.theme))
            button.setIconSize(icon_size())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for; the number field stays."""
        self._make_room()

    @Slot()
    def begin_finding(self) -> None:
        """Let the person type what to look for."""
        self.finder.show()
        self.finder.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.finder.selectAll()

    def offer(self, names: list[str]) -> None:
        """Offer the names that can be looked for."""
        completer = QCompleter(names, self.finder)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self.asked)
        # Qt makes the list without a parent, and so without the window's style sheet.
        names_list = QListView(self.finder)
        completer.setPopup(names_list)
        names_list.setParent(self.finder, Qt.WindowType.Popup)
        self.finder.setCompleter(completer)

    def refuse(self, sentence: str) -> None:
        """Say why nothing was found, until the person types something else."""
        self.sentence.say(sentence, is_refusal=True)

    @Slot()
    def take_back(self) -> None:
        """Say what the sample is, in place of what was refused last."""
        if self._shown is None:
            return
        problem, row = self._shown
        text = self._sample_text(problem, row)
        if not self._revealed:  # a picture has no number field
            numbered = self.tr("Sample {number} of {rows}: {sample}")
            rows = numbers.count(problem.dataset.rows)
            text = numbered.format(number=numbers.count(row + 1), rows=rows, sample=text)
        self.sentence.say(text)

    def set_fills(self, words: tuple[str, str] | None, is_picture: bool) -> None:
        """Offer two ways to fill the neurons, or none, and say which it is."""
        self._has_fills = words is not None
        for button, word in zip(self._fill_buttons, words or ("", ""), strict=True):
            button.setText(word)
        self._fill_buttons[is_picture].setChecked(True)
        self._make_room()

    def set_rows(self, rows: int) -> None:
        """Offer so many samples."""
        for control in (self.slider, self.spin):
            with QSignalBlocker(control):
                control.setRange(1, rows)
        self.spin.setSuffix(self.tr(" of {rows}").format(rows=numbers.count(rows)))
        self.slider.setPageStep(max(rows // 10, 1))

    def show_row(self, problem: Problem, row: int) -> None:
        """Show which sample is chosen and what it is, without announcing it."""
        if self._shown is not None and self._shown[0] is problem and self._shown[1] == row:
            return
        for control in (self.slider, self.spin):
            with QSignalBlocker(control):
                control.setValue(row + 1)
        self._shown = (problem, row)
        self.take_back()

    def _sample_text(self, problem: Problem, row: int) -> str:
        data = problem.dataset
        answer = answer_text(problem, expected(problem, row))
        if data.image_shape:
            return self.tr("expected {answer}").format(answer=answer)
        pairs = list(zip(data.feature_names, data.inputs[row].tolist(), strict=True))
        told = ", ".join(
            self.tr("{name} {value}").format(name=translated(name), value=tight(value))
            for name, value in pairs[:_TOLD_INPUTS]
        )
        if data.features > _TOLD_INPUTS:
            told = self.tr("{inputs}, …").format(inputs=told)
        return self.tr("{inputs} → {answer}").format(inputs=told, answer=answer)

    # ---------------------------------------------------------------------------------- controls

    @property
    def _fill_buttons(self) -> tuple[QToolButton, QToolButton]:
        return self.sample_fill, self.picture_fill

    def _make_room(self) -> None:
        if self._revealed:
            lines = self.width() / self.fontMetrics().height()
            self.slider.setVisible(lines >= _ROOM_FOR_SLIDER)
            self._has_room = lines >= _ROOM_FOR_FINDER
            self.finder.setVisible(self._has_room or self.finder.hasFocus())
            self._fill.setVisible(self._has_fills)

    @Slot()
    def _ask(self) -> None:
        if self.finder.text().strip():
            self.asked.emit(self.finder.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Forget what was looked for once the field is left, but not for its list of names."""
        popup = Qt.FocusReason.PopupFocusReason
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() is not popup:
            self.finder.clear()
            self.take_back()
            self.finder.setVisible(self._has_room)
        return False

    @Slot(int)
    def _choose(self, number: int) -> None:
        self.row_chosen.emit(number - 1)

    def _prepare_samples(self) -> None:
        for button in self._fill_buttons:
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setFont(small_font(self.font()))
        # Grouped as all other numbers of the window are.
        self.spin.setLocale(QLocale(QLocale.Language.English))
        self.spin.setGroupSeparatorShown(True)
        self.spin.setProperty("plain", True)
        self.spin.setKeyboardTracking(False)
        self.slider.setFixedWidth(6 * self.fontMetrics().height())
        self.picture_fill.toggled.connect(self.picture_chosen)
        self.slider.valueChanged.connect(self._choose)
        self.spin.valueChanged.connect(self._choose)

    def _prepare_finder(self) -> None:
        self.finder.setPlaceholderText(self.tr("Find neuron"))
        self.finder.setFixedWidth(8 * self.fontMetrics().height())
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.finder)
        escape.setContext(Qt.ShortcutContext.WidgetShortcut)
        escape.activated.connect(self.left)
        self.finder.returnPressed.connect(self._ask)
        self.finder.textEdited.connect(self.take_back)
        self.finder.installEventFilter(self)

    def _name_controls(self) -> None:
        fill = self.tr("Fill neurons with the chosen sample's values, or with a picture each")
        row = self.tr("Choose the sample whose way through the network is shown")
        find = self.tr(
            "Type the name of a layer or a neuron, such as Hidden 1, 3, to see it alone; learning "
            "is not touched (Ctrl+F)"
        )
        out = self.tr("Step back from the network; learning is not touched (−)")
        near = self.tr("Look closer at the network; learning is not touched (+)")
        fit = self.tr("Show the whole network; learning is not touched (F)")
        for control, name, title, tip in (
            (self._fill, "network-node-fill", self.tr("What fills the neurons"), fill),
            (self.sample_fill, "network-fill-sample", self.tr("Neurons show the sample"), fill),
            (self.picture_fill, "network-fill-picture", self.tr("Neurons show pictures"), fill),
            (self.slider, "network-row-slider", self.tr("Sample"), row),
            (self.spin, "network-row", self.tr("Sample number"), row),
            (self.sentence, "network-sample", "", ""),
            (self.finder, "network-find", self.tr("Find a neuron"), find),
            (self.zoom_out, "network-zoom-out", self.tr("Zoom out"), out),
            (self.zoom_in, "network-zoom-in", self.tr("Zoom in"), near),
            (self.fit, "network-fit", self.tr("Fit"), fit),
        ):
            control.setObjectName(name)
            control.setAccessibleName(title)
            set_tool_tip(control, tip)

    def _lay_out(self) -> None:
        fills, layout = QHBoxLayout(self._fill), QHBoxLayout(self)
        fills.setContentsMargins(0, 0, 0, 0)
        fills.setSpacing(0)
        layout.setContentsMargins(2 * SPACE, 0, SPACE, SPACE)
        layout.setSpacing(SPACE)
        for button in self._fill_buttons:
            fills.addWidget(button)
        middle = (self.slider, self.spin, self.sentence, self.finder)
        for part in (self._fill, *middle, *self._zooms):
            layout.addWidget(part)
        layout.setStretchFactor(self.sentence, 1)
