"""The line under the network: play back, step, choose an epoch, come back, train on from there."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from nnviz.gui.look.icons import icon_size
from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import SPACE, Theme, blend
from nnviz.gui.overrides import guarded
from nnviz.gui.timeline.label import EpochLabel
from nnviz.gui.timeline.scale import EpochArray
from nnviz.gui.timeline.track import Track

HEIGHT = 42
LOW = 30
"""Pixels with numbers under the track, and without where the picture needs the height."""

_BUTTON = 26
_LEAST = 30 * SPACE
_TRACK = 12 * SPACE
"""Pixels that the track should have beyond the least it can do with."""

_WASH = 0.6


class Actions(Protocol):
    """The actions of the window by key."""

    def __getitem__(self, key: str, /) -> QAction: ...


@guarded
class Timeline(QWidget):
    """Shows which epoch is looked at, and lets the person choose another.

    It knows nothing of runs: it is told which epochs are kept, and says which one is wanted. Its
    buttons are the actions of the Train menu.

    Parameters
    ----------
    actions
        What its buttons trigger.
    theme
        Colours.
    parent
        Qt parent.
    """

    epoch_chosen = Signal(int)
    """The person wants to see this kept epoch."""

    live_wanted = Signal()
    """The person wants to see the newest epoch, and to stay with it."""

    grasped = Signal()
    """The person takes the handle."""

    def __init__(self, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setObjectName("timeline")
        self.setAccessibleName(self.tr("Timeline of the run"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.track = Track(theme, self)
        self.label = EpochLabel(theme, self)
        self.play = self._button(actions["play-back"])
        self.back = self._button(actions["earlier"])
        self.forward = self._button(actions["later"])
        self.now = self._button(actions["now"], self.tr("Now"))
        self.now.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.branch = self._button(actions["branch"], self.tr("Train on from here"))
        self._past = False
        self._lay_out()
        self.track.epoch_chosen.connect(self.epoch_chosen)
        self.track.live_wanted.connect(self.live_wanted)
        self.track.sliderPressed.connect(self.grasped)
        self.track.moved.connect(self._follow)
        self.label.digits_changed.connect(self._fit)
        actions["play-back"].changed.connect(self._name_play)
        self.set_low(False)
        self._follow()

    def show_kept(self, epochs: EpochArray) -> None:
        """Offer these epochs, in ascending order."""
        self.track.show_kept(epochs)

    def show_newest(self, epoch: int) -> None:
        """Reach up to this epoch."""
        self.track.show_newest(epoch)

    def begin(self, epochs: int) -> None:
        """Prepare for a run of so many epochs; forget what was asked of the one before."""
        self.track.begin(epochs)

    def show_shown(self, epoch: int | None) -> None:
        """Show which epoch is looked at, or None for the newest."""
        self.track.show_shown(epoch)

    def minimumSizeHint(self) -> QSize:
        """Return so little that the picture above never becomes wider for it."""
        return QSize(_LEAST, self.height())

    def set_theme(self, theme: Theme) -> None:
        """Change colours; the buttons' icons are those of the actions."""
        self.theme = theme
        self.track.set_theme(theme)
        self.label.set_theme(theme)
        self.update()

    def set_low(self, low: bool) -> None:
        """Leave the numbers under the track out where the picture needs the height."""
        self.setFixedHeight(LOW if low else HEIGHT)
        top = SPACE // 4 if low else SPACE // 2
        self._row.setContentsMargins(SPACE + SPACE // 2, top, SPACE, top if low else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground: with a quiet wash while an earlier epoch is looked at."""
        theme = self.theme
        ground = blend(theme.accent_soft, theme.surface, _WASH) if self._past else theme.surface
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(ground))
        painter.fillRect(0, 0, self.width(), 1, QColor(theme.grid))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave words out where there is little room."""
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """Be as talkative as leaves the track its room."""
        for terse in range(4):
            self._say(worded=terse < 1, brief=terse >= 2, steps=terse < 3)
            if self._row.minimumSize().width() + _TRACK <= self.width():
                return

    def _say(self, *, worded: bool, brief: bool, steps: bool) -> None:
        style = Qt.ToolButtonStyle
        self.branch.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if worded else style.ToolButtonIconOnly
        )
        self.label.be_brief(brief)
        for button in (self.back, self.forward):
            button.setVisible(steps)

    @Slot()
    def _follow(self) -> None:
        """Say in words where the handle stands."""
        track = self.track
        self.label.show_epoch(track.shown, track.newest, max(track.scale_end, track.newest))
        if self._past != (track.shown is not None):
            self._past = not self._past
            self.update()

    @Slot()
    def _name_play(self) -> None:
        """Name the button by what it does now."""
        self.play.setAccessibleName(self.play.defaultAction().text().replace("&", ""))

    def _lay_out(self) -> None:
        self._row = QHBoxLayout(self)
        self._row.setSpacing(SPACE // 2)
        top = Qt.AlignmentFlag.AlignTop
        for button in (self.play, self.back):
            self._row.addWidget(button, 0, top)
        self._row.addWidget(self.track, 1)
        self._row.addWidget(self.forward, 0, top)
        self._row.addWidget(self.label, 0, top)
        self._row.addSpacing(SPACE // 2)
        for button in (self.now, self.branch):
            self._row.addWidget(button, 0, top)

    def _button(self, action: QAction, words: str = "") -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(action.objectName().replace("action-", "timeline-"))
        if words:
            action.setIconText(words)
        button.setDefaultAction(action)
        button.setAccessibleName(words or action.text().replace("&", ""))
        button.setFont(small_font())
        button.setAutoRaise(True)
        button.setIconSize(QSize(icon_size()))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setFixedHeight(_BUTTON)
        return button
