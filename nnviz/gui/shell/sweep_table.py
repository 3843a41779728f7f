"""The table of a sweep: a line a combination of values, with what its seeds came to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication

from nnviz.gui.look.numbers import count, steady
from nnviz.gui.look.texts import phrase, translated
from nnviz.gui.widgets.table_model import LEFT, Cell, TableColumn, TableModel
from nnviz.training.sweep import Outcome, Point, Sweep
from nnviz.training.sweep_values import setting_of

_tr = partial(QCoreApplication.translate, "SweepTable")

_WIDEST = "0.000000"


def values_text(sweep: Sweep, point: Point, titled: bool = False) -> str:
    """Return the values of a point as a line is called, or with the titles of the settings."""
    settings = [setting_of(vary.path) for vary in sweep.varies]
    texts = [phrase(s.written(v)) for s, v in zip(settings, point.values, strict=True)]
    if titled:
        template = _tr("{setting} {value}")
        pairs = zip(settings, texts, strict=True)
        texts = [template.format(setting=translated(s.title), value=text) for s, text in pairs]
    return ", ".join(texts) or _tr("as it is")


def error_title(sweep: Sweep) -> str:
    """Return what the error is called that is chosen by."""
    titles = {
        ("validation", "loss"): _tr("validation loss"),
        ("validation", "metric"): _tr("validation error"),
        ("test", "loss"): _tr("test loss"),
        ("test", "metric"): _tr("test error"),
        ("train", "loss"): _tr("train loss"),
        ("train", "metric"): _tr("train error"),
    }
    return titles[sweep.part, sweep.figure]


class SweepTable(TableModel):
    """The points of a sweep; what is chosen is bold."""

    head_side = LEFT

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[str, ...]] = []
        self._heads: list[str] = []
        self._chosen: int | None = None

    def show_outcome(self, sweep: Sweep, outcome: Outcome) -> None:
        """Show what there is so far."""
        heads = [values_text(sweep, point) for point in outcome.points]
        self._lines = [_line(sweep, point) for point in outcome.points]
        columns = _columns(sweep)
        if (heads, columns) != (self._heads, self.columns):
            self._heads = heads
            self.begin(columns, len(heads))
        self._chosen = outcome.chosen if sweep.varies else None

    def fill(self, column: int, rows: Sequence[int]) -> Sequence[Cell]:
        """Return figures."""
        return [Cell(self._lines[row][column], strong=row == self._chosen) for row in rows]

    def head(self, row: int) -> Cell:
        """Return the values."""
        return Cell(self._heads[row], strong=row == self._chosen)


def _columns(sweep: Sweep) -> list[TableColumn]:
    error, runs = error_title(sweep), count(len(sweep.seeds))
    told = {
        "train": (_tr("train loss"), _tr("Of the rows that are trained on.")),
        "test": (_tr("test loss"), _tr("Only reported: nothing is chosen by it.")),
    }
    most = _tr("{learned} of {runs}").format(learned=runs, runs=runs)
    return [
        TableColumn(error, _tr("Mean over the seeds; this is chosen by."), least=(_WIDEST,)),
        TableColumn(
            "±", _tr("Standard error of this mean: how far chance may move it."), least=(_WIDEST,)
        ),
        *(TableColumn(*told[part], least=(_WIDEST,)) for part in _other_losses(sweep)),
        TableColumn(
            _tr("learned"),
            _tr(
                "How many seeds learned their training rows: 99 % of them are right, or the error"
                " is at most 10 % above the noise, or else R² is at least 0.9."
            ),
            least=(most,),
        ),
        TableColumn(_tr("diverged"), _tr("How many seeds left the finite numbers."), least=(runs,)),
    ]


def _other_losses(sweep: Sweep) -> list[str]:
    """Return the parts whose losses are told beside the error that is chosen by."""
    return [part for part in ("train", "test") if (part, "loss") != (sweep.part, sweep.figure)]


def _line(sweep: Sweep, point: Point) -> tuple[str, ...]:
    others = (point.figures.get(f"{part}_loss") for part in _other_losses(sweep))
    figures = (point.error, point.standard_error, *others)
    learned = _tr("{learned} of {runs}") if point.done else ""
    return (
        *("" if figure is None else steady(figure) for figure in figures),
        learned.format(learned=count(point.learned), runs=count(point.done)),
        count(point.diverged) if point.done else "",
    )
