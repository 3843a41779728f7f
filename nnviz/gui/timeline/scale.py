"""Where an epoch stands on the track, and back: pure arithmetic.

The place of an epoch is the square root of its share. Most of what is worth seeing happens early:
of 5,000 epochs the first 50 have a tenth of the track, and the last half has less than a third. A
logarithm would give the last half of a long run a twentieth; and were moments equally far apart,
all of them would move whenever they are thinned.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

EpochArray = NDArray[np.int64]

SHORTEST = 10
"""Epochs that a track has room for at least: a run of one epoch need not fill it."""


@dataclass(frozen=True)
class Scale:
    """A track from epoch 0 to an end, at least 1."""

    end: int

    def place(self, epoch: float) -> float:
        """Return where an epoch stands, from 0 to 1."""
        return math.sqrt(min(max(epoch / self.end, 0.0), 1.0))

    def places(self, epochs: EpochArray) -> NDArray[np.float64]:
        """Return where each of these epochs stands, from 0 to 1."""
        return np.sqrt(np.clip(epochs / self.end, 0.0, 1.0))

    def epoch_at(self, place: float) -> float:
        """Return what stands at a place; between epochs, a fraction."""
        return float(min(max(place, 0.0), 1.0) ** 2 * self.end)


class Tick(NamedTuple):
    """A number under the track: pixels from its left end to its mark, and to its label's middle."""

    epoch: int
    x: float
    center: float


def round_numbers() -> Iterator[int]:
    """Yield 1, 2, 5, 10, 20, 50, … without end."""
    return (factor * 10**power for power in count() for factor in (1, 2, 5))


def fitting_end(newest: int, goal: int = 0) -> int:
    """Return an end for the track that seldom changes while a run grows.

    Parameters
    ----------
    newest
        The last epoch there is.
    goal
        How many epochs are asked for at once, or 0 if that is not known.

    Returns
    -------
    A round number, at least `SHORTEST`, or a multiple of the goal, whichever is less; never below
    `newest`.
    """
    least = max(newest, SHORTEST)
    rounded = next(number for number in round_numbers() if number >= least)
    if goal < 1:
        return rounded
    return min(rounded, goal * max(1, math.ceil(newest / goal)))


def ticks(
    scale: Scale, width: float, label_width: Callable[[int], float], margin: float = 0.0
) -> tuple[Tick, ...]:
    """Return the round epochs to be written under a track: as many as there is room for.

    Parameters
    ----------
    scale
        The track.
    width
        Its length in pixels.
    label_width
        Pixels that the label of an epoch needs, with the gap to the next.
    margin
        Pixels by which labels may stand out at both ends.
    """

    def tick(epoch: int) -> tuple[float, Tick]:
        x, half = scale.place(epoch) * width, label_width(epoch) / 2
        return half, Tick(epoch, x, min(max(x, half - margin), width + margin - half))

    half, zero = tick(0)
    chosen, free_from, free_to = [zero], zero.center + half, math.inf
    for epoch in reversed([*takewhile(lambda number: number <= scale.end, round_numbers())]):
        half, next_tick = tick(epoch)
        if next_tick.center - half >= free_from and next_tick.center + half <= free_to:
            chosen.append(next_tick)
            free_to = next_tick.center - half
    return tuple(chosen)


def nearest(stops: EpochArray, epoch: float) -> int:
    """Return the stop that is nearest to an epoch as the eye sees it: on the track.

    Parameters
    ----------
    stops
        Sorted, at least one.
    epoch
        Not negative.
    """
    after = int(np.searchsorted(stops, epoch))
    left, right = int(stops[max(after - 1, 0)]), int(stops[min(after, len(stops) - 1)])
    middle = (math.sqrt(left) + math.sqrt(right)) / 2
    return left if math.sqrt(epoch) < middle else right
