"""Projects in files: opened, saved, and noticed where another window has the same one open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMainWindow

from nnviz.errors import DataError, NnvizError, StorageError
from nnviz.files import unwritten_told
from nnviz.gui import preferences
from nnviz.gui.export.files import ask_for_kind
from nnviz.gui.look.texts import translated
from nnviz.gui.run.background import Background
from nnviz.gui.run.parts import RunParts
from nnviz.gui.shell.arrangement import Arrangement
from nnviz.storage.own_files import GOES_ALONG, MissingFileError
from nnviz.storage.project import (
    SUFFIX,
    Project,
    is_project,
    read_experiment,
    read_project,
    write_project,
)
from nnviz.training.experiment import Experiment
from nnviz.training.presets import title_of
from nnviz.training.problem import Problem

_State = tuple[object, ...]
_Found = Project | Experiment | NnvizError
_Read = Callable[[Path, Path | None], Project | Experiment]


class Projects(QObject):
    """Says which file the work of a window belongs to, and does what the File menu asks with it.

    Parameters
    ----------
    run
        The window's.
    arrangement
        Of its panels.
    window
        Whose title names the file.
    """

    failed = Signal(object)
    """Something could not be opened or saved: NnvizError."""

    said = Signal(str)
    """What was done, in a sentence."""

    opening = Signal()
    """A project is about to take the place of what there is."""

    experiment_read = Signal(object)
    """A file holds an `Experiment` and nothing else."""

    data_chosen = Signal(object)
    """A file is neither project nor Experiment, but perhaps data: Path."""

    used = Signal(object)
    """A file was opened or saved: Path."""

    def __init__(self, run: RunParts, arrangement: Arrangement, window: QMainWindow) -> None:
        super().__init__(window)
        self._run, self._arrangement, self._window = run, arrangement, window
        self._lock: QLockFile | None = None
        self._shared = False
        self._saved: dict[Path, _State] = {}
        """What is in files that were opened or saved here."""
        self._with_data: dict[Path, bool] = {}
        """Whether the person wanted the data in them."""
        self._writer = Background(self)
        self._writing: dict[Path, Project] = {}
        run.store.filed.connect(self._take_file)
        for changed in (run.store.changed, run.store.amended):
            changed.connect(self._show_title)
        for changed in (run.recording.changed, run.kept.changed):
            changed.connect(self._show_mark)
        self._show_title()

    @property
    def is_saved(self) -> bool:
        """Whether a file has all there is."""
        file = self._run.store.file
        return file is not None and self._saved.get(file) == self._state()

    def succeed(self, before: Projects) -> None:
        """Take the place of those of another window, which goes."""
        self._lock, before._lock = before._lock, None
        self._shared = before._shared
        self._saved, self._with_data = before._saved, before._with_data
        self._show_title()

    @Slot()
    def ask(self) -> None:
        """Ask for a file, and open what is in it."""
        patterns = f"*{SUFFIX} *.json *.csv *.tsv *.txt *.gz"
        picked, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open"),
            str(preferences.last_folder()),
            ";;".join(
                (
                    self.tr("Projects, experiments and tables ({patterns})").format(
                        patterns=patterns
                    ),
                    self.tr("All files (*)"),
                )
            ),
        )
        if picked:
            preferences.write(preferences.LAST_FOLDER, str(Path(picked).parent))
            self.open_file(Path(picked))

    @Slot(object)
    def open_file(self, path: Path, data: Path | None = None) -> None:
        """Open whatever is in a file; what there is now can be had back by Undo.

        Parameters
        ----------
        data
            Where a project's own data are, if the person has said so.
        """
        path = path.absolute()
        try:
            # A pipe could keep the window waiting for ever: it is not even opened.
            read = _reader(path) if path.is_file() else None
        except OSError as error:
            self.failed.emit(_unread(path, error))
            return
        if read is None:
            self.data_chosen.emit(path)
            return
        self.said.emit(self.tr("Opening “{sample}” …").format(sample=path.name))
        files = self._run.session.files
        files.drop("file")  # what was chosen last is opened
        files.ask("file", partial(_read, read, path, data), partial(self._take, path))

    def _take(self, path: Path, found: _Found) -> None:
        if isinstance(found, NnvizError):
            self.failed.emit(found)
            if isinstance(found, MissingFileError):
                self._ask_for_data(path, str(found.values["name"]))
            return
        self.used.emit(path)
        if not isinstance(found, Project):
            self.experiment_read.emit(found)
            return
        self.opening.emit()
        self._run.take_up(found, path)
        self._saved[path] = self._state()
        self._show_title()
        if not self._arrangement.restore(found.docks, found.views):
            text = self.tr("The panels stay as they are: what “{file}” says of them does not fit.")
            self.said.emit(text.format(file=path.name))
        elif found.run is None:
            self.said.emit(self.tr("Opened “{file}”.").format(file=path.name))

    def _ask_for_data(self, path: Path, name: str) -> None:
        title = self.tr("Where is “{name}”?").format(name=name)
        picked, _ = QFileDialog.getOpenFileName(self._window, title, str(path.parent))
        if picked:
            self.open_file(path, Path(picked))

    @Slot()
    def save(self) -> None:
        """Save into the project's file; ask for one where there is none."""
        file = self._run.store.file
        if file is None or self._shared:
            self.save_as()
        else:
            self._save(file)

    @Slot()
    def save_as(self) -> None:
        """Ask for a file, and save into it from now on."""
        own = self._run.store.experiment.data.file
        name = self._run.store.file.stem if self._run.store.file else self._title()
        kinds = [self.tr("Project")]
        if own is not None:
            kinds = [self.tr("Project with its data"), self.tr("Project without its data")]
            path = Path(own.path)
            if not path.is_file() or path.stat().st_size > GOES_ALONG:
                kinds.reverse()
        filters = dict.fromkeys(kinds, SUFFIX[1:])
        asked = ask_for_kind(self._window, self.tr("Save project"), name, filters)
        if asked is None:
            return
        path, kind = asked[0].absolute(), asked[1]
        if path != self._run.store.file and not _free(path):
            self.failed.emit(
                StorageError(
                    "“{file}” is open in another window.",
                    "Save under another name.",
                    file=path.name,
                )
            )
        elif path == self._run.store.file and self._shared:
            self._warn(path)
        else:
            if own is not None:
                self._with_data[path] = kind == self.tr("Project with its data")
            self._save(path)

    def close(self) -> None:
        """Return when what was to be saved is."""
        self._writer.close()
        for path, project in self._writing.items():
            try:
                write_project(path, project, self._with_data.get(path))
            except OSError as error:
                self.failed.emit(StorageError(str(error)))
        if self._lock is not None:
            self._lock.unlock()

    def _save(self, path: Path) -> None:
        project = self._arrangement.added_to(self._run.project())
        self._writing[path] = project
        write = partial(_written, path, project, self._with_data.get(path))
        self._writer.ask(str(path), write, partial(self._take_saved, path, self._state(project)))

    def _take_saved(self, path: Path, state: _State, error: StorageError | None) -> None:
        self._writing.pop(path, None)
        if error is not None:
            self.failed.emit(error)
            return
        self._saved[path] = state
        self._run.store.belong_to(path)
        self._show_title()
        self.used.emit(path)
        self.said.emit(self.tr("Saved “{file}”.").format(file=path.name))

    def _state(self, project: Project | None = None) -> _State:
        """Return what is another when there is something new to save."""
        recording, store, kept = self._run.recording, self._run.store, self._run.kept
        epochs = recording.newest_epoch if project is None else project.epochs
        asked = store.experiment, recording.experiment
        return epochs, *asked, *(run.history for run in kept.references)

    @Slot(object)
    def _take_file(self, file: Path | None) -> None:
        """Hold the file's lock, as long as the work belongs to it."""
        if self._lock is not None:
            self._lock.unlock()
        self._lock, self._shared = None, False
        if file is not None:
            lock = _lock_of(file)
            self._shared = not lock.tryLock(0) and lock.error() is _TAKEN
            self._lock = None if self._shared else lock
            if self._shared:
                self._warn(file)
        self._show_title()

    def _warn(self, file: Path) -> None:
        self.failed.emit(
            StorageError(
                "“{file}” is open in another window too.",
                "You can look at it here and train on; Save asks for another name.",
                file=file.name,
            )
        )

    @Slot()
    def _show_title(self) -> None:
        file, name = self._run.store.file, self._title().replace("[*]", "[*][*]")
        if file is None:
            self._window.setWindowModified(False)
            self._window.setWindowTitle(self.tr("{name} — nnviz").format(name=name))
        else:
            text = self.tr("{file}[*] — {name} — nnviz")
            shown = file.name.replace("[*]", "[*][*]")
            self._window.setWindowTitle(text.format(file=shown, name=name))
            self._show_mark()

    @Slot()
    def _show_mark(self) -> None:
        if self._run.store.file is not None:
            self._window.setWindowModified(not self.is_saved)

    def _title(self) -> str:
        return translated(title_of(self._run.store.experiment))


_TAKEN = QLockFile.LockError.LockFailedError


def _lock_of(file: Path) -> QLockFile:
    real = file.resolve()
    lock = QLockFile(str(real.with_name(f".{real.name}.lock")))
    lock.setStaleLockTime(0)  # however old, it holds as long as its window lives
    return lock


def _free(file: Path) -> bool:
    """Say whether no window has a file open."""
    lock = _lock_of(file)
    return lock.tryLock(0) or lock.error() is not _TAKEN


def _reader(path: Path) -> _Read | None:
    """Return what reads a file; None where it may be data."""
    if is_project(path):
        return read_project
    return _experiment if path.suffix.lower() == ".json" else None


def _experiment(path: Path, data: Path | None) -> Experiment:
    return read_experiment(path)


def _read(read: _Read, path: Path, data: Path | None) -> _Found:
    try:
        found = read(path, data)
        Problem(found.experiment if isinstance(found, Project) else found)
    except NnvizError as error:
        return error
    except OSError as error:
        return _unread(path, error)
    return found


def _unread(path: Path, error: OSError) -> DataError:
    return DataError(
        "“{path}” cannot be read: {reason}.",
        "Choose another file.",
        path=path.name,
        reason=error.strerror or str(error),
    )


def _written(path: Path, project: Project, with_data: bool | None) -> StorageError | None:
    try:
        with unwritten_told(path):
            write_project(path, project, with_data)
    except StorageError as error:
        return error
    return None
