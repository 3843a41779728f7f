"""Saves the run on the screen by itself, and finds what was saved when the window was last there.

Each window writes a file of its own, beside which it holds a lock; a file whose lock nobody holds
is what a window left that was closed, killed or crashed.
"""

from __future__ import annotations

import logging
import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import (
    QDateTime,
    QFileInfo,
    QLockFile,
    QObject,
    QStandardPaths,
    QTimer,
    Signal,
    Slot,
)

from nnviz.errors import NnvizError, StorageError
from nnviz.gui.run.parts import RunParts
from nnviz.gui.run.session import SessionState
from nnviz.storage.contents import SUFFIX, Project, Summary

LOGGER = logging.getLogger("nnviz")

EVERY = 30.0
"""Seconds of training after which it is saved again."""

SHARE = 20
"""Times as long as saving takes before it is done again: a huge run is saved less often."""

MOST_LEFT = 3
"""Files that windows left which are kept."""

_LOOK = 2_000
"""Milliseconds between two looks whether it is time."""


@dataclass(frozen=True)
class Leftover:
    """A run that a window left."""

    path: Path
    summary: Summary
    saved: QDateTime


def usual_folder() -> Path:
    """Return where windows save by themselves."""
    location = QStandardPaths.StandardLocation.AppDataLocation
    return Path(QStandardPaths.writableLocation(location), "autosave")


class Autosave(QObject):
    """Keeps the work of one window on disk: its run, and the runs kept beside it.

    Parameters
    ----------
    folder
        Where; it is made when it is first needed.
    run
        The window's.
    """

    failed = Signal(object)
    """The run cannot be saved: NnvizError; told once."""

    def __init__(self, folder: Path, run: RunParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder, self._run, self._session = folder, run, run.session
        self._path = folder / f"{uuid.uuid4().hex}{SUFFIX}"
        self._lock: QLockFile | None = None
        self._writer = ThreadPoolExecutor(1, "autosave")
        self._writing: Future[float] | None = None
        self._saved: tuple[object, ...] | None = None
        self._due = self._soonest = 0.0
        self._told = False
        self._timer = QTimer(self, interval=_LOOK)
        self._timer.timeout.connect(self._look)
        run.session.state_changed.connect(self._take_state)
        run.kept.done.connect(self._take_deed)

    def leftovers(self) -> list[Leftover]:
        """Return the last few runs that windows left, newest first, and remove the others."""
        found: list[Leftover] = []
        for path in sorted(self._folder.glob(f"*{SUFFIX}"), key=_age):
            lock = _lock_of(path)
            if not lock.tryLock(0):
                continue  # its window is open
            if len(found) < MOST_LEFT and (left := _read(path)):
                found.append(left)
            else:
                path.unlink(missing_ok=True)
            lock.unlock()
        return found

    def begin_another(self, in_a_file: bool) -> None:
        """Leave what was learned as it is: something else takes its place, and gets its own file.

        Undo may bring it back only as long as the window is there.
        """
        project = None if in_a_file else self._new()
        if in_a_file or self._run.recording.recorded() is None:
            self._writer.submit(self._path.unlink, missing_ok=True)
        elif project is not None and self._may_write():
            self._writer.submit(_write_last, self._path, project)
        if self._lock is not None:
            self._writer.submit(self._lock.unlock)
        self._path = self._folder / f"{uuid.uuid4().hex}{SUFFIX}"
        self._lock = self._saved = None

    def close(self, in_a_file: bool = False) -> None:
        """Return when what there is has been saved; or forget it, where it is all in a file."""
        self._timer.stop()
        self._writer.shutdown()
        self._take_outcome()
        project = None if in_a_file else self._new()
        if in_a_file:
            self._path.unlink(missing_ok=True)
        elif project is not None and self._may_write():
            _write_last(self._path, project)
        if self._lock is not None:
            self._lock.unlock()

    @Slot(object)
    def _take_state(self, state: SessionState) -> None:
        if state is SessionState.RUNNING:
            self._timer.start()
        elif state is not SessionState.IDLE:
            self._due = self._soonest  # where it rests it is worth saving as soon as may be
            self._timer.start(0)

    @Slot(object)
    def _take_deed(self, go_back: object) -> None:
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        """Save if it is time; once all is saved and nothing runs, look no more."""
        self._take_outcome()
        self._timer.setInterval(_LOOK)
        project = None if self._writing else self._new()
        if project is not None and time.monotonic() >= self._due and self._may_write():
            self._saved = _parts(project)
            self._writing = self._writer.submit(_write, self._path, project)
        elif not (self._writing or project or self._session.state is SessionState.RUNNING):
            self._timer.stop()

    def _new(self) -> Project | None:
        """Return what there is if it is more than what was saved last, and not only looked at."""
        if self._run.store.is_first and self._run.recording.newest_epoch == 0:
            return None
        project = self._run.project()
        return None if _parts(project) == self._saved else project

    def _may_write(self) -> bool:
        """Make the folder and take the lock, the first time; say whether there are both."""
        if self._lock is None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                self._fail(error)
                return False
            self._lock = _lock_of(self._path)
        return self._lock.isLocked() or self._lock.tryLock(0)

    def _take_outcome(self) -> None:
        """Note how long saving took, or that it failed."""
        writing = self._writing
        if writing is None or not writing.done():
            return
        self._writing = None
        try:
            now, took = time.monotonic(), writing.result()
            self._soonest, self._due = now + SHARE * took, now + max(EVERY, SHARE * took)
        except OSError as error:
            self._saved = None
            self._due = time.monotonic() + EVERY
            self._fail(error)

    def _fail(self, fault: OSError) -> None:
        if not self._told:
            self._told = True
            self.failed.emit(
                StorageError(
                    "The run cannot be saved by itself: {fault}.",
                    "Make room in {folder}; until then, do not count on having it back.",
                    fault=fault.strerror or fault,
                    folder=self._folder,
                )
            )


def _parts(project: Project) -> tuple[object, ...]:
    """Return what is another where there is something new to save."""
    run = project.run
    newest = project.experiment if run is None else run.checkpoints[-1]
    return newest, tuple(one.history for one in project.kept)


def _write(path: Path, project: Project) -> float:
    """Write a project, whose data stay where they are; return the seconds it took."""
    from nnviz.storage.project import write_project  # only now: the window starts sooner

    begun = time.monotonic()
    write_project(path, project, with_data=False)
    return time.monotonic() - begun


def _write_last(path: Path, project: Project) -> None:
    """Write a project that is about to be left: nobody waits for it."""
    try:
        _write(path, project)
    except OSError as error:
        LOGGER.warning("The run is not saved: %s", error)


def _read(path: Path) -> Leftover | None:
    """Return what is known of a file, or None where nothing can be made of it."""
    from nnviz.storage.project import read_summary  # only now: the window starts sooner

    try:
        return Leftover(path, read_summary(path), QFileInfo(str(path)).lastModified())
    except (OSError, NnvizError) as error:
        LOGGER.warning("%s cannot be brought back: %s", path, error)
        return None


def _age(path: Path) -> float:
    return -path.stat().st_mtime


def _lock_of(path: Path) -> QLockFile:
    lock = QLockFile(str(path.with_suffix(".lock")))
    lock.setStaleLockTime(0)  # however old, it holds as long as its window lives
    return lock
