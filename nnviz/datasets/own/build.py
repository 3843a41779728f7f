"""From the columns of a table to a `Dataset`: rows left out, gaps filled, categories as columns."""

from __future__ import annotations

import hashlib
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Category, Dataset
from nnviz.datasets.own.formats import read_samples, table_text
from nnviz.datasets.own.kept import kept_copy
from nnviz.datasets.own.kinds import completed
from nnviz.datasets.own.numbers import number_of
from nnviz.datasets.own.recipe import MOST_CLASSES, OwnColumn, OwnData, Recipe, cleaned, unique
from nnviz.datasets.own.recipe import OWN as OWN
from nnviz.datasets.own.seen import is_needed
from nnviz.datasets.own.table import MOST_CELLS, Progress, Text, columns_of, text_of
from nnviz.datasets.own.text import content_of
from nnviz.datasets.spec import SampleOptions, SampleSpec
from nnviz.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

_DESCRIPTIONS = (
    "A table of your own: one column is predicted by others.",
    "Pictures of your own, from which it is predicted what they show.",
)


def content_hash(content: bytes) -> str:
    """Return what tells a file's content from any other."""
    return hashlib.sha256(content).hexdigest()


_alive: WeakValueDictionary[OwnData, Dataset] = WeakValueDictionary()
"""What is in use stays, whatever becomes of its file."""


@lru_cache(maxsize=4)
def load_own(own: OwnData) -> Dataset:
    """Return the data set that a file and its recipe make; the same bytes, the same arrays.

    Raises
    ------
    DataError
        If the file is not there, or is another than it was, and has not been kept as it was; or
        if it does not fit the recipe.
    """
    if (found := _alive.get(own)) is not None:
        return found
    try:
        made = _read(own)
    except DataError:
        kept = kept_copy(own)
        if not Path(kept.path).exists():
            raise
        made = _read(kept)
    _alive[own] = made
    return made


def _read(own: OwnData) -> Dataset:
    path = Path(own.path)
    if own.samples is not None:
        read = read_samples(path, own.samples)
        sha256 = read.sha256
    else:
        content = content_of(path)
        sha256 = content_hash(content)
    if sha256 != own.sha256:
        raise DataError(
            "“{name}” is no longer what it was when it was opened.",
            "Open it anew, or put the file back that was there.",
            name=cleaned(path.name),
        )
    name = cleaned(path.name)
    return read.dataset if own.samples else dataset_from(content, own.recipe, name)


def keep_loaded(own: OwnData, dataset: Dataset) -> None:
    """Have `load_own` return a data set that was made elsewhere, as of another process."""
    _alive[own] = dataset
    load_own(own)


@lru_cache(maxsize=64)
def own_spec(own: OwnData) -> SampleSpec:
    """Return what takes the place of a sample's entry in the catalog."""
    return SampleSpec(
        key=OWN,
        title=cleaned(Path(own.path).name),
        description=_DESCRIPTIONS[own.is_pictures],
        group="image" if own.is_pictures else "table",
        task=own.recipe.task,
        make=partial(_made, own),
        test_rows=own.samples.test_rows if own.samples else 0,
        standardize=not own.is_pictures,
        origin=cleaned(own.path),
    )


def _made(own: OwnData, options: SampleOptions) -> Dataset:
    return load_own(own)


def dataset_from(
    content: bytes, recipe: Recipe, name: str, progress: Progress | None = None
) -> Dataset:
    """Return the data set that a file's bytes make by a recipe.

    Raises
    ------
    DataError
        If they do not fit, or nothing is left to learn from.
    """
    frame = columns_of(text_from(content, recipe, name), recipe, progress)
    return dataset_of_frame(frame, recipe, name)


def text_from(content: bytes, recipe: Recipe, name: str) -> Text:
    """Return the text of a table that a file's bytes are, by a recipe."""
    decoded_text = table_text(content, name, recipe.encoding, recipe.sheet).text
    return text_of(decoded_text, name, recipe.separator, recipe.skip, recipe.skip_end)


def dataset_of_frame(frame: pd.DataFrame, recipe: Recipe, name: str) -> Dataset:
    """Return the data set of columns as `columns_of` reads them.

    Raises
    ------
    DataError
        If nothing is left to learn from.
    """
    frame = _kept(frame, recipe, name)
    inputs: list[tuple[str, NDArray[np.float64]]] = []
    for column in recipe.columns:
        if column.role == "input":
            inputs += _inputs(frame[column.name], column, recipe.categories, name)
        if len(inputs) * len(frame) > MOST_CELLS:
            raise DataError(
                "“{name}” makes more than {most:,} numbers, a column for each category.",
                "Ignore columns that do not matter.",
                name=name,
                most=MOST_CELLS,
            )
    time = recipe.time_column
    targets, classes = _targets(frame[recipe.target.name], recipe.target, name)
    return Dataset(
        name=OWN,
        task=recipe.task,
        inputs=np.stack([values for _, values in inputs], axis=1),
        targets=targets,
        feature_names=unique(title for title, _ in inputs),
        class_names=classes,
        target_name=recipe.target.name,
        target_unit="days" if recipe.target.is_day else "",
        categories=_categories(frame, recipe),
        times=frame[time.name].to_numpy(np.float64, copy=True) if time is not None else None,
    )


def _kept(frame: pd.DataFrame, recipe: Recipe, name: str) -> pd.DataFrame:
    """Return the rows that have what they need."""
    needed = [column.name for column in recipe.columns if is_needed(column)]
    kept = frame.dropna(subset=needed)
    if len(kept) < 2:
        worst = max(needed, key=lambda column: int(frame[column].isna().sum()))
        raise DataError(
            "Of the {rows:,} rows of “{name}” {left} would be left: “{column}” is missing in"
            " {missing:,}.",
            "Fill the gaps of that column, or ignore it.",
            rows=len(frame),
            name=name,
            left=len(kept),
            column=worst,
            missing=int(frame[worst].isna().sum()),
        )
    return kept


def _inputs(
    values: pd.Series[Any], column: OwnColumn, most: int, name: str
) -> list[tuple[str, NDArray[np.float64]]]:
    """Return what a column becomes: itself, or for each of so many values one of 0 and 1."""
    if values.isna().all():
        raise DataError(
            "Column “{column}” of “{name}” has no values.",
            "Ignore it.",
            column=column.name,
            name=name,
        )
    if column.kind in ("number", "date", "ordinal"):
        return [(column.name, values.to_numpy(np.float64))]
    known = _category(values, column, 0, most)
    tested = [values == word for word in known.words]
    if known.has_other:
        tested.append(values.notna() & ~values.isin(known.words))
    if known.has_missing:
        tested.append(values.isna())
    wanted = [*zip(known.titles, tested, strict=True)][-known.inputs :]
    return [
        (f"{column.name} = {cleaned(word)}", mask.to_numpy(np.float64)) for word, mask in wanted
    ]


def _categories(frame: pd.DataFrame, recipe: Recipe) -> tuple[Category, ...]:
    """Return which inputs stand for words of columns."""
    found, start = list[Category](), 0
    for column in recipe.columns:
        if column.role == "input" and column.kind in ("category", "ordinal"):
            found.append(_category(frame[column.name], column, start, recipe.categories))
            start += found[-1].inputs
        else:
            start += column.role == "input"
    return tuple(found)


def _category(values: pd.Series[Any], column: OwnColumn, start: int, most: int) -> Category:
    """Return which words inputs stand for: of many the commonest."""
    if column.kind == "ordinal":
        return Category(column.name, start, column.order, is_ordinal=True)
    # By count, then by word: the same on every machine.
    counts = values.value_counts().sort_index(kind="stable")
    words = sorted(counts.sort_values(ascending=False, kind="stable").index[:most])
    has_other = len(counts) > len(words)
    return Category(column.name, start, tuple(words), has_other, bool(values.isna().any()))


def class_order(words: list[str]) -> list[str]:
    """Return classes in order: as numbers if all are, else by the alphabet."""
    numbers = {word: number_of(word) for word in words}
    if any(number is None for number in numbers.values()):
        return sorted(words)
    return sorted(words, key=lambda word: (numbers[word], word))


def _targets(
    values: pd.Series[Any], column: OwnColumn, name: str
) -> tuple[NDArray[np.generic], tuple[str, ...]]:
    """Return targets, and the names of classes; of a regression there are none."""
    found = values.nunique()
    if found < 2:
        raise DataError(
            "Column “{column}” of “{name}” is the same in all rows: there is nothing to predict.",
            "Choose another target.",
            column=column.name,
            name=name,
        )
    if column.kind in ("number", "date"):
        return values.to_numpy(np.float64)[:, None].copy(), ()
    if found > MOST_CLASSES:
        raise DataError(
            "Column “{column}” of “{name}” would have {found:,} classes.",
            "Choose another target, or predict it as a number; {most} classes are the most.",
            column=column.name,
            name=name,
            found=found,
            most=MOST_CLASSES,
        )
    words = class_order(values.unique().tolist())
    if column.kind == "ordinal":
        known = values.unique().tolist()
        words = [word for word in completed(column.order, known) if word in known]
    labels = {word: label for label, word in enumerate(words)}
    names = unique(cleaned(word) or "?" for word in words)
    return values.map(labels).to_numpy(np.int64), names
