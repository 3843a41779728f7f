"""How fast training goes, from what was seen of it, and training without a window."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field

from benchmarks.live_workloads import LiveWorkload
from benchmarks.others import CoreShare
from nnviz.training.history import History
from nnviz.training.server import SLICE
from nnviz.training.trainer import Trainer, overflow_is_checked


@dataclass
class UpdateClock:
    """Notes how many updates were done; their speed is taken from the first note to the last."""

    seen: list[tuple[int, float]] = field(default_factory=list)

    def note(self, updates: int) -> None:
        """Note that so many are done by now."""
        self.seen.append((updates, time.perf_counter()))

    @property
    def rate(self) -> float:
        """Updates a second; 0 where there are no two notes."""
        if len(self.seen) < 2:
            return 0.0
        (first, begun), (last, ended) = self.seen[0], self.seen[-1]
        return (last - first) / (ended - begun)


def train_alone(workload: LiveWorkload, warm_up: float, seconds: float) -> dict[str, float]:
    """Train as the window's process does, in slices, and keep the records as the command line does.

    Nothing is sent anywhere: this is what the window's speed is measured against.

    Returns
    -------
    Updates a second, and the share of a core it had.
    """
    core = CoreShare(os.getpid())
    trainer, clock, updates = Trainer(workload.experiment), UpdateClock(), 1
    history = History(len(trainer.network.layers))
    start = time.perf_counter()
    with overflow_is_checked():
        while (elapsed := time.perf_counter() - start) < warm_up + seconds:
            begun = time.perf_counter()
            if trainer.finished:  # the fastest does all the epochs that can be asked for in seconds
                trainer.extend()
            history.extend(trainer.advance(updates).rows)
            if elapsed >= warm_up:
                clock.note(trainer.updates)
            took = time.perf_counter() - begun
            updates = updates * 2 if took < SLICE / 4 else updates
            updates = max(1, updates // 2) if took > SLICE / 2 else updates
    return {"updates_per_second": clock.rate, "core": core.share()}
