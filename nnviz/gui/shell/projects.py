"""Projects in files: opened, saved, and noticed where another window has the same one open."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMainWindow

from nnviz.datasets.own.formats import patterns
from nnviz.datasets.own.recipe import cleaned
from nnviz.errors import NnvizError, StorageError
from nnviz.files import unread_told, unwritten_told
from nnviz.gui.export.files import ask_for_kind, ask_to_open
from nnviz.gui.look.texts import translated
from nnviz.gui.run.background import Background
from nnviz.gui.run.parts import RunParts
from nnviz.gui.shell.arrangement import Arrangement
from nnviz.storage.own_files import GOES_ALONG, MissingFileError, is_small
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
        known = self.tr("Projects, experiments and data ({patterns})").format(
            patterns=f"*{SUFFIX} *.json {patterns('table', 'arrays')}"
        )
        if path := ask_to_open(self._window, self.tr("Open"), known):
            self.open_file(path)

    @Slot(object)
    def open_file(self, path: Path, data: Path | None = None) -> None:
        """Open whatever is in a file; what there is now can be had back by Undo.

        Parameters
        ----------
        data
            Where a project's own data are, if the person has said so.
        """
        path = path.absolute()
        if not path.is_file():  # nor is a pipe, which could keep the window waiting, even opened
            self.data_chosen.emit(path)
            return
        self.said.emit(self.tr("Opening “{sample}” …").format(sample=cleaned(path.name)))
        files = self._run.session.files
        files.drop("file")  # what was chosen last is opened
        read, refuse = partial(_read, path, data), partial(self._refuse, path)
        files.ask("file", read, partial(self._take, path), refuse)

    def _refuse(self, path: Path, error: NnvizError) -> None:
        self.failed.emit(error)
        if isinstance(error, MissingFileError):
            self._ask_for_data(path, error)

    def _take(self, path: Path, found: Project | Experiment | None) -> None:
        if found is None:
            self.data_chosen.emit(path)
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
            self.said.emit(text.format(file=cleaned(path.name)))
        elif found.run is None:
            self.said.emit(self.tr("Opened “{file}”.").format(file=cleaned(path.name)))

    def _ask_for_data(self, path: Path, missing: MissingFileError) -> None:
        title = self.tr("Where is “{name}”?").format(name=missing.values["name"])
        if missing.values.get("is_folder"):
            picked = QFileDialog.getExistingDirectory(self._window, title, str(path.parent))
        else:
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
        name = self._title().replace("/", " ") if own is None else Path(own.path).stem
        if self._run.store.file is not None:
            name = self._run.store.file.stem
        kinds = [self.tr("Project")]
        if own is not None:
            kinds = [self.tr("Project with its data"), self.tr("Project without its data")]
            if not is_small(own, GOES_ALONG):
                kinds.reverse()
        filters = dict.fromkeys(kinds, SUFFIX[1:])
        asked = ask_for_kind(self._window, self.tr("Save project"), name, filters)
        if asked is None:
            return
        path, kind = asked[0].absolute(), asked[1]
        is_own = path == self._run.store.file and not self._shared
        lock = _lock_of(path)
        if not is_own and not lock.tryLock(0) and lock.error() is _TAKEN:
            self._warn(path)
            return
        lock.unlock()
        if own is not None:
            self._with_data[path] = kind == self.tr("Project with its data")
        self._save(path)

    def close(self) -> None:
        """Return when what was to be saved is."""
        self._writer.close()
        for path, project in self._writing.items():
            try:
                _write(path, project, self._with_data.get(path))
            except NnvizError as error:
                self.failed.emit(error)
        if self._lock is not None:
            self._lock.unlock()

    def _save(self, path: Path) -> None:
        project = self._arrangement.added_to(self._run.project())
        self._writing[path] = project
        write = partial(_write, path, project, self._with_data.get(path))
        take = partial(self._take_saved, path, self._state(project), self._work())
        self._writer.ask(str(path), write, take, partial(self._refuse_saving, path))

    def _work(self) -> _State:
        """Return what is another when something else was opened or begun."""
        return self._run.store.file, self._run.recording.run

    def _refuse_saving(self, path: Path, error: NnvizError) -> None:
        self._writing.pop(path, None)
        self.failed.emit(error)

    def _take_saved(self, path: Path, state: _State, work: _State, _: None) -> None:
        self._writing.pop(path, None)
        self._saved[path] = state
        if work == self._work():
            self._run.store.belong_to(path)
        self._show_title()
        self.used.emit(path)
        self.said.emit(self.tr("Saved “{file}”.").format(file=cleaned(path.name)))

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
                "You can look at it here and train on; save it under another name.",
                file=cleaned(file.name),
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
            shown = cleaned(file.name).replace("[*]", "[*][*]")
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


def _read(path: Path, data: Path | None) -> Project | Experiment | None:
    """Return what is in a file; None where it may be data."""
    with unread_told(path):
        if is_project(path):
            project = read_project(path, data)
            Problem(project.experiment)
            return project
        return read_experiment(path) if path.suffix.lower() == ".json" else None


def _write(path: Path, project: Project, with_data: bool | None) -> None:
    with unwritten_told(path):
        write_project(path, project, with_data)
