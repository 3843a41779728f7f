"""Numbers as they are written in the picture: short, and with a real minus sign."""

from __future__ import annotations

import math


def written(text: str) -> str:
    """Return a number as people write it: a real minus sign, exponents without idle digits."""
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")


def short(value: float) -> str:
    """Return about three significant digits, such as ``"0.73"``, ``"−12.5"`` or ``"4.1e6"``."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "NaN"
    size = abs(value)
    if size >= 1e5:
        text = f"{value:.1e}"
    else:
        text = f"{value:.{0 if size >= 100 else 1 if size >= 10 else 2}f}"
    # Minus zero is an accident of rounding that only puzzles.
    return text.lstrip("-") if float(text) == 0 else written(text)


def exact(value: float) -> str:
    """Return four significant digits for a card that explains a value."""
    if not math.isfinite(value):
        return short(value)
    return written(f"{value + 0.0:.4g}")
