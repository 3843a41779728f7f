"""What the export dialog can make pictures of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from nnviz.gui.export.options import PictureOptions
from nnviz.gui.export.slices import Slices


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
    measure
        From options with a size to the pixels of the picture.
    is_window
        Whether it is the whole window, which keeps its shape and has no legend.
    """

    key: str
    title: str
    on_screen: QSize
    draw: Callable[[PictureOptions, float], Slices[QImage]]
    measure: Callable[[PictureOptions], QSize]
    is_window: bool = False

    def picture(self, options: PictureOptions) -> Slices[QImage]:
        """Draw the picture."""
        return self.draw(options.sized(self.on_screen), 1.0)

    def preview(self, options: PictureOptions, room: QSize) -> Slices[QImage]:
        """Draw the same picture no larger than this room, in pixels."""
        size = self.pixels(options)
        share = min(1.0, room.width() / size.width(), room.height() / size.height())
        return self.draw(options.sized(self.on_screen), share)

    def pixels(self, options: PictureOptions) -> QSize:
        """Return how large the picture becomes."""
        return self.measure(options.sized(self.on_screen))
