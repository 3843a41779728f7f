"""Everything the painters need to know of one picture, and the small tools they share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QStaticText, QTransform

from nnviz.gui.look.theme import SMALL_SIZE, Theme, rgb
from nnviz.gui.network.reading import Reading, Scale
from nnviz.gui.network.sheet import Layout, Unit
from nnviz.training.problem import Problem

Fill = Literal["sample", "plane", "weights"]
"""What fills the neurons: a number of the chosen sample, a heat map, or a picture of weights."""

Target = tuple[Literal["node", "edge"], int, int]
"""What the mouse is over: a neuron (layer, unit), or an edge (its index, 0)."""

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True, eq=False)
class Scene:
    """One picture.

    Parameters
    ----------
    problem
        The data.
    layout
        Where neurons stand.
    scales
        Colour scale of every column.
    theme
        Colours.
    fill
        What fills the neurons.
    zoom
        Pixels on the screen for one unit of the layout.
    reading
        The moment shown; None before the first frame.
    hovered
        What the mouse is over.
    focus
        The neuron (layer, unit) that is looked at alone, or None.
    touchable
        Whether somebody can press what is drawn; a picture for export has nothing to press.
    """

    problem: Problem
    layout: Layout
    scales: tuple[Scale, ...]
    theme: Theme
    fill: Fill
    zoom: float
    reading: Reading | None = None
    hovered: Target | None = None
    focus: Unit | None = None
    touchable: bool = True

    @property
    def pointed(self) -> Unit | None:
        """The neuron that the mouse is over, or None."""
        return self.hovered[1:] if self.hovered and self.hovered[0] == "node" else None

    @property
    def focus_reads_image(self) -> bool:
        """Whether the neuron in focus has a weight for every pixel, shown on the image."""
        inputs, first = self.layout.columns[:2]
        return self.focus is not None and self.focus[0] == 1 and inputs.is_image and first.weighted


@dataclass(frozen=True)
class Camera:
    """What part of the layout is seen: ``screen = layout * zoom + offset``."""

    zoom: float = 1.0
    dx: float = 0.0
    dy: float = 0.0

    def to_layout(self, point: QPointF) -> tuple[float, float]:
        """Return the layout's point under a point of the screen."""
        return (point.x() - self.dx) / self.zoom, (point.y() - self.dy) / self.zoom

    def zoomed(self, factor: float, at: QPointF, low: float, high: float) -> Camera:
        """Return the camera nearer by `factor`, with what is `at` a point staying there."""
        zoom = min(max(self.zoom * factor, low), high)
        x, y = self.to_layout(at)
        return Camera(zoom, at.x() - x * zoom, at.y() - y * zoom)

    def moved(self, by: QPointF) -> Camera:
        """Return the camera with the picture pushed by so many pixels."""
        return Camera(self.zoom, self.dx + by.x(), self.dy + by.y())


def sized(base: QFont, pixels: float = SMALL_SIZE, bold: bool = False) -> QFont:
    """Return a font of this height whose digits all have the same width."""
    key = (base.family(), max(round(pixels), 6), bold)
    if key not in _FONTS:
        _FONTS[key] = _sized(base, *key[1:])
    return _FONTS[key]


_FontKey = tuple[str, int, bool]
"""Family, height in pixels, and whether it is bold."""

_FONTS: dict[_FontKey, QFont] = {}
"""Fonts made before: one that is kept knows its glyphs already, which a new one has to look up."""


def _sized(base: QFont, pixels: int, bold: bool) -> QFont:
    font = QFont(base)
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    # Figures that change sixty times a second must not dance.
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def elided(text: str, font: QFont, width: float) -> str:
    """Return the text cut with an ellipsis where it is too wide."""
    if text.isascii() and 0.8 * font.pixelSize() * len(text) < width:
        return text  # surely short enough; measuring takes as long as painting
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


def write(
    painter: QPainter,
    rect: QRectF,
    text: str,
    color: str,
    flags: Qt.AlignmentFlag = LEFT,
) -> None:
    """Write one line in a colour, cut to the rectangle's width."""
    painter.setPen(QColor(color))
    font = painter.font()
    line, wide, high = _set(text, (font.family(), font.pixelSize(), font.bold()), rect.width())
    spare = rect.width() - wide
    across = 0.0 if flags == LEFT else spare if flags == RIGHT else spare / 2
    at = QPointF(rect.left() + across, rect.top() + (rect.height() - high) / 2)
    painter.drawStaticText(at, line)


@lru_cache(maxsize=2048)
def _set(text: str, font: _FontKey, room: float) -> tuple[QStaticText, float, float]:
    """Return a line set in type, its width and height; the same few are written again and again."""
    kept = _FONTS.get(font) or sized(QFont(font[0]), *font[1:])
    line = QStaticText(elided(text, kept, room))
    line.setTextFormat(Qt.TextFormat.PlainText)
    line.prepare(QTransform(), kept)
    return line, line.size().width(), line.size().height()


def ink_on(color: QColor, theme: Theme) -> QColor:
    """Return dark or light ink, whichever is easier to read on a colour."""
    light = 0.299 * color.red() + 0.587 * color.green() + 0.114 * color.blue() > 140
    dark_ink, light_ink = sorted((theme.text, theme.surface), key=lambda ink: sum(rgb(ink)))
    return QColor(dark_ink if light else light_ink)
