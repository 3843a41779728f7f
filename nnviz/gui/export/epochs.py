"""A panel at several epochs side by side, as one picture, and the dialog that asks for them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from nnviz.gui.export.files import ExportError
from nnviz.gui.export.form import named
from nnviz.gui.export.jobs import ExportTarget, panel_target
from nnviz.gui.export.window import Moment
from nnviz.gui.frame import Frame
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import em, strong_font
from nnviz.gui.look.texts import message
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.plain import Label
from nnviz.gui.widgets.text_labels import WrappedLabel
from nnviz.training.checkpoints import Checkpoint, Checkpoints
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

SHARES = 0.0, 0.1, 0.3, 0.5, 0.7
"""Of a run, the epochs that are offered, beside the last; of 1,000 epochs those of the tutorial."""

MOST = 12
"""Epochs of a picture: of more none would be seen well."""

_LEAST_CELL = 340, 200
"""Points: a panel laid out in less room leaves parts away."""


class EpochSheet(Panel):
    """Panels of one kind in a grid, each at an epoch of its own."""

    key = "epochs"
    title = str(QT_TRANSLATE_NOOP("EpochSheet", "{panel} at epochs {epochs}"))
    explanation = ""
    _view: Mapping[str, Any] = {}

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: list[tuple[Panel, Frame]] = []
        self._problem: Problem | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE)

    def title_for(self, problem: Problem) -> str:
        """Return what is shown, and at which epochs."""
        epochs = ", ".join(count(frame.epoch) for frame in self._view["frames"])
        return self.tr(self.title).format(panel=self._view["title"], epochs=epochs)

    def begin(self, problem: Problem) -> None:
        """Take note of the problem; the panels are made by `restore_view`."""
        self._problem = problem

    def show_frame(self, frame: Frame) -> None:
        """Draw each panel at its own epoch, whatever the moment."""
        for panel, own in self.cells:
            panel.show_frame(own)

    def legend(self) -> list[LegendEntry]:
        """Return what marks mean; it is the same in all panels."""
        return self.cells[0][0].legend()

    def description(self) -> str:
        """Return what is seen, epoch by epoch."""
        return " ".join(panel.description() for panel, _ in self.cells)

    def view_state(self) -> Mapping[str, Any]:
        """Return kind and settings of the panels, and their frames."""
        return self._view

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Make the panels."""
        self._view = state
        across = columns(len(state["frames"]))
        for place, frame in enumerate(state["frames"]):
            row, column = divmod(place, across)
            self._grid.addLayout(self._cell(state, frame), row, column)
            self._grid.setColumnStretch(column, 1)
            self._grid.setRowStretch(row, 1)
        self.setMinimumSize(self._grid.minimumSize())  # or the figure would set a smaller one

    def plan(self, panel: Panel, problem: Problem, frames: Sequence[Frame]) -> None:
        """Say what there is to draw; nothing is made here, but in the picture's own sheet."""
        self._view = {
            "kind": type(panel),
            "view": dict(panel.view_state()),
            "title": panel.title_for(problem),
            "frames": frames,
        }
        across, size = columns(len(frames)), panel.size()
        down = -(-len(frames) // across)
        self.resize(across * size.width(), down * size.height())

    def _cell(self, state: Mapping[str, Any], frame: Frame) -> QVBoxLayout:
        assert self._problem is not None
        above = Label(self.tr("epoch {epoch}").format(epoch=count(frame.epoch)), self)
        above.setFont(strong_font())
        above.setContentsMargins(SPACE, 0, 0, 0)
        panel: Panel = state["kind"](self)
        panel.bare = True
        panel.setMinimumSize(*_LEAST_CELL)
        panel.begin(self._problem)
        panel.restore_view(state["view"])
        panel.show_frame(frame)
        self.cells.append((panel, frame))
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(above)
        column.addWidget(panel, 1)
        return column


def columns(cells: int) -> int:
    """Return how many cells stand side by side."""
    return cells if cells < 4 else 2 if cells == 4 else 3 if cells <= 9 else 4


def epochs_target(panel: Panel, moment: Moment, chosen: Sequence[Checkpoint]) -> ExportTarget:
    """Return a panel with the person's settings of it, as it was at these moments of the run."""
    problem, frame = moment
    frames = tuple(
        replace(frame, inspection=Inspection(problem, checkpoint.snapshot()), past=True)
        for checkpoint in chosen
    )
    sheet = EpochSheet()
    sheet.plan(panel, problem, frames)
    target = replace(panel_target(sheet, moment), key=f"{panel.key}-epochs")
    sheet.deleteLater()
    return target


def offered(newest: int) -> list[int]:
    """Return the epochs that are offered of a run of so many, the last one left out."""
    return sorted({round(share * newest) for share in SHARES})


def read_epochs(text: str, last: str, newest: int) -> list[int]:
    """Return the epochs that a person wrote: numbers, and a word for the last.

    Raises
    ------
    ExportError
        If a word is none of these, or there are none or too many.
    """
    words = [word for word in re.split(r"[\s,;，、]+", text) if word]
    if not 0 < len(words) <= MOST:
        raise ExportError(
            "A picture shows 1 to {most} epochs.", "Write them like 0, 100, {last}.",
            most=MOST, last=last,
        )  # fmt: skip
    wrong = next((word for word in words if word != last and not word.isdecimal()), "")
    if wrong:
        raise ExportError(
            "“{word}” is no epoch.", "Write epochs like 0, 100, {last}.", word=wrong, last=last
        )
    return [newest if word == last else int(word) for word in words]


@guarded
class EpochsDialog(QDialog):
    """Asks at which epochs a panel is to be drawn, and says which of them are kept.

    Parameters
    ----------
    title
        Of the panel.
    checkpoints
        The moments there are.
    parent
        The window.
    """

    def __init__(self, title: str, checkpoints: Checkpoints, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("epochsDialog")
        self.setWindowTitle(self.tr("Save picture at several epochs: {title}").format(title=title))
        self._checkpoints = checkpoints
        self.chosen: list[Checkpoint] = []
        """The moments to draw, none twice."""
        newest, self._last = int(checkpoints.epochs[-1]), self.tr("last")
        self._newest = newest
        lead = Label(self.tr("One picture shows the panel at each of these epochs:"), self)
        text = ", ".join(map(str, [*filter(lambda epoch: epoch < newest, offered(newest))]))
        text = f"{text}, {self._last}" if text else self._last
        tip = self.tr("Epochs with commas between them; “{last}” is the newest.")
        self._field = named(
            QLineEdit(text, self), "epochs-field", self.tr("Epochs"), tip.format(last=self._last)
        )
        self._field.setMinimumWidth(em(self, 24))
        self._note = WrappedLabel("muted", self)
        self._note.setObjectName("epochs-note")
        kinds = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel, self)
        self._ok = self._buttons.button(kinds.Ok)
        self._ok.setText(self.tr("Continue…"))
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        for part in (lead, self._field, self._note, self._buttons):
            column.addWidget(part)
        self._field.textChanged.connect(self._read)
        self._read()

    @Slot()
    def _read(self) -> None:
        """Find the moments, and say which they are, or what is wrong with the text."""
        self.chosen = []
        try:
            wanted = read_epochs(self._field.text(), self._last, self._newest)
        except ExportError as error:
            self._note.set_message(message(error))
        else:
            found = {one.epoch: one for one in map(self._checkpoints.nearest, wanted)}
            self.chosen = list(found.values())
            text = self.tr("Drawn at epochs {epochs}.")
            if {*found} != {*wanted}:
                text = self.tr("Not all of these are kept; drawn at the nearest: {epochs}.")
            self._note.set_message(text.format(epochs=", ".join(map(count, found))))
        self._ok.setEnabled(bool(self.chosen))
