"""How the time of an update grows with the width, the depth, the rows and the batch."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, replace

from benchmarks.engine import rate
from benchmarks.peers import NnvizRunner
from benchmarks.workloads import WORKLOADS, Workload, images

BASE = replace(
    WORKLOADS["W4"], title="64-64-64-10 ReLU softmax, batch 32", hidden=(64, 64), dtype="float32"
)


@dataclass(frozen=True)
class Growth:
    """One curve.

    Parameters
    ----------
    name, unit
        What grows, and what the times are of.
    sizes, microseconds
        The curve: an update's time at each size.
    """

    name: str
    unit: str
    sizes: tuple[int, ...]
    microseconds: tuple[float, ...]


def _wide(units: int) -> Workload:
    return replace(BASE, hidden=(units, units))


def _deep(layers: int) -> Workload:
    return replace(BASE, hidden=(64,) * layers)


def _full_batch(rows: int) -> Workload:
    return replace(BASE, data=images(rows, 64), batch=rows)


def _batched(rows: int) -> Workload:
    return replace(BASE, data=images(4096, 64), batch=rows)


CURVES = {
    "units of each hidden layer": (_wide, (8, 16, 32, 64, 128, 256, 512, 1024)),
    "hidden layers": (_deep, (1, 2, 4, 6, 8, 10)),
    "rows, full batch": (_full_batch, (64, 256, 1024, 4096, 16384)),
    "rows of a batch": (_batched, (1, 4, 16, 64, 256, 1024)),
}
"""For each curve what makes a workload of a size, and the sizes."""


def measure_growth(rounds: int, seconds: float) -> list[Growth]:
    """Measure every curve, the sizes in turn, the median of `rounds` turns of `seconds` each."""
    return [_curve(name, rounds, seconds) for name in CURVES]


def _curve(name: str, rounds: int, seconds: float) -> Growth:
    make, sizes = CURVES[name]
    made = [NnvizRunner(make(size)) for size in sizes]
    for runner in made:
        runner.updates(3)
    times: list[list[float]] = [[] for _ in sizes]
    for _ in range(rounds):
        for runner, values in zip(made, times, strict=True):
            values.append(1e6 / rate(runner, 3, seconds))
    return Growth(name, "update", sizes, tuple(map(statistics.median, times)))
