"""A look at a file, and a proposal of how to read it: what was understood, and what is doubtful."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np

from nnviz.datasets.names import unknown_name
from nnviz.datasets.own.build import MOST_CLASSES, content_hash, load_own
from nnviz.datasets.own.recipe import MISSING, Column, OwnData, Recipe, Separator, cleaned
from nnviz.datasets.own.table import (
    checked_shape,
    names_of,
    number_of,
    text_of,
)
from nnviz.datasets.own.text import content_of, decoded, guessed_encoding
from nnviz.errors import DataError

_LOOKED_AT = 200
"""Rows that show separator, decimals and header."""

_ROWS, _CELLS = 10_000, 500_000
"""Of the rest so many rows are looked at, fewer of a wide table."""

_SEPARATORS: tuple[Separator, ...] = ("\t", ";", "|", ",", " ")
"""In the order in which they are tried: where numbers have decimal commas, a comma fits too."""

_TARGETS = {"target", "label", "class", "y", "outcome", "output", "result"}
_IDENTIFIERS = {"id", "index", "no", "no.", "nr", "nr.", "number", "key", "uuid", "rownames"}
_TOTALS = {"total", "sum", "average", "mean", "summe", "合计", "总计", "合計", "總計"}
_FEWEST = 10
"""Rows from which on it says something that all values differ."""
_WIDE = 200
_FEW_CLASSES = 10


@dataclass(frozen=True)
class Note:
    """A sentence, as a template, and what fills it: translated first and filled afterwards."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence.format(**self.values)


@dataclass(frozen=True)
class Proposal:
    """How a file could be read, what was understood of it, and what a person should look at."""

    data: OwnData
    understood: tuple[Note, ...]
    warnings: tuple[Note, ...]


@dataclass(frozen=True)
class _Seen:
    """What was seen of a column."""

    name: str
    cells: tuple[str, ...]
    decimal: str
    thousands: str

    @cached_property
    def present(self) -> list[str]:
        return [cell for cell in self.cells if cell not in MISSING]

    @cached_property
    def numbers(self) -> list[float]:
        found = (number_of(cell, self.decimal, self.thousands) for cell in self.present)
        return [number for number in found if number is not None]

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(self.present)

    @cached_property
    def strays(self) -> tuple[str, ...]:
        """Words among numbers, where they are few: they stand for missing values."""
        words = {
            cell: None
            for cell in self.present
            if number_of(cell, self.decimal, self.thousands) is None
        }
        are_few = len(words) <= 3 and len(self.numbers) >= 0.8 * len(self.present) > 0
        return tuple(words) if are_few else ()

    @property
    def is_number(self) -> bool:
        return bool(self.numbers) and (len(self.numbers) == len(self.present) or bool(self.strays))

    @property
    def is_identifier(self) -> bool:
        """Whether every row has a value of its own that says nothing about others."""
        rows, distinct = len(self.present), len(self.counts)
        if rows < _FEWEST:
            return self.name.lower() in _IDENTIFIERS and distinct == rows
        if not self.is_number:
            return distinct > max(20, rows / 2)
        steps = np.diff(self.numbers)
        is_numbered = distinct == rows and bool((steps == 1).all())
        return is_numbered or (self.name.lower() in _IDENTIFIERS and distinct == rows)

    @property
    def is_constant(self) -> bool:
        return len(self.counts) < 2

    @property
    def is_class(self) -> bool:
        """Whether, as a target, it names a class: words, or a few whole numbers again and again."""
        if not self.is_number:
            return True
        whole = all(number.is_integer() for number in self.numbers)
        few = len(self.counts) <= min(_FEW_CLASSES, max(2, len(self.present) / 5))
        return whole and few


def propose(path: Path, target: str = "", recipe: Recipe | None = None) -> Proposal:
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
    content = content_of(path)
    warnings: list[Note] = []
    if recipe is None:
        recipe = _proposed(content, path.name, target, warnings)
    elif target:
        recipe = _with_target(recipe, target)
    data = OwnData(os.path.abspath(path), content_hash(content), recipe)  # noqa: PTH100 - keeps links
    dataset = load_own(data)
    if dataset.features > max(_WIDE, dataset.rows):
        warnings.append(
            Note(
                "{inputs:,} inputs are many for {rows:,} rows: ignore columns that do not matter.",
                {"inputs": dataset.features, "rows": dataset.rows},
            )
        )
    if dataset.class_names:
        counts = np.bincount(dataset.targets.astype(np.intp))
        rare = [dataset.class_names[label] for label in np.flatnonzero(counts == 1)]
        if rare:
            sentence = "Of these classes there is one row only: {names}. It cannot be tested."
            warnings.append(Note(sentence, {"names": _listed(rare)}))
    understood = _told(recipe, dataset.rows, dataset.features, len(dataset.class_names))
    return Proposal(data, tuple(understood), tuple(warnings))


def _with_target(recipe: Recipe, target: str) -> Recipe:
    """Return the recipe with another column as target; the one before becomes an input."""
    names = [column.name for column in recipe.columns]
    if target not in names:
        raise unknown_name("There is no column called “{name}”.", target, names, "data.file")
    columns = []
    for column in recipe.columns:
        if column.name == target:
            column = replace(column, role="target")
        elif column.role == "target":
            column = replace(column, role="input")
        columns.append(column)
    return replace(recipe, columns=tuple(columns))


def _proposed(content: bytes, name: str, target: str, warnings: list[Note]) -> Recipe:
    encoding = guessed_encoding(content, name)
    text = decoded(content, encoding, name)
    separator = _separator(text, name)
    skip, skip_end = _skipped(text, name, separator, warnings)
    body = text_of(text, name, separator, skip, skip_end)
    rows = [cells for _, cells in islice(body.rows(), _LOOKED_AT)]
    if not rows:
        raise body.no_rows()
    decimal, thousands = _signs(rows)
    header = _header(rows, decimal, thousands)
    names, rest = checked_shape(body, header)
    width = len(rows[0])
    looked_at = max(min(_ROWS, _CELLS // width), 1)
    cells = zip(*(row for _, row in islice(rest.rows(), looked_at)), strict=True)
    seen = [
        _Seen(title, tuple(cell.strip() for cell in column), decimal, thousands)
        for title, column in zip(names_of(names, width), cells, strict=True)
    ]
    strays = {word: None for column in seen if column.is_number for word in column.strays}
    if strays:
        sentence = "Taken for missing values, since they stand among numbers: {words}."
        warnings.append(Note(sentence, {"words": _listed(strays)}))
    return Recipe(
        _columns(seen, target, warnings),
        encoding,
        separator,
        decimal,  # type: ignore[arg-type]
        thousands,  # type: ignore[arg-type]
        header,
        skip,
        skip_end,
        (*MISSING, *strays),
    )


# ------------------------------------------------------------------------------ how it is written


def _separator(text: str, name: str) -> Separator:
    """Return what most lines are divided by into equally many cells."""
    start = text[: 2**20]
    found: dict[Separator, float] = {}
    for separator in _SEPARATORS:
        sample = text_of(start, name, separator)
        counts = Counter(len(cells) for _, cells in islice(sample.rows(), _LOOKED_AT))
        if not counts:
            continue
        width, rows = counts.most_common(1)[0]
        found[separator] = rows / counts.total() if width > 1 else 0.0
        if found[separator] > 0.9:
            return separator
    likely = [separator for separator in found if found[separator] == max(found.values()) > 0.0]
    return likely[0] if likely else ","


def _skipped(text: str, name: str, separator: str, warnings: list[Note]) -> tuple[int, int]:
    """Return how many lines before and after the table are none of its rows."""
    whole = text_of(text, name, separator)
    rows = list(islice(whole.rows(), _LOOKED_AT))
    if not rows:
        raise whole.no_rows()
    width = Counter(len(cells) for _, cells in rows).most_common(1)[0][0]
    skip = next((line - 1 for line, cells in rows if len(cells) == width), 0)
    if skip:
        first = cleaned(next(cells for _, cells in rows)[0])
        sentence = "Lines before the table are left out: {lines}, the first “{text}”."
        warnings.append(Note(sentence, {"lines": skip, "text": first}))
    last: list[str] = []
    for line in reversed(text.rstrip().split("\n")[skip + 1 :][-20:]):
        if line.count('"') % 2:
            break  # of a cell with several lines
        cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
        is_total = bool(cells) and cells[0].strip().lower() in _TOTALS
        given = [cell for cell in cells if cell.strip()]
        if len(cells) >= width and not is_total and (len(given) > 1 or width < 3):
            break
        last.append(line)
    if last:
        sentence = "Lines after the table are left out: {lines}, the first “{text}”."
        warnings.append(Note(sentence, {"lines": len(last), "text": cleaned(last[-1])}))
    # An empty line ends nothing by itself: `text_of` counts those with a text in them.
    return skip, sum(bool(line) for line in last)


def _signs(rows: list[list[str]]) -> tuple[str, str]:
    """Return the signs of decimals and of thousands."""
    cells = [cell.strip() for row in rows for cell in row]
    commas = [cell for cell in cells if re.fullmatch(r"[+-]?[\d.]*,\d+", cell, re.ASCII)]
    grouped = [cell for cell in cells if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", cell)]
    points = [cell for cell in cells if re.fullmatch(r"[+-]?\d*\.\d+", cell)]
    decimal_commas = len(set(commas) - set(grouped))
    both = [cell for cell in grouped if "." in cell or cell.count(",") > 1]
    if decimal_commas and decimal_commas >= len(set(points)):
        return ",", "." if any("." in cell for cell in commas) else ""
    if grouped and (both or points):
        return ".", ","
    return (",", "") if commas and not points else (".", "")


def _header(rows: list[list[str]], decimal: str, thousands: str) -> int:
    """Return how many lines have names, up to three: those above where numbers begin."""

    def has_number(row: list[str]) -> bool:
        return any(number_of(cell, decimal, thousands) is not None for cell in row)

    first = next((place for place, row in enumerate(rows) if has_number(row)), 1)
    share = sum(map(has_number, rows)) / len(rows)
    if share < 0.5 or first > 3:
        return 0 if has_number(rows[0]) and share >= 0.5 else 1
    return first


# ------------------------------------------------------------------------------------ the columns


def _columns(seen: list[_Seen], target: str, warnings: list[Note]) -> tuple[Column, ...]:
    """Return what becomes of each column."""
    names = [column.name for column in seen]
    if target and target not in names:
        raise unknown_name("There is no column called “{name}”.", target, names, "data.file")
    goal = seen[names.index(target)] if target else _likely_target(seen)
    constant = [c.name for c in seen if c is not goal and c.is_constant]
    strange = [c.name for c in seen if c is not goal and c.is_identifier and not c.is_constant]
    if len(constant) + len(strange) == len(seen) - 1:
        strange = []  # there is nothing better to learn from
    if len(constant) == len(seen) - 1:
        raise DataError(
            "There is no column to learn “{target}” from: the others are the same in all rows.",
            "Choose a table with more columns or rows.",
            target=goal.name,
        )
    inputs = [c for c in seen if c is not goal and c.name not in (*constant, *strange)]
    as_class = goal.is_class and not (goal.is_number and len(goal.counts) > MOST_CLASSES)
    kinds = {c.name: "number" if c.is_number else "category" for c in seen}
    kinds[goal.name] = "category" if as_class else "number"
    telling = [c.name for c in inputs if _tells(c, goal, kinds)]
    for found, sentence in (
        (constant, "Ignored, since they are the same in all rows: {names}."),
        (strange, "Ignored, since they look like identifiers or free text: {names}."),
        (telling, "These give “{target}” away, so nothing has to be learned: {names}."),
    ):
        if found:
            warnings.append(Note(sentence, {"names": _listed(found), "target": goal.name}))
    warnings += (_gaps(c, c is goal, kinds) for c in (*inputs, goal) if c.present != [*c.cells])
    roles = dict.fromkeys(names, "ignore") | {c.name: "input" for c in inputs}
    roles[goal.name] = "target"
    return tuple(Column(name, roles[name], kinds[name]) for name in names)  # type: ignore[arg-type]


def _likely_target(seen: list[_Seen]) -> _Seen:
    """Return the column that is called so, or the last that says something of its row."""
    varied = [c for c in seen if not c.is_constant] or seen
    called = [c for c in varied if c.name.lower() in _TARGETS]
    return (called or [c for c in varied if not c.is_identifier] or varied)[-1]


def _gaps(column: _Seen, is_target: bool, kinds: Mapping[str, str]) -> Note:
    """Return how many values are missing, and what takes their place."""
    sentence = "“{name}” lacks {missing:,} of {rows:,} values: the median takes their place."
    if is_target:
        sentence = "“{name}” lacks {missing:,} of {rows:,} values: those rows are left out."
    elif kinds[column.name] == "category":
        sentence = "“{name}” lacks {missing:,} of {rows:,} values: a category of its own."
    rows, present = len(column.cells), len(column.present)
    return Note(sentence, {"name": column.name, "missing": rows - present, "rows": rows})


def _tells(column: _Seen, goal: _Seen, kinds: Mapping[str, str]) -> bool:
    """Return whether a column says the same as the target in other words."""
    if len(goal.cells) < _FEWEST:
        return False
    if kinds[goal.name] == kinds[column.name] == "number":
        both = [
            (number_of(a, goal.decimal, goal.thousands), number_of(b, goal.decimal, goal.thousands))
            for a, b in zip(column.cells, goal.cells, strict=True)
        ]
        pairs = np.array([pair for pair in both if None not in pair], np.float64)
        with np.errstate(all="ignore"):
            pairs = pairs[np.isfinite(pairs).all(axis=1)] if len(pairs) else pairs
            related = np.corrcoef(pairs.T)[0, 1] if len(pairs) >= _FEWEST else 0.0
        return bool(abs(related) > 0.99999)
    if not 1 < len(column.counts) <= 2 * len(goal.counts):
        return False
    pairs_of = set(zip(column.cells, goal.cells, strict=True))
    return len(pairs_of) == len(column.counts) and len(goal.counts) > 1


# -------------------------------------------------------------------------------------- in words


def _listed(names: Iterable[str]) -> str:
    """Return names for a sentence, of many only the first."""
    shown = [f"“{cleaned(name)}”" for name in names]
    return ", ".join(shown[:5]) + (", …" if len(shown) > 5 else "")


_TITLES = {"\t": "tabs", " ": "spaces"}


def _told(recipe: Recipe, rows: int, inputs: int, classes: int) -> Iterable[Note]:
    """Yield what a recipe makes of a file."""
    signs = {
        "encoding": recipe.encoding,
        "separator": _TITLES.get(recipe.separator, f"“{recipe.separator}”"),
        "decimal": recipe.decimal,
        "header": recipe.header,
    }
    yield Note(
        "Encoding {encoding}, columns separated by {separator}, decimals by “{decimal}”,"
        " lines of names: {header}.",
        signs,
    )
    known = {"rows": rows, "inputs": inputs, "target": recipe.target.name, "classes": classes}
    if classes:
        yield Note("{rows:,} rows, {inputs:,} inputs; “{target}” has {classes} classes.", known)
    else:
        yield Note("{rows:,} rows, {inputs:,} inputs; “{target}” is a number.", known)
