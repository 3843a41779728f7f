"""Samples that are pictures, small enough for a line of a table."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.pictures import picture_of
from nnviz.gui.look.theme import Theme
from nnviz.training.problem import Problem


def thumbnail(
    problem: Problem, inputs: FloatArray, theme: Theme, height: int, ratio: float
) -> QPixmap:
    """Return a sample's picture with crisp pixels, so many device-independent pixels high."""
    pixels = picture_of(problem, inputs, theme)
    tall, wide = pixels.shape[:2]
    image = QImage(pixels.tobytes(), wide, tall, 3 * wide, QImage.Format.Format_RGB888)
    zoom = max(1, int(height * ratio / tall))
    size, shape = QSize(wide * zoom, tall * zoom), Qt.AspectRatioMode.IgnoreAspectRatio
    pixmap = QPixmap.fromImage(image.scaled(size, shape, Qt.TransformationMode.FastTransformation))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
