"""Stepping through the passes: which stage is looked at, by keys, buttons or by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnviz.gui.frame import Frame, Selection, WalkPlace
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.icons import icon
from nnviz.gui.look.layer_names import numbered_stage
from nnviz.gui.look.style import em
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.run.parts import RunParts
from nnviz.gui.run.session import SessionState
from nnviz.gui.shell.actions import ACTIONS, Actions
from nnviz.gui.widgets.buttons import IconButton, SegmentedControl, action_button
from nnviz.gui.widgets.text_labels import ElidedLabel, small

INTERVALS = (3000, 1500, 600)
"""Milliseconds a stage is shown while they play, by pace."""

_SLID = 12
"""Places of a map that a window is shown at while stages play."""

_WALKING = ("walk-back", "walk-play", "walk-on", "walk-end")

_ROOM_FOR_PACES = 34
"""Width, in heights of a line, from which on there is room for them."""


@guarded
class WalkBar(QWidget):
    """‹ play › to the end, the stage, of what, how fast, and close."""

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
        self.paces = SegmentedControl("walk-pace", self)
        self.paces.setAccessibleName(self.tr("How fast stages follow each other"))
        tip = self.tr("How fast stages follow each other while they play")
        names = (self.tr("Slow"), self.tr("Medium"), self.tr("Fast"))
        self.paces.fill([(name, tip) for name in names], 1)
        close = IconButton("x", self.tr("Close"), self.tr("Stop stepping through (Esc)"), self)
        close.setObjectName("walk-close")
        close.clicked.connect(actions["walk"].trigger)
        buttons = [action_button(actions[key], self) for key in _WALKING]
        for button in buttons:
            button.setAutoRaise(True)
        parts = (*buttons, self.stage, self.of_what, self.paces, close)
        margins = (SPACE, SPACE // 2, SPACE // 2, 0)
        filled(QHBoxLayout(self), *parts, margins=margins, spacing=SPACE // 2, wide=self.stage)
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for."""
        super().resizeEvent(event)
        self.paces.setVisible(self.width() >= em(self, _ROOM_FOR_PACES))


class WalkThrough(QObject):
    """Has the recording show stages; whoever trains on, or opens another run, has done with it."""

    under_way_changed = Signal(bool)
    """The person began to step through, or has done with it."""

    def __init__(self, actions: Actions, run: RunParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.bar = bar = WalkBar(actions, parent)
        self._recording, self._session = run.recording, run.session
        self._units: Iterator[int] = iter(())
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVALS[1])
        self._timer.timeout.connect(self._tick)
        actions["walk"].setCheckable(True)
        bar.of_what.chosen.connect(self._choose_batch)
        bar.paces.chosen.connect(self._set_pace)
        for other in (run.session.began, run.session.edits_made):
            other.connect(self.stop)
        run.session.state_changed.connect(self._show_state)
        run.recording.changed.connect(self._show)
        self._show()

    @property
    def under_way(self) -> bool:
        """Whether somebody steps through the passes."""
        return self._recording.walk is not None

    @property
    def playing(self) -> bool:
        """Whether stages follow each other by themselves."""
        return self._timer.isActive()

    @Slot()
    def toggle(self) -> None:
        """Begin at the inputs, or stop."""
        if self.under_way or self._recording.frame is None:
            self.stop()
            return
        if self._session.state is SessionState.RUNNING:
            self._session.pause()
        self._recording.walk_to(WalkPlace())
        self._actions["step"].setShortcut("")  # its key goes on to the next stage
        self._actions["walk-on"].setShortcut(ACTIONS["step"].shortcut)
        self.under_way_changed.emit(True)

    @Slot()
    def stop(self) -> None:
        """Show the network as a whole again."""
        self._pause()
        if self.under_way:
            self._actions["walk-on"].setShortcut("")
            self._actions["step"].setShortcut(ACTIONS["step"].shortcut)
            self._recording.walk_to(None)
            self.under_way_changed.emit(False)
        self._show()

    @Slot()
    def go_on(self) -> None:
        """Show the next stage."""
        self._go(1)

    @Slot()
    def go_back(self) -> None:
        """Show the stage before."""
        self._pause()
        self._go(-1)

    @Slot()
    def go_to_end(self) -> None:
        """Show the last stage."""
        self._pause()
        self._go(self._count)

    @Slot()
    def play(self) -> None:
        """Let stages follow each other, from the first again where all were shown; or pause."""
        if self.playing:
            self._pause()
        elif (place := self._recording.walk) is not None:
            if place.stage == self._count - 1:
                self._go(-self._count)
            self._units = iter(self._places())
            self._timer.start()
        self._show()

    def _pause(self) -> None:
        self._timer.stop()
        self._show()

    @property
    def _count(self) -> int:
        frame = self._recording.frame
        return len(frame.walked().stages) if frame is not None else 1

    def _go(self, by: int) -> None:
        place = self._recording.walk
        if place is not None:
            stage = min(max(place.stage + by, 0), self._count - 1)
            self._recording.walk_to(replace(place, stage=stage))

    @Slot()
    def _tick(self) -> None:
        """Slide on over the map, or else go on to the next stage."""
        place, frame = self._recording.walk, self._recording.frame
        assert place is not None
        assert frame is not None
        if (unit := next(self._units, None)) is not None:
            self._recording.select(Selection(frame.walked().at(place.stage).layer, unit))
        elif place.stage >= self._count - 1:
            self._pause()
        else:
            self.go_on()
            self._units = iter(self._places())

    def _places(self) -> list[int]:
        """Return the units over whose map a window is slid at this stage."""
        frame = self._recording.frame
        assert frame is not None
        assert frame.walk is not None
        walk = frame.walked()
        stage = walk.at(frame.walk.stage)
        if not walk.has_window(stage):
            return []
        _, rows, columns = walk.layers[stage.layer].output_shape
        chosen = frame.selection or Selection(-2, 0)
        unit = walk.unit(stage, chosen.layer, chosen.unit)
        first = unit - unit % (rows * columns)
        return [first + int(i) for i in np.linspace(0, rows * columns - 1, _SLID)]

    @Slot(int)
    def _choose_batch(self, batch: int) -> None:
        frame, place = self._recording.frame, self._recording.walk
        if frame is None or place is None:
            return
        self._recording.walk_to(replace(place, of_batch=bool(batch)))
        frame = replace(frame, walk=self._recording.walk)
        walk = frame.walked()
        if frame.row not in walk.rows:
            self._recording.choose_row(int(walk.rows[0]))

    @Slot(int)
    def _set_pace(self, pace: int) -> None:
        self._timer.setInterval(INTERVALS[pace])

    @Slot(object)
    def _show_state(self, state: SessionState) -> None:
        if state is SessionState.RUNNING:
            self.stop()

    @Slot()
    def _show(self) -> None:
        """Show in bar and menu what can be done."""
        place = self._recording.walk
        frame = self._recording.frame if place is not None else None
        self._actions["walk"].setChecked(place is not None)
        self.bar.setVisible(place is not None and frame is not None)
        for key in _WALKING:
            self._actions[key].setEnabled(place is not None)
        if place is not None and frame is not None:
            self._show_stage(frame, place)

    def _show_stage(self, frame: Frame, place: WalkPlace) -> None:
        walk, actions, playing = frame.walked(), self._actions, self.playing
        stage = walk.at(place.stage)
        self.bar.stage.set_texts(*numbered_stage(walk, stage))
        self.bar.of_what.choose(int(walk.is_batch))
        self.bar.of_what.setEnabled(walk.step is not None)
        actions["walk-back"].setEnabled(stage is not walk.stages[0])
        for key in ("walk-on", "walk-end"):
            actions[key].setEnabled(stage is not walk.stages[-1])
        actions["walk-play"].setIcon(icon("circle-pause" if playing else "circle-play"))
        actions["walk-play"].setText(
            self.tr("&Pause stages") if playing else self.tr("&Play stages")
        )
