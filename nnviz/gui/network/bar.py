"""The slim bar under the picture: what fills the neurons, which sample, how near."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QMenu,
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
from nnviz.gui.network.drawing import LEFT, small_font, tight, write
from nnviz.gui.network.neuron_index import NeuronIndex
from nnviz.gui.network.sample_activations import expected
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.training.problem import Problem

_TOLD_INPUTS = 6
_ROOM_FOR_SLIDER, _ROOM_FOR_FINDER = 45, 40
"""Widths, in heights of a line, from which on there is room for them."""

_LEAST_WORDS = 7
"""Width, in heights of a line, below which the beginning of a sentence says nothing."""

_FIND = -2


@guarded
class _Sentence(Themed, Label):
    """One line of small text that gives way before it widens its window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.is_refusal = False

    def say(self, text: str, is_refusal: bool = False) -> None:
        """Show a text; all of it is in the tooltip too."""
        if (text, is_refusal) != (self.text(), self.is_refusal):
            self.is_refusal = is_refusal
            self.setText(text)
            set_tool_tip(self, text)
            self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write as much as there is room for."""
        painter, theme = QPainter(self), self.theme
        painter.setFont(small_font(self.font()))
        wide = painter.fontMetrics().horizontalAdvance(self.text())
        if min(wide, _LEAST_WORDS * painter.fontMetrics().height()) <= self.width():
            ink = theme.error if self.is_refusal else theme.muted
            write(painter, QRectF(self.rect()), self.text(), ink, LEFT)


@guarded
class NetworkBar(Themed, QWidget):
    """Controls of the network picture."""

    row_chosen = Signal(int)
    """A sample's row in the data set, counted from 0; people read it counted from 1."""

    picture_chosen = Signal(bool)
    """Whether neurons are to be filled with a picture each."""

    layer_chosen = Signal(int)
    """A layer to look at alone, the inputs being 0; −1 for the whole network."""

    asked = Signal(str)
    """The name of a neuron or layer that is looked for."""

    left = Signal()
    """The person is done with looking for a neuron."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("network-bar")
        self.sample_fill, self.picture_fill = QToolButton(self), QToolButton(self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.spin = QSpinBox(self)
        self.sentence = _Sentence(self)
        self.finder = QLineEdit(self)
        self.layers, self.zoom_out = QToolButton(self), QToolButton(self)
        self.zoom_in, self.fit = QToolButton(self), QToolButton(self)
        self._fills = (self.sample_fill, self.picture_fill)
        self._buttons = (self.layers, self.zoom_out, self.zoom_in, self.fit)
        self._has_fills = self._revealed = self._finds = False
        self._refusal = ""
        self._shown: tuple[Problem, int] | None = None
        self._name_controls()
        self._prepare()
        self._lay_out()
        self.restyle()
        for control in (*self._fills, self.slider, self.spin, self.finder, *self._buttons):
            control.hide()  # until the bar is shown: a picture for export has nothing to press

    def reveal(self) -> None:
        """Show the controls, now that there is somebody to press them."""
        self._revealed = True
        self._tell()
        self._make_room()

    def restyle(self) -> None:
        """Tint the icons."""
        signs = ("waypoints", "minus", "plus", "maximize")
        for button, sign in zip(self._buttons, signs, strict=True):
            button.setIcon(icon(sign, self.theme))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the slider out where the words need its place; the number field stays."""
        self._make_room()

    @Slot()
    def begin_finding(self) -> None:
        """Let the person type what to look for."""
        self._finds = True
        self._make_room()
        self.finder.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.finder.selectAll()

    def offer(self, index: NeuronIndex) -> None:
        """Offer the names that can be looked for, and the layers to look at alone."""
        completer = QCompleter(index.names, self.finder)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(8)
        completer.activated.connect(self.asked)
        before = self.finder.completer()
        self.finder.setCompleter(completer)
        if before is not None:
            before.deleteLater()
        self._fill_menu(index.titles)

    def refuse(self, sentence: str) -> None:
        """Say why nothing was found, until the person types something else."""
        self._refusal = sentence
        self._tell()

    @Slot()
    def take_back(self) -> None:
        """Take back what was refused last."""
        self.refuse("")

    def set_fills(self, words: tuple[str, str] | None, is_picture: bool) -> None:
        """Offer two ways to fill the neurons, or none, and say which it is."""
        self._has_fills = words is not None
        for button, word in zip(self._fills, words or ("", ""), strict=True):
            button.setText(word)
        self._fills[is_picture].setChecked(True)
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
        self._tell()

    def _tell(self) -> None:
        """Say what the sample is; and, in a picture, which has no number field, which one."""
        if self._refusal or self._shown is None:
            self.sentence.say(self._refusal, is_refusal=True)
            return
        problem, row = self._shown
        text = self._sample_text(problem, row)
        if not self._revealed:
            numbered = self.tr("Sample {number} of {rows}: {sample}")
            rows = numbers.count(problem.dataset.rows)
            text = numbered.format(number=numbers.count(row + 1), rows=rows, sample=text)
        self.sentence.say(text)

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

    def _make_room(self) -> None:
        """Leave out what there is no room for; who looks for a neuron gets room for that."""
        if not self._revealed:
            return
        lines = self.width() / self.fontMetrics().height()
        alone = self._finds and lines < _ROOM_FOR_FINDER
        self.slider.setVisible(lines >= _ROOM_FOR_SLIDER)
        self.finder.setVisible(lines >= _ROOM_FOR_FINDER or self._finds)
        self.spin.setVisible(not alone)
        for button in self._fills:
            button.setVisible(self._has_fills and not alone)
        for button in self._buttons:
            button.show()

    @Slot()
    def _ask(self) -> None:
        if self.finder.text().strip():
            self.asked.emit(self.finder.text())

    @Slot()
    def _end_finding(self) -> None:
        """Forget what was looked for once the field is left, not when it only says Return."""
        if not self.finder.hasFocus():
            self._finds = False
            self.finder.clear()
            self.take_back()
            self._make_room()

    @Slot(int)
    def _choose(self, number: int) -> None:
        self.row_chosen.emit(number - 1)

    def _fill_menu(self, titles: Sequence[str]) -> None:
        menu = self.layers.menu()
        menu.clear()
        self._add(menu, -1, self.tr("Whole network"), "0")
        for layer, title in enumerate(titles):
            self._add(menu, layer, title, str(layer) if 1 <= layer <= 9 else "")
        menu.addSeparator()
        self._add(menu, _FIND, self.tr("Find a neuron…"), "Ctrl+F")

    def _add(self, menu: QMenu, layer: int, title: str, key: str) -> None:
        # What follows a tab stands at the right: the key that does the same in the picture.
        action = menu.addAction(f"{title}\t{key}" if key else title)
        names = {_FIND: "network-layer-find", -1: "network-layer-all"}
        action.setObjectName(names.get(layer, f"network-layer-{layer}"))
        action.setData(layer)

    @Slot(QAction)
    def _choose_layer(self, action: QAction) -> None:
        if action.data() == _FIND:
            self.begin_finding()
        else:
            self.layer_chosen.emit(action.data())

    def _prepare(self) -> None:
        """Set the controls up and connect them."""
        for button in self._fills:
            button.setCheckable(True)
            button.setAutoExclusive(True)
        for button in self._buttons:
            button.setIconSize(icon_size() - QSize(2, 2))
        menu = QMenu(self.layers)
        menu.setObjectName("network-layers-menu")
        menu.triggered.connect(self._choose_layer)
        self.layers.setMenu(menu)
        self.layers.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        # Grouped as all other numbers of the window are.
        self.spin.setLocale(QLocale(QLocale.Language.English))
        self.spin.setGroupSeparatorShown(True)
        self.spin.setProperty("plain", True)
        self.spin.setKeyboardTracking(False)
        self.slider.setMinimumWidth(56)
        self.slider.setMaximumWidth(140)
        self.finder.setPlaceholderText(self.tr("Find neuron"))
        self.finder.setFixedWidth(8 * self.fontMetrics().height())
        self.finder.setClearButtonEnabled(True)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.finder)
        escape.setContext(Qt.ShortcutContext.WidgetShortcut)
        escape.activated.connect(self.left)
        self.finder.returnPressed.connect(self._ask)
        self.finder.textEdited.connect(self.take_back)
        self.finder.editingFinished.connect(self._end_finding)
        self.picture_fill.toggled.connect(self.picture_chosen)
        self.slider.valueChanged.connect(self._choose)
        self.spin.valueChanged.connect(self._choose)

    def _name_controls(self) -> None:
        fill = self.tr("Fill neurons with the chosen sample's values, or with a picture each")
        row = self.tr("Choose the sample whose way through the network is shown")
        find = self.tr(
            "Type the name of a neuron, such as Hidden 1, 3, to see its weights alone; learning "
            "is not touched (Ctrl+F)"
        )
        layers = self.tr("Open one layer with all its neurons; learning is not touched (1 to 9)")
        out = self.tr("Step back from the network; learning is not touched (−)")
        near = self.tr("Look closer at the network; learning is not touched (+)")
        fit = self.tr("Show the whole network; learning is not touched (F)")
        for control, name, title, tip in (
            (self.sample_fill, "network-fill-sample", self.tr("Neurons show the sample"), fill),
            (self.picture_fill, "network-fill-picture", self.tr("Neurons show pictures"), fill),
            (self.slider, "network-row-slider", self.tr("Sample"), row),
            (self.spin, "network-row", self.tr("Sample number"), row),
            (self.sentence, "network-sample", "", ""),
            (self.finder, "network-find", self.tr("Find a neuron"), find),
            (self.layers, "network-layers", self.tr("Look at one layer"), layers),
            (self.zoom_out, "network-zoom-out", self.tr("Zoom out"), out),
            (self.zoom_in, "network-zoom-in", self.tr("Zoom in"), near),
            (self.fit, "network-fit", self.tr("Fit"), fit),
        ):
            control.setObjectName(name)
            control.setAccessibleName(title)
            set_tool_tip(control, tip)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 0, SPACE, SPACE)
        layout.setSpacing(SPACE)
        fills = QHBoxLayout()
        fills.setSpacing(0)
        for button in self._fills:
            fills.addWidget(button)
        layout.addLayout(fills)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.spin)
        layout.addWidget(self.sentence, 3)
        layout.addWidget(self.finder)
        for button in self._buttons:
            layout.addWidget(button)
