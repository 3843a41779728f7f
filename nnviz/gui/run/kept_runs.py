"""Runs that are kept to compare others with, and what they are called."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from nnviz.gui.edits import changes_told
from nnviz.gui.look.numbers import count
from nnviz.storage.contents import MOST_KEPT, KeptRun
from nnviz.training.comparison import Compared, differences
from nnviz.training.experiment import Experiment
from nnviz.training.history import History

MOST = MOST_KEPT
"""So many can still be told apart by colour."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _Kept(KeptRun):
    """A run that is kept, and the history that its own is a copy of."""

    source: weakref.ref[History]


class KeptRuns(QObject):
    """Up to `MOST` runs; the first is what the others are compared with."""

    changed = Signal(object)
    """The runs now kept: tuple of KeptRun."""

    done = Signal(object)
    """The person kept or forgot runs: a function that undoes it, and returns one that redoes it."""

    said = Signal(str)
    """What was done, or why nothing was, in a sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: list[_Kept] = []
        self.references: tuple[KeptRun, ...] = ()
        """The runs kept, in the order in which they were."""

    @property
    def full(self) -> bool:
        """Whether no further run can be kept."""
        return len(self._kept) >= MOST

    def keep(
        self,
        experiment: Experiment,
        history: History,
        epoch: int | None = None,
        by_itself: bool = False,
    ) -> bool:
        """Keep what there is of a run; say whether it was.

        A run that is kept already and has gone on since stays in its place with what is new; so
        does one that was trained again and came to the same numbers.

        Parameters
        ----------
        experiment
            What was asked.
        history
            The run's own: the same object is the same run.
        epoch
            The one whose network is the run's result, where that is not the last.
        by_itself
            Whether the person did not ask for it.
        """
        if not len(history) or history.column("epoch")[-1] < 1:
            self.said.emit(self.tr("There is nothing to keep yet. Press Train first."))
            return False
        known = self._known(experiment, history)
        if known is None and self.full:
            text = self.tr("{count} runs are kept, and no more can be. Forget one in Runs first.")
            self.said.emit(text.format(count=MOST))
            return False
        slot = self._free_slot() if known is None else self._kept[known].slot
        place = len(self._kept) if known is None else known
        if known is not None and len(self._kept[place].history) >= len(history):
            text = self.tr("This run is kept already, as “{name}”: it has the very same numbers.")
            self.said.emit(text.format(name=self.references[place].name))
            return True
        source = weakref.ref(history)
        kept = _Kept(slot, "", experiment, history.copy(), epoch, source=source)
        now = [*self._kept[:place], kept, *self._kept[place + 1 :]]
        if by_itself:
            self._kept = now
            self._tell()
        else:
            self._do(now)
        self._say_kept(self.references[place], again=known is not None)
        return True

    def replace(self, runs: Sequence[tuple[str, Experiment, History]]) -> None:
        """Keep these runs, at most `MOST`, by their own names, in place of those there are."""
        self._do(
            [
                _Kept(slot, name, experiment, history.copy(), source=weakref.ref(history))
                for slot, (name, experiment, history) in enumerate(runs)
            ]
        )

    def saved(self) -> tuple[KeptRun, ...]:
        """Return the runs as a project keeps them."""
        return tuple(self._kept)

    def restore(self, runs: Sequence[KeptRun]) -> Callable[[], Any]:
        """Keep a project's runs in place of those there are; return what takes that back."""
        return self._go_to([_Kept(**vars(run), source=weakref.ref(run.history)) for run in runs])

    @Slot(int)
    def remove(self, slot: int) -> None:
        """Forget the run in a slot; where it was the first, the others are called anew."""
        before = {reference.slot: reference.name for reference in self.references}
        self._do([kept for kept in self._kept if kept.slot != slot])
        text = self.tr("“{name}” is forgotten; Undo brings it back.")
        if self._kept and before[self._kept[0].slot] != self.references[0].name:
            text = self.tr(
                "“{name}” is forgotten. What was “{other}” is now “Run 1”: names tell what differs"
                " from it."
            )
        first = before.get(self._kept[0].slot, "") if self._kept else ""
        self.said.emit(text.format(name=before.get(slot, ""), other=first))

    @Slot()
    def clear(self) -> None:
        """Forget all."""
        self._do([])
        self.said.emit(self.tr("All kept runs are forgotten; Undo brings them back."))

    def _do(self, kept: list[_Kept]) -> None:
        """Keep these runs from now on, and say how that is undone."""
        self.done.emit(partial(self._go_to, self._kept))
        self._kept = kept
        self._tell()

    def _go_to(self, kept: list[_Kept]) -> Callable[[], Any]:
        """Keep these runs again; return what takes that back."""
        back, self._kept = partial(self._go_to, self._kept), kept
        self._tell()
        return back

    def _known(self, experiment: Experiment, history: History) -> int | None:
        """Return where a run is kept already: itself, or another that gave the same numbers."""
        for place, kept in enumerate(self._kept):
            if kept.source() is history:
                return place
        for place, kept in enumerate(self._kept):
            if not differences(kept.experiment, experiment) and _same(kept.history, history):
                return place
        return None

    def _free_slot(self) -> int:
        taken = {kept.slot for kept in self._kept}
        return next(slot for slot in range(MOST) if slot not in taken)

    def _tell(self) -> None:
        given = self._names([kept.experiment for kept in self._kept])
        names = [kept.name or name for kept, name in zip(self._kept, given, strict=True)]
        self.references = tuple(
            KeptRun(kept.slot, name, kept.experiment, kept.history, kept.epoch)
            for kept, name in zip(self._kept, names, strict=True)
        )
        self.changed.emit(self.references)

    def _say_kept(self, reference: KeptRun, again: bool) -> None:
        text = self.tr(
            "Kept in Runs as “{name}”. Change one thing and train again to compare both."
        )
        if again:
            text = self.tr("“{name}” is now kept up to epoch {epoch}.")
        epoch = count(int(reference.history.column("epoch")[-1]))
        self.said.emit(text.format(name=reference.name, epoch=epoch))

    def _names(self, experiments: Sequence[Experiment]) -> list[str]:
        """Return what runs are called: by what sets them apart from the first."""
        names: list[str] = []
        for experiment in experiments:
            name = self._name(differences(experiments[0], experiment)) if names else self._first()
            plain, number = name, 1
            while name in names:
                number += 1
                text = self.tr("{name} ({number})")
                name = text.format(name=plain, number=number)
            names.append(name)
        return names

    def _first(self) -> str:
        return self.tr("Run {number}").format(number=1)

    def _name(self, found: Sequence[Compared]) -> str:
        return changes_told(found) or self.tr("as {run}").format(run=self._first())


def _same(one: History, other: History) -> bool:
    """Return whether two runs gave the same numbers for as long as both lasted."""
    rows = min(one.column("epoch").settled, other.column("epoch").settled)
    return one.layers == other.layers and all(
        np.array_equal(one.column(name)[:rows], other.column(name)[:rows], equal_nan=True)
        for name in ("epoch", "learning_rate", "train_loss", "test_loss")
    )
