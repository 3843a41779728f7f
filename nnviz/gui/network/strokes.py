"""Painting of edges: few pens, many lines in one call.

Translucent or antialiased lines cost ten to fifty times as much as opaque plain ones, and a call
for each line as much again; hence colours blended beforehand, thirty-two pens, and one
``drawLines`` a pen from an array that Qt reads in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.theme import Theme, blend
from nnviz.gui.network.edges import LEVELS, Edges, bucket
from nnviz.gui.network.scene import Camera
from nnviz.gui.network.segments import DASH, GAP, Segments, cut

THINNEST = 0.8
_FEW = 100
_LINE_BYTES = 4 * 8


@dataclass(frozen=True)
class Stroke:
    """How edges are drawn.

    Parameters
    ----------
    theme
        Colours.
    thickest
        Width of a layer's strongest edge, in pixels.
    smooth
        Whether straight lines are antialiased and negative ones dashed; curves always are.
    faded
        Whether they stand back behind what is hovered.
    alone
        Whether they are those of one neuron: then weak ones are to be seen too.
    """

    theme: Theme
    thickest: float
    smooth: bool = True
    faded: bool = False
    alone: bool = False


class Lines:
    """Lines in memory that Qt reads in place: making an object for each would cost more."""

    def __init__(self) -> None:
        self._array = np.empty((0, 4))
        self._lines: list[QLineF] = []

    def put(self, lines: FloatArray, zoom: float = 1.0, dx: float = 0.0, dy: float = 0.0) -> None:
        """Take lines of shape (lines, 4) as x, y, x, y, scaled and moved; forget those before."""
        self._reserve(len(lines))
        # Qt strokes lines under a scaled painter far more slowly than lines scaled beforehand.
        np.add(lines * zoom, (dx, dy, dx, dy), out=self._array[: len(lines)])

    def part(self, start: int, stop: int) -> list[QLineF]:
        """Return some of the lines; each is a window on one row of the array."""
        return self._lines[start:stop]

    def _reserve(self, count: int) -> None:
        if count <= len(self._lines):
            return
        self._array = np.empty((count, 4))
        first = self._array.ctypes.data
        self._lines = [_line_at(first + i * _LINE_BYTES) for i in range(count)]


class Strokes:
    """Draws edges; keeps what can be reused from one frame to the next."""

    def __init__(self) -> None:
        self._lines = Lines()
        self._segments: Segments | None = None
        self._segments_of: Edges | None = None

    def paint(
        self,
        painter: QPainter,
        edges: Edges,
        strengths: FloatArray,
        index: NDArray[np.intp],
        camera: Camera,
        stroke: Stroke,
    ) -> None:
        """Draw edges.

        Parameters
        ----------
        painter
            In pixels of the screen.
        edges, strengths
            All edges and how strong each is, from −1 to 1.
        index
            Which of them, in groups of `bucket`.
        camera
            From the layout to the screen.
        stroke
            How.
        """
        if not len(index):
            return
        smooth = stroke.smooth or edges.curved
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        groups = bucket(strengths[index])
        if edges.curved:
            pieces, counts = self._cut(edges).of(index, strengths[index] < 0)
            pens = _pens(stroke, dashed=False)
            self._paint_lines(painter, pieces, np.repeat(groups, counts), camera, pens)
        else:
            pens = _pens(stroke, dashed=smooth)
            self._paint_lines(painter, edges.lines[index], groups, camera, pens)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _cut(self, edges: Edges) -> Segments:
        if self._segments is None or self._segments_of is not edges:
            self._segments, self._segments_of = cut(edges.lines), edges
        return self._segments

    def _paint_lines(
        self,
        painter: QPainter,
        lines: FloatArray,
        groups: NDArray[np.intp],
        camera: Camera,
        pens: tuple[QPen, ...],
    ) -> None:
        self._lines.put(lines, camera.zoom, camera.dx, camera.dy)
        ends = np.searchsorted(groups, np.arange(2 * LEVELS), side="right").tolist()
        start = 0
        for pen, end in zip(pens, ends, strict=True):
            if end > start:
                painter.setPen(pen)
                painter.drawLines(self._lines.part(start, end))
            start = end


def _line_at(address: int) -> QLineF:
    """Return four floats in memory as the line Qt takes them for."""
    return cast(QLineF, shiboken6.wrapInstance(address, QLineF))


def thickest_for(edges: Edges, node: float) -> float:
    """Return a width for the strongest edges: less where there are many, or nodes are small."""
    if not edges.curved:
        return 2.4
    return min(0.14 * node, 5.5 if len(edges) <= _FEW else 3.5)


@lru_cache(maxsize=64)
def _pens(stroke: Stroke, dashed: bool) -> tuple[QPen, ...]:
    """Return the pen of every `bucket`; negative ones dashed where the pen has to do it."""
    theme = stroke.theme
    return tuple(
        _pen(stroke, level, color, dashed and color == theme.negative)
        for level in range(LEVELS)
        for color in (theme.positive, theme.negative)
    )


def _pen(stroke: Stroke, level: int, color: str, dashed: bool) -> QPen:
    share = (level + 0.5) / LEVELS
    least = 0.4 if stroke.alone else 0.16
    depth = 0.12 if stroke.faded else least + (1.0 - least) * share
    # A width of exactly 1 takes a path of the raster engine that is four times slower.
    width = THINNEST + (stroke.thickest - THINNEST) * share + 1e-3
    pen = QPen(QColor(blend(color, stroke.theme.surface, depth)), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashed:
        pen.setDashPattern([DASH / width, GAP / width])
    return pen
