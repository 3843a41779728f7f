"""Edges: which weights are drawn, how strong they look, and which of them is under the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network.columns import Column
from nnviz.gui.network.reading import largest_of
from nnviz.gui.network.segments import curve_points
from nnviz.gui.network.sheet import Layout

SMOOTH_AT_MOST = 300
"""Edges drawn as smooth curves; more are straight, and smooth only when the picture rests."""

LEVELS = 16
_CURVE_STEPS = np.linspace(0.0, 1.0, 17)

Rows = NDArray[np.intp]
"""Places in a column's points."""


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges between neurons shown: their places never change between two layouts.

    Parameters
    ----------
    lines
        From source to target, shape (edges, 4): x, y, x, y.
    layer
        Index of the weight matrix each belongs to, shape (edges,).
    target, source
        Row and column in that matrix, shape (edges,).
    total
        Number of weights there are, those between neurons not shown included.
    blocks
        For each weight matrix its rows and columns that have edges.
    curved
        Whether they are few enough to be curves.
    """

    lines: FloatArray
    layer: NDArray[np.intp]
    target: NDArray[np.intp]
    source: NDArray[np.intp]
    total: int
    blocks: tuple[tuple[slice, slice], ...]
    curved: bool

    def __len__(self) -> int:
        return len(self.layer)

    def strengths(
        self, weights: Sequence[FloatArray], largest: Sequence[float] | None = None
    ) -> FloatArray:
        """Return every edge's weight relative to its layer's largest, from −1 to 1.

        Parameters
        ----------
        weights
            Every layer's matrix.
        largest
            The largest absolute weight in each, where the caller knows it.
        """
        bounds = largest or [largest_of(matrix) for matrix in weights]
        parts = [
            matrix[targets, sources].ravel() / (bound or 1.0)
            for matrix, bound, (targets, sources) in zip(weights, bounds, self.blocks, strict=True)
        ]
        return np.concatenate(parts).astype(np.float64, copy=False)

    def nearest(
        self, x: float, y: float, reach: float, among: NDArray[np.intp] | None = None
    ) -> int | None:
        """Return the edge within `reach` of a point, or None.

        Parameters
        ----------
        x, y, reach
            In units of the layout.
        among
            Indices of the edges that are drawn; None for all.
        """
        index = np.arange(len(self)) if among is None else among
        between = (self.lines[index, 0] <= x) & (x <= self.lines[index, 2])
        index = index[between]
        if not index.size:
            return None
        away = _distances(self.lines[index], x, y, self.curved)
        nearest = int(away.argmin())
        return int(index[nearest]) if away[nearest] <= reach else None


def edges_of(layout: Layout) -> Edges:
    """Return all edges between the neurons a layout shows, where each weight has a line.

    A layer that is opened may have too many: only those of one neuron are drawn there.
    """
    pairs, few = [], sum(_count(*pair) for pair in pairwise(layout.columns)) <= SMOOTH_AT_MOST
    for source, target in pairwise(layout.columns):
        has_lines = target.weighted and (few or source.across == target.across == 1)
        pairs.append(_Pair(source, target) if has_lines else _Pair(source, target, _NONE, _NONE))
    return _edges(pairs)


def _count(source: Column, target: Column) -> int:
    return source.shown.size * target.shown.size if target.weighted else 0


def edges_at(
    layout: Layout, layer: int, unit: int, curved: bool = True, from_image: bool = True
) -> Edges:
    """Return the edges that end or start at one neuron, as far as their other ends are shown.

    Parameters
    ----------
    layout
        Of the picture.
    layer, unit
        The neuron; the inputs are layer 0.
    curved
        Whether they may be curves.
    from_image
        Whether weights that take the pixels of an image have lines too.
    """
    row = layout.columns[layer].position(unit)
    here = _NONE if row is None else np.array([row], dtype=np.intp)
    pairs = []
    for source, target in pairwise(layout.columns):
        if target.layer == layer and target.weighted and (from_image or not source.is_image):
            pairs.append(_Pair(source, target, targets=here))
        elif source.layer == layer and target.weighted:
            pairs.append(_Pair(source, target, sources=here))
        else:
            pairs.append(_Pair(source, target, _NONE, _NONE))
    return _edges(pairs, curved)


def weights_at(layout: Layout, layer: int) -> int:
    """Return how many weights a neuron of a layer has, incoming and outgoing."""
    columns = layout.columns
    incoming = columns[layer - 1].units if columns[layer].weighted else 0
    after = columns[layer + 1] if layer + 1 < len(columns) else None
    return incoming + (after.units if after and after.weighted else 0)


def strongest(strengths: FloatArray, most: int) -> NDArray[np.intp]:
    """Return indices of the `most` strongest edges, in groups of `bucket`, weak ones first."""
    index = np.arange(len(strengths))
    if len(strengths) > most:
        index = np.argpartition(np.abs(strengths), -most)[-most:]
    return np.asarray(index[np.argsort(bucket(strengths[index]), kind="stable")])


def bucket(strengths: FloatArray) -> NDArray[np.intp]:
    """Return which pen draws each edge: twice its level of strength, plus one if negative."""
    # fmax takes the zero where a strength is not a number.
    level = np.fmin(np.fmax(np.abs(strengths) * LEVELS, 0.0), LEVELS - 1).astype(np.intp)
    return np.asarray(2 * level + (strengths < 0))


_NONE: Rows = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two columns, and which of their points have edges between them; None for all."""

    before: Column
    after: Column
    targets: Rows | None = None
    sources: Rows | None = None

    @property
    def rows(self) -> tuple[Rows, Rows]:
        """Places of the targets and of the sources."""
        targets = np.arange(len(self.after.points)) if self.targets is None else self.targets
        sources = np.arange(len(self.before.points)) if self.sources is None else self.sources
        return targets, sources


def _edges(pairs: Sequence[_Pair], curved: bool = True) -> Edges:
    grids = [np.meshgrid(*pair.rows, indexing="ij") for pair in pairs]
    counts = [grid[0].size for grid in grids]
    return Edges(
        np.concatenate([_lines(pair) for pair in pairs]),
        np.repeat(np.arange(len(pairs)), counts),
        _units([p.after for p in pairs], [grid[0] for grid in grids]),
        _units([p.before for p in pairs], [grid[1] for grid in grids]),
        sum(p.before.units * p.after.units for p in pairs if p.after.weighted),
        tuple(_block(pair) for pair in pairs),
        curved and sum(counts) <= SMOOTH_AT_MOST,
    )


def _units(columns: Sequence[Column], rows: Sequence[Rows]) -> NDArray[np.intp]:
    """Return which units stand at these places, all columns after one another."""
    return np.concatenate(
        [column.shown[row.ravel()] for column, row in zip(columns, rows, strict=True)]
    )


def _block(pair: _Pair) -> tuple[slice, slice]:
    """Return the part of the weights that is drawn; what a column shows is without gaps."""
    targets, sources = pair.rows
    return _span(pair.after.shown[targets]), _span(pair.before.shown[sources])


def _span(units: NDArray[np.intp]) -> slice:
    return slice(int(units[0]), int(units[-1]) + 1) if units.size else slice(0, 0)


def _lines(pair: _Pair) -> FloatArray:
    """Return lines from right sides to left sides, target by target, shape (edges, 4)."""
    targets, sources = pair.rows
    if not targets.size or not sources.size:
        return np.empty((0, 4))
    start = pair.before.ports[sources]
    end = pair.after.points[targets] - (pair.after.size / 2, 0.0)
    return np.column_stack([np.tile(start, (len(end), 1)), np.repeat(end, len(start), axis=0)])


def _distances(lines: FloatArray, x: float, y: float, curved: bool) -> FloatArray:
    """Return each edge's distance from a point between its ends, shape (edges,)."""
    if not curved:
        x0, y0, x1, y1 = lines.T
        slope = (y1 - y0) / np.maximum(x1 - x0, 1e-9)
        return np.asarray(np.abs(y0 + slope * (x - x0) - y) / np.hypot(1.0, slope))
    along, across = curve_points(lines, _CURVE_STEPS)
    return np.asarray(_to_polylines(along, across, x, y))


def _to_polylines(along: FloatArray, across: FloatArray, x: float, y: float) -> FloatArray:
    """Return a point's distance from each polyline, given as (lines, points) arrays."""
    dx, dy = np.diff(along), np.diff(across)
    px, py = x - along[:, :-1], y - across[:, :-1]
    share = np.clip((px * dx + py * dy) / np.maximum(dx * dx + dy * dy, 1e-12), 0.0, 1.0)
    return np.asarray(np.hypot(px - share * dx, py - share * dy).min(axis=1))
