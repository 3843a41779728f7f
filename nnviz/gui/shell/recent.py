"""Files opened and saved last, in the File menu."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from nnviz.datasets.own.recipe import cleaned
from nnviz.gui import preferences
from nnviz.gui.plain import set_tool_tip

MOST = 10


class RecentFiles(QObject):
    """Lines of a menu, one a file, newest first; they are made when the menu is about to be seen.

    Parameters
    ----------
    menu
        Where they stand, above what is there.
    """

    chosen = Signal(object)
    """A file that the person chose: Path."""

    said = Signal(str)
    """What was done, in a sentence."""

    def __init__(self, menu: QMenu) -> None:
        super().__init__(menu)
        self._menu = menu
        self._lines: list[QAction] = []
        menu.aboutToShow.connect(self.refresh)
        self.refresh()

    @property
    def files(self) -> list[str]:
        """Their paths."""
        try:
            found = json.loads(preferences.read(preferences.RECENT))
        except (ValueError, RecursionError):
            return []
        return [path for path in found if isinstance(path, str)] if isinstance(found, list) else []

    @Slot(object)
    def add(self, path: Path) -> None:
        """Put a file on top."""
        name = str(path.absolute())
        self._keep([name, *(each for each in self.files if each != name)][:MOST])

    @Slot()
    def clear(self) -> None:
        """Forget all."""
        self._keep([])
        self.said.emit(self.tr("The list of recent files is empty; the files stay."))

    @Slot()
    def refresh(self) -> None:
        """Make the lines anew; what is not there any more cannot be chosen."""
        for line in self._lines:
            self._menu.removeAction(line)
            line.deleteLater()
        top = self._menu.actions()[0] if self._menu.actions() else None
        self._lines = [self._line(Path(name)) for name in self.files]
        if top is not None:
            self._menu.insertActions(top, self._lines)
        self._menu.menuAction().setEnabled(bool(self._lines))

    def _line(self, path: Path) -> QAction:
        line = QAction(cleaned(path.name).replace("&", "&&"), self._menu)
        line.setObjectName("recent-file")
        line.setEnabled(path.is_file())
        text = self.tr("{path}") if path.is_file() else self.tr("{path} is not there any more.")
        set_tool_tip(line, text.format(path=path))
        line.setStatusTip(line.toolTip())
        line.triggered.connect(partial(self._choose, path))
        return line

    def _choose(self, path: Path) -> None:
        self.chosen.emit(path)

    def _keep(self, files: list[str]) -> None:
        preferences.write(preferences.RECENT, json.dumps(files))
        self.refresh()
