"""The worker: lives in a QThread and speaks with the training process."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnviz.errors import NnvizError
from nnviz.training.messages import (
    CheckpointsKept,
    Command,
    Edited,
    EditRefused,
    Failed,
    Message,
    Rested,
    Run,
    SnapshotWritten,
)
from nnviz.training.process import TrainingProcess
from nnviz.training.records import EpochBatch, Snapshot

BUSY_INTERVAL = 4
"""Milliseconds between two looks at the pipe while training runs."""

IDLE_INTERVAL = 100
"""The same while nothing runs: only that the process died, or does not answer, could be seen."""


class TrainingWorker(QObject):
    """Pumps the training process and says what happens there.

    All slots run in the worker's thread; every signal carries frozen objects only. Once it runs it
    emits and does nothing else with connections: it would wait for Qt's lock on them with the
    interpreter's lock in hand, and the window's thread for the two the other way round.
    """

    epoch_finished = Signal(object)
    """One epoch is done: EpochRecord. Emitted for every epoch, in order, if `tells_each_epoch`."""

    epochs_finished = Signal(object)
    """The same epochs as they came over the pipe: EpochBatch, for whoever keeps them all."""

    snapshot_ready = Signal(object)
    """Parameters and gradients of one moment: Snapshot."""

    checkpoints_kept = Signal(object)
    """Moments for the window to keep: MomentsKept."""

    edited = Signal(object)
    """An edit has joined the run: Edited."""

    edit_refused = Signal(object)
    """An edit cannot be: EditRefused."""

    paused = Signal(object)
    """Training rests: Snapshot."""

    finished = Signal(object)
    """The last epoch is done, or the stop rule met: Snapshot."""

    failed = Signal(object)
    """Training cannot go on: Failed, with the error, details and the last finite state."""

    def __init__(self) -> None:
        super().__init__()
        self.tells_each_epoch = False
        """Whether somebody listens to `epoch_finished`: who connects to it sets this.

        Making 60,000 records a second for nobody would take a tenth of the time there is for
        drawing, for both threads share the interpreter.
        """
        self._process = TrainingProcess()
        self._timer = QTimer(self)  # goes to the worker's thread with it
        self._timer.timeout.connect(self._pump)
        self._run_id = 0
        self._busy = False

    @Slot()
    def start(self) -> None:
        """Start the process and keep it warm."""
        self._timer.start(IDLE_INTERVAL)
        try:
            self._process.start()
        except NnvizError as error:
            self._bury(error)

    @Slot(object, int)
    def begin(self, run: Run, parameters: int) -> None:
        """Begin a run of a network with so many parameters, paused."""
        self._run_id = run.run_id
        try:
            self._process.begin(run, parameters)
        except NnvizError as error:
            self._bury(error)

    @Slot(object)
    def command(self, command: Command) -> None:
        """Pass a command on; one to a process whose end has been told is moot."""
        if not self._process.connected:
            return
        try:
            self._process.send(command)
        except NnvizError as error:
            self._bury(error)

    @Slot(bool)
    def set_busy(self, busy: bool) -> None:
        """Expect the process to train or only to answer: look at it often or seldom."""
        self._busy = busy
        self._timer.start(BUSY_INTERVAL if busy else IDLE_INTERVAL)

    @Slot()
    def stop(self) -> None:
        """End the process."""
        self._timer.stop()
        self._process.close()

    @Slot()
    def _pump(self) -> None:
        if not self._process.connected:
            return
        try:
            for message in self._process.receive():
                self._tell(message)
            self._process.check(running=self._busy)
        except NnvizError as error:
            self._bury(error)

    def _tell(self, message: Message) -> None:
        if isinstance(message, EpochBatch):
            self.epochs_finished.emit(message)
            if self.tells_each_epoch:
                for record in message.records():
                    self.epoch_finished.emit(record)
        elif isinstance(message, SnapshotWritten):
            # A request of an earlier run may be answered late; its memory is gone.
            if message.run_id == self._run_id:
                self.snapshot_ready.emit(self._process.snapshot(message))
        elif isinstance(message, Snapshot):
            self.snapshot_ready.emit(message)
        elif isinstance(message, Edited):
            self.edited.emit(message)
        elif isinstance(message, EditRefused):
            self.edit_refused.emit(message)
        elif isinstance(message, CheckpointsKept):
            self.checkpoints_kept.emit(message)
        elif isinstance(message, Rested):
            (self.finished if message.finished else self.paused).emit(message.snapshot)
        elif isinstance(message, Failed):
            self.failed.emit(message)

    def _bury(self, error: NnvizError) -> None:
        """End the process and tell why; the next run starts another."""
        self._process.close(0.0)
        self.failed.emit(Failed(self._run_id, error, "", None))
