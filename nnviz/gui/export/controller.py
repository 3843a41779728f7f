"""Exporting from the window: what can be exported, and what is said of it.

What takes longest to import is imported when it is asked for: the window is there sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.errors import NnvizError, StorageError
from nnviz.gui.export import jobs
from nnviz.gui.export.epochs import epochs_target, offered, read_epochs
from nnviz.gui.export.figure import snapshot_of
from nnviz.gui.export.files import ask_for_file, ask_for_kind
from nnviz.gui.export.jobs import ExportTarget, panel_target, window_target
from nnviz.gui.export.options import remembered
from nnviz.gui.export.weights import weights_text
from nnviz.gui.export.window import Moment, Restyle
from nnviz.gui.frame import Frame
from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import translated
from nnviz.gui.panel import Panel
from nnviz.gui.plain import progress_dialog, text_dialog
from nnviz.gui.slices import Slices, Work
from nnviz.storage.parameters import PARAMETER_FORMATS
from nnviz.training.checkpoints import Checkpoint, Checkpoints
from nnviz.training.experiment import Experiment

if TYPE_CHECKING:
    from nnviz.gui.export.dialog import ExportDialog

ELSE = "network"
"""The panel whose picture is meant where none has the focus."""


class ExportController(QObject):
    """Makes pictures and tables of what the window shows.

    Parameters
    ----------
    window
        The main window.
    panels
        All panels by key, the network among them; they may come later.
    current
        Returns what is shown now, or None before anything is.
    restyle
        Gives the window another theme for the time of a picture.
    """

    failed = Signal(object)
    """Nothing was written: `NnvizError`."""

    said = Signal(str)
    """What was done, in a sentence."""

    def __init__(
        self,
        window: QWidget,
        panels: Mapping[str, Panel],
        current: Callable[[], Moment | None],
        restyle: Restyle,
    ) -> None:
        super().__init__(window)
        self.setObjectName("export")
        self._window, self._panels = window, panels
        self._current, self._restyle = current, restyle
        self._work = Work(self)
        self._work.done.connect(self.said)
        self._work.failed.connect(self.failed)
        self.checkpoints: Callable[[], Checkpoints] = Checkpoints
        """Returns the moments of the run that are kept."""
        self.experiment: Callable[[], Experiment | None] = lambda: None
        """Returns the whole of what is asked of the run."""
        self.make_panels: Callable[[], None] = lambda: None
        """Makes the panels that nobody has seen yet."""
        self.frame_at: Callable[[Checkpoint], Frame]
        """Returns what there is to see of one; set by whoever keeps them."""
        self.dialog: ExportDialog | None = None
        """The dialog that is open."""

    @Slot(str)
    def save(self, key: str) -> None:
        """Ask how and where, then write a panel's picture."""
        if (panel := self._panels.get(key)) and (moment := self._moment()):
            self._ask([panel_target(panel, moment)], moment)

    @Slot()
    def save_in_use(self) -> None:
        """Save a picture of the panel with the focus, or else of the network."""
        self.save(self._in_use())

    @Slot()
    def save_epochs(self) -> None:
        """Ask at which epochs, how and where, then write one picture of that panel at all."""
        if (panel := self._panels.get(self._in_use())) and (moment := self._moment()):
            title = self.tr("Save picture at several epochs: {title}")
            title = title.format(title=panel.title_for(moment[0]))
            text = self.tr("Show the panel at these epochs, or the nearest that are kept:")
            epochs = offered(int(self.checkpoints().epochs[-1]))
            asked = text_dialog(self._window, "epochs-dialog", title, text, epochs)
            asked.setOkButtonText(self.tr("Continue…"))
            asked.textValueSelected.connect(partial(self._ask_epochs, panel, moment))
            asked.open()

    @Slot()
    def save_animation(self) -> None:
        """Ask which epochs, how and where, then write an animation of that panel."""
        from nnviz.gui.export.animation_dialog import AnimationDialog

        if (panel := self._panels.get(self._in_use())) and (moment := self._moment()):
            if len(kept := self.checkpoints()) < 2:
                sentence = "There is only one epoch to show yet."
                self.failed.emit(StorageError(sentence, "Train the network first."))
                return
            kept = kept.until(int(kept.epochs[-1]))  # those of now
            self._open(AnimationDialog(panel, moment, kept, self.frame_at, self._window))

    def _ask_epochs(self, panel: Panel, moment: Moment, text: str) -> None:
        try:
            chosen = read_epochs(text, self.checkpoints())
        except NnvizError as error:
            self.failed.emit(error)
        else:
            self._ask([epochs_target(panel, moment, [*map(self.frame_at, chosen)])], moment)

    @Slot()
    def copy_in_use(self) -> None:
        """Put a picture of that panel into the clipboard, drawn as the last one was."""
        if (panel := self._panels.get(self._in_use())) and (moment := self._moment()):
            self._begin(jobs.copy_picture(panel_target(panel, moment), remembered()))

    @Slot()
    def save_window(self) -> None:
        """Ask how and where, then write a picture of the whole window."""
        if moment := self._moment():
            self._ask([window_target(self._window, moment, self._restyle)], moment)

    @Slot()
    def export_all(self) -> None:
        """Ask how and where to, then write every panel, the network, the window, the history."""
        if moment := self._moment():
            self.make_panels()
            panels = [panel_target(panel, moment) for panel in self._panels.values()]
            self._ask([*panels, window_target(self._window, moment, self._restyle)], moment)

    @Slot()
    def save_history(self) -> None:
        """Ask where, then write the history of all epochs."""
        if moment := self._moment():
            title, name = self.tr("Export history"), Path(jobs.HISTORY_FILE).stem
            if path := ask_for_file(self._window, title, name, ["csv"]):
                self._begin(jobs.save_table(moment, path))

    @Slot()
    def save_experiment(self) -> None:
        """Ask where, then write what is asked of the run, its edits included."""
        if (moment := self._moment()) and (experiment := self.experiment()) is not None:
            title, trained = self.tr("Save experiment"), len(moment[1].history) - 1
            if path := ask_for_file(self._window, title, "experiment", ["json"]):
                self._begin(jobs.save_experiment(experiment, trained, path))

    @Slot()
    def save_parameters(self) -> None:
        """Ask where and as what, then write the parameters of the network that is looked at."""
        if moment := self._moment():
            filters = {translated(kind.title): key for key, kind in PARAMETER_FORMATS.items()}
            title = self.tr("Export parameters")
            if asked := ask_for_kind(self._window, title, "parameters", filters):
                self._begin(jobs.save_parameters(moment[1].inspection, asked[0]))

    @Slot()
    def save_script(self) -> None:
        """Ask where and of what kind, then write a script of the run."""
        from nnviz.storage.scripts.kinds import SCRIPTS

        if (moment := self._moment()) and (experiment := self.experiment()) is not None:
            kinds = {translated(kind.title): kind for kind in SCRIPTS.values()}
            title = self.tr("Export as script")
            name, filters = experiment.data.sample, dict.fromkeys(kinds, "py")
            if asked := ask_for_kind(self._window, title, name, filters):
                path, kind = asked
                self._begin(jobs.save_script(kinds[kind], experiment, moment[1], path))

    @Slot()
    def save_onnx(self) -> None:
        """Ask where, then write the network that is looked at for other programs."""
        if moment := self._moment():
            name = moment[0].experiment.data.sample
            if path := ask_for_file(self._window, self.tr("Export as ONNX"), name, ["onnx"]):
                self._begin(jobs.save_onnx(moment[1].inspection, path))

    @Slot()
    def save_report(self) -> None:
        """Ask where, then write a page about the network that is looked at."""
        from nnviz.gui.export.report import PICTURES, save_report

        if moment := self._moment():
            self.make_panels()
            title, (problem, frame) = self.tr("Export report"), moment
            if path := ask_for_file(self._window, title, "report", ["html"]):
                shots = {key: snapshot_of(self._panels[key], problem, frame) for key in PICTURES}
                self._begin(save_report(shots, frame, path), 100)

    @Slot()
    def copy_weights(self) -> None:
        """Put the weights of the network that is looked at into the clipboard, as text."""
        if moment := self._moment():
            inspection = moment[1].inspection
            QGuiApplication.clipboard().setText(weights_text(inspection))
            text = self.tr("Copied the weights after epoch {epoch}.")
            self.said.emit(text.format(epoch=count(inspection.epoch)))

    def close(self) -> None:
        """End what is under way: the window closes."""
        if self.dialog is not None:
            self.dialog.reject()
        self._work.cancel()

    def _in_use(self) -> str:
        focused = QApplication.focusWidget()
        for key, panel in self._panels.items():
            if focused is not None and (focused is panel or panel.isAncestorOf(focused)):
                return key
        return ELSE

    def _moment(self) -> Moment | None:
        """Return what is shown now, and stays so while training goes on; or say that nothing is."""
        moment = self._current()
        if moment is None:
            error = StorageError("There is nothing to export yet.", "Open a sample first.")
            self.failed.emit(error)
            return None
        return moment[0], moment[1].still()

    def _ask(self, targets: list[ExportTarget], moment: Moment) -> None:
        from nnviz.gui.export.dialog import ExportDialog

        self._open(ExportDialog(targets, moment, self._window))

    def _open(self, dialog: ExportDialog) -> None:
        self.dialog = dialog
        self.dialog.finished.connect(self._on_closed)
        self.dialog.open()

    @Slot()
    def _on_closed(self) -> None:
        """Do what the dialog was asked for, and let it go."""
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.deleteLater()
            if dialog.chosen is not None:
                self._begin(dialog.chosen, 100 if dialog.many or not dialog.copies else 0)

    def _begin(self, slices: Slices[str], most: int = 0) -> None:
        """Do it; where that takes long, show how it goes on, with a way to end it."""
        self._work.start(slices)
        text, stop = self.tr("Exporting…"), self.tr("Cancel")
        progress = progress_dialog(self._window, "export-progress", text, stop)
        progress.setMaximum(most)
        self._work.advanced.connect(progress.setValue)
        self._work.ended.connect(progress.deleteLater)
        progress.canceled.connect(self._cancel)

    @Slot()
    def _cancel(self) -> None:
        self._work.cancel()
        self.said.emit(self.tr("Cancelled. Files written so far stay, each whole."))
