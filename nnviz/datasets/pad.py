"""A pad: a picture that is drawn by hand, and what a network that reads pictures is given of it.

MNIST's digits were scaled to fit 20 by 20 pixels, grey by averaging, and put into 28 by 28 with
their centre of mass in the middle (yann.lecun.com/exdb/mnist). What is drawn has to be prepared in
the same way, or it is like nothing that the network has seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Dataset, FloatArray

FITTED = {"mnist": 20, "digits": 8}
"""To how many pixels the publisher scaled the longer side of what is in a picture. Of other samples
the drawing is taken where it is and as large as it is."""

_FINE = 196
"""Points a side of the pad for grey pictures."""

_BRUSH = 0.065
"""Radius of the brush, in sides of the pad: full ink up to its half, then less and less."""

_FAINT = 0.1
"""Ink that does not count where the ends of a drawing are looked for."""

_MOST_PIXELS, _LOOKED_AT = 144, 100
"""A picture with no more pixels is drawn pixel by pixel, if those looked at are of ink or none."""

_UNDONE = 100
"""Strokes that can be taken back."""

_GREYS = 16
"""Steps from no ink to all of it, of pictures that are not bytes: those are from 0 to 1."""

Ink = NDArray[np.float32]
Place = tuple[float, float]
"""Across and down from the upper left corner, in pixels of the network's picture."""


class Pad:
    """A drawing for a data set of pictures; `ink` is what there is of it, from 0 to 1.

    Grey pictures are drawn with a soft brush on a raster finer than theirs, bitmaps pixel by pixel.
    """

    def __init__(self, dataset: Dataset) -> None:
        assert dataset.image_shape is not None
        rows, columns = self.shape = dataset.image_shape
        some = dataset.inputs[:_LOOKED_AT]
        self.is_bitmap = rows * columns <= _MOST_PIXELS and bool(np.isin(some, (0, 1)).all())
        self._zoom = 1 if self.is_bitmap else max(1, _FINE // max(rows, columns))
        self._fitted = FITTED.get(dataset.name)
        is_bytes = dataset.inputs.dtype.kind == "u"
        self._levels = round(1 / dataset.input_unit) if is_bytes else _GREYS
        self._step = 1.0 if is_bytes else 1 / _GREYS
        self.ink: Ink = np.zeros((rows * self._zoom, columns * self._zoom), np.float32)
        self._before: list[Ink] = []
        self._at, self._inks = (0.0, 0.0), True

    @property
    def is_touched(self) -> bool:
        """Whether anything has been drawn that could be taken back."""
        return bool(self._before)

    def load(self, inputs: FloatArray) -> None:
        """Begin with a sample's picture, in the data's own units; only a bitmap can be gone on."""
        self._before.clear()
        self.ink = np.zeros_like(self.ink)
        if self.is_bitmap:
            self.ink[...] = inputs.reshape(self.shape)

    def press(self, at: Place, erases: bool = False) -> None:
        """Begin a stroke; a pixel of a bitmap is turned on, or off where it is on."""
        self._keep()
        across, down = (int(part) for part in at)
        inside = 0 <= across < self.shape[1] and 0 <= down < self.shape[0]
        is_on = self.is_bitmap and inside and bool(self.ink[down, across])
        self._at, self._inks = at, not erases and not is_on
        self.move(at)

    def move(self, to: Place) -> None:
        """Go on with the stroke, straight to a place."""
        start, self._at = self._at, to
        if self.is_bitmap:
            steps = 4 * int(max(abs(to[0] - start[0]), abs(to[1] - start[1]))) + 2
            way = np.floor(np.linspace(start, to, steps)).astype(int)
            across, down = way[((way >= 0) & (way < self.shape[::-1])).all(axis=1)].T
            self.ink[down, across] = self._inks
        else:
            self._brush(np.array(start) * self._zoom, np.array(to) * self._zoom)

    def undo(self) -> None:
        """Take the last stroke back, or the clearing."""
        if self._before:
            self.ink = self._before.pop()

    def clear(self) -> None:
        """Take all ink away."""
        self._keep()
        self.ink = np.zeros_like(self.ink)

    def inputs(self) -> tuple[float, ...] | None:
        """Return a sample's inputs in the data's own units; None of an empty pad for grey ones."""
        if self.is_bitmap:
            grey = self.ink
        elif self.ink.max() <= _FAINT:
            return None
        elif self._fitted is None:
            grey = averaged(self.ink, self.shape)
        else:
            grey = fitted(self.ink, self._fitted, self.shape)
        values: list[float] = (np.rint(grey * self._levels) * self._step).ravel().tolist()
        return tuple(values)

    def _keep(self) -> None:
        self._before = [*self._before[1 - _UNDONE :], self.ink.copy()]

    def _brush(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> None:
        """Draw a line with round ends between two points of the raster, each across and down."""
        radius = _BRUSH * max(self.ink.shape)
        low = np.clip(np.minimum(start, end) - radius, 0, self.ink.shape[::-1]).astype(int)
        high = np.clip(np.maximum(start, end) + radius + 1, 0, self.ink.shape[::-1]).astype(int)
        (left, top), (right, bottom) = low, high
        x = np.arange(left, right) + 0.5 - start[0]
        y = np.arange(top, bottom)[:, np.newaxis] + 0.5 - start[1]
        across, down = end - start
        along = (x * across + y * down) / ((across**2 + down**2) or 1.0)
        share = np.clip(along, 0.0, 1.0)
        distance = np.hypot(x - share * across, y - share * down)
        ink = np.clip(2.0 - 2.0 * distance / radius, 0.0, 1.0)
        part = self.ink[top:bottom, left:right]
        part[...] = np.maximum(part, ink) if self._inks else np.minimum(part, 1.0 - ink)


def fitted(ink: FloatArray, longest: int, shape: tuple[int, int]) -> FloatArray:
    """Return a drawing as MNIST's are: scaled, and its centre of mass in the picture's middle.

    Parameters
    ----------
    ink
        From 0 to 1, shape (rows, columns); not empty.
    longest
        Pixels of what was drawn on its longer side; the other keeps its ratio.
    shape
        Rows and columns of the result, out of which nothing is moved.
    """
    rows, columns = (np.flatnonzero((ink > _FAINT).any(axis=axis)) for axis in (1, 0))
    drawn = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = longest / max(drawn.shape)
    down, across = (max(1, round(scale * side)) for side in drawn.shape)
    small = averaged(drawn, (down, across))
    top, left = (
        int(
            np.clip(
                round(side / 2 - small.sum(axis=1 - axis) @ np.arange(own) / small.sum()),
                0,
                side - own,
            )
        )
        for axis, (side, own) in enumerate(zip(shape, small.shape, strict=True))
    )
    picture = np.zeros(shape)
    picture[top : top + down, left : left + across] = small
    return picture


def averaged(picture: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """Return a picture with other numbers of rows and columns, each pixel the mean of its area."""
    down, across = (_areas(*sides) for sides in zip(picture.shape, shape, strict=True))
    return np.asarray(down @ picture @ across.T)


def _areas(many: int, few: int) -> FloatArray:
    """Return how much of each of `few` equal parts lies in each of `many`: rows add up to 1."""
    ends = np.linspace(0, many, few + 1)[:, np.newaxis]
    pixels = np.arange(many)
    shared = np.minimum(ends[1:], pixels + 1) - np.maximum(ends[:-1], pixels)
    return np.asarray(np.clip(shared, 0.0, None) * few / many)
