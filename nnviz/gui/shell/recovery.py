"""Brings back what was on the screen when the window was last there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLocale, QObject, Signal, Slot
from PySide6.QtGui import QAction

from nnviz.errors import NnvizError, StorageError
from nnviz.gui import preferences
from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import translated
from nnviz.gui.run.autosave import Autosave, Leftover
from nnviz.gui.run.parts import RunParts
from nnviz.gui.shell.notices import Notice
from nnviz.storage.project import read_project
from nnviz.training.presets import title_of


class Recovery(QObject):
    """Has the run saved by itself, and offers the last one at the next start.

    Parameters
    ----------
    action
        "bring-back".
    run
        The window's.
    """

    failed = Signal(object)
    """A run cannot be saved or brought back: NnvizError."""

    offered = Signal(object)
    """There is a run to be brought back that has not been offered before: Notice."""

    def __init__(self, action: QAction, run: RunParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._action, self._run = action, run
        self._autosave: Autosave | None = None
        self._left: Leftover | None = None
        action.setEnabled(False)

    def begin(self, folder: Path, offer: bool = True) -> None:
        """Save into this folder from now on, and offer what is there."""
        self._autosave = Autosave(folder, self._run, self)
        self._autosave.failed.connect(self.failed)
        self._left = self._autosave.leftover()
        if self._left is None:
            return
        self._action.setEnabled(True)
        # Who did not want it once is not asked at every start; the menu has it.
        if offer and preferences.read(preferences.OFFERED) != self._left.path.name:
            preferences.write(preferences.OFFERED, self._left.path.name)
            self.offered.emit(Notice(self._offer(self._left), offer=self._action))

    @Slot()
    def bring_back(self) -> None:
        """Open the run that was left; what there is now can be had back by Undo."""
        if self._left is None:
            return
        try:
            project = read_project(self._left.path)
        except NnvizError as error:
            self.failed.emit(error)
        except OSError as error:
            text = "The run cannot be brought back: {fault}."
            self.failed.emit(StorageError(text, "It stays where it is.", fault=error.strerror))
        else:
            self._action.setEnabled(False)
            self._run.take_up(project, Path(project.file) if project.file else None)

    def close(self, in_a_file: bool) -> None:
        """Save what is not saved yet, unless it is all in a project's file."""
        if self._autosave is not None:
            self._autosave.close(in_a_file)

    def _offer(self, left: Leftover) -> str:
        title = translated(title_of(left.summary.experiment))
        text = self.tr("“{name}”, trained for {epochs} epochs, was left on {date}.")
        date = QLocale().toString(left.saved, QLocale.FormatType.ShortFormat)
        return text.format(name=title, date=date, epochs=count(left.summary.epochs))
