"""Pictures without a screen: the command line's export of a finished run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QTimer, Slot

from nnviz.datasets.names import unknown_name
from nnviz.ending import Held
from nnviz.errors import StorageError
from nnviz.gui import preferences
from nnviz.gui.app import make_application
from nnviz.gui.export.animation import (
    ANIMATED,
    FASTEST,
    MOST_FRAMES,
    SIZE,
    Timing,
    check_pixels,
    save_animation,
)
from nnviz.gui.export.figure import PanelSnapshot, render
from nnviz.gui.export.files import make_folder, write_history, write_picture
from nnviz.gui.export.jobs import HISTORY_FILE, WINDOW_KEY
from nnviz.gui.export.options import LARGEST, SMALLEST, USUAL, PictureOptions
from nnviz.gui.export.report import PICTURES, save_report
from nnviz.gui.export.window import render_window
from nnviz.gui.frame import Frame
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.main_window import MainWindow
from nnviz.gui.network import NetworkPanel
from nnviz.gui.panel import Panel
from nnviz.gui.panels import PANELS
from nnviz.gui.run.problems import EditedProblems
from nnviz.gui.shell.interrupts import Interrupts
from nnviz.gui.shell.notices import Notices
from nnviz.gui.slices import finish
from nnviz.training.checkpoints import Checkpoint
from nnviz.training.completion import Completed
from nnviz.training.editing import layers_between
from nnviz.training.inspection import Inspection

PICTURE = USUAL
"""How panels are drawn."""

WINDOW_SIZE = (1440, 900)
_REST_MS = 500
"""Until plots, at rest, have drawn their curves at their best."""


def prepare_folder(folder: Path) -> None:
    """Make sure that the folder can be made and written to; nothing is left of the trial.

    Raises
    ------
    StorageError
        If that cannot be.
    """
    with _made(folder):
        pass


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder, with those it is in; afterwards remove what was made and is empty."""
    missing = [place for place in (folder, *folder.parents) if not os.path.lexists(place)]
    with Held():
        try:
            make_folder(folder)
            yield
        finally:
            for place in missing:
                with suppress(OSError):  # something is in it, or it could not be made
                    place.rmdir()


def export_run(done: Completed, folder: Path, options: PictureOptions = PICTURE) -> list[Path]:
    """Write the history, a picture of every panel, of the network and of the window.

    Parameters
    ----------
    done
        The run.
    folder
        Where to; it is made if it is missing.
    options
        How panels are drawn; the window has its usual size, and their scale, theme and caption.

    Returns
    -------
    The files.

    Raises
    ------
    StorageError
        If one cannot be written.
    """
    written = [folder / HISTORY_FILE]
    with _made(folder):
        write_history(done.history, done.problem, written[0])
    with preferences.of_its_own():
        look = ThemeManager(make_application())
        look.choose(options.theme)
        frame = frame_of(done)
        kinds: tuple[type[Panel], ...] = (NetworkPanel, *PANELS.values())
        for kind in kinds:
            written.append(folder / f"{kind.key}.png")
            write_picture(
                render(PanelSnapshot(kind, {}, done.problem, frame), options), written[-1]
            )
        written.append(folder / f"{WINDOW_KEY}.png")
        with Exhibit(look, done) as window:
            write_picture(render_window(window, (done.problem, frame), options), written[-1])
        return written


def write_report(done: Completed, path: Path) -> list[Path]:
    """Write a page about a run; see `report`.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    with preferences.of_its_own():
        ThemeManager(make_application()).choose(PICTURE.theme)
        frame = frame_of(done)
        kinds: dict[str, type[Panel]] = {NetworkPanel.key: NetworkPanel, **PANELS}
        shots = {key: PanelSnapshot(kinds[key], {}, done.problem, frame) for key in PICTURES}
        finish(save_report(shots, frame, path))
    return [path]


def animator(
    path: Path,
    panel: str = NetworkPanel.key,
    frames: int = Timing.frames,
    fps: int = Timing.rate,
    size: tuple[int, int] = (SIZE.width, SIZE.height),
) -> Callable[[Completed], list[Path]]:
    """Return what writes a panel over the moments that a run has kept as a GIF or WebP.

    Parameters
    ----------
    panel
        Its key.
    frames, fps, size
        At most how many, how many a second, and how many pixels wide and high.

    Raises
    ------
    UnknownNameError
        If there is no such panel, or files of that ending are no animations.
    StorageError
        If there are too many or too few frames or pixels.
    """
    kinds: dict[str, type[Panel]] = {NetworkPanel.key: NetworkPanel, **PANELS}
    ending = path.suffix[1:].lower()
    if ending not in ANIMATED:
        raise unknown_name("Animations are not written as “.{name}”.", ending, ANIMATED, "kind")
    if panel not in kinds:
        raise unknown_name("There is no panel called “{name}”.", panel, kinds, "panel")
    for value, (low, high) in ((frames, (2, MOST_FRAMES)), (fps, (1, FASTEST))):
        if not low <= value <= high:
            sentence = "“{value}” is not possible for an animation."
            raise StorageError(sentence, "{low} to {high} are.", value=value, low=low, high=high)
    if not all(SMALLEST <= side <= LARGEST for side in size):
        remedy = "Each side has {low} to {high} pixels."
        raise StorageError("No animation has this size.", remedy, low=SMALLEST, high=LARGEST)
    options = replace(SIZE, width=size[0], height=size[1])
    check_pixels(frames, options)

    def write(done: Completed) -> list[Path]:
        timing = Timing(0, done.checkpoint.epoch, frames, fps)
        with preferences.of_its_own():
            ThemeManager(make_application()).choose(options.theme)
            moments = _moments(done, timing.chosen(done.kept))
            shot = PanelSnapshot(kinds[panel], {}, moments[-1].inspection.problem, moments[-1])
            finish(save_animation(shot, moments, options, timing, path))
        return [path]

    return write


def _moments(done: Completed, chosen: Sequence[Checkpoint]) -> list[Frame]:
    """Return kept moments of a run, each with the network that its edits had made by then."""
    problems = EditedProblems(done.experiment, done.problem, done.checkpoint.edits)
    frames = []
    for one in chosen:
        problem, history = problems.at(one.edits), done.history
        if layers := layers_between(done.experiment, done.checkpoint.edits, one.edits):
            history = history.with_layers(layers)
        row = int(problem.train.index[0])
        alike = tuple(each for each in done.kept if each.edits == one.edits)
        inspection = Inspection(problem, one.snapshot())
        frame = Frame(history, inspection, row, past=True, checkpoints=alike)
        frames.append(replace(frame, experiment=done.experiment))
    return frames


def frame_of(done: Completed) -> Frame:
    """Return the last moment of a run, as the window shows it."""
    inspection = Inspection(done.problem, done.snapshot)
    row = int(done.problem.train.index[0])
    went_back, asked = done.snapshot.went_back, done.experiment
    return Frame(done.history, inspection, row, past=went_back, experiment=asked)


class Exhibit(QObject):
    """The real window with a finished run in it, as a context that signals end with the window."""

    def __init__(self, look: ThemeManager, done: Completed) -> None:
        super().__init__()
        self._done = done
        self._interrupts = Interrupts()
        self._loop = QEventLoop(self)
        self._interrupts.asked.connect(self._loop.quit)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._loop.quit)
        self.window = MainWindow(look, Notices())

    def __enter__(self) -> MainWindow:
        window = self.window
        window.resize(*WINDOW_SIZE)
        window.ready.connect(self._on_ready)
        window.feed.frame_shown.connect(self._on_frame)
        window.show()
        self._loop.exec()  # after a signal, no picture of it is written any more
        return window

    def __exit__(self, *reason: object) -> None:
        self.window.close()
        self.window.deleteLater()
        self.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._interrupts.close()

    @Slot()
    def _on_ready(self) -> None:
        window, done = self.window, self._done
        if window.store.experiment == done.problem.experiment:
            window.session.load(done.problem.experiment)
        else:
            window.store.propose(done.problem.experiment)
        window.session.play_back(done.history.rows(), done.snapshot)
        if (focused := window.focusWidget()) is not None:
            focused.clearFocus()  # nobody is at the keyboard of a picture

    @Slot(object)
    def _on_frame(self, frame: Frame) -> None:
        """Wait until nothing moves any more."""
        if frame.inspection.epoch == self._done.snapshot.epoch:
            self._rest.start()
