"""The rows of the prediction table, as Qt's views take them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPixmap

from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.outputs.marks import stamp
from nnviz.gui.panels.outputs.picture import thumbnail
from nnviz.gui.panels.outputs.words import fixed, target_label
from nnviz.gui.plain import literal
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

MOST_ROWS = 200
MOST_INPUTS = 4
NARROW_INPUTS = 2
"""So many inputs fit the narrowest panel; more of them give way to the number of the row."""

MOST_OUTPUTS = 4
MOST_LETTERS = 16
"""In the names of all classes, for each to have a column of its own."""

RING_RADIUS = 3.5
PICTURE_HEIGHT = 32
RIGHT, WRONG = "✓", "✗"
KINDS = (
    "row",
    "picture",
    "input",
    "share",
    "output",
    "decided",
    "true",
    "expected",
    "error",
    "mark",
)
NUMBERS, DECISIONS = ("share", "output", "error"), ("decided", "mark")
"""Kinds of columns that change with the network's answers, and when a class is decided anew."""

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class Cell(NamedTuple):
    """What a cell shows: text, its colour, where it is, and a swatch or a picture beside it."""

    text: str
    ink: QColor
    side: Qt.AlignmentFlag
    mark: QPixmap | QColor | None


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    kind
        One of `KINDS`; ``"share"`` is an output of a classification.
    title, tip
        Header and its tooltip, translated.
    text
        From row number to what stands there.
    """

    kind: str
    title: str
    tip: str
    text: Callable[[int], str]


@guarded
class PredictionModel(QAbstractTableModel):
    """Input → prediction → expected, for the first rows of a data set."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.problem: Problem | None = None
        self.columns: list[Column] = []
        self.outputs: NDArray[np.floating] = np.empty((0, 0))
        self.labels: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._in_test: NDArray[np.bool_] = np.empty(0, dtype=bool)
        self._targets: NDArray[np.floating] = np.empty(0)
        self._rows = 0
        self._ratio = 1.0
        self.picture_height = PICTURE_HEIGHT
        self._pictures: dict[int, QPixmap] = {}

    # ------------------------------------------------------------------ content

    def begin(self, problem: Problem) -> None:
        """Take over the rows of a problem; there are no answers yet."""
        self.beginResetModel()
        self.problem = problem
        self._rows = min(problem.dataset.rows, MOST_ROWS)
        self.outputs = np.full((self._rows, problem.outputs), np.nan)
        self.labels = np.full(self._rows, -1, dtype=np.intp)
        self._targets = problem.dataset.targets[: self._rows].astype(np.float64).ravel()
        self._in_test = np.zeros(problem.dataset.rows, dtype=bool)
        if problem.test is not None:
            self._in_test[problem.test.index] = True
        self._pictures.clear()
        self.columns = self._columns(problem)
        self.endResetModel()

    def take(self, inspection: Inspection, rows: range) -> None:
        """Fill in the answers of a moment for these rows."""
        if not rows:
            return
        answers = inspection.answers(rows.start, rows.stop)
        changed: tuple[str, ...] = NUMBERS
        self.outputs[rows.start : rows.stop] = answers.values
        if answers.labels.size and (answers.labels != self.labels[rows.start : rows.stop]).any():
            self.labels[rows.start : rows.stop] = answers.labels
            changed += DECISIONS
        for i, column in enumerate(self.columns):
            if column.kind in changed:
                self.dataChanged.emit(self.index(rows.start, i), self.index(rows[-1], i))

    def set_theme(self, theme: Theme, ratio: float = 1.0) -> None:
        """Change colours, and the resolution of pictures."""
        self.theme, self._ratio = theme, ratio
        self._pictures.clear()
        if self._rows:
            self.dataChanged.emit(
                self.index(0, 0), self.index(self._rows - 1, len(self.columns) - 1)
            )

    def set_picture_height(self, height: int) -> None:
        """Draw pictures so many pixels high."""
        if height != self.picture_height:
            self.picture_height = height
            self._pictures.clear()

    def right(self, row: int) -> bool | None:
        """Say whether a row's decision is its class; None before there is one."""
        decided = int(self.labels[row])
        return None if decided < 0 else decided == int(self._targets[row])

    # ------------------------------------------------------------------ columns

    def _columns(self, problem: Problem) -> list[Column]:
        is_class = problem.dataset.task == "classification"
        results = self._class_columns(problem) if is_class else self._number_columns(problem)
        return [*self._input_columns(problem), *results]

    def _input_columns(self, problem: Problem) -> list[Column]:
        columns: list[Column] = []
        few = problem.dataset.features <= MOST_INPUTS
        pictured = problem.dataset.image_shape is not None
        if problem.dataset.features > NARROW_INPUTS and (problem.test is not None or not pictured):
            tip = self.tr("Row of the data set; a ring marks test samples")
            columns.append(Column("row", self.tr("row"), tip, self._row_text))
        if pictured:
            columns.append(Column("picture", self.tr("input"), self.tr("The picture"), _nothing))
        elif few:
            names = map(translated, problem.dataset.feature_names)
            columns += [
                Column("input", name, self.tr("Input of the network"), self._input_text(i))
                for i, name in enumerate(names)
            ]
        return columns

    def _class_columns(self, problem: Problem) -> list[Column]:
        columns: list[Column] = []
        if problem.outputs == 1:
            tip = self.tr("The output neuron's activation a")
            columns.append(Column("share", self.tr("output"), tip, self._output_text(0)))
        elif problem.outputs <= MOST_OUTPUTS and len("".join(problem.output_names)) <= MOST_LETTERS:
            tip = self.tr("Activation of the output neuron of this class")
            columns += [
                Column("share", translated(name), tip, self._output_text(i))
                for i, name in enumerate(problem.output_names)
            ]
        else:
            tip = self.tr("The largest output: that of the decided class")
            columns.append(Column("share", self.tr("output"), tip, self._largest_text))
        return [
            *columns,
            Column("decided", self.tr("decided"), self.tr("Predicted class"), self._decided_text),
            Column("true", self.tr("expected"), self.tr("True class"), self._expected_text),
            Column("mark", "", self.tr("Right or wrong"), self._mark_text),
        ]

    def _number_columns(self, problem: Problem) -> list[Column]:
        target = target_label(problem)
        return [
            Column("output", self.tr("predicted"), target, self._number_text(self._predicted)),
            Column("expected", self.tr("expected"), target, self._number_text(self._expected)),
            Column(
                "error",
                self.tr("error"),
                self.tr("Predicted minus expected"),
                self._number_text(lambda row: self._predicted(row) - self._expected(row)),
            ),
        ]

    def _row_text(self, row: int) -> str:
        return self.tr("{row} ○").format(row=row + 1) if self._in_test[row] else f"{row + 1}"

    def _input_text(self, column: int) -> Callable[[int], str]:
        assert self.problem is not None
        inputs = self.problem.dataset.inputs
        values = inputs[: self._rows, column]
        whole = bool((values == np.rint(values)).all())
        digits = len(str(int(np.abs(values).max())))
        decimals = 0 if whole else max(0, 3 - digits)
        return lambda row: fixed(float(inputs[row, column]), decimals)

    def _output_text(self, output: int) -> Callable[[int], str]:
        decimals = 3 if self.outputs.shape[1] == 1 else 2  # several have to share the width
        return lambda row: fixed(float(self.outputs[row, output]), decimals)

    def _largest_text(self, row: int) -> str:
        return fixed(float(self.outputs[row].max()), 3)

    def _number_text(self, value: Callable[[int], float]) -> Callable[[int], str]:
        spread = float(self._targets.max() - self._targets.min()) if self._targets.size else 1.0
        decimals = 3 if spread < 10 else 2 if spread < 100 else 1
        return lambda row: fixed(value(row), decimals)

    def _predicted(self, row: int) -> float:
        return float(self.outputs[row, 0])

    def _expected(self, row: int) -> float:
        return float(self._targets[row])

    def _class_name(self, label: int) -> str:
        assert self.problem is not None
        return translated(self.problem.dataset.class_names[label]) if label >= 0 else "–"

    def _decided_text(self, row: int) -> str:
        return self._class_name(int(self.labels[row]))

    def _expected_text(self, row: int) -> str:
        return self._class_name(int(self._targets[row]))

    def _mark_text(self, row: int) -> str:
        return {None: "", True: RIGHT, False: WRONG}[self.right(row)]

    # ------------------------------------------------------------------ Qt's questions

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return the rows shown."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return the columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        """Return a column's title, tooltip or alignment."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == _Role.DisplayRole:
            return column.title
        if role == _Role.ToolTipRole:
            return literal(column.tip)
        return _SIDES[column.kind] if role == _Role.TextAlignmentRole else None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Return text, colour, alignment or picture of a cell."""
        column, row = self.columns[index.column()], index.row()
        if role == _Role.DisplayRole:
            return column.text(row)
        if role == _Role.TextAlignmentRole:
            return _SIDES[column.kind]
        if role == _Role.ForegroundRole:
            return _color(self._ink(column.kind, row))
        if role == _Role.DecorationRole:
            return self._decoration(index.column(), row)
        return None

    def cell(self, row: int, column: int) -> Cell:
        """Return all that a cell shows, in one answer: Qt's questions take longer than painting."""
        shown = self.columns[column]
        text, ink = shown.text(row), _color(self._ink(shown.kind, row))
        return Cell(text, ink, _SIDES[shown.kind], self._decoration(column, row))

    def _ink(self, kind: str, row: int) -> str:
        if kind == "mark":
            return self.theme.positive if self.right(row) else self.theme.error
        if kind == "decided" and self.right(row) is False:
            return self.theme.error
        return self.theme.muted if kind in ("row", "input") else self.theme.text

    def _decoration(self, column: int, row: int) -> QPixmap | QColor | None:
        kind = self.columns[column].kind
        if kind == "input" and column == 0 and self._in_test[row]:
            return stamp(self.theme.second, self.theme.surface, RING_RADIUS, True, self._ratio)
        if kind == "picture" and self.problem is not None:
            if row not in self._pictures:
                self._pictures[row] = thumbnail(
                    self.problem, row, self.theme, self.picture_height, self._ratio
                )
            return self._pictures[row]
        if kind == "decided" and self.labels[row] >= 0:
            return _color(self.theme.class_color(int(self.labels[row])))
        if kind == "true":
            return _color(self.theme.class_color(int(self._targets[row])))
        return None


def _nothing(_row: int) -> str:
    return ""


@lru_cache(maxsize=64)
def _color(name: str) -> QColor:
    return QColor(name)


def _alignment(kind: str) -> Qt.AlignmentFlag:
    if kind in ("decided", "true"):
        side = Qt.AlignmentFlag.AlignLeft
    elif kind in ("mark", "picture", "share"):
        side = Qt.AlignmentFlag.AlignHCenter
    else:
        side = Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


_SIDES = {kind: _alignment(kind) for kind in KINDS}
