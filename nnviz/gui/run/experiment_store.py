"""The one place that holds the current Experiment; undo is the previous one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.errors import NnvizError
from nnviz.gui.edits import changes_told
from nnviz.training.checkpoints import Checkpoint
from nnviz.training.comparison import differences
from nnviz.training.editing import edited
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Problem
from nnviz.training.recorded import RecordedRun

UNDO_DEPTH = 100


RUNS_ROOM = 256 * 2**20
"""Bytes that what was learned with earlier Experiments may take."""


@dataclass(frozen=True)
class _Step:
    """An Experiment to go back to.

    Parameters
    ----------
    experiment
        The Experiment.
    run
        What had been learned with it, if anything.
    go_back
        Undoes something else than a change of the Experiment; see `remember_deed`.
    name
        In words what led away from it, where settings do not tell.
    file
        The project's file it belonged to.
    beside
        Undoes what was done at the same time, and returns what does it again.
    """

    experiment: Experiment
    run: RecordedRun | None
    go_back: Callable[[], Any] | None = None
    name: str = ""
    file: Path | None = None
    beside: Callable[[], Any] | None = None


class ExperimentStore(QObject):
    """Accepts or refuses proposals, remembers what was before.

    Parameters
    ----------
    experiment
        The first one.
    """

    changed = Signal(object)
    """The Experiment now asks for another run: Experiment. `begun` or `restored` follows."""

    begun = Signal(object)
    """A run is to begin at epoch 0: Experiment."""

    restored = Signal(object)
    """A run that was left is to be taken up again: RecordedRun."""

    amended = Signal(object)
    """The Experiment changed without asking for another run (the run there is was edited)."""

    refused = Signal(object)
    """A proposal cannot be: NnvizError; the Experiment stays."""

    filed = Signal(object)
    """The file that the work belongs to from now on: Path, or None while it belongs to none."""

    undo_available = Signal(bool)
    redo_available = Signal(bool)

    named = Signal(str, str)
    """What undo takes back, and what redo does again, in words; "" where there are none."""

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._experiment = experiment
        self.recorded: Callable[[], RecordedRun | None] = lambda: None
        """Returns what has been learned in the present run, so that it can be had back."""
        self.file: Path | None = None
        """The project that the work belongs to."""
        self._before: list[_Step] = []
        self._after: list[_Step] = []

    @property
    def experiment(self) -> Experiment:
        """What is asked for now."""
        return self._experiment

    @property
    def is_first(self) -> bool:
        """Whether nothing has been changed yet."""
        return not self._before

    def belong_to(self, file: Path | None) -> None:
        """Have what there is now belong to a project's file, or to none."""
        if file != self.file:
            self.file = file
            self.filed.emit(file)

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
        self.remember()
        self._show(experiment)
        return True

    @Slot()
    def restart(self) -> None:
        """Begin the present Experiment anew."""
        if self.recorded() is not None:
            self.remember(self.tr("Reset"))
        self.begun.emit(self._experiment)

    def open(
        self,
        experiment: Experiment,
        run: RecordedRun | None,
        file: Path | None = None,
        beside: Callable[[], Any] | None = None,
    ) -> None:
        """Take up what was put away.

        Parameters
        ----------
        run
            What was learned; None where nothing was.
        file
            The project it belongs to.
        beside
            Undoes what else was taken up, and returns what does it again.
        """
        self._keep(replace(self._now(), beside=beside))
        self._show(edited(experiment), run)
        self.belong_to(file)

    def remember(self, name: str = "") -> None:
        """Keep the Experiment and what was learned with it, for undo of what is called so."""
        self._keep(replace(self._now(), name=name))

    def _now(self) -> _Step:
        return _Step(self._experiment, self.recorded(), file=self.file)

    @Slot(object)
    def remember_deed(self, go_back: Callable[[], Any]) -> None:
        """Have undo go back on something done elsewhere.

        Parameters
        ----------
        go_back
            Undoes it, and returns what does it again.
        """
        self._keep(_Step(self._experiment, None, go_back=go_back))

    @Slot(object, object, str)
    def amend(self, experiment: Experiment, before: RecordedRun | None, name: str = "") -> None:
        """Remember what an edit of the run made of the Experiment; undo takes up the run before."""
        self._keep(_Step(self._experiment, before, name=name, file=self.file))
        self._amend(experiment)

    def follow(self, experiment: Experiment) -> None:
        """Show what the run there is asks for, where it has gone back behind an edit."""
        if experiment != self._experiment:
            self._amend(experiment)

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
        if step.go_back is not None:
            target.append(replace(step, go_back=step.go_back()))
            self.tell_what_is_kept()
            return
        beside = step.beside() if step.beside is not None else None
        target.append(replace(self._now(), name=step.name, beside=beside))
        self._keep_within_room()
        self._show(step.experiment, step.run)
        self.belong_to(step.file)

    def _amend(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self.amended.emit(experiment)
        self.tell_what_is_kept()

    def _show(self, experiment: Experiment, run: RecordedRun | None = None) -> None:
        self._experiment = experiment
        self.changed.emit(experiment)
        if run is None:
            self.begun.emit(experiment)
        else:
            self.restored.emit(run)
        self.tell_what_is_kept()

    def _keep(self, step: _Step) -> None:
        self._before = [*self._before[1 - UNDO_DEPTH :], step]
        self._after.clear()
        self._keep_within_room()
        self.tell_what_is_kept()

    def _keep_within_room(self) -> None:
        """Let go of what was learned longest ago; the settings are kept all the same.

        Runs that edits made of each other share most of their checkpoints.
        """
        room, counted = RUNS_ROOM, set[Checkpoint]()
        for steps in (self._before, self._after):
            for place in reversed(range(len(steps))):
                if (run := steps[place].run) is None:
                    continue
                new = set(run.checkpoints) - counted
                room -= run.history.nbytes + sum(checkpoint.nbytes for checkpoint in new)
                counted |= new
                if room < 0:
                    steps[place] = replace(steps[place], run=None)

    def tell_what_is_kept(self) -> None:
        """Say whether there is anything to undo, and to redo."""
        self.undo_available.emit(bool(self._before))
        self.redo_available.emit(bool(self._after))
        self.named.emit(self._name(self._before, False), self._name(self._after, True))

    def _name(self, steps: list[_Step], forward: bool) -> str:
        """Return what leads from the last of these steps to the present, or there from it."""
        if not steps or steps[-1].go_back is not None:
            return ""
        pair = steps[-1].experiment, self._experiment
        return steps[-1].name or changes_told(differences(*(pair[::-1] if forward else pair)))
