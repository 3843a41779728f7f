"""The curves of growth as a picture, both axes logarithmic. Needs no screen."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.growth import Growth

WIDTH, HEIGHT, MARGIN = 960, 640, 16
INK, CURVE, GUIDE = "#3a3f47", "#0072b2", "#9aa0a8"
MICROSECONDS = (10, 100, 1_000, 10_000, 100_000)


def draw(curves: Sequence[Growth], target: Path) -> None:
    """Write one chart for each curve into a PNG file; all share the scale of time."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Only now: they read the variable, and measurements need neither.
    import pyqtgraph as pg
    from PySide6.QtWidgets import QApplication

    from nnviz.gui.look.style import application_font, load_fonts

    # Kept by its name: Qt would take it away again before anything is drawn.
    application = QApplication(["benchmark"])
    load_fonts()
    application.setFont(application_font())
    pg.setConfigOptions(background="#ffffff", foreground=INK, antialias=True)
    widget = pg.GraphicsLayoutWidget()
    widget.resize(WIDTH, HEIGHT)
    widget.ci.layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
    widget.ci.layout.setSpacing(MARGIN)
    slowest = max(max(curve.microseconds) for curve in curves)
    fastest = min(min(curve.microseconds) for curve in curves)
    for number, curve in enumerate(curves):
        plot = widget.addPlot(number // 2, number % 2)
        _chart(plot, curve, pg)
        plot.setYRange(math.log10(fastest), math.log10(slowest), padding=0.08)
        plot.setXRange(math.log10(curve.sizes[0]), math.log10(curve.sizes[-1]), padding=0.08)
    target.parent.mkdir(parents=True, exist_ok=True)
    widget.grab().save(str(target))
    widget.close()


def _chart(plot: Any, curve: Growth, pg: Any) -> None:
    plot.setLogMode(True, True)
    plot.showGrid(True, True, 0.15)
    plot.setLabel("bottom", curve.name)
    plot.setLabel("left", "time of an update (µs)")
    plot.getAxis("bottom").setTicks([[(math.log10(size), f"{size:,}") for size in curve.sizes]])
    plot.getAxis("left").setTicks([[(math.log10(time), f"{time:,}") for time in MICROSECONDS]])
    plot.getAxis("left").setWidth(80)
    # What twice the size at twice the time looks like, through the last point.
    last = curve.microseconds[-1] / curve.sizes[-1]
    proportional = [last * size for size in curve.sizes]
    plot.plot(curve.sizes, proportional, pen=pg.mkPen(GUIDE, width=1, style=pg.QtCore.Qt.DotLine))
    plot.plot(
        curve.sizes,
        curve.microseconds,
        pen=pg.mkPen(CURVE, width=2),
        symbol="o",
        symbolSize=7,
        symbolBrush=CURVE,
        symbolPen=None,
    )
