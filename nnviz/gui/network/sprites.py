"""What is drawn many times over, in other colours at every moment: in one call, on a screen.

A disc is painted once for each of its colours, and all discs of a column are copied from there;
all pictures of a column are one image that NumPy writes. On paper each is drawn as it is.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap, QTransform

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.in_place import first_of
from nnviz.gui.look.theme import Theme
from nnviz.gui.widgets.pixels import paint_pixels, to_pixels

SHADES = 80  # of either sign
_LARGEST = 100  # pixels: larger ones are few
_MOST_PIXELS = 1 << 20  # of a column's pictures: what is larger reaches far out of the window
_KEPT = 24  # rows of all colours
_PLACE, _SOURCE, _SIZE, _SCALE, _OPACITY = slice(0, 2), 2, slice(4, 6), slice(6, 8), 9
"""Where Qt has them among the ten numbers of a fragment."""


class Stamp(Protocol):
    """What is drawn for a value from −1 to 1; equal ones look alike."""

    @property
    def reach(self) -> float:
        """How far it reaches around its middle, in units of the layout."""

    def paint(self, painter: QPainter, at: QPointF, value: float) -> None:
        """Draw it around a point."""


class Sprites:
    """Draws stamps and pictures, from copies where `ratio` tells a screen's pixels for a unit."""

    def __init__(self) -> None:
        self.ratio: float | None = None
        """Pixels for a unit of the painter without its transform; None on paper."""
        self._rows: dict[Hashable, QPixmap] = {}
        self._prints: dict[Hashable, _Prints] = {}
        self._mosaics: dict[Hashable, _Mosaic | None] = {}

    def forget(self) -> None:
        """Forget where stamps and pictures were, and in which theme."""
        self._prints.clear()
        self._mosaics.clear()

    def stamps(
        self,
        painter: QPainter,
        camera: QTransform,
        key: Hashable,
        stamp: Stamp,
        centers: FloatArray,
        values: FloatArray,
    ) -> None:
        """Draw a stamp around each of some centres, shape (stamps, 2), for its value.

        Painter and centres are in units of the layout, which `camera` brings to the screen. Of a
        `key`, stamp and centres are the same until `forget`; None stands for any.
        """
        values = np.fmin(np.fmax(values, -1.0), 1.0)  # -1 of what is no number
        scale = camera.m11() * (self.ratio or 1.0)
        side = 2 * math.ceil(stamp.reach * scale) + 2
        if self.ratio is None or side > _LARGEST:
            for (x, y), value in zip(centers.tolist(), values.tolist(), strict=True):
                stamp.paint(painter, QPointF(x, y), value)
            return
        prints = self._prints.get(key)
        if prints is None:
            at = centers * scale + np.multiply((camera.dx(), camera.dy()), self.ratio)
            row = self._row_of(stamp, scale, side)
            prints = _Prints(row, side, np.rint(at) / self.ratio, 1 / self.ratio)
            if key is not None:
                self._prints[key] = prints
        painter.setWorldMatrixEnabled(False)
        prints.draw(painter, values)
        painter.setWorldMatrixEnabled(True)

    def _row_of(self, stamp: Stamp, scale: float, side: int) -> QPixmap:
        """Return a stamp in all its colours, beside one another in squares of `side` pixels."""
        if (stamp, scale) not in self._rows:
            if len(self._rows) >= _KEPT:
                self._rows.clear()
            row = self._rows[stamp, scale] = QPixmap((2 * SHADES + 1) * side, side)
            row.fill(Qt.GlobalColor.transparent)
            painter = QPainter(row)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(scale, scale)
            for i in range(2 * SHADES + 1):
                middle = QPointF(i + 0.5, 0.5) * (side / scale)
                stamp.paint(painter, middle, i / SHADES - 1.0)
            painter.end()
        return self._rows[stamp, scale]

    def pictures(
        self,
        painter: QPainter,
        theme: Theme,
        camera: QTransform,
        key: Hashable,
        rects: list[QRectF],
        strengths: NDArray[Any],
        smooth: bool = False,
    ) -> None:
        """Draw what `paint_pixels` does; of a `key` the places are the same until `forget`."""
        mosaic = None
        if self.ratio is not None and not (smooth and np.isnan(strengths).any()):
            grid = None if smooth else strengths.shape[1:3]
            key = key, grid, len(rects)
            if key not in self._mosaics:
                self._mosaics[key] = _mosaic(rects, grid, camera, self.ratio)
            mosaic = self._mosaics[key]
        if mosaic is None:
            paint_pixels(painter, theme, rects, strengths, smooth)
            return
        painter.setWorldMatrixEnabled(False)
        painter.drawImage(mosaic.at, mosaic.image(theme, strengths, smooth))
        painter.setWorldMatrixEnabled(True)


class _Prints:
    """Where a stamp is drawn: a fragment of its row for each place, shape (places, 2)."""

    def __init__(self, row: QPixmap, side: int, places: FloatArray, scale: float) -> None:
        self._row, self._side = row, side
        self._fragments = np.zeros((len(places), 10))
        self._fragments[:, _PLACE], self._fragments[:, _SIZE] = places, side
        self._fragments[:, _SCALE], self._fragments[:, _OPACITY] = scale, 1.0
        self._first = first_of(self._fragments, QPainter.PixmapFragment)

    def draw(self, painter: QPainter, values: FloatArray) -> None:
        """Draw the stamps of values from −1 to 1, in pixels of the screen."""
        # What is not 0 is not of its colour either, however small: biases have a sign.
        size = np.abs(values)
        shade = np.copysign(np.maximum(np.rint(size * SHADES), size > 0), values)
        self._fragments[:, _SOURCE] = (shade + SHADES) * self._side
        painter.drawPixmapFragments(self._first, len(self._fragments), self._row)


class _Mosaic:
    """Pictures of one size as one image: which of their pixels each of its own shows."""

    def __init__(
        self, index: NDArray[np.intp], size: tuple[int, int], count: int, at: QPointF, ratio: float
    ) -> None:
        high, wide = index.shape
        self.at = at
        self._index, self._size = index, size
        self._colors = np.zeros(count + 1, np.uint32)  # the last: nothing is there
        self._pixels = np.empty(index.shape, np.uint32)
        kind = QImage.Format.Format_ARGB32_Premultiplied
        self._image = QImage(self._pixels.data, wide, high, 4 * wide, kind)
        self._image.setDevicePixelRatio(ratio)
        self._shown: NDArray[Any] | None = None

    def image(self, theme: Theme, strengths: NDArray[Any], smooth: bool) -> QImage:
        """Return the image of some pictures; the next one takes its place.

        The theme is always the same. Inputs are, too, as long as nobody looks at another sample.
        """
        if self._shown is None or not np.array_equal(self._shown, strengths):
            pictures = self._stretched(strengths) if smooth else strengths
            self._colors[:-1] = to_pixels(theme, pictures).ravel()
            self._colors.take(self._index, out=self._pixels, mode="clip")
            self._shown = strengths
        return self._image

    def _stretched(self, strengths: NDArray[Any]) -> NDArray[np.float32]:
        """Return pictures as large as they are on the screen, smoothly."""
        down, across = (_between(*n) for n in zip(self._size, strengths.shape[1:3], strict=True))
        return np.asarray(down @ strengths.clip(-1.0, 1.0).astype(np.float32) @ across.T)


def _mosaic(
    rects: list[QRectF], grid: tuple[int, ...] | None, camera: QTransform, ratio: float
) -> _Mosaic | None:
    """Return the image of pictures of so many rows and columns, as many as pixels if None.

    None where it is too large.
    """
    seen = [camera.mapRect(rect) for rect in rects]
    # Each edge is where its frame is: of pictures as large, one may have a pixel more across.
    edges = ratio * np.array([(o.left(), o.top(), o.right(), o.bottom()) for o in seen])
    starts, ends = np.split(np.rint(edges).astype(int), 2, axis=1)
    ends = np.maximum(ends, starts + 1)
    corner = starts.min(axis=0)
    (left, top), (across, down) = corner.tolist(), (ends.max(axis=0) - corner).tolist()
    if across * down > _MOST_PIXELS:
        return None
    wide, high = (ends - starts).max(axis=0).tolist()
    rows, columns = grid or (high, wide)
    index = np.full((down, across), len(rects) * rows * columns, np.intp)
    spans = zip(edges.tolist(), starts.tolist(), ends.tolist(), strict=True)
    for number, (edge, (x, y), (to_x, to_y)) in enumerate(spans):
        row = _cells(np.arange(y, to_y), edge[1], edge[3], rows)
        column = _cells(np.arange(x, to_x), edge[0], edge[2], columns)
        one = row[:, np.newaxis] * columns + column
        index[y - top : to_y - top, x - left : to_x - left] = one + number * rows * columns
    at, count = QPointF(left / ratio, top / ratio), len(rects) * rows * columns
    return _Mosaic(index, (high, wide), count, at, ratio)


def _cells(pixels: NDArray[np.intp], start: float, end: float, count: int) -> NDArray[np.intp]:
    """Return which of `count` cells from start to end the middle of each pixel is in."""
    places = (pixels + 0.5 - start) * (count / max(end - start, 1e-9))
    return places.clip(0, count - 1).astype(np.intp)


@lru_cache(maxsize=16)
def _between(pixels: int, points: int) -> NDArray[np.float32]:
    """Return how much of each point a pixel has, shape (pixels, points): linear between middles."""
    middles = (np.arange(pixels) + 0.5) * points / pixels - 0.5
    away = np.abs(middles.clip(0.0, points - 1.0)[:, np.newaxis] - np.arange(points))
    return np.asarray((1.0 - away).clip(0.0), np.float32)
