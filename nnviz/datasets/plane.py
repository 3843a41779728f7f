"""TensorFlow Playground's four classifications in a plane.

The formulas are those of the playground's ``dataset.ts``; `SampleOptions.noise` is its slider.
Label 1 is what the playground calls the positive (blue) class.
"""

from __future__ import annotations

import numpy as np

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.drawing import PLAYGROUND, amount, count, halves, labelled_points, polar, square
from nnviz.datasets.spec import SampleOptions, SampleSpec

_ROWS = 500
_RADIUS = 5.0
_GAP = 0.3  # keeps the exclusive or's quadrants visibly apart


def make_circle(options: SampleOptions) -> Dataset:
    """Return a disc of radius 2.5 inside a ring from 3.5 to 5.

    Noise moves the point that is *labelled* by U(-5, 5)·noise on each axis; the point that is
    plotted stays, so noise shows as wrong colours near the border.
    """
    rng = np.random.default_rng(options.seed)
    outer = halves(count(options, _ROWS)) == 1
    low, high = np.where(outer, 0.7, 0.0), np.where(outer, 1.0, 0.5)
    points = polar(_RADIUS * rng.uniform(low, high), rng.uniform(0, 2 * np.pi, len(outer)))
    moved = points + square(rng, len(points), _RADIUS) * amount(options)
    inside = np.hypot(moved[:, 0], moved[:, 1]) < _RADIUS / 2
    return labelled_points("circle", points, inside.astype(np.int64), ("ring", "disc"), rng)


def make_xor_cloud(options: SampleOptions) -> Dataset:
    """Return four quadrants; the class is the sign of x·y.

    Points are uniform in [-5, 5]², pushed 0.3 away from both axes. Noise moves the point that is
    labelled by U(-5, 5)·noise on each axis.
    """
    rng = np.random.default_rng(options.seed)
    points = square(rng, count(options, _ROWS), _RADIUS)
    points += np.where(points > 0, _GAP, -_GAP)
    moved = points + square(rng, len(points), _RADIUS) * amount(options)
    same = (moved[:, 0] * moved[:, 1] >= 0).astype(np.int64)
    return labelled_points("xor-cloud", points, same, ("opposite signs", "same sign"), rng)


def make_gaussians(options: SampleOptions) -> Dataset:
    """Return two round clouds centred at (-2, -2) and (2, 2).

    The *variance* of each axis grows linearly with noise, from 0.5 at 0 to 4 at 50 percent.
    """
    rng = np.random.default_rng(options.seed)
    labels = halves(count(options, _ROWS))
    centres = np.where(labels == 1, 2.0, -2.0)[:, None]
    spread = np.sqrt(0.5 + 7.0 * amount(options))
    points = centres + spread * rng.standard_normal((len(labels), 2))
    return labelled_points("gaussians", points, labels, ("lower left", "upper right"), rng)


def make_spiral(options: SampleOptions) -> Dataset:
    """Return two arms that wind 1.75 times around each other.

    With n points in an arm, point i has radius 5i/n and angle 1.75·2πi/n, the first arm (label 0)
    half a turn ahead; noise adds U(-1, 1)·noise to both coordinates.
    """
    rng = np.random.default_rng(options.seed)
    labels = halves(count(options, _ROWS))
    # Both arms have the same length when the number of rows is odd.
    along = np.concatenate([np.arange(n) / n for n in np.bincount(labels, minlength=2)])
    points = polar(_RADIUS * along, 1.75 * 2 * np.pi * along + np.pi * (labels == 0))
    points += square(rng, len(points), 1.0) * amount(options)
    return labelled_points("spiral", points, labels, ("arm 1", "arm 2"), rng)


CIRCLE = SampleSpec(
    key="circle",
    title="Circle",
    description=(
        "A disc inside a ring. No straight line parts them: a hidden layer, or the features "
        "x² and y², can."
    ),
    group="plane",
    task="classification",
    make=make_circle,
    options=("rows", "noise", "seed"),
    default_rows=_ROWS,
    default_noise=10.0,
    origin=PLAYGROUND,
)

XOR_CLOUD = SampleSpec(
    key="xor-cloud",
    title="Exclusive Or",
    description=(
        "Four quadrants in two classes: XOR with many points. Watch hidden neurons combine "
        "lines into corners, or give the network the feature xy."
    ),
    group="plane",
    task="classification",
    make=make_xor_cloud,
    options=("rows", "noise", "seed"),
    default_rows=_ROWS,
    default_noise=10.0,
    origin=PLAYGROUND,
)

GAUSSIANS = SampleSpec(
    key="gaussians",
    title="Gaussian Clouds",
    description=(
        "Two round clouds. One neuron is enough while they lie apart; with more noise they "
        "overlap and no network can be always right."
    ),
    group="plane",
    task="classification",
    make=make_gaussians,
    options=("rows", "noise", "seed"),
    default_rows=_ROWS,
    default_noise=10.0,
    origin=PLAYGROUND,
)

SPIRAL = SampleSpec(
    key="spiral",
    title="Spiral",
    description=(
        "Two arms wound around each other: the hardest of the plane sets. It takes several "
        "neurons in more than one layer, and patience."
    ),
    group="plane",
    task="classification",
    make=make_spiral,
    options=("rows", "noise", "seed"),
    default_rows=_ROWS,
    origin=PLAYGROUND,
)
