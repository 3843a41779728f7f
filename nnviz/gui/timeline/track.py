"""The track of the timeline: a slider over a run's epochs that stops where moments are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from nnviz.gui.look.numbers import count
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import show_tool_tip
from nnviz.gui.timeline.paint import MARGIN, PaintedTrack
from nnviz.gui.timeline.scale import EpochArray, Scale, fitting_end, nearest

INTERVAL = 16
"""Milliseconds between two epochs chosen while dragging: one a frame."""

_NOTCH = 120
_MOST = 2**31 - 1
_LEAP = 0.1
_NEAR, _MOST_TOLD = 5.0, 8
"""Pixels from an edit that still count as on it, and edits told at once: the last of them."""

_Action = QAbstractSlider.SliderAction


@guarded
class Track(PaintedTrack):
    """Chooses an epoch of a run, or its newest.

    As a slider its value is the epoch shown, which is also what a screen reader says and sets.
    """

    epoch_chosen = Signal(object)
    """The person wants to see a kept epoch; while dragging at most one a frame."""

    live_wanted = Signal()
    """The person wants to see the newest epoch, and to stay with it."""

    moved = Signal()
    """The handle, or the end of the run, stands elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline-track")
        self.setAccessibleName(self.tr("Epoch shown"))
        self._uneven = self.tr("Not to scale: the first epochs have more room than the last.")
        self.setAccessibleDescription(self._uneven)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._goal = 0
        self._turned = 0
        self._untold = False
        self._frame = QTimer(self, singleShot=True, interval=INTERVAL)
        self._frame.timeout.connect(self._tell)
        self.setRange(0, 0)
        self.valueChanged.connect(self._take_value)
        self.actionTriggered.connect(self._act)

    # -------------------------------------------------------------------------- what there is

    def show_kept(self, epochs: EpochArray) -> None:
        """Stop at these epochs, in ascending order."""
        if epochs is not self.kept:  # it is asked at every frame
            self.kept = epochs
            self.redraw()

    def show_newest(self, newest: int) -> None:
        """Reach up to this epoch."""
        self.newest = newest
        if not self.isSliderDown():  # nothing may move away from under a hand
            self.scale = Scale(fitting_end(newest, self._goal))
        self._stand()

    def show_edits(self, edits: Sequence[tuple[int, Callable[[], str]]]) -> None:
        """Mark epochs at whose end something was changed by hand; each has a way to tell what."""
        self.edits = edits
        self.redraw()

    def begin(self, epochs: int) -> None:
        """Forget what was asked of the run before; this one is to have so many epochs."""
        self._frame.stop()
        self._untold, self.shown = False, None
        self.setSliderDown(False)
        self._goal = epochs  # there is room for them once the run comes near
        self.kept = np.zeros(0, np.int64)
        self.show_newest(0)

    def show_shown(self, epoch: int | None) -> None:
        """Put the handle at an epoch, unless the person is just moving it."""
        if epoch != self.shown and not (self.isSliderDown() or self._untold):
            self.shown = epoch
            self._stand()

    def sizeHint(self) -> QSize:
        """Return the room it would like."""
        return QSize(30 * SPACE, 4 * SPACE)

    def minimumSizeHint(self) -> QSize:
        """Return the room it needs."""
        return QSize(10 * SPACE, 3 * SPACE)

    # --------------------------------------------------------------------------- what is done

    @Slot(int)
    def step(self, steps: int) -> None:
        """Go so many kept epochs on, or back; after the last comes the newest."""
        stops = self._stops()
        place = int(np.searchsorted(stops, self.here, "right" if steps > 0 else "left"))
        place += steps - 1 if steps > 0 else steps
        self._choose(int(stops[min(max(place, 0), len(stops) - 1)]))

    @Slot(int)
    def _act(self, action: int) -> None:
        """Step, leap, or go to either end: what keys and screen readers ask of a slider."""
        place = self.scale.place(self.here)
        places = {
            _Action.SliderPageStepSub.value: place - _LEAP,
            _Action.SliderPageStepAdd.value: place + _LEAP,
            _Action.SliderToMinimum.value: 0.0,
            _Action.SliderToMaximum.value: 1.0,
        }
        if action == _Action.SliderSingleStepSub.value:
            self.step(-1)
        elif action == _Action.SliderSingleStepAdd.value:
            self.step(1)
        elif action in places:
            self._go_to(places[action])
        self._stand()  # or the slider would go where it would have gone by itself

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step by a kept epoch at each notch."""
        turned = event.angleDelta()
        self._turned += turned.y() or turned.x()
        notches = int(self._turned / _NOTCH)
        self._turned -= notches * _NOTCH
        if notches:
            self.step(notches)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to where it is pressed, and hold on to it."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go_to(self._place_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        if self.isSliderDown():
            self._go_to(self._place_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go: the track may grow again."""
        if event.button() is Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)
            self.show_newest(self.newest)

    def event(self, event: QEvent) -> bool:
        """Say which epoch is under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            show_tool_tip(event.globalPos(), self._hint(event.pos().x()), self)
            return True
        return super().event(event)

    # -------------------------------------------------------------------------------- choosing

    def _place_at(self, x: float) -> float:
        return (x - MARGIN) / self.length

    def _stops(self) -> EpochArray:
        """Return the kept epochs and the newest."""
        return np.append(self.kept[self.kept < self.newest], self.newest)

    def _stop_at(self, place: float) -> int:
        """Return the stop nearest to a place."""
        return nearest(self._stops(), self.scale.epoch_at(place))

    def _go_to(self, place: float) -> None:
        self._choose(self._stop_at(place))

    def _choose(self, epoch: int) -> None:
        """Put the handle there at once; tell of it at the next frame, the latest only."""
        shown = None if epoch >= self.newest else epoch
        if shown == self.shown:
            return
        self.shown = shown
        self._untold = True
        self._stand()
        if not self._frame.isActive():
            self._tell()

    @Slot()
    def _tell(self) -> None:
        if not self._untold:
            return
        self._untold = False
        self._frame.start()
        if self.shown is None:
            self.live_wanted.emit()
        else:
            self.epoch_chosen.emit(self.shown)

    @Slot(int)
    def _take_value(self, value: int) -> None:
        """Follow who set the slider's value: a screen reader's user."""
        self._choose(self._stop_at(self.scale.place(value)))

    def _stand(self) -> None:
        """Bring the slider's value to where the handle is."""
        with QSignalBlocker(self):
            # Qt counts no further; what is seen and chosen is not taken from there.
            self.setRange(0, min(self.newest, _MOST))
            self.setValue(min(self.here, _MOST))
        self.redraw()
        self.moved.emit()

    def _hint(self, x: float) -> str:
        near = [tell for epoch, tell in self.edits if abs(self._x(epoch) + MARGIN - x) < _NEAR]
        if near:
            told = "\n".join(tell() for tell in near[-_MOST_TOLD:])
            return self.tr("Changed by hand:\n{edits}").format(edits=told)
        if self.newest == 0:
            return self.tr("Once the network learns, its earlier epochs can be looked at here.")
        stop = self._stop_at(self._place_at(x))
        said = self.tr("Look at epoch {epoch}; training is not touched.").format(epoch=count(stop))
        if stop == self.newest:
            said = self.tr("Look at the newest epoch, and follow it.")
        return f"{said}\n{self._uneven}"
