"""What the export dialog can make pictures of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from nnviz.gui.export.figure import drawing, shot_of
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.export.slices import Slices
from nnviz.gui.export.window import Moment, Restyle, window_drawing, window_pixels
from nnviz.gui.panel import Panel

WINDOW_KEY = "window"
_SMALLEST_PANEL = QSize(400, 280)
"""Points: a panel never shown, or squeezed to a strip, is not exported as one."""


@dataclass(frozen=True, eq=False)
class Subject:
    """One thing to make a picture of.

    Parameters
    ----------
    key
        Name of its file.
    title
        What it is, translated.
    on_screen
        Its size there, in points.
    draw
        Draws a picture, given options with a size, and the pixels of a side for each one of that
        size: 1 for the picture itself, less for a preview of it.
    """

    key: str
    title: str
    on_screen: QSize
    draw: Callable[[PictureOptions, float], Slices[QImage]]

    @property
    def is_window(self) -> bool:
        """Whether it is the whole window, which keeps its shape and has no legend."""
        return self.key == WINDOW_KEY

    def pixels(self, options: PictureOptions) -> QSize:
        """Return how large the picture becomes."""
        if self.is_window:
            return window_pixels(self.on_screen, options)
        return options.pixels(self.on_screen)

    def picture(self, options: PictureOptions, room: QSize | None = None) -> Slices[QImage]:
        """Draw the picture; if there is only so much room, in pixels, that much smaller."""
        width, height = self.pixels(options).toTuple()
        share = min(1.0, room.width() / width, room.height() / height) if room else 1.0
        return self.draw(replace(options, width=width, height=height), share)


def panel_subject(panel: Panel, moment: Moment) -> Subject:
    """Return a panel, as it shows this moment of a run."""
    size = panel.size().expandedTo(_SMALLEST_PANEL)
    shot = shot_of(panel, *moment)
    return Subject(panel.key, panel.title_for(moment[0]), size, partial(drawing, shot))


def window_subject(window: QWidget, moment: Moment, restyle: Restyle | None) -> Subject:
    """Return the whole window; see `window_drawing`."""
    title = QCoreApplication.translate("Export", "Window")
    draw = partial(window_drawing, window, moment, restyle)
    return Subject(WINDOW_KEY, title, window.size(), draw)
