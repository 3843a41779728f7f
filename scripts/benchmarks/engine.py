"""Interleaved measurement: all engines in turn, round after round, on the same machine."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from benchmarks import playground
from benchmarks.nnviz_experiment import trainer_for
from benchmarks.peers import Runner, runners
from benchmarks.workloads import Workload
from nnviz.engine.layers import Conv2D, Dense
from nnviz.engine.network import Network

SLICE = 0.015
"""Seconds of work asked for at a time, as the window's process asks."""

NOT_LIBRARIES = ("nnviz", "tutorial NumPy", playground.NAME)


@dataclass(frozen=True)
class Result:
    """What a workload's measurement found.

    Parameters
    ----------
    workload
        What was trained.
    rates
        For each engine, updates a second in each round.
    peak_share
        Share of the machine's measured matrix-product peak that nnviz' products reach, 0 to 1.
    """

    workload: Workload
    rates: dict[str, list[float]] = field(default_factory=dict)
    peak_share: float = math.nan

    @property
    def medians(self) -> dict[str, float]:
        """Each engine's median over the rounds."""
        return {name: statistics.median(values) for name, values in self.rates.items()}

    @property
    def best_peer(self) -> tuple[str, float]:
        """Name and rate of the fastest Python library besides nnviz."""
        peers = {name: rate for name, rate in self.medians.items() if name not in NOT_LIBRARIES}
        return max(peers.items(), key=lambda item: item[1], default=("none installed", math.nan))

    @property
    def ratio(self) -> float:
        """How many times the best peer's updates nnviz does in the same time."""
        return self.medians["nnviz"] / self.best_peer[1]


def measure(workload: Workload, rounds: int, seconds: float) -> Result:
    """Measure every engine on a workload: `rounds` turns of `seconds` each, in turn."""
    made = runners(workload)
    counts = {name: _updates_in_a_slice(runner) for name, runner in made.items()}
    rates: dict[str, list[float]] = {name: [] for name in made}
    peaks = []
    for _ in range(rounds):
        peaks.append(matrix_product_peak(workload.dtype))
        for name, runner in made.items():
            rates[name].append(rate(runner, counts[name], seconds))
    work = operations_per_update(workload) * statistics.median(rates["nnviz"])
    return Result(workload, rates, work / max(peaks))


def rate(runner: Runner, count: int, seconds: float) -> float:
    """Return the updates a second of one turn, `count` asked for at a time."""
    done, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        done += runner.updates(count)
    return done / elapsed


def _updates_in_a_slice(runner: Runner) -> int:
    """Warm the engine up; return how many updates take about `SLICE` seconds."""
    count = max(1, runner.updates(1))  # the first takes long, whatever it does
    while True:
        start = time.perf_counter()
        count = max(count, runner.updates(count))
        if time.perf_counter() - start >= SLICE / 2:
            return count
        count *= 2


def matrix_product_peak(dtype: str) -> float:
    """Return the operations a second of one large matrix product, the best of a few."""
    size = 768
    a = np.ones((size, size), dtype)
    b, out, best = a.copy(), a.copy(), math.inf
    for _ in range(5):
        start = time.perf_counter()
        np.dot(a, b, out)
        best = min(best, time.perf_counter() - start)
    return 2 * size**3 / best


def operations_per_update(workload: Workload) -> float:
    """Return the multiplications and additions of an update's matrix products alone."""
    trainer = trainer_for(workload)
    rows = min(workload.batch, trainer.problem.train.rows)
    return rows * sum(_operations_per_sample(trainer.network))


def _operations_per_sample(network: Network) -> Iterator[float]:
    """Yield what each layer costs: forward, for its parameters and, but the first, its input."""
    for i, layer in enumerate(network.layers):
        if isinstance(layer.spec, Dense):
            products = layer.weights.size
        elif isinstance(layer.spec, Conv2D):
            products = layer.weights.size * math.prod(layer.output_shape[1:])
        else:
            continue
        yield 2.0 * products * (3 if i else 2)
