"""The recording of a run: what is known of it, and which moment of it is looked at."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.gui.frame import Frame, ReferenceRun, Selection
from nnviz.gui.run.session import Session
from nnviz.training.checkpoints import Checkpoint, Checkpoints
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.recorded import RecordedRun
from nnviz.training.records import EpochBatch, Snapshot


class Recording(QObject):
    """Collects what a session tells of a run, and says what there is to see."""

    changed = Signal()
    """There is something new to see: epochs, a moment, another choice of either."""

    shown_changed = Signal(object)
    """The epoch looked at from now on, or None for the newest."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run = 0
        """Counts the runs that began."""
        self.problem: Problem | None = None
        self.history = History(0)
        self.checkpoints = Checkpoints()
        self.shown: int | None = None
        """The epoch looked at, or None for the newest."""
        self._newest: Inspection | None = None
        self._past: Inspection | None = None
        self._row = 0
        self._references: tuple[ReferenceRun, ...] = ()
        self._selection: Selection | None = None
        session.began.connect(self._begin)
        session.branched.connect(self.cut)
        session.epochs_finished.connect(self._take_epochs)
        session.snapshot_ready.connect(self._take_snapshot)
        session.checkpoints_kept.connect(self._take_checkpoints)

    @property
    def frame(self) -> Frame | None:
        """What there is to see now, or None before the first run."""
        inspection = self._past or self._newest
        if inspection is None:
            return None
        past = self._past is not None or inspection.snapshot.went_back
        kept = tuple(self.checkpoints)
        return Frame(
            self.history, inspection, self._row, past, self._references, self._selection, kept
        )

    def current(self) -> tuple[Problem, Frame] | None:
        """Return problem and frame, or None before the first run."""
        frame = self.frame
        return None if self.problem is None or frame is None else (self.problem, frame)

    def recorded(self) -> RecordedRun | None:
        """Return all there is of the run, or None where nothing has been learned."""
        problem, newest = self.problem, self._newest
        if problem is None or newest is None or not self.checkpoints.epochs[-1:].any():
            return None
        run = (problem.experiment, self.history, self.checkpoints, newest.snapshot)
        return RecordedRun.of(*run)

    @property
    def result_epoch(self) -> int | None:
        """The epoch whose network is the run's result, where that is not the last one."""
        newest = self._newest
        return newest.epoch if newest is not None and newest.snapshot.went_back else None

    @property
    def newest_epoch(self) -> int:
        """The last epoch recorded."""
        return int(self.history.column("epoch")[-1]) if len(self.history) else 0

    @Slot(object)
    def show(self, epoch: int | None) -> None:
        """Look at the kept moment nearest to an epoch; or, with None, at the newest again."""
        past = None
        if epoch is not None and len(self.checkpoints) and self.problem is not None:
            checkpoint = self.checkpoints.nearest(epoch)
            past = self._inspected(checkpoint)
        shown = past.epoch if past else None
        self._past = past
        if shown != self.shown:
            self.shown = shown
            self.shown_changed.emit(shown)
            self.changed.emit()

    @Slot(int)
    def choose_row(self, row: int) -> None:
        """Choose the sample whose activations are shown.

        A view that has not yet begun the newest run may ask for a row of the one before, which
        need not be there.
        """
        if self.problem is not None and 0 <= row < self.problem.dataset.rows:
            self._row = row
            self.changed.emit()

    @Slot(object)
    def select(self, selection: Selection | None) -> None:
        """Look closely at a neuron or a weight, or at none; what this run lacks is not chosen."""
        if self.problem is not None and (selection is None or selection.fits(self.problem)):
            self._selection = selection
            self.changed.emit()

    @Slot(object)
    def set_references(self, references: tuple[ReferenceRun, ...]) -> None:
        """Compare with these runs."""
        self._references = references
        self.changed.emit()

    @Slot(int)
    def cut(self, epoch: int) -> None:
        """Forget what came after a kept epoch, whose snapshot follows: the run goes on from it."""
        self.history = self.history.until(epoch)
        self.checkpoints = self.checkpoints.until(epoch)
        self.show(None)

    def _inspected(self, checkpoint: Checkpoint) -> Inspection:
        """Return what a moment says; the same object for the one that is shown already."""
        if self._past is not None and self._past.epoch == checkpoint.epoch:
            return self._past
        assert self.problem is not None
        return Inspection(self.problem, checkpoint.snapshot())

    @Slot(object)
    def _begin(self, problem: Problem) -> None:
        self.run += 1
        self.problem = problem
        self.history = History(len(problem.experiment.network.layers))
        self.checkpoints = Checkpoints()
        self._newest = None
        self._row = int(problem.train.index[0])
        if self._selection is not None and not self._selection.fits(problem):
            self._selection = None
        self.show(None)

    @Slot(object)
    def _take_epochs(self, batch: EpochBatch) -> None:
        self.history.extend(batch.rows)
        self.changed.emit()

    @Slot(object)
    def _take_snapshot(self, snapshot: Snapshot) -> None:
        assert self.problem is not None
        self._newest = Inspection(self.problem, snapshot)
        self.changed.emit()

    @Slot(object)
    def _take_checkpoints(self, checkpoints: tuple[Checkpoint, ...]) -> None:
        # No view draws them: what comes with them is told by records and a snapshot.
        for checkpoint in checkpoints:
            self.checkpoints.add(checkpoint)
