"""Find by validation: trains candidates in the background and shows which value is best."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnviz.errors import NnvizError
from nnviz.gui.export.form import named
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import em, small_font
from nnviz.gui.look.texts import message, phrase, translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label
from nnviz.gui.plots.error_plot import ErrorPlot
from nnviz.gui.plots.legend import LegendEntry, LegendRow
from nnviz.gui.shell.dialog import ReadingDialog
from nnviz.gui.shell.sweep_form import SweepForm
from nnviz.gui.shell.sweep_table import SweepTable, error_title, values_text
from nnviz.gui.slices import Slices, Work, calculated
from nnviz.gui.widgets.data_table import DataTable
from nnviz.gui.widgets.idle import READ_SECONDS
from nnviz.training.experiment import Experiment
from nnviz.training.pool import Jobs, Pool
from nnviz.training.sweep import Candidate, CandidateResult, Outcome, Point, Sweep, train_candidate
from nnviz.training.sweep_values import setting_of

_Role = QDialogButtonBox.ButtonRole


@guarded
class SweepDialog(ReadingDialog):
    """Form, plot and table of one sweep after another; closing it ends the one under way."""

    values_wanted = Signal(object)
    """The person wants these in the Experiment: tuple of (path, value)."""

    def __init__(self, experiment: Experiment, parent: QWidget) -> None:
        self.form, self.plot = SweepForm(experiment), ErrorPlot()
        self.content = SweepTable()
        self.table, self.told, self.bar = DataTable(self.content), Label(), QProgressBar()
        self.legend = LegendRow()
        picture, top = QWidget(), QWidget()
        filled(QVBoxLayout(picture), self.legend, self.plot, spacing=SPACE, wide=self.plot)
        row = filled(QHBoxLayout(top), self.form, picture, spacing=3 * SPACE, wide=picture)
        row.setAlignment(self.form, Qt.AlignmentFlag.AlignTop)
        super().__init__("sweepDialog", "", [top, self.table, self.told, self.bar], parent)
        self.setWindowTitle(self.tr("Find by validation"))
        self._sweep: Sweep | None = None
        self._outcome: Outcome | None = None
        self._results: dict[int, CandidateResult] = {}
        self.work = Work(self)
        self._dress()
        self._add_buttons()
        sweep = self.form.asked()
        if sweep is not None:
            self._prepare(sweep)
        self.work.ended.connect(self._on_ended)
        self.work.failed.connect(self._on_failed)
        self.finished.connect(self.work.cancel)
        self.plot.picked.connect(self._on_picked)
        self.table.chosen.connect(self._on_picked)

    def _dress(self) -> None:
        self.form.setFixedWidth(em(self, 22))
        self.plot.setMinimumSize(em(self, 22), em(self, 16))
        self.plot.setAccessibleName(self.tr("Error against the setting"))
        self.told.setObjectName("sweep-told")
        self.told.setWordWrap(True)
        self.told.setText(
            self.tr(
                "Each candidate is trained with several seeds; the error bars are standard errors."
                " Chosen is the simplest of those at most one standard error above the best."
            )
        )
        self.table.setObjectName("sweep-table")
        self.table.setAccessibleName(self.tr("The candidates, a line each"))
        self.table.setFont(small_font())
        self.table.paddings = (0.25, 6.0)
        self.table.setMinimumHeight(em(self, 9))
        self.bar.setTextVisible(False)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        self.bar.hide()
        self.bar.setAccessibleName(self.tr("Candidates trained"))
        size = QSize(em(self, 56), em(self, 44))
        self.resize(size.boundedTo(self.screen().availableSize()))

    def _add_buttons(self) -> None:
        start = QPushButton(self.tr("&Start"))
        self.start = named(start, "sweep-start", start.text(), self.tr("Train all candidates."))
        self.start.setDefault(True)
        use = QPushButton(self.tr("&Use this value"))
        tip = self.tr(
            "Enter what is chosen, or the line you point out, in Setup. Undo takes it back."
        )
        self.use = named(use, "sweep-use", use.text(), tip)
        self.use.setEnabled(False)
        self.buttons.addButton(self.start, _Role.ActionRole)
        self.buttons.addButton(self.use, _Role.ActionRole)
        self.start.clicked.connect(self._on_start)
        self.use.clicked.connect(self._on_use)

    @Slot(object)
    def show_experiment(self, experiment: Experiment) -> None:
        """Vary another experiment from the next start on."""
        self.form.show_experiment(experiment)

    # ------------------------------------------------------------------------------- training

    @Slot()
    def _on_start(self) -> None:
        """Start, or end what is under way and keep what is done."""
        if self.work.busy:
            self.work.cancel()
            return
        sweep = self.form.asked()
        if sweep is None:
            return
        self._prepare(sweep)
        self.bar.setRange(0, len(sweep.candidates))
        self.bar.setValue(0)
        self.bar.show()
        self.start.setText(self.tr("&Cancel"))
        self.form.setEnabled(False)
        self.told.setText(self.tr("The processes are starting."))
        self.work.start(self._training(sweep, self.form.pool()))

    def _prepare(self, sweep: Sweep) -> None:
        """Make room for what will come."""
        self._sweep, self._results = sweep, {}
        names = [
            [phrase(setting_of(vary.path).written(value)) for value in vary.values]
            for vary in sweep.varies
        ]
        titles = [translated(setting_of(vary.path).title) for vary in sweep.varies]
        first, second = (*titles, "", "")[:2]
        self.plot.begin((first, second, error_title(sweep)), names)
        self.legend.show_entries(self._entries(sweep))
        self._show()

    def _entries(self, sweep: Sweep) -> list[LegendEntry]:
        theme = self.plot.theme
        if len(sweep.varies) > 1:
            text = self.tr("Strong colour: small {error}. Frame: chosen.")
            return [LegendEntry(text.format(error=error_title(sweep)), theme.positive, "square")]
        text = self.tr("{error} ± standard error")
        error = LegendEntry(text.format(error=error_title(sweep)), theme.curve, "disc")
        if sweep.part == "train":
            return [error]
        loss = sweep.figure == "loss"
        training = self.tr("train loss") if loss else self.tr("train error")
        return [error, LegendEntry(training, theme.muted, "dashed")]

    def _training(self, sweep: Sweep, pool: Pool) -> Slices[str]:
        yield from calculated(pool, train_candidate, sweep.candidates, self._take)
        return ""

    def _take(
        self, came: Sequence[tuple[int, CandidateResult]], jobs: Jobs[Candidate, CandidateResult]
    ) -> None:
        if not came:
            return
        self._results.update(came)
        self.bar.setValue(jobs.done)
        text = self.tr("{done} of {total} are trained; about {seconds} s left.")
        left = count(math.ceil(jobs.seconds_left or 0))
        self.told.setText(text.format(done=count(jobs.done), total=count(jobs.total), seconds=left))
        self.table.idle.update()
        if self.table.idle.due("outcome", READ_SECONDS):
            self._show()

    def _show(self) -> None:
        """Draw what there is so far."""
        if self._sweep is None:
            return
        sweep, outcome = self._sweep, self._sweep.outcome(self._results)
        self._outcome = outcome
        self.content.show_outcome(sweep, outcome)
        self.table.show_moment()
        errors, spreads, training = (
            np.array([math.nan if n is None else n for n in numbers])
            for numbers in zip(*(_figures(sweep, point) for point in outcome.points), strict=True)
        )
        chosen = outcome.chosen if sweep.varies else None
        self.plot.show_errors(errors, spreads, training, chosen)
        self.use.setEnabled(chosen is not None)

    @Slot()
    def _on_ended(self) -> None:
        self.start.setText(self.tr("&Start"))
        self.bar.hide()
        self.form.setEnabled(True)
        self._show()
        self.table.refresh()
        if self._sweep is not None and self._outcome is not None:
            self.told.setText(self._conclusion(self._sweep, self._outcome))

    @Slot(object)
    def _on_failed(self, error: NnvizError) -> None:
        self.told.setText(message(error))

    def _conclusion(self, sweep: Sweep, outcome: Outcome) -> str:
        """Return what came of it, and by which rows was chosen; what is not done is said first."""
        done = sum(point.done for point in outcome.points)
        text = self.tr("{done} of {total} were trained.")
        started = [text.format(done=count(done), total=count(len(sweep.candidates)))]
        sentences = started if done < len(sweep.candidates) else []
        if not sweep.varies:
            text, point = self.tr("{learned} of {runs} seeds learn."), outcome.points[0]
            return text.format(learned=count(point.learned), runs=count(point.done))
        if outcome.chosen is None or outcome.best is None:
            return " ".join([*sentences, self.tr("No candidate came to its end with every seed.")])
        text = self.tr("Chosen: {chosen}, which has the smallest error.")
        if outcome.chosen != outcome.best:
            text = self.tr(
                "Chosen: {chosen}, the simplest within one standard error of the smallest error;"
                " that is at {best}."
            )
        chosen, best = outcome.chosen, outcome.best
        told = (values_text(sweep, outcome.points[p], titled=True) for p in (chosen, best))
        text = text.format(**dict(zip(("chosen", "best"), told, strict=True)))
        return " ".join([*sentences, text, phrase(sweep.chosen_by)])

    # -------------------------------------------------------------------------------- choosing

    @Slot(int)
    def _on_picked(self, place: int) -> None:
        """Mark a line, whose values are then those to use."""
        if self._outcome is not None and 0 <= place < len(self._outcome.points):
            self.table.follow(place)
            self.use.setEnabled(bool(self._sweep and self._sweep.varies))

    @Slot()
    def _on_use(self) -> None:
        sweep, outcome = self._sweep, self._outcome
        if sweep is None or outcome is None:
            return
        place = min(self.table.selected, default=outcome.chosen)
        if place is not None:
            paths = (vary.path for vary in sweep.varies)
            self.values_wanted.emit(tuple(zip(paths, outcome.points[place].values, strict=True)))


def _figures(sweep: Sweep, point: Point) -> tuple[float | None, ...]:
    """Return error, standard error and the error of the training rows."""
    train = point.figures.get(f"train_{sweep.figure}")
    train = train if train is None or sweep.figure == "loss" else 1.0 - train
    return point.error, point.standard_error, train
