"""Pictures of samples in a list, each with what it is and what the network takes it for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QIcon

from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import LIGHT, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.samples.columns import RIGHT, WRONG
from nnviz.gui.panels.samples.picture import thumbnail
from nnviz.gui.plain import literal
from nnviz.training.problem import Problem

_Role = Qt.ItemDataRole
_Index = QModelIndex | QPersistentModelIndex
_KEPT = 1000
"""Pictures that are kept."""


@guarded
class PageModel(QAbstractListModel):
    """Rows of the data set in any order; what the network says is told row by row."""

    problem: Problem

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows = np.empty(0, dtype=np.intp)
        """The rows of the data set that are listed."""
        self._names: Sequence[str] = ()
        self._labels: NDArray[np.intp] = self.rows
        self._said: dict[int, int] = {}
        self._look: tuple[Theme, int, float] = (LIGHT, 1, 1.0)
        self._pictures: dict[int, QIcon] = {}

    def show_problem(self, problem: Problem) -> None:
        """List nothing yet of other samples."""
        self.problem, self._labels = problem, problem.labels
        self._names = tuple(map(translated, problem.dataset.class_names))
        self.forget()
        self.show_rows(self.rows[:0])

    def dress(self, theme: Theme, height: int, ratio: float) -> QSize:
        """Have pictures in a theme's colours and a height; return their size in pixels."""
        self._look = theme, height, ratio
        self._pictures.clear()
        shown = thumbnail(self.problem, 0, theme, height, ratio)
        return shown.deviceIndependentSize().toSize()

    def show_rows(self, rows: NDArray[np.intp]) -> None:
        """List these rows of the data set."""
        if not np.array_equal(rows, self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def place_of(self, row: int) -> int:
        """Return where a row of the data set is listed, -1 for nowhere."""
        return int(next(iter(np.flatnonzero(self.rows == row)), -1))

    def forget(self) -> None:
        """Take note that what the network said was of an earlier moment."""
        self._said.clear()

    def knows(self, row: int) -> bool:
        """Return whether it is known what the network says of a row."""
        return row in self._said

    def tell(self, rows: Sequence[int] | NDArray[np.intp], labels: NDArray[np.intp]) -> None:
        """Take over what the network takes some rows for."""
        self._said.update(zip(np.asarray(rows).tolist(), labels.tolist(), strict=True))
        if self.rows.size:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))

    def caption_of(self, actual: str, predicted: str) -> str:
        """Return the line below a picture that is wrong."""
        return f"{WRONG} {actual} → {predicted}"

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many are listed."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Return a picture, what is written below it, in which colour, and what is told of it."""
        row = int(self.rows[index.row()])
        actual, said = int(self._labels[row]), self._said.get(row)
        if role == _Role.DecorationRole:
            return self._picture(row)
        if role == _Role.ForegroundRole:
            theme = self._look[0]
            return QColor(theme.text if said in (None, actual) else theme.error)
        if role in (_Role.ToolTipRole, _Role.AccessibleTextRole):
            return literal(self._sentence(row, actual, said))
        return self._caption(actual, said) if role == _Role.DisplayRole else None

    def _caption(self, actual: int, said: int | None) -> str:
        name = self._names[actual]
        if said in (None, actual):
            return name if said is None else f"{RIGHT} {name}"
        return self.caption_of(name, self._names[said])

    def _sentence(self, row: int, actual: int, said: int | None) -> str:
        texts = {
            None: self.tr("sample {row}, actual {actual}"),
            actual: self.tr("sample {row}, predicted {said} ✓"),
        }
        text = texts.get(said, self.tr("sample {row}, predicted {said} ✗, actual {actual}"))
        name = "" if said is None else self._names[said]
        return text.format(row=count(row + 1), said=name, actual=self._names[actual])

    def _picture(self, row: int) -> QIcon:
        if row not in self._pictures:
            if len(self._pictures) >= _KEPT:
                self._pictures.clear()
            shown = thumbnail(self.problem, row, *self._look)
            icon = self._pictures[row] = QIcon(shown)
            icon.addPixmap(shown, QIcon.Mode.Selected)  # Qt would make another, in its own colour
        return self._pictures[row]
