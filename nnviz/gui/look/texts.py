"""Translation of texts that come from the lower rooms, which know nothing of Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from nnviz.datasets.dataset import Dataset
from nnviz.errors import NnvizError
from nnviz.gui.look.numbers import fixed, never_whole
from nnviz.training.diagnosis import Finding
from nnviz.training.problem import PartName
from nnviz.training.setting import Phrase

if TYPE_CHECKING:
    from nnviz.datasets.own.doubts import Note

CONTEXT = "tables"
"""Translation context of every title, formula and sentence of the tables and errors."""


def translated(text: str) -> str:
    """Return a table's text in the language of the window."""
    return QCoreApplication.translate(CONTEXT, text)


def phrase(text: Phrase) -> str:
    """Return a table's text whose gaps are filled with words, all in the window's language."""
    return text.filled(translated)


def class_titles(data: Dataset) -> dict[str, str]:
    """Return what the classes are called, by their labels as lists have them."""
    return {str(label): translated(name) for label, name in enumerate(data.class_names)}


def part_name(part: PartName) -> str:
    """Return what a part of the data is called where it stands beside others."""
    names = {
        "train": QCoreApplication.translate(CONTEXT, "train"),
        "validation": QCoreApplication.translate(CONTEXT, "validation"),
        "test": QCoreApplication.translate(CONTEXT, "test"),
    }
    return names[part]


def not_defined() -> str:
    """Return what stands where a figure is of something that is there, and still says nothing.

    R² of one row, or of rows that are all alike, is such a figure.
    """
    return QCoreApplication.translate(CONTEXT, "not defined")


def score_text(score: float) -> str:
    """Return a figure from 0 to 1, never rounded up to 1 or down to 0; or that there is none."""
    return not_defined() if math.isnan(score) else fixed(never_whole(score), 0.001)


def message(error: NnvizError) -> str:
    """Return what an error says and advises; templates and words to fill them are translated."""
    return _told(error.sentence, error.remedy, error.values)


def noted(note: Note) -> str:
    """Return what a look at a person's own data remarks on."""
    return translated(note.sentence).format(**note.values)


def told(finding: Finding) -> str:
    """Return what keeps a run from learning."""
    return _told(finding.rule.sentence, "", finding.values)


def advised(finding: Finding) -> str:
    """Return the advice; "" where there is none."""
    return _told("", finding.rule.advice, finding.values)


def _told(sentence: str, advice: str, values: Mapping[str, object]) -> str:
    text = f"{translated(sentence)} {translated(advice)}".strip()
    filled = {name: _word(value) for name, value in values.items()}
    return text.format(**filled) if filled else text


def _word(value: object) -> object:
    if isinstance(value, Phrase):
        return phrase(value)
    return translated(value) if isinstance(value, str) else value
