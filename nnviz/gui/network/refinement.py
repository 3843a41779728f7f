"""The full detail of a picture that is idle, drawn in slices so that nothing ever waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from PySide6.QtGui import QPainter, QPixmap

from nnviz.gui.network.edge_painter import EdgePainter, EdgeStyle
from nnviz.gui.network.edges import Index, WeightedEdges
from nnviz.gui.network.view_state import Camera

SLICE_SECONDS = 0.006
_EDGES = 100
"""Edges drawn between two looks at the clock."""


@dataclass(eq=False)
class IdleRefinement:
    """Draws smooth edges on a picture, weak ones first.

    Parameters
    ----------
    picture
        What they are drawn on.
    shown, index, camera, style
        As `EdgePainter.paint` takes them.
    """

    picture: QPixmap
    shown: WeightedEdges
    index: Index
    camera: Camera
    style: EdgeStyle
    done: int = 0

    def advance(self, edges: EdgePainter) -> bool:
        """Draw for a few milliseconds; return whether all edges are drawn."""
        end = perf_counter() + SLICE_SECONDS
        painter = QPainter(self.picture)
        while self.done < len(self.index) and perf_counter() < end:
            some = self.index[self.done : self.done + _EDGES]
            edges.paint(painter, self.shown, some, self.camera, self.style)
            self.done += len(some)
        painter.end()
        return self.done >= len(self.index)
