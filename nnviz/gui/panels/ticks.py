"""Round numbers for axes: where ticks go and what they say."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_ROOMS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_TICK_STEPS = (1.0, 2.0, 5.0, 10.0)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PLAIN_DECADES = range(-4, 6)
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Ticks:
    """Ticks of one axis.

    Parameters
    ----------
    places
        Coordinates in the view (log10 of the value on a logarithmic axis).
    labels
        What stands at each place.
    """

    places: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()


def step_up(value: float) -> float:
    """Return the smallest round number that is at least `value`; 1 for what is not positive.

    Round numbers are at most a third apart, so an axis that ends at one leaves little room unused
    and still changes seldom while the data grow.
    """
    if not (value > 0 and math.isfinite(value)):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        (room * power for room in _ROOMS if room * power >= value * (1 - _TOLERANCE)), 10.0 * power
    )


def tick_step(span: float, most: int, least: float = 0.0) -> float:
    """Return the smallest of 1, 2, 5 · 10ⁿ that puts at most `most` intervals into `span`."""
    wanted = max(span / max(1, most), least)
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(s * power for s in _TICK_STEPS if s * power >= wanted * (1 - _TOLERANCE))


def number(value: float, step: float) -> str:
    """Return a value to the precision of a step, digits grouped, with a true minus sign."""
    if value == 0:
        return "0"
    if abs(value) >= 1e8 or (step < 1e-5 and abs(value) < 1e-2):
        exponent = math.floor(math.log10(abs(value)) + _TOLERANCE)
        decimals = max(0, exponent - math.floor(math.log10(step) + _TOLERANCE))
        factor = f"{value / 10.0**exponent:.{min(decimals, 7)}f}"
        return f"{factor}·{_power_of_ten(exponent)}".replace("-", "−")
    decimals = max(0, -math.floor(math.log10(step) + _TOLERANCE))
    return f"{value:,.{decimals}f}".replace("-", "−")


def exact(value: float) -> str:
    """Return a value with six significant digits, for a readout."""
    if value == 0 or 1e-4 <= abs(value) < 1e9 or not math.isfinite(value):
        return f"{value:,.6g}".replace("-", "−")
    factor, exponent = f"{value:.5e}".split("e")
    return f"{factor}·{_power_of_ten(int(exponent))}".replace("-", "−")


def percent(value: float, step: float) -> str:
    """Return a share as percent."""
    return f"{number(100 * value, 100 * step)} %"


def linear_ticks(
    low: float,
    high: float,
    most: int,
    least: float = 0.0,
    text: Callable[[float, float], str] = number,
) -> Ticks:
    """Return at most about `most` ticks of a linear axis, `least` apart or more."""
    if not (high > low and math.isfinite(high - low)):
        return Ticks()
    step = tick_step(high - low, most, least)
    first, last = math.ceil(low / step - _TOLERANCE), math.floor(high / step + _TOLERANCE)
    values = [index * step for index in range(first, last + 1)]
    return Ticks(tuple(values), tuple(text(value, step) for value in values))


def log_ticks(low: float, high: float, most: int) -> Ticks:
    """Return ticks of a logarithmic axis whose ends are the powers `low` and `high` of ten."""
    first, last = math.ceil(low - _TOLERANCE), math.floor(high + _TOLERANCE)
    if last - first >= 2 or high - low > 2:
        stride = max(1, math.ceil((last - first) / max(1, most)))
        decades = range(stride * math.ceil(first / stride), last + 1, stride)
        return Ticks(tuple(float(d) for d in decades), tuple(decade(d) for d in decades))
    between = _one_two_five(low, high)
    if len(between) >= 2:
        return Ticks(tuple(math.log10(v) for v in between), tuple(f"{v:.12g}" for v in between))
    # Zoomed in to less than a decade: the numbers themselves are the better ticks.
    inside = linear_ticks(10.0**low, 10.0**high, most)
    kept = [(p, t) for p, t in zip(inside.places, inside.labels, strict=True) if p > 0]
    return Ticks(tuple(math.log10(p) for p, _ in kept), tuple(t for _, t in kept))


def _one_two_five(low: float, high: float) -> list[float]:
    powers = range(math.floor(low), math.ceil(high) + 1)
    values = [step * 10.0**power for power in powers for step in (1.0, 2.0, 5.0)]
    return [v for v in values if low - _TOLERANCE <= math.log10(v) <= high + _TOLERANCE]


def decade(power: int) -> str:
    """Return a power of ten: plainly where that is short, else with an exponent."""
    if power in _PLAIN_DECADES:
        return f"{10.0**power:,.{max(0, -power)}f}"
    return _power_of_ten(power)


def _power_of_ten(power: int) -> str:
    return "10" + str(power).translate(_SUPERSCRIPTS)


def log_or_gap(values: np.ndarray) -> np.ndarray:
    """Return log10, and a gap (NaN) where there is none."""
    out = np.full(values.shape, np.nan)
    np.log10(values, out=out, where=values > 0)
    return out
