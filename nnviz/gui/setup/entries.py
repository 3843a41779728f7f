"""Lines of the lists, made from the tables of the lower rooms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from nnviz.gui.look.texts import translated
from nnviz.gui.setup.choice import Entry


class Titled(Protocol):
    """What the entries of all tables have."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def formula(self) -> str: ...  # noqa: D102


def entries_of(table: Mapping[str, Titled]) -> Iterable[Entry]:
    """Return a line for each entry of a table, its formula as the tooltip."""
    return tuple(
        Entry(entry.name, translated(entry.title), translated(entry.formula))
        for entry in table.values()
    )
