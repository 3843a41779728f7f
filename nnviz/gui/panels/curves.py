"""What panels of curves over epochs have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.gui.frame import Frame
from nnviz.gui.panels.base import LegendEntry, Panel
from nnviz.gui.panels.header import Header, fill_background
from nnviz.gui.panels.plots import Plot
from nnviz.gui.panels.series import Reading, Series
from nnviz.gui.panels.ticks import number
from nnviz.gui.theme import SPACE, Theme
from nnviz.training.columns import Column
from nnviz.training.history import History
from nnviz.training.problem import Problem


class CurvePanel(Panel):
    """A plot of columns of the history over epochs.

    A panel says which curves it has (`series`), where their numbers come from (`column`), and how
    its axes are called (`name_axes`).

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    reading_changed = Signal(object)
    """The `Reading` under the pointer, or None."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.header = Header(theme, 2, self)
        self.plot = Plot(theme, self)
        self.plot.setObjectName(f"{self.key}-plot")
        self.plot.headline = self._headline
        self.plot.read.connect(self._on_read)
        self._problem: Problem | None = None
        self._history: History | None = None
        self._shown = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        column.setSpacing(2)
        column.addWidget(self.header)
        column.addWidget(self.plot, 1)
        fill_background(self, theme.surface)

    # ------------------------------------------------------------------- for panels to say

    def series(self, problem: Problem) -> list[Series]:
        """Return the curves of a run."""
        raise NotImplementedError

    def column(self, history: History, key: str) -> Column:
        """Return the numbers of a curve."""
        return history.column(key)

    def name_axes(self, problem: Problem) -> None:
        """Name the plot's axes, choose ranges and reference lines."""
        raise NotImplementedError

    # ------------------------------------------------------------------------- the contract

    def begin(self, problem: Problem) -> None:
        """Forget the old run and name the new one's curves."""
        self._problem, self._history, self._shown = problem, None, 0
        self.plot.set_references([])
        self.plot.set_series(self.series(problem), problem.experiment.training.epochs)
        self.name_axes(problem)
        self._show_legend()

    def show_frame(self, frame: Frame) -> None:
        """Draw what is new in the history."""
        history = frame.history
        if history is self._history and len(history) == self._shown:
            return
        if history is not self._history and self._history is not None and self._problem:
            self.plot.set_series(self.series(self._problem), self.plot.x_end)
        self._history, self._shown = history, len(history)
        columns = {k: np.asarray(self.column(history, k)) for k in self.plot.lines}
        self.plot.feed(np.asarray(history.column("epoch")), columns)
        self.setAccessibleDescription(self.description())

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        fill_background(self, theme.surface)
        self.plot.set_theme(theme)
        if self._problem is not None:
            self.plot.set_series_looks(self.series(self._problem))
            self._show_legend()

    def legend(self) -> list[LegendEntry]:
        """Return the curves' marks."""
        return [line.series.entry for line in self.plot.lines.values()]

    def view_state(self) -> Mapping[str, Any]:
        """Return the zoom."""
        return {"zoom": self.plot.zoom}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over the zoom."""
        zoom = state.get("zoom")
        self.plot.set_zoom(None if zoom is None else tuple(map(tuple, zoom)))  # type: ignore[arg-type]

    # ---------------------------------------------------------------------------- inside

    def newest(self, key: str) -> float:
        """Return the newest number of a curve, NaN before there is any."""
        column = self.plot.columns.get(key, np.empty(0))
        return float(column[-1]) if len(column) else float("nan")

    @property
    def epoch(self) -> str:
        """The newest epoch, as text."""
        return number(float(self.plot.x[-1]) if len(self.plot.x) else 0.0, 1.0)

    def _headline(self, epoch: float) -> str:
        return self.tr("epoch {epoch}").format(epoch=number(epoch, 1.0))

    def _show_legend(self) -> None:
        self.header.legend.show_entries(self.legend(), self.theme)

    @Slot(object)
    def _on_read(self, reading: Reading | None) -> None:
        self.reading_changed.emit(reading)
