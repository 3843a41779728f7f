"""The prediction table: input → prediction → expected, right or wrong, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QSize, Slot
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.texts import part_name
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.order import SampleOrder
from nnviz.gui.panels.samples.columns import prediction_columns
from nnviz.gui.panels.samples.model import Rows, SamplesModel, first_of
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.widgets.buttons import SmallButton
from nnviz.gui.widgets.data_table import ROW, DataTable
from nnviz.training.inspection import Inspection
from nnviz.training.new_rows import NewRows
from nnviz.training.problem import JUDGED_ROWS, Problem
from nnviz.training.ranking import worst_first, worst_new_first

ALL, NEW = "all", "new"
"""Stand for all parts, and for other rows, in the list of what can be listed."""

_FEW_ROWS = 12
"""So few are seen at once: there is nothing to choose from."""

_PICTURED_ROW = 2.6
"""Height of a row with a picture, in heights of a line."""

_NUMBER, _LETTER, _NAME = 2.6, 0.55, 5.0
"""Widths of a number, of a letter and of a name that is never shortened, in heights of a line."""


@guarded
class PredictionTable(OutputView):
    """A row a sample."""

    name = "table"
    title = str(QT_TRANSLATE_NOOP("PredictionTable", "Table"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "PredictionTable", "Input, prediction and actual answer, sample by sample."
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = SamplesModel()
        self.order = SampleOrder("table")
        self._new: NewRows | None = None
        self._wanted = ""
        self.table = DataTable(self.model)
        self.set_content(self.table)
        self.table.setObjectName("output-table-rows")
        self.table.setAccessibleName(self.tr("Predictions, sample by sample"))
        set_tool_tip(self.table, self.tr("Choose a row to see this sample everywhere."))
        self.table.chosen.connect(self._on_chosen)
        self.table.idle.idle.connect(self.restyle)
        tip = self.tr("Which samples are listed.")
        self.rows = self.add_choice("rows", self.tr("Samples of the table"), tip)
        worst = self.tr("List the largest errors first, in order anew where training rests.")
        self.add_switch("worst", self.tr("Worst first"), worst)
        saves = SmallButton(self.tr("Save…"), self.tr("Save the table with its answers."), self)
        saves.clicked.connect(self._save)
        self.add_button("save", saves)

    def prepare(self, problem: Problem) -> None:
        """Take over the rows."""
        self.table.whole = self.bare
        self.table.row_height = ROW if problem.dataset.image_shape is None else _PICTURED_ROW
        self.table.idle.reset()
        self.order.reset()
        longest = max(map(len, problem.dataset.class_names), default=0)
        self.table.least_words = min(max(_NUMBER, _LETTER * longest + 1.3), _NAME)
        self._offer(problem)
        self._list(problem, anew=True)

    def _offer(self, problem: Problem) -> None:
        """Offer the parts there are, and other rows where some are shown."""
        parts = {ALL: self.tr("all samples")} | {part: part_name(part) for part in problem.parts}
        if self._new is not None:
            parts[NEW] = self._new.name
        self.rows.offer(parts, ALL)
        is_many = problem.rows.size > _FEW_ROWS or self._new is not None
        self.header.setHidden(self.bare or not is_many)

    def _show_legend(self) -> None:
        if self.problem is not None:
            self._offer(self.problem)

    def _list(self, problem: Problem, anew: bool = False) -> None:
        new = self._new if self.rows.name == NEW else None
        self._buttons["save"].setVisible(new is not None)
        self._buttons["worst"].setVisible(new is None or new.has_targets)
        if anew or new is not self.model.new:
            self.model.show_problem(problem, prediction_columns(problem), new)

    def take(self, inspection: Inspection) -> None:
        """Show the answers for the rows in sight, and their order anew where moments rest."""
        self._follow_new(inspection.problem)
        if self.model.take(inspection, self.row):
            self.table.settle()
        self.table.show_moment()
        worst, moment = self.is_on("worst"), self.frame.inspection if self.frame else inspection
        # Of very many samples the first are listed, and the chosen one.
        far = self.row if self._is_long(inspection.problem) and not worst else -1
        asked = self.rows.name, worst, self._new, -1 if far in self.model.rows else far
        self.order.ask(asked, moment, self.table.idle.moving)
        if self.order.waits:
            rows = self.order.found(self._ranked, worst, inspection)
            if rows is not None:
                self.model.listed = rows
                self.model.take(inspection, self.row)
                self.table.settle()
        # What is in order anew stays where it is.
        self.table.setAutoScroll(not self.order.is_renewed)
        self.table.follow(self.model.line_of(self.row))
        self.table.setAutoScroll(True)
        if self.order.is_other:
            self.table.scrollToTop()

    def _follow_new(self, problem: Problem) -> None:
        """Offer other rows where there are some now."""
        new = self.frame.new_rows if self.frame is not None else None
        if new is not self._new:
            self._new = new
            self._offer(problem)
        if self._wanted in self.rows.names():
            self.rows.show_value(self._wanted)
            self._wanted = ""
        self._list(problem)

    def _is_long(self, problem: Problem) -> bool:
        return self.bare or (self.rows.name == ALL and problem.rows.size > JUDGED_ROWS)

    def _ranked(self, inspection: Inspection) -> Rows:
        """Return what is to be listed, in order."""
        problem, new, is_worst = inspection.problem, self.model.new, self.is_on("worst")
        parts = [part for part in problem.parts if self.rows.name in (ALL, part)]
        if new is not None:
            is_worst &= new.has_targets
            rows = worst_new_first(inspection, new) if is_worst else np.arange(len(new.cells))
        elif is_worst:
            rows = worst_first(inspection, parts)
        elif self.rows.name == ALL:
            rows = problem.rows
        else:
            rows = np.sort(problem.judged[parts[0]].index)
        cut = self.bare or (self._is_long(problem) and not is_worst)
        return first_of(rows, self.row if new is None else -1) if cut else rows

    def describe(self, inspection: Inspection) -> str:
        """Return how right the answers are, and which of them are listed."""
        listed = self.tr("Listed: {rows}.")
        if self.is_on("worst") and (self.model.new is None or self.model.new.has_targets):
            listed = self.tr("Listed: {rows}, the largest errors first.")
        rows = self.rows.currentText()
        return f"{super().describe(inspection)} {listed.format(rows=rows)}"

    def sizeHint(self) -> QSize:
        """Ask for the size at which nothing is hidden."""
        return self.table.natural_size

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """List the same samples; other rows as soon as they are known."""
        self._wanted = str(state.get("rows", ""))
        super().restore_view(state)

    @Slot()
    def _save(self) -> None:
        self.action_wanted.emit("save-predictions")

    @Slot(int, int)
    def _on_chosen(self, row: int, _column: int) -> None:
        new, place = self.model.new, int(self.model.rows[row])
        if new is not None:
            self.model.new_row = place
            if place not in new.problems:
                self.move_wanted.emit(tuple(new.inputs[place].tolist()))
            return
        self.row_chosen.emit(int(self.model.rows[row]))
