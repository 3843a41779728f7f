"""The row above a panel's picture, and how a panel's parts lie below one another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from nnviz.engine.layers import LayerSpec
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.layer_names import layer_names, short_layer_names
from nnviz.gui.look.style import em
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.legend import LegendRow
from nnviz.gui.widgets.buttons import SegmentedControl

_LEAST, _MEANT = 1.5, 7.5
"""Width of a legend: what it never goes below, and what is left to it where that is possible, in
heights of a line of text."""


def flow(across: bool) -> QBoxLayout.Direction:
    """Return the direction of a layout: from left to right, or from top to bottom."""
    return QBoxLayout.Direction.LeftToRight if across else QBoxLayout.Direction.TopToBottom


def layer_choices(specs: Sequence[LayerSpec], layers: Sequence[int]) -> list[tuple[str, str]]:
    """Return what a selector offers for layers: short names, and tips with the whole ones."""
    show = QCoreApplication.translate("Header", "Show layer: {name}")
    names, shorts = layer_names(specs), short_layer_names(specs, layers)
    return [
        (short, show.format(name=names[layer])) for short, layer in zip(shorts, layers, strict=True)
    ]


def lay_out(panel: QWidget, *parts: QWidget | QLayout) -> QVBoxLayout:
    """Put parts below one another on the ground of panels; return the column they are in."""
    half = SPACE // 2
    margins = SPACE, half, SPACE, half
    column = filled(QVBoxLayout(panel), *parts, margins=margins, spacing=half)
    panel.setBackgroundRole(QPalette.ColorRole.Light)
    panel.setAutoFillBackground(True)
    return column


@guarded
class Header(QWidget):
    """The row above a picture: its legend, and at the right what can be pressed.

    The legend may take so many lines, 0 for any number.
    """

    def __init__(self, lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel-header")
        self.legend = LegendRow(self, lines)
        self.legend.setMinimumWidth(em(self.legend, _LEAST))  # it says at least how much there is
        self._row = filled(QHBoxLayout(self), self.legend, spacing=2, wide=self.legend)
        self._row.addSpacing(SPACE // 2)  # its last name is none of what can be pressed
        self._controls: list[QWidget] = []

    def add(self, control: QWidget) -> None:
        """Put a control at the right end."""
        self._row.addWidget(control, 0, Qt.AlignmentFlag.AlignTop)
        self._controls.append(control)

    def event(self, event: QEvent) -> bool:
        """Have a selector take up no more than what the legend and all else leave."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            room = self.width() - em(self.legend, _MEANT) - SPACE // 2
            shown = [control for control in self._controls if not control.isHidden()]
            for selector in (each for each in shown if isinstance(each, SegmentedControl)):
                others = (each.sizeHint().width() + 2 for each in shown if each is not selector)
                selector.fit(room - sum(others))
        return super().event(event)
