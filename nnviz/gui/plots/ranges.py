"""What part of the plane a chart shows: round ends, round ticks, and turns of the wheel."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nnviz.gui.look.numbers import fixed, power

Array = NDArray[np.float64]
Range = tuple[float, float]
Ends = dict[object, float]
Write = Callable[[float, float], str]
"""Writes a value, given the step between ticks."""

_ROUND = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_TICK_STEPS = (1.0, 2.0, 5.0, 10.0)
_TOLERANCE = 1e-9
_FARTHEST = 1e300
"""Where axes end at most: beyond, what they span is no number any more."""
_LAST_DECADE = 307
"""Of which all multiples are numbers."""
_FINEST = 1e-6
"""Least span of values as a share of the largest."""


@dataclass(frozen=True)
class Bounds:
    """Smallest, largest and smallest positive value of some curves; 0, 0, infinity of none."""

    low: float
    high: float
    low_positive: float


@dataclass(frozen=True)
class Ticks:
    """Where ticks are (log10 of values on a logarithmic axis), and what is written there."""

    places: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()


def step_up(value: float) -> float:
    """Return the smallest round number that is at least `value`; 1 for what is not positive.

    Round numbers are at most a third apart, so an axis that ends at one leaves little room unused
    and still changes seldom while the data grow.
    """
    if not (value > 0 and math.isfinite(value)):
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    end = next((r * unit for r in _ROUND if r * unit >= value * (1 - _TOLERANCE)), 10.0 * unit)
    return min(end, _FARTHEST)


def farthest(ends: Ends | None, key: object, value: float) -> float:
    """Return the end of an axis; of an animation, the farthest of all moments it has shown.

    Parameters
    ----------
    ends
        Those of the animation by key, which are added to.
    """
    if ends is None:
        return value
    ends[key] = max(value, ends.get(key, value))
    return ends[key]


def from_zero(bounds: Bounds) -> Range:
    """Return a range from zero (or a round number below) to a round number above."""
    low = -step_up(-bounds.low) if bounds.low < 0 else 0.0
    high = step_up(1.04 * bounds.high) if bounds.high > 0 else max(1.0, -low)
    return low - 0.02 * (high - low), high


def decades(bounds: Bounds) -> Range:
    """Return a range of half decades (log10) around what is positive, at least one decade high."""
    if not (math.isfinite(bounds.low_positive) and bounds.high > 0):
        return -3.0, 0.0
    low = math.floor(2 * math.log10(bounds.low_positive) - 0.1) / 2
    high = math.ceil(2 * math.log10(bounds.high) + 0.1) / 2
    return min(low, high - 1.0), high


@lru_cache(maxsize=512)
def linear_ticks(low: float, high: float, most: int, least: float, write: Write = fixed) -> Ticks:
    """Return at most about `most` ticks at multiples of 1, 2, 5 · 10ⁿ, `least` apart or more."""
    if not (high > low and math.isfinite(high - low)):
        return Ticks()
    wanted = max((high - low) / max(1, most), least)
    unit = 10.0 ** math.floor(math.log10(wanted))
    step = next(s * unit for s in _TICK_STEPS if s * unit >= wanted * (1 - _TOLERANCE))
    places = _multiples(low, high, step)
    if len(places) < 2 <= most:  # one number tells nothing of how long the axis is
        finer = step / (2.5 if round(step / unit) == 5 else 2.0)
        if finer >= least:
            step, places = finer, _multiples(low, high, finer)
    return Ticks(places, tuple(write(place, step) for place in places))


def _multiples(low: float, high: float, step: float) -> tuple[float, ...]:
    first, last = math.ceil(low / step - _TOLERANCE), math.floor(high / step + _TOLERANCE)
    return tuple(index * step for index in range(first, last + 1))


@lru_cache(maxsize=512)
def log_ticks(low: float, high: float, most: int) -> Ticks:
    """Return decades between two powers of ten; numbers between them where there are too few."""
    first, last = math.ceil(low - _TOLERANCE), math.floor(high + _TOLERANCE)
    if last - first >= 2 or high - low > 2:
        stride = max(1, math.ceil((last - first) / max(1, most)))
        chosen = range(stride * math.ceil(first / stride), last + 1, stride)
        return Ticks(tuple(map(float, chosen)), tuple(map(power, chosen)))
    between = [
        (math.log10(step) + n, fixed(step * 10.0**n, 10.0**n))
        for n in range(math.floor(low), min(math.ceil(high), _LAST_DECADE) + 1)
        for step in (1.0, 2.0, 5.0)
    ]
    inside = [(place, text) for place, text in between if low <= place + _TOLERANCE <= high + 1e-8]
    if len(inside) < 2 and high <= _LAST_DECADE:
        # So close that the numbers themselves are the better ticks.
        ticks = linear_ticks(10.0**low, 10.0**high, most, 0.0)
        pairs = zip(ticks.places, ticks.labels, strict=True)
        inside = [(math.log10(place), text) for place, text in pairs if place > 0]
    inside = inside[:: max(1, math.ceil(len(inside) / (most + 1)))]
    return Ticks(tuple(place for place, _ in inside), tuple(text for _, text in inside))


def log_or_gap(values: Array) -> Array:
    """Return log10: −∞ of zero, and a gap (NaN) where there is none."""
    out = np.where(values == 0, -np.inf, np.nan)
    np.log10(values, out=out, where=values > 0)
    return out


def held(shown: Range, whole: Range, least: float) -> Range:
    """Return a range moved and stretched as little as it takes to lie within the whole."""
    span = max(shown[1] - shown[0], least)
    if span >= whole[1] - whole[0]:
        return whole
    low = min(max(sum(shown) / 2 - span / 2, whole[0]), whole[1] - span)
    return low, low + span


def spread(shown: Range) -> Range:
    """Return a range of values, no finer than numbers on an axis can tell."""
    least = _FINEST * max(abs(shown[0]), abs(shown[1]))
    lack = max(0.0, least - (shown[1] - shown[0])) / 2
    return shown[0] - lack, shown[1] + lack


def around(curves: Iterable[Array]) -> Range | None:
    """Return a range with a little room around all finite values, None where there are none."""
    found = np.concatenate([np.empty(0), *curves])
    found = found[np.isfinite(found)]
    if not found.size:
        return None
    low, high = float(found.min()), float(found.max())
    room = 0.06 * (high - low) or 1e-3 * (abs(low) or 1.0)
    low, high = max(low - room, -_FARTHEST), min(high + room, _FARTHEST)
    return (low, high) if high > low else None


def standard_deviation(values: NDArray[np.floating]) -> float:
    """Return the standard deviation, also of finite numbers whose squares are beyond all."""
    largest = float(np.abs(values).max(initial=0.0))
    return largest * float((values / largest).std()) if 0.0 < largest < math.inf else 0.0
