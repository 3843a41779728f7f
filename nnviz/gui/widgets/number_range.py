"""Which numbers a field takes, how its arrows step through them, how they are written and read."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nnviz.gui.look import numbers

Step = Callable[[float, bool], float]
"""From a value and whether to go up, to the next value; bounds are kept by the field."""


def even_steps(size: float) -> Step:
    """Return steps of one size, onto its multiples."""

    def step(value: float, up: bool) -> float:
        place = value / size
        # A value within rounding of a multiple counts as that multiple.
        whole = math.floor(place + 1e-6) + 1 if up else math.ceil(place - 1e-6) - 1
        return float(f"{whole * size:.12g}")

    return step


def log_steps(rungs: Sequence[float] = (1, 3), smallest: float = 1e-4) -> Step:
    """Return steps such as 0.01, 0.03, 0.1, 0.3, 1 and 3.

    Parameters
    ----------
    rungs
        Steps within a power of ten, ascending, from 1.
    smallest
        The first step above zero; the one below it is zero.
    """

    def step(value: float, up: bool) -> float:
        if value <= smallest * (1 - 1e-9) or (not up and value <= smallest * (1 + 1e-9)):
            return smallest if up else 0.0
        power = math.floor(math.log10(value))
        places = [rung * 10.0**p for p in range(power - 1, power + 2) for rung in rungs]
        tolerance = 1e-9 * value
        if up:
            found = min(place for place in places if place > value + tolerance)
        else:
            found = max(place for place in places if place < value - tolerance)
        return float(f"{found:.12g}")

    return step


_ONE = even_steps(1)


@dataclass(frozen=True)
class NumberRange:
    """What a number field takes.

    Parameters
    ----------
    low, high
        The closed range.
    whole
        Whether only whole numbers.
    step
        What the arrows do.
    suffix
        Unit shown behind the number and not needed when typing, such as ``"%"``.
    factor
        What a value is multiplied by to be shown, such as 100 where shares are per cent; steps
        are in the numbers shown.
    grouped
        Whether whole numbers have their thousands grouped; those that only name something have
        not.
    """

    low: float
    high: float
    whole: bool = False
    step: Step = _ONE
    suffix: str = ""
    factor: float = 1.0
    grouped: bool = True

    def parse(self, text: str) -> float:
        """Return the value a person wrote.

        Raises
        ------
        ValueError
            If it is none: not a number, or not whole where it must be.
        """
        shown = numbers.parse(text.strip().removesuffix(self.suffix))
        if not math.isfinite(shown) or (self.whole and shown != int(shown)):
            raise ValueError(text)
        return shown if self.factor == 1 else round(shown / self.factor, 12)

    def format(self, value: float) -> str:
        """Return how a value is shown, unit included."""
        return f"{self.bare(value)} {self.suffix}".strip()

    def bare(self, value: float) -> str:
        """Return how a value is shown, without its unit."""
        if self.whole:
            return numbers.count(int(value)) if self.grouped else str(int(value))
        # There is little room beside a unit.
        return (numbers.short if self.suffix else numbers.exact)(value * self.factor)

    def stepped(self, value: float, steps: int) -> float:
        """Return where so many steps lead from a value, up or for less than 0 down."""
        shown = value * self.factor
        for _ in range(abs(steps)):
            shown = self.step(shown, steps > 0)
        value = shown if self.factor == 1 else round(shown / self.factor, 12)
        return min(max(value, self.low), self.high)

    def allows(self, value: float) -> bool:
        """Return whether a value is in range."""
        return self.low <= value <= self.high
