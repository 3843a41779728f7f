"""Samples that are pictures, drawn in ink on paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.theme import Theme, rgb
from nnviz.training.problem import Problem
from nnviz.training.saliency import ink_range


def picture_of(problem: Problem, row: int, theme: Theme) -> NDArray[np.uint8]:
    """Return a row's picture, as `pixels_of`."""
    return pixels_of(problem, problem.dataset.inputs[row], theme)


def pixels_of(problem: Problem, inputs: FloatArray, theme: Theme) -> NDArray[np.uint8]:
    """Return the picture of some inputs, shape (height, width, 3): red, green, blue.

    The highest value is the theme's ink, the lowest its paper; three channels are colours.
    """
    assert problem.dataset.image_shape is not None
    low, high = ink_range(problem)
    share = ((inputs - low) / ((high - low) or 1.0)).reshape(-1, *problem.dataset.image_shape)
    ink, paper = np.array(rgb(theme.text)), np.array(rgb(theme.surface))
    if len(share) == 3:
        ink, paper = np.array([255.0, 0.0])
    return np.asarray(np.rint(paper + np.moveaxis(share, 0, -1) * (ink - paper)), dtype=np.uint8)


def thumbnail(problem: Problem, row: int, theme: Theme, height: int, ratio: float) -> QPixmap:
    """Return a row's picture with crisp pixels, so many device-independent pixels high."""
    pixels = picture_of(problem, row, theme)
    tall, wide = pixels.shape[:2]
    image = QImage(pixels.tobytes(), wide, tall, 3 * wide, QImage.Format.Format_RGB888)
    zoom = max(1, int(height * ratio / tall))
    size, shape = QSize(wide * zoom, tall * zoom), Qt.AspectRatioMode.IgnoreAspectRatio
    pixmap = QPixmap.fromImage(image.scaled(size, shape, Qt.TransformationMode.FastTransformation))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
