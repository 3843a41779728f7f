"""Train for long in the real window and see that its memory stays: ``python scripts/soak.py``.

Every panel is in sight, and XOR is trained as fast as it can be, on and on. The memory of both
processes is told every ten seconds; after the first minutes, in which a history fills up, it may
grow by less than a megabyte a minute. Without a display Qt paints to memory.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.script import Steps

    from nnviz.gui.main_window import MainWindow

ROOT = Path(__file__).resolve().parent.parent
EVERY = 10.0
"""Seconds between two looks."""

MOST = 1.0
"""Megabytes a minute that are a leak."""

PROCESSES = ("window", "training")
Look = tuple[float, dict[str, float]]
"""Minutes since training began, and the megabytes of each process."""


def main() -> int:
    """Train, tell what it takes; return 1 where memory grows."""
    parser = argparse.ArgumentParser(description="See whether memory grows in a long run.")
    parser.add_argument("--minutes", type=float, default=30.0, help="how long it trains")
    parser.add_argument("--first", type=float, default=5.0, help="minutes that do not count")
    parser.add_argument("--workload", default="small", help="what is trained")
    arguments = parser.parse_args()
    if arguments.minutes < arguments.first + 3 * EVERY / 60:
        parser.error("nothing would be left after the first minutes")
    sys.path.insert(0, str(ROOT))
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from benchmarks.live_workloads import register_pictures
    from benchmarks.open_window import new_window, play

    register_pictures()
    looks: list[Look] = []
    with tempfile.TemporaryDirectory() as home:
        window = new_window(home)
        play(window, _steps(window, arguments.workload, 60 * arguments.minutes, looks))
    counted = [look for look in looks if look[0] >= arguments.first]
    grows = {name: slope(counted, name) for name in PROCESSES}
    for name, each in grows.items():
        print(f"{name}: {each:+.2f} MB a minute after the first {arguments.first:g} minutes")
    return int(any(not each < MOST for each in grows.values()))


def slope(looks: Sequence[Look], process: str) -> float:
    """Return the megabytes a minute that a process grew by: those of the line of least squares."""
    import numpy as np

    minutes = [at for at, _ in looks]
    return float(np.polyfit(minutes, [found[process] for _, found in looks], 1)[0])


def _steps(window: MainWindow, workload: str, seconds: float, looks: list[Look]) -> Steps:
    from benchmarks.live_memory import both_resident
    from benchmarks.live_window import click_train
    from benchmarks.live_workloads import LIVE_WORKLOADS
    from benchmarks.observers import TrainOn
    from benchmarks.open_window import fill, train_button

    yield from fill(window, LIVE_WORKLOADS[workload].experiment)
    endless = TrainOn(window.session, train_button(window))
    click_train(window)
    begun = time.perf_counter()
    while (passed := time.perf_counter() - begun) < seconds:
        found, epoch = both_resident(), window.recording.newest_epoch
        looks.append((passed / 60, found))
        told = ", ".join(f"{name} {found[name]:.1f} MB" for name in PROCESSES)
        print(f"{passed:5.0f} s, epoch {epoch:,}: {told}", flush=True)
        yield EVERY
    endless.deleteLater()


if __name__ == "__main__":
    sys.exit(main())
