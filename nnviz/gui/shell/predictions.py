"""What the network answers to rows that are none of the data: typed in, or of another file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from nnviz.errors import NnvizError
from nnviz.files import write_bytes
from nnviz.gui.export.files import ask_for_file, ask_to_open
from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import message, noted
from nnviz.gui.run.parts import RunParts
from nnviz.gui.shell.actions import Actions
from nnviz.training.inspection import Inspection
from nnviz.training.new_rows import NewRows

if TYPE_CHECKING:  # panels bring the plotting library, which loads after the first paint
    from nnviz.gui.panel import Panel

_KIND = "predictions"
"""Of what is asked of the background: only the last file counts."""


class Predictions(QObject):
    """Has a file's rows shown with answers, and saves them; and has a row typed in."""

    failed = Signal(object)
    """Why a file cannot be answered for, or not be saved: `NnvizError`."""

    said = Signal(str)
    """What is or was done, in a sentence."""

    panel_wanted = Signal(str)
    """The panel with this key has what was asked for."""

    def __init__(
        self, actions: Actions, run: RunParts, panels: Mapping[str, Panel], window: QWidget
    ) -> None:
        super().__init__(window)
        self._recording, self._panels, self._window = run.recording, panels, window
        self._files, self._saves = run.session.files, actions["save-predictions"]
        self._saves.setEnabled(False)
        run.recording.changed.connect(self._offer_saving)

    @Slot()
    def type_row(self) -> None:
        """Show the chosen sample's inputs, to be replaced by others."""
        from nnviz.gui.panels.what_if import can_move

        problem, wanted = self._recording.problem, "forward"
        text = self.tr("Type its inputs; “Step through” shows how the answer to them comes about.")
        if problem is not None and problem.dataset.image_shape is not None:
            text = self.tr("A picture is drawn: press “Draw” where the output shows a sample.")
            wanted = "output"
        elif problem is not None and not can_move(problem):
            text = self.tr("There are too many inputs to type in: predict a file instead.")
        self.said.emit(text)
        self.panel_wanted.emit(wanted)
        if panel := self._panels.get(wanted):  # else it is still to be made
            panel.restore_view({"mode": "what-if"})  # where there is such a mode

    @Slot()
    def ask(self) -> None:
        """Ask for a file, and have the network answer for its rows."""
        from nnviz.datasets.own.formats import patterns

        tables = self.tr("Tables ({patterns})").format(patterns=patterns("table"))
        if path := ask_to_open(self._window, self.tr("Predict a file"), tables):
            self.look(path)

    def look(self, path: Path) -> None:
        """Have the network answer for the rows of a file, once it has been read."""
        from nnviz.training.prediction import read_rows

        problem = self._recording.problem
        if problem is not None:
            self.said.emit(self.tr("Reading “{file}” …").format(file=path.name))
            self._files.ask(_KIND, partial(read_rows, path, problem), self._take, self._refuse)

    def _refuse(self, error: NnvizError) -> None:
        self.said.emit("")
        self.failed.emit(error)

    def _take(self, rows: NewRows) -> None:
        self._recording.take_rows(rows)
        self.panel_wanted.emit("output")
        lacking, text = (
            len(rows.problems),
            self.tr("The network answers for {rows} rows of “{file}”."),
        )
        first = next(iter(rows.problems.values()), None)
        if first is not None:
            text = self.tr(
                "The network answers for {rows} rows of “{file}”, and not for {lacking}. {first}"
            )
        told = {"first": message(first) if first else "", "lacking": count(lacking)}
        answered, filling = count(len(rows.cells) - lacking), rows.filling()
        said = [text.format(rows=answered, file=rows.name, **told)]
        self.said.emit(" ".join([*said, *([] if filling is None else [noted(filling)])]))

    @Slot()
    def save(self) -> None:
        """Ask where, then write the file's table with what the network that is shown answers."""
        frame = self._recording.frame
        if frame is None or frame.new_rows is None:
            return
        title, name = self.tr("Save predictions"), Path(frame.new_rows.name).stem
        name = self.tr("{file} predicted").format(file=name)
        if path := ask_for_file(self._window, title, name, ["csv"]):
            write = partial(_write, path, frame.new_rows, frame.inspection)
            self._files.ask(_KIND, write, self._say_saved, self.failed.emit)

    def _say_saved(self, path: Path) -> None:
        self.said.emit(self.tr("Saved {file}.").format(file=path))

    @Slot()
    def _offer_saving(self) -> None:
        frame = self._recording.frame if self._recording.new_rows else None
        self._saves.setEnabled(frame is not None and frame.new_rows is not None)


def _write(path: Path, rows: NewRows, moment: Inspection) -> Path:
    from nnviz.storage.predictions import predictions_csv

    write_bytes(predictions_csv(rows, moment.problem, moment.snapshot.parameters), path)
    return path
