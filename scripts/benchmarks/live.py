"""How the window keeps up while it trains: alone, in the window, and alone again."""

from __future__ import annotations

import itertools
import math
import statistics
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.children import run_child
from benchmarks.live_workloads import LIVE_WORKLOADS, LiveWorkload
from nnviz.training.images import IMAGES

WARM_UP = 2.0
"""Seconds of training before anything is noted."""

PAUSES = 42
"""How often Pause is clicked, in all rounds of a workload together."""

OPENING = 60.0
"""Seconds that a window may take to open and to close."""

MILLION, MNIST_EPOCHS = 1_000_000, 30
THREADED = ("small", "large")
"""Workloads that are trained in a thread, too."""

WIDE = ("middle", "large")
"""Workloads that are trained with more BLAS threads, too: one row of XOR never needs them."""


@dataclass(frozen=True)
class LiveResult:
    """What one workload's rounds found.

    Parameters
    ----------
    workload
        What was trained.
    headless
        What `benchmarks.headless.train_alone` found before the first round and after each.
    rounds
        What `benchmarks.live_window.watch_window` found in each.
    """

    workload: LiveWorkload
    headless: list[dict[str, float]]
    rounds: list[dict[str, Any]]

    @property
    def alone(self) -> float:
        """Updates a second without a window."""
        return statistics.median(turn["updates_per_second"] for turn in self.headless)

    @property
    def ratio(self) -> float:
        """Share of that speed which is left in the window, each round against its neighbours."""
        alone = [turn["updates_per_second"] for turn in self.headless]
        around = map(statistics.mean, itertools.pairwise(alone))
        shares = [
            float(watched["updates_per_second"]) / rate
            for watched, rate in zip(self.rounds, around, strict=True)
        ]
        return statistics.median(shares)

    @property
    def ratio_by_core(self) -> float:
        """The same share of the speed per second of processor time: other programs hardly count."""
        in_window = self.figure("updates_per_second") / self.figure("core")
        return in_window / (self.alone / self.core_alone)

    @property
    def core_alone(self) -> float:
        """Share of a core that training alone had; less than one where others took some."""
        return statistics.median(turn["core"] for turn in self.headless)

    @property
    def others(self) -> float:
        """Share of the machine that other processes took while it trained alone."""
        return statistics.median(turn.get("others", math.nan) for turn in self.headless)

    @property
    def pauses(self) -> list[float]:
        """Milliseconds from every click on Pause to the state PAUSED."""
        return [took for watched in self.rounds for took in watched.get("pause_took", ())]

    def figure(self, *path: str) -> float:
        """Return the median of the rounds of one figure, named by its keys."""
        return statistics.median(self._figures(path))

    def longest(self, *path: str) -> float:
        """Return the largest of the rounds."""
        return max(self._figures(path))

    def _figures(self, path: Sequence[str]) -> list[float]:
        found = []
        for watched in self.rounds:
            value: Any = watched
            for key in path:
                value = value[key]
            found.append(float(value))
        return found


@dataclass(frozen=True)
class Variant:
    """A workload trained in another place than the window trains it.

    Parameters
    ----------
    place
        ``"process"`` or ``"thread"``.
    blas
        Threads for matrix products.
    result
        What was found, of one round.
    """

    place: str
    blas: int
    result: LiveResult


@dataclass
class Live:
    """All that was measured; what was not asked for is empty."""

    seconds: float
    results: list[LiveResult] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    startup: dict[str, list[float]] = field(default_factory=dict)
    opening: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    memory: dict[str, dict[str, Any]] = field(default_factory=dict)


def measure_workload(
    key: str, seconds: float, rounds: int, place: str = "process", blas: int = 1, pauses: int = 0
) -> LiveResult:
    """Train alone and in the window in turn, each for so many seconds.

    Parameters
    ----------
    key, seconds, rounds
        Of `LIVE_WORKLOADS`; of each turn; how many turns in the window.
    place, blas
        Where the window's run is trained, and with how many threads for matrix products.
    pauses
        How often Pause is clicked in all; 0 leaves out all but the training.
    """
    workload = LIVE_WORKLOADS[key]
    seconds *= workload.longer
    task = {"workload": key, "warm_up": WARM_UP, "seconds": seconds}
    window = {
        **task, "kind": "window", "place": place, "training_blas": blas,
        "pauses": math.ceil(pauses / rounds),
    }  # fmt: skip
    headless = [_alone(task)]
    watched = []
    for turn in range(rounds):
        say(f"{key}: {place}, {blas} BLAS, round {turn + 1} of {rounds}")
        watched.append(run_child("live_child", window, _patience(seconds, pauses)))
        headless.append(_alone(task))
    return LiveResult(workload, headless, watched)


def measure_variants(keys: Iterable[str], seconds: float, blas: int) -> Iterator[Variant]:
    """Train in a thread of the window's process, and with several BLAS threads; one at a time."""
    keys = list(keys)
    wanted = [(key, "thread", 1) for key in keys if key in THREADED]
    wanted += [(key, "process", blas) for key in keys if key in WIDE]
    for key, place, threads in wanted:
        yield Variant(place, threads, measure_workload(key, seconds, 1, place, threads))


def measure_startup(rounds: int) -> dict[str, list[float]]:
    """Open nnviz and a bare window in turn; return seconds for each thing waited for."""
    found: dict[str, list[float]] = {"bare": [], "painted": [], "ready": []}
    for turn in range(rounds + 1):
        say(f"start-up, round {turn} of {rounds}")
        bare = run_child("startup_child", {"what": "bare"}, OPENING)
        nnviz = run_child("startup_child", {"what": "nnviz"}, OPENING)
        if turn:  # the first one warms the disk's cache
            found["bare"].append(bare["painted"])
            found["painted"].append(nnviz["painted"])
            found["ready"].append(nnviz["ready"])
    return found


def measure_opening(rounds: int) -> dict[str, list[dict[str, float]]]:
    """Open each preset of large pictures, in a window of its own; see `watch_opening`."""
    found: dict[str, list[dict[str, float]]] = {}
    for preset in IMAGES:
        say(f"opening {preset.key}")
        task = {"kind": "opening", "preset": preset.key}
        found[preset.key] = [run_child("live_child", task, OPENING) for _ in range(rounds)]
    return found


def measure_memory(epochs: int = MILLION) -> dict[str, dict[str, Any]]:
    """Train T8 for a million epochs in the window, and MNIST for some; return what each took."""
    found = {}
    for key, count in (("small", epochs), ("mnist", MNIST_EPOCHS)):
        say(f"memory: {key}, {count:,} epochs")
        task = {"kind": "memory", "workload": key, "epochs": count}
        found[key] = run_child("live_child", task, OPENING + epochs / 2000)
    return found


def _alone(task: dict[str, Any]) -> dict[str, float]:
    return run_child("live_child", {**task, "kind": "headless"}, _patience(task["seconds"], 0))


def _patience(seconds: float, pauses: int) -> float:
    return OPENING + WARM_UP + seconds + pauses


def say(sentence: str) -> None:
    """Say what is being measured, where it does not mix with the tables."""
    print(sentence, file=sys.stderr, flush=True)
