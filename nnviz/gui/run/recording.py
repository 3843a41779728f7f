"""The recording of a run: what is known of it, and which moment of it is looked at."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.gui.edits import edit_told
from nnviz.gui.frame import Frame, Selection, WalkPlace
from nnviz.gui.run.session import Session, SessionState
from nnviz.storage.contents import KeptRun
from nnviz.training.checkpoints import Checkpoint, Checkpoints
from nnviz.training.editing import edited, layers_between
from nnviz.training.edits import AddLayer, AddPoint, Edit, PointEdit, RemoveLayer, RemoveUnit
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.new_rows import NewRows
from nnviz.training.points import row_near
from nnviz.training.problem import Problem
from nnviz.training.recorded import RecordedRun
from nnviz.training.records import EpochBatch, Snapshot


class Recording(QObject):
    """Collects what a session tells of a run, and says what there is to see."""

    changed = Signal()
    """There is something new to see: epochs, a moment, another choice of either."""

    shown_changed = Signal(object)
    """The epoch looked at from now on, or None for the newest."""

    edited = Signal(object, object, str)
    """Edits have been made: the Experiment that they make of the run's, the
    RecordedRun as it was before, or None where nothing had been learned or edited, and the last
    edit in words."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run = 0
        """Counts the runs that began."""
        self.acts = 0
        """Counts what the person did to see something else, which is to be seen at once."""
        self.problem: Problem | None = None
        self.history = History(0)
        self.checkpoints = Checkpoints()
        self.shown: int | None = None
        """The epoch looked at, or None for the newest."""
        self._newest: Inspection | None = None
        self._past: Inspection | None = None
        self._row = 0
        self._references: tuple[KeptRun, ...] = ()
        self._hovered: Selection | None = None
        self._moved: tuple[float, ...] | None = None
        self._with_moved: tuple[Inspection, Inspection] | None = None
        self._session, self._edits, self._background = session, 0, session.background
        self._left: RecordedRun | None = None
        self.experiment: Experiment | None = None
        """What was asked of the run, with the edits that were made."""
        self._asked: dict[str, Snapshot] = {}  # what of which moment is calculated aside
        session.edits_made.connect(self._follow)
        self._selection: Selection | None = None
        self.new_rows: NewRows | None = None
        """Rows of another file that the network answers for, or None."""
        self.walk: WalkPlace | None = None
        """The stage of the passes that is looked at, or None."""
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
        return self._frame(inspection, past)

    def frame_at(self, checkpoint: Checkpoint) -> Frame:
        """Return what there is to see of a kept moment."""
        return self._frame(self._inspected(checkpoint), True)

    def _frame(self, inspection: Inspection, past: bool) -> Frame:
        history, problem = self._history_at(inspection.snapshot.edits), inspection.problem
        selection, row = self._selection, row_near(problem.rows, self._row)
        if selection is not None and not selection.fits(problem):
            selection = None
        chosen = selection, self._alike(problem), self.walk, self._hovered, self.experiment
        moved = self._moved_in(inspection, row)
        new = self.new_rows if self.new_rows and self.new_rows.fits(problem) else None
        return Frame(history, moved, row, past, self._references, *chosen, new)

    def _moved_in(self, inspection: Inspection, row: int) -> Inspection:
        """Return a moment with the chosen sample where it is moved to; the same for the same."""
        if self._moved is None:
            return inspection
        # Of an earlier moment it may be another one, where the chosen sample was not there yet.
        if self._with_moved is None or self._with_moved[0] is not inspection:
            self._with_moved = inspection, inspection.with_moved(row, self._moved)
        return self._with_moved[1]

    def _alike(self, problem: Problem) -> tuple[Checkpoint, ...]:
        """Return the kept moments of the same layers as a problem's."""
        if not self._edits:
            return tuple(self.checkpoints)
        session, layers = self._session, problem.experiment.network.layers
        alike = {
            edits: session.problem_at(edits).experiment.network.layers == layers
            for edits in {one.edits for one in self.checkpoints}
        }
        return tuple(one for one in self.checkpoints if alike[one.edits])

    def current(self) -> tuple[Problem, Frame] | None:
        """Return problem and frame, or None before the first run."""
        frame = self.frame
        return None if frame is None else (frame.inspection.problem, frame)

    def recorded(self) -> RecordedRun | None:
        """Return all there is of the run, or None where nothing has been learned or edited."""
        asked, newest = self._session.experiment, self._newest
        done = self._edits or self.checkpoints.epochs[-1:].any()
        if asked is None or newest is None or not len(self.checkpoints) or not done:
            return None
        run = (asked, self.history, self.checkpoints, newest.snapshot)
        return RecordedRun.of(*run)

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The kept moment that is looked at, or None for the newest."""
        return None if self.shown is None else self.checkpoints.at(self.shown)

    def leave(self) -> None:
        """Take note of the run as it is, which goes back now to be edited."""
        self._left = self.recorded()

    @property
    def newest(self) -> Inspection | None:
        """The newest moment, whichever is looked at; None before there is one."""
        return self._newest

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
            self._show_choice()

    @Slot(int)
    def choose_row(self, row: int) -> None:
        """Choose the sample whose activations are shown.

        A view that has not yet begun the newest run may ask for a row of the one before, which
        need not be there.
        """
        if self.problem is not None and 0 <= row < self.problem.dataset.rows:
            row = row_near(self.problem.rows, row, before=row < self._row)  # some were deleted
            self._row = row
            self.move_sample(None)

    @Slot(object)
    def move_sample(self, inputs: tuple[float, ...] | None) -> None:
        """Look at the chosen sample with other inputs than it has; with None, as it is.

        They are in the data's own columns and units. The data stay as they are.
        """
        features = self.problem.dataset.features if self.problem is not None else 0
        if inputs is None or len(inputs) == features:
            self._moved, self._with_moved = inputs, None
            self._show_choice()

    def take_rows(self, rows: NewRows) -> None:
        """Have the network answer for rows of another file, as long as they are of its columns."""
        self.new_rows = rows
        self._show_choice()

    @Slot(object)
    def hover(self, neuron: Selection | None) -> None:
        """Show what a neuron answers as long as the pointer is on it."""
        if self.problem is not None and (neuron is None or neuron.fits(self.problem)):
            self._hovered = neuron
            self._show_choice()

    @Slot(object)
    def select(self, selection: Selection | None) -> None:
        """Look closely at a neuron or a weight, or at none; what this run lacks is not chosen."""
        if self.problem is not None and (selection is None or selection.fits(self.problem)):
            self._selection = selection
            self._show_choice()

    def walk_to(self, place: WalkPlace | None) -> None:
        """Look at a stage of the passes, or with None at the network as a whole."""
        self.walk = place
        self._show_choice()

    @Slot(object)
    def set_references(self, references: tuple[KeptRun, ...]) -> None:
        """Compare with these runs."""
        self._references = references
        self._show_choice()

    def _show_choice(self) -> None:
        self.acts += 1
        self.changed.emit()

    @Slot(object)
    def cut(self, epoch: int) -> None:
        """Forget what came after a kept epoch, whose snapshot follows: the run goes on from it."""
        edits = self._session.edits
        self.history = self._history_at(edits).until(epoch)
        self.checkpoints = self.checkpoints.until(epoch)
        self._adopt(edits)
        self.show(None)

    @Slot(object)
    def _follow(self, edits: tuple[Edit, ...]) -> None:
        """Go on as the run does that edits make of it; what was is kept to go back to."""
        run, asked, problem = self._left, self._session.experiment, self.problem
        assert asked is not None and problem is not None
        self._left = None
        if run is None and (run := self.recorded()) is not None:
            before = dataclasses.replace(asked, edits=asked.edits[: self._edits])
            run = dataclasses.replace(run, experiment=before)
        self.experiment = asked
        self.history = self._history_at(self._session.edits)
        if any(edit.alters for edit in edits):
            self.history = self.history.copy()  # its last record becomes another, and is drawn anew
        self._adopt(self._session.edits)
        if any(isinstance(edit, RemoveUnit | RemoveLayer | AddLayer) for edit in edits):
            self._selection = None  # its numbers mean another now
        if any(isinstance(edit, PointEdit) for edit in edits):
            self._moved = self._with_moved = None
        now, added = self._session.problem_at(self._edits), isinstance(edits[-1], AddPoint)
        self._row = row_near(now.rows, now.dataset.rows if added else self._row)
        words = edit_told(edits[-1], problem, self._newest if len(edits) == 1 else None)
        self.edited.emit(edited(asked, self._edits), run, words)

    def _adopt(self, edits: int) -> None:
        self.experiment, self._edits = self._session.experiment, edits
        self.problem = self._session.problem
        if self._selection and self.problem and not self._selection.fits(self.problem):
            self._selection = None

    def _history_at(self, edits: int) -> History:
        """Return the history with the layers that there were after so many edits."""
        if self.experiment is None or edits == self._edits:
            return self.history
        layers = layers_between(self.experiment, self._edits, edits)
        return self.history if layers is None else self.history.with_layers(layers)

    def _inspected(self, checkpoint: Checkpoint) -> Inspection:
        """Return what a moment says; the same object for the one that is shown already."""
        if self._past is not None and self._past.epoch == checkpoint.epoch:
            return self._past
        problem = self._session.problem_at(checkpoint.edits)
        return Inspection(problem, checkpoint.snapshot(), self)

    def ask(self, inspection: Inspection, kind: str, compute: Callable[[], object]) -> None:
        """Have something of a moment calculated aside, and show the moment anew when it is there.

        Only the last of all moments is calculated for, and none of those that follow each other
        while it trains; see `Aside`.
        """
        snapshot = inspection.snapshot
        if self._past is None and self._session.state is SessionState.RUNNING:
            return
        if self._asked.get(kind) is not snapshot:
            self._asked[kind] = snapshot
            self._background.ask(kind, compute, lambda _: self._show_anew(snapshot))

    def wants(self, inspection: Inspection) -> bool:
        """Say whether a moment is still the newest one, or the one that is looked at."""
        known = (moment for moment in (self._newest, self._past) if moment is not None)
        is_known = any(moment.snapshot is inspection.snapshot for moment in known)
        return is_known and not self._background.closed

    def _show_anew(self, snapshot: Snapshot) -> None:
        for name in ("_newest", "_past"):
            moment = getattr(self, name)
            if moment is not None and moment.snapshot is snapshot:
                setattr(self, name, copy.copy(moment))  # views draw anew what is another object
                self._with_moved = None
                self.changed.emit()

    @Slot(object)
    def _begin(self, problem: Problem) -> None:
        self.run += 1
        self._adopt(self._session.edits)
        self.history = History(len(problem.experiment.network.layers))
        self.checkpoints = Checkpoints()
        self._newest = None
        self._row = int(problem.train.index[0])
        self._moved = self._with_moved = self._hovered = self._left = None
        self.show(None)

    @Slot(object)
    def _take_epochs(self, batch: EpochBatch) -> None:
        self.history.extend(batch.rows, batch.settled)
        self.changed.emit()

    @Slot(object)
    def _take_snapshot(self, snapshot: Snapshot) -> None:
        problem = self._session.problem_at(snapshot.edits)
        self._newest = Inspection(problem, snapshot, self)
        self.changed.emit()

    @Slot(object)
    def _take_checkpoints(self, checkpoints: tuple[Checkpoint, ...]) -> None:
        # No view draws them: what comes with them is told by records and a snapshot.
        for checkpoint in checkpoints:
            self.checkpoints.add(checkpoint)
