"""How fast something goes, measured over as long as it takes to be sure of it."""

from __future__ import annotations

from collections import deque

WINDOW = 1.0
"""Seconds over which a fast thing is measured."""

LONGEST = 10.0
"""Seconds over which a slow thing is measured at most."""

_SURE = 4
"""Changes that make a measurement sure."""


class Speedometer:
    """Counts a second, of something whose count is now and then looked at.

    What is measured goes from one change of the count to another, so that a thing that happens once
    a second is never told as 0 or 2 a second.
    """

    def __init__(self) -> None:
        self._changes: deque[tuple[float, int]] = deque()

    def clear(self) -> None:
        """Forget everything: it rested, or another run began."""
        self._changes.clear()

    def note(self, count: int, now: float) -> None:
        """Look at the count at a time in seconds; one that went back begins anew."""
        changes = self._changes
        if changes and count < changes[-1][1]:
            changes.clear()
        if not changes or count > changes[-1][1]:
            changes.append((now, count))
        while len(changes) > _SURE and now - changes[1][0] > WINDOW:
            changes.popleft()
        while len(changes) > 2 and now - changes[1][0] > LONGEST:
            changes.popleft()

    def rate(self, now: float) -> float | None:
        """Return counts a second, or None as long as there is nothing to tell it by."""
        if len(self._changes) < 2:
            return None
        (first, low), (last, high) = self._changes[0], self._changes[-1]
        if last <= first:
            return None
        measured = (high - low) / (last - first)
        # Where nothing came when it was due, it has become slower; none the less so unseen.
        return min(measured, (high - low + 1) / max(now - first, last - first))
