"""What a person may choose about a picture."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

from PySide6.QtCore import QSize

from nnviz.gui import preferences
from nnviz.gui.look.theme import LIGHT, THEMES, Theme

SCALES = (1, 2, 3)
SMALLEST, LARGEST = 100, 8000
"""Pixels of a side: smaller shows nothing, larger is more than Qt's own viewers open."""


@dataclass(frozen=True)
class PictureOptions:
    """How a picture is drawn.

    Parameters
    ----------
    width, height
        Of the file, in pixels; 0 by 0 for as large as on the screen times `scale`.
    scale
        Pixels a point: text and lines grow with it.
    theme
        Name in ``THEMES``.
    legend
        Whether the meaning of marks is said below the picture.
    caption
        Whether title, data set, network, epoch and seed are said.
    """

    width: int = 0
    height: int = 0
    scale: int = 2
    theme: str = LIGHT.name
    legend: bool = True
    caption: bool = True

    @property
    def as_on_screen(self) -> bool:
        """Whether the size follows from the screen's."""
        return not (self.width and self.height)

    @property
    def look(self) -> Theme:
        """The theme itself."""
        return THEMES[self.theme]

    def sized(self, on_screen: QSize) -> PictureOptions:
        """Return the same with a size in pixels, for a picture of this size on the screen."""
        if not self.as_on_screen:
            return self
        size = on_screen.expandedTo(QSize(1, 1)) * self.scale
        return dataclasses.replace(
            self, width=min(size.width(), LARGEST), height=min(size.height(), LARGEST)
        )


def remembered() -> PictureOptions:
    """Return the options used last, or the usual ones where none can be read."""
    try:
        values = json.loads(preferences.read(preferences.EXPORT_OPTIONS))
        return _checked(PictureOptions(**values))
    except (TypeError, ValueError):
        return PictureOptions()


def remember(options: PictureOptions) -> None:
    """Keep these options for the next picture, and the next start."""
    preferences.write(preferences.EXPORT_OPTIONS, json.dumps(dataclasses.asdict(options)))


def _checked(options: PictureOptions) -> PictureOptions:
    """Return options read from a file a person may have edited, if they can be used."""
    sides = (options.width, options.height)
    possible = sides == (0, 0) or all(SMALLEST <= side <= LARGEST for side in sides)
    if possible and options.scale in SCALES and options.theme in THEMES:
        return options
    raise ValueError("not the options of a picture")
