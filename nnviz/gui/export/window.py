"""A picture of the whole window, with a caption below it if one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from nnviz.gui.export.caption import caption
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.export.painting import describe, painting
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
    scale = options.scale * share
    image = finish(painting(window, window.size() * scale, scale, options.look.window, _AT_ONCE))
    if options.caption:
        text = caption(problem, frame.inspection.epoch)
        image = _with_caption(image, text, options.look, scale)
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


def _with_caption(image: QImage, text: str, look: Theme, scale: float) -> QImage:
    sheet = image.copy(0, 0, image.width(), image.height() + round(_CAPTION_HEIGHT * scale))
    width, height = int(image.width() / scale), int(image.height() / scale)
    painter = QPainter(sheet)
    painter.scale(scale, scale)
    line = QRect(0, height, width + 1, _CAPTION_HEIGHT + 1)
    painter.fillRect(line, QColor(look.window))
    painter.setFont(small_font())
    painter.setPen(QColor(look.muted))
    room = line.adjusted(2 * SPACE, 0, -2 * SPACE, 0)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    return sheet
