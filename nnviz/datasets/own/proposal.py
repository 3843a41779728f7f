"""A look at a file, and a proposal of how to read it: what was understood, and what is doubtful."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.names import unknown_name
from nnviz.datasets.own.build import (
    content_hash,
    dataset_of_frame,
    keep_loaded,
)
from nnviz.datasets.own.doubts import Note, column_doubts, dataset_doubts
from nnviz.datasets.own.formats import file_for, format_of, misnamed, table_text
from nnviz.datasets.own.layout import layout_of
from nnviz.datasets.own.numbers import seems_number
from nnviz.datasets.own.proposed import Proposal as Proposal
from nnviz.datasets.own.recipe import (
    MOST_CLASSES,
    AnyRecipe,
    OwnColumn,
    OwnData,
    Recipe,
    cleaned,
)
from nnviz.datasets.own.sample_look import look_at_samples, understood
from nnviz.datasets.own.seen import Look, seen_columns
from nnviz.datasets.own.strays import stray_note, with_all_words, with_room, without_words
from nnviz.datasets.own.table import (
    Progress,
    Text,
    check_names,
    checked_shape,
    converted,
    names_of,
    raw_columns,
    text_of,
)
from nnviz.datasets.own.text import content_of
from nnviz.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

_ROWS, _CELLS = 10_000, 500_000
"""Of the rest so many rows are looked at, fewer of a wide table."""
_SHOWN = 20
"""Rows a person is shown before a file is opened."""
_TARGETS = {"target", "label", "class", "y", "outcome", "output", "result"}


def propose(
    path: Path,
    target: str = "",
    recipe: AnyRecipe | None = None,
    *,
    sheet: str = "",
    chosen: Collection[str] | None = None,
    exact: bool = False,
    progress: Progress | None = None,
) -> Proposal:
    """Look at a file, and propose how to read it; with a recipe, see what it makes of the file.

    Parameters
    ----------
    target
        Name of the column to predict; or "" for the recipe's, or the likeliest.
    recipe
        How the file is written, and what becomes of columns that it names; others are proposed.
    sheet
        Of a workbook, where there is no recipe; or "" for the fullest.
    chosen
        Names of the recipe's columns that stay as it has them, all others are proposed anew; None
        for all. Of arrays, only the inputs stay unless it is None.
    exact
        The recipe is taken as it is: it has to name all columns.
    progress
        Is told from time to time what share of the work is done. What it raises ends the work.

    Raises
    ------
    DataError
        If it is not a table that can be read so.
    UnknownNameError
        If no column has the target's name.
    """
    path = file_for(path)
    content = b"" if path.is_dir() else content_of(path)
    kind = format_of(path, content)
    notes = misnamed(path, kind)
    if kind.family == "table" and isinstance(recipe, Recipe | None):
        asked = (target, recipe, sheet, chosen, exact)
        return _proposed_table(path, content, *asked, progress or _silent, notes)
    samples_recipe = None if isinstance(recipe, Recipe) and not exact else recipe
    shown, dataset = look_at_samples(path, kind, target, samples_recipe, chosen, progress)
    keep_loaded(shown.data, dataset)
    return replace(shown, warnings=(*notes, *shown.warnings))


def _proposed_table(
    path: Path,
    content: bytes,
    target: str,
    recipe: Recipe | None,
    sheet: str,
    chosen: Collection[str] | None,
    exact: bool,
    tell: Progress,
    notes: list[Note],
) -> Proposal:
    """Return how a table could be read; as `propose` does."""
    name = cleaned(path.name)
    sha256 = content_hash(content)
    asked = (None, sheet) if recipe is None else (recipe.encoding, recipe.sheet)
    whole = table_text(content, name, *asked)
    layout = recipe or layout_of(whole, name, notes)
    tell(0.1)
    text = text_of(whole.text, name, layout.separator, layout.skip, layout.skip_end)
    header, body = checked_shape(text, layout.header)
    tell(0.2)
    looks = _looks(header, body, layout)
    names = tuple(look.name for look in looks)
    if recipe is None:
        found = _without_strays(layout, looks, notes)
        given = {column.name: column for column in whole.columns}
        goal = target or next((c.name for c in whole.columns if c.role == "target"), "")
        found = replace(found, columns=_columns(looks, goal, given, notes))
    else:
        found = _again(looks, target, recipe, chosen, notes)
        found = _exact(text, recipe, names) if exact else found
    found, frame = _read(body, found, names, exact, notes if recipe is None else None, tell)
    tell(0.8)
    dataset = dataset_of_frame(frame, found, name)
    seen, left = seen_columns(frame, looks, found)
    data = OwnData(os.path.abspath(path), sha256, found)  # noqa: PTH100 - keeps links
    keep_loaded(data, dataset)
    notes += dataset_doubts(dataset)
    told, first = _understood(dataset, found), shown_rows(text, found)
    tell(1.0)
    return Proposal(data, told, first, (*notes,), seen, len(frame), left, (), whole.sheets)


def _read(
    body: Text,
    recipe: Recipe,
    names: Sequence[str],
    exact: bool,
    notes: list[Note] | None,
    tell: Progress,
) -> tuple[Recipe, pd.DataFrame]:
    """Return a recipe with all words of ordinal columns, unless it is exact; and all columns.

    With notes, the recipe is also changed where it is wrong of rows that no look has seen.
    """
    try:
        found, frame = _read_once(body, recipe, names, exact, tell)
    except DataError:
        if notes is None:
            raise
        found, frame = _read_once(body, without_words(body, recipe, notes), names, exact, tell)
    return (found if notes is None else with_room(found, frame, notes)), frame


def _read_once(
    body: Text, recipe: Recipe, names: Sequence[str], exact: bool, tell: Progress
) -> tuple[Recipe, pd.DataFrame]:
    frame = raw_columns(body, recipe, names, lambda share: tell(0.2 + 0.5 * share))
    found = recipe if exact else with_all_words(recipe, frame)
    return found, converted(frame, found, body)


def _silent(done: float) -> None:
    pass


def _understood(dataset: Dataset, recipe: Recipe) -> Note:
    note = understood(dataset)
    if recipe.sheet:
        return note
    written = "(encoding {encoding}, separator “{separator}”, decimals “{decimal}”)"
    known: dict[str, object] = {"encoding": recipe.encoding, "decimal": recipe.decimal}
    known |= {"separator": {"\t": "tab", " ": "space"}.get(recipe.separator, recipe.separator)}
    return Note(f"{note.sentence.removesuffix('.')} {written}.", {**note.values, **known})


def shown_rows(text: Text, recipe: Recipe) -> tuple[tuple[str, ...], ...]:
    """Return the rows a person is shown."""
    shown = islice(text.rows(), recipe.header, recipe.header + _SHOWN)
    return tuple(tuple(map(cleaned, cells)) for _, cells in shown)


def _looks(header: list[list[str]], body: Text, layout: Recipe) -> list[Look]:
    read = partial(seems_number, decimal=layout.decimal, thousands=layout.thousands)
    _, first = next(body.rows())
    looked_at = islice(body.rows(), max(min(_ROWS, _CELLS // len(first)), 1))
    columns = zip(*(cells for _, cells in looked_at), strict=True)
    names = names_of(header, len(first))
    return [
        Look(name, cells, read, layout.missing) for name, cells in zip(names, columns, strict=True)
    ]


def _without_strays(layout: Recipe, looks: list[Look], notes: list[Note]) -> Recipe:
    """Return the layout with the words for missing values that stand among numbers."""
    strays = tuple(dict.fromkeys(word for look in looks for word in look.strays))
    if not strays:
        return layout
    notes.append(stray_note(list(strays)))
    return replace(layout, missing=(*layout.missing, *strays))


# ------------------------------------------------------------------------------------ the columns


def _exact(text: Text, recipe: Recipe, names: tuple[str, ...]) -> Recipe:
    check_names(text, recipe, names)
    return recipe


def _again(
    looks: list[Look],
    target: str,
    recipe: Recipe,
    chosen: Collection[str] | None,
    notes: list[Note],
) -> Recipe:
    """Return a recipe for columns that may be others than it has."""
    columns = {column.name: column for column in recipe.columns}
    kept = {name: columns[name] for name in columns if chosen is None or name in chosen}
    if not target and recipe.target.name in [look.name for look in looks]:
        target = recipe.target.name
    recipe = _without_strays(recipe, [look for look in looks if look.name not in kept], notes)
    return replace(recipe, columns=_columns(looks, target, kept, notes))


def _columns(
    looks: list[Look], target: str, kept: dict[str, OwnColumn], notes: list[Note]
) -> tuple[OwnColumn, ...]:
    """Return what becomes of each column: what was chosen, or else what is likely."""
    names = [look.name for look in looks]
    if target and target not in names:
        raise unknown_name("There is no column called “{name}”.", target, names, "data.file")
    goal = looks[names.index(target)] if target else _likely_target(looks)
    others = [look for look in looks if look is not goal]
    varied = [look for look in others if not look.is_constant]
    if not varied:
        raise DataError(
            "There is no column to learn “{target}” from: the others are the same in all rows.",
            "Choose a table with more columns or rows.",
            target=goal.name,
        )
    # Where there is nothing better to learn from, an identifier has to do.
    inputs = [look for look in varied if not look.is_identifier] or varied
    as_class = goal.is_class and not (goal.is_number and goal.distinct > MOST_CLASSES)
    columns = []
    for look in looks:
        role = "target" if look is goal else "input" if look in inputs else "ignore"
        column = look.column(role, look is goal and as_class)
        if look.name in kept:
            column = _as_kept(kept[look.name], look, column)
        columns.append(column)
    notes += column_doubts(looks, columns, goal)
    return tuple(columns)


def _as_kept(kept: OwnColumn, look: Look, proposed: OwnColumn) -> OwnColumn:
    """Return what was chosen for a column, with a kind that its role can have."""
    role = kept.role
    if "target" in (role, proposed.role):
        role = "target" if proposed.role == "target" else "input"
    if role != "ignore" and kept.kind in ("identifier", "text"):
        kept = replace(look.column(role, role == "target"), missing=kept.missing)
    return replace(kept, role=role, order=kept.order or look.order)


def _likely_target(looks: list[Look]) -> Look:
    """Return the column that is called so, or the last that says something of its row."""
    varied = [c for c in looks if not c.is_constant] or looks
    possible = [c for c in varied if not c.has_many_words] or varied
    called = [c for c in possible if c.name.lower() in _TARGETS]
    return (called or [c for c in possible if not c.is_identifier] or varied)[-1]
