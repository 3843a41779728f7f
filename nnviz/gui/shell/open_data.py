"""A person's own data: chosen, dropped or pasted, looked at aside, shown, and then opened."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QStandardPaths, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from nnviz.datasets.own.recipe import OWN, OwnData
from nnviz.errors import DataError, NnvizError
from nnviz.files import unwritten_told, write_whole
from nnviz.gui.export.files import ask_for_folder
from nnviz.gui.plain import progress_dialog
from nnviz.gui.run.file_reader import FileReader, Found
from nnviz.gui.shell.drops import files_of
from nnviz.training.choices import starting_point, with_sample
from nnviz.training.experiment import Experiment

if TYPE_CHECKING:  # bring the readers of files, which are not needed to begin with
    from nnviz.gui.shell.data_dialog import OpenDataDialog
    from nnviz.training.own_reading import ReadRequest

_CSV = "text/csv"


class OpenData(QObject):
    """Opens a person's own data as an Experiment.

    Parameters
    ----------
    current
        Returns the Experiment there is: data that are looked at again keep its network.
    """

    opened = Signal(object)
    """The `Experiment` on a file."""

    failed = Signal(object)
    """Why a file cannot be opened: `NnvizError`."""

    left = Signal()
    """The person has looked at a file, or has not waited for it, and does not open it."""

    file_given = Signal(object)
    """A file of whatever kind was pasted or dropped: Path."""

    def __init__(self, current: Callable[[], Experiment], window: QWidget) -> None:
        super().__init__(window)
        self._current, self._window = current, window
        self._reader = FileReader(self)
        self._dialog: OpenDataDialog | None = None

    @Slot()
    def ask_folder(self) -> None:
        """Ask for a folder with a sub-folder of pictures for each class."""
        if folder := ask_for_folder(self._window, self.tr("Open a folder of pictures")):
            self.look(folder)

    @Slot()
    def paste(self) -> None:
        """Open what has been copied in a spreadsheet, or a file that has been copied."""
        self.take(QGuiApplication.clipboard().mimeData() or QMimeData())

    def take(self, given: QMimeData) -> None:
        """Open what was pasted or dropped: files that belong together, or the text of a table."""
        paths = files_of(given)
        content = bytes(given.data(_CSV).data()) if given.hasFormat(_CSV) else given.text().encode()
        if paths:
            try:
                from nnviz.datasets.own.formats import file_meant

                self.file_given.emit(file_meant(paths))
            except DataError as error:
                self.failed.emit(error)
        elif content.strip() and not given.hasUrls():
            self._look_at_copy(content)
        else:
            sentence = "There is no table to be pasted."
            self.failed.emit(DataError(sentence, "Copy cells in a spreadsheet, or a file, first."))

    def look(self, path: Path) -> None:
        """Show what a file seems to be, once it has been looked at."""
        from nnviz.training.own_reading import ReadRequest

        self._look(ReadRequest(path), is_new=True)

    @Slot()
    def look_again(self) -> None:
        """Show the file that is open, as it is read."""
        from nnviz.training.own_reading import ReadRequest

        own = self._current().data.file
        if own is not None:
            recipe = own.samples or own.recipe
            request = ReadRequest(Path(own.path), recipe=recipe, exact=own.samples is None)
            self._look(request, is_new=False)

    @Slot()
    def close(self) -> None:
        """Leave no process behind."""
        self._reader.close()

    def _look(self, request: ReadRequest, is_new: bool) -> None:
        if self._dialog is not None:
            self._dialog.reject()
        name = request.path.name
        text, cancel = self.tr("Reading “{file}” …").format(file=name), self.tr("Cancel")
        self._reader.ask(request, partial(self._show, request, is_new))
        progress = progress_dialog(self._window, "open-data-reading", text, cancel)
        progress.setMaximum(100)
        self._reader.advanced.connect(progress.setValue)
        self._reader.ended.connect(progress.deleteLater)
        progress.canceled.connect(self._reader.close)
        progress.canceled.connect(self.left)

    def _show(self, request: ReadRequest, is_new: bool, found: Found | NnvizError) -> None:
        from nnviz.gui.shell.data_dialog import OpenDataDialog

        if isinstance(found, NnvizError):
            self._reader.close()
            self.failed.emit(found)
            return
        dialog = self._dialog = OpenDataDialog(request, found, self._window)
        dialog.look_wanted.connect(self._look_anew)
        self._reader.advanced.connect(dialog.show_progress)
        dialog.finished.connect(self._forget)
        dialog.rejected.connect(self.left)
        dialog.accepted.connect(lambda: self._open(dialog.data, is_new))
        dialog.open()

    @Slot(object)
    def _look_anew(self, request: ReadRequest) -> None:
        self._reader.ask(request, self._show_anew)

    def _show_anew(self, found: Found | NnvizError) -> None:
        if self._dialog is None:
            return
        if isinstance(found, NnvizError):
            self._dialog.show_refusal(found)
        else:
            self._dialog.show_answer(found)

    @Slot()
    def _forget(self) -> None:
        self._dialog = None
        self._reader.close()

    def _open(self, own: OwnData, is_new: bool) -> None:
        fresh = starting_point(OWN, own)
        if is_new:
            self.opened.emit(fresh)
            return
        before = self._current()
        after = with_sample(before, OWN, own)
        kept = ["test_fraction", "validation_fraction", "seed"]
        if own.recipe.time_column is not None:
            kept.append("split")
        split = {name: getattr(before.data, name) for name in kept}
        self.opened.emit(after.change("data", **split))

    def _look_at_copy(self, content: bytes) -> None:
        """Write what was pasted to a private file, so that it can be opened again, and look."""
        location = QStandardPaths.StandardLocation.AppDataLocation
        whose = hashlib.sha256(content).hexdigest()[:16]
        folder = Path(QStandardPaths.writableLocation(location), "pasted", whose)
        path = folder / "pasted.csv"  # which is the data set's name from now on
        try:
            with unwritten_told(path):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_whole(path, [content])
                path.chmod(0o600)
        except NnvizError as error:
            self.failed.emit(error)
            return
        self.look(path)
