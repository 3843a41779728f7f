"""Pixels of a widget, so many as are asked for, and the words that go with them."""

from __future__ import annotations

import json

import numpy as np
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QColor, QImage, QRegion
from PySide6.QtWidgets import QWidget

from nnviz import __version__
from nnviz.gui.export.slices import Slices
from nnviz.training.problem import Problem

_DOTS_PER_METRE = 96 / 0.0254
_BAND_PIXELS = 4_000_000
"""Larger pictures are painted in bands of about so many pixels, some tens of milliseconds each. Qt
cuts lines off at the edge of a band, which changes their colours by a step or two of 255."""


def painting(
    widget: QWidget, size: QSize, density: float, background: str, band: int = _BAND_PIXELS
) -> Slices[QImage]:
    """Paint a widget as a picture.

    Parameters
    ----------
    widget
        What to paint; it must not change meanwhile.
    size
        Pixels.
    density
        Pixels a point.
    background
        ``#rrggbb`` of what the widget leaves free.
    band
        Pixels after which there is a pause.
    """
    image = QImage(size, QImage.Format.Format_RGB32)
    # Filled little by little: memory is slow where it is touched for the first time.
    pixels = np.frombuffer(image.bits(), np.uint32).reshape(size.height(), size.width())
    height = max(1, int(band / (size.width() * density)))
    filled = 0
    for top in range(0, widget.height(), height):
        below = min(size.height(), int((top + height) * density) + 2)
        pixels[filled:below] = QColor(background).rgb()
        filled = max(filled, below)
        image.setDevicePixelRatio(density)
        widget.render(image, QPoint(0, top), QRegion(0, top, widget.width(), height))
        # Only now: before, text given in points would have grown once more.
        image.setDevicePixelRatio(1.0)
        yield min(1.0, (top + height) / widget.height())
    image.setDotsPerMeterX(round(_DOTS_PER_METRE * density))
    image.setDotsPerMeterY(round(_DOTS_PER_METRE * density))
    return image


def describe(image: QImage, title: str, description: str, problem: Problem) -> None:
    """Write into the picture what it shows, and all that is needed to make it again."""
    image.setText("Software", f"nnviz {__version__}")
    image.setText("Title", title)
    image.setText("Description", description)
    image.setText("Experiment", json.dumps(problem.experiment.to_dict()))
