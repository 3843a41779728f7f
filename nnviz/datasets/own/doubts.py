"""What is doubtful about the columns of a table, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.own.recipe import OwnColumn, cleaned
from nnviz.datasets.own.seen import FEWEST, Look

_FILLED_IN = "Values are missing and filled in: {names}."


@dataclass(frozen=True)
class Note:
    """A sentence, as a template, and what fills it: translated first and filled afterwards."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence.format(**self.values)


def filled_in(names: Iterable[str]) -> Note | None:
    """Return the sentence that names columns whose gaps are filled in; None of none."""
    found = [*dict.fromkeys(names)]
    return Note(_FILLED_IN, {"names": listed(found)}) if found else None


def dataset_doubts(dataset: Dataset) -> list[Note]:
    """Return what is doubtful about the data set as a whole."""
    notes = []
    if dataset.features > max(200, dataset.rows):
        sentence = "{inputs:,} inputs are many for {rows:,} rows: ignore what does not matter."
        notes.append(Note(sentence, {"rows": dataset.rows, "inputs": dataset.features}))
    labels = dataset.targets.astype(np.intp)[:, None] if dataset.class_names else np.arange(0)
    rare = [dataset.class_names[i] for i in np.flatnonzero(np.bincount(labels.ravel()) == 1)]
    if rare:
        sentence = "Of these classes there is one row only, too few to test them: {names}."
        notes.append(Note(sentence, {"names": listed(rare)}))
    return notes


def column_doubts(looks: list[Look], columns: Sequence[OwnColumn], goal: Look) -> list[Note]:
    """Return what there is to say of columns and what became of them."""
    pairs = [(c, look) for c, look in zip(columns, looks, strict=True) if look is not goal]
    ignored = [look for column, look in pairs if column.role == "ignore"]
    used = [look for column, look in pairs if column.role == "input"]
    filled = [look for c, look in pairs if c.role == "input" and c.missing == "impute"]
    days = [goal] * any(column.role == "target" and column.is_day for column in columns)
    notes = []
    for found, sentence in (
        ([c for c in ignored if c.is_constant], "Ignored, the same in all rows: {names}."),
        (
            [c for c in ignored if c.is_identifier and not c.is_constant],
            "Ignored, identifiers or free text: {names}.",
        ),
        ([c for c in used if c.is_constant], "The same in all rows, these tell nothing: {names}."),
        (
            [c for c in used if c.is_identifier],
            "Identifiers or free text, which tell nothing of other rows: {names}.",
        ),
        ([c for c in used if _tells(c, goal)], "These give “{target}” away: {names}."),
        (
            [c for c in filled if 0 < c.rows < len(c.cells)],
            _FILLED_IN,
        ),
        (
            [c for c in used if c.rows < len(c.cells) / 2],
            "More than half of the values are missing: {names}.",
        ),
        ([goal] * (goal.rows < len(goal.cells)), "Rows without “{target}” are left out."),
        (days, "“{target}” is predicted in days since 1970-01-01."),
    ):
        if found:
            shown = {"target": goal.name, "names": listed([c.name for c in found])}
            notes.append(Note(sentence, shown))
    return notes


def _tells(column: Look, goal: Look) -> bool:
    """Return whether a column says the same as the target, in other numbers or words."""
    both = zip(column.cells, goal.cells, strict=True)
    pairs = [(a, b) for a, b in both if a in column.read_as and b in goal.read_as]
    if len(pairs) < max(FEWEST, len(goal.cells) / 2):
        return False
    first = [column.read_as[cell] for cell, _ in pairs]
    second = [goal.read_as[cell] for _, cell in pairs]
    if None not in first and None not in second and goal.distinct > FEWEST:
        # Of numbers, also the logarithm or the square gives the other away: ranks are compared.
        ranks = [_ranks(numbers) for numbers in (first, second)]
        spread = float(ranks[0].std() * ranks[1].std())
        together = float(np.mean(ranks[0] * ranks[1]) - ranks[0].mean() * ranks[1].mean())
        return abs(together) > 0.99999 * spread > 0
    # What is different in every row goes with anything.
    distinct = len({cell for cell, _ in pairs})
    return len({*pairs}) == distinct <= min(2 * goal.distinct, len(pairs) / 2)


def _ranks(numbers: list[float | None]) -> NDArray[np.intp]:
    return np.unique(np.array(numbers, np.float64), return_inverse=True)[1]


def listed(names: Sequence[str]) -> str:
    """Return names for a sentence, of many only the first."""
    shown = [f"“{cleaned(name)}”" for name in names]
    return ", ".join(shown[:5]) + (", …" if len(shown) > 5 else "")
