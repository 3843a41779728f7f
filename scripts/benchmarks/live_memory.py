"""Memory of the window and of the process that trains, before a long run and after it."""

from __future__ import annotations

import math
import multiprocessing
import os
import time
from pathlib import Path
from typing import Any

from benchmarks.live_window import click_train, cost
from benchmarks.live_workloads import LIVE_WORKLOADS
from benchmarks.observers import FrameWatch, RedrawCount, percentiles
from benchmarks.open_window import fill, new_window, play
from benchmarks.script import Steps
from nnviz.gui.main_window import MainWindow
from nnviz.gui.run.session import SessionState
from nnviz.training.experiment import Experiment

LAST_FRAMES = 120
"""How many of the run's last frames are looked at."""

_STATUS = "/proc/{}/status"


def resident(process: int) -> float:
    """Return the megabytes (10⁶ bytes) a process holds; NaN where the system does not tell."""
    status = Path(_STATUS.format(process))
    if not status.exists():
        return math.nan
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024 / 1e6


def watch_memory(task: dict[str, Any]) -> dict[str, Any]:
    """Train for many epochs in the window, and return what that took.

    Parameters
    ----------
    task
        ``home``: folder of the settings; ``workload``: what; ``epochs``: how many.
    """
    window = new_window(task["home"])
    found: dict[str, Any] = {"epochs": task["epochs"]}
    experiment = LIVE_WORKLOADS[task["workload"]].experiment
    experiment = experiment.change("training", epochs=task["epochs"])
    play(window, _steps(window, experiment, found))
    return found


def _steps(window: MainWindow, experiment: Experiment, found: dict[str, Any]) -> Steps:
    yield from fill(window, experiment)
    found["before"] = both_resident()
    frames = FrameWatch()
    redraws = [RedrawCount(panel) for panel in window.panels.values()]
    window.feed.frame_shown.connect(frames.take)
    click_train(window)
    begun = time.perf_counter()
    while window.session.state is not SessionState.FINISHED:
        yield window.session.state_changed
    found["seconds"] = time.perf_counter() - begun
    found["frame_milliseconds"] = percentiles(frames.intervals()[-LAST_FRAMES:])
    found["redraw_milliseconds"] = sum(_late(redraw) for redraw in redraws)
    yield 1.0
    found["after"] = both_resident()
    found["costs"] = _costs(window, frames)


def _late(redraw: RedrawCount) -> float:
    del redraw.times[:-LAST_FRAMES]
    return redraw.typical()


def both_resident() -> dict[str, float]:
    """Return the megabytes of this process and of the one that trains for it."""
    (trainer,) = multiprocessing.active_children()
    return {"window": resident(os.getpid()), "training": resident(trainer.pid or 0)}


def _costs(window: MainWindow, frames: FrameWatch) -> dict[str, dict[str, float]]:
    first, newest = frames.first, frames.newest
    assert first is not None
    assert newest is not None
    return {key: cost(panel, first, newest) for key, panel in window.panels.items()}
