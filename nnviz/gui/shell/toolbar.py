"""The tool bar: train, step, reset, the pace, and the figures of the moment."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSlider,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnviz.gui.frame import Frame
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.icons import icon, icon_size
from nnviz.gui.look.numbers import NOTHING, count, percent, short, steady
from nnviz.gui.look.style import em, small_font, strong_font
from nnviz.gui.look.texts import not_defined, translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.shell.actions import ACTIONS, Actions
from nnviz.gui.shell.toolbar_figure import ToolbarFigure
from nnviz.gui.widgets.buttons import action_button
from nnviz.gui.widgets.text_labels import ElidedLabel
from nnviz.training.messages import PACES
from nnviz.training.problem import Problem

_PACES = tuple(PACES.values())
_BUTTON_HEIGHT, _LEAST_SLIDER = 2.0, 1.5
"""Heights of a line of text."""


class TrainButton(QPushButton):
    """The one button in the accent colour; says what pressing it will do."""

    def __init__(self, action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainButton")
        self.setFont(strong_font())
        self.setIconSize(icon_size())
        self.setFixedHeight(em(self, _BUTTON_HEIGHT))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._action = action
        metrics = QFontMetrics(self.font())
        words = max(map(metrics.horizontalAdvance, (self.tr("Train"), self.tr("Pause"))))
        self.setFixedWidth(words + self.iconSize().width() + 5 * SPACE)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self.setIcon(icon(self._action.icon().name(), "accent_text"))
        self.setText(self._action.text().replace("&", ""))
        self.setEnabled(self._action.isEnabled())
        set_tool_tip(self, self._action.toolTip())


class PaceSlider(QWidget):
    """How fast training runs: a slider with a stop for each pace."""

    pace_chosen = Signal(str)
    """Name of the pace."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_tool_tip(self, self.tr("How fast training runs; what is learned is the same."))
        self._label = ElidedLabel(self)
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
        # Of one width whatever is chosen, or a smaller one where there is little room.
        widest = max(metrics.horizontalAdvance(title) for title in titles)
        self.slider.setMinimumWidth(em(self, _LEAST_SLIDER))
        self.setMaximumWidth(widest + SPACE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        filled(QVBoxLayout(self), self._label, self.slider, spacing=2)
        self._take(0)

    def show_pace(self, name: str) -> None:
        """Move to a pace."""
        self.slider.setValue([pace.name for pace in _PACES].index(name))

    @Slot(int)
    def _take(self, index: int) -> None:
        self._label.set_texts(translated(_PACES[index].title))
        self.pace_chosen.emit(_PACES[index].name)


@guarded
class ToolBar(QToolBar):
    """Controls of the run at the left, its figures at the right."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolBar")
        self.setWindowTitle(self.tr("Training"))
        self.setMovable(False)
        self.toggleViewAction().setEnabled(False)
        self.train = TrainButton(actions["train"], self)
        self.pace = PaceSlider(self)
        self.figures = self._made_figures()
        self._part, self._held = "train", "test"
        self._write_metric: Callable[[float], str] = steady
        self._both, self._tip = False, self.figures["test"].toolTip()
        self._box = box = QWidget(self)
        buttons = [self._button(actions[key]) for key, spec in ACTIONS.items() if spec.in_tool_bar]
        parts = (self.train, *buttons, _divider(self), self.pace, None, *self.figures.values())
        margins = (SPACE + SPACE // 2, SPACE // 2, SPACE + SPACE // 2, SPACE)
        filled(QHBoxLayout(box), *parts, margins=margins, spacing=SPACE)
        self.addWidget(box)
        for before, after in pairwise((self.train, *buttons, self.pace.slider)):
            self.setTabOrder(before, after)
        layout = self.layout()
        assert layout is not None
        # Until a style sheet is replaced, the style's own margins would stand here.
        layout.setContentsMargins(0, 0, 0, 0)

    @Slot(object)
    def show_problem(self, problem: Problem) -> None:
        """Name the figures of the part held out, and of merit: of that part, or the only one."""
        held = [part for part in ("test", "validation") if part in problem.parts]
        self._held, self._part = (*held, "test")[0], (*held, "train")[0]
        losses = {"test": self.tr("Test loss"), "validation": self.tr("Validation loss")}
        self.figures["test"].set_caption(losses[self._held])
        self._both = len(held) > 1
        set_tool_tip(self.figures["test"], self._tip)
        self._make_room()
        self._write_metric = steady if problem.dataset.task == "regression" else percent
        texts = {
            "test": self.tr("{metric}, test"),
            "validation": self.tr("{metric}, validation"),
            "train": self.tr("{metric}, train"),
        }
        caption = texts[self._part].format(metric=translated(problem.metric.title))
        self.figures["metric"].set_caption(caption)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show another figure where there is room."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Show the validation loss beside the test loss; without room it is in that one's tip."""
        figure, least = self.figures["validation"], self._box.minimumSizeHint().width()
        needed = least + (0 if figure.isVisibleTo(self) else figure.sizeHint().width() + SPACE)
        figure.setVisible(self._both and needed <= self.width())

    @Slot(object)
    def show_frame(self, frame: Frame) -> None:
        """Show the figures of the epoch that is looked at, and whether that is an earlier one."""
        history, figures = frame.history, self.figures
        if not len(history):  # its first record is calculated
            for figure in figures.values():
                figure.set_text(NOTHING)
            return
        row = history.row_of(frame.epoch) if frame.past else -1
        epoch, last = (count(int(history.column("epoch")[place])) for place in (row, -1))
        both = self.tr("{epoch} of {last}").format(epoch=epoch, last=last)
        figures["epoch"].set_text(*([both] if frame.past else []), epoch)
        figures["rate"].set_text(short(history.column("learning_rate")[row]))
        for key, part in (("train", "train"), ("validation", "validation"), ("test", self._held)):
            figures[key].set_text(steady(history.column(f"{part}_loss")[row]))
        metric = float(history.column(f"{self._part}_metric")[row])
        if self._both and figures["validation"].isHidden():
            tip = f"{self._tip}\n{figures['validation'].accessibleName()}"
            set_tool_tip(figures["test"], tip)
        figures["metric"].set_text(
            not_defined() if math.isnan(metric) else self._write_metric(metric)
        )
        figures["epoch"].set_caption(self.tr("Epoch shown") if frame.past else self.tr("Epoch"))
        for figure in figures.values():
            figure.set_past(frame.past)

    def _button(self, action: QAction) -> QToolButton:
        button = action_button(action, self)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFixedHeight(em(button, _BUTTON_HEIGHT))
        return button

    def _made_figures(self) -> dict[str, ToolbarFigure]:
        """Return the figures, each with its caption, its meaning and its widest value."""
        number = "0.0000000"
        rows = {
            "epoch": (
                self.tr("Epoch"),
                self.tr("How often the network has seen all training samples."),
                "0,000,000",
            ),
            "rate": (
                self.tr("Learning rate"),
                self.tr("How far each update moves the weights, in this epoch."),
                number,
            ),
            "train": (
                self.tr("Train loss"),
                self.tr("How wrong the network is on the samples it learns from."),
                number,
            ),
            "validation": (
                self.tr("Validation loss"),
                self.tr("How wrong it is on the samples that early stopping chooses by."),
                number,
            ),
            "test": (
                self.tr("Test loss"),
                self.tr("How wrong it is on samples it has never seen; a dash if there are none."),
                number,
            ),
            "metric": (
                self.tr("Accuracy"),
                self.tr("The share of answers that are right; for numbers R², the share of their"
                        " spread that is explained. Learning itself follows the loss."),
                "−0.000e000",
            ),
        }  # fmt: skip
        return {key: ToolbarFigure(f"figure-{key}", *row, self) for key, row in rows.items()}


def _divider(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setObjectName("divider")
    line.setFrameShape(QFrame.Shape.NoFrame)
    line.setFixedSize(1, em(line, _BUTTON_HEIGHT) - SPACE)
    return line
