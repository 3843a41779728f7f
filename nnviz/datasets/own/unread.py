"""A table that cannot be read as it seems to be written: what a person needs to put that right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nnviz.datasets.own.formats import format_of, table_text
from nnviz.datasets.own.layout import layout_of
from nnviz.datasets.own.proposal import shown_rows
from nnviz.datasets.own.recipe import Recipe
from nnviz.datasets.own.table import text_of
from nnviz.datasets.own.text import content_of
from nnviz.errors import DataError


@dataclass(frozen=True)
class Unread:
    """Why a table cannot be read, how it seems to be written, and its first rows as they are."""

    error: DataError
    layout: Recipe
    first: tuple[tuple[str, ...], ...]
    sheets: tuple[str, ...]


def unread(path: Path, error: DataError) -> Unread:
    """Return what is seen of a table that was refused.

    Raises
    ------
    DataError
        The one given, where it is no table.
    """
    try:
        content = content_of(path)
        if format_of(path, content).family != "table":
            raise error
        whole = table_text(content, path.name)
        layout = layout_of(whole, path.name, [])
        text = text_of(whole.text, path.name, layout.separator, layout.skip, layout.skip_end)
        return Unread(error, layout, shown_rows(text, layout), whole.sheets)
    except DataError:
        raise error from None
