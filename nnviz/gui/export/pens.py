"""Reference lines as thick on a fine picture as on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyqtgraph as pg
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsView, QWidget


@contextmanager
def thickened(widget: QWidget, density: float) -> Iterator[None]:
    """Let all plots in a widget draw their reference lines for so many pixels a point.

    Qt measures such pens in pixels, whatever the number of pixels a point, so that the lines would
    be hairs on a picture made for print. Curves see to it themselves.
    """
    before = [(line, QPen(line.pen)) for line in _lines(widget)]
    for line, pen in before:
        line.setPen(_thicker(pen, density))
    try:
        yield
    finally:
        for line, pen in before:
            line.setPen(pen)


def _lines(widget: QWidget) -> Iterator[pg.InfiniteLine]:
    for view in widget.findChildren(QGraphicsView):
        scene = view.scene()
        items = scene.items() if scene is not None else []
        yield from (item for item in items if isinstance(item, pg.InfiniteLine))


def _thicker(pen: QPen, density: float) -> QPen:
    thick = QPen(pen)
    thick.setWidthF(max(pen.widthF(), 1.0) * (density if pen.isCosmetic() else 1.0))
    return thick
