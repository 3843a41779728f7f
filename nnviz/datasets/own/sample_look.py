"""A look at arrays and pictures: what is understood of them, in sentences and first rows."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import numpy as np

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.names import unknown_name
from nnviz.datasets.own.array_choice import known_arrays, proposed_arrays
from nnviz.datasets.own.doubts import Note, dataset_doubts
from nnviz.datasets.own.formats import Format, read_samples
from nnviz.datasets.own.pictures import proposed_pictures
from nnviz.datasets.own.proposed import CLASSES, Proposal
from nnviz.datasets.own.recipe import AnyRecipe, Kind, OwnColumn, OwnData, Recipe, cleaned
from nnviz.datasets.own.sample_recipes import ArraysRecipe
from nnviz.datasets.own.table import Progress
from nnviz.errors import DataError

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


def look_at_samples(
    path: Path,
    kind: Format,
    target: str,
    recipe: AnyRecipe | None,
    chosen: Collection[str] | None = None,
    progress: Progress | None = None,
) -> tuple[Proposal, Dataset]:
    """Look at arrays or pictures, and propose how to read them; or see what a recipe makes of them.

    Of arrays, `chosen` means that nothing of a recipe stays but the inputs.

    Raises
    ------
    DataError, UnknownNameError
        If they cannot be read, there is no such target, or the recipe is for something else.
    """
    notes, shapes = list[Note](), dict[str, tuple[int, ...]]()
    if kind.family == "arrays":
        arrays = known_arrays(path, recipe.names if isinstance(recipe, ArraysRecipe) else ())
        shapes = {name: array.shape for name, array in arrays.items()}
        if recipe is None or (chosen is not None and isinstance(recipe, ArraysRecipe)):
            inputs = "" if recipe is None else recipe.inputs
            recipe = proposed_arrays(path, arrays, target, inputs, notes)
        del arrays  # what they were read from takes memory
    elif recipe is None:
        recipe = proposed_pictures(path, notes)
    if isinstance(recipe, Recipe) or recipe.kind != kind.family:
        raise DataError(
            "The recipe is for another kind of file than “{name}” is.",
            "Choose the file the recipe was made for, or open this one without a recipe.",
            name=cleaned(path.name),
        )
    dataset, sha256, left_out = read_samples(path, recipe, progress)
    if kind.family == "pictures" and target not in ("", dataset.target_name):
        sentence = "Of pictures, “{name}” cannot be predicted: only what folder they are in."
        raise unknown_name(sentence, target, [dataset.target_name], "data.file")
    if progress is not None:
        progress(1.0)
    if left_out:
        known = {"count": len(left_out), "first": left_out[0]}
        notes.append(Note("Left out, {count:,} files. The first: {first}", known))
    if not dataset.image_shape:
        notes += dataset_doubts(dataset)
    if dataset.fixed_test_rows:
        sentence = "The last {count:,} rows are the test part, as they were brought."
        notes.append(Note(sentence, {"count": dataset.fixed_test_rows}))
    kind_of_target: Kind = "category" if dataset.class_names else "number"
    target_column = OwnColumn(dataset.target_name, "target", kind_of_target)
    table = Recipe((OwnColumn("inputs"), target_column))
    data = OwnData(os.path.abspath(path), sha256, table, recipe)  # noqa: PTH100 - keeps links
    headings, first = first_rows(dataset)
    told, rows = tuple(notes), dataset.rows
    seen = understood(dataset), first, told, (), rows, rows, headings
    return Proposal(data, *seen, arrays=tuple(shapes.items())), dataset


def understood(dataset: Dataset) -> Note:
    """Return what there is to learn, in a sentence."""
    known: dict[str, object] = {"rows": dataset.rows, "inputs": dataset.features}
    known |= {"target": dataset.target_name, "classes": len(dataset.class_names)}
    known |= zip(("height", "width"), dataset.image_shape or (1, 1), strict=True)
    sentences = _SENTENCES["pictures" if dataset.image_shape else "rows"]
    sentence = sentences[bool(dataset.class_names)]
    if dataset.features == 1:
        sentence = sentence.replace("{inputs:,} inputs", "1 input")
    return Note(sentence, known)


def first_rows(dataset: Dataset) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return headings, and what is below: classes and how many there are of each, or numbers."""
    if dataset.image_shape is not None and dataset.class_names:
        counts = np.bincount(dataset.targets.astype(np.intp), minlength=len(dataset.class_names))
        rows = zip(dataset.class_names, (f"{count:,}" for count in counts), strict=True)
        return CLASSES, tuple(rows)
    names = (*dataset.feature_names[:_SHOWN], dataset.target_name)
    shown = zip(dataset.inputs[:_SHOWN, :_SHOWN], dataset.targets[:_SHOWN].ravel(), strict=True)
    titles = dataset.class_names
    return names, tuple(
        (*(f"{x:.6g}" for x in row), titles[int(y)] if titles else f"{y:.6g}") for row, y in shown
    )
