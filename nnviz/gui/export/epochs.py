"""A panel at several epochs side by side, as one picture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from nnviz.errors import StorageError
from nnviz.gui.export.figure import snapshot_of
from nnviz.gui.export.jobs import ExportTarget, shot_target
from nnviz.gui.export.window import Moment
from nnviz.gui.frame import Frame
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import strong_font
from nnviz.gui.look.theme import SPACE
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.plain import Label
from nnviz.training.checkpoints import Checkpoint, Checkpoints
from nnviz.training.problem import Problem

_SHARES = 0.0, 0.1, 0.3, 0.5, 0.7, 1.0
"""Of a run, the epochs that are offered; of 1,000 epochs those of the tutorial."""

_MOST = 12
"""Epochs of a picture: of more none would be seen well."""

_LEAST_CELL = 340, 200
"""Points: a panel laid out in less room leaves parts away."""


class EpochSheet(Panel):
    """Panels of one kind in a grid, each at an epoch of its own."""

    key = "epochs"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: list[tuple[Panel, Frame]] = []
        self._problem: Problem | None = None
        self._title = ""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE)

    def title_for(self, problem: Problem) -> str:
        """Return what is shown, and at which epochs."""
        return self._title

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

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Make the panels, given their kind, settings, frames and common title."""
        self._title = state["title"]
        across = columns(len(state["frames"]))
        for place, frame in enumerate(state["frames"]):
            row, column = divmod(place, across)
            self._grid.addLayout(self._cell(state, frame), row, column)
            self._grid.setColumnStretch(column, 1)
            self._grid.setRowStretch(row, 1)
        self.setMinimumSize(self._grid.minimumSize())  # or the figure would set a smaller one

    def _cell(self, state: Mapping[str, Any], frame: Frame) -> QVBoxLayout:
        above = Label(self.tr("epoch {epoch}").format(epoch=count(frame.epoch)), self)
        above.setFont(strong_font())
        above.setContentsMargins(SPACE, 0, 0, 0)
        panel: Panel = state["kind"](self)
        panel.bare = True
        panel.setMinimumSize(*_LEAST_CELL)
        panel.begin(frame.inspection.problem)  # the network may have been edited meanwhile
        panel.restore_view(state["view"])
        panel.show_frame(frame)
        self.cells.append((panel, frame))
        return filled(QVBoxLayout(), above, panel, wide=panel)


def columns(cells: int) -> int:
    """Return how many cells stand side by side."""
    return cells if cells < 4 else 2 if cells == 4 else 3 if cells <= 9 else 4


def epochs_target(panel: Panel, moment: Moment, frames: Sequence[Frame]) -> ExportTarget:
    """Return a panel with the person's settings of it, as it was at these moments of the run."""
    problem, frame = moment
    title = QCoreApplication.translate("EpochSheet", "{panel} at epochs {epochs}").format(
        panel=panel.title_for(problem), epochs=", ".join(count(each.epoch) for each in frames)
    )
    own = snapshot_of(panel, problem, frame)
    view = {"kind": own.kind, "view": own.view, "title": title, "frames": frames}
    across = columns(len(frames))
    size = QSize(across * panel.width(), -(-len(frames) // across) * panel.height())
    shot = replace(own, kind=EpochSheet, view=view)
    return shot_target(f"{panel.key}-epochs", title, size, shot)


def offered(newest: int) -> str:
    """Return the epochs that are offered of a run of so many."""
    return ", ".join(map(str, sorted({round(share * newest) for share in _SHARES})))


def read_epochs(text: str, checkpoints: Checkpoints) -> list[Checkpoint]:
    """Return the kept moments nearest to the epochs in a text, none twice.

    Raises
    ------
    StorageError
        If there are none or too many.
    """
    epochs = re.findall(r"\d+", text)
    if not 0 < len(epochs) <= _MOST:
        raise StorageError(
            "A picture shows 1 to {most} epochs.", "Write them like 0, 100, 300.", most=_MOST
        )
    found = {one.epoch: one for one in (checkpoints.nearest(int(epoch)) for epoch in epochs)}
    return list(found.values())
