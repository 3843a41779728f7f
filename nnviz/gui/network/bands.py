"""Light bands between columns where there is no line for each weight."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from nnviz.gui.look.theme import blend
from nnviz.gui.network.column import LayerColumn
from nnviz.gui.network.view_state import NetworkViewState

_LIGHT = 0.06

Span = tuple[float, float]
"""Upper and lower end."""


def paint_bands(painter: QPainter, state: NetworkViewState) -> None:
    """Draw what flows into picture layers, strips and means: channel by channel, or all to all."""
    theme, problem = state.theme, state.problem
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(blend(theme.text, theme.surface, _LIGHT)))
    for source, target in pairwise(state.layout.columns):
        if target.weighted:
            continue
        layer = problem.experiment.network.layers[target.layer - 1]
        mixes = layer.parameter_count(problem.shapes[target.layer - 1]) > 0
        for start, end in _spans(source, target, mixes and target.kind == "maps"):
            painter.drawPath(_band(source.box[2], start, target.box[0], end))


def _spans(source: LayerColumn, target: LayerColumn, mixes: bool) -> list[tuple[Span, Span]]:
    """Return the ends of every band, in the source and in the target."""
    by_channel = source.kind == "maps" and target.kind != "strip"
    in_line = source.across == target.across == 1 and source.above == target.above
    if mixes or not by_channel or not in_line:
        return [((source.box[1], source.box[3]), (target.box[1], target.box[3]))]
    pairs = zip(source.points[:, 1].tolist(), target.points[:, 1].tolist(), strict=False)
    half, there = source.node_size[1] / 2, target.node_size[1] / 2
    return [((y - half, y + half), (end - there, end + there)) for y, end in pairs]


def _band(left: float, start: Span, right: float, end: Span) -> QPainterPath:
    """Return the outline of a band that leaves and arrives level."""
    middle = (left + right) / 2
    band = QPainterPath(QPointF(left, start[0]))
    band.cubicTo(middle, start[0], middle, end[0], right, end[0])
    band.lineTo(right, end[1])
    band.cubicTo(middle, end[1], middle, start[1], left, start[1])
    band.closeSubpath()
    return band
