"""A picture of the whole window, with a caption below it if one is asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from nnviz.gui.export.caption import caption
from nnviz.gui.export.figure import describe, painting
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.frame import Frame
from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import SPACE, Theme, theme_of
from nnviz.gui.slices import Slices, finish
from nnviz.training.problem import Problem

Moment = tuple[Problem, Frame]
Restyle = Callable[[Theme], None]
_CAPTION_HEIGHT = 4 * SPACE


def window_pixels(window: QSize, options: PictureOptions) -> QSize:
    """Return how large the picture of a window becomes that has this size in points."""
    return (window + QSize(0, _CAPTION_HEIGHT if options.caption else 0)) * options.scale


def render_window(window: QWidget, moment: Moment, options: PictureOptions) -> QImage:
    """Return the window as it is.

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
    scale, look = options.scale, options.look
    size = window_pixels(window.size(), options)
    # At once, for the window may change.
    image = finish(painting(window, size, scale, look.window, size.width() * size.height()))
    if options.caption:
        painter = QPainter(image)
        painter.scale(scale, scale)
        painter.setFont(small_font())
        painter.setPen(QColor(look.muted))
        width, height = window.size().toTuple()
        line = QRect(2 * SPACE, height, width - 4 * SPACE, _CAPTION_HEIGHT)
        text = caption(problem, frame.inspection.epoch)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
    describe(image, window.windowTitle(), window.accessibleDescription(), problem)
    return image


def window_drawing(
    window: QWidget, moment: Moment, restyle: Restyle, options: PictureOptions
) -> Slices[QImage]:
    """Draw the window as `render_window` does, in the theme asked for.

    Parameters
    ----------
    restyle
        Gives the window a theme for as long as that takes, while the screen stays as it is.
    """
    yield None
    own = theme_of(window)
    if options.look is own:
        return render_window(window, moment, options)
    still = [shown for shown in QApplication.topLevelWidgets() if shown.isVisible()]
    for shown in still:
        shown.setUpdatesEnabled(False)
    try:
        restyle(options.look)
        yield None
        window.setUpdatesEnabled(True)  # or it would not be painted into a picture either
        image = render_window(window, moment, options)
        window.setUpdatesEnabled(False)
    finally:
        if isValid(window):
            restyle(own)
        for shown in filter(isValid, still):
            shown.setUpdatesEnabled(True)
    return image
