"""How the track of the timeline is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import SPACE, Theme, blend
from nnviz.gui.timeline.scale import Scale, Tick, ticks

MARGIN = SPACE
"""Pixels left and right of the track, for the handle."""

LINE = 13
"""Pixels from the top to the middle of the groove: of buttons beside it, the middle too."""

LABELLED = 36
"""Height from which there is room for numbers under the groove."""

_THICK = 4.0
_HANDLE = 6.0
_LABEL_GAP = 2 * SPACE


@dataclass(frozen=True)
class Look:
    """Everything that makes a track look as it does; equal looks need no other painting.

    Parameters
    ----------
    width, height
        Of the widget, in pixels.
    end
        Epoch at the right end.
    newest, shown
        Pixels from the groove's left end to the newest epoch, and to the handle.
    past
        Whether the handle stands at an earlier epoch than the newest.
    usable
        Whether there is anything to choose.
    lit
        Whether the handle has the focus or is under the mouse.
    marks
        Pixels from the left end of the kept moments to be marked.
    theme
        Colours.
    """

    width: int
    height: int
    end: int
    newest: float
    shown: float
    past: bool
    usable: bool
    lit: bool
    marks: tuple[float, ...]
    theme: Theme


def paint(painter: QPainter, look: Look) -> None:
    """Draw a track."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    theme, end = look.theme, look.width - 2 * MARGIN
    painter.translate(MARGIN, LINE)
    _bar(painter, 0.0, end, theme.border)
    _bar(painter, 0.0, look.newest, blend(theme.muted, theme.surface, 0.5))
    if look.past:
        _bar(painter, 0.0, look.shown, theme.accent)
    painter.setPen(QPen(QColor(theme.surface), 1.01))
    painter.drawLines([QLineF(x, -_THICK / 2, x, _THICK / 2) for x in look.marks])
    if look.height >= LABELLED:
        _labels(painter, look, end)
    if look.usable:
        _handle(painter, look)


def _bar(painter: QPainter, start: float, end: float, color: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(QRectF(start, -_THICK / 2, end - start, _THICK), 2, 2)


def _labels(painter: QPainter, look: Look, width: float) -> None:
    painter.setFont(small_font())
    faint = QColor(blend(look.theme.muted, look.theme.surface, 0.6))
    for tick in placed_ticks(look.end, width):
        painter.setPen(QPen(faint, 1.01))
        painter.drawLine(QLineF(tick.x, 6, tick.x, 9))
        painter.setPen(QColor(look.theme.muted))
        box = QRectF(tick.center - 50, 8, 100, look.height - LINE - 8)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), count(tick.epoch))


def _handle(painter: QPainter, look: Look) -> None:
    theme = look.theme
    ink = theme.accent if look.past or look.lit else theme.muted
    painter.setPen(QPen(QColor(ink), 2.0))
    painter.setBrush(QColor(theme.raised))
    painter.drawEllipse(QPointF(look.shown, 0), _HANDLE, _HANDLE)


@lru_cache(maxsize=8)
def placed_ticks(end: int, width: float) -> tuple[Tick, ...]:
    """Return the numbers to be written under a track of so many pixels."""
    metrics = QFontMetricsF(small_font())
    return ticks(Scale(end), width, lambda epoch: _room(metrics, epoch), MARGIN)


def _room(metrics: QFontMetricsF, epoch: int) -> float:
    return metrics.horizontalAdvance(count(epoch)) + _LABEL_GAP
