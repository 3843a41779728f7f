"""What is seen of a table's columns: what they seem to be, what is missing, how values lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnviz.datasets.own.kinds import YEARS, date_of, date_order, date_text, is_year, scale_of
from nnviz.datasets.own.recipe import MOST_CLASSES, DateOrder, Kind, OwnColumn, Recipe, cleaned

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 10
"""Rows from which on it says something that a column numbers them, or follows another."""

MOST_COUNTS = 20
_COUNTED = 100_000
_FEW = 10
_IDENTIFIERS = {"id", "index", "no", "no.", "nr", "nr.", "number", "key", "uuid", "rownames"}
_IDENTIFIERS |= {"编号", "序号", "学号", "編號", "序號", "番号"}
_LONG = 25
"""Letters of the middle cell from which on different words are free text."""


@dataclass(frozen=True)
class SeenColumn:
    """One column of a file as it is, whatever a recipe makes of it.

    Parameters
    ----------
    kind
        What it seems to be.
    missing
        Rows without a value.
    distinct
        Different values, among the first 100,000 rows.
    counts, labels
        At most 20: of numbers and dates, how many lie in each of equal bins, and the two ends; of
        words, how often the commonest occur, and which they are.
    left
        Rows that would be left if those without a value here were left out as well.
    """

    name: str
    kind: Kind
    missing: int
    distinct: int
    counts: tuple[int, ...]
    labels: tuple[str, ...]
    left: int


class Look:
    """What the rows that are looked at say of a column.

    Parameters
    ----------
    read
        Returns the number that a cell says, or None.
    """

    def __init__(
        self,
        name: str,
        cells: Iterable[str],
        read: Callable[[str], float | None],
        missing: tuple[str, ...],
    ) -> None:
        self.name, self.cells = name, [cell.strip() for cell in cells]
        present = [cell for cell in self.cells if cell not in missing]
        self.read_as = {cell: read(cell) for cell in present}
        """The number that each different cell says, or None."""
        words = [cell for cell, number in self.read_as.items() if number is None]
        self.numbers = [number for cell in present if (number := self.read_as[cell]) is not None]
        self.rows, self.distinct = len(present), len(self.read_as)
        # A few words among numbers stand for missing values.
        self.is_number = len(words) <= 3 and len(self.numbers) >= 0.8 * self.rows > 0
        self.strays = words if self.is_number else []
        self.is_constant = self.distinct < 2
        self.dates: DateOrder = "ymd"
        self.order: tuple[str, ...] = ()
        self.kind: Kind = self._kind(list(self.read_as))
        self.is_identifier = self.kind in ("identifier", "text")
        are_whole = all(number.is_integer() for number in self.numbers)
        few = are_whole and self.distinct <= min(10, max(2, self.rows / 5))
        self.has_many_words = self.kind in ("category", "ordinal") and self.distinct > MOST_CLASSES
        self.is_class = few if self.is_number else self.kind != "date"

    def _kind(self, values: list[str]) -> Kind:
        name = self.name.lower()
        is_named = self.distinct == self.rows > 0 and name in _IDENTIFIERS
        if self.is_number and name in YEARS and all(map(is_year, values)):
            self.dates = "y"
            return "date"
        if self.is_number:
            counts = self.rows >= FEWEST and bool((np.diff(self.numbers) == 1).all())
            return "identifier" if is_named or (self.distinct == self.rows and counts) else "number"
        odd = [value for value in values if not value[:1].isdigit()]
        dates = date_order(value for value in values if value not in odd)
        if dates is not None and len(odd) <= (3 if len(values) >= FEWEST else 0):
            self.dates, self.strays = dates, odd
            return "date"
        all_differ = self.distinct == self.rows >= FEWEST
        if is_named or all_differ or self.distinct > max(20, self.rows / 2):
            lengths = sorted(map(len, values))
            return "text" if lengths[len(lengths) // 2] > _LONG else "identifier"
        self.order = scale_of(values) if 2 < len(values) <= _FEW else ()
        return "ordinal" if self.order else "category"

    def column(self, role: str, is_class: bool) -> OwnColumn:
        """Return what becomes of the column in a role; as a class, or as what it seems to be."""
        kind = self.kind
        if is_class and kind != "ordinal":
            kind = "category"
        elif role != "ignore" and self.is_identifier:
            kind = "number" if self.is_number else "category"
        return OwnColumn(self.name, role, kind, order=self.order, dates=self.dates)  # type: ignore[arg-type]


def seen_columns(
    frame: pd.DataFrame, looks: list[Look], recipe: Recipe
) -> tuple[tuple[SeenColumn, ...], int]:
    """Return what is seen of each column, and how many rows are left as a recipe chooses.

    Parameters
    ----------
    frame
        All of the file's columns by name, NaN where a value is missing.
    """
    gaps = {name: frame[name].isna().to_numpy() for name in frame}
    needed = [column.name for column in recipe.columns if is_needed(column)]
    lacking = sum((gaps[name].astype(np.intp) for name in needed), np.zeros(len(frame), np.intp))
    seen, chosen = [], {column.name: column for column in recipe.columns}
    for look in looks:
        mine = gaps[look.name]
        others = lacking - mine if look.name in needed else lacking
        counts, labels = _histogram(frame[look.name], look, chosen[look.name])
        left = int(((others == 0) & ~mine).sum())
        distinct = int(frame[look.name][:_COUNTED].nunique())
        shown = SeenColumn(look.name, look.kind, int(mine.sum()), distinct, counts, labels, left)
        seen.append(shown)
    return tuple(seen), int((lacking == 0).sum())


def is_needed(column: OwnColumn) -> bool:
    """Return whether rows without a value of this column are left out."""
    return column.role == "target" or (column.role == "input" and column.missing == "drop")


def _histogram(
    values: pd.Series[Any], look: Look, column: OwnColumn
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    import pandas as pd

    if values.dtype == object and look.kind == "date" and column.role == "ignore":
        values = values.map({cell: date_of(cell, look.dates) for cell in values.dropna().unique()})
    elif look.is_number and column.role == "ignore":
        values = pd.to_numeric(values, errors="coerce")
    if values.dtype == object:
        commonest = values.value_counts()[:MOST_COUNTS]
        return tuple(map(int, commonest)), tuple(cleaned(str(word)) for word in commonest.index)
    numbers = values.to_numpy(np.float64)
    numbers = numbers[np.isfinite(numbers)]
    if not numbers.size:
        return (), ()
    low, high = float(numbers.min()), float(numbers.max())
    if column.kind == "ordinal" and high < MOST_COUNTS:
        counts = np.bincount(numbers.astype(np.intp), minlength=len(column.order))
        return tuple(map(int, counts)), tuple(map(cleaned, column.order))
    # Halves first: the difference of the largest numbers there are would be infinite.
    places = (numbers / 2 - low / 2) / ((high / 2 - low / 2) or 1) * MOST_COUNTS
    bins = np.bincount(np.minimum(places.astype(np.intp), MOST_COUNTS - 1), minlength=MOST_COUNTS)
    ends = f"{low:.6g}", f"{high:.6g}"
    if column.kind == "date" or (look.kind == "date" and column.role == "ignore"):
        order = column.dates if column.kind == "date" else look.dates
        ends = date_text(low, order), date_text(high, order)
    return tuple(map(int, bins)), ends
