"""Brings back what was on the screen when the window was last there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLocale, QObject, Signal, Slot
from PySide6.QtGui import QAction

from nnviz.errors import StorageError
from nnviz.gui import preferences
from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import translated
from nnviz.gui.run.autosave import Autosave, Leftover
from nnviz.gui.run.parts import RunParts
from nnviz.gui.shell.notices import Notice
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

    wanted = Signal(object)
    """A run that was left is to take the place of what there is: Path."""

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
        path = self._left[0].path
        if path.exists():
            self.wanted.emit(path)
        else:
            text = "The run cannot be brought back: its file, {path}, is gone."
            self.failed.emit(StorageError(text, "Look for it in another folder.", path=str(path)))

    @Slot(object)
    def note_back(self, path: Path) -> None:
        """Take note of a run that is back."""
        self._left = [left for left in self._left if left.path != path]
        self._action.setEnabled(bool(self._left))

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
