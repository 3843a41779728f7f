"""What a data set is to the rest of the program: frozen arrays and the names that go with them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]
Task = Literal["regression", "classification"]


COLORS = ("red", "green", "blue")
"""Names of the channels of a picture in colour."""


def pixel_names(rows: int, columns: int, channels: int = 1) -> tuple[str, ...]:
    """Return the names of a picture's pixels, channel by channel, row by row."""
    places = [f"row {r} column {c}" for r in range(1, rows + 1) for c in range(1, columns + 1)]
    if channels == 1:
        return tuple(places)
    return tuple(f"{color} of {place}" for color in COLORS for place in places)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples as rows, in their own units, before any preprocessing.

    Parameters
    ----------
    name
        Key in the catalog, such as ``"xor"``.
    task
        ``"regression"`` or ``"classification"``.
    inputs
        Shape (rows, features), read-only: float64, or bytes that `input_unit` gives a meaning. NaN
        where a value is missing, which `Problem` fills.
    targets
        Regression: shape (rows, 1), float64, in `target_unit`.
        Classification: shape (rows,), int64 labels that index `class_names`. Read-only.
    feature_names
        One for each column of `inputs`.
    class_names
        Classification only; empty for a regression.
    target_name, target_unit
        What is predicted and its unit, such as ``"price"`` and ``"10,000 yuan"``.
    input_unit
        What `inputs` are to be multiplied by: pictures are kept as bytes, an eighth of the memory.
    image_shape
        (rows, columns) of one sample when a sample is a picture.
    channels
        Numbers of each pixel: 3 of a picture in colour, `COLORS`. All pixels of one come before
        those of the next.
    noise_variance
        Mean squared noise actually drawn, in squared target units, where the generator knows it:
        the mean squared error that no model can beat except by memorising.
    fixed_test_rows
        The last so many rows are the publisher's own test part; 0 when there is none.
    times
        When each row was, shape (rows,), read-only, where that is known: in whatever unit, NaN for
        single rows of which it is not known. Points that a person adds have none.

    Raises
    ------
    ValueError
        If shapes do not agree.
    """

    name: str
    task: Task
    inputs: FloatArray
    targets: NDArray[np.generic]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    target_name: str = ""
    target_unit: str = ""
    input_unit: float = 1.0
    image_shape: tuple[int, int] | None = None
    channels: int = 1
    noise_variance: float | None = None
    fixed_test_rows: int = 0
    times: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        rows, features = self.inputs.shape
        if len(self.feature_names) != features:
            raise ValueError(f"{features} columns but {len(self.feature_names)} feature names")
        if self.image_shape and features != self.channels * math.prod(self.image_shape):
            raise ValueError(f"{features} columns are no pictures of {self.picture_shape}")
        expected = (rows,) if self.task == "classification" else (rows, 1)
        if self.targets.shape != expected:
            raise ValueError(f"targets of shape {self.targets.shape}, expected {expected}")
        if self.task == "classification" and len(self.class_names) < 2:
            raise ValueError("a classification needs at least two class names")
        self.inputs.setflags(write=False)
        self.targets.setflags(write=False)
        if self.times is not None:
            self.times.setflags(write=False)

    @property
    def rows(self) -> int:
        """Number of samples."""
        return int(self.inputs.shape[0])

    @property
    def features(self) -> int:
        """Number of input columns."""
        return int(self.inputs.shape[1])

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """Channels, rows and columns of a sample; there must be pictures."""
        assert self.image_shape is not None
        return (self.channels, *self.image_shape)

    @property
    def is_planar(self) -> bool:
        """Whether the inputs are two coordinates, so that a plane can be coloured."""
        return self.features == 2
