"""A look at arrays and pictures: what is understood of them, in sentences and first rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.own.array_choice import proposed_arrays
from nnviz.datasets.own.formats import read_samples
from nnviz.datasets.own.note import Note
from nnviz.datasets.own.pictures import Progress, proposed_pictures
from nnviz.datasets.own.sample_recipes import SampleRecipe

_SHOWN = 20
"""Rows, and columns, a person is shown."""

_SENTENCES = {
    "rows": (
        "{rows:,} rows and {inputs:,} inputs, from which “{target}” is predicted as a number.",
        "{rows:,} rows and {inputs:,} inputs, from which “{target}” is predicted as one of"
        " {classes} classes.",
    ),
    "pictures": (
        "{rows:,} pictures of {height}×{width} pixels, from which “{target}” is predicted as a"
        " number.",
        "{rows:,} pictures of {height}×{width} pixels, from which “{target}” is predicted as one of"
        " {classes} classes.",
    ),
}
"""By what samples are; of a regression, and of a classification."""


def look(
    path: Path,
    target: str,
    recipe: SampleRecipe | None,
    notes: list[Note],
    progress: Progress | None = None,
) -> tuple[SampleRecipe, Dataset, str]:
    """Return how arrays or pictures can be read, what they make, and the hash of their files.

    Raises
    ------
    DataError, UnknownNameError
        If they cannot be read, or there is no such target.
    """
    if recipe is None:
        is_folder = path.is_dir()
        recipe = (
            proposed_pictures(path, notes) if is_folder else proposed_arrays(path, target, notes)
        )
    dataset, sha256, left_out = read_samples(path, recipe, progress)
    if left_out:
        known = {"count": len(left_out), "first": left_out[0]}
        notes.append(Note("Left out, {count:,} files. The first: {first}", known))
    if dataset.fixed_test_rows:
        sentence = "The last {count:,} rows are the test part, as they were brought."
        notes.append(Note(sentence, {"count": dataset.fixed_test_rows}))
    return recipe, dataset, sha256


def understood(dataset: Dataset) -> Note:
    """Return what there is to learn, in a sentence."""
    known: dict[str, object] = {"rows": dataset.rows, "inputs": dataset.features}
    known |= {"target": dataset.target_name, "classes": len(dataset.class_names)}
    known |= zip(("height", "width"), dataset.image_shape or (1, 1), strict=True)
    sentences = _SENTENCES["pictures" if dataset.image_shape else "rows"]
    return Note(sentences[bool(dataset.class_names)], known)


def first_rows(dataset: Dataset) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return headings, and what is below: classes and how many there are of each, or numbers."""
    if dataset.image_shape is not None and dataset.class_names:
        counts = np.bincount(dataset.targets.astype(np.intp), minlength=len(dataset.class_names))
        rows = zip(dataset.class_names, (f"{count:,}" for count in counts), strict=True)
        return ("class", "pictures"), tuple(rows)
    names = (*dataset.feature_names[:_SHOWN], dataset.target_name)
    shown = zip(dataset.inputs[:_SHOWN, :_SHOWN], dataset.targets[:_SHOWN].ravel(), strict=True)
    titles = dataset.class_names
    return names, tuple(
        (*(f"{x:.6g}" for x in row), titles[int(y)] if titles else f"{y:.6g}") for row, y in shown
    )
