"""The row above a panel's picture, and how a panel's parts lie below one another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from nnviz.engine.layers import LayerSpec
from nnviz.gui.look.layer_names import layer_names, short_layer_names
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plots.legend import LegendRow


def flow(across: bool) -> QBoxLayout.Direction:
    """Return the direction of a layout: from left to right, or from top to bottom."""
    return QBoxLayout.Direction.LeftToRight if across else QBoxLayout.Direction.TopToBottom


def layer_choices(specs: Sequence[LayerSpec], layers: Sequence[int]) -> list[tuple[str, str]]:
    """Return what a selector offers for layers: short names, and tips with the whole ones."""
    show = QCoreApplication.translate("Header", "Show layer: {name}")
    names, shorts = layer_names(specs), short_layer_names(specs)
    return [(shorts[layer], show.format(name=names[layer])) for layer in layers]


def lay_out(panel: QWidget, *parts: QWidget) -> QVBoxLayout:
    """Put parts below one another on the ground of panels; return the column they are in."""
    column = QVBoxLayout(panel)
    column.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
    column.setSpacing(SPACE // 2)
    for part in parts:
        column.addWidget(part)
    panel.setBackgroundRole(QPalette.ColorRole.Light)
    panel.setAutoFillBackground(True)
    return column


class Header(QWidget):
    """The row above a picture: its legend, and at the right what can be pressed.

    The legend may take so many lines, 0 for any number.
    """

    def __init__(self, lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel-header")
        self.legend = LegendRow(self, lines)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._row.addWidget(self.legend, 1)

    def add(self, control: QWidget) -> None:
        """Put a control at the right end."""
        self._row.addWidget(control, 0, Qt.AlignmentFlag.AlignTop)
