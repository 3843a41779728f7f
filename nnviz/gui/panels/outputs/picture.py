"""Samples that are pictures, drawn in ink on paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap

from nnviz.gui.look.theme import Theme, rgb
from nnviz.training.evaluation import evaluator_of
from nnviz.training.problem import Problem


def picture_of(problem: Problem, row: int, theme: Theme) -> QImage:
    """Return a row's picture, one pixel each: the highest value is ink, the lowest paper.

    Parameters
    ----------
    problem
        Of pictures.
    row
        In the data set.
    theme
        Says what ink and paper are.
    """
    dataset = problem.dataset
    assert dataset.image_shape is not None
    height, width = dataset.image_shape
    low, high = evaluator_of(problem).once("ink", lambda: _ends(dataset.inputs))
    share = (dataset.inputs[row] - low) / ((high - low) or 1.0)
    return _image(share.reshape(height, width), theme)


def _ends(values: NDArray[np.floating]) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def _image(share: NDArray[np.floating], theme: Theme) -> QImage:
    ink, paper = np.array(rgb(theme.text)), np.array(rgb(theme.surface))
    pixels = np.full((*share.shape, 4), 255, dtype=np.uint8)
    pixels[..., :3] = np.rint(paper + share[..., np.newaxis] * (ink - paper))
    height, width = share.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return image.copy()  # the array does not outlive this function


def thumbnail(problem: Problem, row: int, theme: Theme, height: int, ratio: float) -> QPixmap:
    """Return a row's picture with crisp pixels, so many device-independent pixels high."""
    image = picture_of(problem, row, theme)
    zoom = max(1, int(height * ratio / image.height()))
    scaled = image.scaled(
        image.width() * zoom,
        image.height() * zoom,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.FastTransformation,
    )
    pixmap = QPixmap.fromImage(scaled)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
