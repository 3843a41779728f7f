"""The slim bar under the picture: what fills the neurons, which sample, how near."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QSpinBox, QWidget

from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SMALL_SIZE, SPACE, Theme
from nnviz.gui.network.answers import answer_text
from nnviz.gui.network.buttons import CornerButton, FillSwitch
from nnviz.gui.network.figures import short
from nnviz.gui.network.finder import Finder, LayersButton
from nnviz.gui.network.reading import expected
from nnviz.gui.network.scene import LEFT, elided, sized
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.training.problem import Problem

_TOLD_INPUTS = 6
_LEAST_WORDS = 110
"""Pixels below which the beginning of a sentence says nothing."""

_BESIDE_NUMBER = 38
"""Pixels of a number field that its border and its arrows take."""

_ROOM_FOR_SLIDER = 720
_ROOM_FOR_FINDER = 640
_FINDER = 118


@guarded
class ElidedText(QWidget):
    """One line of small text that gives way before it widens its window.

    Parameters
    ----------
    theme
        Colours.
    parent
        Qt parent.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.text = ""
        self.is_refusal = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str, is_refusal: bool = False) -> None:
        """Show a text; all of it is in the tooltip too."""
        if (text, is_refusal) != (self.text, self.is_refusal):
            self.text, self.is_refusal = text, is_refusal
            set_tool_tip(self, text)
            self.setAccessibleName(text)
            self.update()

    def sizeHint(self) -> QSize:
        """Return a modest width: what is left is enough."""
        return QSize(80, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write as much as there is room for."""
        painter = QPainter(self)
        painter.setFont(sized(self.font(), SMALL_SIZE))
        painter.setPen(QColor(self.theme.error if self.is_refusal else self.theme.muted))
        text = elided(self.text, painter.font(), self.width())
        if text != self.text and self.width() < _LEAST_WORDS:
            return
        painter.drawText(QRectF(self.rect()), int(LEFT), text)


@guarded
class NetworkBar(QWidget):
    """Controls of the network picture.

    Parameters
    ----------
    theme
        Colours.
    parent
        Qt parent.
    """

    row_chosen = Signal(int)
    """A sample's row in the data set, counted from 0; people read it counted from 1."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("network-bar")
        self.switch = FillSwitch(theme, self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.spin = QSpinBox(self)
        # Grouped as all other numbers of the window are.
        self.spin.setLocale(QLocale(QLocale.Language.English))
        self.spin.setGroupSeparatorShown(True)
        self.told = ElidedText(theme, self)
        self.finder = Finder(self)
        self.layers = LayersButton(theme, self)
        self.zoom_out = CornerButton("out", theme, self)
        self.zoom_in = CornerButton("in", theme, self)
        self.fit = CornerButton("fit", theme, self)
        buttons = (self.layers, self.zoom_out, self.zoom_in, self.fit)
        self._controls = (self.slider, self.spin, self.finder, *buttons)
        self._has_fills = False
        self._revealed = False
        self._finds = False
        self._refusal = ""
        self._shown: tuple[Problem, int] | None = None
        self._name_controls()
        self._lay_out()
        self.slider.valueChanged.connect(self._choose)
        self.spin.valueChanged.connect(self._choose)
        self.finder.textEdited.connect(self.take_back)
        self.finder.left.connect(self.take_back)
        self.layers.find_wanted.connect(self.begin_finding)
        self.finder.ended.connect(self._end_finding)
        for control in (*self._controls, self.switch):
            control.hide()  # until the bar is shown: a picture for export has nothing to press

    def reveal(self) -> None:
        """Show the controls, now that there is somebody to press them."""
        self._revealed = True
        for control in self._controls:
            control.show()
        self._tell()
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the slider out where the words need its place; the number field stays."""
        self._make_room()

    def _make_room(self) -> None:
        """Leave out what there is no room for; who looks for a neuron gets room for that."""
        if not self._revealed:
            return
        roomy = self.width() >= _ROOM_FOR_FINDER
        alone = self._finds and not roomy
        self.slider.setVisible(self.width() >= _ROOM_FOR_SLIDER)
        self.finder.setVisible(roomy or self._finds)
        self.spin.setVisible(not alone)
        self.switch.setVisible(self._has_fills and not alone)

    @Slot()
    def begin_finding(self) -> None:
        """Let the person type what to look for."""
        self._finds = True
        self._make_room()
        self.finder.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _end_finding(self) -> None:
        self._finds = False
        self.take_back()
        self._make_room()

    def refuse(self, sentence: str) -> None:
        """Say why nothing was found, until the person types something else."""
        self._refusal = sentence
        self._tell()

    @Slot()
    def take_back(self) -> None:
        """Take back what was refused last."""
        self._refusal = ""
        self._tell()

    def set_fills(self, words: tuple[str, str] | None) -> None:
        """Offer two ways to fill the neurons, or none."""
        self._has_fills = words is not None
        if words:
            self.switch.set_words(*words)
        self.switch.hide()
        self._make_room()
        self.switch.updateGeometry()

    def set_rows(self, rows: int) -> None:
        """Offer so many samples."""
        for control in (self.slider, self.spin):
            with QSignalBlocker(control):
                control.setRange(1, rows)
        self.spin.setSuffix(self.tr(" of {rows}").format(rows=f"{rows:,}"))
        widest = self.spin.fontMetrics().horizontalAdvance(f"{rows:,}{self.spin.suffix()}")
        self.spin.setFixedWidth(widest + _BESIDE_NUMBER)
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

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        buttons = (self.layers, self.zoom_out, self.zoom_in, self.fit)
        for part in (self.switch, self.told, *buttons):
            part.theme = theme
            part.update()

    def _tell(self) -> None:
        """Say what the sample is; and, in a picture, which has no number field, which one."""
        if self._refusal:
            self.told.set_text(self._refusal, is_refusal=True)
            return
        if self._shown is None:
            return
        problem, row = self._shown
        text = self._sentence(problem, row)
        if not self._revealed:
            numbered = self.tr("Sample {number} of {rows}: {sample}")
            text = numbered.format(number=row + 1, rows=problem.dataset.rows, sample=text)
        self.told.set_text(text)

    def _sentence(self, problem: Problem, row: int) -> str:
        data = problem.dataset
        answer = answer_text(problem, expected(problem, row))
        if data.image_shape:
            return self.tr("expected {answer}").format(answer=answer)
        told = ", ".join(
            self.tr("{name} {value}").format(name=translated(name), value=short(float(value)))
            for name, value in list(zip(data.feature_names, data.inputs[row], strict=True))[
                :_TOLD_INPUTS
            ]
        )
        if data.features > _TOLD_INPUTS:
            told = self.tr("{inputs}, …").format(inputs=told)
        return self.tr("{inputs} → {answer}").format(inputs=told, answer=answer)

    @Slot(int)
    def _choose(self, number: int) -> None:
        self.row_chosen.emit(number - 1)

    def _name_controls(self) -> None:
        for control, name, title, tip in (
            (
                self.switch,
                "network-node-fill",
                self.tr("What fills the neurons"),
                self.tr("Fill neurons with the chosen sample's values, or with a picture each"),
            ),
            (
                self.slider,
                "network-row-slider",
                self.tr("Sample"),
                self.tr("Choose the sample whose way through the network is shown"),
            ),
            (
                self.spin,
                "network-row",
                self.tr("Sample number"),
                self.tr("Choose the sample whose way through the network is shown"),
            ),
            (
                self.finder,
                "network-find",
                self.tr("Find a neuron"),
                self.tr(
                    "Type a layer and a number, such as Hidden 1, 3, to see that neuron's weights "
                    "alone; learning is not touched (Ctrl+F)"
                ),
            ),
            (
                self.layers,
                "network-layers",
                self.tr("Look at one layer"),
                self.tr("Open one layer with all its neurons; learning is not touched (1 to 9)"),
            ),
            (
                self.zoom_out,
                "network-zoom-out",
                self.tr("Zoom out"),
                self.tr("Step back from the network; learning is not touched (−)"),
            ),
            (
                self.zoom_in,
                "network-zoom-in",
                self.tr("Zoom in"),
                self.tr("Look closer at the network; learning is not touched (+)"),
            ),
            (
                self.fit,
                "network-fit",
                self.tr("Fit"),
                self.tr("Show the whole network; learning is not touched (F)"),
            ),
        ):
            control.setObjectName(name)
            control.setAccessibleName(title)
            set_tool_tip(control, tip)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 0, SPACE, SPACE)
        layout.setSpacing(SPACE)
        self.slider.setMinimumWidth(56)
        self.slider.setMaximumWidth(140)
        self.spin.setProperty("plain", True)
        self.spin.setKeyboardTracking(False)
        self.finder.setPlaceholderText(self.tr("Find neuron"))
        self.finder.setFixedWidth(_FINDER)
        layout.addWidget(self.switch)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.spin)
        layout.addWidget(self.told, 3)
        layout.addWidget(self.finder)
        for button in (self.layers, self.zoom_out, self.zoom_in, self.fit):
            layout.addWidget(button)
