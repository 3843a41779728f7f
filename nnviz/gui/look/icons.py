"""Icons: one set of line drawings, in the theme's ink."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from nnviz.gui.look.theme import Theme, blend, theme_of
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
        for size in SIZES:
            drawing.addPixmap(_inked(_shape(name, size), shade), mode)
    return drawing


def set_icon(target: QAction | QAbstractButton, name: str, ink: str = "text") -> None:
    """Give an action or a button an icon that `reink` draws anew when the theme changes.

    Parameters
    ----------
    target
        An action or a button.
    name
        As in `icon`.
    ink
        Which of the theme's colours.
    """
    target.setProperty("icon-name", name)
    target.setProperty("icon-ink", ink)
    theme = theme_of()
    target.setIcon(icon(name, theme, getattr(theme, ink)))


def reink(root: QObject) -> None:
    """Draw every icon below an object that `set_icon` gave it in the ink of the present theme."""
    targets: list[QAction | QAbstractButton] = [*root.findChildren(QAction)]
    for target in (*targets, *root.findChildren(QAbstractButton)):
        if name := target.property("icon-name"):
            set_icon(target, name, target.property("icon-ink"))


def tinted(name: str, color: str) -> bytes:
    """Return the SVG text of an icon in a colour."""
    return _source(name).replace(b"currentColor", color.encode())


def picture(name: str, color: str, size: int, ratio: float = 1.0) -> QPixmap:
    """Return an icon as a picture `size` points wide, sharp on a screen of this pixel ratio."""
    drawn = _inked(_shape(name, round(size * ratio)), color)
    drawn.setDevicePixelRatio(ratio)
    return drawn


def icon_size() -> QSize:
    """Return the size of icons in bars and buttons."""
    return QSize(16, 16)


def _source(name: str) -> bytes:
    return resource("icons", f"{name}.svg").read_bytes()


@lru_cache(maxsize=1024)
def _shape(name: str, size: int) -> QImage:
    """Return where an icon `size` pixels wide has ink; its colour says nothing.

    Kept, for another theme changes the ink of all icons at once and the shape of none.
    """
    shape = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    shape.fill(Qt.GlobalColor.transparent)
    painter = QPainter(shape)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(tinted(name, "#000000"))).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return shape


def _inked(shape: QImage, color: str) -> QPixmap:
    # Not painted over a pixmap made of the shape: Qt would take all of these for the same one.
    pixmap = QPixmap(shape.size())
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.drawImage(0, 0, shape)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor(color))
    painter.end()
    return pixmap
