"""The one place that writes numbers, and reads those that people type.

A true minus sign, thousands grouped by commas, one form of exponent: ``−0.25``, ``12,300``,
``2.5e−7``. Plain decimals from 0.0001 to below ten millions, an exponent beyond. Nothing here
rounds whole digits away but into an exponent.
"""

from __future__ import annotations

import math
import re

NOTHING = "–"
"""What stands where there is no number."""

_LEAST, _MOST = -4, 7
"""Decades of plain numbers: from the first to before the second."""

_TOLERANCE = 1e-9
_MOST_DECIMALS = 15
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_IDLE = re.compile(r"[\s\u2009\u202f']")
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(?![\d,])")


def short(value: float) -> str:
    """Return up to four significant digits, no idle zeros: ``"0.73"``, ``"−12.5"``, ``"4.1e9"``."""
    return _significant(value, 4, zeros=False)


def steady(value: float) -> str:
    """Return four significant digits, zeros kept, for figures that must not dance: ``"0.2500"``."""
    return _significant(value, 4, zeros=True)


def exact(value: float) -> str:
    """Return up to seven significant digits, no idle zeros, for what is compared or typed."""
    return _significant(value, 7, zeros=False)


def fixed(value: float, step: float) -> str:
    """Return a value to the precision of a step above zero: 2.5 by 0.25 is ``"2.50"``."""
    if (odd := _odd(value)) is not None:
        return odd
    decade = math.floor(math.log10(step) + _TOLERANCE)
    if round(step / 10.0**decade, 6) not in (1, 2, 5):
        decade -= 1  # steps of 0.25 take one digit more than those of 0.2
    if abs(value) < 10.0**decade / 2:
        return "0"
    size = math.floor(math.log10(abs(value)) + _TOLERANCE)
    if size - decade > _MOST_DECIMALS:  # a step that the number itself cannot tell
        return short(value)
    if size >= _MOST or (decade < -5 and size < -2):
        return _with_exponent(value, max(0, size - decade))
    return _signed(f"{value:,.{min(max(0, -decade), _MOST_DECIMALS)}f}")


def percent(share: float, step: float = 0.001) -> str:
    """Return a share, to the precision of a step of the share, as percent: ``"98.4 %"``."""
    return f"{fixed(100 * share, 100 * step)} %"


def share_text(right: int, total: int) -> str:
    """Return a share as percent; never rounded up to all or down to none."""
    share = right / total if total else 0.0
    return percent(share, 0.01) if share in (0.0, 1.0) else percent(never_whole(share))


def never_whole(share: float) -> float:
    """Return a share that is not rounded up to all or down to none, where it is neither."""
    return share if share in (0.0, 1.0) else min(max(share, 0.001), 0.999)


def count(number: float) -> str:
    """Return a whole number, however large, with its thousands grouped: ``"12,300"``."""
    odd = None if isinstance(number, int) else _odd(number)
    return _signed(f"{round(number):,}") if odd is None else odd


def duration(seconds: float) -> str:
    """Return about how long something takes: ``"35 s"``, ``"4 min"``, ``"1 h 20 min"``."""
    if seconds < 90:
        return f"{5 * max(1, round(seconds / 5))} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def power(exponent: int) -> str:
    """Return a power of ten: ``"0.001"``, ``"1"``, ``"10,000"``, ``"1e−7"``."""
    if _LEAST <= exponent < _MOST:
        return f"{10.0**exponent:,.{max(0, -exponent)}f}"
    return _signed(f"1e{exponent}")


def parse(text: str) -> float:
    """Return the number that a text says, in any form this module writes or people type.

    Raises
    ------
    ValueError
        If it says none.
    """
    if "_" in text:  # which Python itself would take
        raise ValueError(text)
    plain = _IDLE.sub("", text).replace("−", "-")
    if _GROUPED.match(plain):
        plain = plain.replace(",", "")
    if plain == NOTHING:
        return math.nan
    plain = re.sub(r"[·×*]10\^?([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|[-+]?\d+)$", r"e\1", plain)
    plain = plain.translate(_SUPERSCRIPTS).replace("∞", "inf")
    if plain.endswith("%"):
        return float(plain[:-1]) / 100
    return float(plain)


def _odd(value: float) -> str | None:
    """Return how zero and what is no finite number are written; None for other numbers."""
    if math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return "0" if value == 0 else None


def _significant(value: float, digits: int, zeros: bool) -> str:
    if (odd := _odd(value)) is not None:
        return f"{0:.{digits - 1}f}" if zeros and value == 0 else odd
    # Rounding comes first: 9,999,999.9 has one digit more than it seems.
    size = int(f"{value:.{digits - 1}e}".split("e")[1])
    if not _LEAST <= size < _MOST:
        return _with_exponent(value, digits - 1, zeros)
    text = f"{value:,.{max(0, digits - 1 - size)}f}"
    return _signed(text if zeros else _trimmed(text))


def _with_exponent(value: float, decimals: int, zeros: bool = True) -> str:
    factor, exponent = f"{value:.{min(decimals, _MOST_DECIMALS)}e}".split("e")
    return _signed(f"{factor if zeros else _trimmed(factor)}e{int(exponent)}")


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _signed(text: str) -> str:
    return text.replace("-", "−")
