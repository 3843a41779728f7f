"""Runs compared: what came of each, and the settings in which they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.datasets.catalog import CATALOG
from nnviz.gui.frame import Frame, ReferenceRun
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import small_font
from nnviz.gui.look.texts import phrase, translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.panels.comparisons.columns import (
    FOREIGN,
    RunColumn,
    RunsModel,
    figure_columns,
    figure_text,
    setting_columns,
)
from nnviz.gui.panels.comparisons.lines import (
    CURRENT,
    RunLine,
    best,
    line_of_frame,
    line_of_reference,
)
from nnviz.gui.panels.header import Header, lie_on_surface
from nnviz.gui.widgets.data_table import DataTable
from nnviz.gui.widgets.icon_button import IconButton
from nnviz.gui.widgets.idle import IdleTimer
from nnviz.gui.widgets.text_labels import WrappedLabel
from nnviz.gui.widgets.toggle_button import SmallButton
from nnviz.training.choices import with_training
from nnviz.training.comparison import differences, varying
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem

PAUSE = 0.25
"""Seconds between two looks at the figures of a run under way: faster, none can be read."""


@guarded
class RunsPanel(Panel):
    """A table of the run that is looked at and of those that are kept."""

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

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        lie_on_surface(self)
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
        self.model = RunsModel()
        self.table = DataTable(self.model, self)
        self.table.setObjectName("runs-table")
        self.table.setAccessibleName(self.tr("Runs compared, a line each"))
        self.table.setFont(small_font())  # there is much to compare
        self.table.chosen.connect(self.table.follow)
        self.note = WrappedLabel("muted", self)
        self._experiment: Experiment | None = None
        self._frame: Frame | None = None
        self._shown: tuple[object, ...] = ()
        self._references: tuple[ReferenceRun, ...] = ()
        self._kept: list[RunLine] = []
        self._asked: list[tuple[str, Experiment]] = []
        self._settings: list[RunColumn] = []
        self._tips: list[str] = []
        self.idle = IdleTimer(self)
        self.idle.idle.connect(self._read)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        column.setSpacing(SPACE // 2)
        column.addWidget(self.header)
        column.addWidget(self.table, 1)
        column.addWidget(self.note)
        self.setMinimumSize(200, 120)

    def _button(self, name: str, text: str, tip: str) -> SmallButton:
        button = SmallButton(text, tip, self)
        button.setObjectName(name)
        button.setEnabled(False)
        self.header.add(button)
        return button

    # ------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Forget the run that was looked at; those that are kept come with the next frame."""
        self._experiment = problem.experiment
        self._frame, self._shown, self._references, self._kept = None, (), (), []
        self.idle.reset()
        self.model.show_runs((), (), ())
        self.keep.setEnabled(False)
        self.header.setVisible(not self.bare)

    def show_frame(self, frame: Frame) -> None:
        """Show what is new: runs and moments at once, newer figures after a pause."""
        shown = (frame.history, len(frame.history), frame.past, frame.epoch, frame.references)
        if shown == self._shown or self._experiment is None:
            return
        self._frame, self._shown = frame, shown
        self.idle.update()
        if self.idle.due("figures", PAUSE) or frame.references != self._references or frame.past:
            self._read()

    def legend(self) -> list[LegendEntry]:
        """Return the colour of each run's curves."""
        current = LegendEntry(self.tr("This run"), self.theme.curve)
        kept = (
            LegendEntry(reference.name, self.theme.reference_color(reference.slot))
            for reference in self._references
        )
        return [current, *kept]

    def description(self) -> str:
        """Return how far this run came, and which one has the smallest loss."""
        if not self.model.lines:
            return self.tr("No epoch has been recorded yet.")
        line = self.model.lines[0]
        values = {
            "epoch": count(line.epoch),
            "loss": figure_text(line, "train_loss"),
            "count": len(self._references),
        }
        if not self._references:
            return self.tr(
                "After epoch {epoch} this run's training loss is {loss}; no other run is kept."
            ).format(**values)
        key = "test_loss" if best(self.model.lines, "test_loss") else "train_loss"
        leading = best(self.model.lines, key)
        if not leading:
            return self.tr(
                "After epoch {epoch} this run's training loss is {loss}; other runs kept: {count}."
            ).format(**values)
        name = self.model.lines[min(leading)].name
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
    def _read(self) -> None:
        """Show the newest figures, if they are not shown already."""
        frame = self._frame
        if frame is None or self._experiment is None:
            return
        if frame.references != self._references:
            self._references = frame.references
            self._kept = [line_of_reference(reference) for reference in frame.references]
        current = line_of_frame(frame, self.tr("This run"), self._experiment)
        lines = [current, *self._kept]
        asked = [(line.name, line.experiment) for line in lines]
        if asked != self._asked:
            self._asked = asked
            self._settings = setting_columns(varying([line.experiment for line in lines]))
            self._tips = [self._tip(line, current) for line in lines]
        result, *others = figure_columns(lines)
        columns = [result, *self._settings, *others]
        self.table.whole = self.bare
        if self.model.show_runs(lines, columns, self._tips):
            self._make_buttons()
        self.table.refresh()
        self._say(self._note(columns))
        self.keep.setEnabled(len(frame.history) > 0 and frame.history.column("epoch")[-1] > 0)
        self.forget.setEnabled(bool(self._references))
        self.setAccessibleDescription(self.description())
        if self.bare:
            self.setMinimumSize(self._whole_size())

    def _whole_size(self) -> QSize:
        """Return the size in which a picture shows everything."""
        size = self.table.natural_size
        note = self.note.heightForWidth(size.width()) if self.note.text() else 0
        return QSize(size.width() + 2 * SPACE, size.height() + note + 2 * SPACE)

    def _make_buttons(self) -> None:
        """Let each kept run be forgotten by a button beside its name."""
        for row, line in enumerate(self.model.lines):
            if line.slot == CURRENT or self.bare:
                continue
            tip = self.tr("Forget this run: its curves leave the plots.")
            button = IconButton("x", self.tr("Forget {run}").format(run=line.name), tip)
            button.setObjectName(f"runs-forget-{line.slot}")
            button.setProperty("slot", line.slot)
            button.setFixedSize(self.table.row_pixels, self.table.row_pixels)
            button.clicked.connect(self._forget)
            self.table.setIndexWidget(self.model.index(row, 0), button)

    @Slot()
    def _forget(self) -> None:
        self.remove_wanted.emit(self.sender().property("slot"))

    def _say(self, note: str) -> None:
        """Write below the table, where that leaves it room: half a line cannot be read."""
        self.note.set_message(note)
        taken = self.header.height() + self.note.height() + 3 * SPACE
        wanted = self.table.height_in(self.table.width())
        self.note.setVisible(bool(note) and (self.bare or taken + wanted <= self.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write the note where there is room for it."""
        super().resizeEvent(event)
        self._say(self.note.text())

    def _note(self, columns: Sequence[RunColumn]) -> str:
        told, cells = [], [cell for column in columns for cell in column.cells]
        if any(cell.strong for cell in cells):
            told.append(self.tr("bold: the best"))
        if any(cell.text.startswith(FOREIGN) for cell in cells):
            told.append(
                self.tr(
                    "* Of another loss function or other data: not comparable with this run’s"
                    " figure."
                )
            )
        if self._references:
            return "\n".join(told)
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
