"""The worker: lives in a QThread and speaks with the training process."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot

from nnviz.errors import NnvizError
from nnviz.training.messages import Command, Failed, Message, Run, SnapshotWritten
from nnviz.training.process import TrainingProcess
from nnviz.training.records import EpochBatch

BUSY_INTERVAL = 4
"""Milliseconds between two looks at the pipe while training runs, where it cannot be waited for."""

IDLE_INTERVAL = 100
"""The same where nothing runs, or what comes is told by itself: then only that the process does not
answer could be seen."""


class TrainingWorker(QObject):
    """Pumps the training process and says what happens there.

    All slots run in the worker's thread; every signal carries frozen objects only. Once it runs it
    emits and does nothing else with connections: it would wait for Qt's lock on them with the
    interpreter's lock in hand, and the window's thread for the two the other way round.
    """

    epoch_finished = Signal(object)
    """One epoch is done: EpochRecord. Emitted for every epoch, in order, if `tells_each_epoch`."""

    messages_received = Signal(object)
    """What the process tells at once: a tuple of Message, the same epochs in it as EpochBatch."""

    def __init__(self) -> None:
        super().__init__()
        self.tells_each_epoch = False
        """Whether somebody listens to `epoch_finished`: who connects to it sets this, before a run
        begins.

        Making 60,000 records a second for nobody would take a tenth of the time there is for
        drawing, for both threads share the interpreter.
        """
        self._process = TrainingProcess()
        self._timer = QTimer(self)  # goes to the worker's thread with it
        self._timer.timeout.connect(self._pump)
        # Without a pipe as yet: it wakes this thread only when there is something to read.
        self._notifier = QSocketNotifier(QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._pump)
        self._run_id = 0
        self._busy = False

    @Slot()
    def start(self) -> None:
        """Start the process and keep it warm."""
        self._try(self._process.start)
        self.set_busy(False)

    @Slot(object, int)
    def begin(self, run: Run, parameters: int) -> None:
        """Begin a run of a network with so many parameters, paused."""
        self._run_id = run.run_id
        run = dataclasses.replace(run, every_epoch=self.tells_each_epoch)
        self._try(self._process.begin, run, parameters)

    @Slot(object)
    def command(self, command: Command) -> None:
        """Pass a command on; one to a process whose end has been told is moot."""
        if self._process.connected:
            self._try(self._process.send, command)

    @Slot(bool)
    def set_busy(self, busy: bool) -> None:
        """Expect the process to train or only to answer: look at it often or seldom."""
        self._busy = busy
        waits = self._notifier.isEnabled()
        self._timer.start(BUSY_INTERVAL if busy and not waits else IDLE_INTERVAL)

    @Slot()
    def stop(self) -> None:
        """End the process."""
        self._timer.stop()
        self._try(self._process.close)

    @Slot()
    def _pump(self) -> None:
        if self._process.connected:
            self._try(self._listen)

    def _listen(self) -> None:
        told: list[Message] = []
        try:
            for message in self._process.receive():
                if not isinstance(message, SnapshotWritten):
                    told.append(message)
                elif message.run_id == self._run_id:  # else its memory is gone
                    told.append(self._process.snapshot(message))
        finally:  # also what came before the process died
            if told:
                self._tell(*told)
        self._process.check(running=self._busy)

    def _tell(self, *messages: Message) -> None:
        self.messages_received.emit(messages)
        if self.tells_each_epoch:
            batches = (message for message in messages if isinstance(message, EpochBatch))
            for record in (record for batch in batches for record in batch.records()):
                self.epoch_finished.emit(record)

    def _try(self, act: Callable[..., None], *values: Any) -> None:
        """Do something with the process; where that fails, end it: the next run starts another."""
        try:
            act(*values)
        except NnvizError as error:
            self._process.close(0.0)
            self._tell(Failed(self._run_id, error, "", None))
        if self._process.pipe != self._notifier.socket():
            self._notifier.setSocket(self._process.pipe)
            self._notifier.setEnabled(self._process.pipe >= 0)
