"""The frame feed: one timer that shows visible views what has changed, at most once a frame."""

from __future__ import annotations

import time
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from nnviz.gui.frame import Frame
from nnviz.gui.session import Session, SessionState
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.records import EpochBatch, Snapshot

FRAME_INTERVAL = 16
"""Milliseconds a frame: sixty a second."""

RATE_INTERVAL = 0.5
"""Seconds over which speeds are measured."""


class View(Protocol):
    """What the feed shows frames to."""

    def begin(self, problem: Problem) -> None:
        """Prepare for a run."""

    def show_frame(self, frame: Frame) -> None:
        """Draw a moment."""

    def isVisible(self) -> bool:
        """Whether anybody can see it."""


class FrameFeed(QObject):
    """Collects records and the newest snapshot, and hands them to visible views.

    Parameters
    ----------
    session
        Where they come from.
    parent
        Qt parent.
    """

    frame_shown = Signal(object)
    """A Frame has been drawn; for status figures."""

    rates = Signal(float, float)
    """Epochs and frames a second, over the last half second."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._views: dict[View, tuple[int, int]] = {}
        self._problem: Problem | None = None
        self._history: History | None = None
        self._inspection: Inspection | None = None
        self._row = 0
        self._generation = 0
        self._run = 0
        self._frames = 0
        self._epochs = 0
        self._since = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        session.began.connect(self._begin)
        session.epochs_finished.connect(self._take_epochs)
        session.snapshot_ready.connect(self._take_snapshot)
        session.state_changed.connect(self._take_state)

    @property
    def frame(self) -> Frame | None:
        """The newest moment, or None before the first run."""
        if self._history is None or self._inspection is None:
            return None
        return Frame(self._history, self._inspection, self._row)

    @property
    def problem(self) -> Problem | None:
        """The problem of the run."""
        return self._problem

    def add_view(self, view: View) -> None:
        """Show frames to this view from now on, whenever it is visible."""
        self._views[view] = (-1, -1)
        self._soon()

    @Slot(int)
    def choose_row(self, row: int) -> None:
        """Choose the sample whose activations are shown."""
        self._row = row
        self._changed()

    @Slot()
    def refresh(self) -> None:
        """Bring views up to date that have become visible."""
        self._soon()

    @Slot(object)
    def _begin(self, problem: Problem) -> None:
        self._problem = problem
        self._history = History(len(problem.experiment.network.layers))
        self._inspection = None
        self._row = int(problem.train.index[0])
        self._run += 1

    @Slot(object)
    def _take_epochs(self, batch: EpochBatch) -> None:
        assert self._history is not None
        self._history.extend(batch.rows)
        self._epochs += len(batch.rows)
        self._changed()

    @Slot(object)
    def _take_snapshot(self, snapshot: Snapshot) -> None:
        assert self._problem is not None
        self._inspection = Inspection(self._problem, snapshot)
        self._changed()

    @Slot(object)
    def _take_state(self, state: SessionState) -> None:
        self._frames = self._epochs = 0
        self._since = time.perf_counter()
        self._soon()

    def _changed(self) -> None:
        self._generation += 1
        self._soon()

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start(FRAME_INTERVAL)

    @Slot()
    def _tick(self) -> None:
        """Draw what has changed; stop the timer when nothing does."""
        running = self._session.state is SessionState.RUNNING
        frame = self.frame
        drawn = frame is not None and self._show(frame)
        if running:
            self._session.ask_snapshot()
            self._measure()
        if drawn:
            self._frames += 1
            self.frame_shown.emit(frame)
        elif not running:
            self._timer.stop()

    def _show(self, frame: Frame) -> bool:
        """Show the frame to every visible view that has not seen it; say whether there was one."""
        now = (self._run, self._generation)
        shown = False
        for view, (run, _) in list(self._views.items()):
            if self._views[view] == now or not view.isVisible():
                continue
            if run != self._run and self._problem is not None:
                view.begin(self._problem)
            view.show_frame(frame)
            self._views[view] = now
            shown = True
        return shown

    def _measure(self) -> None:
        elapsed = time.perf_counter() - self._since
        if elapsed >= RATE_INTERVAL:
            self.rates.emit(self._epochs / elapsed, self._frames / elapsed)
            self._epochs = self._frames = 0
            self._since = time.perf_counter()
