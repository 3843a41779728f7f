"""Ctrl+C in the terminal, and a polite request to end, close the window like its own button."""

from __future__ import annotations

import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

from nnviz.ending import SIGNALS, Held


class Interrupts(QObject):
    """Tells of signals of the operating system from inside Qt's loop; until closed, none ends it.

    While Qt waits, Python's own handlers do not run; but Python writes a byte to a socket at once,
    and Qt wakes up for that. What came before the loop runs is told as soon as it does.
    """

    asked = Signal()
    """Somebody asks the program to end."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inbox, self._outbox = socket.socketpair()
        for end in (self._inbox, self._outbox):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._inbox.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._take)
        self._wakeup = signal.set_wakeup_fd(self._outbox.fileno())
        self._held = Held()
        self._held.__enter__()

    def close(self) -> None:
        """Give the signals back; if one came, this ends the program."""
        signal.set_wakeup_fd(self._wakeup)
        self._notifier.setEnabled(False)
        self._inbox.close()
        self._outbox.close()
        self._held.__exit__()

    @Slot()
    def _take(self) -> None:
        received = self._inbox.recv(64)
        if any(number in received for number in SIGNALS):
            self.asked.emit()
