"""Steps of a number field, and how its numbers are read and written."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nnviz.training.setting import Range

Step = Callable[[float, bool], float]
"""From a value and whether to go up, to the next value; bounds are kept by the field."""


def linear(size: float) -> Step:
    """Return steps of one size, onto its multiples."""

    def step(value: float, up: bool) -> float:
        place = value / size
        # A value within rounding of a multiple counts as that multiple.
        whole = math.floor(place + 1e-6) + 1 if up else math.ceil(place - 1e-6) - 1
        return float(f"{whole * size:.12g}")

    return step


def ladder(rungs: Sequence[float] = (1, 3), smallest: float = 1e-4) -> Step:
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


_ONE = linear(1)


@dataclass(frozen=True)
class Limits:
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
    digits
        Significant digits that are shown.
    """

    low: float
    high: float
    whole: bool = False
    step: Step = _ONE
    suffix: str = ""
    digits: int = 12

    @classmethod
    def within(cls, numbers: Range, step: Step = _ONE, suffix: str = "") -> Limits:
        """Return limits that allow the numbers of a setting."""
        return cls(numbers.low, numbers.high, numbers.whole, step, suffix)

    def parse(self, text: str) -> float:
        """Return the number a person wrote.

        Raises
        ------
        ValueError
            If it is none: not a number, or not whole where it must be.
        """
        bare = text.strip().removesuffix(self.suffix).strip().replace("\N{MINUS SIGN}", "-")
        value = float(bare)
        if not math.isfinite(value) or "_" in bare:
            raise ValueError(text)
        if self.whole and value != int(value):
            raise ValueError(text)
        return value

    def format(self, value: float) -> str:
        """Return how a value is shown, unit included."""
        return f"{self.bare(value)} {self.suffix}".strip()

    def bare(self, value: float) -> str:
        """Return how a value is shown, without its unit."""
        return str(int(value)) if self.whole else f"{value:.{self.digits}g}".replace("e-0", "e-")

    def allows(self, value: float) -> bool:
        """Return whether a value is in range."""
        return self.low <= value <= self.high
