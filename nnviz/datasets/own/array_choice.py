"""Which arrays of a file, or of files beside each other, are inputs and which are targets."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Task
from nnviz.datasets.names import unknown_name
from nnviz.datasets.own.arrays import column_names, shape_text
from nnviz.datasets.own.doubts import Note, listed
from nnviz.datasets.own.recipe import MOST_CLASSES
from nnviz.datasets.own.sample_recipes import MOST_SIDE, ArraysRecipe
from nnviz.datasets.own.stored import NPZ, StoredArray, array_error, stored_arrays
from nnviz.datasets.own.table import MOST_COLUMNS, MOST_ROWS
from nnviz.datasets.own.text import content_of

_NAMES = (
    ("images-idx3", "labels-idx1"),
    ("images.idx3", "labels.idx1"),
    ("images", "labels"),
    ("inputs", "targets"),
    ("features", "labels"),
    ("features", "target"),
    ("data", "labels"),
    ("data", "target"),
    ("x", "y"),
    ("X", "y"),
    ("X", "Y"),
)
"""What inputs and their targets are called, as parts of names."""

_TARGETS = tuple((targets, inputs) for inputs, targets in _NAMES)

_TESTS = (("train", "t10k"), ("train", "test"), ("training", "test"))

_FLAT_SIDE = 8
"""From so many rows and columns on, rows of bytes are proposed as square pictures."""


def known_arrays(path: Path, names: Iterable[str] = ()) -> dict[str, StoredArray]:
    """Return the arrays of a file, with those beside it that belong to it or have these names.

    Raises
    ------
    DataError
        If it cannot be read, or has none.
    """
    content = content_of(path)
    arrays = stored_arrays(path, content)
    if not content.startswith(NPZ):
        arrays |= _beside(path, names)
    arrays = {name: array for name, array in arrays.items() if array.shape}
    if not arrays:
        raise array_error("“{name}” has no arrays.", "Choose another file.", name=path.name)
    return arrays


def proposed_arrays(
    path: Path, arrays: Mapping[str, StoredArray], target: str, inputs: str, notes: list[Note]
) -> ArraysRecipe:
    """Return how the arrays of a file can be read.

    Parameters
    ----------
    target
        Name of the array of targets, or of a column; or "".
    inputs
        Name of the array of inputs, or "".

    Raises
    ------
    DataError, UnknownNameError
        If there are no inputs with targets.
    """
    if inputs and inputs not in arrays:
        raise unknown_name("There is no array called “{name}”.", inputs, arrays, "data.file")
    inputs, targets = _pair(arrays, path.name, target, inputs)
    shape = arrays[inputs].shape
    recipe = ArraysRecipe(inputs, targets)
    if not targets:
        column = _column(target, shape, path.name)
        recipe = replace(recipe, column=column, task=_task(arrays[inputs].read()[:, column]))
    else:
        recipe = replace(recipe, task=_task(arrays[targets].read()))
        recipe = replace(recipe, **_picture(arrays[inputs], path.name))
    test = [_named_like(name, arrays, _TESTS) for name in (inputs, targets)]
    if targets and all(test) and test[0] != inputs:
        rows = arrays[test[0]].shape[0]
        recipe = replace(recipe, test_inputs=test[0], test_targets=test[1], test_rows=rows)
    left = [name for name in arrays if name not in recipe.names]
    if left:
        notes.append(Note("Arrays that are not used: {names}.", {"names": listed(left)}))
    return recipe


def _beside(path: Path, names: Iterable[str]) -> dict[str, StoredArray]:
    """Return the arrays that belong to a file by their names: inputs, targets, and the test's."""
    found: dict[str, StoredArray] = {}
    for name in dict.fromkeys([*names, *_partners(path.name)]):
        for written in (name, f"{name}.gz", name.removesuffix(".gz")):
            beside = path.with_name(written)
            if written not in found and written != path.name and beside.is_file():
                found |= stored_arrays(beside, content_of(beside))
                break
    return found


def inputs_of(paths: Sequence[Path]) -> Path | None:
    """Return the one of some files that has the inputs, where all others belong to it by name."""
    plain = {path.name.removesuffix(".gz"): path for path in paths}
    for name, path in plain.items():
        if _alike(name, _NAMES) and plain.keys() <= {name, *_partners(name)}:
            return path
    return None


def _partners(name: str) -> list[str]:
    """Return what files are called that belong to one: inputs or targets, and then the test's."""
    partners = _alike(name, (*_NAMES, *_TARGETS))
    tests = [test for one in (name, *partners) for test in _alike(one, _TESTS)]
    return [*dict.fromkeys([*partners, *tests])]


def _alike(name: str, pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return a name with the second word of a pair in place of the first."""
    found = []
    for old, new in pairs:
        other = re.sub(rf"(?<![A-Za-z]){re.escape(old)}(?![A-Za-z])", new, name, count=1)
        found += [other] if other != name else []
    return found


def _named_like(name: str, known: Iterable[str], pairs: Iterable[tuple[str, str]]) -> str:
    """Return the one of some names that is the other of a pair, packed or not; or ""."""
    plain = {one.removesuffix(".gz"): one for one in known}
    forward = [a for a in _alike(name.removesuffix(".gz"), pairs) if a in plain]
    return plain[forward[0]] if forward else ""


def _pair(
    arrays: Mapping[str, StoredArray], file: str, target: str, inputs: str
) -> tuple[str, str]:
    """Return the names of inputs and targets; no targets where they are a column of the inputs."""
    by_size = sorted(arrays, key=lambda one: (len(arrays[one].shape), _size(arrays[one])))
    if target in arrays:
        if inputs:
            return inputs, target
        rows = arrays[target].shape[:1]
        fitting = [n for n in reversed(by_size) if n != target and arrays[n].shape[:1] == rows]
        named = [n for n in fitting if n == _named_like(target, arrays, _TARGETS)]
        return ((named or fitting or [target])[0], target)
    if not target:
        first = [inputs] if inputs else [file] if file in arrays else [*reversed(by_size)]
        for name in sorted(first, key=lambda one: "test" in one or "t10k" in one):
            if targets := _named_like(name, arrays, _NAMES):
                return name, targets
            if not inputs and (found := _named_like(name, arrays, _TARGETS)):
                return found, name
    for name in [inputs] if inputs else reversed(by_size):
        rows = arrays[name].shape[:1]
        fitting = [n for n in by_size if n != name and arrays[n].shape[:1] == rows]
        if fitting and not target:
            return name, fitting[0]
        if len(arrays[name].shape) == 2:
            return name, ""
    raise array_error(
        "“{name}” has inputs of shape {shape}, and no targets that belong to them: {arrays}.",
        "Put both into one file: np.savez(file, x=inputs, y=targets).",
        name=file,
        shape=shape_text(arrays[inputs or by_size[-1]].shape),
        arrays=", ".join(f"{name} {shape_text(a.shape)}" for name, a in [*arrays.items()][:8]),
    )


def _size(array: StoredArray) -> int:
    return math.prod(array.shape)


def _column(target: str, shape: tuple[int, ...], file: str) -> int:
    if shape[1] < 2:
        raise array_error(
            "“{name}” has one column only.",
            "There has to be one to learn from and one to predict.",
            name=file,
        )
    names = column_names(shape[1])
    if target and target not in names:
        sentence = "There is no column called “{name}”."
        raise unknown_name(sentence, target, names[:MOST_COLUMNS], "data.file")
    return names.index(target) if target else -1


def _task(targets: NDArray[Any]) -> Task:
    """Return whether targets look like classes: words, or few whole numbers."""
    if targets.dtype.kind in "USb" or (targets.ndim == 2 and targets.shape[1] > 1):
        return "classification"
    found = np.unique(targets[: 10 * MOST_ROWS])
    is_whole = targets.dtype.kind in "iu"
    few = len(found) <= min(MOST_CLASSES, max(2, targets.size / (2 if is_whole else 5)))
    is_whole = is_whole or bool((np.mod(found, 1) == 0).all())
    return "classification" if few and is_whole else "regression"


def _picture(array: StoredArray, file: str) -> dict[str, Any]:
    """Return the fields of a recipe that say what pictures an array has."""
    shape = array.shape
    if len(shape) == 1:
        return {}
    if len(shape) == 2:
        side = math.isqrt(shape[1])
        is_square = side * side == shape[1] and _FLAT_SIDE <= side <= MOST_SIDE
        return {"picture": (1, side, side)} if is_square and array.dtype.kind == "u" else {}
    channels, *sides, last = 1, *shape[1:], False
    if len(shape) == 4:
        last = shape[3] <= 4
        channels, *sides = (shape[3], *shape[1:3]) if last else shape[1:]
    if len(shape) <= 4 and channels <= 4 and all(1 <= side <= MOST_SIDE for side in sides):
        return {"picture": (3 if channels > 2 else 1, *sides), "channels_last": last}
    raise array_error(
        "“{array}” in “{name}” has the shape {shape}, which is neither a table nor pictures.",
        "Samples come first: (samples, columns), (samples, rows, columns) or (samples, rows,"
        " columns, 3); pictures have at most {most} rows and columns.",
        most=MOST_SIDE,
        array=array.name,
        name=file,
        shape=shape_text(shape),
    )
