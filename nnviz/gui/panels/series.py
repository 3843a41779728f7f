"""What a curve is, how it is read, and what range curves ask for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.ticks import exact, step_up

Range = tuple[float, float]


@dataclass(frozen=True)
class Bounds:
    """Smallest, largest and smallest positive value of some curves."""

    low: float
    high: float
    low_positive: float


def from_zero(bounds: Bounds) -> Range:
    """Return a range from zero (or a round number below) to a round number above."""
    low = -step_up(-bounds.low) if bounds.low < 0 else 0.0
    high = step_up(1.04 * bounds.high) if bounds.high > 0 else max(1.0, -low)
    return low - 0.02 * (high - low), high


def decades(bounds: Bounds) -> Range:
    """Return a range of half decades around what is positive, at least one decade high."""
    if not (math.isfinite(bounds.low_positive) and bounds.high > 0):
        return -3.0, 0.0
    low = math.floor(2 * math.log10(bounds.low_positive) - 0.1) / 2
    high = math.ceil(2 * math.log10(bounds.high) + 0.1) / 2
    return min(low, high - 1.0), high


@dataclass(frozen=True)
class Series:
    """A curve: the key of its column, its look and name, its axis, and how its values are said."""

    key: str
    entry: LegendEntry
    right: bool = False
    text: Callable[[float], str] = exact


@dataclass(frozen=True)
class Reading:
    """What the curves are at one epoch: the numbers themselves.

    Parameters
    ----------
    x
        The epoch.
    values
        By the key of the curve; NaN where the run has none.
    ghosts
        The same of every kept run, by its slot.
    """

    x: float
    values: Mapping[str, float]
    ghosts: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
