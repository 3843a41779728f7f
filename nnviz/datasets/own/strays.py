"""What all rows of a table change about a recipe that the first of them proposed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from nnviz.datasets.own.doubts import Note, listed
from nnviz.datasets.own.kinds import completed
from nnviz.datasets.own.numbers import number_of
from nnviz.datasets.own.recipe import Recipe
from nnviz.datasets.own.table import MOST_CELLS, Text, number_reader, reading_of

if TYPE_CHECKING:
    import pandas as pd

MOST_STRAYS = 3
"""Different words that may stand among the numbers of a column, for missing values."""

_AT_ONCE = 100_000


def without_words(body: Text, recipe: Recipe, notes: list[Note]) -> Recipe:
    """Return a recipe by which words among numbers and dates are missing values.

    Columns with too many of them become categories.
    """
    found = _words(body, recipe)
    strays = [word for words in found.values() if len(words) <= MOST_STRAYS for word in words]
    if strays:
        notes.append(stray_note(strays))
    columns = []
    for column in recipe.columns:
        if len(found.get(column.name, ())) > MOST_STRAYS:
            column = replace(column, kind="category")
        columns.append(column)
    missing = tuple(dict.fromkeys((*recipe.missing, *strays)))
    return replace(recipe, columns=tuple(columns), missing=missing)


def stray_note(words: list[str]) -> Note:
    """Return the sentence that says what was taken for missing values."""
    sentence = "Taken for missing values, since they stand among numbers: {words}."
    return Note(sentence, {"words": listed(words)})


def with_all_words(recipe: Recipe, frame: pd.DataFrame) -> Recipe:
    """Return the recipe with all words of ordinal columns, also those that no look has seen."""
    columns = []
    for column in recipe.columns:
        if column.kind == "ordinal" and column.role != "ignore":
            cells = (str(cell).strip() for cell in frame[column.name].dropna().unique())
            words = [cell for cell in cells if cell not in recipe.missing]
            column = replace(column, order=completed(column.order, words))
        columns.append(column)
    return replace(recipe, columns=tuple(columns))


def with_room(recipe: Recipe, frame: pd.DataFrame, notes: list[Note]) -> Recipe:
    """Return a recipe by which fewer categories become inputs, where all of them are too many."""
    words = [c.name for c in recipe.columns if c.role == "input" and c.kind == "category"]
    others = sum(c.role == "input" for c in recipe.columns) - len(words)
    # A column may have an input more for the words that are missing.
    distinct = [int(frame[name].nunique()) + bool(frame[name].isna().any()) for name in words]

    def has_room(most: int) -> bool:
        inputs = others + sum(min(count, most + 2) for count in distinct)
        return len(frame) * inputs <= MOST_CELLS

    if has_room(recipe.categories):
        return recipe
    for most in (10, 5, 2, 1):
        if most < recipe.categories and has_room(most):
            sentence = (
                "There are many rows: of each column, the {count} commonest words are inputs."
            )
            notes.append(Note(sentence, {"count": most}))
            return replace(recipe, categories=most)
    if others == 0:
        return recipe
    sentence = "Ignored, since there are too many rows for an input for each word: {names}."
    notes.append(Note(sentence, {"names": listed(words)}))
    columns = (replace(c, role="ignore") if c.name in words else c for c in recipe.columns)
    return replace(recipe, columns=tuple(columns))


def _words(body: Text, recipe: Recipe) -> dict[str, list[str]]:
    """Return the different words in each column of numbers or dates, a few more than may be."""
    import pandas as pd

    readers = {c.name: number_reader(c) for c in recipe.used if c.kind == "date"}
    for column in (column for column in recipe.used if column.kind == "number"):
        readers[column.name] = lambda cell: _number(cell, recipe)
    found: dict[str, list[str]] = {}
    types = dict.fromkeys(readers, object)
    try:
        pieces = pd.read_csv(
            **reading_of(body, recipe), usecols=[*readers], dtype=types, chunksize=_AT_ONCE
        )
        for piece in pieces:
            for name, read in readers.items():
                words = found.setdefault(name, [])
                for cell in piece[name].dropna().unique():
                    word = str(cell).strip()
                    is_new = word not in words and word not in recipe.missing
                    if len(words) <= MOST_STRAYS and is_new and math.isnan(read(word)):
                        words.append(word)
    except (ValueError, OverflowError):  # it is no table, which whoever reads it again will say
        return {}
    return found


def _number(cell: str, recipe: Recipe) -> float:
    number = number_of(cell, recipe.decimal, recipe.thousands)
    return math.nan if number is None else number
