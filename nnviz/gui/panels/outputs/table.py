"""The prediction table: input → prediction → expected, right or wrong, row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QSize
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.numbers import count, fixed
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.picture import thumbnail
from nnviz.gui.panels.outputs.words import figures, target_label
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.widgets.data_table import ROW, DataTable
from nnviz.gui.widgets.table_model import CENTER, LEFT, Cell, Mark, TableColumn, TableModel
from nnviz.training.inspection import Inspection, Outputs
from nnviz.training.problem import Problem

MOST_ROWS = 200
"""Of the data set, its first."""

MOST_INPUTS, FEW_INPUTS = 4, 2
"""Data with more have no columns for them; so many are shown in any room."""

_MOST_OUTPUTS, _MOST_LETTERS = 4, 16
"""Up to so many classes, with so many letters in all their names, have a column each."""

_PICTURE, _PICTURED_ROW, _SWATCH = 2.4, 2.6, 1.1
"""Width of a picture, height of its row, and room before a class' name for its colour, in heights
of a line."""

_NUMBER, _LETTER, _NAME = 2.6, 0.55, 5.0
"""Widths of a number, of a letter and of a name that is never shortened, in heights of a line."""

RIGHT, WRONG = "✓", "✗"


@dataclass(frozen=True)
class _Kind:
    """A column, and what makes the cell of a row; `is_input` where the network changes nothing."""

    column: TableColumn
    cell: Callable[[int], Cell]
    is_input: bool = False


@guarded
class PredictionModel(TableModel):
    """Input → prediction → expected, for the first rows of a data set."""

    problem: Problem
    inspection: Inspection | None = None

    def __init__(self) -> None:
        super().__init__()
        self.many_inputs = False
        """Whether inputs have columns only where there is room, and rows their numbers."""
        self._kinds: list[_Kind] = []
        self._answers: Outputs | None = None
        self._first = 0

    def show_problem(self, problem: Problem) -> None:
        """Take over the rows of a problem."""
        self.problem, self.inspection, dataset = problem, None, problem.dataset
        self.many_inputs = dataset.features > FEW_INPUTS and dataset.image_shape is None
        self._in_test = np.zeros(dataset.rows, dtype=bool)
        if problem.test is not None:
            self._in_test[problem.test.index] = True
        is_class = dataset.task == "classification"
        results = self._class_kinds(problem) if is_class else self._number_kinds(problem)
        self._kinds = [*self._input_kinds(problem), *results]
        self.begin(tuple(kind.column for kind in self._kinds), min(dataset.rows, MOST_ROWS))

    def fill(self, column: int, rows: Sequence[int]) -> Sequence[Cell]:
        """Return cells; the network answers only for the rows that are asked for."""
        kind = self._kinds[column]
        if not kind.is_input:
            asked, self._first = self.inspection, rows[0]
            self._answers = asked.answers(rows[0], rows[-1] + 1) if asked is not None else None
        return [kind.cell(row) for row in rows]

    @property
    def input_columns(self) -> range:
        """The columns of inputs."""
        return range(sum(kind.is_input for kind in self._kinds))

    def head(self, row: int) -> Cell:
        """Return a row's number where its inputs do not tell which it is; of test with a ring."""
        dataset = self.problem.dataset
        pictured = dataset.image_shape is not None and self.problem.test is not None
        text = f"{row + 1}" if self.many_inputs or pictured else ""
        return Cell(text, ink="muted", mark=self._ring(row))

    def picture(self, row: int, height: int, theme: Theme, ratio: float) -> QPixmap:
        """Return the picture of a sample."""
        return thumbnail(self.problem, row, theme, height, ratio)

    # ------------------------------------------------------------------ columns

    def _input_kinds(self, problem: Problem) -> list[_Kind]:
        if problem.dataset.image_shape is not None:
            column = TableColumn(
                self.tr("input"), self.tr("The picture"), before=_PICTURE, side=CENTER
            )
            return [_Kind(column, lambda _row: Cell(pictured=True), is_input=True)]
        if problem.dataset.features > MOST_INPUTS:
            return []
        names, columns = problem.dataset.feature_names, problem.dataset.inputs[:MOST_ROWS].T
        ringed = [problem.test is not None] + [False] * len(names)
        return [
            self._input_kind(translated(name), values, ring)
            for name, values, ring in zip(names, columns, ringed, strict=False)
        ]

    def _input_kind(self, name: str, values: NDArray[np.floating], ringed: bool) -> _Kind:
        step = 1.0 if bool((values == np.rint(values)).all()) else _step_of(values, 3)
        texts = tuple(fixed(float(end), step) for end in (values.min(), values.max()))
        tip, before = self.tr("Input of the network"), _SWATCH if ringed else 0.0

        def cell(row: int) -> Cell:
            ring = self._ring(row) if ringed else None
            return Cell(fixed(float(values[row]), step), ink="muted", mark=ring)

        column = TableColumn(name, tip, least=texts, before=before, yields=not ringed)
        return _Kind(column, cell, is_input=True)

    def _class_kinds(self, problem: Problem) -> list[_Kind]:
        names = tuple(map(translated, problem.output_names))
        classes = tuple(map(translated, problem.dataset.class_names))
        few = problem.outputs <= _MOST_OUTPUTS and len("".join(names)) <= _MOST_LETTERS
        if problem.outputs == 1:
            tip = self.tr("The output neuron's activation a")
            outputs = [self._output_kind(self.tr("output"), tip, None, 0.001)]
        elif few:
            tip = self.tr("Activation of the output neuron of this class")
            outputs = [
                self._output_kind(name, tip, place, 0.01) for place, name in enumerate(names)
            ]
        else:
            tip = self.tr("The largest output: that of the decided class")
            outputs = [self._output_kind(self.tr("output"), tip, None, 0.001)]
        decided, true = (
            TableColumn(title, tip, side=LEFT, least=classes, before=_SWATCH, yields=True)
            for title, tip in (
                (self.tr("decided"), self.tr("Predicted class")),
                (self.tr("expected"), self.tr("True class")),
            )
        )
        mark = TableColumn("", self.tr("Right or wrong"), side=CENTER, least=(RIGHT,))
        return [
            *outputs,
            _Kind(decided, self._decided),
            _Kind(true, self._expected),
            _Kind(mark, self._verdict),
        ]

    def _output_kind(self, title: str, tip: str, place: int | None, step: float) -> _Kind:
        """Return the column of an output; without a place, of the largest."""

        def cell(row: int) -> Cell:
            values = self._outputs(row)
            return Cell(fixed(float(values.max() if place is None else values[place]), step))

        return _Kind(TableColumn(title, tip, side=CENTER, least=(fixed(0.5, step),)), cell)

    def _number_kinds(self, problem: Problem) -> list[_Kind]:
        targets = problem.target_values[:MOST_ROWS, 0]
        step = _step_of(targets, 4)
        texts = tuple(fixed(float(value), step) for value in (targets.min(), targets.max()))

        def predicted(row: int) -> float:
            return float(self._outputs(row)[0])

        def kind(title: str, tip: str, value: Callable[[int], float]) -> _Kind:
            return _Kind(
                TableColumn(title, tip, least=texts), lambda row: Cell(fixed(value(row), step))
            )

        target, error = target_label(problem), self.tr("Predicted minus expected")
        return [
            kind(self.tr("predicted"), target, predicted),
            kind(self.tr("expected"), target, lambda row: float(targets[row])),
            kind(self.tr("error"), error, lambda row: predicted(row) - float(targets[row])),
        ]

    # ------------------------------------------------------------------ cells

    def _ring(self, row: int) -> Mark | None:
        """Return what marks a row of the test part."""
        return Mark("ring", "second") if self._in_test[row] else None

    def _outputs(self, row: int) -> NDArray[np.floating]:
        """Return what the network answers for a row, in target units; NaN before it has."""
        if self._answers is None:
            return np.full(self.problem.outputs, np.nan)
        return np.asarray(self._answers.values[row - self._first])

    def _label(self, row: int) -> int:
        return -1 if self._answers is None else int(self._answers.labels[row - self._first])

    def _truth(self, row: int) -> int:
        return int(self.problem.dataset.targets[row])

    def _class_cell(self, label: int, ink: str = "text") -> Cell:
        if label < 0:
            return Cell("–", ink="muted")
        name = translated(self.problem.dataset.class_names[label])
        return Cell(name, ink=ink, mark=Mark("square", "class", label))

    def _decided(self, row: int) -> Cell:
        label = self._label(row)
        return self._class_cell(label, "text" if label == self._truth(row) else "error")

    def _expected(self, row: int) -> Cell:
        return self._class_cell(self._truth(row))

    def _verdict(self, row: int) -> Cell:
        label = self._label(row)
        if label < 0:
            return Cell()
        is_right = label == self._truth(row)
        return Cell(RIGHT if is_right else WRONG, ink="positive" if is_right else "error")


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
        self.table = DataTable(self.model)
        self.set_content(self.table)
        self.table.setObjectName("output-table-rows")
        self.table.setAccessibleName(self.tr("Predictions, sample by sample"))
        set_tool_tip(self.table, self.tr("Choose a row to see this sample everywhere."))
        self.table.chosen.connect(self.row_chosen)  # the column does not matter

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

    @property
    def natural_size(self) -> QSize:
        """The size at which nothing is hidden."""
        return self.table.natural_size

    def sizeHint(self) -> QSize:
        """Ask for the size at which nothing is hidden."""
        return self.natural_size

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find out anew what has room."""
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Let many inputs give way to what the network answers; rows have their numbers."""
        for column in self.model.input_columns:
            self.table.setColumnHidden(column, False)
        if self.model.many_inputs and self.natural_size.width() > self.width():
            for column in self.model.input_columns:
                self.table.setColumnHidden(column, True)
        self.table.settle()

    def describe(self, inspection: Inspection) -> str:
        """Return how many of the answers are right, or how far off they are."""
        shown = count(min(inspection.problem.dataset.rows, MOST_ROWS))
        if inspection.problem.dataset.task == "regression":
            return self.tr(
                "The first {shown} rows with prediction and truth after {epoch} epochs; the root"
                " mean squared error on the training samples is {rmse}."
            ).format(shown=shown, **figures(inspection))
        return self.tr(
            "After {epoch} epochs {right} of {total} training samples are right; the table has"
            " the first {shown} rows."
        ).format(shown=shown, **figures(inspection))


def _step_of(values: NDArray[np.floating], digits: int) -> float:
    """Return the step at which the largest value is written with so many digits, or whole."""
    return float(10.0 ** -max(0, digits - len(str(int(np.abs(values).max())))))
