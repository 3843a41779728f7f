"""What a person may choose about a picture."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from PySide6.QtCore import QSize

from nnviz.gui import preferences
from nnviz.gui.look.theme import LIGHT, THEMES, Theme

SMALLEST, LARGEST = 100, 8000
"""Pixels of a side: smaller shows nothing, larger is more than Qt's own viewers open."""

COARSEST, FINEST = 72, 600
"""Pixels an inch."""

KINDS = ("png", "svg", "pdf")
"""Endings of files that a picture can be."""

TEXT_SIZES = tuple(map(int, preferences.TEXT_SIZE.choices))
"""Percent, as for the window."""

POINTS_PER_INCH, MM_PER_INCH = 96, 25.4


@dataclass(frozen=True)
class PictureOptions:
    """How a picture is drawn.

    Parameters
    ----------
    width, height
        Of the file, in pixels or millimetres; 0 by 0 for as large as on the screen times `scale`.
    scale
        Pixels a point, of which there are 96 an inch: text and lines grow with it.
    theme
        Name in ``THEMES``.
    legend
        Whether the meaning of marks is said below the picture.
    caption
        Whether title, data set, network, epoch and seed are said.
    kind
        One of `KINDS`.
    text
        Percent of their usual size that text and lines have.
    millimetres
        Whether the sides are in them.
    title
        Said in place of the panel's own, if it is not empty.
    """

    width: int = 0
    height: int = 0
    scale: float = 2
    theme: str = LIGHT.name
    legend: bool = True
    caption: bool = True
    kind: str = KINDS[0]
    text: int = 100
    millimetres: bool = False
    title: str = ""

    @property
    def dpi(self) -> int:
        """Pixels an inch, where the picture is printed as large as it is meant to be."""
        return round(POINTS_PER_INCH * self.scale)

    @property
    def density(self) -> float:
        """Pixels a point of text and lines."""
        return self.scale * self.text / 100

    @property
    def look(self) -> Theme:
        """The theme itself."""
        return THEMES[self.theme]

    @property
    def unit(self) -> float:
        """Pixels of what the sides count."""
        return self.dpi / MM_PER_INCH if self.millimetres else 1.0

    def pixels(self, on_screen: QSize) -> QSize:
        """Return how large the picture of a thing of this size on the screen becomes."""
        if self.width and self.height:
            return QSize(self.width, self.height) * self.unit
        return (on_screen.expandedTo(QSize(1, 1)) * self.scale).boundedTo(QSize(LARGEST, LARGEST))


USUAL = PictureOptions(1600, 1000)
"""For a report, whatever the size of the window."""


def remembered() -> PictureOptions:
    """Return the options used last, or the usual ones where none that can be used are read."""
    try:
        options = PictureOptions(**json.loads(preferences.read(preferences.EXPORT_OPTIONS)))
        possible = COARSEST <= options.dpi <= FINEST and options.text in TEXT_SIZES
        sides = options.pixels(QSize(SMALLEST, SMALLEST)).toTuple()
        possible &= all(SMALLEST <= side <= LARGEST for side in sides)
        if possible and options.theme in THEMES and options.kind in KINDS:
            return options
    except (TypeError, ValueError):  # a person may have edited the file
        pass
    return USUAL


def remember(options: PictureOptions) -> None:
    """Keep these options for the next picture, and the next start; a title is of one picture."""
    preferences.write(preferences.EXPORT_OPTIONS, json.dumps(asdict(replace(options, title=""))))
