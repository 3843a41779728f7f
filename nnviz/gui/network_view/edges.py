"""Edges: which weights are drawn, how strong they look, and which of them is under the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network_view.columns import Column
from nnviz.gui.network_view.layout import Layout
from nnviz.gui.network_view.segments import curve_points

SMOOTH_AT_MOST = 300
"""Edges drawn as smooth curves; more are straight, and smooth only when the picture rests."""

MOVING_AT_MOST = 1500
RESTING_AT_MOST = 3000
"""Edges drawn at all while the network learns, and when the picture rests."""

LEVELS = 16
_CURVE_STEPS = np.linspace(0.0, 1.0, 17)


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges between the neurons shown: their places never change between two layouts.

    Parameters
    ----------
    lines
        From source to target, shape (edges, 4): x, y, x, y.
    layer
        Index of the weight matrix each belongs to, shape (edges,).
    target, source
        Row and column in that matrix, shape (edges,).
    total
        Number of weights the network has, those between neurons not shown included.
    """

    lines: FloatArray
    layer: NDArray[np.intp]
    target: NDArray[np.intp]
    source: NDArray[np.intp]
    total: int
    blocks: tuple[tuple[NDArray[np.intp], NDArray[np.intp]], ...]

    def __len__(self) -> int:
        return len(self.layer)

    @property
    def curved(self) -> bool:
        """Whether there are few enough for curves."""
        return len(self) <= SMOOTH_AT_MOST

    def strengths(self, weights: Sequence[FloatArray]) -> FloatArray:
        """Return every edge's weight relative to its layer's largest, from −1 to 1."""
        parts = []
        for matrix, (targets, sources) in zip(weights, self.blocks, strict=True):
            largest = float(np.abs(matrix).max(initial=0.0)) or 1.0
            parts.append(matrix[np.ix_(targets, sources)].ravel() / largest)
        return np.concatenate(parts).astype(np.float64, copy=False)

    def touching(self, layer: int, unit: int) -> NDArray[np.bool_]:
        """Return which edges end or start at a neuron; its layer counts inputs as 0."""
        arriving = (self.layer == layer - 1) & (self.target == unit)
        leaving = (self.layer == layer) & (self.source == unit)
        return np.asarray(arriving | leaving)

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
    """Return all edges between the neurons a layout shows, where each weight has a line."""
    pairs = list(zip(layout.columns[:-1], layout.columns[1:], strict=True))
    lines = [_lines(source, target) for source, target in pairs]
    ends = [_ends(source, target) for source, target in pairs]
    grids = [np.meshgrid(targets, sources, indexing="ij") for targets, sources in ends]
    counts = [len(part) for part in lines]
    return Edges(
        np.concatenate(lines),
        np.repeat(np.arange(len(pairs)), counts),
        np.concatenate([targets.ravel() for targets, _ in grids]),
        np.concatenate([sources.ravel() for _, sources in grids]),
        sum(source.units * target.units for source, target in pairs if target.weighted),
        tuple(ends),
    )


def strongest(strengths: FloatArray, most: int) -> NDArray[np.intp]:
    """Return indices of the `most` strongest edges, in groups of `bucket`, weak ones first."""
    index = np.arange(len(strengths))
    if len(strengths) > most:
        index = np.argpartition(np.abs(strengths), -most)[-most:]
    return np.asarray(index[np.argsort(bucket(strengths[index]), kind="stable")])


def bucket(strengths: FloatArray) -> NDArray[np.intp]:
    """Return which pen draws each edge: twice its level of strength, plus one if negative."""
    level = np.minimum(np.nan_to_num(np.abs(strengths)) * LEVELS, LEVELS - 1).astype(np.intp)
    return np.asarray(2 * level + (strengths < 0))


def _ends(source: Column, target: Column) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which rows and columns of a layer's weights are drawn."""
    nothing = np.empty(0, dtype=np.intp)
    return (target.shown, source.shown) if target.weighted else (nothing, nothing)


def _lines(source: Column, target: Column) -> FloatArray:
    """Return lines from right sides to left sides, target by target, shape (edges, 4)."""
    if not target.weighted:
        return np.empty((0, 4))
    start = source.ports
    end = target.points - (target.size / 2, 0.0)
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
