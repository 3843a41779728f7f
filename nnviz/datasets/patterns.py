"""More classifications in a plane: moons, blobs of any number of classes, a checkerboard."""

from __future__ import annotations

import numpy as np

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.drawing import amount, count, halves, labelled_points, polar, square
from nnviz.datasets.spec import SampleOptions, SampleSpec

_ROWS = 500
_BOARD_ROWS = 1000  # sixteen squares need more points to be seen
_MOON_RADIUS = 3.0
_BLOB_RADIUS = 4.0
_BOARD_HALF = 5.0
_TILE = 2.5


def make_moons(options: SampleOptions) -> Dataset:
    """Return two half circles of radius 3, one opening down and one up, that interlock.

    Noise adds N(0, 3·noise) to both coordinates. The shape is scikit-learn's ``make_moons``,
    three times as large and centred on the origin.
    """
    rng = np.random.default_rng(options.seed)
    labels = halves(count(options, _ROWS))
    angle = rng.uniform(-np.pi / 2, np.pi / 2, len(labels)) + np.pi * labels
    shift = np.where(labels[:, None] == 1, (0.5, 0.25), (-0.5, -0.25)) * _MOON_RADIUS
    points = polar(np.full(len(labels), _MOON_RADIUS), angle) + shift
    points += rng.standard_normal(points.shape) * (_MOON_RADIUS * amount(options))
    return labelled_points("moons", points, labels, ("upper moon", "lower moon"), rng)


def make_blobs(options: SampleOptions) -> Dataset:
    """Return `SampleOptions.classes` round clouds, centres evenly on a circle of radius 4.

    The standard deviation of each axis grows linearly with noise, from 0.5 at 0 to 2 at 50
    percent. Classes have equally many rows, give or take one.
    """
    rng = np.random.default_rng(options.seed)
    labels = np.arange(count(options, _ROWS)) % options.classes
    centres = polar(np.full(len(labels), _BLOB_RADIUS), 2 * np.pi * labels / options.classes)
    spread = 0.5 + 3.0 * amount(options)
    points = centres + spread * rng.standard_normal(centres.shape)
    names = tuple(f"blob {number}" for number in range(1, options.classes + 1))
    return labelled_points("blobs", points, labels, names, rng)


def make_checkerboard(options: SampleOptions) -> Dataset:
    """Return a board of 4 by 4 squares of side 2.5, points uniform in [-5, 5]².

    Noise moves the point that is labelled by U(-5, 5)·noise on each axis.
    """
    rng = np.random.default_rng(options.seed)
    points = square(rng, count(options, _BOARD_ROWS), _BOARD_HALF)
    moved = points + square(rng, len(points), _BOARD_HALF) * amount(options)
    labels = np.floor(moved / _TILE).astype(np.int64).sum(axis=1) % 2
    return labelled_points("checkerboard", points, labels, ("dark squares", "light squares"), rng)


MOONS = SampleSpec(
    key="moons",
    title="Moons",
    description=(
        "Two interlocking half moons. A straight line gets most points right; a few hidden "
        "neurons bend it around the tips."
    ),
    group="plane",
    task="classification",
    make=make_moons,
    options=("rows", "noise", "seed"),
    default_rows=_ROWS,
    default_noise=10.0,
    origin="Generated, after the moons of scikit-learn (BSD-3-Clause).",
)

BLOBS = SampleSpec(
    key="blobs",
    title="Blobs",
    description=(
        "Round clouds, one for each class, two to ten of them. Made for softmax: every class "
        "gets an output neuron and a region of the plane."
    ),
    group="plane",
    task="classification",
    make=make_blobs,
    options=("rows", "noise", "classes", "seed"),
    default_rows=_ROWS,
    default_noise=10.0,
    origin="Generated: normal clouds around points on a circle.",
)

CHECKERBOARD = SampleSpec(
    key="checkerboard",
    title="Checkerboard",
    description=(
        "Sixteen squares in two alternating classes. Too few neurons leave squares out; count "
        "how many it takes to get every one."
    ),
    group="plane",
    task="classification",
    make=make_checkerboard,
    options=("rows", "noise", "seed"),
    default_rows=_BOARD_ROWS,
    origin="Generated: uniform points on a board of 4 by 4 squares.",
)
