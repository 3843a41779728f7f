"""The tool bar: train, step, reset, the pace, and the figures of the moment."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnviz.gui.frame import Frame
from nnviz.gui.look.icons import icon, icon_size
from nnviz.gui.look.style import small_font, strong_font
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.gui.shell.actions import Actions
from nnviz.gui.shell.figures import Figure, count, quantity, setting
from nnviz.training.pace import PACES

_PACES = tuple(PACES.values())
_BUTTON_HEIGHT = 32


class TrainButton(QPushButton):
    """The one button in the accent colour; says what pressing it will do.

    Parameters
    ----------
    action
        What it triggers.
    theme
        Ink of its icon.
    """

    def __init__(self, action: QAction, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainButton")
        self.setFont(strong_font())
        self.setIconSize(icon_size())
        self.setFixedHeight(_BUTTON_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._action = action
        self._running = False
        self._texts = {False: self.tr("Train"), True: self.tr("Pause")}
        metrics = QFontMetrics(self.font())
        words = max(metrics.horizontalAdvance(text) for text in self._texts.values())
        self.setFixedWidth(words + self.iconSize().width() + 5 * SPACE)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self.set_theme(theme)
        self._follow()

    def show_running(self, running: bool) -> None:
        """Say whether pressing pauses."""
        self._running = running
        self.set_theme(self._theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon in another theme's ink."""
        self._theme = theme
        drawing = "pause" if self._running else "play"
        self.setIcon(icon(drawing, theme, theme.accent_text))
        self.setText(self._texts[self._running])

    @Slot()
    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        set_tool_tip(self, self._action.toolTip())


class PaceSlider(QWidget):
    """How fast training runs: a slider with a stop for each pace."""

    pace_chosen = Signal(str)
    """Name of the pace."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_tool_tip(self, self.tr("How fast training runs; what is learned is the same."))
        self._label = Label(parent=self)
        self._label.setObjectName("figureCaption")
        self._label.setFont(small_font())
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("paceSlider")
        self.slider.setAccessibleName(self.tr("Pace of training"))
        self.slider.setRange(0, len(_PACES) - 1)
        self.slider.setPageStep(1)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.valueChanged.connect(self._take)
        metrics = QFontMetrics(self._label.font())
        titles = [translated(pace.title) for pace in _PACES]
        self.setFixedWidth(max(metrics.horizontalAdvance(title) for title in titles) + SPACE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._label)
        column.addWidget(self.slider)
        self._take(0)

    def show_pace(self, name: str) -> None:
        """Move to a pace."""
        self.slider.setValue([pace.name for pace in _PACES].index(name))

    @Slot(int)
    def _take(self, index: int) -> None:
        self._label.setText(translated(_PACES[index].title))
        self.pace_chosen.emit(_PACES[index].name)


class ToolBar(QToolBar):
    """Controls of the run at the left, its figures at the right.

    Parameters
    ----------
    actions
        What its buttons trigger.
    theme
        Ink of the icons.
    """

    def __init__(self, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolBar")
        self.setWindowTitle(self.tr("Training"))
        self.setMovable(False)
        self.toggleViewAction().setEnabled(False)
        self.train = TrainButton(actions["train"], theme, self)
        self.pace = PaceSlider(self)
        self.figures = self._made_figures()
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(SPACE + SPACE // 2, SPACE // 2, SPACE + SPACE // 2, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(self.train)
        buttons = [self._button(actions[key]) for key in ("step", "reset")]
        for button in buttons:
            row.addWidget(button)
        row.addWidget(_divider())
        row.addWidget(self.pace)
        row.addStretch()
        for figure in self.figures.values():
            row.addSpacing(SPACE)
            row.addWidget(figure)
        self.addWidget(box)
        for before, after in pairwise((self.train, *buttons, self.pace.slider)):
            self.setTabOrder(before, after)
        layout = self.layout()
        assert layout is not None
        # Until a style sheet is replaced, the style's own margins would stand here.
        layout.setContentsMargins(0, 0, 0, 0)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon of the train button in another theme's ink."""
        self.train.set_theme(theme)

    @Slot(object)
    def show_frame(self, frame: Frame) -> None:
        """Show the figures of the epoch that is looked at, and whether that is an earlier one."""
        history, figures = frame.history, self.figures
        if not len(history):
            return
        row = history.row_of(frame.epoch) if frame.past else -1
        figures["epoch"].show_text(count(int(history.column("epoch")[row])))
        figures["rate"].show_text(setting(history.column("learning_rate")[row]))
        for part in ("train", "test"):
            figures[part].show_text(quantity(history.column(f"{part}_loss")[row]))
        figures["epoch"].show_caption(self.tr("Epoch shown") if frame.past else self.tr("Epoch"))
        for figure in figures.values():
            figure.show_past(frame.past)

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(action.objectName().replace("action-", "button-"))
        button.setDefaultAction(action)
        button.setAccessibleName(action.text().replace("&", ""))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(icon_size()))
        button.setFixedHeight(_BUTTON_HEIGHT)
        return button

    def _made_figures(self) -> dict[str, Figure]:
        """Return the figures, each with its caption, its meaning and its widest value."""
        return {
            "epoch": Figure(
                "figure-epoch",
                self.tr("Epoch"),
                self.tr("How often the network has seen all training samples."),
                ("0,000,000",),
                self,
            ),
            "rate": Figure(
                "figure-rate",
                self.tr("Learning rate"),
                self.tr("How far each update moves the weights, in this epoch."),
                ("0.000000", "0.000e−0"),
                self,
            ),
            "train": Figure(
                "figure-train",
                self.tr("Train loss"),
                self.tr("How wrong the network is on the samples it learns from."),
                ("0,000,000", "0.00e−00"),
                self,
            ),
            "test": Figure(
                "figure-test",
                self.tr("Test loss"),
                self.tr("How wrong it is on samples it has never seen; a dash if there are none."),
                ("0,000,000", "0.00e−00"),
                self,
            ),
        }


def _divider() -> QFrame:
    line = QFrame()
    line.setObjectName("divider")
    line.setFrameShape(QFrame.Shape.NoFrame)
    line.setFixedSize(1, _BUTTON_HEIGHT - SPACE)
    return line
