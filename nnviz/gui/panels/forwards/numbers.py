"""Numbers as the forward pass writes them: short in cells, to be checked by hand in sums."""

from __future__ import annotations

import math
from collections.abc import Iterable

from nnviz.gui.panels.forwards._old_words import figure, fixed

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

EXPONENT = -1
"""Stands for "with an exponent" where a number of decimals is expected."""

_MOST_DECIMALS = 7


def subscript(number: int) -> str:
    """Return a whole number as an index, such as ``"₁₂"``."""
    return str(number).translate(_SUBSCRIPTS)


def cell(value: float) -> str:
    """Return a number that takes no more room than ``"−0.000"``, as far as it can."""
    if not math.isfinite(value):
        return _broken(value)
    size = abs(value)
    if size >= 99_999.5:
        return figure(value, 2) if size >= 1e6 else fixed(value, 0)
    for decimals, limit in ((3, 9.9995), (2, 99.995), (1, 999.95)):
        if size < limit:
            return fixed(value, decimals)
    return fixed(value, 0).replace(",", "")


def input_text(value: float) -> str:
    """Return an input as a cell shows it: whole numbers without decimals."""
    return fixed(value, 0) if abs(value) < 1e4 and value == round(value) else cell(value)


def decimals_for(values: Iterable[float]) -> int:
    """Return how many decimals a column needs for its largest number to have four digits or five.

    0 for whole numbers, `EXPONENT` where all are too small.
    """
    finite = [abs(value) for value in values if math.isfinite(value)]
    if all(value == round(value) and value < 1e4 for value in finite):
        return 0
    largest = max(finite)
    if largest < 1e-4:
        return EXPONENT
    if largest < 0.01:
        return 6
    return max(0, 4 - max(0, math.floor(math.log10(largest))))


def written(value: float, decimals: int) -> str:
    """Return a number with so many decimals and a true minus sign."""
    if not math.isfinite(value):
        return _broken(value)
    return figure(value, 3) if decimals == EXPONENT else fixed(value, decimals)


def in_sum(text: str) -> str:
    """Return a number as it stands behind an operator: in brackets where it has a sign."""
    return f"({text})" if text.startswith("−") else text


def exact(value: float) -> str:
    """Return six significant digits, for one who wants to know."""
    return figure(value, 6) if math.isfinite(value) else _broken(value)


def decimals_of_step(step: float) -> int:
    """Return with how many decimals a small change of a number can be seen."""
    if step == 0 or not math.isfinite(step):
        return 4
    return min(max(4, 2 - math.floor(math.log10(abs(step)))), _MOST_DECIMALS)


def _broken(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "∞" if value > 0 else "−∞"
