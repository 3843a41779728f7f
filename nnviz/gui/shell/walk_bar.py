"""The slim row above the network while somebody steps through the passes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from nnviz.gui.look.boxes import filled
from nnviz.gui.look.icons import icon_size
from nnviz.gui.look.style import em
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.shell.actions import Actions
from nnviz.gui.widgets.buttons import IconButton, SegmentedControl
from nnviz.gui.widgets.text_labels import ElidedLabel, small

_ROOM_FOR_PACES = 34
"""Width, in heights of a line, from which on there is room for them."""


@guarded
class WalkBar(QWidget):
    """‹ play › to the end, the stage, of what, how fast, and close."""

    batch_chosen = Signal(int)
    """Whether the stages are to be those of the next mini-batch (1) or of the sample (0)."""

    pace_chosen = Signal(int)
    """0 for slow, 1, or 2 for fast."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("walk-bar")
        self.setAccessibleName(self.tr("Step through the passes"))
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Light)
        self.stage = small(ElidedLabel(self), "text")
        self.stage.setObjectName("walk-bar-stage")
        self.of_what = SegmentedControl("walk-of", self)
        self.of_what.setAccessibleName(self.tr("Whose passes are stepped through"))
        sample = self.tr("The passes of the chosen sample, as the network predicts it")
        batch = self.tr("The passes of the mini-batch that training takes next, exactly as it will")
        self.of_what.fill([(self.tr("Sample"), sample), (self.tr("Batch"), batch)])
        self.of_what.chosen.connect(self.batch_chosen)
        self.paces = SegmentedControl("walk-pace", self)
        self.paces.setAccessibleName(self.tr("How fast stages follow each other"))
        tip = self.tr("How fast stages follow each other while they play")
        names = (self.tr("Slow"), self.tr("Medium"), self.tr("Fast"))
        self.paces.fill([(name, tip) for name in names], 1)
        self.paces.chosen.connect(self.pace_chosen)
        close = IconButton("x", self.tr("Close"), self.tr("Stop stepping through (Esc)"), self)
        close.setObjectName("walk-close")
        close.clicked.connect(actions["walk"].trigger)
        keys = ("walk-back", "walk-play", "walk-on", "walk-end")
        buttons = [self._button(actions[key]) for key in keys]
        parts = (*buttons, self.stage, self.of_what, self.paces, close)
        margins = (SPACE, SPACE // 2, SPACE // 2, 0)
        filled(QHBoxLayout(self), *parts, margins=margins, spacing=SPACE // 2, wide=self.stage)
        self.hide()

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(action.objectName().replace("action-", "button-"))
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setIconSize(QSize(icon_size()))
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for."""
        super().resizeEvent(event)
        self.paces.setVisible(self.width() >= em(self, _ROOM_FOR_PACES))
