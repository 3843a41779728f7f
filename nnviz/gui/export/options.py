"""What a person may choose about a picture."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

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
    scale: float = 2
    theme: str = LIGHT.name
    legend: bool = True
    caption: bool = True

    @property
    def look(self) -> Theme:
        """The theme itself."""
        return THEMES[self.theme]

    def pixels(self, on_screen: QSize) -> QSize:
        """Return how large the picture of a thing of this size on the screen becomes."""
        if self.width and self.height:
            return QSize(self.width, self.height)
        return (on_screen.expandedTo(QSize(1, 1)) * self.scale).boundedTo(QSize(LARGEST, LARGEST))


USUAL = PictureOptions(1600, 1000)
"""For a report, whatever the size of the window."""


def remembered() -> PictureOptions:
    """Return the options used last, or the usual ones where none that can be used are read."""
    try:
        options = PictureOptions(**json.loads(preferences.read(preferences.EXPORT_OPTIONS)))
        sides = (options.width, options.height)
        possible = sides == (0, 0) or all(SMALLEST <= side <= LARGEST for side in sides)
        if possible and options.scale in SCALES and options.theme in THEMES:
            return options
    except (TypeError, ValueError):  # a person may have edited the file
        pass
    return USUAL


def remember(options: PictureOptions) -> None:
    """Keep these options for the next picture, and the next start."""
    preferences.write(preferences.EXPORT_OPTIONS, json.dumps(asdict(options)))
