"""Digits and letters as bitmaps, as old screens had them; see ``scripts/build_samples.py``."""

from __future__ import annotations

import numpy as np

from nnviz.datasets.bundled import bundled_arrays
from nnviz.datasets.dataset import Dataset, pixel_names
from nnviz.datasets.drawing import amount, count
from nnviz.datasets.spec import SampleOptions, SampleSpec

GRIDS = {"7x5": (7, 5), "10x6": (10, 6)}
"""Rows and columns there are drawings for."""

_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def make_letters(options: SampleOptions) -> Dataset:
    """Return the characters in turn, 1 where there is ink; noise is the share of flipped pixels."""
    shape, rows = GRIDS[options.grid], count(options, len(_CHARACTERS))
    labels = np.arange(rows, dtype=np.int64) % len(_CHARACTERS)
    drawings = bundled_arrays("letters")[f"grid_{options.grid}"].astype(bool)
    ink = drawings.reshape(len(_CHARACTERS), -1)[labels]
    ink ^= np.random.default_rng(options.seed).random(ink.shape) < amount(options)
    return Dataset(
        name="letters",
        task="classification",
        inputs=ink.astype(np.float64),
        targets=labels,
        feature_names=pixel_names(*shape),
        class_names=tuple(_CHARACTERS),
        target_name="character",
        image_shape=shape,
    )


LETTERS = SampleSpec(
    key="letters",
    title="Letters and Digits",
    description=(
        "The 26 letters and 10 digits of an old screen, on a grid to choose. Ask for more rows "
        "than 36 and add noise: pixels flip, and the network has to recognise what is left."
    ),
    group="image",
    task="classification",
    make=make_letters,
    options=("rows", "noise", "seed", "grid"),
    default_rows=len(_CHARACTERS),
    test_fraction=0.0,
    origin="Misc Fixed, from Debian's xfonts-base 1:1.0.5+nmu1; public domain.",
)
