"""The one place that holds the current Experiment; undo is the previous one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.errors import NnvizError
from nnviz.training.choices import with_training
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Problem

UNDO_DEPTH = 100


class ExperimentStore(QObject):
    """Accepts or refuses proposals, remembers what was before.

    Parameters
    ----------
    experiment
        What to begin with; it must be possible.
    parent
        Qt parent.
    """

    changed = Signal(object)
    """The Experiment now asks for another run: Experiment."""

    amended = Signal(object)
    """The Experiment changed without asking for another run (a rate set while running)."""

    refused = Signal(object)
    """A proposal cannot be: NnvizError; the Experiment stays."""

    undo_available = Signal(bool)
    redo_available = Signal(bool)

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._experiment = experiment
        self._before: list[Experiment] = []
        self._after: list[Experiment] = []

    @property
    def experiment(self) -> Experiment:
        """What is asked for now."""
        return self._experiment

    @Slot(object)
    def propose(self, experiment: Experiment) -> bool:
        """Take over an Experiment if it can be; say whether it was."""
        if experiment == self._experiment:
            return True
        try:
            Problem(experiment)
        except NnvizError as error:
            self.refused.emit(error)
            return False
        self._keep()
        self._show(experiment)
        return True

    @Slot(float)
    def amend_rate(self, rate: float) -> None:
        """Remember a learning rate that the running training already follows."""
        self._keep()
        self._experiment = with_training(self._experiment, learning_rate=rate)
        self.amended.emit(self._experiment)
        self._tell_what_is_kept()

    @Slot()
    def undo(self) -> None:
        """Go back to the previous Experiment."""
        if self._before:
            self._after.append(self._experiment)
            self._show(self._before.pop())

    @Slot()
    def redo(self) -> None:
        """Take an undo back."""
        if self._after:
            self._before.append(self._experiment)
            self._show(self._after.pop())

    def _show(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self.changed.emit(experiment)
        self._tell_what_is_kept()

    def _keep(self) -> None:
        """Remember what is there now, for undo."""
        self._before = [*self._before[1 - UNDO_DEPTH :], self._experiment]
        self._after.clear()

    def _tell_what_is_kept(self) -> None:
        self.undo_available.emit(bool(self._before))
        self.redo_available.emit(bool(self._after))
