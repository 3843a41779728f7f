"""The line under the network: play back, step, choose an epoch, come back, train on from there."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from nnviz.gui.look.icons import icon_size
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import mark, small_font
from nnviz.gui.look.theme import SPACE, blend
from nnviz.gui.look.themed import Themed
from nnviz.gui.overrides import guarded
from nnviz.gui.timeline.epoch_field import EpochField
from nnviz.gui.timeline.paint import number_height, row_height
from nnviz.gui.timeline.track import Track

_LEAST = 40 * SPACE
_TRACK = 12 * SPACE
"""Pixels that the track should have beyond the least it can do with, before words have room."""

_WASH = 0.6


class TimelineActions(Protocol):
    """The actions of the window by key."""

    def __getitem__(self, key: str, /) -> QAction: ...


@guarded
class Timeline(Themed, QWidget):
    """Shows which epoch is looked at, and lets the person choose another.

    It knows nothing of runs: its `track` is told which epochs are kept, and says which one is
    wanted, as does its `field`. Its buttons are the actions of the Train menu.
    """

    def __init__(self, actions: TimelineActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAccessibleName(self.tr("Timeline of the run"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.track, self.field = Track(self), EpochField(self)
        self._past, self._worded, self._digits = False, True, 0
        self._lay_out(actions)
        self.track.moved.connect(self._follow)
        self.set_low(False)
        self._follow()

    def minimumSizeHint(self) -> QSize:
        """Return so little that the picture above never becomes wider for it."""
        return QSize(_LEAST, self.height())

    def set_low(self, low: bool) -> None:
        """Leave the numbers under the track out where the picture needs the height."""
        self.setFixedHeight(row_height() + (SPACE // 2 if low else number_height() + 2))
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

    def restyle(self) -> None:
        """Make room for words in another font."""
        self._fit()
        self.update()

    # ------------------------------------------------------------------------------- its parts

    def _lay_out(self, actions: TimelineActions) -> None:
        play = self._button(actions["play-back"])
        self._branch = self._button(actions["branch"], self.tr("Train on from here"))
        now = self._button(actions["now"], self.tr("Now"))
        now.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.field.stepped.connect(self.track.step)
        self._row = QHBoxLayout(self)
        self._row.setSpacing(SPACE // 2)
        back, forward = self._button(actions["earlier"]), self._button(actions["later"])
        for part in (play, back, self.track, forward, self.field, now, self._branch):
            if part is self.track:
                self._row.addWidget(part, 1)
            else:
                self._row.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        self._row.insertSpacing(self._row.indexOf(now), SPACE // 2)

    def _button(self, action: QAction, words: str = "") -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(action.objectName().replace("action-", "timeline-"))
        if words:
            action.setIconText(words)
        button.setDefaultAction(action)
        button.setFont(small_font())
        button.setAutoRaise(True)
        button.setIconSize(QSize(icon_size()))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setFixedHeight(row_height())
        return button

    # ------------------------------------------------------------------------------- its words

    @Slot()
    def _follow(self) -> None:
        """Say in words where the handle stands."""
        track = self.track
        digits = len(str(max(track.scale.end, track.newest)))
        if digits != self._digits:
            self._digits = digits
            self._fit()
        if self._past != (track.shown is not None):
            self._past = not self._past
            mark(self.field, "past", self._past)
            self.update()
        self._tell()

    def _fit(self) -> None:
        """Use words if that leaves the track its room."""
        style = Qt.ToolButtonStyle
        largest = int("8" * max(1, self._digits))
        for worded in (True, False):
            self._branch.setToolButtonStyle(
                style.ToolButtonTextBesideIcon if worded else style.ToolButtonIconOnly
            )
            # Of a fixed size: else every new epoch would have the row laid out again.
            longest = self._sentence(True, largest, worded).format(shown=count(largest))
            self.field.setFixedSize(self.field.width_for(longest), row_height())
            if self._row.minimumSize().width() + _TRACK <= self.width():
                break
        self._worded = worded
        self._tell()

    def _tell(self) -> None:
        """Write the epoch; a screen reader is always told in words."""
        newest, past = self.track.newest, self.track.shown is not None
        self.field.show_epoch(self.track.here, self._sentence(past, newest, self._worded))
        said = self._sentence(past, newest, True).format(shown=count(self.track.here))
        self.field.setAccessibleName(said)

    def _sentence(self, past: bool, newest: int, worded: bool) -> str:
        """Return what is written, with a gap for the epoch shown."""
        if not past:
            return self.tr("epoch {shown}") if worded else "{shown}"
        text = self.tr("epoch {shown} of {newest}") if worded else self.tr("{shown} / {newest}")
        return text.replace("{newest}", count(newest))
