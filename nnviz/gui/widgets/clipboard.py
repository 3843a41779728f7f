"""Tables in the clipboard."""

from __future__ import annotations

from collections.abc import Iterable

from nnviz.storage.predictions import guarded


def tabbed(lines: Iterable[Iterable[str]]) -> str:
    """Return lines of cells as spreadsheets take them; no name from data becomes a formula."""
    return "\n".join("\t".join(map(guarded, line)) for line in lines)
