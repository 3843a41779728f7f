"""Numbers as tables have them: with signs of money or per cent, decimals and thousands."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_GROUPS = re.compile(r"\s*[+-]?\d+( \d{2,3})* \d{3}\s*", re.ASCII)
"""Digits of a whole number by threes, or as in India by twos, the last three together."""
_SIGNS, _SPACES = "$€£¥￥₹%％元", "\u00a0\u202f\u2009"
_MARKED = re.compile(rf"([+-]?)\s*[{_SIGNS}]?\s*([+-]?[\d.,'{_SPACES}]*\d)\s*[{_SIGNS}]?", re.ASCII)
"""A number with a sign before or after it, or narrow spaces between its digits."""
_SPACE = re.compile(f"[{_SPACES}]")
_MINUS = "\u2212"

MARKS = re.compile(f"[{_SIGNS}{_SPACES}{_MINUS}]")
"""What pandas does not read in a number."""


def number_of(cell: str, decimal: str = ".", thousands: str = "") -> float | None:
    """Return the number a cell says, or None if it says none; 1e999 is infinite."""
    cell = plain(cell)
    if thousands:
        cell = cell.replace(thousands, "")
    if decimal == ",":
        cell = cell.replace(".", " ").replace(",", ".")
    cell = cell.strip()
    return float(cell) if _NUMBER.fullmatch(cell) else None


def seems_number(cell: str, decimal: str = ".", thousands: str = "") -> float | None:
    """Return what `number_of` does where the sign of thousands parts groups of digits.

    05.01.2023 could be read as a number, but is none.
    """
    whole = plain(cell).partition(decimal)[0]
    if thousands and thousands in whole and not _GROUPS.fullmatch(whole.replace(thousands, " ")):
        return None
    return number_of(cell, decimal, thousands)


def plain(cell: str) -> str:
    """Return a number without signs of money or per cent and narrow spaces; else the cell."""
    if cell.isascii() and "$" not in cell and "%" not in cell:
        return cell
    found = _MARKED.fullmatch(_SPACE.sub("", cell).strip().replace(_MINUS, "-"))
    return cell if found is None else found[1] + found[2]
