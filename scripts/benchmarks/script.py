"""A course of events in the window's thread, written down as one function."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, SignalInstance, Slot

Steps = Generator[float | SignalInstance, None, None]
"""Yields what to wait for: so many seconds, or a signal."""


class Script(QObject):
    """Runs steps while the event loop does everything else.

    Parameters
    ----------
    steps
        What to do; the loop goes on wherever they yield, and ends when they do.
    """

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps
        self._error: BaseException | None = None

    def run(self) -> None:
        """Run the event loop until the steps are over; raise what they raised."""
        QTimer.singleShot(0, self._go_on)
        app = QCoreApplication.instance()
        assert app is not None
        app.exec()
        if self._error is not None:
            raise self._error

    @Slot(object, str)
    def fail(self, error: Exception, details: str) -> None:
        """Give up: training failed."""
        self._error = error
        QCoreApplication.quit()

    @Slot()
    def _go_on(self) -> None:
        try:
            self._resume_after(next(self._steps))
        except StopIteration:
            QCoreApplication.quit()
        except BaseException as error:  # noqa: BLE001  # an error in a slot would only be printed
            self._error = error
            QCoreApplication.quit()

    def _resume_after(self, wait: float | SignalInstance) -> None:
        if isinstance(wait, int | float):
            QTimer.singleShot(round(1000 * wait), self._go_on)
        else:
            once = Qt.ConnectionType.SingleShotConnection
            wait.connect(self._go_on, Qt.ConnectionType(once.value | 0x2))  # and queued
