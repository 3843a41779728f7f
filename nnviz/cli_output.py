"""What the commands of the command line share: numbers that are typed, and tables."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnviz.training.problem import Problem

_LONGEST_NUMBER = 40
"""Characters: far more than any number that is allowed has."""


def whole_number(text: str) -> int:
    """Return the number that an argument is.

    Raises
    ------
    ArgumentTypeError
        If it is none.
    """
    if len(text) > _LONGEST_NUMBER:
        raise argparse.ArgumentTypeError(f"“{text[:_LONGEST_NUMBER]}…” is too long for a number")
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number") from None


def finite(value: float | None) -> float | None:
    """Return a number that JSON has; it knows neither NaN nor infinity."""
    return value if value is not None and math.isfinite(value) else None


def print_table(
    head: tuple[str, ...], rows: Sequence[tuple[str, ...]], numbers: tuple[int, ...] = ()
) -> None:
    """Print rows below a head; `numbers` are the columns that are aligned to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = [
            cell.rjust(width) if i in numbers else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def epoch_choice(epoch: int, problem: Problem) -> str:
    """Return whose network it is, where an early stop went back to the best one."""
    part = problem.chosen_by
    fair = "" if part == "validation" else "; it was chosen by the test rows"
    return f"the network is that of epoch {epoch:,}, where the {part} loss was smallest{fair}"


def part_line(part: str, loss: float, metric: str, value: float | None) -> str:
    """Return loss and metric of a part, as a line."""
    if value is None:
        shown = "not defined"
    else:
        shown = f"{value:.1%}" if metric == "Accuracy" else f"{value:.4f}"
    return f"{part:<10}  loss {loss:<10.4g}  {metric} {shown}"
