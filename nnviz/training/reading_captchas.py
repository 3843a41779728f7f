"""Reads whole captchas with a network that knows single characters.

The network looks through a window at every column of the picture; which four columns are the
characters' is then found by dynamic programming: those that are likeliest together, no two of them
nearer to each other than characters come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.images import (
    CAPTCHA_KINDS,
    EQUAL_PARTS,
    WINDOW,
    Bytes,
    Captchas,
    whole_captchas,
    windows,
)
from nnviz.engine.arrays import FloatArray
from nnviz.training.problem import Problem

CHARACTERS = 4
NEAREST = 6
"""Columns from one character to the next, at least: of a hundred neighbours two are nearer."""

AT_A_TIME = 32
"""Captchas whose windows are looked at together: a twentieth of a second of a small network's."""

_LEAST = 1e-12
"""What a probability of 0 counts as."""

Predict = Callable[[Bytes], FloatArray]
"""A network's answers, shape (rows, classes), to windows in the data set's own units."""

Way = Literal["found", "equal_parts", "known"]
"""Where characters are read: at the places that are found, in the middles of four equal parts, or,
which tells what errs, where the characters are."""

Right = dict[str, NDArray[np.bool_]]
"""Which captchas are read right as a whole, by way: shape (captchas,) each."""


@dataclass(frozen=True, eq=False)
class CaptchaReading:
    """What a network reads in some captchas.

    Parameters
    ----------
    answers
        Probability of every class at every column, the last class for no character: shape
        (captchas, columns, classes).
    places, labels
        The columns that were chosen, and what is read there: shape (captchas, 4).
    """

    answers: FloatArray
    places: NDArray[np.intp]
    labels: NDArray[np.intp]

    def at(self, way: Way, known: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return places, and the characters read there, given where they are."""
        places = self.places
        if way != "found":
            places = np.rint(known).astype(np.intp)
        if way == "equal_parts":
            places = np.broadcast_to(EQUAL_PARTS, places.shape)
        return places, labels_at(self.answers, places)


def predictor(problem: Problem, parameters: FloatArray) -> Predict:
    """Return how a network answers; to be asked in one thread at a time."""
    network = problem.blank_network()
    network.parameters[...] = parameters
    return lambda rows: network.predict(problem.encode_inputs(cast(FloatArray, rows)))


def judge(predict: Predict, captchas: Captchas, rows: slice = slice(None)) -> Right:
    """Return which captchas are read right; parts of `AT_A_TIME` come to the bits of the whole."""
    found, labels = read(predict, captchas.pictures[rows]), captchas.labels[rows]
    ways: tuple[Way, ...] = ("found", "equal_parts", "known")
    return {way: (found.at(way, captchas.places[rows])[1] == labels).all(axis=1) for way in ways}


def shares(problem: Problem, parameters: FloatArray) -> dict[str, float] | None:
    """Return how many whole captchas of the test there are, and the share of them read right.

    By the name of each way; None of other samples.
    """
    key = problem.experiment.data.sample
    if key not in CAPTCHA_KINDS:
        return None
    right = judge(predictor(problem, parameters), whole_captchas(key))
    return {"captchas": len(right["found"]), **{way: float(r.mean()) for way, r in right.items()}}


def read(predict: Predict, pictures: Bytes, nearest: int = NEAREST) -> CaptchaReading:
    """Return what a trained network reads in captchas, shape (captchas, 24, 64)."""
    answers = np.concatenate(
        [
            _answers(predict, pictures[start : start + AT_A_TIME])
            for start in range(0, len(pictures), AT_A_TIME)
        ]
    )
    logs = _with_neighbours(answers)
    places = best_places(logs[..., :-1].max(axis=-1) - logs[..., -1], CHARACTERS, nearest)
    return CaptchaReading(answers, places, labels_at(answers, places))


def labels_at(answers: FloatArray, places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the likeliest character at each place, shape (captchas, places)."""
    logs = np.take_along_axis(_with_neighbours(answers), places[..., np.newaxis], axis=1)
    return np.asarray(logs[..., :-1].argmax(axis=-1))


def _with_neighbours(answers: FloatArray) -> FloatArray:
    """Return logarithms of answers, a quarter each from the columns beside it.

    Nobody knows the middle of a character to the column; three looks err less often than one.
    """
    logs = np.log(np.maximum(answers, 0.0) + _LEAST)  # some networks' answers are below 0
    beside = np.pad(logs, ((0, 0), (1, 1), (0, 0)), mode="edge")
    return np.asarray((beside[:, :-2] + 2 * logs + beside[:, 2:]) / 4)


def best_places(scores: FloatArray, count: int, nearest: int) -> NDArray[np.intp]:
    """Return the places with the largest sum of scores, none nearer to another than allowed.

    The best k places up to column c either leave c out, or are c and the best k − 1 up to the
    column that is just far enough before it.

    Parameters
    ----------
    scores
        Shape (rows, columns), at least (count - 1) · nearest + 1 columns.

    Returns
    -------
    Shape (rows, count), ascending; the first of those that are equally good.
    """
    rows, columns = scores.shape
    best = np.full((count + 1, rows, columns), -np.inf)
    best[0] = 0.0
    for k in range(1, count + 1):
        for c in range(columns):
            before = best[k - 1, :, c - nearest] if c >= nearest else 0.0 if k == 1 else -np.inf
            best[k, :, c] = before + scores[:, c]
            if c:
                np.maximum(best[k, :, c], best[k, :, c - 1], out=best[k, :, c])
    places = np.empty((rows, count), np.intp)
    end = np.full(rows, columns - 1)
    for k in range(count, 0, -1):
        reached = np.take_along_axis(best[k], end[:, np.newaxis], axis=1)
        # Where the best sum is reached first, that column is one of the places.
        places[:, k - 1] = (best[k] == reached).argmax(axis=1)
        end = np.maximum(places[:, k - 1] - nearest, 0)
    return places


def _answers(predict: Predict, pictures: Bytes) -> FloatArray:
    cut = windows(pictures)
    return predict(cut.reshape(-1, WINDOW * WINDOW)).reshape(*cut.shape[:2], -1)
