"""Which panel a picture is asked of: the one with the focus, or whose button was pressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication

from nnviz.gui.export.controller import ExportController

if TYPE_CHECKING:  # panels bring the plotting library, which loads after the first paint
    from nnviz.gui.panel import Panel

ELSE = "network"
"""The panel whose picture is meant where none has the focus."""


class Pictures(QObject):
    """Hands what is asked about pictures on, with the panel that is meant."""

    def __init__(
        self,
        export: ExportController,
        panels: Mapping[str, Panel],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._export = export
        self._panels = panels

    def watch(self, panel: Panel) -> None:
        """Let a click anywhere on a panel give it the focus."""
        if panel.focusPolicy() is Qt.FocusPolicy.NoFocus:
            panel.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    @Slot(str)
    def save(self, key: str) -> None:
        """Save a picture of a panel."""
        if key in self._panels:
            self._export.save_picture(self._panels[key])

    @Slot()
    def save_in_use(self) -> None:
        """Save a picture of the panel with the focus, or else of the network."""
        self.save(self._in_use())

    @Slot()
    def copy_in_use(self) -> None:
        """Copy a picture of the panel with the focus, or else of the network."""
        if (key := self._in_use()) in self._panels:
            self._export.copy_picture(self._panels[key])

    def _in_use(self) -> str:
        focused = QApplication.focusWidget()
        for key, panel in self._panels.items():
            if focused is not None and (focused is panel or panel.isAncestorOf(focused)):
                return key
        return ELSE
