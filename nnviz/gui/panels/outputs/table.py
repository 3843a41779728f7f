"""The prediction table: input → prediction → expected, right or wrong, row by row."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QSize, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.gui.look.numbers import count
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.table_model import FEW_INPUTS, MOST_ROWS, PredictionModel
from nnviz.gui.panels.outputs.words import train_fit, train_score
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.widgets.data_table import ROW, DataTable
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

_TINY_ROWS = 12
_NUMBER, _LETTER, _NAME = 2.6, 0.55, 5.0
"""Widths of a number, of a letter and of a name that is never shortened, in heights of a line."""

_PICTURED_ROW = 2.6
"""Height of a row with a picture, in heights of a line."""


@guarded
class PredictionTable(OutputView):
    """A row a sample."""

    name = "table"
    title = str(QT_TRANSLATE_NOOP("PredictionTable", "Table"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "PredictionTable", "Input, prediction and expected answer, sample by sample."
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = PredictionModel()
        self.table = DataTable(self.model, self)
        self.table.setObjectName("output-table-rows")
        self.table.setAccessibleName(self.tr("Predictions, sample by sample"))
        set_tool_tip(self.table, self.tr("Choose a row to see this sample everywhere."))
        self.table.chosen.connect(self._on_row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say yes: every problem has rows; long ones show their first."""
        return problem.dataset.rows > 0

    @classmethod
    def leads(cls, problem: Problem) -> bool:
        """Come first where all rows can be seen at once and there is no plane to draw."""
        return problem.dataset.rows <= _TINY_ROWS and not problem.dataset.is_planar

    def prepare(self, problem: Problem) -> None:
        """Take over the rows."""
        self.table.whole = self.bare
        self.table.row_height = ROW if problem.dataset.image_shape is None else _PICTURED_ROW
        self.table.idle.reset()
        longest = max(map(len, problem.dataset.class_names), default=0)
        self.table.least_words = min(max(_NUMBER, _LETTER * longest + 1.3), _NAME)
        self.model.show_problem(problem)
        self._fit_columns()

    def take(self, inspection: Inspection) -> None:
        """Show the answers for the rows in sight."""
        self.model.inspection = inspection
        self.table.show_moment()
        self.table.follow(self.row)

    def restyle(self) -> None:
        """Leave it to the table, which is restyled itself."""

    @property
    def natural_size(self) -> QSize:
        """The size at which nothing is hidden."""
        return self.table.natural_size

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find out anew what has room."""
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Let the inputs give way to what the network answers; rows have their numbers."""
        if self.problem is None:
            return
        dataset, inputs = self.problem.dataset, self.model.input_columns
        for column in inputs:
            self.table.setColumnHidden(column, False)
        few = dataset.features <= FEW_INPUTS or dataset.image_shape is not None
        if not few and self.natural_size.width() > self.width():
            for column in inputs:
                self.table.setColumnHidden(column, True)
        self.table.settle()

    @Slot(int, int)
    def _on_row(self, row: int, _column: int) -> None:
        self.row_chosen.emit(row)

    def describe(self, inspection: Inspection) -> str:
        """Return how many of the answers are right, or how far off they are."""
        shown = count(min(inspection.problem.dataset.rows, MOST_ROWS))
        if inspection.problem.dataset.task == "regression":
            return self.tr(
                "The first {shown} rows with prediction and truth after {epoch} epochs; the root"
                " mean squared error on the training samples is {rmse}."
            ).format(shown=shown, **train_fit(inspection, self.most_rows))
        return self.tr(
            "After {epoch} epochs {right} of {total} training samples are right; the table has"
            " the first {shown} rows."
        ).format(shown=shown, **train_score(inspection, self.most_rows))
