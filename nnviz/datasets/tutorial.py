"""The data sets of the tutorials: house prices, letters, the four rows of XOR, two clouds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Dataset, pixel_names
from nnviz.datasets.drawing import amount, count, halves, labelled_points
from nnviz.datasets.spec import SampleOptions, SampleSpec

_ORIGIN = "From the tutorials that nnviz accompanies."
_HOUSE_ROWS = 100
_HOUSE_NOISE = 5.0
_CLOUD_ROWS = 1000
_CLOUD_CORRELATION = 0.5
_LETTERS = {
    "A": ("..##..", ".#..#.", "######", "#....#", "#....#"),
    "B": (".####.", ".#..#.", ".####.", ".#..#.", ".####."),
    "C": (".####.", ".#....", ".#....", ".#....", ".####."),
}


def make_houses(options: SampleOptions) -> Dataset:
    """Return price = 1.2·area + 5·score + 20 + N(0, 5).

    Areas are U(0, 100) m², location scores U(1, 10), prices in units of 10,000 yuan. At noise 0
    the standard deviation is the tutorial's 5; every 10 percent add another 5.
    ``noise_variance`` is the mean square of the noise drawn.

    Seed 42 gives the tutorial's own hundred houses.
    """
    # The generator that the tutorial's code used, asked in the same order; NumPy promises that
    # its numbers never change.
    rng = np.random.RandomState(options.seed)
    rows = count(options, _HOUSE_ROWS)
    area, score = (rng.rand(rows, 2) * (100.0, 9.0) + (0.0, 1.0)).T
    noise = rng.randn(rows) * (_HOUSE_NOISE * (1.0 + 10.0 * amount(options)))
    return Dataset(
        name="houses",
        task="regression",
        inputs=np.column_stack((area, score)),
        targets=(1.2 * area + 5.0 * score + 20.0 + noise)[:, None],
        feature_names=("area (m²)", "location score"),
        target_name="price",
        target_unit="10,000 yuan",
        noise_variance=float(np.mean(noise**2)),
    )


def make_three_houses(options: SampleOptions) -> Dataset:
    """Return houses at their true price, 1.2·area + 5·score + 20; the first costs 180."""
    return Dataset(
        name="three-houses",
        task="regression",
        inputs=np.array([[100.0, 8.0], [50.0, 6.0], [80.0, 4.0]]),
        targets=np.array([[180.0], [110.0], [136.0]]),
        feature_names=("area (m²)", "location score"),
        target_name="price",
        target_unit="10,000 yuan",
    )


def make_two_points(options: SampleOptions) -> Dataset:
    """Return two points on y = 1.5·x: at x = 1 and x = −1."""
    return Dataset(
        name="two-points",
        task="regression",
        inputs=np.array([[1.0], [-1.0]]),
        targets=np.array([[1.5], [-1.5]]),
        feature_names=("x",),
        target_name="y",
    )


def _pixels(drawing: tuple[str, ...]) -> NDArray[np.float64]:
    return np.array([pixel == "#" for line in drawing for pixel in line], dtype=np.float64)


def make_letters_abc(options: SampleOptions) -> Dataset:
    """Return three bitmaps of 5 rows by 6 columns, 1 where there is ink; in the order A, B, C."""
    return Dataset(
        name="letters-abc",
        task="classification",
        inputs=np.stack([_pixels(drawing) for drawing in _LETTERS.values()]),
        targets=np.arange(len(_LETTERS), dtype=np.int64),
        feature_names=pixel_names(5, 6),
        class_names=tuple(_LETTERS),
        target_name="letter",
        image_shape=(5, 6),
    )


def _make_gate(key: str, symbol: str, truth: tuple[int, ...]) -> Callable[[SampleOptions], Dataset]:
    """Return what makes the four rows of a gate, in the order (0,0), (0,1), (1,0), (1,1)."""

    def make(options: SampleOptions) -> Dataset:
        return Dataset(
            name=key,
            task="classification",
            inputs=np.array([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]),
            targets=np.array(truth, dtype=np.int64),
            feature_names=("x", "y"),
            class_names=("0", "1"),
            target_name=f"x {symbol} y",
        )

    return make


def make_two_gaussians(options: SampleOptions) -> Dataset:
    """Return two slanted clouds, half the rows each.

    N((2, 2), [[1, .5], [.5, 1]]) and N((6, 6), [[1, -.5], [-.5, 1]]).
    """
    rng = np.random.default_rng(options.seed)
    labels = halves(count(options, _CLOUD_ROWS))
    # The covariance's Cholesky factor written out: no linear algebra library, hence the same
    # bits on every machine.
    first, second = rng.standard_normal((2, len(labels)))
    slant = np.where(labels == 1, -_CLOUD_CORRELATION, _CLOUD_CORRELATION)
    second = slant * first + np.sqrt(1.0 - slant**2) * second
    points = np.where(labels == 1, 6.0, 2.0)[:, None] + np.column_stack((first, second))
    return labelled_points("two-gaussians", points, labels, ("class 0", "class 1"), rng)


HOUSES = SampleSpec(
    key="houses",
    title="House Prices",
    description=(
        "A hundred made-up houses, priced by area and location. The true formula is known, so "
        "one can see how close training gets to it, and what raw units do to it. Prices have noise "
        "of their own, N(0, 5), whatever is added."
    ),
    group="tutorial",
    task="regression",
    make=make_houses,
    options=("rows", "noise", "seed"),
    default_rows=_HOUSE_ROWS,
    test_fraction=0.0,
    standardize=True,
    formula=(1.2, 5.0, 20.0),
    origin=_ORIGIN,
)

THREE_HOUSES = SampleSpec(
    key="three-houses",
    title="Three Houses",
    description="Three houses and their prices, to work out a neuron's weighted sum by hand.",
    group="tutorial",
    task="regression",
    make=make_three_houses,
    default_rows=3,
    test_fraction=0.0,
    standardize=True,
    formula=(1.2, 5.0, 20.0),
    origin=_ORIGIN,
)

TWO_POINTS = SampleSpec(
    key="two-points",
    title="Two Points",
    description="Two points, to work out one step of gradient descent by hand.",
    group="tutorial",
    task="regression",
    make=make_two_points,
    default_rows=2,
    test_fraction=0.0,
    origin=_ORIGIN,
)

LETTERS_ABC = SampleSpec(
    key="letters-abc",
    title="Letters A, B, C",
    description=(
        "Three letters drawn on 30 squares. The smallest picture recogniser there is: look at "
        "the weights and find the strokes."
    ),
    group="tutorial",
    task="classification",
    make=make_letters_abc,
    default_rows=3,
    test_fraction=0.0,
    origin=_ORIGIN,
)


def _gate(key: str, truth: tuple[int, ...], description: str) -> SampleSpec:
    """Return the sample of a gate with two inputs."""
    return SampleSpec(
        key=key,
        title=key.upper(),
        description=description,
        group="tutorial",
        task="classification",
        make=_make_gate(key, key.upper(), truth),
        default_rows=4,
        test_fraction=0.0,
        origin=_ORIGIN,
    )


XOR = _gate(
    "xor",
    (0, 1, 1, 0),
    "Four rows: true when exactly one input is true. The classic that no single neuron can "
    "learn and two hidden ones can, if they do not get stuck.",
)

AND = _gate(
    "and",
    (0, 0, 0, 1),
    "Four rows: true when both inputs are. One neuron is enough: a line parts the one from the "
    "three.",
)

OR = _gate(
    "or",
    (0, 1, 1, 1),
    "Four rows: true when either input is. One neuron is enough: a line parts the three from the "
    "one.",
)

TWO_GAUSSIANS = SampleSpec(
    key="two-gaussians",
    title="Two Gaussians",
    description=(
        "Two slanted clouds of 500 points. Nearly any network parts them; use them to compare "
        "optimisers, rates and losses."
    ),
    group="tutorial",
    task="classification",
    make=make_two_gaussians,
    options=("rows", "seed"),
    default_rows=_CLOUD_ROWS,
    test_fraction=0.0,
    standardize=True,
    origin=_ORIGIN,
)
