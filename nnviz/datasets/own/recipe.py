"""How a person's own table is to be read: what is chosen, and saved with an Experiment."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from nnviz.datasets.dataset import Task
from nnviz.datasets.own.sample_recipes import SampleRecipe
from nnviz.errors import UNSEEN, DataError

OWN = "own"
"""What stands for a sample's key where the data are a person's own."""

MOST_CLASSES = 100

Encoding = Literal[
    "utf-8",
    "utf-16",
    "cp1252",
    "cp1250",
    "cp1251",
    "gb18030",
    "big5",
    "cp932",
    "cp949",
    "euc_jp",
]
"""By Python's names; cp932 is Shift-JIS as Windows writes it, and gb18030 has all of GBK."""

Separator = Literal[",", ";", "\t", "|", " "]
"""A space stands for any number of spaces and tabs."""

Kind = Literal["number", "category", "ordinal", "date", "identifier", "text"]
"""What the cells of a column are. The last two say nothing of other rows: they are ignored."""

DateOrder = Literal["ymd", "dmy", "mdy", "y"]
"""Of year, month and day, where the year does not come first anyway; or years and no more."""

MISSING = ("", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "-", "--", "****")
"""Words that usually stand for a value that is not known."""

MOST_CATEGORIES = 20
"""Values of one column that become an input each, unless a recipe says otherwise."""

MOST_HEADER = 3
"""Lines with names."""

MOST_SKIPPED = (10_000, 100)
"""Lines before a table, and after it."""

_LONGEST_NAME = 60


@dataclass(frozen=True)
class OwnColumn:
    """One column of a table, and what becomes of it.

    Parameters
    ----------
    name
        As the header has it, cleaned: no two columns have the same.
    kind
        Categories of an input become a column each; a target of categories are the classes, one of
        ordinal categories has them in their order. Other ordinal categories become their places in
        the order, from 0; dates become days since 1970, or years.
    missing
        What becomes of a row without a value here: left out ("drop"), or an input gets the median
        of the training rows, or a category of its own ("impute"). Without a target a row is left
        out.
    order
        Of ordinal categories, lowest first.
    dates
        Of dates such as 1.2.2024 or 2/1/2024.
    """

    name: str
    role: Literal["input", "target", "ignore"] = "input"
    kind: Kind = "number"
    missing: Literal["impute", "drop"] = "impute"
    order: tuple[str, ...] = ()
    dates: DateOrder = "ymd"

    @property
    def is_day(self) -> bool:
        """Whether it has dates that become days, as years do not."""
        return self.kind == "date" and self.dates != "y"


@dataclass(frozen=True)
class Recipe:
    """How a file of text becomes a table, and the table a data set.

    Parameters
    ----------
    columns
        All of the file's, in its order.
    thousands
        What stands between groups of digits, or "".
    header
        Lines with names; with 0 the columns are called by their numbers.
    skip, skip_end
        Lines before the header, and after the last row, that are no part of the table.
    missing
        What stands for a value that is not known.
    sheet
        Of a workbook; "" for the one with most cells.
    categories
        So many of a column's categories become an input each, the commonest; all rarer ones
        become one together.

    Raises
    ------
    DataError
        If there is not one target, or no input, or a name twice, or a number is impossible.
    """

    columns: tuple[OwnColumn, ...]
    encoding: Encoding = "utf-8"
    separator: Separator = ","
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", "'"] = ""
    header: int = 1
    skip: int = 0
    skip_end: int = 0
    missing: tuple[str, ...] = MISSING
    sheet: str = ""
    categories: int = MOST_CATEGORIES

    def __post_init__(self) -> None:
        roles = [column.role for column in self.columns]
        names = [column.name for column in self.columns]
        for problem, is_so in (
            ("one column has to be the target", roles.count("target") != 1),
            ("one column has to be an input", "input" not in roles),
            ("two columns have the same name", len(set(names)) < len(names)),
            ("decimals and thousands cannot have the same sign", self.decimal == self.thousands),
            ("so many lines of a header cannot be", not 0 <= self.header <= MOST_HEADER),
            ("so many lines to skip cannot be", not 0 <= self.skip <= MOST_SKIPPED[0]),
            ("so many lines to skip cannot be", not 0 <= self.skip_end <= MOST_SKIPPED[1]),
            ("so many categories cannot be kept", not 1 <= self.categories <= 1000),
        ):
            if is_so:
                sentence = "This recipe cannot be: {problem}."
                raise DataError(sentence, "Change the recipe.", problem=problem)

    @property
    def target(self) -> OwnColumn:
        """The column that is predicted."""
        return next(column for column in self.columns if column.role == "target")

    @property
    def time_column(self) -> OwnColumn | None:
        """The column that says when each row was, whether or not it is an input."""
        dates = (c for c in self.columns if c.kind == "date" and c.role != "target")
        return next(dates, None)

    @property
    def used(self) -> tuple[OwnColumn, ...]:
        """The columns that are read."""
        return tuple(c for c in self.columns if c.role != "ignore" or c is self.time_column)

    @property
    def task(self) -> Task:
        """What is predicted: a number, or a class."""
        return "regression" if self.target.kind in ("number", "date") else "classification"


AnyRecipe = Recipe | SampleRecipe
"""Of a table; of arrays; of pictures in folders."""


@dataclass(frozen=True)
class OwnData:
    """A person's own file or folder: where it is, what was in it (SHA-256), how to read it.

    Where it is no table, `samples` says how, and the recipe's two columns what is predicted.
    """

    path: str
    sha256: str
    recipe: Recipe
    samples: SampleRecipe | None = None

    @property
    def is_pictures(self) -> bool:
        """Whether each sample is a picture."""
        return self.samples is not None and self.samples.picture is not None


def has_dates(own: OwnData | None) -> bool:
    """Return whether rows of a person's own file have a time."""
    return own is not None and own.recipe.time_column is not None


def cleaned(text: str, longest: int = _LONGEST_NAME) -> str:
    """Return a name from a file as it can be shown: one line, of letters that can be seen."""
    seen = (" " if unicodedata.category(letter) in UNSEEN else letter for letter in text)
    name = " ".join("".join(seen).split())
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return names, each only once: “a” and “a (2)”."""
    found: dict[str, int] = {}
    for name in names:
        other = name
        while other in found:
            found[name] += 1  # of thousands with one name, each begins where the last one ended
            other = f"{name} ({found[name]})"
        found[other] = 1
    return tuple(found)
