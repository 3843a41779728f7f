"""Words that come from files, as they can be given to a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nnviz.datasets.own.recipe import MISSING

# Some spreadsheets take signs of East Asian width for signs too.
_FORMULA = (*"=+-@＝＋－＠", "\t", "\r", "\n")
_HARMLESS = re.compile(r"[+-]?[\d.,'\s]*\d[\d.,'\s]*([eE][+-]?\d+)?%?", re.ASCII)


def no_formula(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers stay as they are."""
    is_safe = not cell.startswith(_FORMULA) or cell in MISSING or _HARMLESS.fullmatch(cell)
    return cell if is_safe else f"'{cell}"


def pasted(rows: Iterable[Iterable[str]]) -> str:
    """Return a table as text for the clipboard."""
    return "\n".join("\t".join(map(no_formula, row)) for row in rows)
