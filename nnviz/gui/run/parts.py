"""What there is of a run in a window, together: most of what acts on runs needs several of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from nnviz.gui.run.experiment_store import ExperimentStore
from nnviz.gui.run.kept_runs import KeptRuns
from nnviz.gui.run.recording import Recording
from nnviz.gui.run.session import Session
from nnviz.storage.contents import Project


class RunParts(NamedTuple):
    """What is asked for, what trains it, what is known of it, and the runs kept beside it."""

    store: ExperimentStore
    session: Session
    recording: Recording
    kept: KeptRuns

    def project(self) -> Project:
        """Return all that a file keeps of them."""
        run, file = self.recording.recorded(), self.store.file
        experiment = self.store.experiment if run is None else run.experiment
        return Project(experiment, run, self.kept.saved(), file=str(file or ""))

    def take_up(self, project: Project, file: Path | None) -> None:
        """Go on with what is in a project; what there is now can be had back by Undo."""
        beside = self.kept.restore(project.kept)
        self.store.open(project.experiment, project.run, file, beside)
