"""Connect and drop listeners in the window's thread while training streams in the worker's.

    .venv/bin/python scripts/stress_connections.py [LISTENERS]

Qt's lock on connections and the interpreter's lock must never be waited for one with the other in
hand, in both threads the other way round: that would be a freeze for ever. This looks for one. It
ends by itself, with the stacks of all threads where nothing has moved for a minute.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, Slot
from shiboken6 import getCppPointer

from nnviz.gui.run.session import Session
from nnviz.training.experiment import Experiment, TrainingChoice
from nnviz.training.records import EpochBatch

LISTENERS = 20_000
AT_ONCE = 10
LOCKS = 131
FROZEN_SECONDS = 60


class Sender(QObject):
    """Somebody else in the window's thread."""

    told = Signal()


class QtListener(QObject):
    """Listens for a while and goes without a word: Qt disconnects it."""

    @Slot(object)
    def take(self, told: object) -> None:
        """Listen."""


class PlainListener:
    """The same without Qt: it is disconnected when Python's weak reference to it dies."""

    def take(self) -> None:
        """Listen."""


class Stress(QObject):
    """Connects and drops listeners all the time, until there have been enough.

    Parameters
    ----------
    session
        Whose worker they listen to.
    listeners
        How many.
    """

    def __init__(self, session: Session, listeners: int) -> None:
        super().__init__()
        self.left, self.messages = listeners, 0
        self._session, self._lock = session, lock_of(session.worker)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._connect_and_drop)
        session.epochs_finished.connect(self._begin)

    @Slot(object)
    def _begin(self, batch: EpochBatch) -> None:
        """Training streams from now on."""
        self.messages += 1
        self._timer.start(0)

    @Slot()
    def _connect_and_drop(self) -> None:
        faulthandler.dump_traceback_later(FROZEN_SECONDS, exit=True)
        worker = self._session.worker
        worker.tells_each_epoch = not worker.tells_each_epoch
        for _ in range(AT_ONCE):
            listener, plain = QtListener(), PlainListener()
            for signal in (worker.epoch_finished, worker.messages_received):
                signal.connect(listener.take)
            # A plain object's method runs in the sender's thread: the worker would call the dead.
            sender = self._new_sender()
            sender.told.connect(plain.take)
            del listener, plain
        self._session.ask_snapshot()
        self._session.train()  # again, should it have come to its end
        self.left -= AT_ONCE
        if self.left <= 0:
            QCoreApplication.quit()

    def _new_sender(self) -> Sender:
        """Return one that nobody has connected to, whose connections have the worker's lock.

        Only an object's first disconnection asks for the interpreter's lock as well: to look
        whether Python wants to be notified.
        """
        others = []  # kept so long, or the same place would be given again
        while lock_of(sender := Sender()) != self._lock:
            others.append(sender)
        return sender


def lock_of(sender: QObject) -> int:
    """Return which of Qt's locks on connections is that of an object (qobject.cpp)."""
    return (getCppPointer(sender)[0] & 0xFFFFFFFF) % LOCKS


def main() -> int:
    """Do it, and say what came of it."""
    application = QCoreApplication([])
    session = Session()
    session.load(Experiment(training=TrainingChoice(epochs=10_000_000)))
    listeners = int(sys.argv[1]) if len(sys.argv) > 1 else LISTENERS
    stress = Stress(session, listeners)
    started = time.monotonic()
    session.train()
    application.exec()
    session.close()
    seconds = time.monotonic() - started
    print(f"{listeners:,} listeners, {stress.messages:,} messages in {seconds:.0f} s: no freeze.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
