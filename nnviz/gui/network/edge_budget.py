"""How many edges a moving picture may have, learned from how long the last ones took."""

from __future__ import annotations

import time

BUDGET_SECONDS = 0.004
"""What painting the network may take while it moves."""

_TELLS_THREAD = time.get_clock_info("thread_time").resolution < 1e-4
now = time.thread_time if _TELLS_THREAD else time.perf_counter
"""Seconds that painting took of the processor, where the system can tell, or else of the day."""

FIRST = 1500
LEAST, MOST = 400, 3000
"""Edges of a moving picture: at first, and in the end."""

_TOO_FEW = 100
"""Edges that are done too quickly to tell what one costs."""

_PACE = 0.1
_TOLERANCE = 0.15
"""Edges that come and go are no sight: a number that fits about is good enough."""


class EdgeBudget:
    """Adapts the number of edges to the machine, slowly."""

    def __init__(self) -> None:
        self.most = FIRST
        self._wanted = float(FIRST)

    def learn(self, edges: int, for_edges: float, for_rest: float) -> None:
        """Take note of how many edges were painted, and of seconds for them and all else."""
        if edges < _TOO_FEW:
            return
        fits = (BUDGET_SECONDS - for_rest) * edges / max(for_edges, 1e-9)
        self._wanted += _PACE * (min(max(fits, LEAST), MOST) - self._wanted)
        if abs(self._wanted - self.most) > _TOLERANCE * self.most:
            self.most = round(self._wanted)
