"""What watches the window while it works, at next to no cost."""

from __future__ import annotations

import itertools
import math
import random
import statistics
import threading
import time
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from benchmarks.headless import UpdateClock
from nnviz.gui.frame import Frame
from nnviz.gui.panel import Panel
from nnviz.gui.run.session import Session, SessionState
from nnviz.training.records import Snapshot

HEARTBEAT = 5
"""Milliseconds between two beats."""


def percentiles(milliseconds: Sequence[float]) -> dict[str, float]:
    """Return median, 95th and 99th percentile, maximum and number; infinite where nothing came."""
    if not milliseconds:
        return {**dict.fromkeys(("p50", "p95", "p99", "max"), math.inf), "count": 0}
    p50, p95, p99 = np.percentile(milliseconds, (50, 95, 99)).tolist()
    return {
        "p50": p50, "p95": p95, "p99": p99, "max": max(milliseconds), "count": len(milliseconds),
    }  # fmt: skip


class UpdateWatch(QObject):
    """Notes how far the window's run had come at each of its moments."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = UpdateClock()

    @Slot(object)
    def take(self, snapshot: Snapshot) -> None:
        """Note a moment."""
        self.clock.note(snapshot.updates)


class FrameWatch(QObject):
    """Notes when frames were shown, and keeps the first and the newest."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []
        self.first: Frame | None = None
        self.newest: Frame | None = None

    @Slot(object)
    def take(self, frame: Frame) -> None:
        """Note one."""
        self.times.append(time.perf_counter())
        self.first = self.first or frame
        self.newest = frame

    def intervals(self) -> list[float]:
        """Return the milliseconds from each frame to the next."""
        return [1000 * (later - one) for one, later in itertools.pairwise(self.times)]


class TrainOn(QObject):
    """Clicks Train again whenever the epochs asked for are done: the fastest takes seconds for all.

    Parameters
    ----------
    session, button
        What finishes, and where a person would click.
    """

    def __init__(self, session: Session, button: QAbstractButton) -> None:
        super().__init__()
        self._button = button
        session.state_changed.connect(self._follow)

    @Slot(object)
    def _follow(self, state: SessionState) -> None:
        if state is SessionState.FINISHED:
            QTimer.singleShot(0, self._click)

    @Slot()
    def _click(self) -> None:
        QTest.mouseClick(self._button, Qt.MouseButton.LeftButton)


class RedrawCount:
    """Counts the frames that a panel is shown, and the time it takes for them.

    Parameters
    ----------
    panel
        Whose `show_frame` is replaced by one that counts.
    """

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.times: list[float] = []
        self._show_frame = panel.show_frame
        panel.show_frame = self._take  # type: ignore[method-assign]

    def _take(self, frame: Frame) -> None:
        begun = time.thread_time()
        self._show_frame(frame)
        self.times.append(1000 * (time.thread_time() - begun))

    def typical(self) -> float:
        """Return the median of the CPU milliseconds, 0 where there was no redraw."""
        return statistics.median(self.times) if self.times else 0.0


class Heartbeat(QObject):
    """Beats every few milliseconds; what comes late was kept waiting by the event loop."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin."""
        self._last = time.perf_counter()
        self._timer.start(HEARTBEAT)

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, 1000 * (now - self._last) - HEARTBEAT))
        self._last = now


class Post(QObject):
    """Sends events from another thread, each stamped with the moment at which it was due.

    That moment is before the sender waits for the interpreter's lock, so that this wait counts.
    """

    arrived = Signal(float)
    """An event came: milliseconds since it was due."""

    _sent = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._over = threading.Event()
        self._sent.connect(self._arrive, Qt.ConnectionType.QueuedConnection)

    def send_after(self, seconds: float) -> None:
        """Send one event."""
        due = time.perf_counter() + seconds
        threading.Timer(seconds, self._sent.emit, (due,)).start()

    def send_many(self, shortest: float, longest: float) -> None:
        """Send events, so many seconds after each other, until told to stop."""
        threading.Thread(target=self._send, args=(shortest, longest), daemon=True).start()

    def stop(self) -> None:
        """Send no more."""
        self._over.set()

    def _send(self, shortest: float, longest: float) -> None:
        delays = random.Random(0)
        while True:
            delay = delays.uniform(shortest, longest)
            due = time.perf_counter() + delay
            if self._over.wait(delay):
                return
            self._sent.emit(due)

    @Slot(float)
    def _arrive(self, due: float) -> None:
        self.arrived.emit(1000 * (time.perf_counter() - due))


class PauseClicks(QObject):
    """Clicks Pause at random moments of a run, and Train again, so many times.

    Parameters
    ----------
    session, button
        What is to pause, and where a person would click.
    count
        How often.
    """

    done = Signal()

    def __init__(self, session: Session, button: QAbstractButton, count: int) -> None:
        super().__init__()
        self.times: list[float] = []
        self._session, self._button, self._left = session, button, count
        self._delays = random.Random(1)
        self._clicked = 0.0
        self._waits = False
        self._post = Post()
        self._post.arrived.connect(self._pause)
        session.state_changed.connect(self._follow)

    def start(self) -> None:
        """Begin; training is running."""
        if not self._waits:  # it does where a run ended meanwhile, and the next one has begun
            self._waits = True
            self._post.send_after(self._delays.uniform(0.06, 0.2))

    @Slot(float)
    def _pause(self, waited: float) -> None:
        self._waits = False
        if self._session.state is not SessionState.RUNNING:
            return  # it is over, and begins again
        self._clicked = time.perf_counter() - waited / 1000
        QTest.mouseClick(self._button, Qt.MouseButton.LeftButton)

    @Slot(object)
    def _follow(self, state: SessionState) -> None:
        if state is SessionState.RUNNING:
            self.start()
        elif state is SessionState.PAUSED:
            self._take_pause()

    def _take_pause(self) -> None:
        self.times.append(1000 * (time.perf_counter() - self._clicked))
        self._left -= 1
        if self._left:
            QTimer.singleShot(50, self._train)
        else:
            self._session.state_changed.disconnect(self._follow)
            self.done.emit()

    @Slot()
    def _train(self) -> None:
        QTest.mouseClick(self._button, Qt.MouseButton.LeftButton)
