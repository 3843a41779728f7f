"""The card that explains the neuron or weight under the mouse, beside it."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.style import small_font, strong_font
from nnviz.gui.look.theme import Theme
from nnviz.gui.look.themed import Themed
from nnviz.gui.network.explanations import Explanation
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label

_AWAY, _EDGE = 16.0, 8.0
"""Pixels between a card and what it speaks of, and between a card and the picture's side."""


@guarded
class NetworkCard(Themed, Label):
    """Shows an `Explanation` on a picture; the mouse passes through it."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__("", parent)
        self.explanation: Explanation | None = None
        self._picture = parent
        self.setTextFormat(Qt.TextFormat.RichText)  # every name in it is escaped
        self.setContentsMargins(10, 8, 10, 9)
        self.setObjectName(name)
        self.setProperty("networkCard", True)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def explain(self, explanation: Explanation | None) -> None:
        """Say something, or with None nothing."""
        before, self.explanation = self.explanation, explanation
        self.setVisible(explanation is not None)
        if explanation is None:
            return
        self.setText(_html(explanation, self.theme))
        # Figures that change while the network learns do not make it shrink and grow.
        same = before is not None and before.title == explanation.title
        self.setMinimumWidth(self.width() if same else 0)
        self.adjustSize()

    def put_beside(self, point: QPointF) -> None:
        """Lie right below a point, or on its other side."""
        x, y = point.x() + _AWAY, point.y() + _AWAY
        if x + self.width() > self._picture.width():
            x = point.x() - _AWAY - self.width()
        y = min(y, self._picture.height() - self.height() - _EDGE)
        self.move(round(max(x, _EDGE)), round(max(y, _EDGE)))
        self.raise_()

    def restyle(self) -> None:
        """Write in other colours."""
        self.explain(self.explanation)


def _html(explanation: Explanation, theme: Theme) -> str:
    """Return the text of a card: a title, and rows of two columns."""
    title = f'<td colspan="2" style="font-size: {strong_font().pixelSize()}px; font-weight: 600">'
    inks = {-1: theme.negative, 0: theme.muted, 1: theme.positive}
    rows = (
        f'<tr><td style="color: {inks[row.sign]}; padding-top: 3px">{escape(row.label)}</td>'
        f'<td align="right" style="padding: 3px 0 0 18px">{escape(row.value)}</td></tr>'
        for row in explanation.rows
    )
    size = small_font().pixelSize()
    return (
        f'<table cellspacing="0" style="white-space: nowrap; font-size: {size}px">'
        f"<tr>{title}{escape(explanation.title)}</td></tr>{''.join(rows)}</table>"
    )
