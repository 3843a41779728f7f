"""Runs compared: what came of each, and the settings in which they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QMargins, QTimer, Signal, Slot
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from nnviz.datasets.catalog import CATALOG
from nnviz.gui.frame import Frame, Ghost
from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import phrase, translated
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.panels.comparisons.columns import (
    RunColumn,
    figure_columns,
    figure_text,
    setting_columns,
)
from nnviz.gui.panels.comparisons.lines import (
    CURRENT,
    RunLine,
    best,
    line_of_frame,
    line_of_ghost,
)
from nnviz.gui.panels.comparisons.table import RunsTable
from nnviz.gui.panels.header import Header, fill_background
from nnviz.gui.panels.segments import pill_style
from nnviz.gui.plain import set_tool_tip
from nnviz.training.choices import with_training
from nnviz.training.comparison import differences, varying
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem

PAUSE = 250
"""Milliseconds between two looks at the figures of a run under way: faster, none can be read."""


class RunsPanel(Panel):
    """A table of the run that is looked at and of those that are kept.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    key = "runs"
    title = str(QT_TRANSLATE_NOOP("RunsPanel", "Runs"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "RunsPanel",
            "Runs that you keep, to compare others with: what came of each, and the settings in "
            "which they differ. Their curves stay in the plots of loss and accuracy.",
        )
    )

    keep_wanted = Signal()
    """The person wants to keep the run that is looked at."""

    remove_wanted = Signal(int)
    """The person wants to forget the run in this slot."""

    clear_wanted = Signal()
    """The person wants to forget all runs that are kept."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(self.tr("Runs compared"))
        self.header = Header(1, self)
        self.keep = self._button(
            "runs-keep",
            self.tr("Keep this run"),
            self.tr("Keep the curves of this run, to compare the next with them."),
        )
        self.keep.clicked.connect(self.keep_wanted)
        self.forget = self._button(
            "runs-forget-all",
            self.tr("Forget all"),
            self.tr("Forget all runs that are kept: only this one's curves stay in the plots."),
        )
        self.forget.clicked.connect(self.clear_wanted)
        self.table = RunsTable(theme, self)
        self.table.forget_wanted.connect(self.remove_wanted)
        self._experiment: Experiment | None = None
        self._frame: Frame | None = None
        self._shown: tuple[object, ...] = ()
        self._ghosts: tuple[Ghost, ...] = ()
        self._kept: list[RunLine] = []
        self._asked: list[tuple[str, Experiment]] = []
        self._settings: list[RunColumn] = []
        self._tips: list[str] = []
        self._waiting = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._catch_up)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        column.setSpacing(2)
        column.addWidget(self.header)
        column.addWidget(self.table, 1)
        self.setMinimumSize(200, 120)
        self.set_theme(theme)

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setText(text)
        button.setAccessibleName(text)
        set_tool_tip(button, tip)
        button.setFixedHeight(18)
        button.setEnabled(False)
        self.header.add(button)
        return button

    # ------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Forget the run that was looked at; those that are kept come with the next frame."""
        self._experiment = problem.experiment
        self._frame, self._shown, self._ghosts, self._kept = None, (), (), []
        self._waiting = False
        self._pause.stop()
        self.table.show_runs((), (), ())
        self.keep.setEnabled(False)

    def show_frame(self, frame: Frame) -> None:
        """Show what is new: runs and moments at once, newer figures after a pause."""
        shown = (frame.history, len(frame.history), frame.past, frame.epoch, frame.ghosts)
        if shown == self._shown or self._experiment is None:
            return
        self._frame, self._shown = frame, shown
        self._waiting = True
        if frame.ghosts != self._ghosts or frame.past or not self._pause.isActive():
            self._read()

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        fill_background(self, theme.surface)
        self.table.set_theme(theme)
        for button in (self.keep, self.forget):
            button.setStyleSheet(pill_style(theme))

    def legend(self) -> list[LegendEntry]:
        """Return the colour of each run's curves."""
        current = LegendEntry(self.tr("This run"), self.theme.curve)
        kept = (
            LegendEntry(ghost.name, self.theme.ghost_color(ghost.slot)) for ghost in self._ghosts
        )
        return [current, *kept]

    def description(self) -> str:
        """Return how far this run came, and which one has the smallest loss."""
        if not self.table.lines:
            return self.tr("No epoch has been recorded yet.")
        line = self.table.lines[0]
        values = {
            "epoch": count(line.epoch),
            "loss": figure_text(line, "train_loss"),
            "count": len(self._ghosts),
        }
        if not self._ghosts:
            return self.tr(
                "After epoch {epoch} this run's training loss is {loss}; no other run is kept."
            ).format(**values)
        key = "test_loss" if best(self.table.lines, "test_loss") else "train_loss"
        leading = best(self.table.lines, key)
        if not leading:
            return self.tr(
                "After epoch {epoch} this run's training loss is {loss}; other runs kept: {count}."
            ).format(**values)
        name = self.table.lines[min(leading)].name
        return self.tr(
            "After epoch {epoch} this run's training loss is {loss}; other runs kept: {count}. "
            "The smallest {part} loss has “{name}”."
        ).format(
            name=name, part=self.tr("test") if key == "test_loss" else self.tr("training"), **values
        )

    def view_state(self) -> Mapping[str, Any]:
        """Return the rate that was set during the run."""
        return {} if self._experiment is None else {"rate": self._experiment.training.learning_rate}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over the rate that was set during the run."""
        if self._experiment is not None and "rate" in state:
            self.amend(with_training(self._experiment, learning_rate=float(state["rate"])))

    @Slot(object)
    def amend(self, experiment: Experiment) -> None:
        """Take over a setting that was changed during the run."""
        self._experiment = experiment
        self._read()

    # ------------------------------------------------------------------ inside

    @Slot()
    def _catch_up(self) -> None:
        """Show what came during a pause; without anything new there is no further one."""
        if self._waiting:
            self._read()

    @Slot()
    def _read(self) -> None:
        """Show the newest figures, if they are not shown already."""
        frame = self._frame
        if frame is None or self._experiment is None:
            return
        if frame.ghosts != self._ghosts:
            self._ghosts = frame.ghosts
            self._kept = [line_of_ghost(ghost) for ghost in frame.ghosts]
        current = line_of_frame(frame, self.tr("This run"), self._experiment)
        lines = [current, *self._kept]
        asked = [(line.name, line.experiment) for line in lines]
        if asked != self._asked:
            self._asked = asked
            self._settings = setting_columns(varying([line.experiment for line in lines]))
            self._tips = [self._tip(line, current) for line in lines]
        columns = [*self._settings, *figure_columns(lines)]
        self.table.whole, self.table.note = self.bare, self._note(columns)
        self.table.show_runs(lines, columns, self._tips)
        self.keep.setEnabled(len(frame.history) > 0 and frame.history.column("epoch")[-1] > 0)
        self.forget.setEnabled(bool(self._ghosts))
        self.setAccessibleDescription(self.description())
        if self.bare:
            self.setMinimumSize(self.table.natural_size().grownBy(self._margins()))
        self._waiting = False
        self._pause.start()

    def _margins(self) -> QMargins:
        layout = self.layout()
        assert layout is not None
        return layout.contentsMargins()

    def _note(self, columns: Sequence[RunColumn]) -> str:
        if any(column.foreign for column in columns):
            return self.tr(
                "* Of another loss function or other data: not comparable with this run’s figure."
            )
        if self._ghosts:
            return ""
        if self.bare:
            return self.tr("No other run is kept.")
        return self.tr(
            "Runs that you keep stay in the plots, to compare others with. Train, press “Keep this "
            "run”, change one thing, and train again."
        )

    def _tip(self, line: RunLine, current: RunLine) -> str:
        """Return a run's name, what it is of, and in what the current run differs from it."""
        experiment = line.experiment
        preset = PRESETS.get(experiment.preset)
        title = (preset or CATALOG[experiment.data.sample]).title
        told = [line.name, translated(title)]
        if line.slot != CURRENT:
            found = differences(experiment, current.experiment)
            template = self.tr("{setting}: {here} here, {now} in this run")
            told += [
                template.format(setting=phrase(d.title), here=phrase(d.before), now=phrase(d.after))
                for d in found
            ]
        return "\n".join(told)
