"""The worker: lives in a QThread and speaks with the training process."""

from __future__ import annotations

from PySide6.QtCore import QMetaMethod, QObject, QTimer, Signal, Slot

from nnviz.errors import NnvizError
from nnviz.training.messages import (
    Command,
    Failed,
    Message,
    MomentsKept,
    Rested,
    Run,
    SnapshotWritten,
)
from nnviz.training.process import TrainingProcess
from nnviz.training.records import EpochBatch

BUSY_INTERVAL = 4
"""Milliseconds between two looks at the pipe while training runs."""

IDLE_INTERVAL = 100
"""The same while nothing runs: only a death of the process could arrive."""


class TrainingWorker(QObject):
    """Pumps the training process and says what happens there.

    All slots run in the worker's thread; every signal carries frozen objects only.
    """

    epoch_finished = Signal(object)
    """One epoch is done: EpochRecord. Emitted for every epoch, in order."""

    epochs_finished = Signal(object)
    """The same epochs as they came over the pipe: EpochBatch, for whoever keeps them all."""

    snapshot_ready = Signal(object)
    """Parameters and gradients of one moment: Snapshot."""

    moments_kept = Signal(object)
    """Moments for the window to keep: MomentsKept."""

    paused = Signal(object)
    """Training rests: Snapshot."""

    finished = Signal(object)
    """The last epoch is done, or the stop rule met: Snapshot."""

    failed = Signal(object)
    """Training cannot go on: Failed, with the error, details and the last finite state."""

    stopped = Signal()
    """The process has ended by `stop`; nothing comes after this."""

    def __init__(self) -> None:
        super().__init__()
        self._process = TrainingProcess()
        self._timer: QTimer | None = None
        self._run_id = 0

    @Slot()
    def start(self) -> None:
        """Start the process and keep it warm."""
        self._timer = QTimer(self)  # made here so that it belongs to the worker's thread
        self._timer.timeout.connect(self._pump)
        self._process.start()
        self._timer.start(IDLE_INTERVAL)

    @Slot(object, int)
    def begin(self, run: Run, parameters: int) -> None:
        """Begin a run of a network with so many parameters, paused."""
        self._run_id = run.run_id
        if not self._process.connected:
            self._process.start()  # the last one died
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
        """Look at the pipe often or seldom."""
        if self._timer is not None:
            self._timer.start(BUSY_INTERVAL if busy else IDLE_INTERVAL)

    @Slot()
    def stop(self) -> None:
        """End the process."""
        if self._timer is not None:
            self._timer.stop()
        self._process.close()
        self.stopped.emit()

    @Slot()
    def _pump(self) -> None:
        if not self._process.connected:
            return
        try:
            for message in self._process.receive():
                self._tell(message)
        except NnvizError as error:
            self._bury(error)

    def _tell(self, message: Message) -> None:
        if isinstance(message, EpochBatch):
            self.epochs_finished.emit(message)
            self._tell_each(message)
        elif isinstance(message, SnapshotWritten):
            # A request of an earlier run may be answered late; its memory is gone.
            if message.run_id == self._run_id:
                self.snapshot_ready.emit(self._process.snapshot(message))
        elif isinstance(message, MomentsKept):
            self.moments_kept.emit(message)
        elif isinstance(message, Rested):
            (self.finished if message.finished else self.paused).emit(message.snapshot)
        elif isinstance(message, Failed):
            self.failed.emit(message)

    def _tell_each(self, batch: EpochBatch) -> None:
        """Emit every epoch's record, if anybody listens.

        Making 60,000 records a second for nobody would take a tenth of the time there is for
        drawing, for both threads share the interpreter.
        """
        if self.isSignalConnected(QMetaMethod.fromSignal(self.epoch_finished)):
            for record in batch.records():
                self.epoch_finished.emit(record)

    def _bury(self, error: NnvizError) -> None:
        """Tell that the process is gone; the next run starts another."""
        self._process.close()
        self.failed.emit(Failed(self._run_id, error, "", None))
