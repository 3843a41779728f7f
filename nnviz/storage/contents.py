"""What a project has in it; `project.py` reads and writes it, with all that this takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.recorded import RecordedRun

SUFFIX = ".nnviz"

MOST_KEPT = 8
"""Runs that are kept beside one; their slots count from 0."""


@dataclass(frozen=True, eq=False)
class KeptRun:
    """A run that is kept to compare others with.

    Parameters
    ----------
    slot
        Its place; stays the same as long as it is kept, and gives its colour.
    name
        Of its own; "" in a file where it is called by what sets it apart.
    epoch
        The one whose network is its result; None for the last.
    """

    slot: int
    name: str
    experiment: Experiment
    history: History
    epoch: int | None = None

    @property
    def row(self) -> int:
        """The row of the history that tells of its result."""
        return -1 if self.epoch is None else self.history.row_of(self.epoch)


@dataclass(frozen=True, eq=False)
class Project:
    """What a file holds.

    Parameters
    ----------
    experiment
        What is asked for.
    run
        What was learned; None where nothing was.
    docks, views
        Where the panels are, and what each shows, by their keys: not checked yet.
    file
        Where the person keeps it, if this is what a window saved by itself; else "".
    """

    experiment: Experiment
    run: RecordedRun | None = None
    kept: tuple[KeptRun, ...] = ()
    docks: Mapping[str, Any] = field(default_factory=dict)
    views: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""

    @property
    def epochs(self) -> int:
        """How many were trained."""
        return 0 if self.run is None else self.run.epochs


@dataclass(frozen=True)
class Summary:
    """What a file is about, read without its arrays."""

    experiment: Experiment
    epochs: int
