"""Where a card lies that stays: where it hides least. No Qt in here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnviz.engine.arrays import FloatArray

Spot = tuple[float, float]
"""Left and top."""

_EDGE = 8.0
_BESIDE = 36.0
_NODE_COUNTS = 6.0
_ANCHOR_COUNTS = 200.0


def quietest(
    size: tuple[float, float],
    room: tuple[float, float],
    anchor: Spot,
    nodes: FloatArray,
    lines: FloatArray,
) -> tuple[Spot, float]:
    """Return the upper left corner for a card, and how much it hides there: 0 for nothing.

    Parameters
    ----------
    size
        Of the card.
    room
        Of the picture.
    anchor
        Centre of the neuron it speaks of.
    nodes
        Centres of what should not be hidden, shape (nodes, 2).
    lines
        Ends of edges that should not be hidden either, shape (edges, 4).
    """
    along = np.linspace(0.1, 0.9, 9)[:, np.newaxis, np.newaxis]
    passed = (lines[:, :2] * (1 - along) + lines[:, 2:] * along).reshape(-1, 2)

    def hidden(spot: Spot) -> float:
        from_nodes, from_lines = (_inside(points, spot, size) for points in (nodes, passed))
        itself = _inside(np.array([anchor]), spot, size)
        return _NODE_COUNTS * from_nodes + from_lines / 9.0 + _ANCHOR_COUNTS * itself

    best = min(_spots(size, room, anchor), key=hidden)
    return best, hidden(best)


def _inside(points: FloatArray, corner: Spot, size: tuple[float, float]) -> int:
    away = points - corner
    return int(((away >= -_EDGE) & (away <= np.add(size, _EDGE))).all(axis=1).sum())


def _spots(size: tuple[float, float], room: tuple[float, float], anchor: Spot) -> Sequence[Spot]:
    """Return where it may lie: beside the neuron first, then along the picture's sides."""
    rightmost = max(room[0] - size[0] - _EDGE, _EDGE)
    lowest = max(room[1] - size[1] - _EDGE, _EDGE)
    beside = [
        (x, y)
        for y in (anchor[1] + _BESIDE, anchor[1] - _BESIDE - size[1], anchor[1] - size[1] / 2)
        for x in (anchor[0] + _BESIDE, anchor[0] - _BESIDE - size[0])
    ]
    fitting = [
        (x, y)
        for x, y in beside
        if _EDGE <= x <= rightmost and 2 * _EDGE <= y <= lowest - 2 * _EDGE
    ]
    sides = [
        (x, y)
        for y in (lowest - 3 * _EDGE, 5 * _EDGE, (lowest + _EDGE) / 2)
        for x in (_EDGE, rightmost, *(share * rightmost for share in (0.5, 0.75, 0.25, 0.62, 0.38)))
    ]
    return [*fitting, *((x, max(y, _EDGE)) for x, y in sides)]
