"""What there is of a run in a window, together: most of what acts on runs needs several of them."""

from __future__ import annotations

from typing import NamedTuple

from nnviz.gui.run.experiment_store import ExperimentStore
from nnviz.gui.run.kept_runs import KeptRuns
from nnviz.gui.run.recording import Recording
from nnviz.gui.run.session import Session


class RunParts(NamedTuple):
    """What is asked for, what trains it, what is known of it, and the runs kept beside it."""

    store: ExperimentStore
    session: Session
    recording: Recording
    kept: KeptRuns
