"""What stands still of a painted picture: drawn once, and again only where it changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

_NOTHING = object()


class Sheet:
    """The ground of a picture, kept as pixels, in parts that change one by one.

    At every painting: `lay` it, `keep` all parts, `paint` it, and go on with what moves. Pictures
    that are not the screen's, such as exports, are drawn directly and leave nothing behind.
    """

    def __init__(self) -> None:
        self._pixels = QPixmap()
        self._plan: object = None
        self._looks: dict[Hashable, object] = {}
        self._ground, self._font = QColor(), QFont()
        self._covered = False
        self._target: QPainter | None = None
        """The picture's own painter, where it is drawn directly."""
        self._brush: QPainter | None = None
        """Paints the pixels, from the first part that changed on."""

    def lay(self, widget: QWidget, painter: QPainter, ground: str, plan: object) -> None:
        """Begin; all parts are drawn anew if size, resolution, ground or plan are others.

        Parameters
        ----------
        widget
            What is painted.
        painter
            Paints it.
        ground
            Colour of what no part covers.
        plan
            Whatever else all parts depend on, such as their places.
        """
        ratio, size = widget.devicePixelRatioF(), widget.size()
        self._ground, self._font = QColor(ground), widget.font()
        if not widget.isVisible() or painter.deviceTransform().m11() != ratio:
            self._target = painter
            painter.fillRect(widget.rect(), self._ground)
            return
        self._target = None
        wanted = (size.width(), size.height(), ratio, ground, plan)
        if wanted != self._plan:
            self._plan = wanted
            self._pixels = QPixmap(size * ratio)
            self._pixels.setDevicePixelRatio(ratio)
            self._pixels.fill(self._ground)
            self._looks.clear()

    def keep(
        self, part: Hashable, look: object, area: QRect, draw: Callable[[QPainter], None]
    ) -> None:
        """Draw a part if it looks other than before.

        Parameters
        ----------
        part
            Its name.
        look
            All that its picture depends on, beside the plan.
        area
            Where it is, with nothing else in it.
        draw
            Draws it, with a painter that is as a new one on the widget would be.
        """
        if self.changed(part, look):
            self.draw(area, draw)

    def changed(self, part: Hashable, look: object) -> bool:
        """Say whether a part looks other than before; if so, `draw` it."""
        if self._target is not None:
            return True
        known = self._looks.get(part, _NOTHING)
        if known == look:
            return False
        self._looks[part] = look
        self._covered = known is not _NOTHING
        return True

    def draw(self, area: QRect, draw: Callable[[QPainter], None]) -> None:
        """Draw the part that `changed` was last asked about; parameters as for `keep`."""
        painter = self._target
        if painter is None:
            painter = self._opened()
            if self._covered:
                painter.fillRect(area, self._ground)
        painter.save()
        draw(painter)
        painter.restore()

    def paint(self, painter: QPainter) -> None:
        """Put the ground where it belongs."""
        if self._brush is not None:
            self._brush.end()
            self._brush = None
        if self._target is None:
            painter.drawPixmap(0, 0, self._pixels)
        self._target = None

    def _opened(self) -> QPainter:
        """Return the painter of the pixels."""
        if self._brush is None:
            self._brush = QPainter(self._pixels)
            self._brush.setFont(self._font)
        return self._brush
