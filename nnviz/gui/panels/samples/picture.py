"""Samples that are pictures, drawn in ink on paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap

from nnviz.gui.look.theme import Theme, rgb
from nnviz.training.evaluation import evaluator_of
from nnviz.training.problem import Problem


def picture_of(problem: Problem, row: int, theme: Theme) -> NDArray[np.uint8]:
    """Return a row's picture: the highest value is the theme's ink, the lowest its paper.

    Its shape is (height, width, 3): red, green, blue.
    """
    dataset = problem.dataset
    assert dataset.image_shape is not None
    inputs = dataset.inputs
    low, high = evaluator_of(problem).once("ink", lambda: (inputs.min(), inputs.max()))
    return inked(((inputs[row] - low) / ((high - low) or 1.0)).reshape(dataset.image_shape), theme)


def inked(share: NDArray[np.floating], theme: Theme) -> NDArray[np.uint8]:
    """Return the colours of shares of ink, with a last axis of red, green and blue."""
    ink, paper = np.array(rgb(theme.text)), np.array(rgb(theme.surface))
    return np.asarray(np.rint(paper + share[..., np.newaxis] * (ink - paper)), dtype=np.uint8)


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
