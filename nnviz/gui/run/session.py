"""The session: idle → running ⇄ paused → finished. Owns the thread and, through it, the process."""

from __future__ import annotations

import dataclasses
import enum
import sys
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from nnviz.gui.run.background import Background
from nnviz.gui.run.garbage import GarbageCollector
from nnviz.gui.run.problems import EditedProblems, prepared
from nnviz.gui.run.worker import TrainingWorker
from nnviz.training.checkpoints import Checkpoint, room_for
from nnviz.training.editing import FIELD, check_edits, edited
from nnviz.training.edits import Edit, PointEdit
from nnviz.training.evaluation import takes_long
from nnviz.training.experiment import Experiment
from nnviz.training.messages import (
    PACES,
    CheckpointsKept,
    Edited,
    EditRefused,
    EditRun,
    Failed,
    Message,
    Order,
    Pace,
    Rested,
    Run,
    SetPace,
)
from nnviz.training.problem import Problem
from nnviz.training.recorded import RecordedRun
from nnviz.training.records import EpochBatch, EpochRecord, Snapshot
from nnviz.training.setting import refuse
from nnviz.training.trainer import Trainer, overflow_is_checked


class SessionState(enum.Enum):
    """Where a run stands."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


class Session(QObject):
    """One run after another, each of one Experiment."""

    began = Signal(object)
    """A new run stands at epoch 0: Problem. Its first record and snapshot follow at once."""

    state_changed = Signal(object)
    """SessionState."""

    epochs_finished = Signal(object)
    """Epochs of this run, in order, none missing: EpochBatch."""

    snapshot_ready = Signal(object)
    """A moment of this run: Snapshot."""

    checkpoints_kept = Signal(object)
    """Checkpoints of this run, in order, that of epoch 0 first: tuple of Checkpoint."""

    branched = Signal(object)
    """The run stands at this epoch again; what it was after is no part of it any more. The records
    and moments up to there stay. A snapshot follows at once."""

    edit_refused = Signal(object)
    """An edit cannot be: InvalidChoiceError. The run is as it was."""

    edits_made = Signal(object)
    """The run is another from here on: what follows counts these edits. tuple of Edit."""

    problem_changed = Signal(object)
    """Edits have changed data or network: what follows is of this Problem."""

    failed = Signal(object, str)
    """A run cannot go on: NnvizError, and details to copy ("" when the sentence says all)."""

    _begin = Signal(object, int)
    _command = Signal(object)
    _busy = Signal(bool)
    _stop = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = SessionState.IDLE
        self.problem: Problem | None = None
        """That of the newest moment: data and network as the edits that were made have them."""
        self.experiment: Experiment | None = None
        """The whole of what was asked of the run, its edits included."""
        self.edits = 0
        """How many of its edits have been made."""
        self._problems: EditedProblems | None = None
        self._run_id = 0
        self._sent = False
        self.awaits_snapshot = False
        """Whether a snapshot has been asked for that has not come yet."""
        self._start: Checkpoint | None = None
        self._parameters = self._checkpoints_room = 0
        self._pace = PACES["full"]
        self._collector = GarbageCollector(self)
        self.background, self.files = Background(self), Background(self)
        """What calculates, and what reads files: nothing that is opened waits for calculations."""
        self._held: list[Message] | None = None
        """What came of training while the untrained network's record is calculated."""
        self.worker, self._thread = TrainingWorker(), QThread()
        self._thread.setObjectName("training worker")
        self._connect()

    def load(self, experiment: Experiment) -> None:
        """Make ready a new run at epoch 0; of a large network its record follows, in a while.

        Raises
        ------
        InvalidChoiceError
            If the experiment cannot be; the present run goes on then.
        """
        problem = prepared(experiment)
        trainer = Trainer(experiment, self._run_id + 1, problem)
        checkpoint = trainer.checkpoint()
        self._take_up(experiment, problem, checkpoint, None)
        self._enter(SessionState.IDLE)
        self.began.emit(problem)
        if takes_long(problem):
            self._held = []
            self.background.ask("record", partial(_record, trainer), self._take_record)
        else:
            self._take_record(_record(trainer))
        self.checkpoints_kept.emit((checkpoint,))
        self.snapshot_ready.emit(checkpoint.snapshot())

    def _take_record(self, record: EpochRecord) -> None:
        """Tell of the untrained network, and then of what was learned meanwhile."""
        held, self._held = self._held or [], None
        self.epochs_finished.emit(EpochBatch.of([record]))
        self._take(held)

    def restore(self, run: RecordedRun) -> None:
        """Stand where a run stood that was left: train on from there, or look at it.

        Raises
        ------
        InvalidChoiceError
            If its experiment cannot be; the present run goes on then.
        """
        last = run.checkpoints[-1]
        problem = Problem(edited(run.experiment, last.edits))
        self._take_up(run.experiment, problem, last, last)
        over = last.epoch >= run.experiment.training.epochs or last.state.rules.should_stop
        self._enter(SessionState.FINISHED if over else SessionState.PAUSED)
        self.began.emit(problem)
        self.epochs_finished.emit(EpochBatch(self._run_id, run.history.rows(), last.edits))
        self.checkpoints_kept.emit(run.checkpoints)
        self.snapshot_ready.emit(dataclasses.replace(run.result, run_id=self._run_id))

    def branch(self, checkpoint: Checkpoint) -> None:
        """Make ready to train on from a moment of this run, as if it had never gone further.

        Training on goes to the epoch that the experiment asks for; from there, as many again. Of
        the edits, those that had been made by then stay.

        Parameters
        ----------
        checkpoint
            One that `checkpoints_kept` told of.
        """
        if self.experiment is None:
            return
        problem, edits = self.problem_at(checkpoint.edits), self.experiment.edits
        asked = dataclasses.replace(self.experiment, edits=edits[: checkpoint.edits])
        changed = problem is not self.problem
        self._take_up(asked, problem, checkpoint, checkpoint)
        if changed:
            self.problem_changed.emit(problem)
        self._enter(SessionState.PAUSED if checkpoint.epoch else SessionState.IDLE)
        self.branched.emit(checkpoint.epoch)
        snapshot = dataclasses.replace(checkpoint.snapshot(), run_id=self._run_id)
        self.snapshot_ready.emit(snapshot)

    @Slot()
    def train(self) -> None:
        """Train, or train on; after the last epoch, as many again."""
        if self.problem is None or self.state in (SessionState.RUNNING, SessionState.FAILED):
            return
        self._send_run()
        self._enter(SessionState.RUNNING)
        self._command.emit(Order.RESUME)

    @Slot()
    def pause(self) -> None:
        """Stop at the next mini-batch; `state_changed` says when."""
        if self.state is SessionState.RUNNING:
            self._command.emit(Order.PAUSE)

    @Slot()
    def step(self) -> None:
        """Train one mini-batch; after the last epoch it is the first of as many again."""
        if self.problem is None or self.state in (SessionState.RUNNING, SessionState.FAILED):
            return
        self._send_run()
        self._busy.emit(True)
        self._command.emit(Order.STEP)

    def check_edit(self, edit: Edit, at: Checkpoint | None) -> None:
        """See that an edit can be made at a kept moment, or with None now.

        Raises
        ------
        InvalidChoiceError
            If it cannot be. Of points that is left to `edit`, for it may take long.
        """
        if at is None and self.state is SessionState.FAILED:
            raise refuse(FIELD, "This run cannot go on.", "Undo or Reset it first.")
        if self.experiment is not None and self.problem and not isinstance(edit, PointEdit):
            made = self.edits if at is None else at.edits
            edits = *self.experiment.edits[:made], dataclasses.replace(edit, epoch=sys.maxsize)
            asked = dataclasses.replace(self.experiment, edits=edits)
            check_edits(asked, self.problem.samples, made)

    @Slot(object)
    def edit(self, edit: Edit) -> None:
        """Edit the run: when the epoch under way is done, or at once where it rests.

        `edits_made` follows when it is done; or else `edit_refused`.
        """
        if self.problem is None or self.state is SessionState.FAILED:
            return
        self._send_run()
        self._busy.emit(True)
        self._command.emit(EditRun(edit))

    def problem_at(self, edits: int) -> Problem:
        """Return the problem after so many edits; the same object where but the rate differs."""
        assert self._problems is not None
        return self._problems.at(edits)

    def play_back(self, rows: NDArray[np.float64], snapshot: Snapshot) -> None:
        """Show epochs trained elsewhere as this run's, finished; for pictures without a screen.

        Parameters
        ----------
        rows
            ``EpochRecord.row`` of each epoch, from that of the untrained network.
        snapshot
            The last moment.
        """
        self._count_edits(snapshot.edits)
        rows = rows[int(self._held is None) :]
        self._forget_record()
        if len(rows):
            self.epochs_finished.emit(EpochBatch(self._run_id, rows, snapshot.edits))
        self.snapshot_ready.emit(snapshot)
        self._enter(SessionState.FINISHED)

    def set_pace(self, pace: Pace) -> None:
        """Change the speed, also while running."""
        self._pace = pace
        self._command.emit(SetPace(pace))

    def ask_snapshot(self) -> None:
        """Ask for the next new snapshot of the running training; at most one is under way."""
        if self.state is SessionState.RUNNING and not self.awaits_snapshot:
            self.awaits_snapshot = True
            self._command.emit(Order.GIVE_SNAPSHOT)

    def settle(self) -> None:
        """Take note that the window is built: what there is now is there to stay."""
        self._collector.settle()

    @Slot()
    def warm_up(self) -> None:
        """Start thread and process, so that training begins at once; else it does that itself."""
        if not self.background.closed:
            self._thread.start()

    def close(self) -> None:
        """End process and thread; nothing is left running."""
        if self._thread.isRunning():
            self._stop.emit()
            self._thread.quit()
            self._thread.wait()
        self.background.close()
        self.files.close()
        self._collector.release()

    def _connect(self) -> None:
        """Make all connections that cross threads: to slots of QObjects, queued."""
        worker, queued = self.worker, Qt.ConnectionType.QueuedConnection
        worker.moveToThread(self._thread)
        self._thread.started.connect(worker.start)
        self._thread.finished.connect(worker.deleteLater)
        self._begin.connect(worker.begin, queued)
        self._command.connect(worker.command, queued)
        self._busy.connect(worker.set_busy, queued)
        # Blocking, so that the process has ended before the thread is told to.
        self._stop.connect(worker.stop, Qt.ConnectionType.BlockingQueuedConnection)
        worker.messages_received.connect(self._take, queued)

    def _take_up(
        self, experiment: Experiment, problem: Problem, at: Checkpoint, start: Checkpoint | None
    ) -> None:
        """Leave the present run for one that stands `at` a moment, and is begun there or anew."""
        if self._sent:
            self._command.emit(Order.DROP)
        self._forget_record()
        self._run_id += 1
        self._sent = self.awaits_snapshot = False
        self._start = start
        self.experiment, self.problem, self.edits = experiment, problem, at.edits
        self._problems = EditedProblems(experiment, problem, at.edits)
        self._parameters = at.parameters.size
        self._checkpoints_room = room_for(at.nbytes)

    def _send_run(self) -> None:
        """Give the run to the process, unless it has it already."""
        if self._sent or self.experiment is None:
            return
        self._sent = True
        self.warm_up()
        experiment, start = self.experiment, self._start
        run = Run(self._run_id, experiment, start=start, checkpoints_room=self._checkpoints_room)
        self._begin.emit(run, self._parameters)
        self._command.emit(SetPace(self._pace))

    def _enter(self, state: SessionState) -> None:
        self.state = state
        self._busy.emit(state is SessionState.RUNNING)
        self.state_changed.emit(state)

    @Slot(object)
    def _take(self, messages: Sequence[Message]) -> None:
        """Pass on what the process tells; what it still tells of a run that was left is dropped."""
        for message in messages:
            if message.run_id == self._run_id:
                take = self._pass_on if self._held is None else self._held.append
                take(message)

    def _pass_on(self, message: Message) -> None:
        match message:
            case EpochBatch():
                self._count_edits(message.edits)
                self.epochs_finished.emit(message)
            case Snapshot():
                self._take_snapshot(message)
            case CheckpointsKept():
                self._count_edits(message.checkpoints[-1].edits)
                self.checkpoints_kept.emit(message.checkpoints)
            case Edited():
                self.experiment = message.experiment
                if self._problems is not None:
                    self._problems.follow(message.experiment, self.edits)
            case EditRefused():
                self._busy.emit(self.state is SessionState.RUNNING)
                self.edit_refused.emit(message.error)
            case Rested():
                self._take_snapshot(message.snapshot)
                self._enter(SessionState.FINISHED if message.finished else SessionState.PAUSED)
            case Failed():
                self.awaits_snapshot = False
                if message.snapshot is not None:
                    self._take_snapshot(message.snapshot)
                self._enter(SessionState.FAILED)
                self.failed.emit(message.error, message.details)

    def _forget_record(self) -> None:
        self._held = None
        self.background.drop("record")

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        self.awaits_snapshot = False
        self._count_edits(snapshot.edits)
        self.snapshot_ready.emit(snapshot)

    def _count_edits(self, edits: int) -> None:
        """Turn to the problem after so many edits, where they are more than there were."""
        if self.experiment is None or edits <= self.edits:
            return
        before, self.problem = self.problem, self.problem_at(edits)
        made, self.edits = self.experiment.edits[self.edits : edits], edits
        self.edits_made.emit(made)
        if self.problem is not before:
            self.problem_changed.emit(self.problem)


def _record(trainer: Trainer) -> EpochRecord:
    """Return the record of a network as it is."""
    with overflow_is_checked():
        return trainer.evaluate()
