"""What a look at a file or folder has shown."""

from __future__ import annotations

from dataclasses import dataclass

from nnviz.datasets.own.doubts import Note
from nnviz.datasets.own.recipe import OwnData, Recipe
from nnviz.datasets.own.seen import SeenColumn
from nnviz.errors import DataError

CLASSES = "class", "pictures"
"""Headings of a table of classes and how many pictures each has."""


@dataclass(frozen=True)
class Proposal:
    """How a file could be read, what was understood, its first rows, and what is doubtful."""

    data: OwnData
    understood: Note
    first: tuple[tuple[str, ...], ...]
    warnings: tuple[Note, ...]
    columns: tuple[SeenColumn, ...]
    rows: int
    """Of the file."""
    left: int
    """Rows left, without those that lack what they need."""
    headings: tuple[str, ...] = ()
    """Of the first rows, where they are not those of a table."""
    sheets: tuple[str, ...] = ()
    """Of a workbook, those that have cells, the fullest first."""
    arrays: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """Names and shapes of those there are to choose from, where the file has arrays."""


@dataclass(frozen=True)
class Unread:
    """Why a table cannot be read, how it seems to be written, and its first rows as they are."""

    error: DataError
    layout: Recipe
    first: tuple[tuple[str, ...], ...]
    sheets: tuple[str, ...]
