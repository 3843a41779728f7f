"""From arrays in files to a `Dataset`: which are inputs, which targets, and are they pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Dataset, Task, pixel_names
from nnviz.datasets.names import unknown_name
from nnviz.datasets.own.recipe import MOST_CLASSES, OWN, cleaned, unique
from nnviz.datasets.own.sample_recipes import ArraysRecipe
from nnviz.datasets.own.stored import StoredArray, all_stored, array_error
from nnviz.datasets.own.table import LARGEST, MOST_ROWS, check_size
from nnviz.errors import DataError

MOST_PIXELS = 200 * 2**20
"""Numbers of all pictures together, a byte each."""


def arrays_dataset(path: Path, recipe: ArraysRecipe, contents: Mapping[str, bytes]) -> Dataset:
    """Return the data set that arrays make by a recipe.

    Raises
    ------
    DataError
        If there is no such array, or they do not fit each other, or are no numbers.
    """
    arrays = all_stored(path, contents)
    for name in recipe.names:
        if name not in arrays:
            raise unknown_name("There is no array called “{name}”.", name, arrays, "data.file")
    x, y = _rows(arrays, recipe.inputs, recipe.targets, recipe.column, path.name)
    if recipe.test_inputs:
        parts = _rows(arrays, recipe.test_inputs, recipe.test_targets, -1, path.name)
        if parts[0].shape[1:] != x.shape[1:] or len(parts[0]) != recipe.test_rows:
            raise _mismatch(arrays, recipe.inputs, recipe.test_inputs, path.name)
        x, y = np.concatenate([x, parts[0]]), np.concatenate([y, parts[1]])
    where: dict[str, object] = {"name": path.name, "array": recipe.inputs}
    inputs: NDArray[Any] = _pixels(x, recipe, where) if recipe.picture else _numbers(x, where)
    targets, classes = _targets(y, recipe.task, where | {"array": recipe.targets or recipe.inputs})
    names = column_names(inputs.shape[1])
    if not recipe.targets:
        every = column_names(inputs.shape[1] + 1)
        names = tuple(one for one in every if one != every[recipe.column])
    return Dataset(
        name=OWN,
        task=recipe.task,
        inputs=inputs,
        targets=targets,
        feature_names=names
        if recipe.picture is None
        else pixel_names(*recipe.picture[1:], recipe.picture[0]),
        class_names=classes,
        target_name=cleaned(recipe.targets) or column_names(x.shape[1] + 1)[recipe.column],
        input_unit=1 / 255 if recipe.picture else 1.0,
        image_shape=recipe.picture and recipe.picture[1:],
        channels=recipe.picture[0] if recipe.picture else 1,
        fixed_test_rows=recipe.test_rows,
    )


def _rows(
    arrays: Mapping[str, StoredArray], inputs: str, targets: str, column: int, file: str
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return inputs and targets, as many of one as of the other."""
    stored = arrays[inputs]
    if not stored.shape or (targets and not arrays[targets].shape):
        raise _mismatch(arrays, inputs, targets or inputs, file)
    if targets and stored.shape[0] != arrays[targets].shape[0]:
        raise array_error(
            "“{inputs}” has {count:,} samples, and “{targets}” has {others:,}.",
            "Choose files or arrays that belong together.",
            inputs=inputs,
            count=stored.shape[0],
            targets=targets,
            others=arrays[targets].shape[0],
        )
    if not 2 <= stored.shape[0] <= MOST_ROWS:
        raise array_error(
            "“{array}” in “{name}” has {rows:,} samples.",
            "There have to be two at least, and {most:,} at most.",
            array=inputs,
            name=file,
            rows=stored.shape[0],
            most=MOST_ROWS,
        )
    x = stored.read()
    if targets:
        return x, arrays[targets].read()
    if x.ndim != 2 or not -x.shape[1] <= column < x.shape[1] or x.shape[1] < 2:
        raise _mismatch(arrays, inputs, inputs, file)
    return np.delete(x, column, axis=1), x[:, column]


def _mismatch(arrays: Mapping[str, StoredArray], one: str, other: str, file: str) -> DataError:
    return array_error(
        "The arrays of “{name}” do not fit: “{one}” has the shape {shape}, “{other}” {others}.",
        "Choose arrays that belong together.",
        name=file,
        one=one,
        shape=shape_text(arrays[one].shape),
        other=other,
        others=shape_text(arrays[other].shape),
    )


def _numbers(array: NDArray[Any], where: dict[str, object]) -> NDArray[np.float64]:
    """Return rows of finite numbers, shape (samples, columns)."""
    _check_numbers(array, where)
    rows = array.reshape(len(array), -1)
    if not rows.size:
        raise array_error("“{array}” in “{name}” has no numbers.", "Choose another array.", **where)
    check_size(cleaned(str(where["name"])), *rows.shape)
    numbers = rows.astype(np.float64)
    wrong = ~(np.abs(numbers) <= LARGEST)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise array_error(
            "“{array}” in “{name}” has {value} in row {row:,}, column {column:,}.",
            "Every number has to be finite and below 1e30: fill gaps in, or leave such rows out,"
            " before the array is saved.",
            **where,
            value=numbers[row, column],
            row=row + 1,
            column=column + 1,
        )
    return numbers


def _check_numbers(array: NDArray[Any], where: dict[str, object]) -> None:
    if array.dtype.kind not in "biuf":
        raise array_error(
            "“{array}” in “{name}” holds {dtype}, where numbers are needed.",
            "Save it as numbers: array.astype(float).",
            **where,
            dtype=str(array.dtype)[:40],
        )


def _pixels(
    array: NDArray[Any], recipe: ArraysRecipe, where: dict[str, object]
) -> NDArray[np.uint8]:
    """Return pictures as bytes, shape (samples, numbers), channel by channel."""
    assert recipe.picture is not None
    _check_numbers(array, where)
    channels, rows, columns = recipe.picture
    if array.ndim == 4 and recipe.channels_last:
        array = np.moveaxis(array, 3, 1)
    if array.ndim == 4:
        array = array[:, :channels]  # without what says how opaque a pixel is
    elif array.ndim == 3:
        array = array[:, np.newaxis]
    if array.size != len(array) * channels * rows * columns or array.size > MOST_PIXELS:
        raise array_error(
            "“{array}” in “{name}” has the shape {shape}: that are not pictures of {rows} rows and"
            " {columns} columns, or more than {most:,} numbers.",
            "Change the recipe, or take fewer pictures.",
            **where,
            shape=shape_text(array.shape),
            rows=rows,
            columns=columns,
            most=MOST_PIXELS,
        )
    flat = array.reshape(len(array), -1)
    if flat.dtype == np.uint8:
        return np.array(flat)
    low, high = float(flat.min()), float(flat.max())
    if not (abs(low) <= LARGEST and abs(high) <= LARGEST):  # NaN is neither
        _numbers(flat, where)
    if flat.dtype.kind in "iu" and low >= 0 and high <= 255:
        return flat.astype(np.uint8)
    low, high = (0.0, 1.0) if low >= 0 and high <= 1 else (min(low, 0.0), high)
    shares = (flat.astype(np.float32) - np.float32(low)) / np.float32((high - low) or 1.0)
    return np.asarray(np.rint(255 * shares.clip(0, 1)), np.uint8)


def _targets(
    array: NDArray[Any], task: Task, where: dict[str, object]
) -> tuple[NDArray[np.generic], tuple[str, ...]]:
    """Return targets, and the names of classes; of a regression there are none."""
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if task == "classification" and _is_one_hot(array):
        array = array.argmax(axis=1)
    if array.ndim != 1:
        raise array_error(
            "The targets “{array}” in “{name}” have the shape {shape}.",
            "There has to be one for each sample, or one column for each class with a 1 in it.",
            **where,
            shape=shape_text(array.shape),
        )
    if task == "classification" and array.dtype.kind == "f":
        _numbers(array[:, np.newaxis], where)
    if task == "regression":
        values: NDArray[Any] = _numbers(array[:, np.newaxis], where)
        found = np.unique(values)
    else:
        if array.dtype.kind not in "biufUS":
            _check_numbers(array, where)
        found, values = np.unique(array, return_inverse=True)
        values = values.astype(np.int64)
    if len(found) < 2 or (task == "classification" and len(found) > MOST_CLASSES):
        raise array_error(
            "The targets “{array}” in “{name}” have {found:,} different values.",
            "There have to be two at least, and of classes {most} at most.",
            **where,
            found=len(found),
            most=MOST_CLASSES,
        )
    if task == "regression":
        return values, ()
    words = (
        w.decode("utf-8", "replace") if isinstance(w, bytes) else _word(w) for w in found.tolist()
    )
    return values, unique(cleaned(word) or "?" for word in words)


def _is_one_hot(array: NDArray[Any]) -> bool:
    if array.ndim != 2 or array.dtype.kind not in "biuf":
        return False
    return bool(((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all())


def _word(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape as people write it: “28×28”."""
    return "×".join(map(str, shape)) or "one number"


def column_names(count: int) -> tuple[str, ...]:
    """Return what the columns of an array are called."""
    return tuple(f"column {place}" for place in range(1, count + 1))
