"""Edges: which weights are drawn, how strong they look, and which of them is under the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network.column import Column, Unit
from nnviz.gui.network.curves import curve_points
from nnviz.gui.network.layout import Layout
from nnviz.gui.network.sample_activations import SampleActivations

SMOOTH_AT_MOST = 300
"""Edges drawn as smooth curves; more are straight, and smooth only when the picture rests."""

LEVELS = 16
_CURVE_STEPS = np.linspace(0.0, 1.0, 17)

Index = NDArray[np.intp]


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
    layer: Index
    target: Index
    source: Index
    total: int
    blocks: tuple[tuple[slice, slice], ...]
    curved: bool

    def __len__(self) -> int:
        return len(self.layer)

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
    parts = [
        matrix[targets, sources].ravel() / (largest or 1.0)
        for matrix, largest, (targets, sources) in zip(
            activations.weights, activations.largest, edges.blocks, strict=True
        )
    ]
    return WeightedEdges(edges, np.concatenate(parts).astype(np.float64, copy=False))


def strongest(strengths: FloatArray, most: int) -> Index:
    """Return indices of the `most` strongest edges, in groups of `pen_index`, weak ones first."""
    index = np.arange(len(strengths))
    if len(strengths) > most:
        index = np.argpartition(np.abs(strengths), -most)[-most:]
    return np.asarray(index[np.argsort(pen_index(strengths[index]), kind="stable")])


def pen_index(strengths: FloatArray) -> Index:
    """Return which pen draws each edge: twice its level of strength, plus one if negative."""
    # fmax takes the zero where a strength is not a number.
    level = np.fmin(np.fmax(np.abs(strengths) * LEVELS, 0.0), LEVELS - 1).astype(np.intp)
    return np.asarray(2 * level + (strengths < 0))


def all_edges(layout: Layout) -> Edges:
    """Return all edges between the neurons a layout shows, where each weight has a line.

    A layer that is expanded may have too many: only those of one neuron are drawn there.
    """
    pairs = list(pairwise(layout.columns))
    counts = [source.shown.size * target.shown.size * target.weighted for source, target in pairs]
    few = sum(counts) <= SMOOTH_AT_MOST
    grown = layout.expanded_layer
    return _edges(
        [
            _Pair(source, target)
            if target.weighted and (few or grown not in (source.layer, target.layer))
            else _Pair(source, target, _NONE, _NONE)
            for source, target in pairs
        ]
    )


def own_edges(layout: Layout, unit: Unit, curved: bool, from_image: bool) -> Edges:
    """Return the edges that end or start at one neuron, as far as their other ends are shown.

    Parameters
    ----------
    layout, unit
        The picture and the neuron.
    curved
        Whether they may be curves.
    from_image
        Whether weights that take the pixels of an image have lines too.
    """
    layer, number = unit
    row = layout.columns[layer].position(number)
    here = _NONE if row is None else np.array([row], dtype=np.intp)
    pairs = []
    for source, target in pairwise(layout.columns):
        arrives = target.layer == layer and (from_image or source.kind != "image")
        if arrives and target.weighted:
            pairs.append(_Pair(source, target, targets=here))
        elif source.layer == layer and target.weighted:
            pairs.append(_Pair(source, target, sources=here))
        else:
            pairs.append(_Pair(source, target, _NONE, _NONE))
    return _edges(pairs, curved)


def weight_count(layout: Layout, layer: int) -> int:
    """Return how many weights a neuron of a layer has, incoming and outgoing."""
    columns = layout.columns
    incoming = columns[layer - 1].units if columns[layer].weighted else 0
    after = columns[layer + 1 : layer + 2]
    return incoming + sum(column.units for column in after if column.weighted)


_NONE: Index = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two columns, and which of their points have edges between them; None for all."""

    before: Column
    after: Column
    targets: Index | None = None
    sources: Index | None = None

    @property
    def rows(self) -> tuple[Index, Index]:
        """Places of the targets and of the sources."""
        targets = np.arange(len(self.after.points)) if self.targets is None else self.targets
        sources = np.arange(len(self.before.points)) if self.sources is None else self.sources
        return targets, sources


def _edges(pairs: Sequence[_Pair], curved: bool = True) -> Edges:
    grids = [np.meshgrid(*pair.rows, indexing="ij") for pair in pairs]
    counts = [grid[0].size for grid in grids]
    joined = list(zip(pairs, grids, strict=True))
    return Edges(
        np.concatenate([_lines(pair) for pair in pairs]),
        np.repeat(np.arange(len(pairs)), counts),
        np.concatenate([pair.after.shown[grid[0].ravel()] for pair, grid in joined]),
        np.concatenate([pair.before.shown[grid[1].ravel()] for pair, grid in joined]),
        sum(p.before.units * p.after.units for p in pairs if p.after.weighted),
        tuple(_block(pair) for pair in pairs),
        curved and sum(counts) <= SMOOTH_AT_MOST,
    )


def _block(pair: _Pair) -> tuple[slice, slice]:
    """Return the part of the weights that is drawn; what a column shows is without gaps."""
    targets, sources = pair.rows
    return _span(pair.after.shown[targets]), _span(pair.before.shown[sources])


def _span(units: Index) -> slice:
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
    dx, dy = np.diff(along), np.diff(across)
    px, py = x - along[:, :-1], y - across[:, :-1]
    share = np.clip((px * dx + py * dy) / np.maximum(dx * dx + dy * dy, 1e-12), 0.0, 1.0)
    return np.asarray(np.hypot(px - share * dx, py - share * dy).min(axis=1))
