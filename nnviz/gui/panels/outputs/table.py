"""The prediction table: input → prediction → expected, right or wrong, row by row."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QSize, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.overrides import guarded
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.samples.columns import INPUTS, prediction_columns
from nnviz.gui.panels.samples.model import SamplesModel
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.widgets.data_table import ROW, DataTable
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

_FEW_INPUTS = 2
"""So many have columns in any room."""

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
        self.table = DataTable(self.model)
        self.set_content(self.table)
        self.table.setObjectName("output-table-rows")
        self.table.setAccessibleName(self.tr("Predictions, sample by sample"))
        set_tool_tip(self.table, self.tr("Choose a row to see this sample everywhere."))
        self.table.chosen.connect(self._on_chosen)

    def prepare(self, problem: Problem) -> None:
        """Take over the rows."""
        self.table.whole = self.bare
        self.table.row_height = ROW if problem.dataset.image_shape is None else _PICTURED_ROW
        self.table.idle.reset()
        longest = max(map(len, problem.dataset.class_names), default=0)
        self.table.least_words = min(max(_NUMBER, _LETTER * longest + 1.3), _NAME)
        self.model.show_problem(problem, prediction_columns(problem))
        self._fit_columns()

    def take(self, inspection: Inspection) -> None:
        """Show the answers for the rows in sight."""
        if self.model.take(inspection, self.row):
            self.table.settle()
        self.table.show_moment()
        self.table.follow(self.model.line_of(self.row))

    def sizeHint(self) -> QSize:
        """Ask for the size at which nothing is hidden."""
        return self.table.natural_size

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find out anew what has room."""
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Let many inputs give way to what the network answers; rows have their numbers."""
        inputs = [i for i, source in enumerate(self.model.sources) if source.layer == INPUTS]
        for hidden in (False, True):
            if not hidden or (len(inputs) > _FEW_INPUTS and self.sizeHint().width() > self.width()):
                for column in inputs:
                    self.table.setColumnHidden(column, hidden)
        self.table.settle()

    @Slot(int, int)
    def _on_chosen(self, row: int, _column: int) -> None:
        self.row_chosen.emit(int(self.model.rows[row]))
