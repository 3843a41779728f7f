"""Calculations in the background: the same function for many arguments, on all cores or a cluster.

A `Pool` has an executor of `concurrent.futures`: processes of this machine, or what `distributed`
makes of a Dask cluster. Who asks for something starts `Jobs` and collects what has come, waiting or
not; whoever starts others no longer wants those before.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from typing import Any, Generic, TypeVar, cast

from nnviz.errors import NnvizError, ProcessError
from nnviz.threads import ONE_BLAS_THREAD
from nnviz.training.process import deaf_children, environment
from nnviz.training.server import NICENESS

Argument = TypeVar("Argument")
Result = TypeVar("Result")

MOST_RENEWALS = 3
"""So often in a row workers may die before any of them has a result."""

_CLUSTER_SECONDS = 5
_MOST_AHEAD = 1000


class Pool:
    """Workers that calculate, made when they are first needed.

    Parameters
    ----------
    workers
        How many processes; None for one a core.
    cluster
        Address of a Dask scheduler, such as ``"tcp://10.0.0.1:8786"``, to use its workers instead.
    """

    def __init__(self, workers: int | None = None, cluster: str = "") -> None:
        self.workers = workers or os.cpu_count() or 1
        self.cluster = cluster
        self.executor: Executor | None = None
        """Who calculates now."""
        self._closing: list[Callable[[], object]] = []
        self._closed = False
        self._jobs: Jobs[Any, Any] | None = None
        self.ahead = _MOST_AHEAD if cluster else 4 * self.workers
        """So many jobs wait for a worker, or are under way; a cluster's are taken back."""
        self.gone: tuple[type[BaseException], ...] = (CancelledError,)
        """What a job ends with when all who could do it are gone."""

    def start(
        self, function: Callable[[Argument], Result], arguments: Sequence[Argument]
    ) -> Jobs[Argument, Result]:
        """Have a function of a module calculated for each argument; what was wanted before is not.

        Raises
        ------
        ProcessError
            If there are no workers to be had.
        NnvizError
            If the package for clusters is not installed.
        """
        if self._jobs is not None:
            self._jobs.cancel()
        self._jobs = jobs = Jobs(self, function, arguments)
        return jobs

    def open(self) -> None:
        """Make the workers, for whom that takes too long: a cluster may be slow to answer.

        In another thread than `close`, it leaves none behind that was closed meanwhile.

        Raises
        ------
        ProcessError, NnvizError
            As `start`.
        """
        self._closed = False
        if self.executor is None:
            self.executor = self._on_cluster() if self.cluster else self._on_this_machine()
        if self._closed:
            self.close()

    def submit(self, function: Callable[[Argument], Result], argument: Argument) -> Future[Result]:
        """Hand one job over to the workers there are, made now if there are none."""
        if self.executor is None:
            self.open()
        assert self.executor is not None
        # With several threads for matrix products, sums would depend on the machine.
        with environment(ONE_BLAS_THREAD), deaf_children():
            return self.executor.submit(function, argument)

    def close(self) -> None:
        """End the workers, whatever they are at; `start` makes new ones. Safe to call twice."""
        self._closed = True
        if self._jobs is not None:
            self._jobs.cancel()
        for close in self._closing:
            close()
        self._closing, self.executor = [], None

    def renew(self, broken: Executor | None) -> None:
        """Put new workers in the place of these, if that has not been done."""
        if broken is self.executor:
            self._jobs, jobs = None, self._jobs
            self.close()
            self._jobs = jobs

    def _on_this_machine(self) -> Executor:
        context = multiprocessing.get_context("spawn")
        theirs, lifeline = context.Pipe(duplex=False)
        executor = ProcessPoolExecutor(self.workers, context, _begin_worker, (theirs,))
        # Who waits for the rest of what a worker was sending as it ended hears that none comes only
        # when nobody else could send it, this process neither. No public name leads to that end,
        # and to wait by sentinels instead would be an executor of our own.
        sending = executor._result_queue._writer  # type: ignore[attr-defined]
        self._closing = [lifeline.close, sending.close, executor.shutdown, theirs.close]
        return executor

    def _on_cluster(self) -> Executor:
        try:
            from distributed import Client, KilledWorker
            from distributed.comm import CommClosedError
        except ImportError as error:
            raise NnvizError(
                "A cluster needs the package “distributed”, which is not installed.",
                "Install nnviz[cluster], or leave the address out.",
            ) from error
        self.gone = (CancelledError, KilledWorker, CommClosedError)
        try:
            client = Client(self.cluster, timeout=_CLUSTER_SECONDS)
        except (OSError, ValueError) as error:
            raise ProcessError(
                "No Dask scheduler answers at “{address}”.",
                "Start “dask scheduler” and “dask worker”, or leave the address out.",
                address=self.cluster,
            ) from error
        executor: Executor = client.get_executor(pure=False)
        # What its workers are at comes to its end.
        self._closing = [partial(executor.shutdown, wait=False), client.close]
        return executor


class Jobs(Generic[Argument, Result]):
    """What was asked of a pool, and how much of it has come."""

    def __init__(
        self, pool: Pool, function: Callable[[Argument], Result], arguments: Sequence[Argument]
    ) -> None:
        self._pool, self._function, self._arguments = pool, function, arguments
        self._open: dict[Future[Result], tuple[int, Executor | None]] = {}
        self._renewals, self._error = 0, cast("BaseException | None", None)
        self._began = time.monotonic()
        self.total, self.done = len(arguments), 0
        """How many results there will be, and have come."""
        self._places = deque(range(self.total))
        self._submit()

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return not (self._open or self._places or self._error)

    @property
    def waiting(self) -> tuple[Future[Result], ...]:
        """What one may wait for, in any thread."""
        return tuple(self._open)

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take, if it goes on as so far; None as long as nobody knows."""
        if not self.done:
            return None
        return (time.monotonic() - self._began) / self.done * (self.total - self.done)

    def collect(self, seconds: float = 0.0) -> list[tuple[int, Result]]:
        """Return the results that have come since, each with the place of its argument.

        Waits so long for the first. What a worker that died was at is done again.

        Raises
        ------
        ProcessError
            If workers die again and again.
        Exception
            What the function raised. Either comes once all that was done has been returned.
        """
        came = []
        for future in wait(self._open, seconds, FIRST_COMPLETED).done:
            place, executor = self._open.pop(future)
            error = CancelledError() if future.cancelled() else future.exception()
            if error is None:
                came.append((place, future.result()))
            elif isinstance(error, BrokenExecutor):
                self._places.appendleft(place)
                self._renew(executor)
            else:
                self._error = _lost() if isinstance(error, self._pool.gone) else error
        self.done += len(came)
        self._renewals = 0 if came else self._renewals
        self._submit()
        if self._error is not None and not came:
            self.cancel()
            error, self._error = self._error, None
            raise error
        return came

    def cancel(self) -> None:
        """Want no more of it; what a worker is at comes to its end, and nobody hears of it."""
        if self._pool.cluster:  # a process pool that breaks stumbles over what was cancelled
            for future in self._open:
                future.cancel()
        self._open.clear()
        self._places.clear()

    def _submit(self) -> None:
        while self._places and len(self._open) < self._pool.ahead and self._error is None:
            place = self._places[0]
            try:
                future = self._pool.submit(self._function, self._arguments[place])
            except BrokenExecutor:  # a worker died since
                self._renew(self._pool.executor)
            else:
                self._open[future] = self._places.popleft(), self._pool.executor

    def _renew(self, executor: Executor | None) -> None:
        if executor is self._pool.executor:
            self._renewals += 1
            self._pool.renew(executor)
        if self._renewals > MOST_RENEWALS:
            self._error = _lost()


def _lost() -> ProcessError:
    return ProcessError(
        "The processes that calculate ended unexpectedly, again and again; the system may be"
        " short of memory.",
        "What was done is kept; fewer workers or a smaller network need less.",
    )


def _begin_worker(lifeline: Connection) -> None:
    """Let others go first, and end with whoever holds the other end of a pipe."""
    if sys.platform != "win32":
        os.nice(NICENESS)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    wait_for([lifeline])  # nothing is ever sent: it has been closed, or its process is gone
    os._exit(0)
