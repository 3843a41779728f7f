"""The one place that holds the current Experiment; undo is the previous one."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.errors import NnvizError
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Problem

UNDO_DEPTH = 100


@dataclass(frozen=True)
class _Step:
    """An Experiment to go back to, and whether only a rate of a run under way led away from it."""

    experiment: Experiment
    amends: bool


class ExperimentStore(QObject):
    """Accepts or refuses proposals, remembers what was before."""

    changed = Signal(object)
    """The Experiment now asks for another run: Experiment."""

    amended = Signal(object)
    """The Experiment changed without asking for another run (a rate set while running)."""

    rate_restored = Signal(float)
    """Undo or redo went over a rate that was set while running: the run is to follow this one."""

    refused = Signal(object)
    """A proposal cannot be: NnvizError; the Experiment stays."""

    undo_available = Signal(bool)
    redo_available = Signal(bool)

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._experiment = experiment
        self._before: list[_Step] = []
        self._after: list[_Step] = []
        self._rates_go_on = False

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
        self._keep(amends=False)
        self._show(experiment)
        return True

    @Slot(float)
    def amend_rate(self, rate: float) -> None:
        """Remember a learning rate that the running training already follows."""
        self._keep(amends=True)
        self._amend(self._experiment.change("training", learning_rate=rate))

    @Slot(bool)
    def note_rates_go_on(self, go_on: bool) -> None:
        """Know whether the run there is can follow another rate; if not, undo begins anew."""
        self._rates_go_on = go_on

    @Slot()
    def undo(self) -> None:
        """Go back to the previous Experiment."""
        if self._before:
            self._go(self._before, self._after)

    @Slot()
    def redo(self) -> None:
        """Take an undo back."""
        if self._after:
            self._go(self._after, self._before)

    def _go(self, source: list[_Step], target: list[_Step]) -> None:
        """Go to the last of the one list; from the other, it leads back here."""
        step = source.pop()
        target.append(_Step(self._experiment, step.amends))
        if step.amends and self._rates_go_on:
            # What the run has learned with the other rate is not thrown away.
            self.rate_restored.emit(step.experiment.training.learning_rate)
            self._amend(step.experiment)
        else:
            self._show(step.experiment)

    def _amend(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self.amended.emit(experiment)
        self._tell_what_is_kept()

    def _show(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self.changed.emit(experiment)
        self._tell_what_is_kept()

    def _keep(self, amends: bool) -> None:
        """Remember what is there now, for undo."""
        self._before = [*self._before[1 - UNDO_DEPTH :], _Step(self._experiment, amends)]
        self._after.clear()

    def _tell_what_is_kept(self) -> None:
        self.undo_available.emit(bool(self._before))
        self.redo_available.emit(bool(self._after))
