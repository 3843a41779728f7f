"""A picture of the whole window, with a caption below it if one is asked for."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from nnviz.gui.export.caption import caption
from nnviz.gui.export.figure import describe, painting
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.export.slices import finish
from nnviz.gui.frame import Frame
from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.training.problem import Problem

_CAPTION_HEIGHT = 4 * SPACE


def render_window(
    window: QWidget,
    moment: tuple[Problem, Frame],
    options: PictureOptions,
    share: float = 1.0,
) -> QImage:
    """Return the window as it is, `options.scale` pixels a point.

    At once: the window may change at every turn of the event loop.

    Parameters
    ----------
    window
        The window; its shape decides the picture's.
    moment
        What it shows.
    options
        Scale, theme and caption; its theme must be the window's.
    share
        Pixels of a side for each one asked: less than 1 for a preview of the same picture.
    """
    problem, frame = moment
    scale = options.scale * share
    picture = painting(window, window.size() * scale, scale, options.look.window, in_bands=False)
    image = finish(picture)
    if options.caption:
        text = caption(problem, frame.inspection.epoch)
        image = _with_caption(image, text, options.look, scale)
    describe(image, window.windowTitle(), window.accessibleDescription(), problem)
    return image


def window_pixels(window: QSize, options: PictureOptions) -> QSize:
    """Return how large the picture of a window becomes that has this size in points."""
    return (window + QSize(0, _CAPTION_HEIGHT if options.caption else 0)) * options.scale


def _with_caption(image: QImage, text: str, look: Theme, scale: float) -> QImage:
    room = QSize(0, round(_CAPTION_HEIGHT * scale))
    sheet = QImage(image.size() + room, image.format())
    sheet.setDotsPerMeterX(image.dotsPerMeterX())
    sheet.setDotsPerMeterY(image.dotsPerMeterY())
    sheet.fill(QColor(look.window))
    painter = QPainter(sheet)
    painter.drawImage(QPoint(0, 0), image)
    painter.scale(scale, scale)
    painter.setFont(small_font())
    painter.setPen(QColor(look.muted))
    width, height = int(image.width() / scale), int(image.height() / scale)
    line = QRect(2 * SPACE, height, width - 4 * SPACE, _CAPTION_HEIGHT)
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    return sheet
