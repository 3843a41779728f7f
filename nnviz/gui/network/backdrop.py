"""What stays while the network learns: the ground, bands between layers, captions, names.

It is painted once for a view of a layout and then copied, for writing costs more than copying.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap

from nnviz.gui.look.theme import Theme
from nnviz.gui.network.answers import paint_tracks
from nnviz.gui.network.bundles import paint_bundles
from nnviz.gui.network.folds import paint_folds
from nnviz.gui.network.labels import paint_captions, paint_inputs
from nnviz.gui.network.scene import Camera, Scene
from nnviz.gui.network.sheet import Layout, Unit

_Key = tuple[Layout, Theme, Camera, QSize, float, Unit | None, bool]


def paint_backdrop(painter: QPainter, scene: Scene, camera: Camera, rect: QRectF) -> None:
    """Paint all that no reading changes; the painter is in pixels of the screen."""
    painter.fillRect(rect, QColor(scene.theme.surface))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    with_camera(painter, camera)
    paint_bundles(painter, scene)
    paint_captions(painter, scene)
    paint_inputs(painter, scene)
    paint_folds(painter, scene)
    paint_tracks(painter, scene)
    painter.restore()


def with_camera(painter: QPainter, camera: Camera) -> None:
    """Save the painter and let it paint in units of the layout."""
    painter.save()
    painter.translate(camera.dx, camera.dy)
    painter.scale(camera.zoom, camera.zoom)


class Backdrop:
    """Keeps the last backdrop as a picture."""

    def __init__(self) -> None:
        self._key: _Key | None = None
        self._picture = QPixmap()

    def picture(
        self, scene: Scene, camera: Camera, size: QSize, ratio: float, font: QFont
    ) -> QPixmap:
        """Return the backdrop, painted anew only if it has changed.

        Parameters
        ----------
        scene, camera
            What is seen.
        size, ratio
            Of the picture: its size, and pixels of the screen for one of its units.
        font
            Gives the family of letters.
        """
        key = (scene.layout, scene.theme, camera, size, ratio, scene.focus, scene.touchable)
        if key != self._key:
            self._key = key
            self._picture = new_picture(size, ratio)
            painter = QPainter(self._picture)
            painter.setFont(font)
            paint_backdrop(painter, scene, camera, QRectF(0, 0, size.width(), size.height()))
            painter.end()
        return self._picture


def new_picture(size: QSize, ratio: float) -> QPixmap:
    """Return an empty picture of a size in units of which each is `ratio` pixels."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    return picture
