"""Calculations in processes: what comes back when they die, or are no longer wanted."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import nnviz.training.pool
from nnviz.errors import NnvizError, ProcessError
from nnviz.training.pool import Jobs, Pool
from nnviz.training.server import NICENESS


def squared(number: int) -> int:
    return number * number


def surroundings(_: int) -> tuple[int, str | None]:
    return os.nice(0), os.environ.get("OPENBLAS_NUM_THREADS")


def dying_once(mark: str) -> int:
    """Take the whole process along, but only the first time."""
    if mark and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return len(mark)


def dying(number: int) -> int:
    if number:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def sleeping(seconds: float) -> None:
    time.sleep(seconds)


class TakenSlowly:
    """Whoever receives it is busy for a while, and takes nothing else meanwhile."""

    def __reduce__(self) -> tuple[Any, ...]:
        return time.sleep, (1.0,)


def sending(mark: str) -> TakenSlowly | bytes:
    """Send more than is sent at once, to somebody who does not take it yet."""
    if not mark:
        return TakenSlowly()
    Path(mark).touch()
    return bytes(1_000_000)


def refusing(number: int) -> int:
    raise NnvizError("No {number}.", number=number) if number else ZeroDivisionError


def everything(jobs: Jobs[Any, Any]) -> list[Any]:
    """Wait for all there is; return it in the order of the arguments."""
    came = {}
    while not jobs.finished:
        came.update(jobs.collect(1.0))
    return [came[place] for place in sorted(came)]


@pytest.fixture(scope="module")
def workers() -> Iterator[Pool]:
    """Two processes for all tests that leave them alive."""
    pool = Pool(2)
    everything(pool.start(squared, [1, 2]))  # a process is made when there is something to do
    yield pool
    pool.close()


@pytest.fixture
def mortal() -> Iterator[Pool]:
    pool = Pool(1)
    yield pool
    pool.close()


def test_results_come_with_the_places_of_their_arguments(workers: Pool) -> None:
    jobs = workers.start(squared, range(20))
    assert everything(jobs) == [number**2 for number in range(20)]
    assert (jobs.total, jobs.done, jobs.seconds_left) == (20, 20, 0.0)


def test_workers_let_others_go_first_and_use_one_thread_each(workers: Pool) -> None:
    niceness = min(os.nice(0) + NICENESS, 19)
    assert everything(workers.start(surroundings, [0])) == [(niceness, "1")]


def test_a_killed_worker_loses_nothing(mortal: Pool, tmp_path: Path) -> None:
    marks = ["", str(tmp_path / "died"), "", ""]
    assert everything(mortal.start(dying_once, marks)) == [len(mark) for mark in marks]


def test_workers_that_always_die_are_an_error_and_what_was_done_comes_before(
    mortal: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nnviz.training.pool, "MOST_RENEWALS", 1)
    jobs = mortal.start(dying, [0, 1])
    assert jobs.collect(20.0) == [(0, 0)]
    with pytest.raises(ProcessError, match="again and again"):
        everything(jobs)
    assert jobs.finished


def test_what_the_function_raises_is_raised_here(workers: Pool) -> None:
    with pytest.raises(NnvizError, match=r"No 7\."):
        everything(workers.start(refusing, [7]))


def test_the_next_wish_replaces_the_one_before(workers: Pool) -> None:
    before = workers.start(sleeping, [0.05] * 50)
    jobs = workers.start(squared, [3])
    assert before.finished
    assert everything(jobs) == [9]


def test_closing_ends_workers_whatever_they_are_at(mortal: Pool) -> None:
    before = {*multiprocessing.active_children()}
    jobs = mortal.start(sleeping, [600.0])
    assert jobs.collect() == []
    assert jobs.seconds_left is None
    mortal.close()
    assert jobs.finished
    assert {*multiprocessing.active_children()} <= before


def test_closing_ends_a_worker_that_is_sending(mortal: Pool, tmp_path: Path) -> None:
    """Of what it sends there is then a part, and the rest never comes."""
    before = {*multiprocessing.active_children()}
    mortal.start(sending, ["", str(tmp_path / "sent")])
    while not (tmp_path / "sent").exists():
        time.sleep(0.01)
    time.sleep(0.1)
    closing = threading.Thread(target=mortal.close, daemon=True)
    closing.start()
    closing.join(20.0)
    assert not closing.is_alive()
    assert {*multiprocessing.active_children()} <= before


def test_a_cluster_is_an_executor_like_another(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    class Client:
        def __init__(self, address: str, timeout: float) -> None:
            if address != "tcp://there":
                raise OSError
            self.get_executor = lambda pure: ThreadPoolExecutor(1)
            self.close = lambda: closed.append(address)

    fake, comm = ModuleType("distributed"), ModuleType("distributed.comm")
    fake.__dict__.update(Client=Client, KilledWorker=MemoryError)
    comm.__dict__.update(CommClosedError=OSError)
    monkeypatch.setitem(sys.modules, "distributed", fake)
    monkeypatch.setitem(sys.modules, "distributed.comm", comm)
    there = Pool(cluster="tcp://there")
    assert everything(there.start(squared, [2, 3])) == [4, 9]
    there.close()
    assert closed == ["tcp://there"]
    with pytest.raises(ProcessError, match="“tcp://nowhere”"):
        Pool(cluster="tcp://nowhere").start(squared, [1])
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NnvizError, match=r"nnviz\[cluster\]"):
        Pool(cluster="tcp://there").start(squared, [1])
