"""Edges: which weights are drawn, how strong they look, and which of them is under the mouse.

Curves are cut into short straight pieces, which Qt draws five times faster than paths: a solid one
is a chain of pieces; a dashed one has a piece for every dash. Both are cut once for a layout and
then only picked from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network.column import Unit
from nnviz.gui.network.layout import Layout
from nnviz.gui.network.sample_activations import SampleActivations

SMOOTH_AT_MOST = 300
"""Edges drawn as smooth curves; more are straight, and smooth only when the picture rests."""

PIECES = 24  # pieces of a solid curve
DASH, GAP = 8.0, 4.5
_STEPS, _FINE_STEPS = np.linspace(0.0, 1.0, PIECES + 1), np.linspace(0.0, 1.0, 65)
_OVERLAP = 0.35  # of a unit that pieces reach into each other, so that no seam shows

LEVELS = 16
_ALL, _NONE = slice(None), slice(0, 0)

Index = NDArray[np.intp]
Pens = NDArray[np.uint8]
"""What `pen_index` returns; edges are drawn in the order of their pens."""


@dataclass(frozen=True, eq=False)
class Curves:
    """Pieces of all curves, shape (pieces, 4): each curve once solid and once dashed.

    Where a curve's begin and how many there are have the shape (2, curves): solid and dashed.
    """

    pieces: FloatArray
    first: Index
    count: Index

    def of(self, index: Index, dashed: NDArray[np.integer]) -> tuple[FloatArray, Index]:
        """Return the pieces of some curves in their order, and how many each has.

        `index` says which, `dashed` is 1 for those that are dashed: both have the shape (curves,).
        """
        counts, firsts = self.count[dashed, index], self.first[dashed, index]
        before = np.cumsum(counts) - counts
        rows = np.repeat(firsts - before, counts) + np.arange(counts.sum())
        return self.pieces[rows], counts


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges between neurons shown: their places never change between two layouts.

    Parameters
    ----------
    lines
        From source to target, shape (edges, 4): x, y, x, y.
    blocks
        For each weight matrix its rows and columns that have edges, in the order of the lines.
    total
        Number of weights there are, those between neurons not shown included.
    curved
        Whether they are few enough to be curves.
    """

    lines: FloatArray
    blocks: Sequence[tuple[range, range]]
    total: int
    curved: bool

    def __len__(self) -> int:
        return len(self.lines)

    def weight_of(self, edge: int) -> tuple[int, int, int]:
        """Return the weight matrix an edge belongs to, and its row and column there."""
        layer = 0
        while edge >= len(self.blocks[layer][0]) * len(self.blocks[layer][1]):
            edge -= len(self.blocks[layer][0]) * len(self.blocks[layer][1])
            layer += 1
        rows, columns = self.blocks[layer]
        return layer, rows[edge // len(columns)], columns[edge % len(columns)]

    def edge_of(self, layer: int, row: int, column: int) -> int | None:
        """Return the edge of a weight, or None where it has none."""
        before = sum(len(rows) * len(columns) for rows, columns in self.blocks[:layer])
        rows, columns = self.blocks[layer]
        if row not in rows or column not in columns:
            return None
        return before + rows.index(row) * len(columns) + columns.index(column)

    @cached_property
    def curves(self) -> Curves:
        """The pieces that they are drawn in, if they are curves."""
        return cut(self.lines)

    def nearest(self, x: float, y: float, reach: float, among: Index) -> int | None:
        """Return which edge is within `reach` of a point, of those drawn, or None."""
        between = (self.lines[among, 0] <= x) & (x <= self.lines[among, 2])
        index = among[between]
        if not index.size:
            return None
        away = _distances(self.lines[index], x, y, self.curved)
        nearest = int(away.argmin())
        return int(index[nearest]) if away[nearest] <= reach else None

    def inside(self, left: float, top: float, right: float, bottom: float) -> Index:
        """Return which edges cross a part of the layout."""
        x0, y0, x1, y1 = self.lines.T
        across = (x1 > left) & (x0 < right)
        return np.flatnonzero(across & (np.maximum(y0, y1) > top) & (np.minimum(y0, y1) < bottom))


@dataclass(frozen=True, eq=False)
class WeightedEdges:
    """Edges and how strong each is, from −1 to 1, shape (edges,)."""

    edges: Edges
    strengths: FloatArray


def weigh(edges: Edges, activations: SampleActivations | None) -> WeightedEdges:
    """Return edges with every weight relative to the largest of its layer; 0 without a moment."""
    if activations is None:
        return WeightedEdges(edges, np.zeros(len(edges)))
    layers = enumerate(zip(activations.weights, edges.blocks, strict=True))
    parts = [
        matrix[rows.start : rows.stop, columns.start : columns.stop].ravel()
        / (activations.largest(layer) or 1.0)
        for layer, (matrix, (rows, columns)) in layers
        if rows and columns
    ]
    return WeightedEdges(edges, np.concatenate(parts) if parts else np.zeros(0))


def strongest(strengths: FloatArray, most: int) -> tuple[Index, Pens]:
    """Return indices of the `most` strongest edges, weak ones first, and the pen of each."""
    index = np.arange(len(strengths))
    if len(strengths) > most:
        index = np.argpartition(np.abs(strengths), -most)[-most:]
    pens = pen_index(strengths[index])
    order = np.argsort(pens, kind="stable")
    return index[order], pens[order]


def pen_index(strengths: FloatArray) -> Pens:
    """Return which pen draws each edge: twice its level of strength, plus one if negative."""
    # fmax takes the zero where a strength is not a number.
    level = np.fmin(np.fmax(np.abs(strengths) * LEVELS, 0.0), LEVELS - 1).astype(np.uint8)
    return np.asarray(2 * level + (strengths < 0), np.uint8)


def all_edges(layout: Layout) -> Edges:
    """Return all edges between the neurons a layout shows, where each weight has a line.

    A layer that is expanded may have too many: only those of one neuron are drawn there.
    """
    pairs = list(pairwise(layout.columns))
    counts = [len(source.shown) * len(target.shown) * target.weighted for source, target in pairs]
    few = sum(counts) <= SMOOTH_AT_MOST
    grown = layout.expanded_layer
    shown = [few or grown not in (source.layer, target.layer) for source, target in pairs]
    total = sum(source.units * target.units for source, target in pairs if target.weighted)
    return _edges(layout, [(_ALL, _ALL) if has else (_NONE, _NONE) for has in shown], total, True)


@lru_cache(maxsize=4)
def own_edges(layout: Layout, unit: Unit, curved: bool, from_image: bool) -> Edges:
    """Return the edges that end or start at one neuron, as far as their other ends are shown.

    They may be `curved`; weights that take the pixels of an image have lines only `from_image`.
    """
    layer, number = unit
    row = layout.columns[layer].position(number)
    here = _NONE if row is None else slice(row, row + 1)
    parts, total = [], 0
    for source, target in pairwise(layout.columns):
        arrives = target.layer == layer and (from_image or source.kind != "image")
        leaves = source.layer == layer
        parts.append((here, _ALL) if arrives else (_ALL, here) if leaves else (_NONE, _NONE))
        if target.weighted and (arrives or leaves):
            total += source.units if arrives else target.units
    return _edges(layout, parts, total, curved)


def _edges(layout: Layout, parts: Sequence[tuple[slice, slice]], total: int, may: bool) -> Edges:
    """Return the edges between these places of the targets and of the sources of each layer."""
    lines, blocks = [], []
    for (source, target), part in zip(pairwise(layout.columns), parts, strict=True):
        of_targets, of_sources = part if target.weighted else (_NONE, _NONE)
        start = source.ports[of_sources]
        end = target.points[of_targets] - (target.size / 2, 0.0)
        ends = np.tile(start, (len(end), 1)), np.repeat(end, len(start), axis=0)
        lines.append(np.column_stack(ends))
        blocks.append((target.shown[of_targets], source.shown[of_sources]))
    curved = may and sum(map(len, lines)) <= SMOOTH_AT_MOST
    return Edges(np.concatenate(lines), blocks, total, curved)


def _distances(lines: FloatArray, x: float, y: float, curved: bool) -> FloatArray:
    """Return each edge's distance from a point between its ends, shape (edges,)."""
    along, across = lines[:, ::2], lines[:, 1::2]
    if curved:
        along, across = curve_points(lines, _STEPS)
    dx, dy = np.diff(along), np.diff(across)
    px, py = x - along[:, :-1], y - across[:, :-1]
    share = np.clip((px * dx + py * dy) / np.maximum(dx * dx + dy * dy, 1e-12), 0.0, 1.0)
    return np.asarray(np.hypot(px - share * dx, py - share * dy).min(axis=1))


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
    dashes = _dashes(lines)
    counts = np.array([[PIECES] * len(lines), [len(part) for part in dashes]], dtype=np.intp)
    first = (np.cumsum(counts) - counts.ravel()).reshape(counts.shape)
    return Curves(np.concatenate([_solid(lines).reshape(-1, 4), *dashes]), first, counts)


def _solid(lines: FloatArray) -> FloatArray:
    """Return shape (edges, PIECES, 4)."""
    x, y = curve_points(lines, _STEPS)
    pieces = np.stack([x[:, :-1], y[:, :-1], x[:, 1:], y[:, 1:]], axis=2)
    ahead = pieces[..., 2:] - pieces[..., :2]
    ahead *= _OVERLAP / np.maximum(np.linalg.norm(ahead, axis=2, keepdims=True), 1e-9)
    pieces[..., 2:] += ahead
    pieces[..., :2] -= ahead
    return np.asarray(pieces)


def _dashes(lines: FloatArray) -> list[FloatArray]:
    """Return every edge's dashes, shape (dashes, 4) each, even along the curve."""
    x, y = curve_points(lines, _FINE_STEPS)
    steps = np.hypot(np.diff(x), np.diff(y))
    far = np.concatenate([np.zeros((len(lines), 1)), np.cumsum(steps, axis=1)], axis=1)
    dashes = []
    for along, *axes in zip(far, x, y, strict=True):
        start = np.arange(0.0, max(float(along[-1]), DASH), DASH + GAP)
        ends = [np.interp(at, along, axis) for at in (start, start + DASH) for axis in axes]
        dashes.append(np.column_stack(ends))
    return dashes
