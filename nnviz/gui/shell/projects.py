"""Projects in files: opened, saved, and noticed where another window has the same one open."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMainWindow

from nnviz.datasets.own.recipe import OwnData, cleaned
from nnviz.errors import NnvizError, StorageError
from nnviz.files import unread_told, unwritten_told
from nnviz.gui import preferences
from nnviz.gui.export.files import ask_for_kind, ask_to_open
from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import translated
from nnviz.gui.run.background import Background
from nnviz.gui.run.parts import RunParts
from nnviz.gui.shell.arrangement import Arrangement
from nnviz.storage.contents import SUFFIX, Project
from nnviz.training.experiment import Experiment
from nnviz.training.presets import title_of
from nnviz.training.problem import Problem

LOGGER = logging.getLogger("nnviz")

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

    opening = Signal(bool)
    """A project is about to take the place of what there is; whether that is all in a file."""

    experiment_read = Signal(object)
    """A file holds an `Experiment` and nothing else."""

    data_chosen = Signal(object)
    """A file is neither project nor Experiment, but perhaps data: Path."""

    is_back = Signal(object)
    """What a window left is there again: Path of its file."""

    used = Signal(object)
    """A file was opened or saved: Path."""

    def __init__(self, run: RunParts, arrangement: Arrangement, window: QMainWindow) -> None:
        super().__init__(window)
        self._run, self._arrangement, self._window = run, arrangement, window
        self._lock: QLockFile | None = None
        self._shared = False
        self._saved: dict[Path, _State] = {}
        """What is in files that were opened or saved here."""
        self._writer = Background(self)
        self._writing: dict[Path, tuple[Project, bool | None]] = {}
        """What is being saved, and whether the person wanted the data in it."""
        run.store.filed.connect(self._take_file)
        run.store.changed.connect(self._keep_data)
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
        self._saved = before._saved
        self._show_title()

    @Slot()
    def ask(self) -> None:
        """Ask for a file, and open what is in it."""
        from nnviz.datasets.own.formats import patterns

        known = self.tr("Projects, experiments and data ({patterns})").format(
            patterns=f"*{SUFFIX} *.json {patterns('table', 'arrays')}"
        )
        if path := ask_to_open(self._window, self.tr("Open"), known):
            self.open_file(path)

    @Slot(object)
    def open_file(self, path: Path, data: Path | None = None, is_left: bool = False) -> None:
        """Open whatever is in a file; what there is now can be had back by Undo.

        Parameters
        ----------
        data
            Where a project's own data are, if the person has said so.
        is_left
            Whether it is what a window saved by itself.
        """
        path = path.absolute()
        if not is_left:
            preferences.write(preferences.LAST_FOLDER, str(path.parent))  # Save begins there
        if not path.is_file():  # nor is a pipe, which could keep the window waiting, even opened
            self.data_chosen.emit(path)
            return
        if not is_left:
            self.said.emit(self.tr("Opening “{sample}” …").format(sample=cleaned(path.name)))
        files = self._run.session.files
        files.drop("file")  # what was chosen last is opened
        read, refuse = partial(_read, path, data), partial(self._refuse, path, is_left)
        files.ask("file", read, partial(self._take, path, is_left), refuse)

    @Slot(object)
    def bring_back(self, path: Path) -> None:
        """Open what a window left."""
        self.open_file(path, is_left=True)

    def _refuse(self, path: Path, is_left: bool, error: NnvizError) -> None:
        from nnviz.storage.own_files import MissingFileError

        self.failed.emit(error)
        if isinstance(error, MissingFileError):
            self._ask_for_data(path, is_left, error)

    def _take(self, path: Path, is_left: bool, found: Project | Experiment | None) -> None:
        if found is None:
            self.data_chosen.emit(path)
            return
        if is_left and isinstance(found, Project):
            self.opening.emit(self.is_saved)
            self._run.take_up(found, Path(found.file) if found.file else None)
            self.is_back.emit(path)
            return
        self.used.emit(path)
        if not isinstance(found, Project):
            self.experiment_read.emit(found)
            return
        self.opening.emit(self.is_saved)
        self._run.take_up(found, path)
        self._saved[path] = self._state()
        self._show_title()
        if not self._arrangement.restore(found.docks, found.views):
            text = self.tr("The panels stay as they are: what “{file}” says of them does not fit.")
            self.said.emit(text.format(file=cleaned(path.name)))
        elif found.run is None:
            self.said.emit(self.tr("Opened “{file}”.").format(file=cleaned(path.name)))

    def _ask_for_data(self, path: Path, is_left: bool, missing: NnvizError) -> None:
        title = self.tr("Where is “{name}”?").format(name=missing.values["name"])
        if missing.values.get("is_folder"):
            picked = QFileDialog.getExistingDirectory(self._window, title, str(path.parent))
        else:
            picked, _ = QFileDialog.getOpenFileName(self._window, title, str(path.parent))
        if picked:
            self.open_file(path, Path(picked), is_left)

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
            from nnviz.storage.own_files import GOES_ALONG, is_small

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
        self._save(path, None if own is None else kind == self.tr("Project with its data"))

    def close(self) -> None:
        """Return when what was to be saved is."""
        self._writer.close()
        for path, (project, with_data) in self._writing.items():
            try:
                _write(path, project, with_data)
            except NnvizError as error:
                self.failed.emit(error)
        if self._lock is not None:
            self._lock.unlock()

    def _save(self, path: Path, with_data: bool | None = None) -> None:
        project = self._arrangement.added_to(self._run.project())
        if with_data is None and path in self._writing:
            with_data = self._writing[path][1]
        self._writing[path] = project, with_data
        write, told = partial(_write, path, project, with_data), self._told(path, project)
        take = partial(self._take_saved, path, self._state(project), self._work(), told)
        self._writer.ask(str(path), write, take, partial(self._refuse_saving, path))

    def _told(self, path: Path, project: Project) -> str:
        """Return what is to be said of a project that has been saved."""
        newest = self._run.recording.newest
        updates = 0 if project.run is None else project.run.result.updates
        text = self.tr("Saved “{file}”.")
        if newest is not None and newest.snapshot.updates != updates:
            text = self.tr(
                "Saved “{file}” up to epoch {epoch}: what was begun of the next is trained again."
            )
        return text.format(file=cleaned(path.name), epoch=count(project.epochs))

    def _work(self) -> _State:
        """Return what is another when something else was opened or begun."""
        return self._run.store.file, self._run.recording.run

    def _refuse_saving(self, path: Path, error: NnvizError) -> None:
        self._writing.pop(path, None)
        self.failed.emit(error)

    def _take_saved(self, path: Path, state: _State, work: _State, told: str, _: None) -> None:
        self._writing.pop(path, None)
        self._saved[path] = state
        if work == self._work():
            self._run.store.belong_to(path)
            if self._shared:  # the other window has gone, or nothing could have been saved
                self._take_file(path)
        self._show_title()
        self.used.emit(path)
        self.said.emit(told)

    def _state(self, project: Project | None = None) -> _State:
        """Return what is another when there is something new to save."""
        recording, store, kept = self._run.recording, self._run.store, self._run.kept
        epochs = recording.newest_epoch if project is None else project.epochs
        asked = store.experiment, recording.experiment
        return epochs, *asked, *(run.history for run in kept.references)

    @Slot(object)
    def _keep_data(self, experiment: Experiment) -> None:
        own = experiment.data.file
        if own is not None:
            self._run.session.files.ask("keep", partial(_kept, own), lambda _: None)

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
    from nnviz.storage.project import is_project, read_experiment, read_project

    with unread_told(path):
        if is_project(path):
            project = read_project(path, data)
            Problem(project.experiment)
            return project
        return read_experiment(path) if path.suffix.lower() == ".json" else None


def _kept(own: OwnData) -> None:
    from nnviz.storage.own_files import keep

    try:
        keep(own)
    except OSError as error:  # it would only be needed if their file changed
        LOGGER.warning("“%s” is not kept: %s", own.path, error)


def _write(path: Path, project: Project, with_data: bool | None) -> None:
    from nnviz.storage.project import write_project

    with unwritten_told(path):
        write_project(path, project, with_data)
