"""Pieces of Python source: numbers, names from data, arrays, blocks.

Whatever comes from data goes into a script as a literal (`quoted`) or as plain text of a comment
(`told`), so that nothing in it can become code.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

WIDTH = 88
Lines = list[str]


def number(value: float) -> str:
    """Return a number as Python writes it, whole ones without a point."""
    value = float(value)
    if math.isinf(value):
        return "math.inf" if value > 0 else "-math.inf"
    return str(int(value)) if value.is_integer() and abs(value) < 1e9 else repr(value)


def quoted(text: str) -> str:
    """Return a string literal with nothing invisible in it."""
    return repr(text) if '"' in text or "'" in text else f'"{repr(text)[1:-1]}"'


def told(text: str) -> str:
    """Return a text for a comment or a docstring: one line, without what could end either."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain.replace("\\", "/").replace('"', "'")


def title(text: str) -> str:
    """Return the comment that begins a part of a script."""
    return f"# {'-' * (WIDTH - 3 - len(text))} {text}"


def block(head: str, *lines: str) -> str:
    """Return a head with lines of any length indented below it."""
    return "\n".join([head, *indented(lines)])


def indented(lines: Iterable[str]) -> Lines:
    """Return lines one step further in."""
    return [textwrap.indent(line, "    ") for line in lines]


def comment(text: str, width: int = WIDTH) -> str:
    """Return a comment of as many lines as it needs."""
    return textwrap.fill(told(text), width, initial_indent="# ", subsequent_indent="# ")


def wrapped(text: str) -> str:
    """Return a text in as many lines as it needs."""
    return textwrap.fill(text, WIDTH - 3)


def listed(items: Iterable[str], start: str, end: str, width: int = WIDTH) -> str:
    """Return items between brackets: in one line if they fit, else one a line."""
    items = [*items]
    line = f"{start}{', '.join(items)}{end}"
    if len(line) <= width and "\n" not in line:
        return line
    return "\n".join([start, *indented(f"{item}," for item in items), end])


def array(values: NDArray[np.generic]) -> str:
    """Return an array's literal, a row a line."""
    return listed([_row(row) for row in values], "np.array([", "])")


def _row(row: NDArray[np.generic]) -> str:
    if not row.ndim:
        return number(row)  # type: ignore[arg-type]  # of numbers
    text = f"[{', '.join(number(value) for value in row)}]"
    return textwrap.fill(text, WIDTH - 8, subsequent_indent=" ")


def settings(values: Mapping[str, tuple[float, str]]) -> str:
    """Return constants, each with a comment that says what it does."""
    lines = Lines()
    for name, (value, why) in values.items():
        line = f"{name} = {number(value)}"
        both = f"{line}  # {told(why)}"
        lines += [both] if len(both) <= WIDTH else [comment(why), line]
    return "\n".join(lines)
