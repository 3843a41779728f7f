"""The rows of the prediction table: input → prediction → expected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPixmap

from nnviz.gui.look.numbers import fixed
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.outputs.picture import thumbnail
from nnviz.gui.panels.outputs.words import target_label
from nnviz.gui.widgets.table_model import CENTER, LEFT, Cell, Mark, TableColumn, TableModel
from nnviz.training.inspection import Inspection, Outputs
from nnviz.training.problem import Problem

MOST_ROWS = 200
"""Of the data set, its first."""

MOST_INPUTS, FEW_INPUTS = 4, 2
"""Data with more have no columns for them; so many are shown in any room."""

_MOST_OUTPUTS, _MOST_LETTERS = 4, 16
"""Up to so many classes, with so many letters in all their names, have a column each."""

_PICTURE, _SWATCH = 2.4, 1.1
"""Widths of a picture, and of a class' colour before its name, in heights of a line."""

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

    def __init__(self) -> None:
        super().__init__()
        self.problem: Problem | None = None
        self.inspection: Inspection | None = None
        self._kinds: list[_Kind] = []
        self._in_test: NDArray[np.bool_] = np.empty(0, dtype=bool)
        self._answers: Outputs | None = None
        self._first, self._numbered = 0, False

    def show_problem(self, problem: Problem) -> None:
        """Take over the rows of a problem."""
        self.problem, self.inspection = problem, None
        self._in_test = np.zeros(problem.dataset.rows, dtype=bool)
        if problem.test is not None:
            self._in_test[problem.test.index] = True
        dataset = problem.dataset
        told = dataset.features <= FEW_INPUTS or dataset.image_shape is not None
        self._numbered = not told or (dataset.features > FEW_INPUTS and problem.test is not None)
        is_class = dataset.task == "classification"
        results = self._class_kinds(problem) if is_class else self._number_kinds(problem)
        self._kinds = [*self._input_kinds(problem), *results]
        columns = tuple(kind.column for kind in self._kinds)
        self.begin(columns, min(problem.dataset.rows, MOST_ROWS))

    def fill(self, column: int, rows: Sequence[int]) -> Sequence[Cell]:
        """Return cells; the network answers only for the rows that are asked for."""
        kind = self._kinds[column]
        if self.inspection is not None and not kind.is_input:
            self._answers = self.inspection.answers(rows[0], rows[-1] + 1)
            self._first = rows[0]
        elif not kind.is_input:
            self._answers = None
        return [kind.cell(row) for row in rows]

    @property
    def input_columns(self) -> range:
        """The columns of inputs."""
        return range(sum(kind.is_input for kind in self._kinds))

    def head(self, row: int) -> Cell:
        """Return a row's number, where its inputs do not tell which it is.

        A ring marks test samples.
        """
        mark = Mark("ring", "second") if self._in_test[row] else None
        return Cell(f"{row + 1}" if self._numbered else "", ink="muted", mark=mark)

    def picture(self, row: int, height: int, theme: Theme, ratio: float) -> QPixmap:
        """Return the picture of a sample."""
        assert self.problem is not None
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
        tip = self.tr("Input of the network")
        kinds: list[_Kind] = []
        for place, name in enumerate(map(translated, problem.dataset.feature_names)):
            values = problem.dataset.inputs[:MOST_ROWS, place]
            step = _step_of(values)
            texts = tuple(fixed(float(end), step) for end in (values.min(), values.max()))
            ringed = place == 0 and problem.test is not None
            before = _SWATCH if ringed else 0.0
            column = TableColumn(name, tip, least=texts, before=before, yields=not ringed)
            kinds.append(_Kind(column, self._input_cell(values, step, place), is_input=True))
        return kinds

    def _input_cell(
        self, values: NDArray[np.floating], step: float, place: int
    ) -> Callable[[int], Cell]:
        def cell(row: int) -> Cell:
            ring = Mark("ring", "second") if place == 0 and self._in_test[row] else None
            return Cell(fixed(float(values[row]), step), ink="muted", mark=ring)

        return cell

    def _class_kinds(self, problem: Problem) -> list[_Kind]:
        names = tuple(map(translated, problem.output_names))
        classes = tuple(map(translated, problem.dataset.class_names))
        lone = problem.outputs == 1
        if problem.outputs <= _MOST_OUTPUTS and len("".join(names)) <= _MOST_LETTERS and not lone:
            tip = self.tr("Activation of the output neuron of this class")
            outputs = [
                self._output_kind(name, tip, place, 0.01) for place, name in enumerate(names)
            ]
        else:
            largest = self.tr("The largest output: that of the decided class")
            tip = self.tr("The output neuron's activation a") if lone else largest
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
        targets = problem.target_values[:MOST_ROWS, 0].astype(np.float64)
        spread = float(targets.max() - targets.min())
        step = 0.001 if spread < 10 else 0.01 if spread < 100 else 0.1
        texts = tuple(fixed(float(value), step) for value in (targets.min(), targets.max()))

        def predicted(row: int) -> float:
            return float(self._outputs(row)[0])

        def kind(title: str, tip: str, value: Callable[[int], float]) -> _Kind:
            return _Kind(
                TableColumn(title, tip, least=texts), lambda row: Cell(fixed(value(row), step))
            )

        target = target_label(problem)
        return [
            kind(self.tr("predicted"), target, predicted),
            kind(self.tr("expected"), target, lambda row: float(targets[row])),
            kind(
                self.tr("error"),
                self.tr("Predicted minus expected"),
                lambda row: predicted(row) - float(targets[row]),
            ),
        ]

    # ------------------------------------------------------------------ cells

    def _outputs(self, row: int) -> NDArray[np.floating]:
        """Return what the network answers for a row, in target units; NaN before it has."""
        if self._answers is None:
            return np.full(self.problem.outputs if self.problem is not None else 1, np.nan)
        return np.asarray(self._answers.values[row - self._first])

    def _label(self, row: int) -> int:
        return -1 if self._answers is None else int(self._answers.labels[row - self._first])

    def _truth(self, row: int) -> int:
        return int(self.problem.labels[row]) if self.problem is not None else -1

    def _class_cell(self, label: int, ink: str = "text") -> Cell:
        if label < 0 or self.problem is None:
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


def _step_of(values: NDArray[np.floating]) -> float:
    """Return the step that values are written to: about three digits, none where all are whole."""
    if bool((values == np.rint(values)).all()):
        return 1.0
    return float(10.0 ** -max(0, 3 - len(str(int(np.abs(values).max())))))
