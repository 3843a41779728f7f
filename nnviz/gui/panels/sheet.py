"""What stands still of a painted picture: drawn once, and again only where it changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap

_SPILL = 3
"""Pixels by which what belongs to an area may stand out beside it."""


class Sheet:
    """The ground of a picture, kept as pixels, in parts that change one by one."""

    def __init__(self) -> None:
        self._pixels = QPixmap()
        self._plan: object = None
        self._looks: dict[Hashable, object] = {}

    def lay(self, size: QSize, ratio: float, ground: str, plan: object) -> None:
        """Begin anew if the picture's size, its resolution, its ground or plan is another.

        Parameters
        ----------
        size
            In device-independent pixels.
        ratio
            Device pixels in one of them.
        ground
            Colour of what no part covers.
        plan
            Whatever else all parts depend on, such as their places.
        """
        wanted = (size.width(), size.height(), ratio, ground, plan)
        if wanted == self._plan:
            return
        self._plan = wanted
        self._pixels = QPixmap(size * ratio)
        self._pixels.setDevicePixelRatio(ratio)
        self._pixels.fill(QColor(ground))
        self._ground = ground
        self._looks.clear()

    def keep(
        self,
        part: Hashable,
        look: object,
        area: QRect,
        font: QFont,
        draw: Callable[[QPainter], None],
    ) -> None:
        """Draw a part if it looks other than before.

        Parameters
        ----------
        part
            Its name.
        look
            All that its picture depends on.
        area
            Where it is.
        font
            The painter's at first.
        draw
            Draws it.
        """
        if self._looks.get(part) == look:
            return
        painter = QPainter(self._pixels)
        painter.setFont(font)
        if part in self._looks:
            painter.fillRect(area.adjusted(-_SPILL, 0, _SPILL, 0), QColor(self._ground))
        draw(painter)
        painter.end()
        self._looks[part] = look

    def paint(self, painter: QPainter) -> None:
        """Put the ground where it belongs."""
        painter.drawPixmap(0, 0, self._pixels)
