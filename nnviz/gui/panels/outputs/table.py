"""The prediction table: input → prediction → expected, right or wrong, row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QSize
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.numbers import fixed
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.picture import thumbnail
from nnviz.gui.panels.outputs.words import target_label
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.widgets.data_table import ROW, DataTable
from nnviz.gui.widgets.table_model import CENTER, LEFT, Cell, Mark, TableColumn, TableModel
from nnviz.training.inspection import Inspection
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
    """A column, and what makes its cells of a row, the outputs and the decided class (or -1).

    `is_input` where the network changes nothing.
    """

    column: TableColumn
    cell: Callable[[int, NDArray[np.floating], int], Cell]
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

    def show_problem(self, problem: Problem) -> None:
        """Take over the rows of a problem."""
        self.problem, self.inspection, dataset = problem, None, problem.dataset
        self.many_inputs = dataset.features > FEW_INPUTS and dataset.image_shape is None
        self._in_test = np.zeros(dataset.rows, dtype=bool)
        self._in_test[problem.held_out] = True
        is_class = dataset.task == "classification"
        results = self._class_kinds(problem) if is_class else self._number_kinds(problem)
        self._kinds = [*self._input_kinds(problem), *results]
        self.begin(tuple(kind.column for kind in self._kinds), min(dataset.rows, MOST_ROWS))

    def fill(self, column: int, rows: Sequence[int]) -> Sequence[Cell]:
        """Return cells; the network answers only for the rows that are asked for."""
        kind, nothing = self._kinds[column], np.full(self.problem.outputs, np.nan)
        if kind.is_input or self.inspection is None:
            return [kind.cell(row, nothing, -1) for row in rows]
        answers, first = self.inspection.answers(rows[0], rows[-1] + 1), rows[0]
        labels = answers.labels if answers.labels.size else np.full(len(answers.index), -1)
        return [kind.cell(row, answers.values[row - first], labels[row - first]) for row in rows]

    @property
    def input_columns(self) -> range:
        """The columns of inputs."""
        return range(sum(kind.is_input for kind in self._kinds))

    def head(self, row: int) -> Cell:
        """Return a row's number; that of a test sample has a ring."""
        ring = Mark("ring", "second") if self._in_test[row] else None
        return Cell(f"{row + 1}", ink="muted", mark=ring)

    def picture(self, row: int, height: int, theme: Theme, ratio: float) -> QPixmap:
        """Return the picture of a sample."""
        return thumbnail(self.problem, row, theme, height, ratio)

    # ------------------------------------------------------------------ columns

    def _input_kinds(self, problem: Problem) -> list[_Kind]:
        if problem.dataset.image_shape is not None:
            column = TableColumn(
                self.tr("input"), self.tr("The picture"), before=_PICTURE, side=CENTER
            )
            return [_Kind(column, lambda *_: Cell(pictured=True), is_input=True)]
        if problem.dataset.features > MOST_INPUTS:
            return []
        names, columns = problem.dataset.feature_names, problem.dataset.inputs[:MOST_ROWS].T
        return [
            self._input_kind(translated(name), values)
            for name, values in zip(names, columns, strict=True)
        ]

    def _input_kind(self, name: str, values: NDArray[np.floating]) -> _Kind:
        step = 1.0 if bool((values == np.rint(values)).all()) else _step_of(values, 3)
        texts = tuple(fixed(float(end), step) for end in (values.min(), values.max()))
        tip = self.tr("Input of the network")
        if self.problem.experiment.data.standardize_inputs:
            tip = self.tr("In its own unit; the network is given it standardised")

        def cell(row: int, *_: object) -> Cell:
            return Cell(fixed(float(values[row]), step), ink="muted")

        return _Kind(TableColumn(name, tip, least=texts, yields=True), cell, is_input=True)

    def _class_kinds(self, problem: Problem) -> list[_Kind]:
        names = tuple(map(translated, problem.output_names))
        classes = tuple(map(translated, problem.dataset.class_names))
        tip = self.tr("The output neuron's activation a")
        shown: list[tuple[int | None, str]] = [(None, self.tr("output"))]
        if 1 < problem.outputs <= _MOST_OUTPUTS and len("".join(names)) <= _MOST_LETTERS:
            tip = self.tr("Activation of the output neuron of this class")
            shown = [*enumerate(names)]
        elif problem.outputs > 1:
            tip = self.tr("The largest output: that of the predicted class")
        outputs = [self._output_kind(name, tip, place) for place, name in shown]
        decided, true = (
            TableColumn(title, tip, side=LEFT, least=classes, before=_SWATCH, yields=True)
            for title, tip in (
                (self.tr("predicted"), self.tr("Predicted class")),
                (self.tr("actual"), self.tr("Actual class")),
            )
        )
        mark = TableColumn("", self.tr("Right or wrong"), side=CENTER, least=(RIGHT,))
        return [
            *outputs,
            _Kind(decided, self._decided),
            _Kind(true, self._expected),
            _Kind(mark, self._verdict),
        ]

    def _output_kind(self, title: str, tip: str, place: int | None) -> _Kind:
        """Return the column of an output; without a place, of the largest."""
        step = 0.001 if place is None else 0.01

        def cell(_row: int, values: NDArray[np.floating], _label: int) -> Cell:
            return Cell(fixed(float(values.max() if place is None else values[place]), step))

        return _Kind(TableColumn(title, tip, side=CENTER, least=(fixed(0.5, step),)), cell)

    def _number_kinds(self, problem: Problem) -> list[_Kind]:
        targets = problem.target_values[:MOST_ROWS, 0]
        step = _step_of(targets, 4)
        texts = tuple(fixed(float(value), step) for value in (targets.min(), targets.max()))

        def kind(title: str, tip: str, value: Callable[[float, float], float]) -> _Kind:
            def cell(row: int, values: NDArray[np.floating], _label: int) -> Cell:
                return Cell(fixed(value(float(values[0]), float(targets[row])), step))

            return _Kind(TableColumn(title, tip, least=texts), cell)

        target, error = target_label(problem), self.tr("Predicted minus actual")
        return [
            kind(self.tr("predicted"), target, lambda answer, _truth: answer),
            kind(self.tr("actual"), target, lambda _answer, truth: truth),
            kind(self.tr("error"), error, lambda answer, truth: answer - truth),
        ]

    # ------------------------------------------------------------------ cells

    def _class_cell(self, label: int, ink: str = "text") -> Cell:
        if label < 0:
            return Cell("–", ink="muted")
        name = translated(self.problem.dataset.class_names[label])
        return Cell(name, ink=ink, mark=Mark("square", "class", label))

    def _decided(self, row: int, _values: NDArray[np.floating], label: int) -> Cell:
        is_right = label == self.problem.dataset.targets[row]
        return self._class_cell(label, "text" if is_right else "error")

    def _expected(self, row: int, *_: object) -> Cell:
        return self._class_cell(int(self.problem.dataset.targets[row]))

    def _verdict(self, row: int, _values: NDArray[np.floating], label: int) -> Cell:
        if label < 0:
            return Cell()
        is_right = label == self.problem.dataset.targets[row]
        return Cell(RIGHT if is_right else WRONG, ink="positive" if is_right else "error")


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

    def sizeHint(self) -> QSize:
        """Ask for the size at which nothing is hidden."""
        return self.table.natural_size

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find out anew what has room."""
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Let many inputs give way to what the network answers; rows have their numbers."""
        for column in self.model.input_columns:
            self.table.setColumnHidden(column, False)
        if self.model.many_inputs and self.sizeHint().width() > self.width():
            for column in self.model.input_columns:
                self.table.setColumnHidden(column, True)
        self.table.settle()


def _step_of(values: NDArray[np.floating], digits: int) -> float:
    """Return the step at which the largest value is written with so many digits, or whole."""
    return float(10.0 ** -max(0, digits - len(str(int(np.abs(values).max())))))
