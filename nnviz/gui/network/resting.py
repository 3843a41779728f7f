"""The full detail of a picture at rest, drawn in slices so that nothing ever waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter, QPixmap

from nnviz.engine.arrays import FloatArray
from nnviz.gui.network.edges import Edges
from nnviz.gui.network.scene import Camera
from nnviz.gui.network.strokes import Stroke, Strokes

SLICE_SECONDS = 0.006
_LINES = 100
"""Edges drawn between two looks at the clock."""


@dataclass(eq=False)
class Resting:
    """Draws smooth edges on a picture, weak ones first.

    Parameters
    ----------
    picture
        What they are drawn on.
    edges, strengths, index, camera, stroke
        As `Strokes.paint` takes them.
    """

    picture: QPixmap
    edges: Edges
    strengths: FloatArray
    index: NDArray[np.intp]
    camera: Camera
    stroke: Stroke
    done: int = 0

    @property
    def finished(self) -> bool:
        """Whether all edges are drawn."""
        return self.done >= len(self.index)

    def go_on(self, strokes: Strokes) -> None:
        """Draw for a few milliseconds."""
        end = perf_counter() + SLICE_SECONDS
        painter = QPainter(self.picture)
        while not self.finished and perf_counter() < end:
            some = self.index[self.done : self.done + _LINES]
            strokes.paint(painter, self.edges, self.strengths, some, self.camera, self.stroke)
            self.done += len(some)
        painter.end()
