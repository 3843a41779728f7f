"""Exporting from the window: asks, draws, writes, and says what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from nnviz.errors import NnvizError
from nnviz.gui import preferences
from nnviz.gui.export.dialog import ExportDialog
from nnviz.gui.export.files import (
    ExportError,
    make_folder,
    table_path,
    write_history,
    write_picture,
)
from nnviz.gui.export.options import PictureOptions, remember, remembered
from nnviz.gui.export.subject import Subject
from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import Theme
from nnviz.training.problem import Problem

if TYPE_CHECKING:  # panels bring the plotting library, which loads after the first paint
    from nnviz.gui.panel import Panel

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
            self._copy(self._panel_subject(panel, self._require()), remembered())

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
                path = table_path(picked)
                write_history(history, path)
                preferences.write(preferences.LAST_FOLDER, str(path.parent))
                self.said.emit(
                    self.tr("Saved {file}: {count} epochs.").format(
                        file=path.name, count=f"{len(history):,}"
                    )
                )

    # -------------------------------------------------------------------------------- subjects

    def _require(self) -> Moment:
        moment = self._current()
        if moment is None:
            raise ExportError("There is nothing to export yet.", "Open a sample first.")
        return moment

    def _panel_subject(self, panel: Panel, moment: Moment) -> Subject:
        # Not at the top: figures need the plotting library, which loads after the first paint.
        from nnviz.gui.export.figure import render, shot_of

        shot = shot_of(panel, *moment)
        size = panel.size().expandedTo(_SMALLEST_PANEL)

        def draw(options: PictureOptions) -> QImage:
            return render(shot, options)

        return Subject(panel.key, panel.title_for(moment[0]), size, draw)

    def _window_subject(self, moment: Moment) -> Subject:
        from nnviz.gui.export.window import render_window

        def draw(options: PictureOptions) -> QImage:
            with self._dressed(options.look):
                return render_window(self._window, moment, options)

        return Subject(WINDOW_KEY, self.tr("Window"), self._window.size(), draw, is_window=True)

    @contextmanager
    def _dressed(self, theme: Theme) -> Iterator[None]:
        """Let the window have a theme; it is given its own back before it can be seen."""
        own = self._theme()
        if self._restyle is None or theme is own:
            yield
            return
        self._restyle(theme)
        try:
            yield
        finally:
            self._restyle(own)

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
        try:
            sentence = (
                self._write_all(options, place)
                if len(self._subjects) > 1
                else self._write(self._subjects[0], options, place)
            )
        except NnvizError as error:
            self.failed.emit(error)
            if self.dialog is not None:
                self.dialog.show_error(error)
            return
        remember(options)
        folder = place if len(self._subjects) > 1 else place.parent
        preferences.write(preferences.LAST_FOLDER, str(folder))
        self._close()
        self.said.emit(sentence)

    def _write(self, subject: Subject, options: PictureOptions, path: Path) -> str:
        image = subject.picture(options)
        write_picture(image, path)
        return self.tr("Saved {file} ({width} × {height}).").format(
            file=path.name, width=image.width(), height=image.height()
        )

    def _write_all(self, options: PictureOptions, folder: Path) -> str:
        make_folder(folder)
        for subject in self._subjects:
            write_picture(subject.picture(options), folder / f"{subject.key}.png")
        assert self._moment is not None
        write_history(self._moment[1].history, folder / HISTORY_FILE)
        return self.tr("Saved {count} pictures and the history in {folder}.").format(
            count=len(self._subjects), folder=str(folder)
        )

    @Slot(object)
    def _on_copy_asked(self, options: PictureOptions) -> None:
        with self._reporting():
            self._copy(self._subjects[0], options)
            remember(options)
            self._close()

    def _copy(self, subject: Subject, options: PictureOptions) -> None:
        image = subject.picture(options)
        QGuiApplication.clipboard().setImage(image)
        self.said.emit(
            self.tr("Copied {title} ({width} × {height}).").format(
                title=subject.title, width=image.width(), height=image.height()
            )
        )

    def _close(self) -> None:
        if self.dialog is not None:
            self.dialog.accept()

    @Slot()
    def _on_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        """Tell the person of whatever they can put right."""
        try:
            yield
        except NnvizError as error:
            self.failed.emit(error)
