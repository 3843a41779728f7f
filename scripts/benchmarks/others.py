"""What other processes took of the machine: figures of a busy one are low, and say so."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

_STAT = Path("/proc/stat")
CALM = 0.1
"""Share of the machine that others may take when a turn begins."""


class CoreShare:
    """How much of a core a process gets, from now on; one that trains would take a whole one.

    Parameters
    ----------
    process
        Its number.
    """

    def __init__(self, process: int) -> None:
        self._file = Path(f"/proc/{process}/stat")
        self._begun, self._before = time.perf_counter(), self._seconds()

    def share(self) -> float:
        """Return its processor time since then as a share of the time; NaN where nobody tells."""
        return (self._seconds() - self._before) / (time.perf_counter() - self._begun)

    def _seconds(self) -> float:
        if not self._file.exists():
            return math.nan
        # Its own name comes before, in brackets, and may hold spaces.
        fields = self._file.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _tick()


def _tick() -> int:
    """Return how many parts of a second Linux counts processor time in."""
    return int(os.sysconf("SC_CLK_TCK"))


@dataclass(frozen=True)
class Usage:
    """Seconds of processor time since the machine was started.

    Parameters
    ----------
    busy, whole
        Of all cores: not idle, and in all.
    ours
        Of processes that this one has started and that have ended.
    """

    busy: float
    whole: float
    ours: float

    def others_until(self, later: Usage) -> float:
        """Return the share of the machine that processes besides ours took, 0 to 1."""
        whole = later.whole - self.whole
        taken = later.busy - self.busy - (later.ours - self.ours)
        return max(0.0, taken / whole) if whole > 0 else 0.0


def usage() -> Usage | None:
    """Return the processor time used so far; None where the system does not tell."""
    if not _STAT.exists():
        return None
    fields = [int(text) / _tick() for text in _STAT.read_text().splitlines()[0].split()[1:9]]
    idle = fields[3] + fields[4]
    times = os.times()
    return Usage(sum(fields) - idle, sum(fields), times.children_user + times.children_system)


def wait_for_calm(patience: float) -> None:
    """Wait until others leave the machine alone, but no longer than so many seconds."""
    end = time.monotonic() + patience
    before = usage()
    while before is not None and time.monotonic() < end:
        time.sleep(0.5)
        now = usage()
        if now is None or before.others_until(now) <= CALM:
            return
        before = now
