"""Other places to train in than the window's own: what they cost is the reason for it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import SimpleNamespace

from PySide6.QtCore import QThread

from nnviz.threads import ONE_BLAS_THREAD
from nnviz.training import process


class TrainingThread(QThread):
    """Trains by the same commands in a thread of the window's process.

    It has those methods of a process that nnviz uses.
    """

    def __init__(
        self,
        target: Callable[[Connection, str], None],
        args: tuple[Connection, str],
        **_: object,
    ) -> None:
        super().__init__()
        self.pid = os.getpid()
        self._serve, self._progress = target, args[1]
        # Its own end of the pipe: the window closes the one it gives to a process.
        self._connection = Connection(os.dup(args[0].fileno()))

    def run(self) -> None:
        """Train until the pipe closes."""
        self._serve(self._connection, self._progress)

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end."""
        self.wait(-1 if timeout is None else round(1000 * timeout))

    def is_alive(self) -> bool:
        """Say whether it trains, or waits for commands."""
        return self.isRunning()

    def kill(self) -> None:
        """Leave it: a thread cannot be killed, but ends at its next look at the pipe."""

    def close(self) -> None:
        """Free its end of the pipe."""
        self._connection.close()


def train_in_a_thread() -> None:
    """Let this process's window train in a thread of its own."""
    context = SimpleNamespace(Pipe=multiprocessing.Pipe, Process=TrainingThread)
    vars(process)["multiprocessing"] = SimpleNamespace(get_context=lambda method: context)


def train_with_blas_threads(count: int) -> None:
    """Let the process that trains use so many threads for matrix products."""
    vars(process)["ONE_BLAS_THREAD"] = dict.fromkeys(ONE_BLAS_THREAD, str(count))
