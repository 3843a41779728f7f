"""TensorFlow Playground's two regressions over a plane."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.drawing import PLAYGROUND, Points, amount, count, square
from nnviz.datasets.spec import SampleOptions, SampleSpec

_ROWS = 1200
_HALF = 6.0
_CENTRES = np.array([(-4, 2.5), (0, 2.5), (4, 2.5), (-4, -2.5), (0, -2.5), (4, -2.5)])
_SIGNS = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
_REACH = 2.0


def _surface(
    name: str, points: Points, heights: NDArray[np.float64], noise_variance: float | None
) -> Dataset:
    return Dataset(
        name=name,
        task="regression",
        inputs=points,
        targets=heights[:, None],
        feature_names=("x", "y"),
        target_name="height",
        noise_variance=noise_variance,
    )


def plane_height(points: Points) -> NDArray[np.float64]:
    """Return (x + y)/10, shape (rows,)."""
    heights: NDArray[np.float64] = points.sum(axis=1) / 10.0
    return heights


def multi_gaussian_height(points: Points) -> NDArray[np.float64]:
    """Return the height, shape (rows,), of the strongest of six hills and hollows.

    Each is sign·max(0, 1 - distance/2) around its centre; the one largest in absolute value
    counts.
    """
    distances = np.linalg.norm(points[:, None, :] - _CENTRES, axis=2)
    heights = _SIGNS * np.maximum(0.0, 1.0 - distances / _REACH)
    strongest = np.argmax(np.abs(heights), axis=1)
    chosen: NDArray[np.float64] = np.take_along_axis(heights, strongest[:, None], axis=1)[:, 0]
    return chosen


def make_plane(options: SampleOptions) -> Dataset:
    """Return heights (x + y)/10 at points uniform in [-6, 6]².

    Noise moves the point whose height is taken by U(-6, 6)·noise on each axis; ``noise_variance``
    is the mean squared difference that makes.
    """
    rng = np.random.default_rng(options.seed)
    points = square(rng, count(options, _ROWS), _HALF)
    noise = plane_height(square(rng, len(points), _HALF) * amount(options))
    return _surface("plane", points, plane_height(points) + noise, float(np.mean(noise**2)))


def make_multi_gaussian(options: SampleOptions) -> Dataset:
    """Return heights of three hills and three hollows at points uniform in [-6, 6]².

    Noise moves the point whose height is taken by U(-6, 6)·noise on each axis. That also blurs
    the hills, so the least possible error is not known and ``noise_variance`` stays None.
    """
    rng = np.random.default_rng(options.seed)
    points = square(rng, count(options, _ROWS), _HALF)
    moved = points + square(rng, len(points), _HALF) * amount(options)
    return _surface("multi-gaussian", points, multi_gaussian_height(moved), None)


PLANE = SampleSpec(
    key="plane",
    title="Plane",
    description=(
        "A tilted plane over two inputs. A single linear neuron learns it exactly: linear "
        "regression in its simplest dress."
    ),
    group="plane",
    task="regression",
    make=make_plane,
    options=("rows", "noise", "seed"),
    default_rows=_ROWS,
    default_noise=10.0,
    origin=PLAYGROUND,
)

MULTI_GAUSSIAN = SampleSpec(
    key="multi-gaussian",
    title="Hills and Hollows",
    description=(
        "Three hills and three hollows. A linear model sees a flat plain; hidden layers find "
        "the landscape."
    ),
    group="plane",
    task="regression",
    make=make_multi_gaussian,
    options=("rows", "noise", "seed"),
    default_rows=_ROWS,
    origin=PLAYGROUND,
)
