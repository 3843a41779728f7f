"""What panels of curves over epochs have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.frame import Frame
from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import part_name
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.panels.header import Header, lay_out
from nnviz.gui.plots.curve import Curve, RunCurves, Series
from nnviz.gui.plots.curve_plot import CurvePlot
from nnviz.gui.plots.legend import PART_MARKS
from nnviz.gui.widgets.idle import SAY_SECONDS
from nnviz.storage.contents import KeptRun
from nnviz.training.experiment import Experiment
from nnviz.training.history import Column, History
from nnviz.training.problem import PartName, Problem

_TALL = 220, 320
"""Heights from which a legend may take a third line, and a fourth."""


@guarded
class CurvePanel(Panel):
    """A plot of columns of the history over epochs.

    A panel says which curves it has (`series`), where their numbers come from (`column`), and how
    its axes are called (`name_axes`); and which of its curves kept runs are compared by
    (`compared`), if any, and with which other experiments (`comparable`).
    """

    _problem: Problem | None = None

    compared: ClassVar[tuple[str, ...]] = ()
    """Keys of the curves that are drawn of kept runs too: of train, and of test."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = Header(2, self)
        self.plot = CurvePlot(self)
        self.plot.setObjectName(f"{self.key}-plot")
        self.plot.headline = epoch_words
        self.reading_changed = self.plot.read
        self.plot.epoch_chosen.connect(self.epoch_chosen)
        self.plot.idle.idle.connect(self._describe)
        self._history: History | None = None
        self._shown: tuple[int, int | None] | None = None
        self._kept: tuple[KeptRun, ...] = ()
        self._runs: dict[History, RunCurves] = {}
        column = lay_out(self, self.header)
        column.setSpacing(2)
        column.addWidget(self.plot, 1)

    # ------------------------------------------------------------------- for panels to say

    def series(self, problem: Problem) -> list[Series]:
        """Return the curves of a run."""
        raise NotImplementedError

    def entries_of_parts(self, problem: Problem) -> dict[PartName, LegendEntry]:
        """Return name and look of the curve of each part; of a sample of it, of how many rows."""
        entries = {}
        for part, rows in problem.parts.items():
            judged, name = problem.judged[part].rows, part_name(part)
            if judged < rows.rows:
                text = QCoreApplication.translate("CurvePanel", "{part} ({rows} of {all} rows)")
                name = text.format(part=name, rows=count(judged), all=count(rows.rows))
            entries[part] = LegendEntry(name, self.theme.curve, PART_MARKS[part])
        return entries

    def column(self, history: History, key: str) -> Column:
        """Return the numbers of a curve."""
        return history.column(key)

    def name_axes(self, problem: Problem) -> None:
        """Name the plot's axes, choose ranges and reference lines."""
        raise NotImplementedError

    def comparable(self, experiment: Experiment, other: Experiment) -> bool:
        """Say whether curves of another experiment belong on the same axis."""
        return bool(self.compared) and experiment.data.spec == other.data.spec

    def left_out(self, names: str) -> str:
        """Return why kept runs of these names are not drawn."""
        raise NotImplementedError

    # ------------------------------------------------------------------------- the contract

    def begin(self, problem: Problem) -> None:
        """Forget the old run and name the new one's curves."""
        self._problem, self._history, self._shown = problem, None, None
        self._kept, self._runs = (), {}
        self.plot.set_levels([])
        self.plot.set_series(self.series(problem), problem.experiment.training.epochs)
        self.plot.set_runs((), ())
        self.name_axes(problem)
        self._show_legend()

    def show_frame(self, frame: Frame) -> None:
        """Draw what is new in the history, of the kept runs, and which epoch is shown."""
        history, shown = frame.history, (len(frame.history), frame.epoch if frame.past else None)
        if frame.references != self._kept:
            self._take_runs(frame.references)
        elif history is self._history and shown == self._shown:
            return
        if history is not self._history and self._history is not None and self._problem:
            self.plot.set_series(self.series(self._problem), self.plot.x_end)
        self._history, self._shown = history, shown
        columns = {key: self.column(history, key) for key in self.plot.curves}
        self.plot.feed(history.column("epoch"), columns, shown[1])
        if self.plot.idle.due("description", SAY_SECONDS):
            self._describe()

    def restyle(self) -> None:
        """Give the curves the colours of another theme."""
        super().restyle()
        if self._problem is not None:
            self.plot.set_looks(self.series(self._problem))
            self._take_runs(self._kept)

    def legend(self) -> list[LegendEntry]:
        """Return the curves' marks, and those of kept runs that are drawn."""
        own = [curve.series.entry for curve in self.plot.curves.values()]
        return own + [run.entry for run in self.plot.runs]

    def _note(self) -> list[LegendEntry]:
        """Return how many kept runs are not drawn: a word that says why where it is pointed at."""
        drawn = {run.slot for run in self.plot.runs}
        missing = [reference.name for reference in self._kept if reference.slot not in drawn]
        if not missing or not self.compared:
            return []
        template = QCoreApplication.translate("CurvePanel", "{count} not comparable")
        reason = self.left_out("; ".join(missing))
        label = template.format(count=len(missing))
        return [LegendEntry(label, self.theme.muted, "", reason=reason)]

    def view_state(self) -> Mapping[str, Any]:
        """Return the zoom."""
        return {"zoom": self.plot.zoom}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over the zoom."""
        zoom = state.get("zoom")
        self.plot.set_zoom(None if zoom is None else tuple(map(tuple, zoom)))  # type: ignore[arg-type]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the legend of many runs more lines where there is height for them."""
        super().resizeEvent(event)
        self.header.legend.set_lines(2 + sum(self.height() >= least for least in _TALL))

    # ---------------------------------------------------------------------------- inside

    def figure(self, key: str) -> float:
        """Return a curve's number at the epoch shown, NaN before there is any."""
        if not self._history or self._shown is None:
            return float("nan")
        past = self._shown[1]
        return self.column(self._history, key)[-1 if past is None else self._history.row_of(past)]

    def description(self) -> str:
        """Return the numbers of the epoch shown in a sentence, and which kept runs there are."""
        if not self._history or self._problem is None:
            return QCoreApplication.translate("CurvePanel", "No epoch has been recorded yet.")
        figures = [
            f"{curve.series.entry.label} {curve.series.text(self.figure(key))}"
            for key, curve in self.plot.curves.items()
        ]
        past = self._shown[1] if self._shown is not None else None
        epoch = self._history.column("epoch")[-1] if past is None else past
        said = QCoreApplication.translate("CurvePanel", "{title} after epoch {epoch}: {figures}.")
        sentences = [
            said.format(
                title=self.title_for(self._problem),
                epoch=count(epoch),
                figures=", ".join(figures),
            ),
            *(entry.reason for entry in self._note()),
        ]
        if self.plot.runs:
            compared = QCoreApplication.translate("CurvePanel", "Compared with: {names}.")
            names = "; ".join(run.entry.label for run in self.plot.runs)
            sentences.append(compared.format(names=names))
        return " ".join(sentences)

    def _take_runs(self, kept: tuple[KeptRun, ...]) -> None:
        assert self._problem is not None
        mine = self._problem.experiment
        shown = [run for run in kept if self.comparable(mine, run.experiment)]
        known, self._kept = self._runs, kept
        self._runs = {run.history: self._curves_of(run, known.get(run.history)) for run in shown}
        texts = [curve.series.entry.label for curve in self.plot.curves.values()]
        self.plot.set_runs(list(self._runs.values()), texts[: len(self.compared)])
        self._show_legend()
        self._describe()

    def _curves_of(self, run: KeptRun, known: RunCurves | None) -> RunCurves:
        """Return a kept run's curves: those known, in today's look, or new ones."""
        entry = LegendEntry(run.name, self.theme.reference_color(run.slot))
        own = next(iter(self.plot.curves.values())).series
        curves = dict(known.curves) if known else {}
        x = run.history.column("epoch")
        for key, mark in zip(self.compared, ("line", "dashed"), strict=True):
            series = Series(key, replace(entry, mark=mark), text=own.text)
            if key not in curves:
                curves[key] = Curve(series, quiet=True)
                curves[key].feed(x, self.column(run.history, key))
            curves[key].series = series
        return RunCurves(run.slot, entry, x, curves)

    @Slot()
    def _describe(self) -> None:
        self.setAccessibleDescription(self.description())

    def _show_legend(self) -> None:
        # The note before the kept runs: what stands after them is the first to be cut.
        own, note = len(self.plot.curves), self._note()
        entries = self.legend()
        entries[own:own] = note
        self.header.legend.show_entries(entries, own + len(note))


def epoch_words(epoch: float) -> str:
    """Return what the readout calls an epoch. Not a method: its panel would hold itself by it."""
    return QCoreApplication.translate("CurvePanel", "epoch {epoch}").format(epoch=count(epoch))
