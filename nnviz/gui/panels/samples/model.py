"""A table of samples: what the network is given and makes of it, a row a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPixmap

from nnviz.datasets.own.doubts import filled_in
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.numbers import exact
from nnviz.gui.look.texts import message, noted, translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.look.units import real_output, standardized_input
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.samples.columns import (
    INPUTS,
    LARGEST,
    MOST_ROWS,
    RIGHT,
    WRONG,
    Columns,
    Source,
    category_titles,
)
from nnviz.gui.panels.samples.picture import thumbnail
from nnviz.gui.widgets.table_model import Cell, Mark, TableColumn, TableModel, shade_of
from nnviz.training.inspection import Inspection
from nnviz.training.new_rows import NewRows
from nnviz.training.problem import Problem

_LEAST_Z = 1.0
"""Smaller sums are near zero, and so are their colours."""

_OF_THE_TRUTH = ("true", "mark", "expected", "error")
"""Kinds of columns that say nothing of a sample that is moved: nobody knows what it should be."""

_WORDS = ("picture", "word", "mark", "decided", "true")
"""Kinds of columns that have no numbers."""

_NOTHING = "—"
"""Stands where a row cannot be answered for."""

Rows = NDArray[np.intp]


def rows_of(problem: Problem, chosen: int) -> Rows:
    """Return the rows of the data set to list: the first, and the chosen one wherever it is."""
    return first_of(problem.rows, chosen)


def first_of(rows: Rows, chosen: int) -> Rows:
    """Return the first of many rows, and the chosen one if it is any of them."""
    first = rows[:MOST_ROWS]
    if chosen in first or chosen not in rows:
        return first
    return np.append(first[:-1], chosen)


class Numbers:
    """All numbers of some rows of the data set at one moment, or of other rows."""

    def __init__(self, inspection: Inspection, rows: Rows, new: NewRows | None = None) -> None:
        problem, self.rows = inspection.problem, rows
        self.is_moved = np.zeros(len(rows), dtype=bool)
        given: FloatArray = problem.dataset.inputs if new is None else new.inputs
        targets = problem.dataset.targets if new is None else new.targets
        given, targets = given[rows], targets[rows]
        if new is not None:
            given = np.nan_to_num(given)
        elif inspection.moved is not None:
            self.is_moved, given = rows == inspection.moved[0], given.astype(np.float64)
            given[self.is_moved] = inspection.moved[1]
        self.features, self.targets = given, targets.ravel().astype(np.float64)
        self.inputs, self.traces = problem.encode_inputs(given), inspection.trace(given)
        outputs = self.traces[-1].a
        self.predicted = problem.decode_outputs(outputs)
        is_class = problem.dataset.task == "classification"
        self.decided = problem.decide(outputs) if is_class else np.empty(0, dtype=np.intp)

    def of(self, source: Source) -> FloatArray:
        """Return what stands in a column: numbers, labels, or 1 for right and 0 for wrong."""
        if source.kind in ("z", "a"):
            values: FloatArray = getattr(self.traces[source.layer], source.kind)[:, source.unit]
            return values
        if source.kind in ("value", "input", "word"):
            given = self.inputs if source.kind == "input" else self.features
            return np.asarray(given[:, source.unit])
        if source.kind == "output":
            largest = source.unit == LARGEST
            return self.predicted.max(axis=1) if largest else self.predicted[:, source.unit]
        if source.kind == "decided":
            return self.decided.astype(np.float64)
        if source.kind == "mark":
            return np.asarray(self.decided == self.targets, np.float64)
        predicted, expected = self.predicted[:, 0], self.targets
        return {"predicted": predicted, "error": predicted - expected}.get(source.kind, expected)


@guarded
class SamplesModel(TableModel):
    """The listed samples, and what the network makes of each."""

    problem: Problem
    _inspection: Inspection | None = None
    _numbers: Numbers | None = None
    _lines: Sequence[int] = ()

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[Source] = []
        self.new: NewRows | None = None
        """Other rows that are listed in place of the data set's."""
        self.new_row = -1
        """Which of them was chosen: others may have the same inputs."""
        self.listed: Rows | None = None
        """Those to list; None for the first, and the chosen one."""
        self.rows = np.empty(0, dtype=np.intp)
        self._test: frozenset[int] = frozenset()
        self._gaps: NDArray[np.bool_] | None = None
        self._scales: dict[tuple[str, int], FloatArray | float] = {}

    def show_problem(self, problem: Problem, columns: Columns, new: NewRows | None = None) -> None:
        """List the first samples of a problem, or other rows; there are no numbers yet."""
        self.problem, self._inspection, self.new, self.listed = problem, None, new, None
        self.rows = rows_of(problem, 0) if new is None else np.arange(len(new.cells))
        self._test = frozenset(problem.held_out.tolist())
        if new is not None and not new.has_targets:
            columns = {s: column for s, column in columns.items() if s.kind not in _OF_THE_TRUTH}
        self._gaps = _gaps(problem) if new is None else None
        if self._gaps is not None or (new is not None and new.filled):
            columns = {source: _with_room(source, column) for source, column in columns.items()}
        self._categories = {one.start: one for one in problem.dataset.categories}
        self.sources = list(columns)
        self.begin(list(columns.values()), len(self.rows))

    def take(self, inspection: Inspection, row: int) -> bool:
        """Take over a moment and the chosen row; return whether other rows or pictures are seen."""
        rows, before = self.listed, self._inspection
        if rows is None:
            rows = rows_of(inspection.problem, row) if self.new is None else self.rows
        if len(rows) != len(self.rows):
            self.rows = rows
            self.begin(self.columns, len(rows))
        others = not np.array_equal(rows, self.rows)
        if inspection.problem.dataset.image_shape and before is not None:
            others |= before.moved != inspection.moved
        self.rows, self._inspection = rows, inspection
        return others

    def line_of(self, row: int) -> int:
        """Return in which line a row of the data set is, -1 for none.

        Of other rows it is that to which the chosen sample is moved.
        """
        if self.new is not None:
            row = self._new_row()
        return int(next(iter(np.flatnonzero(self.rows == row)), -1))

    def renew(self) -> None:
        """Forget the numbers of the moment before."""
        super().renew()
        self._numbers = None
        self._scales.clear()

    def _new_row(self) -> int:
        """Return which of the other rows is looked at, -1 for none."""
        moved = self._inspection.moved if self._inspection is not None else None
        if self.new is None or moved is None:
            return -1
        found = np.flatnonzero((self.new.inputs == np.array(moved[1])).all(axis=1)).tolist()
        return self.new_row if self.new_row in found else next(iter(found), -1)

    def head(self, row: int) -> Cell:
        """Return a sample's number, with a ring if it is a test sample; or a line's."""
        number = int(self.rows[row])
        if self.new is not None:
            return Cell(f"{self.new.lines[number]}", ink="muted")
        ring = Mark("ring", "second") if number in self._test else None
        return Cell(f"{number + 1}", ink="muted", mark=ring)

    def head_tip(self, row: int) -> str:
        """Return in which line of which file a row is, and what it lacked."""
        if self.new is None:
            return self._with_gaps(row, "").strip()
        number, text = int(self.rows[row]), self.tr("Line {line} of “{file}”")
        return self._with_gaps(row, text.format(line=self.new.lines[number], file=self.new.name))

    def fill(self, column: int, rows: Sequence[int]) -> Sequence[Cell]:
        """Return the cells of a column."""
        source, moment = self.sources[column], self._inspection
        if moment is None or source.kind == "picture":
            return [Cell(pictured=source.kind == "picture")] * len(rows)
        cells = self._cells_of(source, rows)
        if self.new is not None:
            return self._told(source, rows, cells)
        if self._gaps is not None and source.kind == "value":
            return self._bracketed(source, rows, cells)
        if moment.moved is None or source.kind not in _OF_THE_TRUTH:
            return cells
        moved = self._numbers_of(rows).is_moved.tolist()
        return [Cell() if is_moved else cell for cell, is_moved in zip(cells, moved, strict=True)]

    def _bracketed(
        self, source: Source, rows: Sequence[int], cells: Sequence[Cell]
    ) -> Sequence[Cell]:
        """Return an input's cells, in brackets where the data set has a gap that was filled in."""
        assert self._gaps is not None
        numbers = self._numbers_of(rows)
        known = (numbers.rows >= len(self._gaps)) | numbers.is_moved
        gaps = self._gaps[np.where(known, 0, numbers.rows), source.unit] & ~known
        pairs = zip(cells, gaps.tolist(), strict=True)
        return [cell._replace(text=f"({cell.text})") if gap else cell for cell, gap in pairs]

    def _told(self, source: Source, rows: Sequence[int], cells: Sequence[Cell]) -> Sequence[Cell]:
        """Return the cells of other rows, of which not all can be answered for or are known.

        What was missing and filled in is in brackets.
        """
        assert self.new is not None
        numbers, found = self._numbers_of(rows), [*cells]
        unknown, name = np.isnan(numbers.targets).tolist(), ""
        if source.kind == "word":
            name = self._categories[source.unit].name
        elif source.kind == "value":
            name = self.problem.dataset.feature_names[source.unit]
        for place, number in enumerate(numbers.rows.tolist()):
            if number in self.new.problems:
                is_answer = source.kind in ("predicted", "decided")
                found[place] = Cell(_NOTHING, ink="error") if is_answer else Cell()
                if name:
                    found[place] = Cell(self.new.shown(number, name), ink="muted")
            elif unknown[place] and source.kind in _OF_THE_TRUTH:
                found[place] = Cell()
            elif name in self.new.filled.get(number, ()):
                found[place] = found[place]._replace(text=f"({found[place].text})")
        return found

    def _cells_of(self, source: Source, rows: Sequence[int]) -> Sequence[Cell]:
        numbers = self._numbers_of(rows)
        if source.kind == "word":
            category = self._categories[source.unit]
            titles = category_titles(category)
            return [Cell(titles[category.shown_in(row)], ink="muted") for row in numbers.features]
        values = numbers.of(source)
        if source.kind in ("decided", "true", "mark"):
            unknown = numbers.is_moved | np.isnan(numbers.targets)
            right = (unknown | (numbers.decided == numbers.targets)).tolist()
            return [
                self._class_cell(source.kind, int(value), is_right)
                for value, is_right in zip(np.nan_to_num(values).tolist(), right, strict=True)
            ]
        if source.neuron is None and source.kind != "input":
            ink = "muted" if source.kind == "value" else "text"
            return [Cell(source.text(value), ink=ink) for value in values.tolist()]
        scale = self._scale(source, numbers)
        return [Cell(source.text(value), shade_of(value / scale)) for value in values.tolist()]

    def tip(self, row: int, column: int) -> str:
        """Return what a column is, the number with all its digits, and what the row lacked."""
        return self._with_gaps(row, self._tip(row, column))

    def _with_gaps(self, row: int, text: str) -> str:
        number, filling = int(self.rows[row]), None
        if self.new is not None:
            filling = self.new.filling(number)
        elif self._gaps is not None and number < len(self._gaps):
            names = self.problem.dataset.feature_names
            filling = filled_in(translated(names[i]) for i in np.flatnonzero(self._gaps[number]))
        return text if filling is None else f"{text}\n{noted(filling)}"

    def _tip(self, row: int, column: int) -> str:
        source, what = self.sources[column], self.columns[column].tip
        if self.new is not None and int(self.rows[row]) in self.new.problems:
            return message(self.new.problems[int(self.rows[row])])
        if self._inspection is None or source.kind in (
            "picture",
            "mark",
            "decided",
            "true",
            "word",
        ):
            return what
        numbers, problem = self._numbers_of([row]), self._inspection.problem
        value, way = float(numbers.of(source)[0]), None
        if source.kind == "input":
            inputs = problem.dataset.inputs[self.rows[row]]
            way = standardized_input(problem, inputs, source.unit)
        elif source.kind == "predicted":
            way = real_output(problem, float(numbers.traces[-1].a[0, 0]))
        shown = way.text if way else source.text(value) if source.dates else exact(value)
        return self.tr("{what}\n{value}").format(what=what, value=shown)

    def picture(self, row: int, height: int, theme: Theme, ratio: float) -> QPixmap:
        """Return a sample's picture."""
        place, seen = int(self.rows[row]), self._inspection
        if self.new is not None:
            return thumbnail(self.problem, self.new.inputs[place], theme, height, ratio)
        inputs = seen.raw_inputs(place) if seen is not None else self.problem.dataset.inputs[place]
        return thumbnail(self.problem, inputs, theme, height, ratio)

    def note(self, rows: int, columns: int) -> str:
        """Return what a picture without so many rows and columns leaves out, or nothing."""
        total, shown = self.problem.rows.size, self.rowCount() - rows
        if columns:
            text = self.tr("{shown} of {rows} samples; {count} more columns have no room here")
            return text.format(shown=shown, rows=total, count=columns)
        text = self.tr("{shown} of {rows} samples")
        return text.format(shown=shown, rows=total) if shown < total else ""

    def _class_cell(self, kind: str, value: int, is_right: bool) -> Cell:
        if kind == "mark":
            return Cell(RIGHT, ink="positive") if is_right else Cell(WRONG, ink="error")
        name, swatch = self.problem.dataset.class_names[value], Mark("square", "class", value)
        ink = "text" if is_right or kind == "true" else "error"
        return Cell(translated(name), ink=ink, mark=swatch)

    def _numbers_of(self, lines: Sequence[int]) -> Numbers:
        """Return the numbers of some lines; those just asked for are asked for again."""
        assert self._inspection is not None
        asked = list(lines)
        if self._numbers is None or asked != self._lines:
            new = () if self.new is None else (self.new,)
            self._lines = asked
            self._numbers = Numbers(self._inspection, self.rows[asked], *new)
        return self._numbers

    def _scale(self, source: Source, numbers: Numbers) -> float:
        """Return the absolute value of full colour; it is one for all rows of a moment."""
        key = source.kind, source.layer
        if key not in self._scales:
            self._scales[key] = self._find_scale(source, numbers)
        scale = self._scales[key]
        return scale if isinstance(scale, float) else float(scale[source.unit])

    def _find_scale(self, source: Source, numbers: Numbers) -> FloatArray | float:
        if source.layer == INPUTS:
            given = np.abs(self.problem.train.inputs.array()[:, :-1]).max(axis=0)
            return np.where(given > 0, given, 1.0)
        trace, spec = numbers.traces[source.layer], self.problem.experiment.network.layers
        if source.kind == "z":
            return _largest(trace.z)
        ends = ACTIVATIONS[getattr(spec[source.layer], "activation")].output_range  # noqa: B009
        bounded = bool(np.isfinite(ends).all())
        return float(max(map(abs, ends))) if bounded else _largest(trace.a)


def _gaps(problem: Problem) -> NDArray[np.bool_] | None:
    """Return where the samples had gaps that are filled, shape (samples, features), or None."""
    if problem.samples is problem.given:
        return None
    given, filled = problem.given.inputs, problem.samples.inputs
    gaps: NDArray[np.bool_] = np.isnan(given) & (filled == problem.dataset.inputs[: len(filled)])
    return gaps


def _with_room(source: Source, column: TableColumn) -> TableColumn:
    """Return an input's column with room for brackets."""
    is_input = source.kind in ("value", "word")
    return replace(column, least=tuple(f"({t})" for t in column.least)) if is_input else column


def _largest(values: FloatArray) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return max(float(finite.max(initial=0.0)), _LEAST_Z)
