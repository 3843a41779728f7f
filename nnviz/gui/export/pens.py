"""Curves as thick on a fine picture as on the screen."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QWidget


def thicken(widget: QWidget, density: float) -> None:
    """Let all plots in a widget draw their curves for so many pixels a point.

    Qt measures a plot's pens in pixels, whatever the number of pixels a point, so that curves
    would be hairlines on a picture made for print.
    """
    for view in widget.findChildren(QGraphicsView):
        for item in view.scene().items():
            _thicken_item(item, density)


def _thicken_item(item: QGraphicsItem, density: float) -> None:
    if isinstance(item, pg.PlotCurveItem) and item.opts["pen"] is not None:
        item.setPen(_thicker(pg.mkPen(item.opts["pen"]), density))
    elif isinstance(item, pg.InfiniteLine):
        item.setPen(_thicker(item.pen, density))


def _thicker(pen: QPen, density: float) -> QPen:
    if not pen.isCosmetic() or pen.style() == pen.style().NoPen:
        return pen
    thick = QPen(pen)
    thick.setWidthF(max(pen.widthF(), 1.0) * density)
    return thick
