"""Exporting from the window: asks, draws, writes, and says what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from shiboken6 import isValid

from nnviz.errors import NnvizError
from nnviz.gui import preferences
from nnviz.gui.export.dialog import ExportDialog
from nnviz.gui.export.files import (
    ExportError,
    encoded,
    make_folder,
    require_folder,
    table_path,
    write_bytes,
    write_history,
)
from nnviz.gui.export.options import PictureOptions, remember, remembered
from nnviz.gui.export.slices import Slices, Work, portion
from nnviz.gui.export.subject import Subject
from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import Theme
from nnviz.gui.plain import ProgressDialog
from nnviz.training.history import History
from nnviz.training.problem import Problem

if TYPE_CHECKING:  # panels bring the plotting library, which loads after the first paint
    from nnviz.gui.panel import Panel

_DRAWN = 0.4
"""Share of the time of a large picture that it takes to draw it; the rest makes it a PNG file."""
_PATIENCE_MS = 500
"""Copying that takes longer is shown, and can be cancelled."""

HISTORY_FILE = "history.csv"
WINDOW_KEY = "window"
_SMALLEST_PANEL = QSize(400, 280)
"""Points: a panel never shown, or squeezed to a strip, is not exported as one."""

Moment = tuple[Problem, Frame]


class ExportController(QObject):
    """Makes pictures and tables of what the window shows.

    Parameters
    ----------
    window
        The main window.
    panels
        Returns all panels by key, the network among them.
    current
        Returns what is shown now, or None before anything is.
    theme
        Returns the window's theme.
    restyle
        Gives the window another theme for the time of a picture; without it the picture of the
        window has the window's own.
    """

    failed = Signal(object)
    """Nothing was written: `NnvizError`."""

    said = Signal(str)
    """What was done, in a sentence."""

    def __init__(
        self,
        window: QWidget,
        panels: Callable[[], Mapping[str, Panel]],
        current: Callable[[], Moment | None],
        theme: Callable[[], Theme],
        restyle: Callable[[Theme], None] | None = None,
    ) -> None:
        super().__init__(window)
        self.setObjectName("export")
        self._window = window
        self._panels = panels
        self._current = current
        self._theme = theme
        self._restyle = restyle
        self._subjects: list[Subject] = []
        self._moment: Moment | None = None
        self.work = Work(self)
        """What is being drawn and written."""
        self.work.failed.connect(self._on_failed)
        self.work.ended.connect(self._on_ended)
        self.work.advanced.connect(self._on_advanced)
        self._progress: ProgressDialog | None = None
        self.dialog: ExportDialog | None = None
        """The dialog that is open."""

    # ------------------------------------------------------------------------- what is offered

    def save_picture(self, panel: Panel) -> None:
        """Ask how and where, then write a panel's picture."""
        with self._reporting():
            self._ask([self._panel_subject(panel, self._require())])

    def copy_picture(self, panel: Panel) -> None:
        """Put a panel's picture into the clipboard, drawn as the last one was."""
        with self._reporting():
            subject = self._panel_subject(panel, self._require())
            self.work.start(self._copy(subject, remembered()))
            self._show_progress(subject)

    @Slot()
    def save_window(self) -> None:
        """Ask how and where, then write a picture of the whole window."""
        with self._reporting():
            self._ask([self._window_subject(self._require())])

    @Slot()
    def export_all(self) -> None:
        """Ask how and where to, then write every panel, the network, the window, the history."""
        with self._reporting():
            moment = self._require()
            panels = [self._panel_subject(panel, moment) for panel in self._panels().values()]
            self._ask([*panels, self._window_subject(moment)])

    @Slot()
    def save_history(self) -> None:
        """Ask where, then write the history of all epochs."""
        with self._reporting():
            _, frame = self._require()
            history = frame.history.copy()
            start = str(preferences.last_folder() / HISTORY_FILE)
            picked, _ = QFileDialog.getSaveFileName(
                self._window, self.tr("Export history"), start, self.tr("Tables (*.csv)")
            )
            if picked:
                self.work.start(self._write_table(history, table_path(picked)))

    def close(self) -> None:
        """End what is under way: the window closes."""
        if self.dialog is not None:
            self.dialog.reject()
        self.work.cancel()

    # -------------------------------------------------------------------------------- subjects

    def _require(self) -> Moment:
        moment = self._current()
        if moment is None:
            raise ExportError("There is nothing to export yet.", "Open a sample first.")
        return moment

    def _panel_subject(self, panel: Panel, moment: Moment) -> Subject:
        # Not at the top: figures need the plotting library, which loads after the first paint.
        from nnviz.gui.export.figure import drawing, shot_of

        shot = shot_of(panel, *moment)
        size = panel.size().expandedTo(_SMALLEST_PANEL)

        def draw(options: PictureOptions, share: float) -> Slices[QImage]:
            return drawing(shot, options, share)

        def measure(options: PictureOptions) -> QSize:
            return QSize(options.width, options.height)

        return Subject(panel.key, panel.title_for(moment[0]), size, draw, measure)

    def _window_subject(self, moment: Moment) -> Subject:
        from nnviz.gui.export.window import render_window, window_pixels

        window = self._window

        def draw(options: PictureOptions, share: float) -> Slices[QImage]:
            if self._restyle is None or options.look is self._theme():
                yield 0.0
                return render_window(window, moment, options, share)
            with _nothing_repainted(), self._dressed(options.look, self._restyle):
                yield 0.3
                window.setUpdatesEnabled(True)  # or it would not be painted into a picture either
                image = render_window(window, moment, options, share)
                window.setUpdatesEnabled(False)
                yield 0.6
            return image

        def measure(options: PictureOptions) -> QSize:
            return window_pixels(window.size(), options)

        return Subject(WINDOW_KEY, self.tr("Window"), window.size(), draw, measure, is_window=True)

    @contextmanager
    def _dressed(self, theme: Theme, restyle: Callable[[Theme], None]) -> Iterator[None]:
        """Let the window have a theme; afterwards its own again, or what was chosen meanwhile."""
        own = self._theme()
        restyle(theme)
        try:
            yield
        finally:
            if self._theme() is theme:
                restyle(own)

    # -------------------------------------------------------------------------------- the work

    def _ask(self, subjects: list[Subject]) -> None:
        self._subjects = subjects
        self._moment = self._still()
        dialog = ExportDialog(
            subjects, remembered(), preferences.last_folder(), self._theme(), self._window
        )
        dialog.chosen.connect(self._on_chosen)
        dialog.copy_asked.connect(self._on_copy_asked)
        dialog.finished.connect(self._on_closed)
        self.dialog = dialog
        dialog.open()

    def _still(self) -> Moment:
        problem, frame = self._require()
        return problem, frame.still()

    @Slot(object, object)
    def _on_chosen(self, options: PictureOptions, place: Path) -> None:
        many = len(self._subjects) > 1
        self._start(self._write_all(options, place) if many else self._write(options, place))

    @Slot(object)
    def _on_copy_asked(self, options: PictureOptions) -> None:
        self._start(self._copy(self._subjects[0], options, self.dialog))

    def _start(self, slices: Slices[None]) -> None:
        """Do what the dialog asks for; it stays open, and shows how it goes on."""
        if self.dialog is not None:
            self.dialog.set_busy(True)
        self.work.start(slices)

    def _write(self, options: PictureOptions, path: Path) -> Slices[None]:
        require_folder(path.parent)
        size = yield from self._write_picture(self._subjects[0], options, path, 0.0, 1.0)
        self._done(options, path.parent)
        self.said.emit(
            self.tr("Saved {file} ({width} × {height}).").format(
                file=path.name, width=size.width(), height=size.height()
            )
        )

    def _write_all(self, options: PictureOptions, folder: Path) -> Slices[None]:
        make_folder(folder)
        assert self._moment is not None
        history, count = self._moment[1].history, len(self._subjects)
        for at, subject in enumerate(self._subjects):
            path = folder / f"{subject.key}.png"
            yield from self._write_picture(subject, options, path, at / count, (at + 1) / count)
        yield lambda: write_history(history, folder / HISTORY_FILE)
        self._done(options, folder)
        self.said.emit(
            self.tr("Saved {count} pictures and the history in {folder}.").format(
                count=count, folder=str(folder)
            )
        )

    def _write_picture(
        self, subject: Subject, options: PictureOptions, path: Path, first: float, last: float
    ) -> Slices[QSize]:
        """Write a picture as the part of the work from `first` to `last`; return its size."""
        drawn = first + (last - first) * _DRAWN
        image = yield from portion(subject.picture(options), first, drawn)
        content = yield lambda: encoded(image)
        yield lambda: write_bytes(content, path)  # not begun where Cancel was pressed before
        yield last
        return image.size()

    def _write_table(self, history: History, path: Path) -> Slices[None]:
        yield lambda: write_history(history, path)
        preferences.write(preferences.LAST_FOLDER, str(path.parent))
        self.said.emit(
            self.tr("Saved {file}: {count} epochs.").format(
                file=path.name, count=f"{len(history):,}"
            )
        )

    def _copy(
        self, subject: Subject, options: PictureOptions, dialog: ExportDialog | None = None
    ) -> Slices[None]:
        image = yield from portion(subject.picture(options), 0.0, _DRAWN)
        content = yield lambda: encoded(image)
        clipboard = QGuiApplication.clipboard()
        clipboard.setImage(image)
        # Or Qt would make it, in the window's thread, when another program asks for it.
        clipboard.mimeData().setData("image/png", content)
        if dialog is not None:
            remember(options)
            dialog.accept()
        self.said.emit(
            self.tr("Copied {title} ({width} × {height}).").format(
                title=subject.title, width=image.width(), height=image.height()
            )
        )

    def _done(self, options: PictureOptions, folder: Path) -> None:
        remember(options)
        preferences.write(preferences.LAST_FOLDER, str(folder))
        if self.dialog is not None:
            self.dialog.accept()

    def _show_progress(self, subject: Subject) -> None:
        """Show how copying goes on, should it take long, in a small window with Cancel."""
        title = self.tr("Copying {title}…").format(title=subject.title)
        progress = ProgressDialog(title, self.tr("Cancel"), self._window)
        progress.setObjectName("copy-progress")
        progress.setMinimumDuration(_PATIENCE_MS)
        progress.canceled.connect(self._on_cancelled)
        self._progress = progress

    @Slot()
    def _on_cancelled(self) -> None:
        if self.work.busy:
            self.work.cancel()
            self.said.emit(self.tr("Cancelled."))

    @Slot(object)
    def _on_failed(self, error: NnvizError) -> None:
        self.failed.emit(error)
        if self.dialog is not None:
            self.dialog.show_error(error)

    @Slot(float)
    def _on_advanced(self, share: float) -> None:
        if self.dialog is not None:
            self.dialog.show_progress(share)
        elif self._progress is not None:
            self._progress.setValue(round(99 * share))  # it would reset itself at the end

    @Slot()
    def _on_ended(self) -> None:
        if self.dialog is not None:
            self.dialog.set_busy(False)
        if self._progress is not None:
            self._progress.deleteLater()
            self._progress = None

    @Slot()
    def _on_closed(self) -> None:
        """Let the dialog go, and with it what it asked for."""
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None
        if not self.work.in_slice:
            self._on_cancelled()

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        """Tell the person of whatever they can put right."""
        try:
            yield
        except NnvizError as error:
            self.failed.emit(error)


@contextmanager
def _nothing_repainted() -> Iterator[None]:
    """Leave everything on the screen as it is, whatever happens to its colours meanwhile."""
    still = [window for window in QApplication.topLevelWidgets() if window.isVisible()]
    for window in still:
        window.setUpdatesEnabled(False)
    try:
        yield
    finally:
        for window in still:
            if isValid(window):
                window.setUpdatesEnabled(True)
