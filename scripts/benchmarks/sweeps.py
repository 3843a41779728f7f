"""What processes, and a cluster, make of a sweep: speed, overhead, and a worker that is killed."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import Any

from benchmarks import report
from nnviz.training.pool import Pool
from nnviz.training.presets import PRESETS
from nnviz.training.sweep import Outcome, Sweep, run_sweep, sweep_of

PACKAGES = ("numpy", "distributed")
EMPTY_JOBS = 500
_KILLED = "cluster of 4 workers, one killed"


@dataclass(frozen=True)
class Timed:
    """How long the same sweep took somewhere, and whether it had the figures of one process."""

    where: str
    seconds: float
    same: bool


def sweeps() -> dict[str, Sweep]:
    """Return what is trained: many short candidates, and fewer longer ones."""
    digits = PRESETS["digits-mlp"].experiment.change("training", epochs=10)
    return {
        "XOR 2-2-1, 2,000 epochs, 100 seeds": sweep_of(
            PRESETS["xor-2-2-1"].experiment, [], range(100)
        ),
        "digits 64-32-10, 10 epochs, 24 seeds": sweep_of(digits, [], range(24)),
    }


def measure(sweep: Sweep) -> list[Timed]:
    """Return how long a sweep takes in one process, in two, and on a cluster where there can be."""
    found, first = [], None
    for workers in (1, 2):
        pool = Pool(workers)
        _wait(pool, 8)  # they are made when there is something to do
        seconds, outcome = _timed(sweep, pool)
        pool.close()
        first = first or outcome
        found.append(Timed(f"{workers} process{'es' * (workers > 1)}", seconds, outcome == first))
    return found + _on_cluster(sweep, first)


def overhead() -> float:
    """Return the seconds that a job costs beside its work, one after the other in one process."""
    pool = Pool(1)
    _wait(pool, 1)
    began = time.perf_counter()
    _wait(pool, EMPTY_JOBS)
    seconds = time.perf_counter() - began
    pool.close()
    return seconds / EMPTY_JOBS


def _on_cluster(sweep: Sweep, expected: Outcome | None) -> list[Timed]:
    try:
        from distributed import LocalCluster
    except ImportError:
        return []
    options: dict[str, Any] = {"threads_per_worker": 1, "dashboard_address": None}
    found = []
    for where in ("cluster of 4 workers", _KILLED):
        with LocalCluster(n_workers=4, **options) as cluster:
            pool = Pool(cluster=cluster.scheduler_address)
            _wait(pool, 8)
            victims = [worker.pid for worker in cluster.workers.values()][: where == _KILLED]
            seconds, outcome = _timed(sweep, pool, victims)
            pool.close()
        found.append(Timed(where, seconds, outcome == expected))
    return found


def _timed(sweep: Sweep, pool: Pool, victims: list[int] | None = None) -> tuple[float, Outcome]:
    """Run a sweep; kill these processes once a tenth of it is done."""
    began = time.perf_counter()

    def kill(place: int, result: object, jobs: Any) -> None:
        if victims and jobs.done * 10 >= jobs.total:
            os.kill(victims.pop(), signal.SIGKILL)

    outcome = run_sweep(sweep, pool, kill)
    return time.perf_counter() - began, outcome


def _wait(pool: Pool, jobs: int) -> None:
    waiting = pool.start(abs, range(jobs))
    while not waiting.finished:
        waiting.collect(1.0)


def text(results: dict[str, list[Timed]], each: float) -> str:
    """Return the report in Markdown."""
    head = ("sweep", "where", "seconds", "times one process", "the same figures")
    rows = [
        (name, one.where, f"{one.seconds:.2f}", f"{timed[0].seconds / one.seconds:.2f}", _yes(one))
        for name, timed in results.items()
        for one in timed
    ]
    return "\n\n".join(
        [
            report.machine(PACKAGES, "Workers were there before the clock was started."),
            report.table([head, *rows]),
            f"Beside its training a candidate costs {1000 * each:.1f} ms.",
        ]
    )


def _yes(timed: Timed) -> str:
    return "yes" if timed.same else "**no**"
