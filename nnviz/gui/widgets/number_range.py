"""Which numbers a field takes, how its arrows step through them, how they are written and read."""

from __future__ import annotations

import math
import re
import unicodedata
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
    """Return steps such as 0.01, 0.03, 0.1, 0.3, 1 and 3: by rungs of a power of ten, from 1.

    Above zero the first step is `smallest`, and the one below it is zero.
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

_COMMA = re.compile(r"([-+−]?)(\d*),(\d+)([^,]*)")
"""A number with one comma and no point, and what follows its digits."""

_POINTS = re.compile(r"[-+−]?\d{1,3}(\.\d{3})+")
"""A whole number, if points part its thousands."""


class TwoReadingsError(ValueError):
    """What was written can be read as two numbers, which are its arguments, as texts."""


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
        TwoReadingsError
            If its comma, or the point of a whole number, can be decimal or part thousands.
        """
        text = unicodedata.normalize("NFKC", text).strip().removesuffix(self.suffix).strip()
        if self.whole and _POINTS.fullmatch(text):
            raise TwoReadingsError(text.partition(".")[0], text.replace(".", ""))
        shown = numbers.parse(text if self.whole else _with_point(text))
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
        # There is little room beside a unit. Thousands stay together: else who edits 1,500 would be
        # asked what its comma means.
        write = numbers.short if self.suffix else numbers.exact
        return write(value * self.factor).replace(",", "")

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


def _with_point(text: str) -> str:
    """Return a number that is not whole with its decimal comma, if it has one, as a point."""
    found = None if "." in text else _COMMA.fullmatch(text.replace(" ", ""))
    if found is None:
        return text
    sign, before, after, rest = found.groups()
    if len(after) == 3 and 0 < len(before) <= 3 and not before.startswith("0"):
        raise TwoReadingsError(f"{sign}{before}.{after}{rest}", f"{sign}{before}{after}{rest}")
    return f"{sign}{before}.{after}{rest}"
