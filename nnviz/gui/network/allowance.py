"""How many edges a moving picture may have, learned from how long the last ones took."""

from __future__ import annotations

import time
from collections import deque
from statistics import median

BUDGET_SECONDS = 0.004
"""What painting the network may take while it moves."""

_TELLS_THREAD = time.get_clock_info("thread_time").resolution < 1e-4
now = time.thread_time if _TELLS_THREAD else time.perf_counter
"""Seconds that painting took of the processor, where the system can tell, or else of the day."""

FIRST = 1500
LEAST, MOST = 400, 3000
"""Edges of a moving picture: at first, and in the end."""

_REMEMBERED = 9
_TOO_FEW = 100
"""Edges that are done too quickly to tell what one costs."""

_TOLERANCE = 0.15
_PACE = 0.25
_STEP = 50


class Allowance:
    """Adapts the number of edges to the machine, slowly: edges that come and go are no sight.

    Parameters
    ----------
    budget
        Seconds a painting may take.
    """

    def __init__(self, budget: float = BUDGET_SECONDS) -> None:
        self.most = FIRST
        self._budget = budget
        self._each: deque[float] = deque(maxlen=_REMEMBERED)
        self._rest: deque[float] = deque(maxlen=_REMEMBERED)

    def forget(self) -> None:
        """Begin anew with what was measured, for another picture; the number stays."""
        self._each.clear()
        self._rest.clear()

    def learn(self, edges: int, for_edges: float, for_rest: float) -> None:
        """Take note of a painting, and move towards the number that would fit.

        Medians of several paintings decide, for any single one may have been interrupted.

        Parameters
        ----------
        edges
            Drawn in it.
        for_edges, for_rest
            Seconds that they took, and everything else.
        """
        if edges < _TOO_FEW:
            return
        self._each.append(for_edges / edges)
        self._rest.append(for_rest)
        if len(self._each) < _REMEMBERED:
            return
        room = max(self._budget - median(self._rest), 0.0)
        wanted = min(max(room / max(median(self._each), 1e-9), LEAST), MOST)
        if abs(wanted - self.most) > _TOLERANCE * self.most:
            near = self.most + _PACE * (wanted - self.most)
            self.most = int(min(max(round(near / _STEP) * _STEP, LEAST), MOST))
