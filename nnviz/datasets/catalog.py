"""The table of samples: the Data menu, the command line and the contract tests run over it.

Adding a sample is one `SampleSpec` in one file and its line in `CATALOG`.
"""

from __future__ import annotations

from numbers import Integral, Real

from nnviz.datasets.bundled import (
    AUTO_MPG,
    BREAST_CANCER,
    CONCRETE,
    DIGITS,
    IRIS,
    PENGUINS,
    SACRAMENTO,
    WINE,
)
from nnviz.datasets.curves import SINE
from nnviz.datasets.dataset import Dataset
from nnviz.datasets.images import CAPTCHAS, LETTER_CAPTCHAS, MNIST, OTHER_FONT
from nnviz.datasets.letters import GRIDS, LETTERS
from nnviz.datasets.names import unknown_name
from nnviz.datasets.patterns import BLOBS, CHECKERBOARD, MOONS
from nnviz.datasets.plane import CIRCLE, GAUSSIANS, SPIRAL, XOR_CLOUD
from nnviz.datasets.shapes import SHAPES
from nnviz.datasets.spec import SampleOptions, SampleSpec
from nnviz.datasets.surfaces import MULTI_GAUSSIAN, PLANE
from nnviz.datasets.tutorial import (
    AND,
    HOUSES,
    LETTERS_ABC,
    OR,
    THREE_HOUSES,
    TWO_GAUSSIANS,
    TWO_POINTS,
    XOR,
)
from nnviz.errors import InvalidChoiceError

CATALOG: dict[str, SampleSpec] = {
    spec.key: spec
    for spec in (
        HOUSES,
        LETTERS_ABC,
        THREE_HOUSES,
        TWO_POINTS,
        XOR,
        AND,
        OR,
        TWO_GAUSSIANS,
        CIRCLE,
        XOR_CLOUD,
        GAUSSIANS,
        SPIRAL,
        MOONS,
        BLOBS,
        CHECKERBOARD,
        PLANE,
        MULTI_GAUSSIAN,
        SINE,
        IRIS,
        PENGUINS,
        WINE,
        BREAST_CANCER,
        AUTO_MPG,
        SACRAMENTO,
        CONCRETE,
        DIGITS,
        LETTERS,
        SHAPES,
        MNIST,
        CAPTCHAS,
        LETTER_CAPTCHAS,
        OTHER_FONT,
    )
}
"""Every sample by its key, in the order of the menu."""

ROWS_RANGE = (2, 100_000)
NOISE_RANGE = (0, 50)
CLASSES_RANGE = (2, 10)
SEED_RANGE = (0, 2**32 - 1)


def load_sample(key: str, options: SampleOptions | None = None) -> Dataset:
    """Return a sample; the same key and options give the same arrays to the bit.

    Parameters
    ----------
    key
        A key of `CATALOG`, such as ``"spiral"``.
    options
        What the person chose; None for the sample as its tutorial or publisher has it, without
        noise and with seed 0. Options that the sample does not use are checked and ignored.

    Raises
    ------
    UnknownNameError
        If the catalog has no such key. ``values``: name, near, suggestions, field
        ``"data.sample"``.
    InvalidChoiceError
        If an option is out of range. ``values``: value, low, high, field (``"data.rows"``,
        ``"data.noise"``, ``"data.classes"`` or ``"data.seed"``).
    DataError
        If the installation lacks the file of a bundled sample. ``values``: name.
    """
    if key not in CATALOG:
        raise unknown_name("There is no sample called “{name}”.", key, CATALOG, "data.sample")
    spec = CATALOG[key]
    chosen = options or SampleOptions()
    check_options(spec, chosen)
    return spec.make(chosen)


def check_options(spec: SampleSpec, options: SampleOptions) -> None:
    """Refuse options that no sample, or not this one, can honour.

    Raises
    ------
    InvalidChoiceError
        As `load_sample` says.
    """
    if options.rows is not None:
        _check("rows", options.rows, ROWS_RANGE, "A sample has {low} to {high} rows, not {value}.")
    _check("noise", options.noise, NOISE_RANGE, "Noise is {low} to {high} percent, not {value}.")
    _check(
        "classes",
        options.classes,
        CLASSES_RANGE,
        "A sample has {low} to {high} classes, not {value}.",
    )
    if options.grid not in GRIDS:
        raise unknown_name("There is no grid called “{name}”.", options.grid, GRIDS, "data.grid")
    _check("seed", options.seed, SEED_RANGE, "A seed is from {low} to {high}, not {value}.")
    if "classes" in spec.options and options.rows is not None:
        _check(
            "rows",
            options.rows,
            (options.classes, ROWS_RANGE[1]),
            "{low} classes need {low} rows or more, not {value}.",
        )


def _check(option: str, value: float, limits: tuple[int, int], sentence: str) -> None:
    low, high = limits
    kind = Real if option == "noise" else Integral
    # Written so that NaN, which compares false with everything, is refused too.
    if isinstance(value, kind) and not isinstance(value, bool) and low <= value <= high:
        return
    remedy = (
        "Choose a number from {low} to {high}."
        if kind is Real
        else "Choose a whole number from {low} to {high}."
    )
    raise InvalidChoiceError(
        sentence, remedy, field=f"data.{option}", value=value, low=low, high=high
    )
