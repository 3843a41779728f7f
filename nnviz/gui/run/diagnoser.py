"""Asks, about once a second, why a run does not learn."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnviz.gui.run.background import Background
from nnviz.gui.run.recording import Recording
from nnviz.gui.run.session import SessionState
from nnviz.training.diagnosis import Finding, diagnose
from nnviz.training.evaluation import takes_long

INTERVAL = 1000
"""Milliseconds between two looks at a run under way."""


class Diagnoser(QObject):
    """Looks at the newest of a run while it trains, and where it rests."""

    found = Signal(object)
    """What keeps the run from learning: Finding; None where nothing does any more."""

    def __init__(
        self, recording: Recording, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._recording, self._background = recording, background
        self._finding: Finding | None = None
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self._look)

    @Slot(object)
    def show_state(self, state: SessionState) -> None:
        """Look again and again at a run under way; once, and say it again, where it rests."""
        self._finding = None
        self._background.drop("diagnosis")
        if state is SessionState.RUNNING:
            self._timer.start()
            return
        self._timer.stop()
        if state is not SessionState.IDLE:
            self._look()

    @Slot()
    def _look(self) -> None:
        newest, history = self._recording.newest, self._recording.history
        if newest is None or not len(history):
            return
        look = partial(diagnose, history.copy(), newest.at_once())
        if takes_long(newest.problem):
            self._background.ask("diagnosis", look, self._take)
        else:
            self._take(look())

    def _take(self, finding: Finding | None) -> None:
        if str(finding) != str(self._finding):
            self._finding = finding
            self.found.emit(finding)
