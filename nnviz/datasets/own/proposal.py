"""A look at a file, and a proposal of how to read it: what was understood, and what is doubtful."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from nnviz.datasets.names import unknown_name
from nnviz.datasets.own.build import content_hash, load_own
from nnviz.datasets.own.formats import encoding_in, format_of, misnamed, table_text
from nnviz.datasets.own.note import Note
from nnviz.datasets.own.recipe import (
    MISSING,
    MOST_CLASSES,
    AnyRecipe,
    OwnColumn,
    OwnData,
    Recipe,
    Separator,
    cleaned,
)
from nnviz.datasets.own.sample_look import first_rows, look, understood
from nnviz.datasets.own.sample_recipes import PicturesRecipe
from nnviz.datasets.own.table import checked_shape, names_of, number_of, text_of
from nnviz.datasets.own.text import content_of
from nnviz.errors import DataError

_FIRST = 200
"""Rows that show separator, decimals and header."""
_ROWS, _CELLS = 10_000, 500_000
"""Of the rest so many rows are looked at, fewer of a wide table."""
_SHOWN = 20
"""Rows a person is shown before a file is opened."""
_FEWEST = 10
"""Rows from which on it says something that a column numbers them, or follows another."""
_SEPARATORS: tuple[Separator, ...] = ("\t", ";", "|", ",", " ")
"""In the order in which they are tried: where numbers have decimal commas, a comma fits too."""
_TARGETS = {"target", "label", "class", "y", "outcome", "output", "result"}
_IDENTIFIERS = {"id", "index", "no", "no.", "nr", "nr.", "number", "key", "uuid", "rownames"}
_TOTALS = {"total", "sum", "average", "mean", "summe", "合计", "总计", "合計", "總計"}


@dataclass(frozen=True)
class Proposal:
    """How a file could be read, what was understood, its first rows, and what is doubtful."""

    data: OwnData
    understood: Note
    first: tuple[tuple[str, ...], ...]
    warnings: tuple[Note, ...]
    headings: tuple[str, ...] = ()
    """Of the first rows, where they are not those of a table."""


class _SeenColumn:
    """What the rows that are looked at say of a column."""

    def __init__(
        self, name: str, cells: Iterable[str], read: Callable[[str], float | None]
    ) -> None:
        self.name, self.cells = name, [cell.strip() for cell in cells]
        present = [cell for cell in self.cells if cell not in MISSING]
        read_as = {cell: read(cell) for cell in present}
        words = [cell for cell, number in read_as.items() if number is None]
        self.numbers = [number for cell in present if (number := read_as[cell]) is not None]
        self.rows, self.distinct = len(present), len(read_as)
        # A few words among numbers stand for missing values.
        self.is_number = len(words) <= 3 and len(self.numbers) >= 0.8 * self.rows > 0
        self.strays = words if self.is_number else []
        self.is_constant = self.distinct < 2
        all_differ = self.distinct == self.rows
        is_named = all_differ and name.lower() in _IDENTIFIERS
        if self.is_number:
            counts = self.rows >= _FEWEST and bool((np.diff(self.numbers) == 1).all())
            self.is_identifier = is_named or (all_differ and counts)
        else:
            self.is_identifier = is_named or self.distinct > max(20, self.rows / 2)
        are_whole = all(number.is_integer() for number in self.numbers)
        few = are_whole and self.distinct <= min(10, max(2, self.rows / 5))
        self.is_class = few if self.is_number else True


def propose(path: Path, target: str = "", recipe: AnyRecipe | None = None) -> Proposal:
    """Look at a file, and propose how to read it; with a recipe, see what it makes of the file.

    Parameters
    ----------
    target
        Name of the column to predict, or "" for the likeliest.

    Raises
    ------
    DataError
        If it is not a table that can be read so.
    UnknownNameError
        If no column has the target's name.
    """
    notes = list[Note]()
    content = b"" if path.is_dir() else content_of(path)
    kind = format_of(path, content)
    misnamed(path, kind, notes)
    if kind.family != "table":
        return _proposed_samples(path, target, recipe, notes)
    if recipe is not None and not isinstance(recipe, Recipe):
        raise _other_recipe(path.name)
    chosen = recipe or _proposed(content, path.name, target, notes)
    data = OwnData(os.path.abspath(path), content_hash(content), chosen)  # noqa: PTH100 - keeps links
    dataset = load_own(data)
    known: dict[str, object] = {"rows": dataset.rows, "inputs": dataset.features}
    if dataset.features > max(200, dataset.rows):
        sentence = "{inputs:,} inputs are many for {rows:,} rows: ignore what does not matter."
        notes.append(Note(sentence, known))
    labels = dataset.targets.astype(np.intp)[:, None] if dataset.class_names else np.arange(0)
    rare = [dataset.class_names[i] for i in np.flatnonzero(np.bincount(labels.ravel()) == 1)]
    if rare:
        sentence = "Of these classes there is one row only, too few to test them: {names}."
        notes.append(Note(sentence, {"names": _listed(rare)}))
    known |= {"encoding": chosen.encoding, "target": chosen.target.name, "decimal": chosen.decimal}
    known |= {"separator": {"\t": "tab", " ": "space"}.get(chosen.separator, chosen.separator)}
    sentence = (
        "{rows:,} rows and {inputs:,} inputs, from which “{target}” is predicted as a number"
        " (encoding {encoding}, separator “{separator}”, decimals “{decimal}”)."
    )
    if dataset.class_names:
        sentence = sentence.replace("as a number", "as one of {classes} classes")
    understood = Note(sentence, known | {"classes": len(dataset.class_names)})
    return Proposal(data, understood, _first_rows(content, path.name, chosen), tuple(notes))


def _other_recipe(name: str) -> DataError:
    return DataError(
        "The recipe is for another kind of file than “{name}” is.",
        "Choose the file the recipe was made for, or open this one without a recipe.",
        name=cleaned(name),
    )


def _proposed_samples(
    path: Path, target: str, recipe: AnyRecipe | None, notes: list[Note]
) -> Proposal:
    """Return the proposal for arrays or a folder of pictures."""
    if isinstance(recipe, Recipe) or (
        recipe is not None and isinstance(recipe, PicturesRecipe) != path.is_dir()
    ):
        raise _other_recipe(path.name)
    found, dataset, sha256 = look(path, target, recipe, notes)
    data = OwnData(os.path.abspath(path), sha256, found)  # noqa: PTH100 - keeps links
    headings, first = first_rows(dataset)
    return Proposal(data, understood(dataset), first, tuple(notes), headings)


def _first_rows(content: bytes, name: str, recipe: Recipe) -> tuple[tuple[str, ...], ...]:
    text = table_text(content, name, recipe.encoding, recipe.sheet)
    rows = text_of(text, name, recipe.separator, recipe.skip, recipe.skip_end).rows()
    shown = islice(rows, recipe.header, recipe.header + _SHOWN)
    return tuple(tuple(map(cleaned, cells)) for _, cells in shown)


def _proposed(content: bytes, name: str, target: str, notes: list[Note]) -> Recipe:
    encoding = encoding_in(content, name)
    text = table_text(content, name, encoding)
    separator = _separator(text, name)
    skip, skip_end = _skipped(text, name, separator, notes)
    body = text_of(text, name, separator, skip, skip_end)
    rows = [cells for _, cells in islice(body.rows(), _FIRST)]
    if not rows:
        raise body.no_rows()
    decimal, thousands = _signs(rows, separator)
    read = partial(number_of, decimal=decimal, thousands=thousands)
    header = _header(rows, read)
    names, rest = checked_shape(body, header)
    width = len(rows[0])
    looked_at = islice(rest.rows(), max(min(_ROWS, _CELLS // width), 1))
    columns = zip(*(cells for _, cells in looked_at), strict=True)
    seen = [
        _SeenColumn(title, cells, read)
        for title, cells in zip(names_of(names, width), columns, strict=True)
    ]
    strays = tuple(dict.fromkeys(word for column in seen for word in column.strays))
    if strays:
        sentence = "Taken for missing values, since they stand among numbers: {words}."
        notes.append(Note(sentence, {"words": _listed(strays)}))
    return Recipe(
        columns=_columns(seen, target, notes),
        encoding=encoding,
        separator=separator,
        decimal=decimal,  # type: ignore[arg-type]
        thousands=thousands,  # type: ignore[arg-type]
        header=header,
        skip=skip,
        skip_end=skip_end,
        missing=(*MISSING, *strays),
    )


# ------------------------------------------------------------------------------ how it is written


def _separator(text: str, name: str) -> Separator:
    """Return what most lines are divided by into equally many cells."""
    found: dict[Separator, float] = {}
    for separator in _SEPARATORS:
        rows = islice(text_of(text[: 2**20], name, separator).rows(), _FIRST)
        widths = Counter(len(cells) for _, cells in rows)
        width, count = (widths.most_common(1) or [(0, 0)])[0]
        found[separator] = count / widths.total() if width > 1 else 0.0
        if found[separator] > 0.9:
            return separator
    best = max(found.values())
    return next(separator for separator in found if found[separator] == best) if best else ","


def _skipped(text: str, name: str, separator: str, notes: list[Note]) -> tuple[int, int]:
    """Return how many lines before and after the table are none of its rows."""
    rows = list(islice(text_of(text, name, separator).rows(), _FIRST))
    width = Counter(len(cells) for _, cells in rows).most_common(1)[0][0] if rows else 0
    skip = next((line - 1 for line, cells in rows if len(cells) == width), 0)
    after = []
    for line in reversed(text.rstrip().split("\n")[skip + 1 :][-20:]):
        cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
        given = [cell.strip() for cell in cells if cell.strip()]
        is_row = len(given) > 1 and given[0].lower() not in _TOTALS and len(cells) >= width
        if is_row or (len(cells) == width <= 2 and given) or line.count('"') % 2:
            break  # an odd quotation mark is of a cell with several lines
        after += [line] if line else []
    lines = text.split("\n", skip)
    for count, first in ((skip, lines[0]), (len(after), after[-1] if after else "")):
        if count:
            sentence = "Lines outside the table are left out: {count}, the first “{text}”."
            notes.append(Note(sentence, {"count": count, "text": cleaned(first)}))
    return skip, len(after)


def _signs(rows: list[list[str]], separator: str) -> tuple[str, str]:
    """Return the signs of decimals and of thousands."""
    cells = {cell.strip() for row in rows for cell in row}
    points = [cell for cell in cells if re.fullmatch(r"[+-]?[\d,]*\.\d+", cell)]
    commas = [cell for cell in cells if re.fullmatch(r"[+-]?[\d.]*,\d+", cell)]
    grouped = [cell for cell in cells if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", cell)]
    if len({*commas} - {*grouped}) > len({*points} - {*commas}):
        return ",", "." if any("." in cell for cell in commas) else ""
    if grouped and (points or separator == ","):
        return ".", ","
    return (",", "") if commas and not points else (".", "")


def _header(rows: list[list[str]], read: Callable[[str], float | None]) -> int:
    """Return how many lines have names: up to three above those where numbers begin."""
    has_number = [any(read(cell) is not None for cell in row) for row in rows]
    if sum(has_number) < len(rows) / 2 or not any(has_number[:4]):
        return 1  # a table of words
    return has_number.index(True)


# ------------------------------------------------------------------------------------ the columns


def _columns(seen: list[_SeenColumn], target: str, notes: list[Note]) -> tuple[OwnColumn, ...]:
    """Return what becomes of each column."""
    names = [column.name for column in seen]
    if target and target not in names:
        raise unknown_name("There is no column called “{name}”.", target, names, "data.file")
    goal = seen[names.index(target)] if target else _likely_target(seen)
    others = [column for column in seen if column is not goal]
    varied = [column for column in others if not column.is_constant]
    if not varied:
        raise DataError(
            "There is no column to learn “{target}” from: the others are the same in all rows.",
            "Choose a table with more columns or rows.",
            target=goal.name,
        )
    # Where there is nothing better to learn from, an identifier has to do.
    inputs = [column for column in varied if not column.is_identifier] or varied
    as_class = goal.is_class and not (goal.is_number and goal.distinct > MOST_CLASSES)
    for found, sentence in (
        ([c for c in others if c.is_constant], "Ignored, the same in all rows: {names}."),
        ([c for c in varied if c not in inputs], "Ignored, identifiers or free text: {names}."),
        ([c for c in inputs if _tells(c, goal)], "These give “{target}” away: {names}."),
        (
            [c for c in inputs if c.rows < len(c.cells)],
            "Values are missing and filled in: {names}.",
        ),
        ([goal] * (goal.rows < len(goal.cells)), "Rows without “{target}” are left out."),
    ):
        if found:
            shown = {"target": goal.name, "names": _listed([c.name for c in found])}
            notes.append(Note(sentence, shown))
    columns = []
    for column in seen:
        is_word = as_class if column is goal else not column.is_number
        role = "target" if column is goal else "input" if column in inputs else "ignore"
        columns.append(OwnColumn(column.name, role, "category" if is_word else "number"))  # type: ignore[arg-type]
    return tuple(columns)


def _likely_target(seen: list[_SeenColumn]) -> _SeenColumn:
    """Return the column that is called so, or the last that says something of its row."""
    varied = [c for c in seen if not c.is_constant] or seen
    called = [c for c in varied if c.name.lower() in _TARGETS]
    return (called or [c for c in varied if not c.is_identifier] or varied)[-1]


def _tells(column: _SeenColumn, goal: _SeenColumn) -> bool:
    """Return whether a column says the same as the target, in other numbers or words."""
    if min(column.rows, goal.rows) < max(_FEWEST, len(goal.cells)):
        return False
    if len(column.numbers) == len(goal.numbers) == len(goal.cells) and goal.distinct > 2:
        with np.errstate(all="ignore"):
            return bool(abs(np.corrcoef(column.numbers, goal.numbers)[0, 1]) > 0.99999)
    pairs = {*zip(column.cells, goal.cells, strict=True)}
    return len(pairs) == column.distinct <= 2 * goal.distinct


def _listed(names: Sequence[str]) -> str:
    """Return names for a sentence, of many only the first."""
    shown = [f"“{cleaned(name)}”" for name in names]
    return ", ".join(shown[:5]) + (", …" if len(shown) > 5 else "")
