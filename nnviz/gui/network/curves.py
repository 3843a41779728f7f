"""Curves cut into short straight pieces, which Qt draws five times faster than paths.

A solid curve is a chain of pieces; a dashed one has a piece for every dash. Both are cut once for a
layout and then only picked from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray

PIECES = 24
"""Pieces of a solid curve."""

DASH, GAP = 8.0, 4.5
_FINE = 65
_OVERLAP = 0.35  # of a unit that pieces reach into each other, so that no seam shows


@dataclass(frozen=True, eq=False)
class Curves:
    """Pieces of all curves, shape (pieces, 4): each curve once solid and once dashed.

    Where a curve's begin and how many there are have the shape (2, curves): solid and dashed.
    """

    pieces: FloatArray
    first: NDArray[np.intp]
    count: NDArray[np.intp]

    def of(
        self, index: NDArray[np.intp], dashed: NDArray[np.bool_]
    ) -> tuple[FloatArray, NDArray[np.intp]]:
        """Return the pieces of some curves in their order, and how many each has.

        `index` says which, `dashed` which of those are dashed, both of shape (curves,).
        """
        kind = dashed.astype(np.intp)
        counts, firsts = self.count[kind, index], self.first[kind, index]
        before = np.cumsum(counts) - counts
        rows = np.repeat(firsts - before, counts) + np.arange(counts.sum())
        return self.pieces[rows], counts


def curve_points(lines: FloatArray, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return points of curves that leave and arrive level: cubics with handles halfway.

    From ends of shape (curves, 4) and parameters from 0 to 1 of shape (points,) come x and y of
    shape (curves, points).
    """
    x0, y0, x1, y1 = (lines[:, i, np.newaxis] for i in range(4))
    along = 1.5 * share * (1 - share) + share**3
    across = 3 * share**2 - 2 * share**3
    return x0 + (x1 - x0) * along, y0 + (y1 - y0) * across


def cut(lines: FloatArray) -> Curves:
    """Return the pieces of curves between these ends, shape (edges, 4)."""
    solid = _solid(lines)
    dashes = _dashes(lines)
    edges = len(lines)
    counts = np.array([[PIECES] * edges, [len(part) for part in dashes]], dtype=np.intp)
    first = (np.cumsum(counts.ravel()) - counts.ravel()).reshape(2, edges)
    return Curves(np.concatenate([solid.reshape(-1, 4), *dashes]), first, counts)


def _solid(lines: FloatArray) -> FloatArray:
    """Return shape (edges, PIECES, 4)."""
    x, y = curve_points(lines, np.linspace(0.0, 1.0, PIECES + 1))
    pieces = np.stack([x[:, :-1], y[:, :-1], x[:, 1:], y[:, 1:]], axis=2)
    ahead = pieces[..., 2:] - pieces[..., :2]
    ahead *= _OVERLAP / np.maximum(np.linalg.norm(ahead, axis=2, keepdims=True), 1e-9)
    pieces[..., 2:] += ahead
    pieces[..., :2] -= ahead
    return np.asarray(pieces)


def _dashes(lines: FloatArray) -> list[FloatArray]:
    """Return every edge's dashes, shape (dashes, 4) each, even along the curve."""
    x, y = curve_points(lines, np.linspace(0.0, 1.0, _FINE))
    steps = np.hypot(np.diff(x), np.diff(y))
    far = np.concatenate([np.zeros((len(lines), 1)), np.cumsum(steps, axis=1)], axis=1)
    return [_dashes_along(*curve) for curve in zip(x, y, far, strict=True)]


def _dashes_along(x: FloatArray, y: FloatArray, far: FloatArray) -> FloatArray:
    start = np.arange(0.0, max(float(far[-1]), DASH), DASH + GAP)
    end = start + DASH
    return np.column_stack(
        [np.interp(place, far, axis) for place in (start, end) for axis in (x, y)]
    )
