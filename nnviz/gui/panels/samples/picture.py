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


def picture_of(problem: Problem, inputs: FloatArray, theme: Theme) -> NDArray[np.uint8]:
    """Return a sample's picture: the highest value there is in ink, the lowest in paper.

    The inputs are in the data's own units, shape (features,), and the picture's shape is (height,
    width, 3): red, green, blue.
    """
    assert problem.dataset.image_shape is not None
    low, high = ink_range(problem)
    share = ((inputs - low) / ((high - low) or 1.0)).reshape(-1, *problem.dataset.image_shape)
    return inked(share if len(share) == 3 else share[0], theme)


def inked(share: FloatArray, theme: Theme) -> NDArray[np.uint8]:
    """Return colours of shares of ink, 0 to 1, with a last axis of 3: red, green, blue.

    Shares of shape (3, height, width) are those colours themselves.
    """
    ink, paper = np.array(rgb(theme.text)), np.array(rgb(theme.surface))
    colored = share.ndim == 3
    pixels = (
        255.0 * np.moveaxis(share, 0, -1)
        if colored
        else paper + share[..., np.newaxis] * (ink - paper)
    )
    return np.asarray(np.rint(pixels), dtype=np.uint8)


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
