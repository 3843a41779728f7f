"""Bars from 0 to 1, one a class: each in its colour on a track, some with a frame."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from nnviz.gui.overrides import guarded
from nnviz.gui.plots.ranges import Array
from nnviz.gui.plots.still_plot import Moving

_HEIGHT = 0.8


@guarded
class ShareBars(Moving, pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Bars that lie below one another, the first at the top: the last one's middle is at 0."""

    def __init__(self) -> None:
        super().__init__()
        self._colors: list[QBrush] = []
        self._track, self._frame = QColor(), QPen()
        self._shares: list[float] = []
        self._framed = -1

    def set_colors(self, colors: Sequence[str], track: str, frame: str) -> None:
        """Take over the colours of the bars, of what is behind all of them, and of a frame."""
        self._colors = [QBrush(QColor(color)) for color in colors]
        self._track, self._frame = QColor(track), pg.mkPen(frame, width=1.5)
        self.update()

    def show_shares(self, shares: Array, framed: int) -> None:
        """Show shares, shape (bars,), and a frame around one of them, or around none (−1)."""
        if len(shares) != len(self._shares):
            self.prepareGeometryChange()
        self._shares, self._framed = shares.tolist(), framed
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the place of all tracks, with room for a frame."""
        return QRectF(-0.1, -0.6, 1.2, len(self._shares) + 0.2)

    def draw(self, painter: QPainter, *_: object) -> None:
        """Draw tracks, bars and frame."""
        tracks = [
            QRectF(0.0, len(self._shares) - 1.0 - i - _HEIGHT / 2, 1.0, _HEIGHT)
            for i in range(len(self._shares))
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._track)
        painter.drawRects(tracks)
        for track, share, color in zip(tracks, self._shares, self._colors, strict=True):
            painter.fillRect(QRectF(0.0, track.y(), share, _HEIGHT), color)
        if self._framed >= 0:
            painter.setPen(self._frame)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(tracks[self._framed])
