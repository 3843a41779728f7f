"""What the export dialog can make pictures of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from nnviz.gui.export.options import PictureOptions


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
        From options with a size to a picture of that size.
    is_window
        Whether it is the whole window, which keeps its shape and has no legend.
    """

    key: str
    title: str
    on_screen: QSize
    draw: Callable[[PictureOptions], QImage]
    is_window: bool = False

    def picture(self, options: PictureOptions) -> QImage:
        """Return the picture."""
        return self.draw(options.sized(self.on_screen))
