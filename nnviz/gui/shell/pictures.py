"""Which panel a picture is asked of: the one in use, or the one whose button was pressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget

from nnviz.gui.export.controller import ExportController
from nnviz.gui.shell.actions import Actions
from nnviz.gui.shell.docks import PanelDock

if TYPE_CHECKING:  # panels bring the plotting library, which loads after the first paint
    from nnviz.gui.panel import Panel

FIRST = "network"
"""The panel in use before any other has been."""


class Pictures(QObject):
    """Follows which panel the person uses, and hands the actions about pictures on.

    Parameters
    ----------
    actions
        Whose triggers it takes.
    export
        What makes the pictures.
    panels
        All panels by key; may still grow.
    parent
        Qt parent.
    """

    def __init__(
        self,
        actions: Actions,
        export: ExportController,
        panels: Mapping[str, Panel],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._export = export
        self._panels = panels
        self.selected = FIRST
        actions["save-picture"].triggered.connect(self._save_selected)
        actions["copy-picture"].triggered.connect(self._copy_selected)
        actions["save-window-picture"].triggered.connect(export.save_window)
        actions["export-all"].triggered.connect(export.export_all)
        actions["export-history"].triggered.connect(export.save_history)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow_focus)

    def watch(self, panel: Panel) -> None:
        """Let a click anywhere on a panel select it."""
        if panel.focusPolicy() is Qt.FocusPolicy.NoFocus:
            panel.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    @Slot(str)
    def save(self, key: str) -> None:
        """Save a picture of a panel."""
        self.select(key)
        self._save_selected()

    def select(self, key: str) -> None:
        """Take a panel for the one in use."""
        if key in self._panels:
            self.selected = key
            title = self._panels[key].tr(self._panels[key].title)
            save, copy = self.tr("&Save picture: {panel}…"), self.tr("&Copy picture: {panel}")
            self._actions["save-picture"].setText(save.format(panel=title))
            self._actions["copy-picture"].setText(copy.format(panel=title))

    @Slot(QDockWidget)
    def follow_tab(self, dock: QDockWidget) -> None:
        """Select the panel whose tab was pressed."""
        if isinstance(dock, PanelDock):
            self.select(dock.key)

    @Slot(QWidget, QWidget)
    def _follow_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        for key, panel in self._panels.items():
            if now is not None and (now is panel or panel.isAncestorOf(now)):
                self.select(key)

    @Slot()
    def _save_selected(self) -> None:
        if self.selected in self._panels:
            self._export.save_picture(self._panels[self.selected])

    @Slot()
    def _copy_selected(self) -> None:
        if self.selected in self._panels:
            self._export.copy_picture(self._panels[self.selected])
