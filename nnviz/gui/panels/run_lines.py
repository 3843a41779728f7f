"""The table of runs: how far each came, and the settings in which they differ."""

from __future__ import annotations

import math
import operator
from collections.abc import Container, Sequence
from functools import partial
from typing import NamedTuple, cast

from PySide6.QtCore import QCoreApplication

from nnviz.engine.losses import LOSSES as LOSS_FUNCTIONS
from nnviz.engine.metrics import Metric, metric_for
from nnviz.gui.look.numbers import count, percent, steady
from nnviz.gui.look.texts import not_defined, part_name, phrase, translated
from nnviz.gui.overrides import guarded
from nnviz.gui.widgets.table_model import LEFT, Cell, Mark, TableColumn, TableModel
from nnviz.training.comparison import differences, varying
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.presets import PRESETS
from nnviz.training.problem import PartName

_tr = partial(QCoreApplication.translate, "RunsPanel")

CURRENT = -1
"""Stands for the slot of the run that is looked at."""

LOSSES = ("test_loss", "validation_loss", "train_loss")
METRICS = ("test_metric", "validation_metric", "train_metric")
"""Whether a run has learnt shows in samples it has not seen: those come first."""

FOREIGN = "* "
"""Stands at figures that cannot be compared with those of the run that is looked at."""

_BOLD = 0.2
_WIDEST = ("0.0000", "00.00 %")
"""Figures change many times a second: they have this much room from the beginning."""


class RunLine(NamedTuple):
    """A line of the table: a kept run, or that which is looked at (its slot is `CURRENT`).

    Figures are loss and metric of each part after its epoch, by the history's names; NaN where
    there is no such part. It was trained to the epoch `last`.
    """

    slot: int
    name: str
    experiment: Experiment
    epoch: int
    figures: dict[str, float]
    last: int = 0

    @property
    def metric(self) -> Metric:
        """What its accuracy is called and how it is written."""
        return metric_for(self.experiment.data.spec.task)


def line_of(
    slot: int, name: str, experiment: Experiment, history: History, row: int = -1
) -> RunLine:
    """Return a run at a row of its history, without another at its end."""
    keys = (*LOSSES, *METRICS)
    if not len(history):
        return RunLine(slot, name, experiment, 0, dict.fromkeys(keys, math.nan))
    figures = {key: float(history.column(key)[row]) for key in keys}
    epochs = history.column("epoch")
    return RunLine(slot, name, experiment, int(epochs[row]), figures, int(epochs[-1]))


def best(lines: Sequence[RunLine], figure: str) -> frozenset[int]:
    """Return which lines have the best of a figure: none where that says nothing.

    Losses can be compared where the same loss is taken of the same data, metrics of the same data.
    """
    values = [line.figures[figure] for line in lines]
    known = [value for value in values if math.isfinite(value)]
    if len({_kind(line, figure) for line in lines}) > 1 or len(set(known)) < 2:
        return frozenset()
    goal = min(known) if figure in LOSSES else max(known)
    return frozenset(place for place, value in enumerate(values) if value == goal)


def incomparable(lines: Sequence[RunLine], figure: str) -> frozenset[int]:
    """Return which lines have a figure that says nothing beside that of the first line."""
    kinds, first = [_kind(line, figure) for line in lines], _kind(lines[0], figure)
    known = [math.isfinite(line.figures[figure]) for line in lines]
    return frozenset(i for i, kind in enumerate(kinds) if known[i] and kind != first)


def _kind(line: RunLine, figure: str) -> tuple[object, ...]:
    """Return what two figures must have in common to be compared."""
    data, loss = line.experiment.data.spec, line.experiment.training.loss
    return (data, loss, line.experiment.network.plus_minus) if figure in LOSSES else (data,)


class RunColumn(NamedTuple):
    """What stands above a column, and in it, a cell a line."""

    column: TableColumn
    cells: tuple[Cell, ...]


def figure_columns(lines: Sequence[RunLine]) -> list[RunColumn]:
    """Return loss and metric, of the test part first where there is one, and epochs."""
    titles = dict.fromkeys(LOSSES, _tr("Loss")) | dict.fromkeys(METRICS, _metric_title(lines))
    told = [key for key in titles if any(has_part(line, key) for line in lines)]
    epochs = tuple(_epochs(line) for line in lines)
    tip = _tr(
        "How many epochs each run was trained for; of how many, where the network shown is"
        " not the last one."
    )
    last = RunColumn(TableColumn(_tr("epochs"), tip, least=(*epochs, "0,000")), _cells(epochs))
    return [*(_figure_column(lines, key, titles[key]) for key in told), last]


def _epochs(line: RunLine) -> str:
    if line.epoch >= line.last:
        return count(line.epoch)
    return _tr("{epoch} of {last}").format(epoch=count(line.epoch), last=count(line.last))


def setting_columns(lines: Sequence[RunLine]) -> list[RunColumn]:
    """Return the settings that differ; the run that is looked at is the first line."""
    tip = _tr("A setting that is not the same in all these runs: {setting}")
    found = []
    for setting in varying([line.experiment for line in lines]) if len(lines) > 1 else ():
        texts, title = tuple(phrase(text) for text in setting.texts), phrase(setting.title)
        about, group = tip.format(setting=title), _tr("Differs in")
        column = TableColumn(title, about, group, side=LEFT, least=texts, yields=True)
        # What is as in the run that is looked at is less important.
        alike = frozenset(i for i, text in enumerate(texts) if i and text == texts[0])
        found.append(RunColumn(column, _cells(texts, muted=alike)))
    return found


def has_part(line: RunLine, key: str) -> bool:
    """Return whether a run has the part that a figure is of: losses of it are always defined."""
    return not math.isnan(line.figures[key.replace("metric", "loss")])


def figure_text(line: RunLine, key: str) -> str:
    """Return a figure as it is written: shares in percent."""
    if math.isnan(line.figures[key]) and has_part(line, key):
        return not_defined()
    is_share = key in METRICS and line.metric.task != "regression"
    return percent(line.figures[key], 0.0001) if is_share else steady(line.figures[key])


def _figure_column(lines: Sequence[RunLine], key: str, group: str) -> RunColumn:
    part, foreign = key.partition("_")[0], incomparable(lines, key)
    marks = (FOREIGN if row in foreign else "" for row in range(len(lines)))
    texts = tuple(m + figure_text(line, key) for m, line in zip(marks, lines, strict=True))
    tip = _tr("{what} of the samples held out, after this epoch.")
    if part == "train":
        tip = _tr("{what} of the training samples, after this epoch.")
    elif part == "validation":
        tip = _tr("{what} of the samples held out to choose by, after this epoch.")
    least = (*texts, _WIDEST[key in METRICS])
    title, about = part_name(cast(PartName, part)), tip.format(what=group)
    # What is bold is wider.
    column = TableColumn(title, about, group, least=least, before=_BOLD)
    return RunColumn(column, _cells(texts, foreign, best(lines, key)))


def _cells(
    texts: Sequence[str], muted: Container[int] = (), strong: Container[int] = ()
) -> tuple[Cell, ...]:
    return tuple(
        Cell(text, ink="muted" if row in muted else "text", strong=row in strong)
        for row, text in enumerate(texts)
    )


def _metric_title(lines: Sequence[RunLine]) -> str:
    titles = {line.metric.title for line in lines}
    return translated(titles.pop()) if len(titles) == 1 else _tr("Accuracy or R²")


@guarded
class RunsModel(TableModel):
    """The runs that are compared, a row each; the first column has room for a button."""

    head_side = LEFT

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[RunLine] = ()
        self.shown: Sequence[RunColumn] = ()
        self._names: object = None
        self._letters: Sequence[int] = ()

    def show_runs(self, lines: Sequence[RunLine], shown: Sequence[RunColumn]) -> bool:
        """Show runs; return whether there are others than before, or need of more room."""
        self.lines, self.shown = lines, shown
        columns = [one.column for one in shown]
        names = [(line.slot, line.name) for line in lines], [(c.group, c.title) for c in columns]
        letters = [max(map(len, column.least)) for column in columns]
        fits = all(map(operator.le, letters, self._letters))
        if names == self._names and fits:
            return False
        self._names, self._letters = names, letters
        button = TableColumn("", before=float(len(lines) > 1))
        self.begin([button, *columns], len(lines))
        return True

    def head(self, row: int) -> Cell:
        """Return a run's name, with its colour."""
        line = self.lines[row]
        mark = Mark("line", "curve") if line.slot == CURRENT else Mark("line", "run", line.slot)
        return Cell(line.name, mark=mark)

    def head_tip(self, row: int) -> str:
        """Return a run's name, what it is of, and in what the current run differs from it."""
        current, line = self.lines[0].experiment, self.lines[row]
        preset = PRESETS.get(line.experiment.preset)
        title = (preset or line.experiment.data.spec).title
        template, told = _tr("{setting}: {here} here, {now} in this run"), []
        for one in differences(line.experiment, current) if row else ():
            here, now = map(phrase, one.texts)
            told.append(template.format(setting=phrase(one.title), here=here, now=now))
        return "\n".join([line.name, translated(title), *told])

    def fill(self, column: int, rows: Sequence[int]) -> Sequence[Cell]:
        """Return figures or settings."""
        return [self.shown[column - 1].cells[row] if column else Cell() for row in rows]

    def tip(self, row: int, column: int) -> str:
        """Return run, column and text in full, and why a figure cannot be compared."""
        if not column:
            return ""
        what, value = self.columns[column].title, self.cell(row, column).text
        told = _tr("{run}\n{what}: {value}").format(
            run=self.lines[row].name, what=what, value=value.removeprefix(FOREIGN)
        )
        return f"{told}\n{self._foreign(row)}" if value.startswith(FOREIGN) else told

    def _foreign(self, row: int) -> str:
        mine, other = self.lines[0].experiment, self.lines[row].experiment
        if mine.data.spec != other.data.spec:
            title = translated(other.data.spec.title)
            return _tr("Not comparable with this run: of other data, {data}.").format(data=title)
        if mine.training.loss == other.training.loss:
            return _tr("Not comparable with this run: classes are written by other numbers.")
        title = translated(LOSS_FUNCTIONS[other.training.loss].title)
        return _tr("Not comparable with this run: another loss function, {loss}.").format(
            loss=title
        )
