"""The track of the timeline: a slider over a run's epochs that stops where moments are kept."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QSlider, QWidget

from nnviz.gui.look.numbers import count
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import show_tool_tip
from nnviz.gui.timeline.paint import MARGIN, Look, paint
from nnviz.gui.timeline.scale import EpochArray, Scale, fitting_end, nearest

INTERVAL = 16
"""Milliseconds between two epochs chosen while dragging: one a frame."""

_NOTCH = 120
_LEAP = 0.1
_SPARSE = 4.0
_KEYS = {
    Qt.Key.Key_Left: "back",
    Qt.Key.Key_Down: "back",
    Qt.Key.Key_Right: "forward",
    Qt.Key.Key_Up: "forward",
    Qt.Key.Key_PageDown: "leap back",
    Qt.Key.Key_PageUp: "leap forward",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "now",
}


@guarded
class Track(QSlider):
    """Chooses an epoch of a run, or its newest.

    As a slider its value is the epoch shown, which is also what a screen reader says and sets.

    Parameters
    ----------
    theme
        Colours.
    parent
        Qt parent.
    """

    epoch_chosen = Signal(int)
    """The person wants to see a kept epoch; while dragging at most one a frame."""

    live_wanted = Signal()
    """The person wants to see the newest epoch, and to stay with it."""

    moved = Signal()
    """The handle, or the end of the run, stands elsewhere."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.theme = theme
        self.setObjectName("timeline-track")
        self.setAccessibleName(self.tr("Epoch shown"))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.newest = 0
        self.shown: int | None = None
        self._kept: EpochArray = np.zeros(0, np.int64)
        self._goal = 0
        self._scale = Scale(1)
        self._turned = 0
        self._untold = False
        self._look: Look | None = None
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(INTERVAL)
        self._frame.timeout.connect(self._tell)
        self.setRange(0, 0)
        self.valueChanged.connect(self._take_value)

    # -------------------------------------------------------------------------- what there is

    @property
    def here(self) -> int:
        """The epoch the handle stands at."""
        return self.newest if self.shown is None else self.shown

    @property
    def scale_end(self) -> int:
        """The epoch at the right end of the track."""
        return self._scale.end

    def show_kept(self, epochs: EpochArray) -> None:
        """Stop at these epochs, in ascending order."""
        self._kept = epochs
        self._stand()

    def show_newest(self, newest: int) -> None:
        """Reach up to this epoch."""
        self.newest = newest
        if not self.isSliderDown():  # nothing may move away from under a hand
            self._scale = Scale(fitting_end(newest, self._goal))
        self._stand()

    def begin(self, epochs: int) -> None:
        """Forget what was asked of the run before; this one is to have so many epochs."""
        self._frame.stop()
        self._untold, self.shown = False, None
        self.setSliderDown(False)
        self._goal = epochs  # there is room for them once the run comes near
        self._kept = np.zeros(0, np.int64)
        self.show_newest(0)

    def show_shown(self, epoch: int | None) -> None:
        """Put the handle at an epoch, unless the person is just moving it."""
        if not (self.isSliderDown() or self._untold):
            self.shown = epoch
            self._stand()

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        self._redraw()

    def sizeHint(self) -> QSize:
        """Return the room it would like."""
        return QSize(30 * SPACE, 4 * SPACE)

    def minimumSizeHint(self) -> QSize:
        """Return the room it needs."""
        return QSize(10 * SPACE, 3 * SPACE)

    # --------------------------------------------------------------------------- what is done

    @Slot()
    def step_back(self) -> None:
        """Go to the kept epoch before."""
        before = int(np.searchsorted(self._kept, self.here)) - 1
        if before >= 0:
            self._choose(int(self._kept[before]))

    @Slot()
    def step_forward(self) -> None:
        """Go to the kept epoch after; from the last, to the newest."""
        if self.shown is not None:
            after = int(np.searchsorted(self._kept, self.shown, side="right"))
            self._choose(int(self._kept[after]) if after < len(self._kept) else self.newest)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step, leap, or go to either end."""
        way = _KEYS.get(Qt.Key(event.key()))
        place = self._scale.place(self.here)
        if way == "back":
            self.step_back()
        elif way == "forward":
            self.step_forward()
        elif way is not None:
            leaps = {"leap back": place - _LEAP, "leap forward": place + _LEAP, "first": 0.0}
            self._go_to(leaps.get(way, 1.0))
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step by a kept epoch at each notch."""
        turned = event.angleDelta()
        self._turned += turned.y() or turned.x()
        notches = int(self._turned / _NOTCH)
        self._turned -= notches * _NOTCH
        for _ in range(abs(notches)):
            (self.step_forward if notches > 0 else self.step_back)()
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
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self._redraw()
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draw what cannot be used as such."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.EnabledChange:
            self._redraw()

    # --------------------------------------------------------------------------------- drawing

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        """Draw only what looks different: a slider would be drawn at each new epoch."""
        self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track."""
        self._look = self._seen()
        paint(QPainter(self), self._look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw it anew."""
        super().resizeEvent(event)
        self._redraw()

    def _redraw(self) -> None:
        if self._seen() != self._look:
            self.update()

    def _seen(self) -> Look:
        length = self._length()
        return Look(
            self.width(),
            self.height(),
            self._scale.end,
            round(self._scale.place(self.newest) * length, 1),
            round(self._scale.place(self.here) * length, 1),
            self.shown is not None,
            self.isEnabled(),
            self.hasFocus() or self.underMouse(),
            self._marks(length),
            self.theme,
        )

    def _marks(self, length: float) -> tuple[float, ...]:
        """Return where moments are kept, if they are so few that they can be told apart."""
        if not 2 <= len(self._kept) <= length / _SPARSE:
            return ()
        places = self._scale.places(self._kept) * length
        return tuple(places.tolist()) if np.diff(places).min() >= _SPARSE else ()

    def _length(self) -> float:
        return max(1.0, self.width() - 2 * MARGIN)

    # -------------------------------------------------------------------------------- choosing

    def _place_at(self, x: float) -> float:
        return (x - MARGIN) / self._length()

    def _stop_at(self, place: float) -> int:
        """Return the kept epoch nearest to a place, or the newest where that is nearer."""
        epoch = self._scale.epoch_at(place)
        return nearest(np.append(self._kept[self._kept < self.newest], self.newest), epoch)

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
        self._choose(self._stop_at(self._scale.place(value)))

    def _stand(self) -> None:
        """Bring the slider's value to where the handle is."""
        with QSignalBlocker(self):
            self.setRange(0, self.newest)
            self.setValue(self.here)
        self._redraw()
        self.moved.emit()

    def _hint(self, x: float) -> str:
        if self.newest == 0:
            return self.tr("Once the network learns, its earlier epochs can be looked at here.")
        stop = self._stop_at(self._place_at(x))
        if stop == self.newest:
            return self.tr("Look at the newest epoch, and follow it.")
        return self.tr("Look at epoch {epoch}; training is not touched.").format(epoch=count(stop))
