"""What is doubtful about the columns of a table, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nnviz.datasets.own.recipe import OwnColumn, cleaned
from nnviz.datasets.own.seen import FEWEST, Look


@dataclass(frozen=True)
class Note:
    """A sentence, as a template, and what fills it: translated first and filled afterwards."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence.format(**self.values)


def column_doubts(looks: list[Look], columns: Sequence[OwnColumn], goal: Look) -> list[Note]:
    """Return what there is to say of columns and what became of them."""
    pairs = [(c, look) for c, look in zip(columns, looks, strict=True) if look is not goal]
    ignored = [look for column, look in pairs if column.role == "ignore"]
    used = [look for column, look in pairs if column.role == "input"]
    filled = [look for c, look in pairs if c.role == "input" and c.missing == "impute"]
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
            "Values are missing and filled in: {names}.",
        ),
        (
            [c for c in used if c.rows < len(c.cells) / 2],
            "More than half of the values are missing: {names}.",
        ),
        ([goal] * (goal.rows < len(goal.cells)), "Rows without “{target}” are left out."),
    ):
        if found:
            shown = {"target": goal.name, "names": listed([c.name for c in found])}
            notes.append(Note(sentence, shown))
    return notes


def _tells(column: Look, goal: Look) -> bool:
    """Return whether a column says the same as the target, in other numbers or words."""
    if min(column.rows, goal.rows) < max(FEWEST, len(goal.cells)):
        return False
    if len(column.numbers) == len(goal.numbers) == len(goal.cells) and goal.distinct > 2:
        with np.errstate(all="ignore"):
            return bool(abs(np.corrcoef(column.numbers, goal.numbers)[0, 1]) > 0.99999)
    pairs = {*zip(column.cells, goal.cells, strict=True)}
    return len(pairs) == column.distinct <= 2 * goal.distinct


def listed(names: Sequence[str]) -> str:
    """Return names for a sentence, of many only the first."""
    shown = [f"“{cleaned(name)}”" for name in names]
    return ", ".join(shown[:5]) + (", …" if len(shown) > 5 else "")
