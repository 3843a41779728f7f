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

    opening = Signal()
    """The run that was left is about to take the place of what there is."""

    offered = Signal(object)
    """There is a run to be brought back that has not been offered before: Notice."""

    def __init__(self, action: QAction, run: RunParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._action, self._run = action, run
        self._autosave: Autosave | None = None
        self._left: list[Leftover] = []
        action.setEnabled(False)

    def begin(self, folder: Path, offer: bool = True) -> None:
        """Save into this folder from now on, and offer what is there."""
        self._autosave = Autosave(folder, self._run, self)
        self._autosave.failed.connect(self.failed)
        self._left = self._autosave.leftovers()
        if not self._left:
            return
        self._action.setEnabled(True)
        # Who did not want it once is not asked at every start; the menu has it.
        newest = self._left[0]
        if offer and preferences.read(preferences.OFFERED) != newest.path.name:
            preferences.write(preferences.OFFERED, newest.path.name)
            self.offered.emit(Notice(self._offer(newest), offer=self._action))

    @Slot()
    def bring_back(self) -> None:
        """Open the run that was left, and the one before it when asked again.

        What there is now can be had back by Undo.
        """
        if not self._left:
            return
        try:
            project = read_project(self._left[0].path)
        except NnvizError as error:
            self.failed.emit(error)
        except OSError as error:
            text = "The run cannot be brought back: {fault}."
            self.failed.emit(StorageError(text, "It stays where it is.", fault=error.strerror))
        else:
            self._left = self._left[1:]
            self._action.setEnabled(bool(self._left))
            self.opening.emit()
            self._run.take_up(project, Path(project.file) if project.file else None)

    @Slot(bool)
    def begin_another(self, in_a_file: bool) -> None:
        """Leave what was learned to the next start, unless it is all in a project's file."""
        if self._autosave is not None:
            self._autosave.begin_another(in_a_file)

    def close(self, in_a_file: bool) -> None:
        """Save what is not saved yet, unless it is all in a project's file."""
        if self._autosave is not None:
            self._autosave.close(in_a_file)

    def _offer(self, left: Leftover) -> str:
        title = translated(title_of(left.summary.experiment))
        text = self.tr("“{name}”, trained for {epochs} epochs, was left on {date}.")
        date = QLocale().toString(left.saved, QLocale.FormatType.ShortFormat)
        return text.format(name=title, date=date, epochs=count(left.summary.epochs))
