"""How long it takes until a preset of pictures is open, and what keeps the window waiting then."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.observers import Heartbeat
from benchmarks.open_window import SETTLING, new_window, play
from benchmarks.script import Steps
from nnviz.gui.main_window import MainWindow

PATIENCE = 20.0
"""Seconds in which all figures must have come."""


def watch_opening(task: dict[str, Any]) -> dict[str, Any]:
    """Open a preset as the first thing that is done, and return what that took.

    Parameters
    ----------
    task
        ``home``: folder of the settings; ``preset``: its key.

    Returns
    -------
    Milliseconds from the click until all panels in sight are painted, and until all figures
    have come; and the longest for which the event loop was kept.
    """
    window = new_window(task["home"])
    found: dict[str, Any] = {}
    play(window, _steps(window, task["preset"], found))
    return found


def _steps(window: MainWindow, key: str, found: dict[str, Any]) -> Steps:
    window.show()
    yield window.ready
    yield SETTLING
    beat = Heartbeat()
    beat.start()
    begun = time.perf_counter()
    window.commands.open_preset(key)
    while not (window.store.experiment.preset == key and window.feed.resting):
        yield 0.01
    found["painted"] = 1000 * (time.perf_counter() - begun)
    while not _is_exact(window) and time.perf_counter() - begun < PATIENCE:
        yield 0.01
    found["exact"] = 1000 * (time.perf_counter() - begun)
    beat.stop()
    found["blocked"] = max(beat.late)


def _is_exact(window: MainWindow) -> bool:
    """Say whether the epoch's record is there, and every panel has what it draws at rest."""
    recording = window.recording
    frame = recording.frame
    done = frame is not None and frame.inspection.seen(moving=False) is frame.inspection
    return done and len(recording.history) > 0 and window.feed.resting
