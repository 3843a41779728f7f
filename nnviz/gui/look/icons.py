"""Icons: one set of line drawings, in the theme's ink."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from nnviz.gui.look.theme import Theme, blend
from nnviz.resources import resource

SIZES = (16, 20, 32, 40, 64)
"""Pixels of the drawings an icon holds: 16 and 20 points on screens of one, two and three times
the resolution, and what lies between."""

_DISABLED_SHARE = 0.4


def icon(name: str, theme: Theme, color: str = "") -> QIcon:
    """Return an icon in the theme's ink.

    Parameters
    ----------
    name
        File name in ``resources/icons`` without its ending.
    theme
        Gives the ink, and the background a disabled icon fades into.
    color
        ``#rrggbb`` of another ink.

    Raises
    ------
    FileNotFoundError
        If there is no such icon.
    """
    ink = color or theme.text
    faded = blend(ink, theme.window, _DISABLED_SHARE)
    drawing = QIcon()
    for mode, shade in ((QIcon.Mode.Normal, ink), (QIcon.Mode.Disabled, faded)):
        renderer = QSvgRenderer(QByteArray(tinted(name, shade)))
        for size in SIZES:
            drawing.addPixmap(_drawn(renderer, size), mode)
    return drawing


def tinted(name: str, color: str) -> bytes:
    """Return the SVG text of an icon in a colour."""
    return _source(name).replace(b"currentColor", color.encode())


def picture(name: str, color: str, size: int, ratio: float = 1.0) -> QPixmap:
    """Return an icon as a picture `size` points wide, sharp on a screen of this pixel ratio."""
    drawn = _drawn(QSvgRenderer(QByteArray(tinted(name, color))), round(size * ratio))
    drawn.setDevicePixelRatio(ratio)
    return drawn


def icon_size() -> QSize:
    """Return the size of icons in bars and buttons."""
    return QSize(16, 16)


def _source(name: str) -> bytes:
    return resource("icons", f"{name}.svg").read_bytes()


def _drawn(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
