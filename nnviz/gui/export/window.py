"""A picture of the whole window, with a caption below it if one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from nnviz.gui.export.caption import caption
from nnviz.gui.export.figure import describe, painting
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.export.slices import Slices, finish
from nnviz.gui.frame import Frame
from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import SPACE, Theme, theme_of
from nnviz.training.problem import Problem

Moment = tuple[Problem, Frame]
Restyle = Callable[[Theme], None]
_CAPTION_HEIGHT = 4 * SPACE
_AT_ONCE = 10**9


def window_pixels(window: QSize, options: PictureOptions) -> QSize:
    """Return how large the picture of a window becomes that has this size in points."""
    return (window + QSize(0, _CAPTION_HEIGHT if options.caption else 0)) * options.scale


def render_window(
    window: QWidget, moment: Moment, options: PictureOptions, share: float = 1.0
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
    scale, look = options.scale * share, options.look
    size = (window_pixels(window.size(), options).toSizeF() * share).toSize()
    image = finish(painting(window, size, scale, look.window, _AT_ONCE))
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
    window: QWidget,
    moment: Moment,
    restyle: Restyle | None,
    options: PictureOptions,
    share: float = 1.0,
) -> Slices[QImage]:
    """Draw the window as `render_window` does, in the theme asked for.

    Parameters
    ----------
    restyle
        Gives the window a theme for as long as that takes; None to leave it in its own.
    """
    yield 0.0
    if restyle is None or options.look is theme_of(window):
        return render_window(window, moment, options, share)
    with _dressed(window, options.look, restyle):
        yield 0.3
        window.setUpdatesEnabled(True)  # or it would not be painted into a picture either
        image = render_window(window, moment, options, share)
        window.setUpdatesEnabled(False)
        yield 0.6
    return image


@contextmanager
def _dressed(window: QWidget, theme: Theme, restyle: Restyle) -> Iterator[None]:
    """Let the window have a theme, while what is on the screen stays as it is."""
    own = theme_of(window)
    still = [shown for shown in QApplication.topLevelWidgets() if shown.isVisible()]
    for shown in still:
        shown.setUpdatesEnabled(False)
    try:
        restyle(theme)
        yield
    finally:
        if isValid(window):
            restyle(own)
        for shown in filter(isValid, still):
            shown.setUpdatesEnabled(True)
