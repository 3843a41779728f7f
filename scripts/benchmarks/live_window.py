"""The window while it trains flat out: speed, frames, and how soon it answers."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from benchmarks.live_workloads import LiveWorkload
from benchmarks.observers import (
    FrameWatch,
    Heartbeat,
    PauseClicks,
    Post,
    RedrawCount,
    TrainOn,
    UpdateWatch,
    percentiles,
)
from benchmarks.open_window import fill, new_window, panels_in_sight, play, train_button
from benchmarks.others import CoreShare
from benchmarks.script import Steps
from benchmarks.training_place import train_in_a_thread, train_with_blas_threads
from nnviz.gui.frame import Frame
from nnviz.gui.main_window import MainWindow
from nnviz.gui.panel import Panel

REST = 2.0
"""Seconds for which the resting window is watched."""


def watch_window(workload: LiveWorkload, task: dict[str, Any]) -> dict[str, Any]:
    """Open the window, train, and return what was seen.

    Parameters
    ----------
    workload
        What is trained.
    task
        ``home``: folder of the settings; ``warm_up`` and ``seconds``; ``pauses``: how often Pause
        is clicked, and 0 leaves out the rest and the costs, too; ``place``: ``"process"`` or
        ``"thread"``; ``training_blas``: threads for matrix products.
    """
    if task["place"] == "thread":
        train_in_a_thread()
    train_with_blas_threads(task["training_blas"])
    window = new_window(task["home"])
    watch = _Watch(window, workload, task)
    play(window, watch.steps())
    return watch.found


class _Watch:
    def __init__(self, window: MainWindow, workload: LiveWorkload, task: dict[str, Any]) -> None:
        self.found: dict[str, Any] = {}
        self._window, self._workload, self._task = window, workload, task
        self._frames = FrameWatch()
        self._redraws: dict[str, RedrawCount] = {}

    def steps(self) -> Steps:
        window, task = self._window, self._task
        yield from fill(window, self._workload.experiment)
        self.found["platform"] = QGuiApplication.platformName()
        read = [key for key, panel in window.panels.items() if panel.is_read]
        seen, every = panels_in_sight(window), list(window.panels)
        self.found["panels"] = {"seen": seen, "all": every, "read": read}
        self._endless = TrainOn(window.session, train_button(window))
        click_train(window)
        yield float(task["warm_up"])
        self._redraws = {key: RedrawCount(panel) for key, panel in window.panels.items()}
        yield from self._train(task["seconds"])
        if task["pauses"]:
            yield from self._pause(task["pauses"])
            yield from self._rest()
            self.found["costs"] = self._costs()

    def _train(self, seconds: float) -> Steps:
        """Watch the running window."""
        updates, beat, post = UpdateWatch(), Heartbeat(), Post()
        waits: list[float] = []
        post.arrived.connect(waits.append)
        session, feed = self._window.session, self._window.feed
        session.snapshot_ready.connect(updates.take)
        feed.frame_shown.connect(self._frames.take)
        beat.start()
        post.send_many(0.003, 0.011)
        core = CoreShare(_training_process())
        begun, busy = time.perf_counter(), time.thread_time()
        yield seconds
        elapsed, busy = time.perf_counter() - begun, time.thread_time() - busy
        post.stop()
        beat.stop()
        feed.frame_shown.disconnect(self._frames.take)
        session.snapshot_ready.disconnect(updates.take)
        self.found |= {
            "updates_per_second": updates.clock.rate,
            "frames_per_second": len(self._frames.times) / elapsed,
            "frame_milliseconds": percentiles(self._frames.intervals()),
            "busy": busy / elapsed,
            "core": core.share(),
            "beat_late": percentiles(beat.late),
            "event_waited": percentiles(waits),
            "redraws": {k: len(count.times) / elapsed for k, count in self._redraws.items()},
            "redraw_milliseconds": {k: count.typical() for k, count in self._redraws.items()},
        }

    def _pause(self, count: int) -> Steps:
        """Click Pause again and again; training is paused after that."""
        clicks = PauseClicks(self._window.session, train_button(self._window), count)
        clicks.start()
        yield clicks.done
        self.found["pause_took"] = clicks.times

    def _rest(self) -> Steps:
        """See what is done where nothing changes."""
        yield 1.0
        redraws, busy = self._redraw_total(), time.thread_time()
        yield REST
        self.found["rest"] = {
            "busy": (time.thread_time() - busy) / REST,
            "redraws_per_second": (self._redraw_total() - redraws) / REST,
        }

    def _redraw_total(self) -> int:
        return sum(len(count.times) for count in self._redraws.values())

    def _costs(self) -> dict[str, dict[str, float]]:
        first, newest = self._frames.first, self._frames.newest
        if first is None or newest is None:
            return {}
        return {key: cost(panel, first, newest) for key, panel in self._window.panels.items()}


def _training_process() -> int:
    """Return the number of the process that trains, which may be this one."""
    pids = [process.pid for process in multiprocessing.active_children()]
    return pids[0] or 0 if pids else os.getpid()


def click_train(window: MainWindow) -> None:
    """Click the button that trains and pauses, as a person would."""
    QTest.mouseClick(train_button(window), Qt.MouseButton.LeftButton)


def cost(panel: Panel, one: Frame, other: Frame, turns: int = 12) -> dict[str, float]:
    """Return the CPU milliseconds for showing a frame after another one, and for painting it.

    What the panel has asked for is painted, as in a running window, where several are painted
    together.
    """
    QCoreApplication.sendPostedEvents()
    shown, painted = [], []
    for turn in range(turns):
        begun = time.thread_time()
        panel.show_frame(other if turn % 2 else one)
        middle = time.thread_time()
        QCoreApplication.sendPostedEvents()
        shown.append(1000 * (middle - begun))
        painted.append(1000 * (time.thread_time() - middle))
    return {"show": statistics.median(shown), "paint": statistics.median(painted)}
