"""Where ticks are on an axis of dates: at whole days, or at the start of months and years."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from nnviz.datasets.own.kinds import date_text
from nnviz.gui.plots.ranges import Ticks

_DAYS = 1, 2, 7, 14
_MONTHS = (1, 2, 3, 6, *(12 * n * ten for ten in (1, 10, 100, 1000) for n in (1, 2, 5)))
_MONTH_DAYS = 30.4
"""Of a month, about."""


@lru_cache(maxsize=512)
def date_ticks(low: float, high: float, most: int) -> Ticks:
    """Return at most so many ticks between two days, which are counted from 1970-01-01.

    As many as there can be; the first and the last of more where there would be one alone, which
    tells nothing of how long the axis is.
    """
    more, found = Ticks(), Ticks()
    for found in _ever_fewer(low, high, most):
        if len(found.places) <= most:
            break
        more = found
    if len(found.places) < 2 <= most and more.places:
        ends = slice(None, None, len(more.places) - 1)
        return Ticks(more.places[ends], more.labels[ends])
    return found


def _ever_fewer(low: float, high: float, most: int) -> Iterator[Ticks]:
    """Yield ticks further and further apart, but none of many more than are wanted."""
    for step in _DAYS:
        if high - low <= 3 * most * step:
            days = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
            yield Ticks(tuple(days.tolist()), tuple(date_text(day, "ymd") for day in days))
    first, last = (np.datetime64(int(np.floor(end)), "D").astype("M8[M]") for end in (low, high))
    for step in _MONTHS:
        if high - low <= 3 * most * step * _MONTH_DAYS:
            months = np.arange(first, last + 1)
            months = months[(months.astype(int) + 12 * 1970) % step == 0]  # from the year 0
            days = months.astype("M8[D]").astype(int)
            seen = (days >= low) & (days <= high)
            written = months[seen].astype("M8[Y]" if step % 12 == 0 else "M8[M]")
            yield Ticks(tuple(map(float, days[seen])), tuple(map(str, written)))
