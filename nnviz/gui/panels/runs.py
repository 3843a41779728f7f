"""Runs compared: what came of each, and the settings in which they differ."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.frame import Frame
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import em, small_font
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.panels.header import Header, lay_out
from nnviz.gui.panels.run_lines import (
    CURRENT,
    FOREIGN,
    RunColumn,
    RunsModel,
    best,
    figure_columns,
    figure_text,
    line_of,
    setting_columns,
)
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.widgets.buttons import IconButton, SmallButton
from nnviz.gui.widgets.data_table import DataTable
from nnviz.gui.widgets.idle import IdleTimer
from nnviz.gui.widgets.text_labels import WrappedLabel
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Problem

PAUSE = 0.25
"""Seconds between two looks at the figures of a run under way: faster, none can be read."""


@guarded
class RunsPanel(Panel):
    """A table of the run that is looked at and of those that are kept."""

    key = "runs"
    is_read = True
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
        self.table.settled.connect(self._fit)
        self.note = WrappedLabel("muted", self)
        self._experiment: Experiment | None = None
        self._frame: Frame | None = None
        self._shown: tuple[object, ...] = ()
        self.idle = IdleTimer(self)
        self.idle.idle.connect(self._read)
        column = lay_out(self, self.header)
        column.addWidget(self.table, 1)
        column.addWidget(self.note)
        column.addStretch()
        self.setMinimumSize(200, 120)

    def _button(self, name: str, text: str, tip: str) -> SmallButton:
        button = SmallButton(text, tip, self)
        button.setObjectName(name)
        button.setEnabled(False)
        self.header.add(button)
        return button

    def begin(self, problem: Problem) -> None:
        """Forget the run that was looked at; those that are kept come with the next frame."""
        self._frame, self._shown = None, ()
        self.idle.reset()
        self.model.show_runs((), ())
        self.keep.setEnabled(False)
        self.header.setVisible(not self.bare)

    def show_frame(self, frame: Frame) -> None:
        """Show what is new: runs and moments at once, newer figures after a pause."""
        self._experiment = frame.experiment or frame.inspection.problem.experiment
        shown = (
            *(frame.history, len(frame.history), frame.past, frame.epoch, frame.references),
            len(self._experiment.edits),
        )
        if shown == self._shown:
            return
        kept = self._frame.references if self._frame is not None else ()
        self._frame, self._shown = frame, shown
        self.idle.update()
        if self.idle.due("figures", PAUSE) or frame.references != kept or frame.past:
            self._read()

    def legend(self) -> list[LegendEntry]:
        """Return the colour of each run's curves."""
        current = LegendEntry(self.tr("This run"), self.theme.curve)
        kept = self.model.lines[1:]
        return [current, *(LegendEntry(r.name, self.theme.reference_color(r.slot)) for r in kept)]

    def description(self) -> str:
        """Return how far this run came, and which one has the smallest loss."""
        if not self.model.lines:
            return self.tr("No epoch has been recorded yet.")
        line, *kept = self.model.lines
        values = {
            "epoch": count(line.epoch),
            "loss": figure_text(line, "train_loss"),
            "count": len(kept),
        }
        if not kept:
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the table its height."""
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """Have the note right below the last line, or in little room as the table's tool tip."""
        note = self.note.text()
        self.table.setMaximumHeight(self.table.height_in(self.table.width()) + SPACE)
        taken = self.note.heightForWidth(self.width() - 2 * SPACE) + em(self, 6)
        self.note.setVisible(bool(note) and self.height() > taken)
        set_tool_tip(self.table, note if self.note.isHidden() else "")

    @Slot()
    def _read(self) -> None:
        """Show the newest figures, if they are not shown already."""
        frame = self._frame
        if frame is None or self._experiment is None:
            return
        history = frame.history
        row = history.row_of(frame.epoch) if frame.past else -1
        lines = [line_of(CURRENT, self.tr("This run"), self._experiment, history, row)]
        lines += [
            line_of(run.slot, run.name, run.experiment, run.history, run.row)
            for run in frame.references
        ]
        result, *others = figure_columns(lines)
        columns = [result, *setting_columns(lines), *others]
        self.table.whole = self.bare
        if self.model.show_runs(lines, columns):
            self._make_buttons()
        self.table.refresh()
        if (note := self._note(columns)) != self.note.text():
            self.note.setText(note)
            self.note.fit()
            self._fit()  # shown first, it would change the layout, which then could not hide it
        self.keep.setEnabled(len(history) > 0 and history.column("epoch")[-1] > 0)
        self.forget.setEnabled(bool(frame.references))
        self.setAccessibleDescription(self.description())
        if self.bare:  # a picture shows everything
            size = self.table.natural_size
            below = self.note.heightForWidth(size.width()) if note else 0
            self.setMinimumSize(size + QSize(2 * SPACE, below + 2 * SPACE))

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

    def _note(self, columns: Sequence[RunColumn]) -> str:
        """Return what is to be said below the table."""
        told, cells = [], [cell for column in columns for cell in column.cells]
        if any(cell.strong for cell in cells):
            told.append(self.tr("bold: the best"))
        if any(cell.text.startswith(FOREIGN) for cell in cells):
            told.append(self.tr("figures with *: other loss or data, not comparable"))
        if len(self.model.lines) > 1:
            return "\n".join(told)
        if self.bare:
            return self.tr("No other run is kept.")
        return self.tr(
            "Runs that you keep stay in the plots, to compare others with. Train, press “Keep this "
            "run”, change one thing, and train again."
        )
