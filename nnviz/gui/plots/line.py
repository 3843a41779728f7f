"""A line through points, as wide on paper as in the window."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen

from nnviz.gui.overrides import guarded
from nnviz.gui.plots.ranges import Array


@guarded
class Line(pg.PlotCurveItem):  # type: ignore[misc]  # pyqtgraph has no types
    """pyqtgraph's curve, no thinner on paper and fine screens: its pens count their pixels."""

    _whole: QRectF | None = None

    def show_points(self, x: Array, y: Array) -> None:
        """Show other points; what is no finite number is a gap."""
        gaps = not np.isfinite(y).all()
        self.opts.update(connect="finite" if gaps else "all", skipFiniteCheck=not gaps)
        # Not by setData: it has the view find ranges anew, which here are set.
        self.xData, self.yData, self.path = x, y, None
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the whole view: finding that of the points takes longer than drawing them."""
        if self._whole is None and (view := self.getViewBox()) is not None:
            self._whole = view.viewRect()
        return self._whole or QRectF()

    def viewRangeChanged(self, *_: object) -> None:
        """Take over the new view."""
        self.prepareGeometryChange()
        self._whole = None

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw with a pen as wide as in the window; width 1 stays, which is drawn the fastest."""
        pen = self.opts["pen"]
        scale = abs(painter.deviceTransform().m11() / self.sceneTransform().m11())
        if pen.widthF() > 1.0 and scale > 1.0:
            pen = QPen(pen)
            pen.setWidthF(pen.widthF() * scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.drawPath(self.getPath())
