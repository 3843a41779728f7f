"""Calculations of a pool as work in slices: the window lives on while processes calculate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from functools import partial
from typing import TypeVar

from nnviz.gui.export.slices import Slices
from nnviz.training.pool import Jobs, Pool

_LONGEST_WAIT = 0.1
"""Seconds a thread waits for the next result."""

Argument = TypeVar("Argument")
Result = TypeVar("Result")


def calculated(
    pool: Pool,
    function: Callable[[Argument], Result],
    arguments: Sequence[Argument],
    take: Callable[[Sequence[tuple[int, Result]], Jobs[Argument, Result]], None],
) -> Slices[bool]:
    """Have a pool calculate a function for each argument; close it at the end, however that comes.

    `take` is called, in the window's thread, with what has come and its place; the threads aside
    only wait.

    Raises
    ------
    NnvizError
        As `Pool.start` and `Jobs.collect`.
    """
    try:
        yield pool.open
        jobs = pool.start(function, arguments)
        while not jobs.finished:
            yield partial(wait, jobs.waiting, _LONGEST_WAIT, FIRST_COMPLETED)
            take(jobs.collect(), jobs)
    finally:
        pool.close()
    return True
