"""Curves as thick on a fine picture as on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyqtgraph as pg
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsView, QWidget


@contextmanager
def thickened(widget: QWidget, density: float) -> Iterator[None]:
    """Let all plots in a widget draw their curves for so many pixels a point.

    Qt measures a plot's pens in pixels, whatever the number of pixels a point, so that curves
    would be hairlines on a picture made for print.
    """
    before = list(_pens(widget))
    for item, pen in before:
        item.setPen(_thicker(pen, density))
    try:
        yield
    finally:
        for item, pen in before:
            item.setPen(pen)


def _pens(widget: QWidget) -> Iterator[tuple[pg.PlotCurveItem | pg.InfiniteLine, QPen]]:
    for view in widget.findChildren(QGraphicsView):
        for item in view.scene().items() if view.scene() else ():
            if isinstance(item, pg.PlotCurveItem) and item.opts["pen"] is not None:
                yield item, pg.mkPen(item.opts["pen"])
            elif isinstance(item, pg.InfiniteLine):
                yield item, QPen(item.pen)


def _thicker(pen: QPen, density: float) -> QPen:
    if not pen.isCosmetic():
        return pen
    thick = QPen(pen)
    thick.setWidthF(max(pen.widthF(), 1.0) * density)
    return thick
