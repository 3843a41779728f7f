"""What the generators share: percentages, halves, and the last step of every cloud of points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.spec import SampleOptions

PLAYGROUND = "Generated, after TensorFlow Playground (Apache-2.0)."

Points = NDArray[np.float64]
Labels = NDArray[np.int64]


def amount(options: SampleOptions) -> float:
    """Return the noise as a share, 0 to 0.5, from the slider's percent."""
    return options.noise / 100.0


def count(options: SampleOptions, default: int) -> int:
    """Return the number of rows asked for, or the sample's own."""
    return default if options.rows is None else options.rows


def halves(rows: int) -> Labels:
    """Return labels, shape (rows,): the first half 0, the rest 1."""
    return (np.arange(rows) >= rows // 2).astype(np.int64)


def square(rng: np.random.Generator, rows: int, half: float) -> Points:
    """Return points, shape (rows, 2), uniform in [-half, half] on both axes."""
    return rng.uniform(-half, half, (rows, 2))


def polar(radius: NDArray[np.float64], angle: NDArray[np.float64]) -> Points:
    """Return points, shape (rows, 2): radius times (sine, cosine) of the angle in radians."""
    return np.column_stack((radius * np.sin(angle), radius * np.cos(angle)))


def labelled_points(
    name: str,
    points: Points,
    labels: Labels,
    class_names: tuple[str, ...],
    rng: np.random.Generator,
) -> Dataset:
    """Return a planar classification, its rows shuffled.

    Parameters
    ----------
    points
        Shape (rows, 2).
    labels
        Shape (rows,), indices into `class_names`.
    rng
        Draws the order of the rows.
    """
    order = rng.permutation(len(points))
    return Dataset(
        name=name,
        task="classification",
        inputs=points[order],
        targets=labels[order].astype(np.int64),
        feature_names=("x", "y"),
        class_names=class_names,
        target_name="class",
    )
