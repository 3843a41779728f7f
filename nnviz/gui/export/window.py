"""A picture of the whole window, with a caption below it if one is asked for."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from nnviz.gui.export.caption import caption
from nnviz.gui.export.figure import describe, paint
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.frame import Frame
from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import SPACE
from nnviz.training.problem import Problem

_CAPTION_HEIGHT = 4 * SPACE


def render_window(
    window: QWidget, moment: tuple[Problem, Frame], options: PictureOptions
) -> QImage:
    """Return the window as it is, `options.scale` pixels a point.

    Parameters
    ----------
    window
        The window; its shape decides the picture's.
    moment
        What it shows.
    options
        Scale, theme and caption; its theme must be the window's.
    """
    problem, frame = moment
    size = window.size() * options.scale
    image = paint(window, size, options.scale, options.look.window)
    if options.caption:
        image = _with_caption(image, caption(problem, frame.inspection.epoch), options)
    describe(image, window.windowTitle(), window.accessibleDescription(), problem)
    return image


def _with_caption(image: QImage, text: str, options: PictureOptions) -> QImage:
    scale, look = options.scale, options.look
    room = QSize(0, _CAPTION_HEIGHT * scale)
    sheet = QImage(image.size() + room, image.format())
    sheet.setDotsPerMeterX(image.dotsPerMeterX())
    sheet.setDotsPerMeterY(image.dotsPerMeterY())
    sheet.fill(QColor(look.window))
    painter = QPainter(sheet)
    painter.drawImage(QPoint(0, 0), image)
    painter.scale(scale, scale)
    painter.setFont(small_font())
    painter.setPen(QColor(look.muted))
    width, height = image.width() // scale, image.height() // scale
    line = QRect(2 * SPACE, height, width - 4 * SPACE, _CAPTION_HEIGHT)
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    return sheet
