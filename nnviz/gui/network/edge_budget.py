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


class EdgeBudget:
    """Adapts the number of edges to the machine, slowly: edges that come and go are no sight."""

    def __init__(self) -> None:
        self.most = FIRST
        self._costs: deque[tuple[float, float]] = deque(maxlen=_REMEMBERED)

    def reset(self) -> None:
        """Begin anew with what was measured, for another picture; the number stays."""
        self._costs.clear()

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
        self._costs.append((for_edges / edges, for_rest))
        if len(self._costs) < _REMEMBERED:
            return
        each, rest = map(median, zip(*self._costs, strict=True))
        wanted = min(max((BUDGET_SECONDS - rest) / max(each, 1e-9), LEAST), MOST)
        if abs(wanted - self.most) > _TOLERANCE * self.most:
            self.most = round(self.most + _PACE * (wanted - self.most))
