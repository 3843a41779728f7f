"""Playing back: a run's kept moments one after another, in equal steps of the timeline."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from nnviz.gui.timeline.scale import EpochArray, Scale

INTERVAL = 16
"""Milliseconds between two looks at the clock: sixty a second."""

WHOLE = 8.0
"""Seconds that the whole track takes."""

_SECONDS_A_CHECKPOINT = 0.15
"""A run of which few moments are kept need not take so long."""


class Playback(QObject):
    """Says which epoch is to be shown next.

    What is due follows from the clock, so that a slow picture leaves moments out rather than time.
    """

    epoch_chosen = Signal(object)
    """The next epoch to be shown."""

    playing_changed = Signal(bool)
    """It began or stopped, at the end or before."""

    ended = Signal()
    """The last epoch has been shown."""

    def __init__(
        self, parent: QObject | None = None, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._path = np.zeros(0, np.int64)
        self._due = np.zeros(0)
        self._begun = 0.0
        self._shown = -1
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._tick)

    @property
    def playing(self) -> bool:
        """Whether it is under way."""
        return self._timer.isActive()

    def play(self, path: EpochArray) -> None:
        """Show these epochs from now on.

        Parameters
        ----------
        path
            Ascending; with fewer than two there is nothing to play.
        """
        if len(path) < 2:
            return
        self._path = path
        self._due = due_times(path)
        self._begun = self._clock()
        self._shown = -1
        self._timer.start()
        self.playing_changed.emit(True)
        self._tick()

    @Slot()
    def stop(self) -> None:
        """Stay where it is."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    @Slot()
    def _tick(self) -> None:
        """Show what is due, if that is not shown already."""
        elapsed = self._clock() - self._begun
        index = int(np.searchsorted(self._due, elapsed, side="right")) - 1
        if index != self._shown:
            self._shown = index
            self.epoch_chosen.emit(int(self._path[index]))
        if index == len(self._path) - 1 and self.playing:
            self.stop()
            self.ended.emit()


def due_times(path: EpochArray) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the seconds at which epochs are to be shown, from 0: in equal steps of the track."""
    places = Scale(int(path[-1])).places(path)
    seconds = min(WHOLE * (1.0 - places[0]), _SECONDS_A_CHECKPOINT * len(path))
    return np.asarray((places - places[0]) / (1.0 - places[0]) * seconds)
