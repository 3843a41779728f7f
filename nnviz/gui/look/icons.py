"""Icons: one set of line drawings, in the theme's ink."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from nnviz.gui.look.theme import blend, theme_of
from nnviz.gui.overrides import guarded
from nnviz.resources import resource

_DISABLED_SHARE = 0.4


@guarded
class _Drawing(QIconEngine):
    """Draws an icon at whatever size is asked for, in the theme in force when it is painted.

    Nobody may change such an icon (``addPixmap``, ``setIsMask``): Qt would clone its engine, and
    the clone of one that Python made is gone before Qt has it. That ends the process.
    """

    def __init__(self, name: str, ink: str) -> None:
        super().__init__()
        self._name, self._ink = name, ink

    def iconName(self) -> str:
        """Return the name of the drawing."""
        return self._name

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the drawing, fainter if it is disabled."""
        theme = theme_of()
        color: str = getattr(theme, self._ink)
        if mode is QIcon.Mode.Disabled:
            color = blend(color, theme.window, _DISABLED_SHARE)
        return _inked(_shape(self._name, size.width()), color)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint the drawing."""
        painter.drawPixmap(rect, self.pixmap(rect.size(), mode, state))


def icon(name: str, ink: str = "text") -> QIcon:
    """Return an icon that is drawn in the present theme, also after another has been chosen.

    It is named after its file in ``resources/icons``, its ink after a colour of the theme.

    Raises
    ------
    FileNotFoundError
        If there is no such icon.
    """
    if name not in _names():
        _source(name)  # or this would be raised where it is first painted
    return QIcon(_Drawing(name, ink))


def tinted(name: str, color: str) -> bytes:
    """Return the SVG text of an icon in a colour."""
    return _source(name).replace(b"currentColor", color.encode())


def icon_size() -> QSize:
    """Return the size of icons in bars and buttons."""
    return QSize(16, 16)


@lru_cache
def _names() -> frozenset[str]:
    """Return the icons there are: none of them is read before it is painted."""
    return frozenset(file.stem for file in resource("icons").iterdir())


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
