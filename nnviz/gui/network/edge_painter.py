"""Painting of edges: few pens, many lines in one call.

Translucent or antialiased lines cost ten to fifty times as much as opaque plain ones, and a call
for each line as much again; hence colours blended beforehand, thirty-two pens, and one
``drawLines`` a pen, of an array that Qt reads in place: a list of lines it copies one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from nnviz.gui.look.in_place import first_of
from nnviz.gui.look.theme import Theme, blend
from nnviz.gui.network.edges import DASH, GAP, LEVELS, Edges, Index, Pens

THINNEST = 0.8


@dataclass(frozen=True)
class EdgeStyle:
    """How edges are drawn: the strongest of a layer `thickest` pixels wide.

    Straight ones are antialiased, and dashed where negative, if they are to be `smooth`; curves
    always are. They are `faded` behind what is hovered. Those of one neuron `alone` are to be seen
    even where they are weak.
    """

    theme: Theme
    thickest: float
    smooth: bool = True
    faded: bool = False
    alone: bool = False


def paint_edges(
    painter: QPainter, edges: Edges, index: Index, pens: Pens, camera: QTransform, style: EdgeStyle
) -> None:
    """Draw some edges, those at `index`, each with its pen, in the order of those.

    The painter is in pixels of the screen.
    """
    if not len(index):
        return
    smooth = style.smooth or edges.curved
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
    if edges.curved:
        lines, counts = edges.curves.of(index, pens % 2)
        pens = np.repeat(pens, counts)
    else:
        lines = edges.lines[index]
    # Qt strokes lines under a scaled painter far more slowly than lines scaled beforehand.
    lines = lines * camera.m11() + 2 * (camera.dx(), camera.dy())
    ends = np.bincount(pens, minlength=2 * LEVELS).cumsum().tolist()
    start = 0
    # The dashes of a curve are cut already; those of a straight line are the pen's.
    for pen, end in zip(_pens(style, smooth and not edges.curved), ends, strict=True):
        if end > start:
            painter.setPen(pen)
            painter.drawLines(first_of(lines[start:end], QLineF), end - start)
        start = end
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


@lru_cache(maxsize=64)
def _pens(style: EdgeStyle, dashed: bool) -> list[QPen]:
    """Return the pen of every `pen_index`; negative ones dashed where the pen has to do it."""
    theme, pens = style.theme, []
    least = 0.4 if style.alone else 0.16
    for share in ((np.arange(LEVELS) + 0.5) / LEVELS).tolist():
        depth = 0.12 if style.faded else least + (1.0 - least) * share
        # A width of exactly 1 takes a path of the raster engine that is four times slower.
        width = THINNEST + (style.thickest - THINNEST) * share + 1e-3
        for color in (theme.positive, theme.negative):
            pen = QPen(QColor(blend(color, theme.surface, depth)), width)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if dashed and color == theme.negative:
                pen.setDashPattern([DASH / width, GAP / width])
            pens.append(pen)
    return pens
